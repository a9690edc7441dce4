//! Everything a running process holds, built once and handed to whoever needs it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::Config;
use crate::connector::{Accounts, Orders};
use crate::content_folder::LastReading;
use crate::demo::Demo;
use crate::domain::channel::{Channel as ChannelKind, InboxId};
use crate::events::Events;
use crate::keys::Keys;
use crate::mind::Mind;
use crate::store::Store;
use crate::telemetry::Metrics;

/// Everything a running process holds.
pub struct App {
    /// Checked settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// What survives a crash.
    pub store: Arc<dyn Store>,
    /// What the assistant thinks with.
    pub mind: Mind,
    /// Live events.
    pub events: Events,
    /// API keys.
    pub keys: Keys,
    /// Measurements, for `/metrics`.
    pub metrics: Metrics,
    /// The channels that messages are sent by, by inbox.
    pub channels: BTreeMap<InboxId, Arc<dyn Channel>>,
    /// Where one-time codes and links for e-mail addresses go, if anywhere.
    pub mail: Option<Arc<dyn Channel>>,
    /// The system that knows about orders.
    pub orders: Arc<dyn Orders>,
    /// The system that knows about accounts.
    pub accounts: Arc<dyn Accounts>,
    /// The demo's made-up shop, when this is the demo.
    pub demo: Option<Demo>,
    /// Tells the worker that a job was stored.
    pub jobs_waiting: Arc<Notify>,
    /// Held by whoever changes what the assistant has learned, so that each change builds on the last.
    pub teaching: tokio::sync::Mutex<()>,
    /// Held by whoever changes articles, so that none is put in place of one that was stored later.
    pub editing: tokio::sync::Mutex<()>,
    /// What came of reading the content last.
    pub last_reading: Mutex<LastReading>,
    /// Held by whoever looks for gaps in the knowledge base, which takes a whole core for a while.
    pub looking_for_gaps: Arc<tokio::sync::Mutex<()>>,
    /// Whether the process is on its way out.
    pub draining: AtomicBool,
    /// Cancelled when streams and sockets are to end.
    pub stop: CancellationToken,
}

impl App {
    /// The channel that one-time codes to a telephone are sent by: the first inbox for text messages.
    pub fn text_messages(&self) -> Option<&Arc<dyn Channel>> {
        self.config
            .twilio_sms
            .iter()
            .find_map(|inbox| self.channels.get(&inbox.name))
            .or_else(|| self.channels.get(&InboxId::default_for(ChannelKind::Sms)))
    }
}
