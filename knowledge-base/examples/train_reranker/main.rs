//! Trains the shipped reranker on help centres: `train_reranker HELP_CENTRES RERANKER`, a file of rows as
//! `eval/data/help_centres/train.jsonl` has them.
//!
//! It is trained twice. The first time every sixth centre is kept out, and asked afterwards; what it comes to there is
//! printed. The second time all centres are learned from, and that is written.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

mod asked;
mod batches;
mod centres;
mod learning;
mod measure;
mod network;

use std::error::Error;
use std::path::{Path, PathBuf};

use models::artifact::{EncoderFiles, Settings, TerminalProgress, default_cache_dir, locate};
use models::batcher::Options;
use models::bert::{Bert, Precision, Weights};
use models::tokenize::TextTokenizer;
use models::{EncoderHandle, Reranker};

use self::asked::Asked;

/// One centre of so many is kept out of the first training.
const KEPT_OUT: usize = 6;
/// What the reranker's word counts when centres that it has not seen are asked.
const SHARES: [f32; 4] = [0.0, 0.5, 0.75, 1.0];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [centres, reranker] => train(centres.as_ref(), reranker.as_ref()),
        _ => Err("usage: train_reranker HELP_CENTRES RERANKER".into()),
    }
}

fn train(centres: &Path, reranker: &Path) -> Result<(), Box<dyn Error>> {
    let files = encoder_files()?;
    let asked = asked(centres, &files)?;
    let (kept_out, learned): (Vec<_>, Vec<_>) =
        asked.iter().enumerate().partition(|(number, _)| number % KEPT_OUT == KEPT_OUT - 1);
    let [kept_out, learned]: [Vec<&Asked>; 2] =
        [kept_out, learned].map(|part| part.into_iter().map(|(_, asked)| asked).collect());
    println!("learning from {} centres, and asking {} others:", learned.len(), kept_out.len());
    let first = Reranker::new(&files.revision, learning::learn(&learned)?)?;
    for share in SHARES {
        println!("share {share:.2}: {}", measure::ask(&kept_out, &first, share));
    }
    println!("learning from all {}:", asked.len());
    let last = Reranker::new(&files.revision, learning::learn(&asked.iter().collect::<Vec<_>>())?)?;
    std::fs::write(reranker, last.to_bytes()?)?;
    Ok(())
}

/// Every centre as its search answers, in the order of their names.
fn asked(centres: &Path, files: &EncoderFiles) -> Result<Vec<Asked>, Box<dyn Error>> {
    let encoder = EncoderHandle::start(files, Precision::default(), Options::default())?;
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
    let weights = Weights::load(&files.config, &files.weights, Precision::default())?;
    let mut bert = Bert::new(weights.into(), files.pooling);
    let centres = centres::read(centres)?;
    let bar = indicatif::ProgressBar::new(centres.len() as u64);
    let asked = centres.into_values().map(|centre| {
        bar.inc(1);
        Asked::new(centre, &encoder, &tokenizer, &mut bert)
    });
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    bar.finish_and_clear();
    Ok(asked)
}

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn encoder_files() -> Result<EncoderFiles, Box<dyn Error>> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let models = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
    Ok(locate(&Settings::new(models)?, &TerminalProgress::default())?)
}
