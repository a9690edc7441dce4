//! Trains the shipped layers for the tone of texts and the emotion head on top: `train_tone DATA TONE EMOTION`.
//!
//! DATA holds `train.jsonl` and `heldout.jsonl`, rows of `{"text", "labels"}` with labels of `GoEmotions`; TONE and
//! EMOTION are written. Prints the head's scores on the held-out rows.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

mod network;
mod report;
mod rows;
mod tuning;

use std::error::Error;
use std::path::PathBuf;

use candle_core::Device;
use models::artifact::{Settings, TerminalProgress, default_cache_dir, locate};
use models::bert::Config;
use models::head::EmotionHead;
use models::head::emotion::N_OUTPUTS;
use models::head::emotion_training::best_thresholds;
use models::tokenize::TextTokenizer;
use models::tone::{ToneAdapters, first_layer};

use self::network::Network;
use self::rows::Group;
use self::tuning::Tuning;

/// One in so many rows is not learned from: thresholds are chosen on these.
const THRESHOLD_SHARE: usize = 11;

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [data, tone_file, emotion_file] = arguments.as_slice() else {
        return Err("usage: train_tone DATA TONE EMOTION".into());
    };
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let models = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
    let files = locate(&Settings::new(models)?, &TerminalProgress::default())?;
    let config = Config::read(&files.config)?;
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
    let (mut seen, mut unseen) = (Vec::new(), Vec::new());
    for (number, row) in rows::read(&data.join("train.jsonl"), &tokenizer)?.into_iter().enumerate() {
        if number % THRESHOLD_SHARE == 0 { unseen.push(row) } else { seen.push(row) }
    }
    println!("learning from {} rows; thresholds are chosen on {} others", seen.len(), unseen.len());
    let (seen, unseen) = (rows::by_length(&seen)?, rows::by_length(&unseen)?);
    let truths = truths(&unseen)?;

    let network = Network::new(&candle_core::safetensors::load(&files.weights, &Device::Cpu)?, &config)?;
    let tuning = Tuning::new(network, first_layer(config.num_hidden_layers), config.hidden_size)?;
    let started = std::time::Instant::now();
    tuning.learn(&seen, |tuning| {
        let probabilities = tuning.probabilities(&unseen)?.concat();
        let thresholds = best_thresholds(&probabilities, &truths);
        let scores = report::summary(&probabilities, &truths, &thresholds);
        println!("{:5.0} s  {scores}, with thresholds chosen on the same rows", started.elapsed().as_secs_f64());
        Ok(())
    })?;

    let thresholds = best_thresholds(&tuning.probabilities(&unseen)?.concat(), &truths);
    let (weights, bias) = tuning.outputs()?;
    let tone = ToneAdapters::new(&files.revision, tuning.adapters()?);
    std::fs::write(tone_file, tone.to_bytes()?)?;
    std::fs::write(emotion_file, EmotionHead::new(tone.revision(), weights, bias, thresholds.clone())?.to_bytes()?)?;
    let heldout = rows::by_length(&rows::read(&data.join("heldout.jsonl"), &tokenizer)?)?;
    println!("on the held-out rows:");
    report::print(&tuning.probabilities(&heldout)?.concat(), &self::truths(&heldout)?, &thresholds);
    Ok(())
}

/// What people saw in each text, in the order of the groups.
fn truths(groups: &[Group]) -> candle_core::Result<Vec<[f32; N_OUTPUTS]>> {
    let mut all = Vec::new();
    for group in groups {
        let rows: Vec<Vec<f32>> = group.outputs.to_vec2()?;
        all.extend(rows.into_iter().map(|row| std::array::from_fn(|at| row[at])));
    }
    Ok(all)
}
