//! Finds order numbers, addresses and one-time codes in what people type, each in one normal form.

use std::ops::RangeInclusive;

use phonenumber::country;
use regex::Regex;

use crate::domain::handle::{Handle, HandleKind};
use crate::domain::understanding::{Entity, EntityKind};

/// How many bytes around bare digits are searched for a word that says what they are.
const NEAR_BYTES: usize = 32;
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
    shape: OrderShape,
    home: Option<country::Id>,
    prefixed: Option<Regex>,
    email: Regex,
    phone: Regex,
    digits: Regex,
    code: Regex,
    code_words: Regex,
}

impl EntityReader {
    /// A reader of order numbers of `shape`, and of telephone numbers without country code as those of `home`.
    pub fn new(shape: OrderShape, home: Option<country::Id>) -> Result<Self, regex::Error> {
        let prefix = regex::escape(&shape.prefix);
        let n_digits = format!("{},{}", shape.digits.start(), shape.digits.end());
        let prefixed = (!shape.prefix.is_empty())
            .then(|| Regex::new(&format!(r"(?i)\b{prefix}[\s\-_#.:–]{{0,3}}(\d{{{n_digits}}})\b")))
            .transpose()?;
        Ok(Self {
            prefixed,
            email: Regex::new(r"(?i)[\w.%+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")?,
            phone: Regex::new(r"\+?\(?\d[\d\s().\-/]{6,20}\d")?,
            digits: Regex::new(&format!(r"\d{{{n_digits}}}"))?,
            code: Regex::new(r"\d{3}[ \-]?\d{3}")?,
            code_words: Regex::new(r"(?i)\bcode\b")?,
            shape,
            home,
        })
    }

    /// Every entity of `text` in order of appearance; none overlap.
    pub fn read(&self, text: &str, expected: Expected) -> Vec<Entity> {
        let mut entities = Vec::new();
        self.read_emails(text, &mut entities);
        self.read_prefixed(text, &mut entities);
        if expected.code {
            self.read_codes(text, &mut entities);
        }
        self.read_phones(text, &mut entities);
        self.read_bare(text, expected, &mut entities);
        entities.sort_by_key(|entity| entity.start);
        entities
    }

    fn read_emails(&self, text: &str, entities: &mut Vec<Entity>) {
        for found in self.email.find_iter(text) {
            if let Ok(handle) = Handle::parse(HandleKind::Email, found.as_str(), None) {
                add(entities, EntityKind::Email, handle.value(), found.start()..found.end());
            }
        }
    }

    fn read_prefixed(&self, text: &str, entities: &mut Vec<Entity>) {
        let Some(prefixed) = &self.prefixed else { return };
        for found in prefixed.captures_iter(text) {
            if let (Some(whole), Some(digits)) = (found.get(0), found.get(1)) {
                let number = self.normal_order(digits.as_str());
                add(entities, EntityKind::OrderNumber, &number, whole.start()..whole.end());
            }
        }
    }

    fn read_codes(&self, text: &str, entities: &mut Vec<Entity>) {
        for found in self.code.find_iter(text) {
            if stands_alone(text, found.start(), found.end()) {
                let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
                add(entities, EntityKind::Code, &digits, found.start()..found.end());
            }
        }
    }

    fn read_phones(&self, text: &str, entities: &mut Vec<Entity>) {
        for found in self.phone.find_iter(text) {
            let typed = found.as_str();
            let n_digits = typed.chars().filter(char::is_ascii_digit).count();
            let plausible = n_digits >= 10 || typed.starts_with(['+', '0', '(']);
            if !plausible || !stands_alone(text, found.start(), found.end()) {
                continue;
            }
            if let Ok(handle) = Handle::parse(HandleKind::Phone, typed, self.home) {
                add(entities, EntityKind::Phone, handle.value(), found.start()..found.end());
            }
        }
    }

    /// Digits of the right length with nothing before them that says what they are.
    fn read_bare(&self, text: &str, expected: Expected, entities: &mut Vec<Entity>) {
        for found in self.digits.find_iter(text) {
            if !stands_alone(text, found.start(), found.end()) {
                continue;
            }
            let around = near(text, found.start(), found.end());
            if found.len() == 6 && self.code_words.is_match(around) {
                add(entities, EntityKind::Code, found.as_str(), found.start()..found.end());
            } else if expected.order_number || found.len() >= LONG_NUMBER || names_order(around) {
                let number = self.normal_order(found.as_str());
                add(entities, EntityKind::OrderNumber, &number, found.start()..found.end());
            }
        }
    }

    fn normal_order(&self, digits: &str) -> String {
        if self.shape.prefix.is_empty() {
            digits.to_owned()
        } else {
            format!("{}-{digits}", self.shape.prefix.to_uppercase())
        }
    }
}

/// Adds an entity unless an earlier, stronger one covers part of its span.
fn add(entities: &mut Vec<Entity>, kind: EntityKind, value: &str, span: std::ops::Range<usize>) {
    let overlaps = |other: &Entity| span.start < other.end && other.start < span.end;
    if !entities.iter().any(overlaps) {
        entities.push(Entity { kind, value: value.to_owned(), start: span.start, end: span.end });
    }
}

/// Whether digits are a number of their own and not a part of a longer one, a word, a price or an address.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let mut rest = text[end..].chars();
    let after = rest.next();
    let then = rest.next();
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '+' | '£' | '$' | '€');
    let glued_before = before.is_some_and(|c| joined(c) || matches!(c, '.' | '-' | '/'));
    let glued_after = after
        .is_some_and(|c| joined(c) || (matches!(c, '.' | ',' | '-' | '/') && then.is_some_and(|c| c.is_ascii_digit())));
    !glued_before && !glued_after
}

/// Whether a text speaks of an order, typing errors of one letter allowed.
fn names_order(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= LEAST_LETTERS);
    words.map(str::to_lowercase).any(|word| ORDER_WORDS.iter().any(|known| strsim::osa_distance(known, &word) <= 1))
}

/// The text around a span, cut at character boundaries.
fn near(text: &str, start: usize, end: usize) -> &str {
    let from = text.floor_char_boundary(start.saturating_sub(NEAR_BYTES));
    let to = text.ceil_char_boundary((end + NEAR_BYTES).min(text.len()));
    &text[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reader() -> EntityReader {
        EntityReader::new(OrderShape::default(), Some(country::Id::GB)).unwrap()
    }

    fn found(text: &str, expected: Expected) -> Vec<(EntityKind, String)> {
        let entities = reader().read(text, expected);
        entities.into_iter().map(|entity| (entity.kind, entity.value)).collect()
    }

    #[test]
    fn an_order_number_written_many_ways_is_one_value() {
        for text in ["AW-100001", "aw100001", "it's AW 100001.", "#AW-100001", "Aw–100001?", "aw: 100001"] {
            let order = (EntityKind::OrderNumber, "AW-100001".to_owned());
            assert_eq!(found(text, Expected::default()), [order], "{text}");
        }
    }

    #[test]
    fn bare_digits_are_an_order_number_only_where_one_is_meant() {
        let order = [(EntityKind::OrderNumber, "AW-100001".to_owned())];
        let asked = Expected { order_number: true, ..Expected::default() };
        assert_eq!(found("no, 100001", asked), order);
        assert_eq!(found("my order 100001 is late", Expected::default()), order);
        assert_eq!(found("cancel my puchase 100001", Expected::default()), order);
        assert_eq!(found("it cost 100001 yen", Expected::default()), []);
        assert_eq!(found("part 3-100001-x", asked), []);
    }

    #[test]
    fn numbers_without_letters_of_several_lengths_are_read_where_that_is_their_shape() {
        let reader = EntityReader::new(OrderShape { prefix: String::new(), digits: 8..=15 }, None).unwrap();
        let read = |text: &str| -> Vec<String> {
            reader.read(text, Expected::default()).into_iter().map(|entity| entity.value).collect()
        };
        assert_eq!(read("cancel 00123842, please"), ["00123842"]);
        assert_eq!(read("where is 113542617735902?"), ["113542617735902"]);
        assert_eq!(read("see my bill #85632"), Vec::<String>::new());
    }

    #[test]
    fn six_digits_are_the_code_when_one_was_sent() {
        let sent = Expected { code: true, ..Expected::default() };
        for text in ["123456", "123 456", "it says 123-456"] {
            assert_eq!(found(text, sent), [(EntityKind::Code, "123456".to_owned())], "{text}");
        }
        let order = [(EntityKind::OrderNumber, "AW-100003".to_owned())];
        assert_eq!(found("wait, AW-100003", sent), order);
    }

    #[test]
    fn addresses_come_out_in_normal_form() {
        let email = (EntityKind::Email, "ada.m@example.com".to_owned());
        assert_eq!(found("It's Ada.M@Example.com.", Expected::default()), [email]);
        let phone = (EntityKind::Phone, "+447700900101".to_owned());
        assert_eq!(found("call me on 07700 900101 please", Expected::default()), [phone]);
    }

    proptest! {
        #[test]
        fn spans_are_inside_the_text_and_apart(
            text in "[ -~£é–@0-9AWaw+\\-\\.\\(\\)]{0,120}",
            order_number in any::<bool>(),
            code in any::<bool>(),
        ) {
            let mut last_end = 0;
            for entity in reader().read(&text, Expected { order_number, code }) {
                prop_assert!(entity.start >= last_end && entity.start < entity.end);
                prop_assert!(text.get(entity.start..entity.end).is_some());
                last_end = entity.end;
            }
        }
    }
}
