//! What the templates of a flow can speak of: slots, the order found, and the address being proven.

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::Value;

use crate::domain::flow::Memory;
use crate::domain::turn::{Order, OrderStatus};

/// The names a template may use.
pub(super) const KNOWN_NAMES: [&str; 4] = ["slots", "order", "address", "left"];

/// What is known when a template is rendered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) memory: &'a Memory,
    pub(super) order: Option<&'a Order>,
    /// An address, with all but a hint hidden.
    pub(super) address: Option<&'a str>,
    /// Tries left for a one-time code.
    pub(super) left: Option<u8>,
    pub(super) today: Date,
}

impl Known<'_> {
    /// The names and their values.
    pub(super) fn context(&self) -> Value {
        let slots: BTreeMap<String, Value> =
            self.memory.slots.iter().map(|slot| (slot.name.clone(), Value::from(&slot.value))).collect();
        let mut names: BTreeMap<String, Value> = BTreeMap::new();
        names.insert("slots".to_owned(), Value::from(slots));
        names.insert("order".to_owned(), self.order.map_or(Value::from(()), |order| order_value(order, self.today)));
        names.insert("address".to_owned(), Value::from(self.address.unwrap_or("that address")));
        names.insert("left".to_owned(), self.left.map_or(Value::from(()), Value::from));
        Value::from(names)
    }
}

/// A context with everything in it, on which templates are tried before contacts meet them.
pub(super) fn sample() -> Value {
    let today = Date::constant(2026, 1, 5);
    let order = Order {
        number: "A-1".to_owned(),
        status: OrderStatus::Shipped,
        summary: "a lamp".to_owned(),
        carrier: Some("a carrier".to_owned()),
        tracking: Some("T1".to_owned()),
        placed_on: today,
        promised_on: Some(today),
        delivered_on: Some(today),
    };
    let memory = Memory::default();
    Known { memory: &memory, order: Some(&order), address: Some("a•••@example.com"), left: Some(2), today }.context()
}

/// By how many days an order is late on `today`; none when it is not.
fn late_by_days(order: &Order, today: Date) -> Option<i32> {
    let over = matches!(order.status, OrderStatus::Delivered | OrderStatus::Cancelled | OrderStatus::Returned);
    let promised = order.promised_on.filter(|&promised| !over && promised < today)?;
    today.since(promised).ok().map(|span| span.get_days())
}

fn order_value(order: &Order, today: Date) -> Value {
    let day = |date: Option<Date>| date.map_or(Value::from(()), |date| Value::from(words_of_day(date)));
    let text = |text: &Option<String>| text.as_ref().map_or(Value::from(()), Value::from);
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    fields.insert("number".to_owned(), Value::from(&order.number));
    fields.insert("status".to_owned(), Value::from(status_name(order.status)));
    fields.insert("summary".to_owned(), Value::from(&order.summary));
    fields.insert("carrier".to_owned(), text(&order.carrier));
    fields.insert("tracking".to_owned(), text(&order.tracking));
    fields.insert("placed_on".to_owned(), day(Some(order.placed_on)));
    fields.insert("promised_on".to_owned(), day(order.promised_on));
    fields.insert("delivered_on".to_owned(), day(order.delivered_on));
    fields.insert("days_late".to_owned(), late_by_days(order, today).map_or(Value::from(()), Value::from));
    Value::from(fields)
}

/// A day as people write it: `Tuesday 24 November`.
fn words_of_day(date: Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// A status as flows write it.
fn status_name(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Processing => "processing",
        OrderStatus::Packed => "packed",
        OrderStatus::Shipped => "shipped",
        OrderStatus::OutForDelivery => "out_for_delivery",
        OrderStatus::Delivered => "delivered",
        OrderStatus::Delayed => "delayed",
        OrderStatus::Lost => "lost",
        OrderStatus::Cancelled => "cancelled",
        OrderStatus::Returned => "returned",
    }
}
