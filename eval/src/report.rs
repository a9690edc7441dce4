//! Compares measured results with the committed baseline, and fails on a real drop.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::measure::result::{Direction, Measured, read};

#[derive(Args)]
pub(crate) struct Options {
    /// What `measure --json` wrote
    #[arg(value_name = "FILE")]
    results: PathBuf,
    /// What to compare with
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.jsonl"))]
    baseline: PathBuf,
}

/// How a result stands to the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Worse than the baseline's interval.
    Dropped,
    /// Within it, or not judged.
    Same,
    /// Better than it.
    Gained,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let (results, baseline) = (read(&options.results)?, read(&options.baseline)?);
    let before: BTreeMap<_, _> = baseline.iter().map(|row| ((row.task.as_str(), row.metric.as_str()), row)).collect();
    println!("{:<34}{:<24}{:>9}{:>9}{:>9}", "task", "metric", "before", "now", "");
    let mut drops = Vec::new();
    for now in &results {
        let Some(before) = before.get(&(now.task.as_str(), now.metric.as_str())) else {
            println!("{:<34}{:<24}{:>9}{:>9.4}  new", now.task, now.metric, "", now.value);
            continue;
        };
        let standing = standing(before, now);
        let mark = match standing {
            Standing::Dropped => "DROPPED",
            Standing::Same => "",
            Standing::Gained => "gained",
        };
        println!(
            "{:<34}{:<24}{:>9.4}{:>9.4}{:>+9.4}  {mark}",
            now.task,
            now.metric,
            before.value,
            now.value,
            now.value - before.value
        );
        if standing == Standing::Dropped {
            drops.push(format!("{} {}", now.task, now.metric));
        }
    }
    let is_measured = |of: &Measured| results.iter().any(|now| now.task == of.task && now.metric == of.metric);
    let missing = baseline.iter().filter(|of| !is_measured(of)).count();
    if missing > 0 {
        println!("{missing} results of the baseline were not measured this time");
    }
    if !drops.is_empty() {
        bail!("{} results dropped out of the baseline's interval: {}", drops.len(), drops.join(", "));
    }
    Ok(())
}

fn standing(before: &Measured, now: &Measured) -> Standing {
    let (worse, better) = match now.direction() {
        Direction::MoreIsBetter => (now.value < before.low, now.value > before.high),
        Direction::LessIsBetter => (now.value > before.high, now.value < before.low),
        Direction::Timing => (false, false),
    };
    match (worse, better) {
        (true, _) => Standing::Dropped,
        (_, true) => Standing::Gained,
        _ => Standing::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(metric: &str, value: f64) -> Measured {
        Measured {
            task: "t".to_owned(),
            metric: metric.to_owned(),
            value,
            low: value - 0.02,
            high: value + 0.02,
            n: 100,
            seconds: 1.0,
            revision: "r".to_owned(),
            seed: 1,
        }
    }

    #[test]
    fn only_what_leaves_the_interval_is_a_drop_and_errors_count_the_other_way_round() {
        let of = |metric, before, now| standing(&measured(metric, before), &measured(metric, now));
        assert_eq!(of("accuracy", 0.9, 0.89), Standing::Same);
        assert_eq!(of("accuracy", 0.9, 0.87), Standing::Dropped);
        assert_eq!(of("accuracy", 0.9, 0.93), Standing::Gained);
        assert_eq!(of("ece", 0.05, 0.09), Standing::Dropped);
        assert_eq!(of("ece", 0.05, 0.01), Standing::Gained);
        assert_eq!(of("train_seconds", 1.0, 50.0), Standing::Same);
    }
}
