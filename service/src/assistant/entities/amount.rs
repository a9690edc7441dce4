//! Amounts of money. Normal form: the code of ISO 4217, a blank, and a decimal with as many decimals as the currency
//! has, as in `EUR 12.50` and `JPY 1200`.

use std::ops::Range;
use std::sync::LazyLock;

use phonenumber::country;
use regex::{Captures, Regex};

use crate::domain::understanding::EntityKind;

use super::currency::{self, Currency};
use super::near::{around, ascii, is_said};
use super::page::{Found, Page};

/// Digits, perhaps in thousands, perhaps with decimals.
const NUMBER: &str = r"[0-9]{1,3}(?:[,.'][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,12}(?:[.,][0-9]{1,3})?";
/// The same with thousands set apart by blanks, which only a mark behind the number holds together.
const BLANKS: &str = r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]{1,2})?";

static MARK_FIRST: LazyLock<Regex> =
    LazyLock::new(|| ascii(&format!(r"({}) ?({NUMBER})(k?)", currency::before_numbers())));
static MARK_LAST: LazyLock<Regex> =
    LazyLock::new(|| ascii(&format!(r"({BLANKS}|{NUMBER})(k?) ?({})", currency::after_numbers())));
static PENCE: LazyLock<Regex> = LazyLock::new(|| ascii(r"([0-9]{1,2})(?:p| pence)\b"));
/// Pounds that are no money.
static WEIGHT: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b(?:weigh\w*|heavy|lbs?|kg|kilos?)\b"));

/// Every amount. A mark before a number counts for more than one behind it, unless it touches a number there.
pub(super) fn find(page: &Page<'_>, home: Option<country::Id>) -> Vec<Found> {
    let text = page.open();
    let marked_first = MARK_FIRST.captures_iter(text).filter(|found| !belongs_to_number_before(text, found));
    let first = marked_first.filter_map(|found| amount(text, &found, [1, 2, 3], home));
    let marked_last = MARK_LAST.captures_iter(text).filter(|found| !is_weight(page, found));
    let last = marked_last.filter_map(|found| amount(text, &found, [3, 1, 2], home));
    let pence = PENCE.captures_iter(text).filter_map(|found| {
        let (span, pence) = (found.get(0)?.range(), found.get(1)?.as_str());
        is_whole(text, &span).then(|| money(format!("GBP 0.{pence:0>2}"), span))
    });
    first.chain(last).chain(pence).collect()
}

fn money(value: String, span: Range<usize>) -> Found {
    Found { kind: EntityKind::Amount, value, span }
}

/// The amount of a match whose groups are at these places: mark, number, thousands.
fn amount(
    text: &str,
    found: &Captures<'_>,
    [mark, number, thousand]: [usize; 3],
    home: Option<country::Id>,
) -> Option<Found> {
    let span = found.get(0)?.range();
    let currency = Currency::named(&found[mark], home)?;
    let value =
        if found[thousand].is_empty() { plain(&found[number], currency) } else { thousands(&found[number], currency) };
    is_whole(text, &span).then_some(())?;
    Some(money(format!("{} {}", currency.code, value?), span))
}

/// Whether a mark is that of the number before it, as in "30 EUR 2 weeks ago".
fn belongs_to_number_before(text: &str, found: &Captures<'_>) -> bool {
    let (Some(mark), Some(number)) = (found.get(1), found.get(2)) else { return false };
    let before = &text[..mark.start()];
    let touches_next = mark.end() == number.start();
    let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    ends_in_digit(before) || (!touches_next && before.strip_suffix(' ').is_some_and(ends_in_digit))
}

/// Whether a match is not part of a longer number or word.
fn is_whole(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let mut rest = text[span.end..].chars();
    let (after, then) = (rest.next(), rest.next());
    let glued_before = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | '_'));
    let glued_after = after.is_some_and(|c| {
        c.is_alphanumeric() || (matches!(c, '.' | ',' | '/') && then.is_some_and(|then| then.is_ascii_digit()))
    });
    !glued_before && !glued_after
}

fn is_weight(page: &Page<'_>, found: &Captures<'_>) -> bool {
    let pounds = found.get(3).filter(|mark| mark.as_str().to_ascii_lowercase().starts_with("pound"));
    pounds.is_some_and(|mark| is_said(&WEIGHT, around(page.said(), &mark.range())))
}

/// A number as people write it, in plain decimals. A point or comma before three last digits sets thousands apart, any
/// other is the decimal one.
fn plain(number: &str, currency: Currency) -> Option<String> {
    let is_mark = |c: char| matches!(c, '.' | ',');
    let Some((whole, last)) = number.rsplit_once(is_mark) else { return decimal(number, "", currency) };
    let mark = number[whole.len()..].chars().next()?;
    if last.len() == 3 && currency.decimals != 3 && whole != "0" && !whole.contains(other(mark)) {
        return decimal(number, "", currency);
    }
    if whole.contains(mark) {
        return None;
    }
    decimal(whole, last, currency)
}

fn other(mark: char) -> char {
    if mark == '.' { ',' } else { '.' }
}

/// A number of thousands, such as the `1.5` of `1.5k`.
fn thousands(number: &str, currency: Currency) -> Option<String> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    (fraction.len() <= 3).then_some(())?;
    decimal(&format!("{whole}{fraction:0<3}"), "", currency)
}

fn decimal(whole: &str, fraction: &str, currency: Currency) -> Option<String> {
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let (kept, cut) = fraction.split_at(fraction.len().min(currency.decimals));
    if cut.contains(|c| c != '0') {
        return None;
    }
    let width = currency.decimals;
    Some(if width == 0 { whole.to_owned() } else { format!("{whole}.{kept:0<width$}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found_at(text: &str, home: country::Id) -> Vec<String> {
        let mut page = Page::new(text);
        page.claim(find(&page, Some(home)));
        page.into_entities().into_iter().map(|entity| entity.value).collect()
    }

    fn found(text: &str) -> Vec<String> {
        found_at(text, country::Id::GB)
    }

    #[test]
    fn an_amount_written_many_ways_is_one_value() {
        for (text, value) in [
            ("it was £12.50.", "GBP 12.50"),
            ("12,50 €", "EUR 12.50"),
            ("12,5€", "EUR 12.50"),
            ("€12.5", "EUR 12.50"),
            ("$1,299", "USD 1299.00"),
            ("US$ 1,299.99", "USD 1299.99"),
            ("20 quid", "GBP 20.00"),
            ("15 pounds", "GBP 15.00"),
            ("USD 30", "USD 30.00"),
            ("30 usd", "USD 30.00"),
            ("1.299,00 €", "EUR 1299.00"),
            ("1 299,00\u{a0}€", "EUR 1299.00"),
            ("CHF 1'299.50", "CHF 1299.50"),
            ("£5k", "GBP 5000.00"),
            ("1.5k euros", "EUR 1500.00"),
            ("¥1,200", "JPY 1200"),
            ("KWD 1.250", "KWD 1.250"),
            ("99p", "GBP 0.99"),
            ("£１２.５０", "GBP 12.50"),
            ("(£20-ish)", "GBP 20.00"),
        ] {
            assert_eq!(found(text), [value], "{text}");
        }
    }

    #[test]
    fn several_amounts_each_keep_their_mark() {
        assert_eq!(found("charged £20 instead of £2.99!"), ["GBP 20.00", "GBP 2.99"]);
        assert_eq!(found("I paid 30 EUR 2 weeks ago"), ["EUR 30.00"]);
        assert_eq!(found("two vouchers: 2 £5 ones"), ["GBP 5.00"]);
        assert_eq!(found("30€ 20€"), ["EUR 30.00", "EUR 20.00"]);
    }

    #[test]
    fn what_has_no_currency_is_no_amount() {
        for text in [
            "5k",
            "12.50",
            "100001",
            "it weighs 15 pounds",
            "1080p",
            "£1.2.3",
            "€1,299,99",
            "USD",
            "model C$5x",
            "20 kr",
            "all 30 try again",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_shared_sign_is_the_money_of_the_home_country() {
        assert_eq!(found_at("$20", country::Id::CA), ["CAD 20.00"]);
        assert_eq!(found_at("20 bucks", country::Id::AU), ["AUD 20.00"]);
        assert_eq!(found_at("200 kr", country::Id::SE), ["SEK 200.00"]);
    }

    proptest! {
        #[test]
        fn every_price_is_read_back(whole in 0_u64..10_000_000, pence in 0_u8..100) {
            prop_assert_eq!(found(&format!("£{whole}.{pence:02}")), [format!("GBP {whole}.{pence:02}")]);
            prop_assert_eq!(found(&format!("{whole},{pence:02} €")), [format!("EUR {whole}.{pence:02}")]);
        }
    }
}
