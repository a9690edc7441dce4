//! One chat connection from hello to goodbye.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::frame::{ChatMessage, FromBrowser, ToBrowser, owner};
use crate::app::App;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::contact::Verification;
use crate::domain::conversation::{Conversation, Owner};
use crate::domain::event::{Event, EventKind};
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::id::ConversationId;
use crate::domain::message::{Author, InboundMessage, Sender};
use crate::domain::text::Utterance;
use crate::intake;
use crate::store::StoreError;

/// How long a browser may take to say hello, and how long it may be silent afterwards.
const HELLO: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(90);
/// Messages a visitor may send: a burst, and one more each interval.
const BURST: f64 = 10.0;
const INTERVAL_SECONDS: f64 = 1.0;
/// Messages read from the store at once.
const PAGE: u32 = 100;
const MAX_ID: usize = 64;
const GOING_AWAY: u16 = 1012;

/// Serves one connection until it ends.
pub async fn run(app: Arc<App>, inbox: InboxId, mut socket: WebSocket) {
    // Listening begins before anything is read, so that nothing falls between.
    let events = app.events.subscribe();
    let Some(hello) = hello(&mut socket).await else { return };
    let session = Session::open(Arc::clone(&app), inbox, hello, socket).await;
    match session {
        Ok(session) => session.serve(events).await,
        Err(error) => tracing::warn!(%error, "a chat could not be opened"),
    }
}

/// What the first frame says.
struct Hello {
    visitor: Option<String>,
    resume_after: i64,
    conversation: Option<ConversationId>,
}

async fn hello(socket: &mut WebSocket) -> Option<Hello> {
    let first = tokio::time::timeout(HELLO, socket.recv()).await.ok()??.ok()?;
    let Frame::Text(text) = first else { return None };
    let Ok(FromBrowser::Hello { visitor, resume_after, conversation }) = serde_json::from_str(&text) else {
        let error =
            ToBrowser::Error { code: "hello_expected", detail: "send a hello frame first".to_owned(), id: None };
        let _ = socket.send(encode(&error)).await;
        return None;
    };
    Some(Hello {
        visitor,
        resume_after: resume_after.unwrap_or(0).max(0),
        conversation: conversation.and_then(|id| id.parse().ok()),
    })
}

struct Session {
    app: Arc<App>,
    inbox: InboxId,
    socket: WebSocket,
    /// Who the visitor is: the hash of their secret.
    handle: Handle,
    /// What their messages' identifiers begin with, so that no visitor can use up another's.
    prefix: String,
    conversation: Option<Conversation>,
    /// The newest message sent to the browser.
    last_seq: i64,
    tokens: f64,
    refilled: Instant,
}

/// The connection is gone.
struct Gone;

impl Session {
    async fn open(app: Arc<App>, inbox: InboxId, hello: Hello, socket: WebSocket) -> Result<Self, StoreError> {
        let secret = hello.visitor.filter(|secret| is_secret(secret)).unwrap_or_else(new_secret);
        let hash = hex::encode(Sha256::digest(secret.as_bytes()));
        let handle = Handle::from_stored(HandleKind::Visitor, hash);
        let conversation = app.store.contact_by_handle(&handle).await?.and_then(|(_, newest)| newest);
        let resumes = hello.conversation.is_some() && hello.conversation == conversation.as_ref().map(|c| c.id);
        let prefix = format!("{}:", &handle.value()[..16]);
        let mut session = Self {
            app,
            inbox,
            socket,
            handle,
            prefix,
            last_seq: if resumes { hello.resume_after } else { 0 },
            conversation,
            tokens: BURST,
            refilled: Instant::now(),
        };
        let (owner, agent_name) = owner(session.conversation.as_ref());
        let welcome = ToBrowser::Welcome {
            visitor: secret,
            conversation: session.conversation.as_ref().map(|conversation| conversation.id.to_string()),
            owner,
            agent_name,
        };
        if session.send(&welcome).await.is_ok() {
            // A connection lost here ends the session at its first read.
            let _ = session.catch_up().await;
        }
        Ok(session)
    }

    async fn serve(mut self, mut events: Receiver<Event>) {
        let stop = self.app.stop.clone();
        let mut deadline = Instant::now() + SILENCE;
        loop {
            let going_on = tokio::select! {
                frame = self.socket.recv() => {
                    deadline = Instant::now() + SILENCE;
                    match frame {
                        Some(Ok(frame)) => self.heard_from_browser(frame).await,
                        Some(Err(_)) | None => Err(Gone),
                    }
                }
                event = events.recv() => self.heard_from_store(event).await,
                () = tokio::time::sleep_until(deadline.into()) => Err(Gone),
                () = stop.cancelled() => {
                    self.goodbye().await;
                    Err(Gone)
                }
            };
            if going_on.is_err() {
                return;
            }
        }
    }

    async fn heard_from_browser(&mut self, frame: Frame) -> Result<(), Gone> {
        match frame {
            Frame::Text(text) => match serde_json::from_str(&text) {
                Ok(FromBrowser::Message { id, text }) => self.take(id, &text).await,
                Ok(FromBrowser::Ping) => self.send(&ToBrowser::Pong).await,
                Ok(FromBrowser::Typing | FromBrowser::Hello { .. }) => Ok(()),
                Err(error) => self.refuse("invalid_frame", error.to_string(), None).await,
            },
            Frame::Close(_) => Err(Gone),
            Frame::Binary(_) => self.refuse("invalid_frame", "send frames as text".to_owned(), None).await,
            Frame::Ping(_) | Frame::Pong(_) => Ok(()),
        }
    }

    /// Stores a message of the visitor.
    async fn take(&mut self, id: String, text: &str) -> Result<(), Gone> {
        if id.is_empty() || id.len() > MAX_ID {
            let detail = format!("a message's id has 1 to {MAX_ID} characters");
            return self.refuse("invalid_id", detail, None).await;
        }
        if !self.may_send() {
            let detail = "that was too many messages at once; wait a moment".to_owned();
            return self.refuse("too_many_messages", detail, Some(id)).await;
        }
        let text = match Utterance::parse(text) {
            Ok(text) => text,
            Err(error) => return self.refuse("invalid_text", error.to_string(), Some(id)).await,
        };
        let inbound = InboundMessage {
            channel: Channel::Web,
            inbox: self.inbox.clone(),
            from: Sender { handle: self.handle.clone(), verification: Verification::Channel },
            name: None,
            text,
            subject: None,
            external_id: Some(format!("{}{id}", self.prefix)),
            conversation_id: None,
            sent_at: None,
        };
        match intake::accept(&self.app, inbound, None, self.app.clock.now()).await {
            Ok(accepted) => {
                if self.conversation.as_ref().map(|conversation| conversation.id) != Some(accepted.conversation.id) {
                    self.last_seq = 0;
                }
                let receipt = ToBrowser::Accepted {
                    id,
                    message_id: accepted.message.id.to_string(),
                    seq: accepted.message.seq,
                    conversation: accepted.conversation.id.to_string(),
                };
                let answering = accepted.conversation.owner == Owner::Assistant && !accepted.duplicate;
                self.conversation = Some(accepted.conversation);
                self.send(&receipt).await?;
                if answering {
                    self.send(&ToBrowser::Typing { author: "assistant", name: None }).await?;
                }
                self.catch_up().await
            }
            Err(error) => {
                tracing::error!(%error, "a chat message could not be stored");
                let detail = "your message could not be stored just now; it will be sent again".to_owned();
                self.refuse("not_stored", detail, Some(id)).await
            }
        }
    }

    /// A bucket of tokens: one message each.
    fn may_send(&mut self) -> bool {
        let now = Instant::now();
        let refill = (now - self.refilled).as_secs_f64() / INTERVAL_SECONDS;
        self.tokens = (self.tokens + refill).min(BURST);
        self.refilled = now;
        let may = self.tokens >= 1.0;
        if may {
            self.tokens -= 1.0;
        }
        may
    }

    async fn heard_from_store(&mut self, event: Result<Event, RecvError>) -> Result<(), Gone> {
        let Some(conversation) = &self.conversation else {
            return if matches!(event, Err(RecvError::Closed)) { Err(Gone) } else { Ok(()) };
        };
        match event {
            Ok(event) if event.conversation_id != conversation.id => Ok(()),
            Ok(event) if event.kind == EventKind::DeliveryChanged => Ok(()),
            Ok(event) if event.kind == EventKind::MessageAdded => self.catch_up().await,
            Ok(_) => self.refresh_owner().await,
            Err(RecvError::Lagged(_)) => {
                self.refresh_owner().await?;
                self.catch_up().await
            }
            Err(RecvError::Closed) => Err(Gone),
        }
    }

    /// Sends every message of the conversation that the browser does not have.
    async fn catch_up(&mut self) -> Result<(), Gone> {
        let Some(id) = self.conversation.as_ref().map(|conversation| conversation.id) else { return Ok(()) };
        loop {
            let messages = match self.app.store.messages_after(id, self.last_seq, PAGE).await {
                Ok(messages) => messages,
                Err(error) => {
                    tracing::warn!(%error, "a chat cannot be read");
                    return Err(Gone);
                }
            };
            let full = messages.len() == PAGE as usize;
            for message in messages {
                self.last_seq = message.seq;
                // Notes are between agents.
                if message.author == Author::System {
                    continue;
                }
                let message = Box::new(ChatMessage::of(message, &self.prefix));
                self.send(&ToBrowser::Message { conversation: id.to_string(), message }).await?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    async fn refresh_owner(&mut self) -> Result<(), Gone> {
        let known = self.app.store.contact_by_handle(&self.handle).await;
        let Ok(Some((_, Some(conversation)))) = known else { return Ok(()) };
        if self.conversation.as_ref().is_none_or(|current| current.id != conversation.id) {
            return Ok(());
        }
        let (owner, agent_name) = owner(Some(&conversation));
        self.conversation = Some(conversation);
        self.send(&ToBrowser::Owner { owner, agent_name }).await
    }

    async fn refuse(&mut self, code: &'static str, detail: String, id: Option<String>) -> Result<(), Gone> {
        self.send(&ToBrowser::Error { code, detail, id }).await
    }

    async fn goodbye(&mut self) {
        let retry_after_ms = rand::rng().random_range(200..3_000);
        if self.send(&ToBrowser::Bye { retry_after_ms }).await.is_ok() {
            let close = CloseFrame { code: GOING_AWAY, reason: "restarting".into() };
            let _ = self.socket.send(Frame::Close(Some(close))).await;
        }
    }

    async fn send(&mut self, frame: &ToBrowser) -> Result<(), Gone> {
        self.socket.send(encode(frame)).await.map_err(|_| Gone)
    }
}

fn encode(frame: &ToBrowser) -> Frame {
    let text = serde_json::to_string(frame).expect("frames hold nothing that JSON cannot");
    Frame::Text(text.into())
}

const SECRET_BYTES: usize = 32;

fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; SECRET_BYTES]>())
}

/// Only secrets of the shape we make are taken: a visitor cannot choose a weak one.
fn is_secret(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == SECRET_BYTES)
}
