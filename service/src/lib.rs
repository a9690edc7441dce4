//! Frontdesk: the desk in front of a support team. `ARCHITECTURE.md` is the map of this crate.

pub mod channel;
pub mod clock;
pub mod connector;
pub mod domain;
pub mod http_client;
pub mod store;
pub mod thread;
