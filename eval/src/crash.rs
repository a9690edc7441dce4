//! Sudden death under load: whatever was acknowledged must be there once, in order, afterwards.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;

use crate::desk::{Api, Desk, Place};

#[derive(Args)]
pub(crate) struct Options {
    /// How often to kill and restart
    #[arg(long, default_value_t = 200)]
    cycles: u64,
    /// Contacts that write at once
    #[arg(long, default_value_t = 4)]
    writers: usize,
}

const TEXTS: [&str; 4] = [
    "How long do refunds take?",
    "What does delivery cost?",
    "Do you ship to France?",
    "When are you open on Saturday?",
];
const RETRY: Duration = Duration::from_millis(20);
const SETTLE: Duration = Duration::from_mins(1);

/// What one contact was acknowledged, in order, by conversation.
type Acknowledged = HashMap<String, Vec<String>>;

pub(crate) async fn run(bin: &Path, options: &Options) -> anyhow::Result<()> {
    let place = Place::new()?;
    let mut desk = Desk::start(bin, &place).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..options.writers).map(|n| tokio::spawn(write(desk.api.clone(), n, Arc::clone(&stop)))).collect();
    let progress = ProgressBar::new(options.cycles);
    let mut slowest_start = Duration::ZERO;
    for cycle in 0..options.cycles {
        tokio::time::sleep(Duration::from_millis(20 + spread(cycle) % 480)).await;
        desk.kill()?;
        desk = Desk::start(bin, &place).await?;
        slowest_start = slowest_start.max(desk.started_in);
        progress.inc(1);
    }
    stop.store(true, Ordering::Relaxed);
    let (mut sent, mut lost, mut doubled, mut disordered, mut unanswered) = (0, 0, 0, 0, 0);
    for writer in writers {
        for (conversation, texts) in writer.await?? {
            let stored = settled(&desk.api, &conversation).await?;
            let found: Vec<&str> = contact_texts(&stored);
            sent += texts.len();
            lost += texts.iter().filter(|text| !found.contains(&text.as_str())).count();
            doubled += found.iter().filter(|text| found.iter().filter(|other| other == text).count() > 1).count();
            disordered += usize::from(!in_order(&texts, &found));
            unanswered += usize::from(!is_answered(&stored));
        }
    }
    progress.finish_and_clear();
    println!("{} kills under load, {sent} messages acknowledged", options.cycles);
    println!(
        "lost {lost} · doubled {doubled} · conversations out of order {disordered} · left unanswered {unanswered}"
    );
    println!("slowest restart to ready: {:.0} ms", slowest_start.as_secs_f64() * 1000.0);
    ensure!(sent > 0, "nothing was acknowledged, so nothing was shown");
    ensure!(
        lost + doubled + disordered + unanswered == 0,
        "something was lost, doubled, out of order or left unanswered"
    );
    Ok(())
}

/// Writes as one contact until told to stop; what is not acknowledged is sent again under the same identifier.
async fn write(api: Api, writer: usize, stop: Arc<AtomicBool>) -> anyhow::Result<Acknowledged> {
    let mut acknowledged = Acknowledged::new();
    let mut n = 0_usize;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        // A new contact now and then, so that handed-over conversations do not pile up.
        let contact = format!("writer-{writer}-{}", n / 20);
        let text = format!("{} (note {writer}-{n})", TEXTS[n % TEXTS.len()]);
        let id = format!("{writer}-{n}");
        let conversation = loop {
            match api.say(&contact, &id, &text).await {
                Ok(sent) if sent.status.is_success() => {
                    break sent.body["conversation_id"]
                        .as_str()
                        .context("a receipt without a conversation")?
                        .to_owned();
                }
                _ => tokio::time::sleep(RETRY).await,
            }
        };
        acknowledged.entry(conversation).or_default().push(text);
    }
    Ok(acknowledged)
}

/// A conversation once the assistant has dealt with everything in it.
async fn settled(api: &Api, id: &str) -> anyhow::Result<Value> {
    let begun = Instant::now();
    loop {
        let conversation = api.conversation(id).await?;
        if is_answered(&conversation) || begun.elapsed() > SETTLE {
            return Ok(conversation);
        }
        tokio::time::sleep(RETRY).await;
    }
}

fn is_answered(conversation: &Value) -> bool {
    let last = conversation["messages"].as_array().and_then(|messages| messages.last());
    conversation["owner"]["kind"] != "assistant"
        || last.is_some_and(|message| message["author"]["kind"] != "contact" || !message["decision"].is_null())
}

fn contact_texts(conversation: &Value) -> Vec<&str> {
    let messages = conversation["messages"].as_array().map_or(&[][..], Vec::as_slice);
    messages
        .iter()
        .filter(|message| message["author"]["kind"] == "contact")
        .filter_map(|message| message["text"].as_str())
        .collect()
}

/// Whether `sent` appears within `found` in the same order.
fn in_order(sent: &[String], found: &[&str]) -> bool {
    let mut rest = found.iter();
    sent.iter().all(|text| rest.any(|other| other == text))
}

/// A number that differs from cycle to cycle and is the same in every run (Knuth's multiplicative hash).
fn spread(cycle: u64) -> u64 {
    cycle.wrapping_mul(2_654_435_761) >> 7
}
