//! Measures Frontdesk: what it understands and finds, and from outside, as its callers meet it: real dialogues, steady
//! load, sudden death.

mod compare;
mod crash;
mod desk;
mod dialogues;
mod load;
mod measure;
mod memory;
mod metrics;
mod replay;
mod report;
mod scale;
mod stats;
mod task;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures Frontdesk.
#[derive(Parser)]
#[command(name = "eval", version)]
struct Cli {
    /// The program to measure; by default the one built beside this one
    #[arg(long, global = true, env = "FRONTDESK_BIN", value_name = "FILE")]
    bin: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure understanding and search over a folder of tasks
    Measure(measure::Options),
    /// Compare what `measure` wrote with the committed baseline; fails on a real drop
    Report(report::Options),
    /// Send every customer turn of recorded dialogues through POST /v1/messages, each dialogue one contact
    Replay(replay::Options),
    /// Send messages at a steady rate and report latencies, start-up time and memory
    Load(load::Options),
    /// Kill the service under load again and again, and count what was lost or doubled
    Crash(crash::Options),
    /// Build, search and edit a large made-up knowledge base
    Scale(scale::Options),
    /// Compare a part of Frontdesk with what else does the same job
    #[command(subcommand)]
    Compare(compare::Comparison),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let bin = || cli.bin.clone().map_or_else(desk::beside_us, Ok);
    match &cli.command {
        Command::Measure(options) => tokio::task::block_in_place(|| measure::run(options)),
        Command::Report(options) => report::run(options),
        Command::Replay(options) => replay::run(&bin()?, options).await,
        Command::Load(options) => load::run(&bin()?, options).await,
        Command::Crash(options) => crash::run(&bin()?, options).await,
        Command::Scale(options) => tokio::task::block_in_place(|| scale::run(options)),
        Command::Compare(comparison) => tokio::task::block_in_place(|| compare::run(comparison)),
    }
}
