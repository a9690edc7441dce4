//! The program: one binary, a command each for what can be done with it.

use std::process::ExitCode;

use clap::Parser;
use service::cli::Cli;

fn main() -> ExitCode {
    match service::cli::run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("frontdesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}
