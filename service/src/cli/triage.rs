//! `frontdesk triage`: the API's triage over a file, a JSON line at a time.

use std::process::ExitCode;

use models::artifact::TerminalProgress;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::clock::Clock;
use crate::config::Config;
use crate::http::dto::triage::TriageRequest;
use crate::http::{extract, triage::triage_of};
use crate::mind::Mind;
use crate::start::{Purpose, Saved, build_mind};

/// Triages every line of standard input. A line that cannot be is answered by an error with its number; the exit status
/// then is 1.
pub async fn triage(config: Config) -> anyhow::Result<ExitCode> {
    let mind = tokio::task::spawn_blocking(move || {
        build_mind(&config, Purpose::Serve, Saved::default(), &TerminalProgress::default())
    })
    .await??;
    let clock = Clock::system();
    let mut lines = BufReader::new(tokio::io::stdin()).split(b'\n');
    let mut out = tokio::io::stdout();
    let mut failed = false;
    let mut number = 0_u64;
    while let Some(line) = lines.next_segment().await? {
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let result = one(&mind, &clock, &line).await.unwrap_or_else(|error| {
            failed = true;
            json!({ "line": number, "error": error })
        });
        out.write_all(result.to_string().as_bytes()).await?;
        out.write_all(b"\n").await?;
    }
    out.flush().await?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn one(mind: &Mind, clock: &Clock, line: &[u8]) -> Result<Value, String> {
    let request: TriageRequest = extract::parse(line).map_err(|error| error.to_string())?;
    let triage = triage_of(mind, request, "", clock.now()).await.map_err(|error| error.to_string())?;
    serde_json::to_value(triage).map_err(|error| error.to_string())
}
