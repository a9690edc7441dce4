//! Live events: reads what the store recorded, in order, and tells everyone in this process who listens. A wake-up only
//! shortens the wait; losing every one of them loses nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::domain::event::Event;
use crate::store::{Store, StoreError};

const PAGE: u32 = 500;
const POLL: Duration = Duration::from_millis(500);
const BACKLOG: usize = 4096;

/// Where events are heard. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Event>,
    wake: Arc<Notify>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, wake: Arc::new(Notify::new()) }
    }
}

impl Events {
    /// Hears every event from now on. A listener that falls behind is told so by
    /// [`RecvError::Lagged`](broadcast::error::RecvError::Lagged) and reads the store instead.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }

    /// Says that the store has probably recorded something.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Tells listeners of new events until cancelled.
    pub async fn run(&self, store: Arc<dyn Store>, stop: CancellationToken) {
        let mut last = first_event(store.as_ref(), &stop).await;
        while !stop.is_cancelled() {
            match store.events_after(last, PAGE).await {
                Ok(events) if !events.is_empty() => {
                    for event in events {
                        last = event.seq;
                        // Nobody listening is fine.
                        let _ = self.sender.send(event);
                    }
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "cannot read events; trying again"),
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// Where to begin: after everything that happened before this process started.
async fn first_event(store: &dyn Store, stop: &CancellationToken) -> i64 {
    loop {
        match store.last_event().await {
            Ok(seq) => return seq,
            Err(StoreError::Unavailable(reason)) if !stop.is_cancelled() => {
                tracing::warn!(reason, "cannot read events yet");
                tokio::time::sleep(POLL).await;
            }
            Err(error) => {
                tracing::error!(%error, "cannot read where events begin; starting from the first");
                return 0;
            }
        }
    }
}
