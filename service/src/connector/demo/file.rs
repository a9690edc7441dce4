//! The files the demo shop is made of, read into domain types.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::Deserialize;

use super::OwnedOrder;
use crate::domain::handle::{Handle, HandleKind, InvalidHandle};
use crate::domain::turn::{Order, OrderStatus};

const ACCOUNTS: &str = include_str!("../../../demo/accounts.toml");
const ORDERS: &str = include_str!("../../../demo/orders.toml");

/// A customer of the demo shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How they are called.
    pub name: String,
    /// Their e-mail address.
    pub email: Handle,
    /// Their telephone.
    pub phone: Handle,
}

/// What is wrong with the embedded files.
#[derive(Debug, thiserror::Error)]
pub enum InvalidDemo {
    /// Not TOML of the right shape.
    #[error("demo file: {0}")]
    Toml(#[from] toml::de::Error),
    /// An address that is none.
    #[error("demo file: {0}")]
    Handle(#[from] InvalidHandle),
    /// A number of days that leads out of the calendar.
    #[error("demo file: {0}")]
    Date(#[from] jiff::Error),
}

/// The accounts.
pub(super) fn accounts() -> Result<Vec<Account>, InvalidDemo> {
    let file: AccountsFile = toml::from_str(ACCOUNTS)?;
    file.account.into_iter().map(AccountRow::read).collect()
}

/// The orders, with dates counted from `today`.
pub(super) fn orders(today: Date) -> Result<Vec<OwnedOrder>, InvalidDemo> {
    let file: OrdersFile = toml::from_str(ORDERS)?;
    file.order.into_iter().map(|row| row.read(today)).collect()
}

#[derive(Deserialize)]
struct AccountsFile {
    account: Vec<AccountRow>,
}

#[derive(Deserialize)]
struct AccountRow {
    name: String,
    email: String,
    phone: String,
}

impl AccountRow {
    fn read(self) -> Result<Account, InvalidDemo> {
        Ok(Account {
            name: self.name,
            email: Handle::parse(HandleKind::Email, &self.email, None)?,
            phone: Handle::parse(HandleKind::Phone, &self.phone, None)?,
        })
    }
}

#[derive(Deserialize)]
struct OrdersFile {
    order: Vec<OrderRow>,
}

#[derive(Deserialize)]
struct OrderRow {
    number: String,
    email: String,
    placed_days_ago: i32,
    status: StatusName,
    carrier: Option<String>,
    tracking: Option<String>,
    promised_in_days: Option<i32>,
    delivered_days_ago: Option<i32>,
    items: Vec<ItemRow>,
}

#[derive(Deserialize)]
struct ItemRow {
    name: String,
    quantity: u32,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusName {
    Processing,
    Packed,
    Shipped,
    OutForDelivery,
    Delivered,
    Delayed,
    Lost,
    Cancelled,
    Returned,
}

impl OrderRow {
    fn read(self, today: Date) -> Result<OwnedOrder, InvalidDemo> {
        let after = |days: i32| -> Result<Date, jiff::Error> {
            let span: Span = days.days();
            today.checked_add(span)
        };
        let summary: Vec<String> = self.items.iter().map(ItemRow::words).collect();
        let order = Order {
            number: self.number,
            status: self.status.into(),
            summary: summary.join("; "),
            carrier: self.carrier,
            tracking: self.tracking,
            placed_on: after(-self.placed_days_ago)?,
            promised_on: self.promised_in_days.map(after).transpose()?,
            delivered_on: self.delivered_days_ago.map(|days| after(-days)).transpose()?,
        };
        Ok(OwnedOrder { email: Handle::parse(HandleKind::Email, &self.email, None)?, order })
    }
}

impl ItemRow {
    fn words(&self) -> String {
        if self.quantity == 1 { self.name.clone() } else { format!("{} × {}", self.quantity, self.name) }
    }
}

impl From<StatusName> for OrderStatus {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Processing => Self::Processing,
            StatusName::Packed => Self::Packed,
            StatusName::Shipped => Self::Shipped,
            StatusName::OutForDelivery => Self::OutForDelivery,
            StatusName::Delivered => Self::Delivered,
            StatusName::Delayed => Self::Delayed,
            StatusName::Lost => Self::Lost,
            StatusName::Cancelled => Self::Cancelled,
            StatusName::Returned => Self::Returned,
        }
    }
}
