//! Order numbers, in the shape that the organisation uses.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::understanding::EntityKind;

use super::near::{around, ascii, is_apart, stands_alone};
use super::page::{Found, Page};
use super::written::Written;
use super::{Expected, date};

/// Words that make digits beside them an order number.
const ORDER_WORDS: [&str; 14] = [
    "order",
    "orders",
    "ordered",
    "purchase",
    "purchases",
    "purchased",
    "bought",
    "parcel",
    "package",
    "delivery",
    "delivered",
    "shipment",
    "shipped",
    "tracking",
];
/// Words with fewer letters are too easily another word with a typing error.
const LEAST_LETTERS: usize = 5;
/// So many digits of the right length, which are no telephone number, need no word to say what they are.
const LONG_NUMBER: usize = 8;

static DIGITS: LazyLock<Regex> = LazyLock::new(|| ascii("[0-9]+"));

/// The shape of the organisation's order numbers: a prefix and digits, as in `AW-100001`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderShape {
    /// Letters in front; may be empty. Written upper-case and followed by a hyphen in the normal form.
    pub prefix: String,
    /// How many digits follow, at least and at most.
    pub digits: RangeInclusive<usize>,
}

impl Default for OrderShape {
    fn default() -> Self {
        Self { prefix: "AW".to_owned(), digits: 6..=6 }
    }
}

/// Finds order numbers of one shape.
#[derive(Clone, Debug)]
pub(super) struct OrderNumbers {
    shape: OrderShape,
    prefixed: Option<Regex>,
}

impl OrderNumbers {
    /// Those of `shape`.
    pub(super) fn new(shape: OrderShape) -> Result<Self, regex::Error> {
        let prefix = regex::escape(&shape.prefix);
        let (least, most) = (shape.digits.start(), shape.digits.end());
        let prefixed = (!shape.prefix.is_empty())
            .then(|| Regex::new(&format!(r"(?i){prefix}[\s\-_#.:–]{{0,3}}([0-9]{{{least},{most}}})(?-u:\b)")))
            .transpose()?;
        Ok(Self { shape, prefixed })
    }

    /// Those of any shape: rather too many than too few.
    pub(super) fn of_any_shape() -> Self {
        let shape = OrderShape { prefix: String::new(), digits: 6..=15 };
        Self { shape, prefixed: Some(ascii(r"\b[a-z]{1,5}[-_#]?([0-9]{5,15})\b")) }
    }

    /// Every number with its prefix.
    pub(super) fn find_prefixed(&self, page: &Page<'_>) -> Vec<Found> {
        let text = page.open();
        let numbers = self.prefixed.iter().flat_map(|prefixed| prefixed.captures_iter(text));
        let found = numbers.filter_map(|found| {
            let (span, digits) = (found.get(0)?.range(), found.get(1)?);
            is_apart(text, &span).then(|| self.number(digits.as_str(), span))
        });
        found.collect()
    }

    /// Every number without its prefix, where it can only be one: it was asked for, a word says so, or it is long and
    /// no day near the one it was written on.
    pub(super) fn find_bare(&self, page: &Page<'_>, expected: Expected, written: &Written) -> Vec<Found> {
        let text = page.open();
        let fitting = DIGITS.find_iter(text).filter(|found| self.may_be(found.len()));
        let alone = fitting.filter(|found| stands_alone(text, &found.range()));
        let meant = alone.filter(|found| {
            let day = written.day_at(page.origin(&found.range()).start);
            expected.order_number
                || names_order(around(page.said(), &found.range()))
                || (found.len() >= LONG_NUMBER && date::compact(found.as_str(), day).is_none())
        });
        meant.map(|found| self.number(found.as_str(), found.range())).collect()
    }

    /// Whether as many digits may be an order number without its prefix.
    pub(super) fn may_be(&self, n_digits: usize) -> bool {
        self.shape.digits.contains(&n_digits)
    }

    fn number(&self, digits: &str, span: std::ops::Range<usize>) -> Found {
        let value = if self.shape.prefix.is_empty() {
            digits.to_owned()
        } else {
            format!("{}-{digits}", self.shape.prefix.to_uppercase())
        };
        Found { kind: EntityKind::OrderNumber, value, span }
    }
}

/// Whether a text speaks of an order, typing errors of one letter allowed.
fn names_order(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= LEAST_LETTERS);
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let is_near =
        |known: &str, word: &String| known.len().abs_diff(word.len()) <= 1 && strsim::osa_distance(known, word) <= 1;
    words.iter().any(|word| ORDER_WORDS.contains(&word.as_str()))
        || words.iter().any(|word| ORDER_WORDS.iter().any(|known| is_near(known, word)))
}
