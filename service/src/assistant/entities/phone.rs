//! Telephone numbers, in the normal form that identities have: ITU-T E.164.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use phonenumber::country;
use regex::Regex;

use crate::domain::handle::{Handle, HandleKind};
use crate::domain::understanding::EntityKind;

use super::near::{ascii, stands_alone};
use super::page::{Found, Page};

static PHONE: LazyLock<Regex> = LazyLock::new(|| ascii(r"\+?\(?[0-9][0-9 \t().\-/]{6,20}[0-9]"));
/// Three numbers that would be a day, be there such a day.
static LIKE_A_DATE: LazyLock<Regex> = LazyLock::new(|| ascii(r"^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}$"));
/// A number with as many digits needs no sign in front to be a telephone number. With more it is an article's (GTIN, ISBN).
const PLAIN_DIGITS: RangeInclusive<usize> = 10..=12;

/// Every telephone number; those without a country code are taken for numbers of `home`.
pub(super) fn find(page: &Page<'_>, home: Option<country::Id>) -> Vec<Found> {
    let text = page.open();
    let found = PHONE.find_iter(text).filter_map(|found| {
        let typed = found.as_str();
        let n_digits = typed.bytes().filter(u8::is_ascii_digit).count();
        let plausible = PLAIN_DIGITS.contains(&n_digits) || typed.starts_with(['+', '0', '(']);
        if !plausible || !stands_alone(text, &found.range()) || LIKE_A_DATE.is_match(typed) {
            return None;
        }
        let handle = Handle::parse(HandleKind::Phone, typed, home).ok()?;
        Some(Found { kind: EntityKind::Phone, value: handle.value().to_owned(), span: found.range() })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(&Page::new(text), Some(country::Id::GB)).into_iter().map(|found| found.value).collect()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "07700 900101",
            "call (07700) 900-101!",
            "+44 7700 900101",
            "０７７００\u{a0}９００１０１",
            "07700\u{2011}900101",
        ] {
            assert_eq!(found(text), ["+447700900101"], "{text}");
        }
        assert_eq!(found("07700 900101\n07700 900102"), ["+447700900101", "+447700900102"]);
    }

    #[test]
    fn other_numbers_are_no_telephone_numbers() {
        for text in ["01/02/2026", "01.02.26", "£07700900101", "A07700900101", "100001", "EAN 4006381333931"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
