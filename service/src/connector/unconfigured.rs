//! What stands in for an outside system that was not configured: it says so, and the assistant hands over to a human.

use async_trait::async_trait;

use super::{Accounts, ConnectorError, Orders};
use crate::domain::handle::Handle;
use crate::domain::turn::Order;

/// An outside system that was not configured.
pub struct Unconfigured;

fn error(system: &'static str) -> ConnectorError {
    ConnectorError { system, reason: "no such system is configured".to_owned() }
}

#[async_trait]
impl Orders for Unconfigured {
    async fn find(&self, _number: &str, _owners: &[Handle]) -> Result<Option<Order>, ConnectorError> {
        Err(error("the order system"))
    }

    async fn recent(&self, _owners: &[Handle]) -> Result<Vec<Order>, ConnectorError> {
        Err(error("the order system"))
    }
}

#[async_trait]
impl Accounts for Unconfigured {
    async fn send_password_reset(&self, _email: &Handle) -> Result<(), ConnectorError> {
        Err(error("the account system"))
    }
}
