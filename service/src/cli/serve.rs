//! `frontdesk serve` and `frontdesk demo`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use models::artifact::TerminalProgress;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::Config;
use crate::run::{run, until_told_to_stop};
use crate::start::{Purpose, Started, start};
use crate::telemetry::Metrics;

/// Starts the service, says where it is, and runs it until it is told to stop.
pub async fn serve(config: Config, purpose: Purpose) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; another program may use it, so set another address with FRONTDESK_LISTEN",
            config.listen
        )
    })?;
    let address = listener.local_addr()?;
    let stop = until_told_to_stop()?;
    let metrics = Metrics::install().map_err(anyhow::Error::msg)?;
    let progress = Box::new(TerminalProgress::default());
    let Started { app, admin_key } = tokio::select! {
        started = start(config, purpose, Clock::system(), metrics, progress) => started?,
        () = stop.cancelled() => {
            tracing::info!("stopped before it was ready");
            // Threads that prepare the content would be waited for, and nothing has been accepted that could be lost.
            std::process::exit(0);
        }
    };
    tracing::info!(%address, milliseconds = begun.elapsed().as_millis(), "ready");
    if purpose == Purpose::Demo {
        // Whoever started it may have stopped reading.
        let _ = writeln!(std::io::stdout(), "{}", welcome(&address.to_string(), admin_key.expose_secret()));
    }
    run(app, listener, stop).await;
    Ok(ExitCode::SUCCESS)
}

fn welcome(address: &str, key: &str) -> String {
    format!(
        "\n  The demo shop   http://{address}/\
         \n  Agent console   http://{address}/console#key={key}\
         \n  API docs        http://{address}/docs\
         \n  API key         {key}\n\
         \n  curl -s http://{address}/v1/triage -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\
         \n    -d '{{\"text\":\"where is my order AW-100001?\"}}'\n\
         \n  Stop with Ctrl-C.\n"
    )
}
