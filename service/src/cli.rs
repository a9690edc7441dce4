//! The commands.

pub mod check;
pub mod healthcheck;
pub mod import;
pub mod serve;
pub mod shell;
mod style;
pub mod train;
pub mod triage;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::start::Purpose;
use crate::telemetry;

/// The desk in front of a support team: understands messages of any channel, answers the simple ones from a knowledge
/// base, and hands the rest to a human with a brief.
#[derive(Debug, Parser)]
#[command(name = "frontdesk", version, about)]
pub struct Cli {
    /// A settings file; it need only name what differs from the built-in one (`frontdesk settings` prints that).
    #[arg(long, global = true, env = "FRONTDESK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start with a made-up shop, print where to look and with which key; needs nothing else
    Demo,
    /// Start the service
    Serve,
    /// Chat in the terminal, seeing what is decided and why
    Shell,
    /// Check settings and content, listing every problem with file and line
    Check {
        /// A content folder to check instead of the configured one
        content: Option<PathBuf>,
    },
    /// Bring existing help content into the content folder, or bring it again where it has changed
    Import(import::ImportArgs),
    /// Read JSON lines like the body of POST /v1/triage from standard input and print the results as JSON lines
    Triage,
    /// Train on the content without starting, and say how well its intents are told apart
    Train(train::TrainArgs),
    /// Bring the database up to date and exit
    Migrate,
    /// Ask a running service whether it is ready; exit with 1 if not
    Healthcheck,
    /// Print the built-in settings file
    Settings,
}

/// Does what the command line says.
pub fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    if let Command::Settings = cli.command {
        std::io::stdout().write_all(crate::config::DEFAULTS.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Check { content } = &cli.command {
        return Ok(check::check(cli.config.as_deref(), content.as_deref()));
    }
    let config = Config::load(cli.config.as_deref())?;
    telemetry::start_logging(&config.log).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &cli.command {
            Command::Demo => serve::serve(config, Purpose::Demo).await,
            Command::Serve => serve::serve(config, Purpose::Serve).await,
            Command::Shell => shell::shell(config).await,
            Command::Triage => triage::triage(config).await,
            Command::Train(args) => train::train(config, args).await,
            Command::Import(args) => import::import(config, args).await,
            Command::Migrate => migrate(&config).await,
            Command::Healthcheck => healthcheck::healthcheck(&config).await,
            Command::Check { .. } | Command::Settings => unreachable!("handled above"),
        }
    })
}

async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    crate::start::prepare_data_dir(&config.data_dir)?;
    let store = crate::start::open_store(config).await?;
    store.close().await;
    eprintln!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}
