//! `frontdesk shell`: a chat in the terminal that shows what is decided and why.

use std::process::ExitCode;
use std::sync::Arc;

use models::artifact::TerminalProgress;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;

use super::style::Style;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::Demo;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::contact::Verification;
use crate::domain::decision::{Decision, Reason};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::id::MessageId;
use crate::domain::message::{Author, InboundMessage, Message, Sender};
use crate::domain::text::Utterance;
use crate::intake;
use crate::start::{Purpose, Started, start};
use crate::telemetry::Metrics;
use crate::worker;

/// Chats with the demo shop's desk until the input ends. The conversation is kept nowhere.
pub async fn shell(mut config: Config) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    config.data_dir = folder.path().to_owned();
    config.database_url = None;
    let clock = Clock::system();
    let Started { app, .. } =
        start(config, Purpose::Demo, clock, Metrics::detached(), Box::new(TerminalProgress::default())).await?;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run(Arc::clone(&app), stop.clone()));
    let ended = chat(&app, Style::of_stdout()).await;
    stop.cancel();
    let _ = worker.await;
    app.store.close().await;
    ended.map(|()| ExitCode::SUCCESS)
}

async fn chat(app: &App, style: Style) -> anyhow::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let from = Handle::from_stored(HandleKind::External(Channel::Api), MessageId::new().to_string());
    let mut shown_post = 0;
    println!("Write as a customer would; an empty line or Ctrl-D ends. Things to try:");
    for stop in app.demo.iter().flat_map(Demo::tour).take(4) {
        println!("  {}{}{}", style.dim, stop.text, style.plain);
    }
    loop {
        prompt().await?;
        let Some(line) = lines.next_line().await? else { return Ok(()) };
        if line.trim().is_empty() {
            return Ok(());
        }
        let text = match Utterance::parse(&line) {
            Ok(text) => text,
            Err(error) => {
                println!("{error}");
                continue;
            }
        };
        for message in say(app, &from, text).await? {
            show(&message, style);
        }
        shown_post = show_post(app, shown_post, style);
    }
}

async fn prompt() -> std::io::Result<()> {
    let mut out = tokio::io::stdout();
    out.write_all(b"\n> ").await?;
    out.flush().await
}

/// Sends `text` and waits until a turn has dealt with it.
async fn say(app: &App, from: &Handle, text: Utterance) -> anyhow::Result<Vec<Message>> {
    let inbound = InboundMessage {
        channel: Channel::Api,
        inbox: InboxId::of_callers(),
        from: Sender { handle: from.clone(), verification: Verification::Claimed },
        name: None,
        text,
        subject: None,
        external_id: None,
        conversation_id: None,
        sent_at: None,
    };
    let events = app.events.subscribe();
    let accepted = intake::accept(app, inbound, None, app.clock.now()).await?;
    let since = intake::wait_for_turn(app, &accepted, events, app.config.server.wait).await?;
    Ok(since.unwrap_or_default())
}

fn show(message: &Message, style: Style) {
    match &message.author {
        Author::Contact => {
            if let Some(decision) = &message.decision {
                println!("{}{}{}", style.dim, describe(decision), style.plain);
            }
        }
        Author::Assistant | Author::Agent(_) | Author::System => {
            println!("{}{}{}", style.bold, message.text, style.plain);
            for citation in &message.citations {
                println!("{}  from: {}{}", style.dim, citation.title, style.plain);
            }
            if !message.quick_replies.is_empty() {
                println!("{}  [{}]{}", style.dim, message.quick_replies.join("] ["), style.plain);
            }
        }
    }
}

/// A decision in a line: what, about what, and why.
fn describe(decision: &Decision) -> String {
    let reasons: Vec<String> = decision.reasons.iter().map(describe_reason).collect();
    let parts = [
        Some(format!("  {}", decision.action.name())),
        decision.flow.as_ref().map(|flow| format!("flow {flow}")),
        decision.queue.as_ref().map(|queue| format!("queue {queue}")),
        decision.intents.first().map(|intent| format!("{} {:.2}", intent.name, intent.confidence)),
        Some(format!("because {}", reasons.join(", "))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn describe_reason(reason: &Reason) -> String {
    match (reason.score, reason.threshold) {
        (Some(score), Some(threshold)) => format!("{} {score:.2} ≥ {threshold:.2}", reason.code.name()),
        (Some(score), None) => format!("{} {score:.2}", reason.code.name()),
        _ => reason.code.name().to_owned(),
    }
}

/// Shows what arrived on the demo's pretend telephone and mailbox since last time.
fn show_post(app: &App, shown: u64, style: Style) -> u64 {
    let Some(demo) = &app.demo else { return shown };
    let mut newest = shown;
    for posted in demo.post.list().into_iter().rev().filter(|posted| posted.id > shown) {
        println!("{}  [to {}] {}{}", style.dim, posted.to.value(), posted.text, style.plain);
        newest = posted.id;
    }
    newest
}
