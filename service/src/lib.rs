//! Frontdesk: the desk in front of a support team. `ARCHITECTURE.md` is the map of this crate.

pub mod app;
pub mod assistant;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connector;
pub mod demo;
pub mod domain;
pub mod events;
pub mod feedback;
pub mod gaps;
pub mod http;
pub mod http_client;
pub mod import;
pub mod intake;
pub mod keys;
pub mod knowledge;
pub mod mind;
pub mod run;
pub mod start;
pub mod store;
pub mod telemetry;
pub mod thread;
pub mod triage;
pub mod worker;
