//! Measures what Frontdesk understands and finds, over folders of tasks, by the functions that production runs.

mod answerable;
mod corpus;
mod emotion;
mod failures;
mod help_centre;
pub(crate) mod intent;
mod language;
pub(crate) mod learn;
mod multi_intent;
pub(crate) mod result;
pub(crate) mod retrieval;
mod satisfaction;
mod signal;
mod single_label;
mod summary;
mod tools;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::metrics::estimate::Estimate;
use crate::task::{self, Task};
use result::Measured;
use tools::Tools;

#[derive(Args)]
pub(crate) struct Options {
    /// A folder of evaluation tasks
    #[arg(long, env = "FRONTDESK_EVAL_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Only tasks whose name holds this, or matches it: `intent_*`
    #[arg(long, default_value = "", value_name = "PATTERN")]
    task: String,
    /// Where to write the results, a JSON object a line
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where to write the questions of retrieval tasks that went wrong, a JSON object a line
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// What all random choices are made from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What came of a task.
type Outcome = anyhow::Result<Vec<(String, Estimate)>>;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let (tasks, unreadable) = task::find(&options.data, &options.task)?;
    if tasks.is_empty() && unreadable.is_empty() {
        bail!(
            "no task in {} has {:?} in its name; a task is a folder with a task.json",
            options.data.display(),
            options.task
        );
    }
    let tools = Tools::new(options.seed)?;
    let progress = ProgressBar::new(tasks.len() as u64)
        .with_style(ProgressStyle::with_template("{pos}/{len} tasks  {bar:24}  {elapsed}  {msg}")?);
    let mut measured = Vec::new();
    let mut left_out: Vec<(String, String)> =
        unreadable.into_iter().map(|it| (it.folder.display().to_string(), it.reason)).collect();
    let started = Instant::now();
    for task in &tasks {
        progress.set_message(task.card.name.clone());
        let begun = Instant::now();
        match measure(task, &tools) {
            Ok(found) => {
                let seconds = begun.elapsed().as_secs_f64();
                let rows = found
                    .into_iter()
                    .map(|(metric, estimate)| Measured::new(task, metric, estimate, seconds, options.seed));
                measured.extend(rows);
            }
            Err(reason) => left_out.push((task.card.name.clone(), format!("{reason:#}"))),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    result::print(&measured);
    for (task, reason) in &left_out {
        println!("not measured: {task}: {reason}");
    }
    println!("{} tasks in {:.0} s", tasks.len(), started.elapsed().as_secs_f64());
    if let Some(path) = &options.failures {
        println!("{} failures listed in {}", tools.failures.write(path)?, path.display());
    }
    if let Some(path) = &options.json {
        let lines = measured.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        fs::write(path, lines.join("\n") + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn measure(task: &Task, tools: &Tools) -> Outcome {
    match task.card.kind.as_str() {
        "intent" => intent::measure(task, tools),
        "multi_intent" => multi_intent::measure(task, tools),
        "emotion" => emotion::measure(task, tools),
        "binary" if task.card.signal.is_some() => signal::measure(task, tools),
        "emotion_single" | "sentiment" | "binary" => single_label::measure(task, tools),
        "satisfaction" => satisfaction::measure(task, tools),
        "summary" => summary::measure(task, tools),
        "retrieval" => retrieval::measure(task, tools),
        "help_centre" => help_centre::measure(task, tools),
        "corpus" => corpus::measure(task, tools),
        "language" => language::measure(task, tools),
        "replay" => bail!("it is material for `eval replay`, which measures the running service"),
        "flows" => bail!("it is material for stories and load, and says nothing to compare with"),
        other => bail!("tasks of kind {other:?} are not known"),
    }
}
