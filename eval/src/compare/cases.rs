//! What the encoders are asked: real messages and passages, cut into tokens once, the same for all.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use models::tokenize::TextTokenizer;
use serde::Deserialize;

/// Messages of the demo shop, for a run without other data.
const SHOP_MESSAGES: &str = include_str!("../../data/shop/messages.jsonl");
/// Articles of the demo shop.
const SHOP_ARTICLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../knowledge-base/content/articles");

/// Tokens of a short text.
const SHORT: std::ops::RangeInclusive<usize> = 8..=32;
/// Least tokens of a long passage.
const LONG: usize = 96;

/// Texts as numbers of the vocabulary.
pub(crate) type Sequences = Vec<Vec<u32>>;

/// One kind of work.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Each is asked for as a whole.
    pub(crate) requests: Vec<Sequences>,
}

impl Case {
    pub(crate) fn n_texts(&self) -> usize {
        self.requests.iter().map(Vec::len).sum()
    }

    pub(crate) fn n_tokens(&self) -> usize {
        self.requests.iter().flatten().map(Vec::len).sum()
    }
}

/// The cases, and how long it took to cut their texts.
pub(crate) struct Cases {
    pub(crate) all: Vec<Case>,
    /// Seconds that cutting one message into tokens took, on average.
    pub(crate) seconds_a_message: f64,
}

/// All cases, over the texts of the tasks in `data`, or over those of the demo shop.
pub(crate) fn read(data: Option<&Path>, tokenizer: &TextTokenizer) -> anyhow::Result<Cases> {
    let (messages, passages) = match data {
        Some(folder) => texts_of_tasks(folder)?,
        None => (shop_messages()?, shop_articles()?),
    };
    let cut = |texts: &[String]| -> anyhow::Result<Sequences> {
        texts.iter().map(|text| Ok(tokenizer.tokenize(text)?.ids().to_vec())).collect()
    };
    let started = Instant::now();
    let messages = cut(&messages)?;
    let seconds_a_message = started.elapsed().as_secs_f64() / messages.len().max(1) as f64;
    let short: Sequences = messages.iter().filter(|ids| SHORT.contains(&ids.len())).cloned().collect();
    let long: Sequences = cut(&passages)?.into_iter().filter(|ids| ids.len() >= LONG).collect();
    let all = vec![
        Case { name: "one-short", requests: spread(&short, 24)?.into_iter().map(|text| vec![text]).collect() },
        Case { name: "batch-32-short", requests: groups(&spread(&short, 64)?, 32) },
        Case { name: "mixed-stream", requests: vec![spread(&messages, 128)?] },
        Case { name: "passages", requests: groups(&spread(&long, 8)?, 8) },
    ];
    Ok(Cases { all, seconds_a_message })
}

/// `n` of the texts, taken from all over.
fn spread(texts: &Sequences, n: usize) -> anyhow::Result<Sequences> {
    if texts.len() < n {
        bail!("only {} texts of the wanted length; {n} are needed: give more with --data", texts.len());
    }
    Ok((0..n).map(|at| texts[at * texts.len() / n].clone()).collect())
}

fn groups(texts: &Sequences, size: usize) -> Vec<Sequences> {
    texts.chunks(size).map(<[_]>::to_vec).collect()
}

#[derive(Deserialize)]
struct Task {
    kind: String,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    text: String,
    #[serde(default)]
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    text: String,
}

/// What customers wrote, and passages of corpora.
fn texts_of_tasks(data: &Path) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let (mut messages, mut passages) = (Vec::new(), Vec::new());
    for folder in sorted_entries(data)? {
        let Ok(task) = fs::read_to_string(folder.join("task.json")) else { continue };
        let task: Task = serde_json::from_str(&task).with_context(|| format!("{}/task.json", folder.display()))?;
        for file in sorted_entries(&folder)?.into_iter().filter(|file| file.extension().is_some_and(|e| e == "jsonl")) {
            let is_corpus = file.file_stem().is_some_and(|stem| stem == "corpus");
            match task.kind.as_str() {
                "replay" | "summary" => {
                    let turns = rows(&fs::read_to_string(&file)?, &file)?.into_iter().flat_map(|row| row.turns);
                    messages.extend(turns.filter(|turn| turn.role == "customer").map(|turn| turn.text));
                }
                "retrieval" | "corpus" if is_corpus => {
                    passages.extend(rows(&fs::read_to_string(&file)?, &file)?.into_iter().map(|row| row.text));
                }
                _ => {}
            }
        }
    }
    Ok((messages, passages))
}

fn shop_messages() -> anyhow::Result<Vec<String>> {
    Ok(rows(SHOP_MESSAGES, Path::new("messages.jsonl"))?.into_iter().map(|row| row.text).collect())
}

fn shop_articles() -> anyhow::Result<Vec<String>> {
    let articles = sorted_entries(Path::new(SHOP_ARTICLES))?;
    Ok(articles.iter().map(fs::read_to_string).collect::<Result<_, _>>()?)
}

fn rows(text: &str, file: &Path) -> anyhow::Result<Vec<Row>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(n, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), n + 1));
    lines.map(row).collect()
}

/// What a folder holds, by name.
pub(super) fn sorted_entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
