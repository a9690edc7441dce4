//! Lets the contact pick one of their newest orders, by its number, its place in the list or what is in it.

use crate::domain::answer::Reply;
use crate::domain::decision::{Reason, ReasonCode};
use crate::domain::flow::Slot;
use crate::domain::turn::{Call, CallResult, Order};
use crate::domain::understanding::EntityKind;

use super::engine::{End, Next, Run, failed_call};
use super::spec::Choose;

/// Fewer digits than this name no order.
const LEAST_DIGITS: usize = 3;
/// Words shorter than this say nothing about what is in an order.
const LEAST_LETTERS: usize = 4;

impl Run<'_> {
    /// Arrives at the step: one order needs no choice, several are offered.
    pub(super) fn choose(&mut self, choose: &Choose) -> Next {
        let orders = self.recent_orders()?;
        match orders.as_slice() {
            [] => Ok(choose.none),
            [only] => Ok(self.pick(choose, only)),
            several => {
                let text = self.render(&choose.ask.prompt, None);
                self.offer(choose, several, &text);
                Err(End::Waits)
            }
        }
    }

    /// Takes what was said in reply.
    pub(super) fn chosen(&mut self, choose: &Choose) -> Next {
        if self.newest(&[EntityKind::OrderNumber]).is_some() {
            return Ok(choose.next);
        }
        let orders = self.recent_orders()?;
        if let Some(order) = meant(self.setting.text, &orders) {
            let order = order.clone();
            return Ok(self.pick(choose, &order));
        }
        let end = self.ask_again(&choose.ask.reprompt, choose.ask.attempts, ReasonCode::RepeatedFailure);
        if end == End::Waits
            && let Some(asked) = self.replies.pop()
        {
            self.offer(choose, &orders, &asked.text);
        }
        Err(end)
    }

    fn recent_orders(&mut self) -> Result<Vec<Order>, End> {
        let proven = self.proven_handles();
        if proven.is_empty() {
            let reason = Reason::of(ReasonCode::VerificationFailed);
            return Err(End::HandsOff { reason, outcome: "no address was proven".to_owned() });
        }
        match self.ask(Call::RecentOrders { proven })? {
            CallResult::Orders(orders) => Ok(orders.clone()),
            _ => Err(failed_call()),
        }
    }

    fn pick(&mut self, choose: &Choose, order: &Order) -> usize {
        let message = self.setting.turn.upto();
        let (name, value) = (choose.slot.clone(), order.number.clone());
        self.memory.remember(Slot { name, value, message, verified: true });
        choose.next
    }

    fn offer(&mut self, choose: &Choose, orders: &[Order], text: &str) {
        let mut quick_replies = Vec::new();
        for order in orders {
            self.order = Some(order.clone());
            quick_replies.push(self.render(&choose.option, None));
        }
        self.order = None;
        let lines: Vec<String> = quick_replies.iter().map(|option| format!("- {option}")).collect();
        let text = format!("{text}\n{}", lines.join("\n"));
        self.replies.push(Reply { quick_replies, ..Reply::plain(text) });
    }
}

/// The order that `text` means, if it can only be one.
fn meant<'o>(text: &str, orders: &'o [Order]) -> Option<&'o Order> {
    by_digits(text, orders).or_else(|| by_place(text, orders)).or_else(|| by_contents(text, orders))
}

fn by_digits<'o>(text: &str, orders: &'o [Order]) -> Option<&'o Order> {
    let mut typed = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() >= LEAST_DIGITS);
    let digits = typed.next()?;
    only(orders.iter().filter(|order| order.number.ends_with(digits)))
}

fn by_place<'o>(text: &str, orders: &'o [Order]) -> Option<&'o Order> {
    const PLACES: [(&[&str], usize); 5] = [
        (&["first", "1st", "1", "latest", "newest", "recent"], 0),
        (&["second", "2nd", "2"], 1),
        (&["third", "3rd", "3"], 2),
        (&["fourth", "4th", "4"], 3),
        (&["fifth", "5th", "5"], 4),
    ];
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    if words.iter().any(|word| matches!(*word, "last" | "oldest")) {
        return orders.last();
    }
    let place = PLACES.iter().find(|(names, _)| names.iter().any(|name| words.contains(name)));
    place.and_then(|(_, place)| orders.get(*place))
}

fn by_contents<'o>(text: &str, orders: &'o [Order]) -> Option<&'o Order> {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= LEAST_LETTERS).collect();
    let holds = |order: &&Order| {
        let summary = order.summary.to_lowercase();
        let mut contents = summary.split(|c: char| !c.is_alphabetic());
        contents.any(|content| words.contains(&content))
    };
    only(orders.iter().filter(holds))
}

fn only<'o>(mut orders: impl Iterator<Item = &'o Order>) -> Option<&'o Order> {
    let first = orders.next()?;
    orders.next().is_none().then_some(first)
}
