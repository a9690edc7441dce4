//! Brings content in, from the folder built into the program or from one on disk, through the same parsers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use rust_embed::RustEmbed;

use crate::article::{Article, ArticleId, Audience, MAX_ARTICLE_BYTES, parse_article};
use crate::intents::{IntentAction, IntentSpec, parse_intents};
use crate::problem::{Problem, line_of};
use crate::signals::{SignalSpec, parse_signals};

const INTENTS: &str = "intents.toml";
/// May be missing: the signals that every team must notice are known without.
const SIGNALS: &str = "signals.toml";
const ARTICLES: (&str, &str) = ("articles/", ".md");
const FLOWS: (&str, &str) = ("flows/", ".toml");
/// Folders within the folder, and what the names of the files in them end in, however deep they lie.
const FOLDERS: [(&str, &str); 2] = [ARTICLES, FLOWS];

/// Everything authored: what `content/` holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// `articles/**/*.md`, by file name.
    pub articles: Vec<Article>,
    /// `intents.toml`, in file order.
    pub intents: Vec<IntentSpec>,
    /// `signals.toml`, in file order.
    pub signals: Vec<SignalSpec>,
    /// `flows/*.toml` as file name and source, by file name. Whoever runs flows parses them.
    pub flows: Vec<(String, String)>,
}

/// What is usable of a folder in which some articles may be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Usable {
    /// All that is right, and what stands in for articles that are not.
    pub content: Content,
    /// Which article each file has, or had when it was right.
    pub files: BTreeMap<String, ArticleId>,
    /// What is wrong with the others.
    pub left_out: Vec<Problem>,
}

#[derive(RustEmbed)]
#[folder = "content/"]
struct Embedded;

impl Content {
    /// The demo shop's content, built into the program.
    pub fn embedded() -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for name in Embedded::iter() {
            if let Some(file) = Embedded::get(&name) {
                files.extend(decoded(name.into_owned(), file.data, &mut problems));
            }
        }
        let Usable { content, left_out, .. } = Self::from_files(files, problems, |_| None)?;
        if left_out.is_empty() { Ok(content) } else { Err(left_out) }
    }

    /// The content of a folder laid out like `content/`.
    pub fn from_dir(path: &Path) -> Result<Self, Vec<Problem>> {
        let Usable { content, left_out, .. } = Self::usable(path, |_| None)?;
        if left_out.is_empty() { Ok(content) } else { Err(left_out) }
    }

    /// As much of that as is right: an article with a problem is left out alone, and `stand_in` tells what to have for
    /// its file instead. Fails with every problem where intents, signals or flows have one.
    pub fn usable(path: &Path, stand_in: impl Fn(&str) -> Option<Article>) -> Result<Usable, Vec<Problem>> {
        if !path.is_dir() {
            let message = "there is no such folder".to_owned();
            return Err(vec![Problem { file: path.display().to_string(), line: 1, message }]);
        }
        let (names, mut problems) = files_in(path);
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            read(path, name, &mut files, &mut problems);
        }
        Self::from_files(files, problems, stand_in)
    }

    fn from_files(
        mut files: Vec<(String, String)>,
        mut problems: Vec<Problem>,
        stand_in: impl Fn(&str) -> Option<Article>,
    ) -> Result<Usable, Vec<Problem>> {
        files.sort();
        let mut content = Self { articles: Vec::new(), intents: Vec::new(), signals: Vec::new(), flows: Vec::new() };
        let mut articles = BTreeMap::new();
        for (file, source) in files {
            if is_in(&file, ARTICLES) {
                if let Some(article) = kept(parse_article(&file, &source), &mut problems) {
                    articles.insert(file, article);
                }
            } else if is_in(&file, FLOWS) {
                content.flows.push((file, source));
            } else if file == INTENTS {
                content.intents.extend(kept(parse_intents(&file, &source), &mut problems).unwrap_or_default());
            } else if file == SIGNALS {
                content.signals.extend(kept(parse_signals(&file, &source), &mut problems).unwrap_or_default());
            }
        }
        for file in wrong_articles(&problems) {
            let article = stand_in(&file);
            // What is right counts, wherever it has moved to.
            let article = article.filter(|article| articles.values().all(|other: &Article| other.id != article.id));
            articles.extend(article.map(|article| (file, article)));
        }
        let mut first_files: BTreeMap<ArticleId, String> = BTreeMap::new();
        for (file, article) in articles {
            if let Some(first) = first_files.get(&article.id) {
                let message = format!("article id `{}` is already used by {first}", article.id);
                problems.push(Problem { file, line: 1, message });
            } else {
                first_files.insert(article.id.clone(), file);
                content.articles.push(article);
            }
        }
        content.check_named_articles(&mut problems);
        problems.sort();
        if problems.iter().all(|problem| is_in(&problem.file, ARTICLES)) {
            let files = first_files.into_iter().map(|(id, file)| (file, id)).collect();
            Ok(Usable { content, files, left_out: problems })
        } else {
            Err(problems)
        }
    }
}

impl Content {
    /// Intents may name only articles that are there and that contacts may read. An article that does not parse is
    /// reported by itself.
    fn check_named_articles(&self, problems: &mut Vec<Problem>) {
        if !problems.is_empty() {
            return;
        }
        for intent in &self.intents {
            let IntentAction::Answer(named) = &intent.action else { continue };
            for id in named {
                let article = self.articles.iter().find(|article| article.id == *id);
                if article.is_none_or(|article| article.audience != Audience::Public) {
                    let message = format!("intent `{}` is answered by `{id}`, which is no public article", intent.name);
                    problems.push(Problem { file: "intents.toml".into(), line: intent.line, message });
                }
            }
        }
    }
}

fn kept<T>(parsed: Result<T, Vec<Problem>>, problems: &mut Vec<Problem>) -> Option<T> {
    parsed.map_err(|found| problems.extend(found)).ok()
}

/// The article files that something is wrong with.
fn wrong_articles(problems: &[Problem]) -> BTreeSet<String> {
    problems.iter().filter(|problem| is_in(&problem.file, ARTICLES)).map(|problem| problem.file.clone()).collect()
}

/// Whether a file is one of those in a folder. What begins with a dot is an editor's or a system's own.
fn is_in(file: &str, (folder, ending): (&str, &str)) -> bool {
    let is_own = |part: &str| part.starts_with('.');
    file.strip_prefix(folder).is_some_and(|name| name.ends_with(ending) && !name.split('/').any(is_own))
}

/// The names of all files of a content folder that are read, in order, and what kept any from being told.
pub fn files_in(folder: &Path) -> (Vec<String>, Vec<Problem>) {
    let mut files = vec![INTENTS.to_owned()];
    if folder.join(SIGNALS).exists() {
        files.push(SIGNALS.to_owned());
    }
    let mut problems = Vec::new();
    for (within, ending) in FOLDERS {
        match files_within(&folder.join(within)) {
            Ok(names) => {
                let names = names.into_iter().map(|name| format!("{within}{name}"));
                files.extend(names.filter(|name| is_in(name, (within, ending))));
            }
            Err(error) => problems.push(unreadable(within.trim_end_matches('/').to_owned(), &error)),
        }
    }
    files.sort();
    (files, problems)
}

/// The names of the files in a folder and in the folders within, as paths with `/`, in order; none where there is no such
/// folder. What begins with a dot is passed over. Links to folders are not followed, so that no circle
/// of them is gone round.
pub fn files_within(folder: &Path) -> io::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let (mut found, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(within) = folders.pop() {
        for entry in fs::read_dir(folder.join(&within))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{within}{name}");
            if entry.file_type()?.is_dir() {
                folders.push(format!("{path}/"));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(root: &Path, name: String, files: &mut Vec<(String, String)>, problems: &mut Vec<Problem>) {
    let path = root.join(&name);
    let size = fs::metadata(&path).map(|metadata| metadata.len());
    match size {
        Ok(bytes) if bytes > MAX_ARTICLE_BYTES as u64 => {
            let message = format!("the file has {bytes} bytes; the limit is {MAX_ARTICLE_BYTES}");
            problems.push(Problem { file: name, line: 1, message });
        }
        _ => match fs::read(&path) {
            Ok(bytes) => files.extend(decoded(name, bytes.into(), problems)),
            Err(error) => problems.push(unreadable(name, &error)),
        },
    }
}

fn decoded(name: String, bytes: Cow<'_, [u8]>, problems: &mut Vec<Problem>) -> Option<(String, String)> {
    match String::from_utf8(bytes.into_owned()) {
        Ok(text) => Some((name, text)),
        Err(error) => {
            let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
            problems.push(Problem { file: name, line, message: "not UTF-8 text; save the file as UTF-8".into() });
            None
        }
    }
}

fn unreadable(file: String, error: &io::Error) -> Problem {
    Problem { file, line: 1, message: format!("cannot be read: {error}") }
}
