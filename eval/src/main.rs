//! Measures Frontdesk from outside, as its callers meet it: real dialogues, steady load, sudden death.

mod compare;
mod crash;
mod desk;
mod dialogues;
mod load;
mod memory;
mod replay;
mod stats;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures Frontdesk from outside.
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
    /// Send every customer turn of recorded dialogues through POST /v1/messages, each dialogue one contact
    Replay(replay::Options),
    /// Send messages at a steady rate and report latencies, start-up time and memory
    Load(load::Options),
    /// Kill the service under load again and again, and count what was lost or doubled
    Crash(crash::Options),
    /// Compare a part of Frontdesk with what else does the same job
    #[command(subcommand)]
    Compare(compare::Comparison),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let bin = || cli.bin.clone().map_or_else(desk::beside_us, Ok);
    match &cli.command {
        Command::Replay(options) => replay::run(&bin()?, options).await,
        Command::Load(options) => load::run(&bin()?, options).await,
        Command::Crash(options) => crash::run(&bin()?, options).await,
        Command::Compare(comparison) => tokio::task::block_in_place(|| compare::run(comparison)),
    }
}
