//! The branch for the tone of texts, and the emotion head on top.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

mod report;
mod rows;
mod tuning;

use std::error::Error;
use std::path::Path;

use models::branch::Adapters;
use models::head::EmotionHead;
use models::head::emotion::N_OUTPUTS;
use models::head::emotion_training::best_thresholds;

use self::rows::Group;
use self::tuning::Tuning;
use crate::Encoder;

/// One in so many rows is not learned from: thresholds are chosen on these.
const THRESHOLD_SHARE: usize = 11;

/// Learns from `data`, which holds `train.jsonl` and `heldout.jsonl`, rows of `{"text", "labels"}` with labels of
/// `GoEmotions`; writes both files and prints the head's scores on the held-out rows.
pub(crate) fn train(
    encoder: &Encoder,
    data: &Path,
    tone_file: &Path,
    emotion_file: &Path,
) -> Result<(), Box<dyn Error>> {
    let (mut seen, mut unseen) = (Vec::new(), Vec::new());
    for (number, row) in rows::read(&data.join("train.jsonl"), &encoder.tokenizer)?.into_iter().enumerate() {
        if number % THRESHOLD_SHARE == 0 { unseen.push(row) } else { seen.push(row) }
    }
    println!("learning from {} rows; thresholds are chosen on {} others", seen.len(), unseen.len());
    let (seen, unseen) = (rows::by_length(&seen)?, rows::by_length(&unseen)?);
    let truths = truths(&unseen)?;

    let tuning = Tuning::new(encoder.network()?, encoder.first_layer(), encoder.config.hidden_size)?;
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
    let tone = Adapters::new(&encoder.files.revision, tuning.adapters()?);
    std::fs::write(tone_file, tone.to_bytes()?)?;
    std::fs::write(emotion_file, EmotionHead::new(tone.revision(), weights, bias, thresholds.clone())?.to_bytes()?)?;
    let heldout = rows::by_length(&rows::read(&data.join("heldout.jsonl"), &encoder.tokenizer)?)?;
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
