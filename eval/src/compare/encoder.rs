//! The encoder against what else runs the same network on a processor: candle, rten, ONNX Runtime.
//!
//! All systems are loaded at once, each in a process of its own, and take turns: a round asks each of them for every
//! case, so that a slow minute of the machine is slow for all. Each may choose, for each case, the set-up that suits it
//! best: threads that share a batch or have one each, texts one by one, a few or all together, or sorted by length.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use models::bert::Config;
use models::ceiling;
use models::tokenize::TextTokenizer;

use super::cases::{self, Case, Cases, Sequences};
use super::child::System;
use super::protocol::Request;
use super::systems::{OURS, PythonPeers, Setup, setups};
use super::{python, serve, table};
use crate::stats::quantile;

/// Times each set-up is tried before one is chosen.
const TRIALS: usize = 3;
/// How long everybody rests between turns.
const PAUSE: Duration = Duration::from_millis(5);
/// Texts that peers take together at most.
const PEER_BATCH: usize = 32;
/// Texts that are a few: with eight of them the workers end at much the same time.
const STEP_TEXTS: usize = 8;

#[derive(Args)]
pub(crate) struct Options {
    /// A folder of evaluation tasks to take texts from; the demo shop's without it
    #[arg(long, env = "FRONTDESK_EVAL_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Times every system does every case
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Write one JSON object a line for each system, case and number of threads
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the peers' Python environment and networks are kept; the user's cache without it
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
}

/// What one system did of one case on so many threads.
pub(crate) struct Measured {
    pub(crate) system: &'static str,
    pub(crate) case: &'static str,
    pub(crate) threads: usize,
    /// The set-up it chose, in words.
    pub(crate) way: String,
    /// Seconds that a caller waits, of each round.
    pub(crate) waits: Vec<Vec<f64>>,
    /// Seconds for all the case's texts, of each round.
    pub(crate) totals: Vec<Vec<f64>>,
    pub(crate) n_texts: usize,
    pub(crate) n_tokens: usize,
    /// Memory it took, in MB.
    pub(crate) memory_mb: f64,
}

/// How a system is given the texts of one request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    OneByOne,
    /// A few at a time, by whoever is free.
    InSteps,
    /// An equal share for each worker.
    Together,
    ByLength,
}

struct Contender {
    setup: Setup,
    process: System,
    /// Mean and least cosine with our 32-bit embeddings.
    agreement: (f64, f64),
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let files = serve::encoder_files()?;
    let config = Config::read(&files.config)?;
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens)?;
    let Cases { all: cases, seconds_a_message } = cases::read(options.data.as_deref(), &tokenizer)?;
    let peers = python_peers(options, &files);
    let mut measured = Vec::new();
    let mut ceilings = Vec::new();
    let mut agreements = Vec::new();
    for threads in [1, 2] {
        let mut contenders = start_all(setups(threads, peers.as_ref()));
        judge_agreement(&mut contenders, &cases)?;
        agreements.extend(contenders.iter().map(|of| (of.setup.system, of.agreement)));
        measured.extend(measure(&mut contenders, &cases, options.rounds, &mut ceilings)?);
    }
    table::print(&measured, &agreements, median_ceiling(ceilings), &config);
    println!("\ncutting a message into tokens takes {:.0} µs on average, not counted above", seconds_a_message * 1e6);
    if let Some(path) = &options.json {
        table::write_json(&measured, path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn python_peers(options: &Options, files: &models::artifact::EncoderFiles) -> Option<PythonPeers> {
    match python::folder(options.peers.as_deref()).and_then(|folder| python::prepare(&folder, files)) {
        Ok(peers) => Some(peers),
        Err(error) => {
            eprintln!("missing: rten-int8, onnxruntime-f32, onnxruntime-int8: {error:#}");
            None
        }
    }
}

fn start_all(setups: Vec<Setup>) -> Vec<Contender> {
    let progress = ProgressBar::new(setups.len() as u64).with_message("loading");
    let start = |setup: Setup| {
        progress.inc(1);
        match setup.command().map_err(Into::into).and_then(System::start) {
            Ok(process) => Some(Contender { setup, process, agreement: (1.0, 1.0) }),
            Err(error) => {
                eprintln!("missing: {} on {} threads: {error:#}", setup.system, setup.threads());
                None
            }
        }
    };
    setups.into_iter().filter_map(start).collect()
}

/// Whether all compute the same thing.
fn judge_agreement(contenders: &mut [Contender], cases: &[Case]) -> anyhow::Result<()> {
    let sequences: Sequences = cases.iter().flat_map(|case| case.requests.iter().flatten().cloned()).collect();
    let request = Request { sequences: (&sequences).into(), batch: 1, return_embeddings: true };
    let mut reference: Option<Vec<Vec<f32>>> = None;
    for of in contenders.iter_mut().filter(|of| of.setup.system == "frontdesk-f32") {
        reference = of.process.ask(&request)?.embeddings;
    }
    let reference = reference.context("our own encoder in 32 bits gave no embeddings")?;
    for contender in contenders {
        let embeddings = contender.process.ask(&request)?.embeddings.context("no embeddings came back")?;
        let cosine = |(a, b): (&Vec<f32>, &Vec<f32>)| a.iter().zip(b).map(|(x, y)| f64::from(x * y)).sum::<f64>();
        let cosines: Vec<f64> = reference.iter().zip(&embeddings).map(cosine).collect();
        let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
        contender.agreement = (mean, cosines.into_iter().fold(1.0, f64::min));
    }
    Ok(())
}

/// Lets every system choose its set-up for every case, then measures in rounds.
fn measure(
    contenders: &mut [Contender],
    cases: &[Case],
    rounds: usize,
    ceilings: &mut Vec<f64>,
) -> anyhow::Result<Vec<Measured>> {
    let mut chosen = Vec::new();
    let mut measured = Vec::new();
    for case in cases {
        for (contender_idx, way) in best_ways(contenders, case)? {
            let Setup { system, threads_a_batch, workers, .. } = contenders[contender_idx].setup;
            measured.push(Measured {
                system,
                case: case.name,
                threads: threads_a_batch * workers,
                way: format!("{workers} × {threads_a_batch}, {}", way.name()),
                waits: Vec::new(),
                totals: Vec::new(),
                n_texts: case.n_texts(),
                n_tokens: case.n_tokens(),
                memory_mb: 0.0,
            });
            chosen.push((contender_idx, way, case));
        }
    }
    let progress = ProgressBar::new(rounds as u64).with_message("measuring");
    for round in 0..rounds {
        ceilings.extend(ceiling::int8_operations_per_second());
        for turn in 0..chosen.len() {
            // Nobody always comes after the same neighbour.
            let at = (turn + round * 7) % chosen.len();
            let (contender_idx, way, case) = chosen[at];
            let (waits, total, rss_mb) = do_case(&mut contenders[contender_idx], case, way)?;
            measured[at].waits.push(waits);
            measured[at].totals.push(vec![total]);
            measured[at].memory_mb = rss_mb - contenders[contender_idx].process.ready.base_mb.unwrap_or(0.0);
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(measured)
}

/// For each system the contender and the way that took the least time.
fn best_ways(contenders: &mut [Contender], case: &Case) -> anyhow::Result<Vec<(usize, Way)>> {
    let mut best: Vec<(&str, f64, usize, Way)> = Vec::new();
    for (contender_idx, contender) in contenders.iter_mut().enumerate() {
        let system = contender.setup.system;
        let is_ours = system.starts_with("frontdesk");
        let ways = [Way::OneByOne, Way::InSteps, Way::Together, Way::ByLength];
        let is_single = case.requests.iter().all(|texts| texts.len() == 1);
        for way in ways.into_iter().filter(|way| match way {
            Way::OneByOne => is_single || !is_ours,
            Way::InSteps | Way::Together => !is_single,
            Way::ByLength => !is_single && !is_ours,
        }) {
            let mut times = Vec::new();
            for _ in 0..TRIALS {
                times.push(do_case(contender, case, way)?.1);
            }
            let time = quantile(times, 0.5);
            match best.iter_mut().find(|(of, ..)| *of == system) {
                Some(so_far) if so_far.1 <= time => {}
                Some(so_far) => *so_far = (system, time, contender_idx, way),
                None => best.push((system, time, contender_idx, way)),
            }
        }
    }
    Ok(best.into_iter().map(|(_, _, contender_idx, way)| (contender_idx, way)).collect())
}

/// Does all requests of a case; the waits, the time for all, and the memory held after it.
fn do_case(contender: &mut Contender, case: &Case, way: Way) -> anyhow::Result<(Vec<f64>, f64, f64)> {
    // Threads of the one before may still be spinning for a moment.
    std::thread::sleep(PAUSE);
    let (mut waits, mut total, mut rss_mb) = (Vec::new(), 0.0, 0.0);
    for texts in &case.requests {
        let share = texts.len().div_ceil(contender.setup.workers);
        let (sequences, batch) = match way {
            Way::OneByOne => (texts.clone(), 1),
            Way::InSteps => (texts.clone(), share.min(STEP_TEXTS)),
            Way::Together => (texts.clone(), share),
            Way::ByLength => {
                let mut sorted = texts.clone();
                sorted.sort_by_key(|ids| std::cmp::Reverse(ids.len()));
                (sorted, share.min(PEER_BATCH))
            }
        };
        let request = Request { sequences: sequences.into(), batch, return_embeddings: false };
        let done = contender.process.ask(&request).with_context(|| contender.setup.system)?;
        waits.push(done.total);
        total += done.total;
        rss_mb = done.rss_mb;
    }
    Ok((waits, total, rss_mb))
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::OneByOne => "one by one",
            Self::InSteps => "in steps",
            Self::Together => "together",
            Self::ByLength => "by length",
        }
    }
}

impl Measured {
    pub(crate) fn is_ours(&self) -> bool {
        self.system == OURS
    }
}

fn median_ceiling(ceilings: Vec<f64>) -> Option<f64> {
    (!ceilings.is_empty()).then(|| quantile(ceilings, 0.5))
}
