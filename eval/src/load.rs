//! A steady rate of messages: what a caller waits, what the process needs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;

use crate::desk::{Desk, Place};
use crate::dialogues;
use crate::stats::Latencies;

#[derive(Args)]
pub(crate) struct Options {
    /// A file of dialogues to take messages from
    file: PathBuf,
    /// Messages a second, sent on time whether or not earlier ones were answered
    #[arg(long, default_value_t = 25.0)]
    rate: f64,
    /// Seconds to send for
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
}

pub(crate) async fn run(bin: &Path, options: &Options) -> anyhow::Result<()> {
    let place = Place::new()?;
    // The first start fills the caches that a service in use has.
    Desk::start(bin, &place).await?.kill()?;
    let desk = Desk::start(bin, &place).await?;
    let count = (options.rate * options.seconds) as usize;
    let texts: Vec<String> =
        dialogues::read(&options.file)?.into_iter().flat_map(|dialogue| dialogue.turns).take(count).collect();
    let progress = ProgressBar::new(texts.len() as u64);
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / options.rate));
    let mut tasks = tokio::task::JoinSet::new();
    for (n, text) in texts.into_iter().enumerate() {
        ticks.tick().await;
        progress.inc(1);
        let api = desk.api.clone();
        tasks.spawn(async move {
            let begun = Instant::now();
            // Every message is a new contact's, so that each is answered.
            let sent = api.say(&format!("load-{n}"), &format!("load-{n}"), &text).await?;
            Ok::<_, reqwest::Error>((sent.status, begun.elapsed()))
        });
    }
    let mut latencies = Latencies::default();
    let mut others = 0_u64;
    while let Some(done) = tasks.join_next().await {
        let (status, latency) = done??;
        latencies.record(latency);
        others += u64::from(status.as_u16() != 200);
    }
    progress.finish_and_clear();
    println!("ready after {:.0} ms with cached weights", desk.started_in.as_secs_f64() * 1000.0);
    println!("{} messages a second for {} s, reply included: {}", options.rate, options.seconds, latencies.summary());
    println!("statuses other than 200: {others}");
    println!("memory {:.0} MB", desk.resident_mb()?);
    Ok(())
}
