//! What a comparison found, for people and for programs.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use models::bert::Config;
use models::ceiling;
use serde_json::json;

use super::encoder::Measured;
use super::ratio::{Ratio, of_quantiles};
use crate::stats::quantile;

impl Measured {
    fn wait_ms(&self, q: f64) -> f64 {
        quantile(self.waits.concat(), q) * 1e3
    }

    fn total(&self) -> f64 {
        quantile(self.totals.concat(), 0.5)
    }

    fn per_second(&self) -> f64 {
        self.n_texts as f64 / self.total()
    }

    /// How many times longer it takes than `ours`.
    fn ratio_to(&self, ours: &Self) -> Ratio {
        of_quantiles(&self.totals, &ours.totals, 0.5)
    }
}

/// The one of ours that did the same.
fn ours<'a>(all: &'a [Measured], than: &Measured) -> Option<&'a Measured> {
    all.iter().find(|of| of.is_ours() && of.case == than.case && of.threads == than.threads)
}

pub(crate) fn print(all: &[Measured], agreements: &[(&str, (f64, f64))], ceiling: Option<f64>, config: &Config) {
    let mut heading = ("", 0);
    for of in all {
        if heading != (of.case, of.threads) {
            heading = (of.case, of.threads);
            let tokens = of.n_tokens as f64 / of.n_texts as f64;
            println!("\n{}, {} thread(s): {} texts of {tokens:.0} tokens on average", of.case, of.threads, of.n_texts);
            println!(
                "  {:<18}{:>9}{:>9}{:>10}{:>8}  {:<24}  workers × threads",
                "", "p50 ms", "p99 ms", "texts/s", "MB", "times ours (95 %), p99"
            );
        }
        println!("  {}", line(of, ours(all, of)));
    }
    println!("\nagreement with our 32-bit embeddings, mean and least cosine");
    let mut named: Vec<&str> = Vec::new();
    for (system, (mean, least)) in agreements {
        if !named.contains(system) {
            named.push(system);
            println!("  {system:<18}{mean:>9.5}{least:>9.5}");
        }
    }
    print_shares(all, ceiling, config);
}

fn line(of: &Measured, ours: Option<&Measured>) -> String {
    let ratio = ours.map_or_else(String::new, |ours| {
        let Ratio { value, low, high } = of.ratio_to(ours);
        format!("{value:.2} ({low:.2}–{high:.2}), {:.2}", of.wait_ms(0.99) / ours.wait_ms(0.99))
    });
    let (p50, p99, rate) = (of.wait_ms(0.5), of.wait_ms(0.99), of.per_second());
    format!("{:<18}{p50:>9.2}{p99:>9.2}{rate:>10.0}{:>8.0}  {ratio:<24}  {}", of.system, of.memory_mb, of.way)
}

/// Which share of what the machine could multiply at best goes into linear layers, all other work included in the time.
fn print_shares(all: &[Measured], ceiling: Option<f64>, config: &Config) {
    let Some(ceiling) = ceiling else {
        println!("\nno ceiling: this machine has no instruction that multiplies bytes and adds them up");
        return;
    };
    println!("\nint8 ceiling ({}): {:.0} GOP/s a core", ceiling::int8_instructions(), ceiling / 1e9);
    for of in all.iter().filter(|of| of.is_ours()) {
        let operations = (of.n_tokens * config.operations_per_token()) as f64;
        let share = operations / of.total() / (ceiling * of.threads as f64);
        println!("  {} reaches {:.0} % of it in {} on {} thread(s)", of.system, share * 100.0, of.case, of.threads);
    }
}

pub(crate) fn write_json(all: &[Measured], path: &Path) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    for of in all {
        let mut row = json!({
            "system": of.system, "case": of.case, "threads": of.threads, "p50_ms": of.wait_ms(0.5),
            "p99_ms": of.wait_ms(0.99), "per_second": of.per_second(), "memory_mb": of.memory_mb,
        });
        if let Some(ratio) = ours(all, of).map(|ours| of.ratio_to(ours)) {
            row["ratio"] = json!({ "value": ratio.value, "low": ratio.low, "high": ratio.high });
        }
        writeln!(file, "{row}")?;
    }
    Ok(())
}
