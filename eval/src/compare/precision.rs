//! What 8-bit integers cost in quality: the tasks of a folder, done by the encoder in either precision.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use models::EncoderHandle;
use models::batcher::Options as EncoderOptions;
use models::bert::Precision;

use super::{ratio, serve};
use crate::measure::{intent, retrieval};
use crate::task::{self, Task};

/// The order of examples is shuffled from here; any value serves.
const SEED: u64 = 1;

#[derive(Args)]
pub(crate) struct Options {
    /// A folder of evaluation tasks
    #[arg(long, env = "FRONTDESK_EVAL_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Only tasks whose name holds this, or matches it: `intent_*`
    #[arg(long, default_value = "")]
    task: String,
}

/// What a task measures, and the score of each of its rows.
type Scores = Vec<(&'static str, Vec<f64>)>;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let files = serve::encoder_files()?;
    let [float, integer] = [Precision::F32, Precision::Int8]
        .map(|precision| EncoderHandle::start(&files, precision, EncoderOptions::default()));
    let (float, integer) = (float?, integer?);
    println!("{:<34}{:<18}{:>9}{:>9}  int8 better by, in points (95 %)", "task", "metric", "f32", "int8");
    let (tasks, _) = task::find(&options.data, &options.task)?;
    let progress = ProgressBar::new(tasks.len() as u64);
    for task in tasks {
        progress.inc(1);
        let measure: fn(&Task, &EncoderHandle) -> anyhow::Result<Scores> = match task.card.kind.as_str() {
            "intent" => |task, encoder| Ok(vec![("accuracy", intent::hits(task, encoder, SEED)?)]),
            "retrieval" => retrieval::gains,
            _ => continue,
        };
        let (in_float, in_integer) = (measure(&task, &float)?, measure(&task, &integer)?);
        progress.suspend(|| report(&task.card.name, &in_float, &in_integer));
    }
    progress.finish_and_clear();
    Ok(())
}

fn report(task: &str, in_float: &Scores, in_integer: &Scores) {
    for ((metric, float), (_, integer)) in in_float.iter().zip(in_integer) {
        let gains: Vec<f64> = integer.iter().zip(float).map(|(integer, float)| (integer - float) * 100.0).collect();
        let (low, high) = ratio::interval_of_mean(&gains);
        let gain = mean(&gains);
        println!(
            "{task:<34}{metric:<18}{:>9.4}{:>9.4}  {gain:+.2} ({low:+.2} to {high:+.2})",
            mean(float),
            mean(integer)
        );
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
