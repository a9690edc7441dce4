//! Finds what people type in one normal form each: numbers of orders, parcels and cards, addresses, codes, amounts and
//! dates. Each kind has its file; who comes first where two want the same characters is decided here.

mod amount;
mod card;
mod code;
mod currency;
mod date;
mod digits;
mod email;
mod near;
mod order;
mod page;
mod phone;
mod postcode;
mod tracking;
mod written;

use phonenumber::country;

use crate::domain::understanding::Entity;

pub use order::OrderShape;
pub use written::Written;

use order::OrderNumbers;
use page::Page;

/// What a question the assistant asked makes likely to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// An order number was asked for.
    pub order_number: bool,
    /// A one-time code was sent.
    pub code: bool,
}

/// Finds entities in texts.
#[derive(Clone, Debug)]
pub struct EntityReader {
    orders: OrderNumbers,
    home: Option<country::Id>,
}

impl EntityReader {
    /// A reader of order numbers of `shape`, and of what is written otherwise in other countries, such as telephone
    /// numbers without country code, as in `home`.
    pub fn new(shape: OrderShape, home: Option<country::Id>) -> Result<Self, regex::Error> {
        Ok(Self { orders: OrderNumbers::new(shape)?, home })
    }

    /// A reader for whoever knows no settings and would rather find too much.
    pub(super) fn of_anybody() -> Self {
        // Any country will do: a number is found by its digits and the country only completes them.
        Self { orders: OrderNumbers::of_any_shape(), home: Some(country::Id::GB) }
    }

    /// Every entity of `text`, which was `written` then, in order of appearance; none overlap.
    ///
    /// The surest kinds read first and take what they find: those known by a sign of their own (an `@`, a check digit,
    /// the prefix of the organisation, a currency, a month), then those known by a word beside them, then telephone
    /// numbers, then digits that may be anything.
    pub fn read(&self, text: &str, expected: Expected, written: &Written) -> Vec<Entity> {
        let mut page = Page::new(text);
        page.claim(email::find(&page));
        page.claim(card::find(&page));
        page.claim(self.orders.find_prefixed(&page));
        if expected.code {
            page.claim(code::find_sent(&page));
        }
        page.claim(tracking::find_certain(&page));
        page.claim(amount::find(&page, self.home));
        page.claim(date::find(&page, self.home, written));
        page.claim(tracking::find_named(&page, &self.orders, expected));
        page.claim(postcode::find_lettered(&page, self.home));
        page.claim(phone::find(&page, self.home));
        page.claim(code::find_named(&page));
        page.claim(self.orders.find_bare(&page, expected, written));
        page.claim(date::find_compact(&page, written));
        page.claim(postcode::find_digits(&page));
        page.claim(date::relative::find(&page, written));
        page.into_entities()
    }
}

/// The payment card numbers of `text`, also with a digit wrong, whatever else they may be taken for.
pub(super) fn cards(text: &str) -> Vec<Entity> {
    let mut page = Page::new(text);
    page.claim(card::find(&page));
    page.claim(card::find_mistyped(&page));
    page.into_entities()
}

#[cfg(test)]
mod tests;
