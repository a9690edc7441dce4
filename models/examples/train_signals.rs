//! Trains the shipped signal heads: `train_signals DATA HEADS`.
//!
//! DATA holds a folder a signal with `task.json`, which names the `signal`, and `train.jsonl`, rows of
//! `{"text", "label": "yes" | "no"}`; HEADS is written.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use models::artifact::{Settings, TerminalProgress, default_cache_dir, locate};
use models::batcher::Options;
use models::bert::Precision;
use models::head::{Sample, ShippedSignals, SignalHead, TrainError};
use models::{Branch, Embed, EncoderHandle, Reading};
use serde::Deserialize;

/// Parts of the lines; each is judged by a head that saw the others.
const FOLDS: usize = 8;

#[derive(Deserialize)]
struct Task {
    signal: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [data, heads_file] = arguments.as_slice() else {
        return Err("usage: train_signals DATA HEADS".into());
    };
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let models = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
    let files = locate(&Settings::new(models)?, &TerminalProgress::default())?;
    let encoder = EncoderHandle::start(&files, Precision::F32, Options::default())?;
    let mut folders: Vec<PathBuf> =
        fs::read_dir(data)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    folders.sort();
    let mut heads = Vec::new();
    for folder in folders.iter().filter(|folder| folder.join("task.json").is_file()) {
        let task: Task = serde_json::from_str(&fs::read_to_string(folder.join("task.json"))?)?;
        if let Some(signal) = task.signal {
            println!("{signal}, from {}", folder.display());
            let lines = Lines::read(&folder.join("train.jsonl"), &encoder)?;
            lines.report()?;
            heads.push((signal, lines.train(|_| true)?));
        }
    }
    let tone = encoder.branch_revision(Branch::Tone).ok_or("the encoder hears no tone")?;
    fs::write(heads_file, ShippedSignals::new(tone, heads).to_bytes()?)?;
    Ok(())
}

/// Lines with their readings, and whether they show the signal.
struct Lines(Vec<(String, Reading, bool)>);

impl Lines {
    fn read(file: &Path, encoder: &EncoderHandle) -> Result<Self, Box<dyn Error>> {
        let content = fs::read_to_string(file)?;
        let rows: Vec<Row> = content.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let readings = encoder.read(&rows.iter().map(|row| row.text.clone()).collect::<Vec<_>>())?;
        let lines = rows.into_iter().zip(readings);
        Ok(Self(lines.map(|(row, reading)| (row.text, reading, row.label == "yes")).collect()))
    }

    /// A head that has seen the lines whose number is `chosen`.
    fn train(&self, chosen: impl Fn(usize) -> bool) -> Result<SignalHead, TrainError> {
        let of = |shows: bool| -> Vec<Sample<'_>> {
            let numbered = self.0.iter().enumerate();
            let lines = numbered.filter(|(number, line)| chosen(*number) && line.2 == shows);
            lines.map(|(_, (text, reading, _))| Sample::new(text, reading)).collect()
        };
        SignalHead::train(&of(true), &of(false))
    }

    /// Prints how well heads do on lines they have not seen.
    fn report(&self) -> Result<(), TrainError> {
        let mut scored = Vec::new();
        for fold in 0..FOLDS {
            let head = self.train(|number| number % FOLDS != fold)?;
            let unseen = self.0.iter().skip(fold).step_by(FOLDS);
            scored.extend(unseen.map(|(text, reading, shows)| (head.score(&Sample::new(text, reading)), *shows)));
        }
        for threshold in [0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95] {
            let noticed: Vec<bool> =
                scored.iter().filter(|(score, _)| *score >= threshold).map(|line| line.1).collect();
            let hits = noticed.iter().filter(|shows| **shows).count() as f32;
            let n_shown = scored.iter().filter(|line| line.1).count() as f32;
            println!(
                "  from {threshold:.2}: precision {:.3}, recall {:.3}",
                hits / noticed.len() as f32,
                hits / n_shown
            );
        }
        Ok(())
    }
}
