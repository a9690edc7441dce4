//! The currencies that prices are written in, and how people write their names.

use phonenumber::country;

/// Codes of ISO 4217 and how many decimals each currency has (its minor unit).
const CODES: [(&str, usize); 37] = [
    ("AED", 2),
    ("AUD", 2),
    ("BHD", 3),
    ("BGN", 2),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CLP", 0),
    ("CNY", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("IDR", 2),
    ("ILS", 2),
    ("INR", 2),
    ("ISK", 0),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("MXN", 2),
    ("MYR", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("PHP", 2),
    ("PLN", 2),
    ("RON", 2),
    ("SAR", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TRY", 2),
    ("UAH", 2),
    ("USD", 2),
    ("ZAR", 2),
];
/// Signs that stand before or after a number; one that begins another comes after it.
const SIGNS: [(&str, &str); 15] = [
    ("US$", "USD"),
    ("AU$", "AUD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("R$", "BRL"),
    ("£", "GBP"),
    ("€", "EUR"),
    ("₹", "INR"),
    ("₺", "TRY"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₴", "UAH"),
];
/// Words that stand after a number, and the codes that people write in small letters.
const WORDS: [(&str, &str); 15] = [
    ("pounds sterling", "GBP"),
    ("pounds", "GBP"),
    ("pound", "GBP"),
    ("quid", "GBP"),
    ("gbp", "GBP"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("eur", "EUR"),
    ("usd", "USD"),
    ("chf", "CHF"),
    ("yen", "JPY"),
    ("rupees", "INR"),
    ("zloty", "PLN"),
    ("zł", "PLN"),
    ("kč", "CZK"),
];
/// Marks that mean the money of the organisation's own country.
const OF_HOME: [&str; 6] = ["$", "¥", "dollars", "dollar", "bucks", "kr"];

/// A currency of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Currency {
    pub(super) code: &'static str,
    /// How many decimals its amounts have.
    pub(super) decimals: usize,
}

impl Currency {
    /// The currency that `mark` names where `home` is at home.
    pub(super) fn named(mark: &str, home: Option<country::Id>) -> Option<Self> {
        let lower = mark.to_ascii_lowercase();
        let listed = SIGNS.iter().chain(&WORDS).find(|(known, _)| known.eq_ignore_ascii_case(mark));
        let code = listed.map(|(_, code)| *code).or_else(|| of_home(&lower, home));
        let by_code = |code: &str| CODES.iter().find(|(known, _)| *known == code);
        let (code, decimals) = code.map_or_else(|| by_code(mark), by_code)?;
        Some(Self { code, decimals: *decimals })
    }
}

/// A pattern of the marks that may stand before a number.
pub(super) fn before_numbers() -> String {
    joined(SIGNS.iter().map(|(sign, _)| *sign).chain(["$", "¥"]).chain(CODES.iter().map(|(code, _)| *code)))
}

/// A pattern of the marks that may stand after a number.
pub(super) fn after_numbers() -> String {
    let words = WORDS.iter().map(|(word, _)| *word).chain(OF_HOME);
    joined(SIGNS.iter().map(|(sign, _)| *sign).chain(words).chain(CODES.iter().map(|(code, _)| *code)))
}

fn joined<'m>(marks: impl Iterator<Item = &'m str>) -> String {
    marks.map(regex::escape).collect::<Vec<_>>().join("|")
}

/// The currency of a mark that several countries use: the home country's, or the one it is best known for.
fn of_home(mark: &str, home: Option<country::Id>) -> Option<&'static str> {
    match mark {
        "$" | "dollars" | "dollar" | "bucks" => Some(match home {
            Some(country::Id::AU) => "AUD",
            Some(country::Id::CA) => "CAD",
            Some(country::Id::HK) => "HKD",
            Some(country::Id::MX) => "MXN",
            Some(country::Id::NZ) => "NZD",
            Some(country::Id::SG) => "SGD",
            _ => "USD",
        }),
        "¥" => Some(if home == Some(country::Id::CN) { "CNY" } else { "JPY" }),
        "kr" => match home? {
            country::Id::DK => Some("DKK"),
            country::Id::IS => Some("ISK"),
            country::Id::NO => Some("NOK"),
            country::Id::SE => Some("SEK"),
            _ => None,
        },
        _ => None,
    }
}
