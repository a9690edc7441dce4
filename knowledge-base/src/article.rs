//! Articles, the authored unit of knowledge, and the Markdown files they are written in.

mod written;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use crate::chunk;
use crate::problem::Problem;
use crate::toml_reader::TomlReader;
use crate::validity::Validity;

/// Largest article file and body, in bytes.
pub const MAX_ARTICLE_BYTES: usize = 1 << 20;
/// Most example questions one article may list.
pub const MAX_QUESTIONS: usize = 200;

const MAX_TITLE_BYTES: usize = 300;
const FENCE: &str = "+++";
const MAX_SOURCE_BYTES: usize = 2048;
const KEYS: [&str; 9] =
    ["id", "title", "locale", "tags", "audience", "questions", "source", "valid_from", "valid_until"];

/// One authored piece of knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its stable name, also in citations.
    pub id: ArticleId,
    /// One line, shown to contacts.
    pub title: String,
    /// BCP 47 language tag such as `en` or `pt-BR`.
    pub locale: String,
    /// Free labels, searched with low weight.
    pub tags: Vec<String>,
    /// Who may be shown it.
    pub audience: Audience,
    /// Questions it answers, in contacts' words.
    pub questions: Vec<String>,
    /// Where it was imported from, a web address or a file; none where it was written here.
    pub source: Option<String>,
    /// On which days it is found.
    pub validity: Validity,
    /// Markdown.
    pub body: String,
    /// Grows by one with every edit, from 1.
    pub version: u32,
}

impl Article {
    /// Everything that keeps this article from being published; empty when it can be.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |field, message: String| flaws.push(Flaw { field, message });
        if self.title.trim().is_empty() {
            flaw("title", "`title` is empty".into());
        } else if self.title.len() > MAX_TITLE_BYTES {
            flaw("title", format!("`title` has {} bytes; the limit is {MAX_TITLE_BYTES}", self.title.len()));
        } else if self.title.contains(char::is_control) {
            flaw("title", "`title` holds a line break or another control character; write it on one line".into());
        }
        if !is_language_tag(&self.locale) {
            flaw("locale", format!("`{}` is not a language tag; write for example `en` or `pt-BR`", self.locale));
        }
        if self.questions.len() > MAX_QUESTIONS {
            flaw("questions", format!("{} questions; the limit is {MAX_QUESTIONS}", self.questions.len()));
        }
        if self.questions.iter().any(|question| question.trim().is_empty()) {
            flaw("questions", "`questions` holds an empty text".into());
        }
        if let Some(source) = &self.source {
            if source.trim().is_empty() {
                flaw("source", "`source` is empty; leave it out where the article was written here".into());
            } else if source.len() > MAX_SOURCE_BYTES {
                flaw("source", format!("`source` has {} bytes; the limit is {MAX_SOURCE_BYTES}", source.len()));
            }
        }
        if self.body.len() > MAX_ARTICLE_BYTES {
            flaw("body", too_large(self.body.len()));
        } else if chunk::passages(&self.body).is_empty() {
            flaw("body", "the article has no text; write the answer below the front matter".into());
        }
        flaws
    }

    /// The first part of the locale in lower case: `pt` for `pt-BR`.
    pub fn language(&self) -> String {
        language(&self.locale)
    }

    /// The text of its file: front matter in TOML between `+++` lines, then the body. To read it gives the article again.
    pub fn written(&self) -> String {
        written::written(self)
    }

    /// Whether both say the same under the same title, but for spaces around it and capital letters.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let is_same = |one: &str, other: &str| {
            let (one, other) = (one.trim(), other.trim());
            one.len() == other.len() && one.to_lowercase() == other.to_lowercase()
        };
        is_same(&self.title, &other.title) && is_same(&self.body, &other.body)
    }

    /// Whether everything but the version is the same.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        let Self { id, title, locale, tags, audience, questions, source, validity, body, version: _ } = self;
        (id, title, locale, tags, audience) == (&other.id, &other.title, &other.locale, &other.tags, &other.audience)
            && (questions, source, validity, body) == (&other.questions, &other.source, &other.validity, &other.body)
    }
}

/// One reason why an article cannot be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Which field is at fault: a front matter key, or `body`.
    pub field: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

/// The stable name of an article: lower-case words joined by hyphens, at most 80 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleId(Arc<str>);

/// Why a text is not an [`ArticleId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an article id; use lower-case letters, digits and single hyphens, at most 80 bytes")]
pub struct InvalidArticleId(String);

impl ArticleId {
    /// Checks the shape of `text`.
    pub fn new(text: &str) -> Result<Self, InvalidArticleId> {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.len() <= 80 && text.split('-').all(is_word) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidArticleId(text.chars().take(100).collect()))
        }
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ArticleId {
    type Err = InvalidArticleId;

    fn from_str(text: &str) -> Result<Self, InvalidArticleId> {
        Self::new(text)
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may be shown an article, and on whose behalf a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// Everyone.
    Public,
    /// The support team only; asking as an agent also sees what is public.
    Agents,
}

impl Audience {
    /// The word used in front matter and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Agents => "agents",
        }
    }

    /// Whether someone asking as `self` may see an article written for `article`.
    pub fn may_see(self, article: Self) -> bool {
        self == Self::Agents || article == Self::Public
    }
}

/// Why a text is not an [`Audience`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an audience; write `public` or `agents`")]
pub struct InvalidAudience(String);

impl FromStr for Audience {
    type Err = InvalidAudience;

    fn from_str(text: &str) -> Result<Self, InvalidAudience> {
        match text {
            "public" => Ok(Self::Public),
            "agents" => Ok(Self::Agents),
            other => Err(InvalidAudience(other.to_owned())),
        }
    }
}

/// Reads an article file: front matter in TOML between two `+++` lines, then Markdown. `file` is named in problems.
pub fn parse_article(file: &str, source: &str) -> Result<Article, Vec<Problem>> {
    let at_line = |line, message| vec![Problem { file: file.to_owned(), line, message }];
    if source.len() > MAX_ARTICLE_BYTES {
        return Err(at_line(1, too_large(source.len())));
    }
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let Some((front, body)) = split_front_matter(&source) else {
        let message = "an article begins with a `+++` line, its front matter in TOML, and another `+++` line".into();
        return Err(at_line(1, message));
    };
    let mut reader = TomlReader::new(file, front, 1);
    let table = &reader.document()?;
    reader.refuse_unknown(table, &KEYS);

    let id = reader.required(table, "id", 0..0);
    let title = reader.required(table, "title", 0..0);
    let audience = reader.optional(table, "audience");
    let audience = audience.map(|text| (text.span(), text.get_ref().parse::<Audience>()));
    let article = Article {
        id: match id.map(|id| (id.span(), ArticleId::new(id.get_ref()))) {
            Some((_, Ok(id))) => id,
            Some((at, Err(error))) => {
                reader.refuse(at, error.to_string());
                ArticleId("invalid".into())
            }
            None => ArticleId("missing".into()),
        },
        title: title.map_or_else(|| "missing".to_owned(), |title| title.into_inner().trim().to_owned()),
        locale: reader.optional(table, "locale").map_or_else(|| "en".to_owned(), Spanned::into_inner),
        tags: reader.texts(table, "tags").into_iter().map(Spanned::into_inner).collect(),
        audience: match audience {
            Some((_, Ok(audience))) => audience,
            Some((at, Err(error))) => {
                reader.refuse(at, error.to_string());
                Audience::Agents
            }
            None => Audience::Public,
        },
        questions: reader.texts(table, "questions").into_iter().map(Spanned::into_inner).collect(),
        source: reader.optional(table, "source").map(Spanned::into_inner),
        validity: validity(&mut reader, table),
        body: body.trim_start_matches('\n').trim_end().to_owned(),
        version: 1,
    };
    for flaw in article.flaws() {
        let at = table.get(flaw.field).map_or(Range { start: source.len(), end: source.len() }, Spanned::span);
        reader.refuse(at, flaw.message);
    }
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(article) } else { Err(problems) }
}

fn validity<'s>(reader: &mut TomlReader<'s>, table: &DeTable<'s>) -> Validity {
    let (from, until) = (reader.day(table, "valid_from"), reader.day(table, "valid_until"));
    let at = until.as_ref().or(from.as_ref()).map_or(0..0, Spanned::span);
    let validity = Validity::new(from.map(Spanned::into_inner), until.map(Spanned::into_inner));
    validity.unwrap_or_else(|error| {
        reader.refuse(at, error.to_string());
        Validity::default()
    })
}

/// The first part of a language tag, in lower case.
pub(crate) fn language(locale: &str) -> String {
    locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn split_front_matter(source: &str) -> Option<(&str, &str)> {
    let rest = source.strip_prefix(FENCE)?.strip_prefix('\n')?;
    if let Some(body) = rest.strip_prefix(FENCE).filter(|body| body.is_empty() || body.starts_with('\n')) {
        return Some(("", body));
    }
    let closing = format!("\n{FENCE}");
    rest.match_indices(&closing).find_map(|(at, _)| {
        let body = &rest[at + closing.len()..];
        (body.is_empty() || body.starts_with('\n')).then(|| (&rest[..=at], body))
    })
}

fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn too_large(bytes: usize) -> String {
    format!("the article has {bytes} bytes; the limit is {MAX_ARTICLE_BYTES}, so split it by topic")
}
