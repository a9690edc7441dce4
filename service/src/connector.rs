//! The outside systems that know about orders and accounts. They are only ever asked about addresses a contact has
//! proven to be theirs.

pub mod demo;
pub mod unconfigured;

use async_trait::async_trait;

use crate::domain::handle::Handle;
use crate::domain::turn::Order;

/// The system that knows about orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// The order `number` if it belongs to one of `owners`; `None` both when there is none and when it belongs to
    /// somebody else.
    async fn find(&self, number: &str, owners: &[Handle]) -> Result<Option<Order>, ConnectorError>;

    /// The newest orders of `owners`, newest first, at most five.
    async fn recent(&self, owners: &[Handle]) -> Result<Vec<Order>, ConnectorError>;
}

/// The system that knows about accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Has a link for a new password sent to `email`, if an account has that address. `Ok` either way.
    async fn send_password_reset(&self, email: &Handle) -> Result<(), ConnectorError>;
}

/// An outside system that did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{system} did not answer: {reason}")]
pub struct ConnectorError {
    /// Which system.
    pub system: &'static str,
    /// What it said.
    pub reason: String,
}
