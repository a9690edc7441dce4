//! The program: one binary, a command each for what can be done with it.

use std::process::ExitCode;

use clap::Parser;
use service::cli::Cli;

fn main() -> ExitCode {
    match service::cli::run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether it ended because whoever read what it prints has left, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
