//! Decides what becomes of a draft, given the articles that are there. Touches no file.

use std::collections::{HashMap, HashSet};

use knowledge_base::article::MAX_ARTICLE_BYTES;
use knowledge_base::{Article, ArticleId, Audience, parse_article};
use sha2::{Digest, Sha256};

use super::draft::{Draft, Skipped, distinct, one_line};
use super::id::{article_id, numbered};
use super::ledger::{Entry, Ledger, Sides, Verdict};
use super::marks::{Field, Marks};

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

/// Why a draft has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// Something is to be done about it.
    Skipped(Skipped),
    /// It is there already, under another name.
    Duplicate(Skipped),
}

/// The articles that are there.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    defaults: Defaults,
    ledger: Ledger,
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
    has_remarks: bool,
    /// Whether this import brought it, or brought it again.
    is_ours: bool,
}

impl Shelf {
    /// An empty one, for articles of which `ledger` tells what is known.
    pub(super) fn new(defaults: Defaults, ledger: Ledger) -> Self {
        Self { defaults, ledger, ..Self::default() }
    }

    /// A file of `articles/`, with its text if it may be an article.
    pub(super) fn add(&mut self, file: &str, text: Option<&str>) {
        self.files.insert(file.to_lowercase());
        if let Some((article, text)) = text.and_then(|text| Some((parse_article(file, text).ok()?, text))) {
            let has_remarks = has_remarks(text);
            self.hold(Held { file: file.to_owned(), article, has_remarks, is_ours: false });
        }
    }

    /// What is known of articles, for the next import.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The articles that name a source: the file, the source, and what is known of it.
    pub(super) fn imported(&self) -> impl Iterator<Item = (&str, &str, Option<&Entry>)> {
        self.held.iter().filter_map(|held| {
            let source = held.article.source.as_deref()?;
            Some((held.file.as_str(), source, self.ledger.get(source)))
        })
    }

    /// Finds the place of `draft`, which is listed in `from`. The place is then taken.
    pub(super) fn place(&mut self, draft: Draft, from: &str) -> Result<Placed, Refused> {
        let skipped = |reason: String| Skipped::new(&draft.place, reason).yet_there(&draft.source);
        if draft.body.len() > MAX_ARTICLE_BYTES {
            let bytes = draft.body.len();
            return Err(Refused::Skipped(skipped(format!(
                "it has {bytes} bytes of text; the limit is {MAX_ARTICLE_BYTES}, so split it by topic"
            ))));
        }
        match self.by_source.get(&draft.source).copied() {
            Some(before) if self.held[before].is_ours => Err(Refused::Skipped(skipped(format!(
                "`{}` was imported a moment ago; give each source once",
                draft.source
            )))),
            Some(before) => self.replace(before, draft, from).map_err(Refused::Skipped),
            None => self.put(draft, from),
        }
    }

    /// The place of an article that was not there.
    fn put(&mut self, draft: Draft, from: &str) -> Result<Placed, Refused> {
        let skipped = Skipped::new(&draft.place, "").yet_there(&draft.source);
        let skip = |reason: String| Refused::Skipped(Skipped { reason, ..skipped.clone() });
        let (id, file) = self.free_id(&draft).map_err(skip)?;
        let (article, text, sides) = self.merged(draft, id, &file, from, None).map_err(skip)?;
        if let Some(reason) = self.twin(&article, None) {
            return Err(Refused::Duplicate(Skipped { reason, ..skipped }));
        }
        let source = article.source.clone().unwrap_or_default();
        self.ledger.note(&source, Entry::new(&sides));
        self.files.insert(file.clone());
        self.hold(Held { file: file.clone(), article, has_remarks: false, is_ours: true });
        Ok(Placed { change: Change::New, file, source, text })
    }

    /// The place of an article that is there, of which an author's words are kept.
    fn replace(&mut self, before: usize, draft: Draft, from: &str) -> Result<Placed, Skipped> {
        let skipped = Skipped::new(&draft.place, "").yet_there(&draft.source);
        let skip = |reason: String| Skipped { reason, ..skipped.clone() };
        let (id, file) = (self.held[before].article.id.clone(), self.held[before].file.clone());
        let (article, text, sides) = self.merged(draft, id, &file, from, Some(before)).map_err(skip)?;
        let source = article.source.clone().unwrap_or_default();
        let (verdict, entry) = self.ledger.weigh(&source, &sides);
        if verdict == Verdict::Take
            && let Some(reason) = self.twin(&article, Some(before))
        {
            return Err(skip(format!("{reason}; articles/{file} stays as it was, so delete it if it is not needed")));
        }
        self.ledger.note(&source, entry);
        let held = &mut self.held[before];
        match verdict {
            Verdict::Keep => {
                held.is_ours = true;
                Ok(Placed { change: Change::Unchanged, file, source, text })
            }
            Verdict::Take => {
                self.take_place(before, Held { file: file.clone(), article, has_remarks: false, is_ours: true });
                Ok(Placed { change: Change::Updated, file, source, text })
            }
            Verdict::Edited | Verdict::Unknown => {
                let refused = skip(conflict(verdict, &file));
                let is_hidden = sides.said.contains(&Field::Audience)
                    && (held.article.audience, article.audience) == (Audience::Public, Audience::Agents);
                Err(if is_hidden { refused.withdrawing(source, "is for agents alone now") } else { refused })
            }
        }
    }

    /// The article of `draft`, the text of its file, and what it says beside the article that is there.
    fn merged(
        &self,
        draft: Draft,
        id: ArticleId,
        file: &str,
        from: &str,
        before: Option<usize>,
    ) -> Result<(Article, String, Sides), String> {
        let said = said(&draft);
        let locale = self.defaults.locale.as_deref().filter(|_| draft.locale.is_none()).map(language_tag);
        let given = Marks::given(locale.as_deref(), self.defaults.audience.filter(|_| draft.audience.is_none()));
        let text = self.article(draft, id, before, &given).written();
        let article = parse_article(file, &text).map_err(|problems| {
            let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            messages.join("; ")
        })?;
        let held = before.map(|held| &self.held[held]);
        let sides = Sides {
            from: from.to_owned(),
            author: held.map(|held| Marks::of(&held.article)).unwrap_or_default(),
            has_remarks: held.is_some_and(|held| held.has_remarks),
            merged: Marks::of(&article),
            said,
            given,
        };
        Ok((article, text, sides))
    }

    /// Why there is no room beside another article with the same text, if there is one.
    fn twin(&self, article: &Article, before: Option<usize>) -> Option<String> {
        let same = self.by_text.get(&text_of(article)).filter(|same| Some(**same) != before)?;
        let Held { file, article, .. } = &self.held[*same];
        Some(format!("it has the text of `{}` (articles/{file}), which is kept", article.id))
    }

    fn take_place(&mut self, idx: usize, held: Held) {
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

    /// What the source says, then what the command line says for the first time, then what the article had before.
    fn article(&self, draft: Draft, id: ArticleId, before: Option<usize>, given: &Marks) -> Article {
        let before = before.map(|held| &self.held[held].article);
        let entry = before.and_then(|_| self.ledger.get(&draft.source));
        // What was given before and is given again does not undo what an author made of it.
        let is_first = |field| entry.is_none_or(|entry| !entry.was_given(field, given));
        let locale = draft.locale.or(self.defaults.locale.clone().filter(|_| is_first(Field::Locale)));
        let locale = locale.or(before.map(|old| old.locale.clone()));
        let audience = draft.audience.or(self.defaults.audience.filter(|_| is_first(Field::Audience)));
        let audience = audience.or(before.map(|old| old.audience));
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

/// The fields that `draft` says something of.
fn said(draft: &Draft) -> Vec<Field> {
    let optional = [
        (Field::Locale, draft.locale.is_some()),
        (Field::Tags, draft.tags.is_some()),
        (Field::Audience, draft.audience.is_some()),
        (Field::Questions, draft.questions.is_some()),
        (Field::Validity, draft.validity.is_some()),
    ];
    let optional = optional.into_iter().filter(|(_, is_said)| *is_said).map(|(field, _)| field);
    [Field::Title, Field::Body].into_iter().chain(optional).collect()
}

fn conflict(verdict: Verdict, file: &str) -> String {
    let why = match verdict {
        Verdict::Unknown => "says something else, and nothing tells whether an author wrote that",
        _ => "was edited by hand, and the source has changed too",
    };
    format!(
        "articles/{file} {why}, so it is not overwritten; delete that file to have the source's text, or work the change \
         into it by hand, and then it counts as merged"
    )
}

/// Whether the front matter has lines that say nothing of the article; a new text would be without them.
fn has_remarks(text: &str) -> bool {
    let front = text.split("\n+++").next().unwrap_or_default();
    front.lines().any(|line| line.trim_start().starts_with('#'))
}

fn taken(draft: &Draft, held: &Held) -> String {
    let Held { file, article, .. } = held;
    let whose = match &article.source {
        Some(source) => format!("came from `{source}`"),
        None => "was not imported".to_owned(),
    };
    format!(
        "its id `{}` is that of articles/{file}, which {whose} and is not overwritten; change the id or the title of one \
         of the two, or, to have it updated from here, delete that file, or write `source = {:?}` into its front matter \
         and work in by hand what differs",
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
