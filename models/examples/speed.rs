//! Prints how long the encoder takes on one thread, and how much memory the process holds; with a precision and a part of
//! a case's name, for that alone, often enough for a profiler: `speed int8 "one short"`.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use models::artifact::{Settings, TerminalProgress, default_cache_dir, locate};
use models::bert::{Bert, Precision, Weights};
use models::tokenize::{TextTokenizer, Tokens};
use models::{Encoder, Wanted};

#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let cache = default_cache_dir(home.as_deref(), None).ok_or("HOME is not set")?;
    let started = Instant::now();
    let files = locate(&Settings::new(cache)?, &TerminalProgress::default())?;
    println!("locate and check: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    let started = Instant::now();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
    println!("tokenizer: {:.0} ms, {} resident", started.elapsed().as_secs_f64() * 1e3, resident());
    let short = tokenizer.tokenize("Hello, where is my order 1042? It should be here already.")?;
    let passage = tokenizer.tokenize(&"The parcel was handed to the carrier on Monday. ".repeat(12))?;
    let only = std::env::args().nth(1);
    let wanted = |precision: &Precision| only.as_ref().is_none_or(|only| only == precision.name());
    for precision in [Precision::Int8, Precision::F32].into_iter().filter(wanted) {
        let started = Instant::now();
        let weights = Weights::load(&files.config, &files.weights, precision)?;
        println!(
            "{} weights: {:.0} ms, {} resident",
            precision.name(),
            started.elapsed().as_secs_f64() * 1e3,
            resident()
        );
        let mut encoder = Bert::new(Arc::new(weights), files.pooling);
        measure(&mut encoder, "one short text", std::slice::from_ref(&short))?;
        measure(&mut encoder, "32 short texts", &vec![short.clone(); 32])?;
        measure(&mut encoder, "one passage", std::slice::from_ref(&passage))?;
        measure(&mut encoder, "8 passages", &vec![passage.clone(); 8])?;
    }
    Ok(())
}

fn measure(encoder: &mut dyn Encoder, name: &str, batch: &[Tokens]) -> Result<(), Box<dyn std::error::Error>> {
    let only = std::env::args().nth(2);
    if only.as_ref().is_some_and(|only| !name.contains(only)) {
        return Ok(());
    }
    let n_times = if only.is_some() { 400 } else { 60 };
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..n_times {
        let started = Instant::now();
        encoder.encode(batch, Wanted::Meaning)?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let n_tokens: usize = batch.iter().map(|tokens| tokens.ids().len()).sum();
    println!("{name} ({n_tokens} tokens): best {:.2} ms, median {:.2} ms", times[0], times[times.len() / 2]);
    Ok(())
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.map_or_else(|| "?".to_owned(), |line| line.trim_start_matches("VmRSS:").trim().to_owned())
}
