//! Decides what becomes of a draft, given the articles that are there. Touches no file.

use std::collections::{HashMap, HashSet};

use knowledge_base::article::MAX_ARTICLE_BYTES;
use knowledge_base::{Article, ArticleId, Audience, parse_article};
use sha2::{Digest, Sha256};

use super::draft::{Draft, Skipped, distinct, one_line};
use super::id::{article_id, numbered};
use super::render::render;

const FALLBACK_LOCALE: &str = "en";

/// What holds for articles whose source does not say.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// Their language.
    pub locale: Option<String>,
    /// Who may read them.
    pub audience: Option<Audience>,
}

/// What becomes of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There was no such article.
    New,
    /// It is there and says something else.
    Updated,
    /// It is there as it is.
    Unchanged,
}

/// An article that has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// What becomes of it.
    pub(super) change: Change,
    /// Its file's name in `articles/`.
    pub(super) file: String,
    /// Where it came from.
    pub(super) source: String,
    /// The whole text of its file.
    pub(super) text: String,
}

/// The articles that are there.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    defaults: Defaults,
    held: Vec<Held>,
    by_source: HashMap<String, usize>,
    by_id: HashMap<ArticleId, usize>,
    by_text: HashMap<[u8; 32], usize>,
    files: HashSet<String>,
}

#[derive(Debug)]
struct Held {
    file: String,
    article: Article,
    /// Whether this import brought it, or brought it again.
    is_ours: bool,
}

impl Shelf {
    /// An empty one.
    pub(super) fn new(defaults: Defaults) -> Self {
        Self { defaults, ..Self::default() }
    }

    /// A file of `articles/` with the article in it, if it holds one.
    pub(super) fn add(&mut self, file: &str, article: Option<Article>) {
        self.files.insert(file.to_lowercase());
        if let Some(article) = article {
            self.hold(Held { file: file.to_owned(), article, is_ours: false });
        }
    }

    /// Finds the place of `draft`, which is then taken.
    pub(super) fn place(&mut self, draft: Draft) -> Result<Placed, Skipped> {
        let place = draft.place.clone();
        self.placed(draft).map_err(|reason| Skipped { place, reason })
    }

    fn placed(&mut self, draft: Draft) -> Result<Placed, String> {
        if draft.body.len() > MAX_ARTICLE_BYTES {
            let bytes = draft.body.len();
            return Err(format!(
                "it has {bytes} bytes of text; the limit is {MAX_ARTICLE_BYTES}, so split it by topic"
            ));
        }
        let before = self.by_source.get(&draft.source).copied();
        if before.is_some_and(|held| self.held[held].is_ours) {
            return Err(format!("`{}` was imported a moment ago; give each source once", draft.source));
        }
        let (id, file) = match before {
            Some(held) => (self.held[held].article.id.clone(), self.held[held].file.clone()),
            None => self.free_id(&draft)?,
        };
        let text = render(&self.article(draft, id, before));
        let article = parse_article(&file, &text).map_err(|problems| {
            let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            messages.join("; ")
        })?;
        if let Some(same) = self.by_text.get(&text_of(&article)).filter(|same| Some(**same) != before) {
            let Held { file, article, .. } = &self.held[*same];
            return Err(format!("it has the text of `{}` (articles/{file}), which is kept", article.id));
        }
        let change = match before {
            None => Change::New,
            Some(held) if self.held[held].article == article => Change::Unchanged,
            Some(_) => Change::Updated,
        };
        let source = article.source.clone().unwrap_or_default();
        self.files.insert(file.clone());
        self.take_place(before, Held { file: file.clone(), article, is_ours: true });
        Ok(Placed { change, file, source, text })
    }

    fn take_place(&mut self, before: Option<usize>, held: Held) {
        let Some(idx) = before else { return self.hold(held) };
        let old = text_of(&self.held[idx].article);
        if self.by_text.get(&old) == Some(&idx) {
            self.by_text.remove(&old);
        }
        self.by_text.insert(text_of(&held.article), idx);
        self.held[idx] = held;
    }

    fn hold(&mut self, held: Held) {
        let idx = self.held.len();
        if let Some(source) = &held.article.source {
            self.by_source.entry(source.clone()).or_insert(idx);
        }
        self.by_id.entry(held.article.id.clone()).or_insert(idx);
        self.by_text.entry(text_of(&held.article)).or_insert(idx);
        self.held.push(held);
    }

    /// An id that no article has, and the file for it. Numbers tell apart what this import brings; what was there before
    /// is never replaced.
    fn free_id(&self, draft: &Draft) -> Result<(ArticleId, String), String> {
        let wanted = article_id(draft.slug.as_deref().unwrap_or(&draft.title));
        let candidates = std::iter::once(wanted.clone()).chain((2..).map(|number| numbered(&wanted, number)));
        for id in candidates {
            let file = format!("{id}.md");
            match self.by_id.get(&id).map(|held| &self.held[*held]) {
                Some(held) if held.is_ours => {}
                Some(held) => return Err(taken(draft, held)),
                None if self.files.contains(&file) => {
                    return Err(format!("articles/{file} is there and is no article with that id; rename or mend it"));
                }
                None => return Ok((id, file)),
            }
        }
        unreachable!("there is always a next number")
    }

    /// What the source says, then what was said on the command line, then what the article had before.
    fn article(&self, draft: Draft, id: ArticleId, before: Option<usize>) -> Article {
        let before = before.map(|held| &self.held[held].article);
        let locale = draft.locale.or_else(|| self.defaults.locale.clone()).or(before.map(|old| old.locale.clone()));
        let audience = draft.audience.or(self.defaults.audience).or(before.map(|old| old.audience));
        Article {
            id,
            title: one_line(&draft.title),
            locale: locale.map_or_else(|| FALLBACK_LOCALE.to_owned(), |locale| language_tag(&locale)),
            tags: distinct(draft.tags.or(before.map(|old| old.tags.clone())).unwrap_or_default()),
            audience: audience.unwrap_or(Audience::Public),
            questions: distinct(draft.questions.or(before.map(|old| old.questions.clone())).unwrap_or_default()),
            source: Some(draft.source),
            validity: draft.validity.or(before.map(|old| old.validity)).unwrap_or_default(),
            body: draft.body,
            version: 1,
        }
    }
}

fn taken(draft: &Draft, held: &Held) -> String {
    let Held { file, article, .. } = held;
    let whose = match &article.source {
        Some(source) => format!("came from `{source}`"),
        None => "was not imported".to_owned(),
    };
    format!(
        "its id `{}` is that of articles/{file}, which {whose} and is not overwritten; to have it updated from here, \
         write `source = {:?}` into its front matter, or else change the id or the title of one of the two",
        article.id, draft.source
    )
}

/// What two articles share that say the same to the same people, whatever their titles are.
fn text_of(article: &Article) -> [u8; 32] {
    let words: Vec<&str> = article.body.split_whitespace().collect();
    Sha256::digest(format!("{}\n{}", article.language(), words.join(" "))).into()
}

/// `en_us` as `en-US`; what is no language tag stays as it is and is refused later by name.
fn language_tag(text: &str) -> String {
    let parts = text.trim().split(['-', '_']).enumerate().map(|(idx, part)| match (idx, part.len()) {
        (0, _) => part.to_ascii_lowercase(),
        (_, 2) => part.to_ascii_uppercase(),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("-")
}
