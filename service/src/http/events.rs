//! `GET /v1/events`: what happens, as server-sent events, resumable by `Last-Event-ID`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use futures::Stream;
use futures::stream;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::auth::{Agent, Caller};
use super::error::{ApiError, Problem};
use crate::app::App;
use crate::domain::event::Event;

const PAGE: u32 = 500;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Follow what happens. Events: `message_added`, `conversation_changed`, `handoff_created`, `delivery_changed`. Send the
/// last `id` seen as `Last-Event-ID` to miss nothing after a lost connection.
#[utoipa::path(
    get, path = "/v1/events", tag = "conversations",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Resume after this event")),
    responses(
        (status = 200, content_type = "text/event-stream", description = "A stream of events"),
        (status = 401, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn stream(
    _caller: Caller<Agent>,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<SseEvent, Infallible>>>, ApiError> {
    // Listening begins before the place to resume from is read, so that nothing falls between.
    let live = app.events.subscribe();
    let last = match headers.get("last-event-id") {
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| ApiError::field("Last-Event-ID", "send the number of an event"))?,
        None => app.store.last_event().await?,
    };
    let follower = Follower { stop: app.stop.clone(), app, live, last, backlog: Vec::new(), behind: true };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok(encode(&event)), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Reads the store while it is behind, and listens once it is not.
struct Follower {
    app: Arc<App>,
    stop: tokio_util::sync::CancellationToken,
    live: Receiver<Event>,
    last: i64,
    backlog: Vec<Event>,
    behind: bool,
}

impl Follower {
    /// The next event; `None` when the process stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.backlog.pop() {
                self.last = event.seq;
                return Some(event);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            let heard = tokio::select! {
                heard = self.live.recv() => heard,
                () = self.stop.cancelled() => return None,
            };
            match heard {
                Ok(event) if event.seq <= self.last => {}
                Ok(event) => {
                    self.last = event.seq;
                    return Some(event);
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn catch_up(&mut self) -> Option<()> {
        match self.app.store.events_after(self.last, PAGE).await {
            Ok(mut events) => {
                self.behind = events.len() == PAGE as usize;
                events.reverse();
                self.backlog = events;
                Some(())
            }
            Err(error) => {
                tracing::warn!(%error, "an event stream ends: the store cannot be read");
                None
            }
        }
    }
}

fn encode(event: &Event) -> SseEvent {
    let data = json!({
        "conversation_id": event.conversation_id.to_string(),
        "contact_id": event.contact_id.to_string(),
        "seq": event.message_seq,
    });
    SseEvent::default().id(event.seq.to_string()).event(event.kind.name()).data(data.to_string())
}
