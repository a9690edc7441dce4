//! Carriers' tracking numbers, in the normal form that carriers print without blanks: UPS, USPS and postal items (UPU
//! S10) by their check digit alone; DHL and `FedEx`, whose check digits prove less, where a word says so too.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::understanding::EntityKind;

use super::Expected;
use super::digits::{self, Form};
use super::near::{around, ascii, before, is_apart, is_said, stands_alone};
use super::order::OrderNumbers;
use super::page::{Found, Page};

static UPS: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"1Z ?[0-9A-Z]{3} ?[0-9A-Z]{3} ?[0-9A-Z]{2} ?[0-9]{4} ?[0-9]{4}\b"));
static S10: LazyLock<Regex> = LazyLock::new(|| ascii(r"[A-Z]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[A-Z]{2}\b"));
/// DHL's pieces, which have no check digit.
static DHL_PIECE: LazyLock<Regex> = LazyLock::new(|| ascii(r"\bJ(?:J?D|VGL) ?[0-9]{9,18}\b"));
/// The digits of USPS, alone or behind a service's 91 to 95 (Publication 199, the Intelligent Mail package barcode), with the check digit of GS1.
const USPS: Form = Form { shortest: 20, longest: 22, is_valid: is_usps, is_usual: any_groups };
/// The digits of `FedEx` and DHL.
const COURIER: Form = Form { shortest: 10, longest: 15, is_valid: is_courier, is_usual: any_groups };

/// Words that say whose number it is, or that it is for tracking.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    ascii(r"\b(?:track(?:ed|ing)?|dhl|fedex|ups|usps|royal mail|airwaybill|waybill|awb|consignment|sendungsnummer)\b")
});
/// Words that say that it may be one.
static ABOUT_A_PARCEL: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?:parcel|package|packet|shipment|courier|carrier|delivery)\b"));
static CALL: LazyLock<Regex> =
    LazyLock::new(|| ascii(r"\b(?:call|ring|phone|telephone|mobile|tel|text me|whatsapp)\b[a-z :,.'-]{0,16}$"));

/// Every number whose letters or length and check digit leave no doubt.
pub(super) fn find_certain(page: &Page<'_>) -> Vec<Found> {
    let text = page.open();
    let by_letters =
        [(&UPS, is_ups as fn(&str) -> bool), (&S10, is_s10)].into_iter().flat_map(|(pattern, is_valid)| {
            pattern.find_iter(text).filter_map(move |found| {
                let value = compact(found.as_str());
                (is_valid(&value) && is_apart(text, &found.range())).then(|| tracking(value, found.range()))
            })
        });
    let by_digits = digits::numbers(text, USPS).into_iter().filter(|(span, _)| stands_alone(text, span));
    by_letters.chain(by_digits.map(|(span, digits)| tracking(digits, span))).collect()
}

/// Every number of a carrier that a word speaks of. What may as well be an order number is one, unless the words before
/// name tracking or a carrier and no order number was asked for.
pub(super) fn find_named(page: &Page<'_>, orders: &OrderNumbers, expected: Expected) -> Vec<Found> {
    let (text, said) = (page.open(), page.said());
    let is_meant = |span: &Range<usize>, digits: &str| {
        if orders.may_be(digits.len()) {
            return !expected.order_number && is_said(&NAMED, before(said, span));
        }
        let around = around(said, span);
        (is_said(&NAMED, around) || is_said(&ABOUT_A_PARCEL, around)) && !is_said(&CALL, before(said, span))
    };
    let pieces = DHL_PIECE.find_iter(text).map(|found| (found.range(), compact(found.as_str())));
    let by_digits = digits::numbers(text, COURIER).into_iter().filter(|(span, _)| stands_alone(text, span));
    let meant = pieces.chain(by_digits).filter(|(span, digits)| is_meant(span, digits));
    meant.map(|(span, value)| tracking(value, span)).collect()
}

fn tracking(value: String, span: Range<usize>) -> Found {
    Found { kind: EntityKind::TrackingNumber, value, span }
}

fn compact(typed: &str) -> String {
    typed.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect()
}

fn any_groups(_: &[Range<usize>]) -> bool {
    true
}

/// UPS: the last digit makes the sum of what follows `1Z`, every second one counted twice, a multiple of ten; a letter
/// counts as its place in the alphabet and one.
fn is_ups(number: &str) -> bool {
    let value = |c: u8| if c.is_ascii_digit() { digits::value(c) } else { (u32::from(c - b'A') + 2) % 10 };
    let (body, last) = number[2..].split_at(15);
    let sum: u32 = body.bytes().zip([1, 2].into_iter().cycle()).map(|(c, weight)| value(c) * weight).sum();
    last.bytes().next().map(value) == Some((10 - sum % 10) % 10)
}

/// UPU S10: the ninth digit is eleven less the sum of the first eight, weighed, modulo eleven; ten is written as zero
/// and eleven as five.
fn is_s10(number: &str) -> bool {
    let digits: Vec<u32> = number.bytes().filter(u8::is_ascii_digit).map(digits::value).collect();
    let sum: u32 = digits.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    digits.last() == Some(&check)
}

fn is_usps(digits: &str) -> bool {
    let is_long = digits.len() == 22 && matches!(digits.as_bytes()[..2], [b'9', b'1'..=b'5']);
    (is_long || digits.len() == 20) && digits::has_gs1_check_digit(digits)
}

fn is_courier(number: &str) -> bool {
    let (body, last) = number.split_at(number.len() - 1);
    let last = last.bytes().next().map(digits::value);
    match number.len() {
        // DHL Express: the rest of a division by seven.
        10 | 11 => body.parse::<u64>().ok().map(|body| (body % 7) as u32) == last,
        // FedEx Express: weights three, one and seven in turn, modulo eleven, modulo ten.
        12 => {
            let weighed = body.bytes().zip([3, 1, 7].into_iter().cycle());
            let sum: u32 = weighed.map(|(digit, weight)| digits::value(digit) * weight).sum();
            Some(sum % 11 % 10) == last
        }
        // FedEx Ground.
        15 => digits::has_gs1_check_digit(number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::OrderShape;
    use super::*;

    fn certain(text: &str) -> Vec<String> {
        find_certain(&Page::new(text)).into_iter().map(|found| found.value).collect()
    }

    fn named(text: &str, shape: OrderShape) -> Vec<String> {
        let orders = OrderNumbers::new(shape).unwrap();
        find_named(&Page::new(text), &orders, Expected::default()).into_iter().map(|found| found.value).collect()
    }

    /// Numbers that carriers print in their guides, or that were on parcels.
    const GOLDEN: [&str; 9] = [
        "1Z999AA10123456784",
        "1Z5R89390357567127",
        "1Z879E930346834440",
        "RR123456785GB",
        "RB123456785US",
        "03071790000523483741",
        "9400111201080805483016",
        "9361289878700317633795",
        "9205590164917312751089",
    ];

    #[test]
    fn numbers_with_their_check_digit_need_no_word() {
        for number in GOLDEN {
            assert_eq!(certain(&format!("it says {number}.")), [number]);
            assert_eq!(certain(&number.to_lowercase()), [number]);
        }
        assert_eq!(certain("rr 123 456 785 gb"), ["RR123456785GB"]);
        assert_eq!(certain("1Z 999 AA1 01 2345 6784"), ["1Z999AA10123456784"]);
        assert_eq!(certain("9400 1112 0108 0805 4830 16 twice"), ["9400111201080805483016"]);
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        assert_eq!(certain("RR123456784GB"), [""; 0]);
        // S10 writes two remainders as one digit and so lets a few slips through.
        for number in GOLDEN.iter().filter(|number| !number.starts_with('R')) {
            for (at, digit) in number.char_indices().skip(2).filter(|(_, c)| c.is_ascii_digit()) {
                let other = (u32::from(digit) - u32::from('0') + 1) % 10;
                let wrong = format!("{}{other}{}", &number[..at], &number[at + 1..]);
                assert_eq!(certain(&wrong), [""; 0], "{wrong}");
            }
        }
    }

    #[test]
    fn couriers_digits_need_a_word_beside_them() {
        let numbers =
            ["3318810025", "8487135506", "986578788855", "477179081230", "041441760228964", "568283610012000"];
        for number in numbers {
            assert_eq!(named(&format!("my FedEx parcel {number}"), OrderShape::default()), [number]);
            assert_eq!(named(&format!("it says {number}"), OrderShape::default()), [""; 0]);
        }
        assert_eq!(named("DHL says JD014600006281230704 is lost", OrderShape::default()), ["JD014600006281230704"]);
        assert_eq!(named("about the parcel, call me on 3318810025", OrderShape::default()), [""; 0]);
    }

    #[test]
    fn what_may_be_an_order_number_is_tracked_only_where_the_words_before_say_so() {
        let shape = || OrderShape { prefix: String::new(), digits: 8..=15 };
        assert_eq!(named("where is my parcel 986578788855", shape()), [""; 0]);
        assert_eq!(named("my tracking number is 986578788855", shape()), ["986578788855"]);
    }
}
