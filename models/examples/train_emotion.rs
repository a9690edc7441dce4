//! Trains the shipped emotion head: `train_emotion DATA HEAD CACHE`.
//!
//! DATA holds `train.jsonl` and `heldout.jsonl`, rows of `{"text", "labels"}`; HEAD is written; CACHE keeps embeddings
//! between runs. Prints the head's scores on the held-out rows.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

use std::error::Error;
use std::path::{Path, PathBuf};

use models::Role;
use models::artifact::{Settings, TerminalProgress, default_cache_dir, locate};
use models::batcher::Options;
use models::bert::Precision;
use models::head::emotion::{Emotion, EmotionHead, LABELS};
use models::head::emotion_training::{EmotionExample, train_emotion};
use models::{CachedEmbed, Embed, EncoderHandle};
use serde::Deserialize;

const SEED: u64 = 1;

#[derive(Deserialize)]
struct Row {
    text: String,
    labels: Vec<String>,
}

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [data, head_file, cache] = arguments.as_slice() else {
        return Err("usage: train_emotion DATA HEAD CACHE".into());
    };
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let models = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
    let files = locate(&Settings::new(models)?, &TerminalProgress::default())?;
    let encoder = EncoderHandle::start(&files, Precision::F32, Options::default())?;
    let cached = CachedEmbed::open(&encoder, cache);
    let train = examples(&cached, &data.join("train.jsonl"))?;
    let heldout = examples(&cached, &data.join("heldout.jsonl"))?;
    cached.save()?;

    let started = std::time::Instant::now();
    let head = train_emotion(&train, SEED)?;
    println!("trained on {} rows in {:.1} s", train.len(), started.elapsed().as_secs_f64());
    std::fs::write(head_file, head.to_bytes()?)?;
    report(&head, &heldout);
    Ok(())
}

fn examples(encoder: &dyn Embed, file: &Path) -> Result<Vec<EmotionExample>, Box<dyn Error>> {
    let content = std::fs::read_to_string(file)?;
    let rows: Vec<Row> = content.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let (texts, labels): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.text, row.labels)).unzip();
    let embeddings = encoder.embed(&texts, Role::Query)?;
    let pairs = embeddings.into_iter().zip(labels);
    Ok(pairs.map(|(embedding, labels)| EmotionExample { embedding, labels }).collect())
}

fn report(head: &EmotionHead, heldout: &[EmotionExample]) {
    let scores: Vec<_> = heldout.iter().map(|example| head.scores(&example.embedding)).collect();
    let has = |example: &EmotionExample, number: usize| example.labels.iter().any(|label| label == LABELS[number].0);
    let mut sum = 0.0;
    for (number, (name, ..)) in LABELS.iter().enumerate() {
        let pairs = scores
            .iter()
            .zip(heldout)
            .map(|(scores, example)| (scores.labels[number] >= head.label_thresholds()[number], has(example, number)));
        sum += print_f1(name, pairs);
    }
    println!("labels macro-F1 {:.3}\n", sum / LABELS.len() as f32);
    sum = 0.0;
    for (number, group) in Emotion::ALL.into_iter().enumerate() {
        let pairs = scores.iter().zip(heldout).map(|(scores, example)| {
            let is_true = (0..LABELS.len()).any(|label| LABELS[label].1 == group && has(example, label));
            (scores.groups[number] >= head.group_thresholds()[number], is_true)
        });
        sum += print_f1(group.name(), pairs);
    }
    println!("groups macro-F1 {:.3}\n", sum / Emotion::ALL.len() as f32);
    let polarity = |example: &EmotionExample| -> i8 {
        (0..LABELS.len()).filter(|&label| has(example, label)).map(|label| LABELS[label].2).sum::<i8>().signum()
    };
    let polar: Vec<_> = scores.iter().zip(heldout).map(|(s, e)| (s.sentiment, polarity(e))).collect();
    let n_polar = polar.iter().filter(|(_, truth)| *truth != 0).count();
    let n_right = polar.iter().filter(|(score, truth)| *truth != 0 && (*score > 0.0) == (*truth > 0)).count();
    println!("sentiment has the right sign on {:.3} of {n_polar} polar rows", n_right as f32 / n_polar as f32);
}

fn print_f1(name: &str, pairs: impl Iterator<Item = (bool, bool)>) -> f32 {
    let (mut hits, mut marks) = (0, 0);
    for (found, truth) in pairs {
        hits += usize::from(found && truth);
        marks += usize::from(found) + usize::from(truth);
    }
    let f1 = 2.0 * hits as f32 / marks.max(1) as f32;
    println!("{name:16} F1 {f1:.3}");
    f1
}
