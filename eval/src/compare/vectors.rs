//! The search by meaning against usearch and faiss: the same vectors, the same questions one after the other, and as much
//! found of what is nearest. Ours gives half of a large search to a second thread, which the others cannot; bound to one
//! processor, all have the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::Args;
use indicatif::ProgressBar;
use knowledge_base::codes::{Codes, Probe};
use knowledge_base::semantic::{VectorIndex, cosine};
use models::batcher::Options as EncoderOptions;
use models::bert::Precision;
use models::{CachedEmbed, Embed, Embedding, EncoderHandle, Role};
use serde::Deserialize;

use super::{python, ratio, serve};
use crate::task;

/// As many of the nearest are to be found.
const NEAREST: usize = 10;
/// Questions, which are not among the vectors.
const QUESTIONS: usize = 300;
/// Texts with fewer letters are no sentences.
const LEAST_CHARS: usize = 12;
const MOST_CHARS: usize = 600;

#[derive(Args)]
pub(crate) struct Options {
    /// A folder of evaluation tasks to take texts from
    #[arg(long, env = "FRONTDESK_EVAL_DATA", value_name = "DIR")]
    data: PathBuf,
    /// As many texts are searched, or all there are
    #[arg(long, default_value_t = 100_000)]
    vectors: usize,
    /// Share of the ten nearest that everybody is to find
    #[arg(long, default_value_t = 0.99)]
    recall: f64,
    /// Times every system answers all questions
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Where embeddings and the peers' Python environment are kept; the user's cache without it
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
}

/// Peers in a process of their own. Dropping it ends them.
struct Peers {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    systems: Vec<Peer>,
}

#[derive(Deserialize)]
struct Peer {
    name: String,
    setting: String,
    recall: f64,
    build_s: f64,
    memory_mb: f64,
}

#[derive(Deserialize)]
struct Ready {
    systems: Vec<Peer>,
}

#[derive(Deserialize)]
struct Round {
    seconds: BTreeMap<String, f64>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = python::folder(options.peers.as_deref())?;
    let (base, questions) = embeddings(options, &folder)?;
    let nearest: Vec<Vec<usize>> = questions.iter().map(|question| nearest(&base, question)).collect();
    let work = tempfile::tempdir()?;
    write(work.path(), &base, &questions, &nearest)?;

    let mut codes = Codes::new(base[0].as_slice().len());
    for embedding in &base {
        codes.push(embedding.as_slice());
    }
    let started = Instant::now();
    let index = VectorIndex::build((0..codes.len()).map(|place| codes.get(place)));
    let build_s = started.elapsed().as_secs_f64();
    let found = search(&index, &codes, &questions);
    let shared: usize = found.iter().zip(&nearest).map(|(found, nearest)| shared(found, nearest)).sum();
    let recall = shared as f64 / (NEAREST * questions.len()) as f64;
    drop(base);

    let mut peers = Peers::start(&python::install(&folder)?, work.path(), options.recall)?;
    let mut ours = Vec::new();
    let mut theirs: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    let progress = ProgressBar::new(options.rounds as u64).with_message("searching");
    for _ in 0..options.rounds {
        let started = Instant::now();
        search(&index, &codes, &questions);
        ours.push(vec![started.elapsed().as_secs_f64()]);
        for (name, seconds) in peers.round()?.seconds {
            theirs.entry(name).or_default().push(vec![seconds]);
        }
        progress.inc(1);
    }
    progress.finish_and_clear();

    println!("{} vectors, {} questions, {} rounds", codes.len(), questions.len(), options.rounds);
    println!(
        "{:<18}{:>12}{:>10}{:>10}{:>12}   ours is faster by (95 %)",
        "system", "ms", "recall", "build s", "memory MB"
    );
    let milliseconds =
        |times: &[Vec<f64>]| crate::stats::quantile(times.concat(), 0.5) * 1000.0 / questions.len() as f64;
    let bytes = codes.memory() + index.memory();
    println!(
        "{:<18}{:>12.3}{recall:>10.4}{build_s:>10.1}{:>12.0}",
        "frontdesk",
        milliseconds(&ours),
        bytes as f64 / 1e6
    );
    for peer in &peers.systems {
        let times = theirs.get(&peer.name).context("a peer was not timed")?;
        let ratio = ratio::of_quantiles(times, &ours, 0.5);
        println!(
            "{:<18}{:>12.3}{:>10.4}{:>10.1}{:>12.0}   {:.2} ({:.2} to {:.2}), {}",
            peer.name,
            milliseconds(times),
            peer.recall,
            peer.build_s,
            peer.memory_mb,
            ratio.value,
            ratio.low,
            ratio.high,
            peer.setting
        );
    }
    Ok(())
}

/// The vectors to search and the questions, of different texts.
fn embeddings(options: &Options, folder: &Path) -> anyhow::Result<(Vec<Embedding>, Vec<Embedding>)> {
    let mut texts = texts(&options.data)?;
    ensure!(texts.len() > 2 * QUESTIONS, "only {} texts in {}", texts.len(), options.data.display());
    texts.truncate(options.vectors + QUESTIONS);
    let encoder = EncoderHandle::start(&serve::encoder_files()?, Precision::Int8, EncoderOptions::default())?;
    let cached = CachedEmbed::open(&encoder, &folder.join("vectors"));
    let progress = ProgressBar::new(texts.len() as u64).with_message("encoding");
    let mut embeddings = Vec::with_capacity(texts.len());
    for some in texts.chunks(1024) {
        embeddings.extend(cached.embed(some, Role::Passage)?);
        progress.inc(some.len() as u64);
    }
    progress.finish_and_clear();
    cached.save()?;
    let questions = embeddings.split_off(embeddings.len() - QUESTIONS);
    Ok((embeddings, questions))
}

/// Every text of the tasks once, in an order that mixes the tasks and is the same each time.
fn texts(data: &Path) -> anyhow::Result<Vec<String>> {
    let (tasks, _) = task::find(data, "")?;
    let mut texts = BTreeSet::new();
    for task in tasks {
        for file in fs::read_dir(&task.folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                for line in fs::read_to_string(&path)?.lines() {
                    collect(&serde_json::from_str(line)?, &mut texts);
                }
            }
        }
    }
    let mut texts: Vec<(u64, String)> = texts.into_iter().map(|text| (order(&text), text)).collect();
    texts.sort();
    Ok(texts.into_iter().map(|(_, text)| text).collect())
}

fn collect(value: &serde_json::Value, texts: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) if (LEAST_CHARS..=MOST_CHARS).contains(&text.len()) && text.contains(' ') => {
            texts.insert(text.clone());
        }
        serde_json::Value::Array(values) => {
            for value in values {
                collect(value, texts);
            }
        }
        serde_json::Value::Object(fields) => {
            for value in fields.values() {
                collect(value, texts);
            }
        }
        _ => {}
    }
}

/// FNV-1a, 64 bits.
fn order(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn nearest(base: &[Embedding], question: &Embedding) -> Vec<usize> {
    let mut all: Vec<(f32, usize)> = base.iter().enumerate().map(|(at, other)| (cosine(other, question), at)).collect();
    all.select_nth_unstable_by(NEAREST - 1, |a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(NEAREST).map(|(_, at)| at).collect()
}

fn search(index: &VectorIndex, codes: &Codes, questions: &[Embedding]) -> Vec<Vec<usize>> {
    let found = questions.iter().map(|question| {
        let found = index.search(&Probe::new(question.as_slice()), |place| Some(codes.get(place)), |_| true, NEAREST);
        found.into_iter().map(|neighbour| neighbour.place).collect()
    });
    found.collect()
}

fn shared(found: &[usize], nearest: &[usize]) -> usize {
    found.iter().filter(|place| nearest.contains(place)).count()
}

fn write(folder: &Path, base: &[Embedding], questions: &[Embedding], nearest: &[Vec<usize>]) -> anyhow::Result<()> {
    let floats = |embeddings: &[Embedding]| -> Vec<u8> {
        embeddings.iter().flat_map(|embedding| embedding.as_slice().iter().flat_map(|x| x.to_le_bytes())).collect()
    };
    fs::write(folder.join("base.f32"), floats(base))?;
    fs::write(folder.join("questions.f32"), floats(questions))?;
    let places: Vec<u8> = nearest.iter().flatten().flat_map(|place| (*place as u32).to_le_bytes()).collect();
    fs::write(folder.join("nearest.u32"), places)?;
    Ok(())
}

impl Peers {
    /// Starts them and waits until they are built.
    fn start(python: &Path, folder: &Path, recall: f64) -> anyhow::Result<Self> {
        let mut child = Command::new(python)
            .arg(python::script("vectors_peer.py"))
            .arg("--folder")
            .arg(folder)
            .arg("--recall")
            .arg(recall.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", python.display()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the process has no pipes");
        };
        let mut peers = Self { child, stdin, stdout: BufReader::new(stdout), systems: Vec::new() };
        let Ready { systems } =
            serde_json::from_str(&peers.line()?).context("the peers ended before they were ready")?;
        peers.systems = systems;
        Ok(peers)
    }

    fn round(&mut self) -> anyhow::Result<Round> {
        self.stdin.write_all(b"again\n")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line)
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        drop((self.child.kill(), self.child.wait()));
    }
}
