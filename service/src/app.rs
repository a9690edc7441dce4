//! Everything a running process holds, built once and handed to whoever needs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::Config;
use crate::connector::{Accounts, Orders};
use crate::domain::channel::InboxId;
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
    pub demo: Option<crate::demo::Demo>,
    /// Tells the worker that a job was stored.
    pub jobs_waiting: Arc<Notify>,
    /// Whether the process is on its way out.
    pub draining: std::sync::atomic::AtomicBool,
}

impl App {
    /// The channel that text messages to a telephone are sent by: the first such inbox.
    pub fn text_messages(&self) -> Option<&Arc<dyn Channel>> {
        self.config
            .twilio_sms
            .iter()
            .find_map(|inbox| self.channels.get(&inbox.name))
            .or_else(|| self.channels.get(&InboxId::default_for(crate::domain::channel::Channel::Sms)))
    }
}
