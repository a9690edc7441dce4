//! Recorded dialogues through the front door: what is decided, how fast, and whether every message is kept in order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::desk::{Api, Desk, Place};
use crate::dialogues::{self, Dialogue};
use crate::stats::Latencies;

#[derive(Args)]
pub(crate) struct Options {
    /// Files of dialogues, a JSON object a line: {"id", "turns": [{"role", "text"}]}
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Dialogues in progress at once
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
}

/// What came of some dialogues.
#[derive(Default)]
struct Tally {
    latencies: Latencies,
    decisions: BTreeMap<String, u64>,
    statuses: BTreeMap<u16, u64>,
    sent: u64,
    /// Dialogues whose stored messages are not exactly those sent, in order.
    wrong: Vec<String>,
}

pub(crate) async fn run(bin: &Path, options: &Options) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for file in &options.files {
        all.extend(dialogues::read(file)?);
    }
    let place = Place::new()?;
    let desk = Desk::start(bin, &place).await?;
    let progress = ProgressBar::new(all.len() as u64);
    let slots = Arc::new(Semaphore::new(options.concurrency));
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for dialogue in all {
        let slot = Arc::clone(&slots).acquire_owned().await?;
        let (api, progress) = (desk.api.clone(), progress.clone());
        tasks.spawn(async move {
            let tally = one(&api, &dialogue).await;
            progress.inc(1);
            drop(slot);
            tally
        });
    }
    let mut total = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        total.absorb(tally??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    progress.finish_and_clear();
    total.print(seconds, desk.resident_mb()?);
    anyhow::ensure!(total.wrong.is_empty(), "{} dialogues were not kept as sent", total.wrong.len());
    Ok(())
}

async fn one(api: &Api, dialogue: &Dialogue) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut expected: Vec<String> = Vec::new();
    let mut conversation = None;
    for (n, text) in dialogue.turns.iter().enumerate() {
        let begun = Instant::now();
        let sent = api.say(&dialogue.id, &format!("{}-{n}", dialogue.id), text).await?;
        tally.latencies.record(begun.elapsed());
        tally.sent += 1;
        *tally.statuses.entry(sent.status.as_u16()).or_default() += 1;
        if !sent.status.is_success() {
            continue;
        }
        let action = sent.body["decision"]["action"].as_str().unwrap_or(match sent.body["owner"]["kind"].as_str() {
            Some("assistant") => "none yet",
            _ => "left to a human",
        });
        *tally.decisions.entry(action.to_owned()).or_default() += 1;
        conversation = sent.body["conversation_id"].as_str().map(str::to_owned);
        expected.push(text.clone());
    }
    if let Some(id) = conversation
        && !kept(&api.conversation(&id).await?, expected.len())
    {
        tally.wrong.push(dialogue.id.clone());
    }
    Ok(tally)
}

/// Whether a conversation holds `count` messages of the contact, numbered in the order in which they were sent.
fn kept(conversation: &Value, count: usize) -> bool {
    let messages = conversation["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let seqs: Vec<i64> = messages.iter().filter_map(|message| message["seq"].as_i64()).collect();
    let of_contact = messages.iter().filter(|message| message["author"]["kind"] == "contact").count();
    of_contact == count && seqs.windows(2).all(|pair| pair[0] + 1 == pair[1])
}

impl Tally {
    fn absorb(&mut self, other: Self) {
        self.latencies.absorb(other.latencies);
        for (action, count) in other.decisions {
            *self.decisions.entry(action).or_default() += count;
        }
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.sent += other.sent;
        self.wrong.extend(other.wrong);
    }

    fn print(&mut self, seconds: f64, resident_mb: f64) {
        println!("{} messages in {seconds:.1} s: {:.1} a second", self.sent, self.sent as f64 / seconds);
        println!("latency    {}", self.latencies.summary());
        println!("memory     {resident_mb:.0} MB");
        println!("statuses   {:?}", self.statuses);
        for (action, count) in &self.decisions {
            println!("{action:<16} {count:>6}  {:>5.1} %", *count as f64 * 100.0 / self.sent as f64);
        }
        println!("dialogues not kept as sent: {}", self.wrong.len());
    }
}
