//! Payment card numbers (ISO/IEC 7812-1): 13 to 19 digits with a check digit, of which only the last four are ever said.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::understanding::EntityKind;

use super::digits::{self, Form};
use super::near::{ascii, before, is_said};
use super::page::{Found, Page};

/// Where numbers of an issuer begin, from and to with the same count of digits, and how many digits they have: the
/// networks' published ranges (Visa, Mastercard, American Express, Diners Club, Discover, JCB, `UnionPay`, Mir, `RuPay`
/// and Maestro).
const ISSUERS: [(u32, u32, &[usize]); 17] = [
    (4, 4, &[13, 16, 18, 19]),
    (51, 55, &[16]),
    (2221, 2720, &[16]),
    (34, 34, &[15]),
    (37, 37, &[15]),
    (300, 305, &[14, 16, 17, 18, 19]),
    (3095, 3095, &[14, 16, 17, 18, 19]),
    (36, 36, &[14, 16, 17, 18, 19]),
    (38, 39, &[14, 16, 17, 18, 19]),
    (3528, 3589, &[16, 17, 18, 19]),
    (62, 62, &[16, 17, 18, 19]),
    (81, 82, &[16, 17, 18, 19]),
    (2200, 2204, &[16, 17, 18, 19]),
    (60, 61, &[13, 14, 15, 16, 17, 18, 19]),
    (63, 69, &[13, 14, 15, 16, 17, 18, 19]),
    (50, 50, &[13, 14, 15, 16, 17, 18, 19]),
    (56, 59, &[13, 14, 15, 16, 17, 18, 19]),
];

const FORM: Form = Form { shortest: 13, longest: 19, is_valid: is_card, is_usual };
/// A card's number with a digit wrong; without the check digit only its shape tells.
const MISTYPED: Form = Form { shortest: 15, longest: 16, is_valid: is_of_an_issuer, is_usual: is_grouped };

/// The words before a number that make even ungrouped digits a card's.
static CARD: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b(?:card|visa|mastercard|amex)\b[ -/:-~]*$"));

/// Every card number. The value is masked, as in `**** 1111`: the number itself must not be kept anywhere.
pub(super) fn find(page: &Page<'_>) -> Vec<Found> {
    let found = digits::numbers(page.open(), FORM).into_iter();
    let masked = |digits: &str| format!("**** {}", &digits[digits.len() - 4..]);
    found.map(|(span, digits)| Found { kind: EntityKind::CardNumber, value: masked(&digits), span }).collect()
}

/// What was meant for a card number and fails its checksum: grouped as on a card, or after a word for cards.
pub(super) fn find_mistyped(page: &Page<'_>) -> Vec<Found> {
    let text = page.open();
    let found = digits::numbers(text, MISTYPED).into_iter();
    let meant = found.filter(|(span, _)| {
        let sizes: Vec<usize> = text[span.clone()].split([' ', '-']).map(str::len).collect();
        matches!(sizes[..], [4, 4, 4, 4] | [4, 6, 5]) || is_said(&CARD, before(text, span))
    });
    meant.map(|(span, _)| Found { kind: EntityKind::CardNumber, value: "****".to_owned(), span }).collect()
}

fn is_card(digits: &str) -> bool {
    is_of_an_issuer(digits) && has_luhn_check_digit(digits)
}

fn is_of_an_issuer(digits: &str) -> bool {
    ISSUERS.iter().any(|&(from, to, lengths)| {
        let n_first = from.to_string().len();
        let first = digits.get(..n_first).and_then(|first| first.parse().ok());
        lengths.contains(&digits.len()) && first.is_some_and(|first: u32| (from..=to).contains(&first))
    })
}

/// Groups, and of the sizes on a card.
fn is_grouped(groups: &[Range<usize>]) -> bool {
    groups.len() > 2 && is_usual(groups)
}

/// Fours, as most cards have them, or four, six and the rest; or no groups at all.
fn is_usual(groups: &[Range<usize>]) -> bool {
    match groups {
        [a, b, c] if a.len() == 4 && b.len() == 6 => matches!(c.len(), 4 | 5),
        [fours @ .., last] => fours.is_empty() || last.len() <= 4 && fours.iter().all(|group| group.len() == 4),
        [] => false,
    }
}

/// The checksum of payment card numbers (ISO/IEC 7812-1, annex B).
fn has_luhn_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(digits::value)
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, &str)> {
        find(&Page::new(text)).into_iter().map(|found| (found.value, &text[found.span])).collect()
    }

    /// The numbers that the networks and payment services give out for tests.
    #[test]
    fn the_test_numbers_of_every_network_are_cards() {
        for number in [
            "4111111111111111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "30569309025904",
            "6011111111111117",
            "3530111333300000",
            "6200000000000005",
            "6759649826438453",
        ] {
            assert_eq!(found(number), [(format!("**** {}", &number[number.len() - 4..]), number)]);
        }
    }

    #[test]
    fn a_card_is_seen_however_it_is_grouped_and_whatever_follows() {
        for (text, card) in [
            ("4111-1111-1111-1111", "4111-1111-1111-1111"),
            ("my card 4111 1111 1111 1111 12/27", "4111 1111 1111 1111"),
            ("4111 1111 1111 1111 123", "4111 1111 1111 1111"),
            ("3782 822463 10005 next", "3782 822463 10005"),
            ("card:4111111111111111.", "4111111111111111"),
            ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
        ] {
            let cards: Vec<&str> = found(text).into_iter().map(|(_, card)| card).collect();
            assert_eq!(cards, [card], "{text}");
        }
    }

    #[test]
    fn a_mistyped_card_is_known_by_its_groups_or_by_what_it_is_called() {
        let mistyped = |text: &str| find_mistyped(&Page::new(text)).len();
        for text in
            ["4111 1111 1111 1112", "3782-822463-10006", "my card is 4111111111111112", "Visa no. 4111111111111112"]
        {
            assert_eq!(mistyped(text), 1, "{text}");
        }
        for text in
            ["4111111111111112", "parcel 4111 111111 111112", "call 415-555-0101 or 415-555-0102", "card 100001"]
        {
            assert_eq!(mistyped(text), 0, "{text}");
        }
    }

    #[test]
    fn other_long_numbers_are_no_cards() {
        for text in [
            "4111111111111112",
            "113542617735902",
            "tracking 1234567890123456",
            "call 415-555-0101 or 415-555-0102",
            "41111111111111110000000",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
