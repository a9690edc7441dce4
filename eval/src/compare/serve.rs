//! The process of one system under test: reads requests, encodes, answers.

mod candle;
mod frontdesk;
mod rten;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use clap::{Args, ValueEnum};
use models::artifact::{EncoderFiles, Settings, Silent, default_cache_dir, locate};
use models::bert::Precision;

use super::protocol::{Answer, Done, Ready, Request};
use crate::memory::resident_mb;

#[derive(Args)]
pub(crate) struct Options {
    system: Kind,
    /// Batches computed at the same time
    #[arg(long, default_value_t = 1)]
    workers: usize,
    /// The network as an ONNX file, where the system reads that
    #[arg(long)]
    model: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    FrontdeskInt8,
    FrontdeskF32,
    Candle,
    RtenInt8,
}

/// A system under test, used by one thread.
trait Embedder: Send {
    /// A unit vector for each sequence.
    fn embed(&mut self, batch: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>>;
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let base_mb = resident_mb("self")?;
    let files = encoder_files()?;
    let mut workers = match options.system {
        Kind::FrontdeskInt8 => frontdesk::load(&files, Precision::Int8, options.workers)?,
        Kind::FrontdeskF32 => frontdesk::load(&files, Precision::F32, options.workers)?,
        Kind::Candle => candle::load(&files, options.workers)?,
        Kind::RtenInt8 => rten::load(options.model.as_deref(), options.workers)?,
    };
    let ready =
        Ready { is_loaded: true, versions: BTreeMap::default(), base_mb: Some(base_mb), rss_mb: resident_mb("self")? };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&ready)?)?;
    for line in std::io::stdin().lock().lines() {
        let answer =
            match serde_json::from_str(&line?).map_err(Into::into).and_then(|request| answer(&request, &mut workers)) {
                Ok(done) => Answer::Done(done),
                Err(error) => Answer::Failed { error: format!("{error:#}") },
            };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

/// The files of the encoder that Frontdesk uses unless told otherwise.
#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
pub(crate) fn encoder_files() -> anyhow::Result<EncoderFiles> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = default_cache_dir(variable("HOME").as_deref(), variable("XDG_CACHE_HOME").as_deref());
    let cache = cache.ok_or_else(|| anyhow::anyhow!("HOME is not set, so there is no cache to find weights in"))?;
    Ok(locate(&Settings::new(cache)?, &Silent)?)
}

fn answer(request: &Request<'_>, workers: &mut [Box<dyn Embedder>]) -> anyhow::Result<Done> {
    let batches: Vec<&[Vec<u32>]> = request.sequences.chunks(request.batch.max(1)).collect();
    let started = Instant::now();
    let outcomes = match workers {
        [only] => batches.iter().map(|batch| timed(&mut **only, batch)).collect(),
        many => in_parallel(many, &batches),
    };
    let total = started.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    let mut embeddings = Vec::new();
    for outcome in outcomes {
        let (took, of_batch) = outcome?;
        seconds.push(took);
        embeddings.extend(of_batch);
    }
    let embeddings = request.return_embeddings.then_some(embeddings);
    Ok(Done { seconds, total, rss_mb: resident_mb("self")?, embeddings })
}

type Outcome = anyhow::Result<(f64, Vec<Vec<f32>>)>;

fn timed(embedder: &mut dyn Embedder, batch: &[Vec<u32>]) -> Outcome {
    let started = Instant::now();
    let embeddings = embedder.embed(batch)?;
    Ok((started.elapsed().as_secs_f64(), embeddings))
}

/// Every worker takes the next batch as soon as it is done with one; the first works on this thread, which is warm.
fn in_parallel(workers: &mut [Box<dyn Embedder>], batches: &[&[Vec<u32>]]) -> Vec<Outcome> {
    let next = Mutex::new(batches.iter().enumerate());
    let take = || next.lock().ok()?.next();
    let work = |worker: &mut dyn Embedder| {
        let mut done = Vec::new();
        while let Some((at, batch)) = take() {
            done.push((at, timed(worker, batch)));
        }
        done
    };
    let n_others = workers.len().min(batches.len()).saturating_sub(1);
    let mut done: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        let Some((first, others)) = workers.split_first_mut() else { return Vec::new() };
        let work = &work;
        let running: Vec<_> =
            others.iter_mut().take(n_others).map(|worker| scope.spawn(move || work(&mut **worker))).collect();
        let mut done = work(&mut **first);
        done.extend(running.into_iter().flat_map(|worker| worker.join().unwrap_or_default()));
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
