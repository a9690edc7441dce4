//! `frontdesk train`: tries the content before it is used, and reports what could be better about its intents.

mod text;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use knowledge_base::Content;
use models::artifact::TerminalProgress;
use models::{CachedEmbed, WatchedEmbed};

use super::style::Style;
use crate::assistant::report::{Judge, Report};
use crate::assistant::{self, Assistant};
use crate::config::Config;
use crate::domain::feedback::Feedback;
use crate::feedback;
use crate::feedback::unanswered;
use crate::http::dto::intents::IntentReport;
use crate::start::{Purpose, content_embeddings, encoder, open_store, settings, trained_heads};

/// What to train on and what to say about it.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Say which intents are confused, which examples look wrong, and which intents seem to be missing
    #[arg(long)]
    report: bool,
    /// The same as JSON
    #[arg(long)]
    json: bool,
    /// A content folder to train on instead of the configured one
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
}

/// Trains, and says how well the examples are told. Fails only where the content is not valid.
pub async fn train(config: Config, args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let folder = args.content.as_deref().or(config.content_dir.as_deref());
    let content = match folder.map_or_else(Content::embedded, Content::from_dir).and_then(valid) {
        Ok(content) => content,
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let kept = kept(&config).await;
    let report = tokio::task::spawn_blocking(move || report(&config, &content, kept)).await??;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &IntentReport::from(report))?;
        writeln!(out)?;
    } else {
        let style = Style::of_stdout();
        text::summary(&mut out, &report, style)?;
        if args.report {
            text::details(&mut out, &report, style)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn valid(content: Content) -> Result<Content, Vec<knowledge_base::Problem>> {
    let problems = assistant::check(&content);
    if problems.is_empty() { Ok(content) } else { Err(problems) }
}

/// What a desk's database holds about its intents.
#[derive(Default)]
struct Kept {
    feedback: Vec<Feedback>,
    unanswered: Vec<(Judge, String)>,
}

/// What the database holds, if there is one and it can be read; a running service has its SQLite file to itself.
async fn kept(config: &Config) -> Kept {
    if config.database_url.is_none() && !config.data_dir.join("frontdesk.db").exists() {
        return Kept::default();
    }
    let read = async {
        let store = open_store(config).await?;
        let feedback = store.accepted_feedback().await?;
        let unanswered = unanswered::unanswered(store.as_ref()).await?;
        store.close().await;
        anyhow::Ok(Kept { feedback, unanswered })
    };
    read.await.unwrap_or_else(|error| {
        eprintln!("feedback and messages are left out ({error}); GET /v1/intents/report of a running service has them");
        Kept::default()
    })
}

fn report(config: &Config, content: &Content, kept: Kept) -> anyhow::Result<Report> {
    let progress = TerminalProgress::default();
    let encoder = encoder(config, &progress)?;
    let watched = WatchedEmbed::new(&encoder, &progress);
    let embed = CachedEmbed::open(&watched, &content_embeddings(config));
    let lessons = feedback::lessons(&content.intents, kept.feedback, &watched)?;
    let unanswered = unanswered::read(kept.unanswered, &watched)?;
    if std::io::stderr().is_terminal() {
        eprintln!("training and judging every example unseen, which takes longest with many intents");
    }
    let settings = settings(config, Purpose::Serve)?;
    let assistant = Assistant::train_with(content, lessons, &embed, &settings, &trained_heads(config))?;
    Ok(assistant.report(&embed, &unanswered)?)
}
