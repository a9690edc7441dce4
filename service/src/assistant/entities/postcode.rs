//! Postcodes. Normal form: as the country's post prints them, upper-case with one blank: `SW1A 1AA`, `K1A 0B1`,
//! `1012 AB`; digits alone elsewhere, `10115`, `94107-1234`.

use std::ops::Range;
use std::sync::LazyLock;

use phonenumber::country;
use regex::{Captures, Regex};

use crate::domain::understanding::EntityKind;

use super::near::{around, ascii, before, is_apart, is_said, stands_alone};
use super::page::{Found, Page};

/// The areas of Great Britain and Northern Ireland (Royal Mail, PAF Programmers' Guide).
const AREAS: &str = "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN \
    EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL \
    OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN \
    WR WS WV YO ZE";
const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC \
    ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY";

static BRITISH: LazyLock<Regex> = LazyLock::new(|| {
    ascii(
        r"\b(?P<area>[A-Z]{1,2})(?P<out>[0-9]{1,2}|[0-9][A-HJKPSTUVWXY])(?P<gap> ?)(?P<in>[0-9][ABD-HJLNP-UW-Z]{2})\b",
    )
});
static CANADIAN: LazyLock<Regex> = LazyLock::new(|| {
    ascii(r"\b(?P<out>[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z])(?P<gap>[ -]?)(?P<in>[0-9][ABCEGHJ-NPRSTV-Z][0-9])\b")
});
static DUTCH: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b(?P<out>[1-9][0-9]{3})(?P<gap> ?)(?P<in>[A-Z]{2})\b"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b[0-9]{5}(?:-[0-9]{4})?\b"));
/// Words that say that a postcode is given.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    ascii(
        r"\b(?:post ?code|post ?codes|postal code|zip|zip ?code|plz|postleitzahl|code postal|address|anschrift|adresse)\b",
    )
});
static STATE: LazyLock<Regex> = LazyLock::new(|| ascii(r"\b([A-Z]{2}),? $"));
/// Numerals that only look like the second half of one: "b4 2nd".
const NUMERALS: [&str; 4] = ["st", "nd", "rd", "th"];

/// Letters that the Dutch post does not give out, and units.
const NOT_DUTCH: [&str; 10] = ["SA", "SD", "SS", "CM", "GB", "KG", "KM", "MB", "ML", "MM"];

/// Every postcode with letters in it. One in two halves is known by its form; written together it needs capitals and
/// its own country, or a word beside it, and so does a Dutch one always.
pub(super) fn find_lettered(page: &Page<'_>, home: Option<country::Id>) -> Vec<Found> {
    let text = page.open();
    let british = BRITISH.captures_iter(text).filter(|found| {
        let area = found["area"].to_ascii_uppercase();
        let in_halves = !found["gap"].is_empty() && !NUMERALS.contains(&&found["in"][1..]);
        AREAS.split_whitespace().any(|known| known == area)
            && (in_halves || is_local(found, home, country::Id::GB) || is_named(page, found))
    });
    let canadian = CANADIAN
        .captures_iter(text)
        .filter(|found| !found["gap"].is_empty() || is_local(found, home, country::Id::CA) || is_named(page, found));
    let dutch = DUTCH.captures_iter(text).filter(|found| {
        !NOT_DUTCH.contains(&found["in"].to_ascii_uppercase().as_str())
            && (is_local(found, home, country::Id::NL) || is_named(page, found))
    });
    british.chain(canadian).chain(dutch).filter_map(|found| in_two_halves(text, &found)).collect()
}

/// Every postcode of digits alone beside a word, or behind the abbreviation of an American state.
pub(super) fn find_digits(page: &Page<'_>) -> Vec<Found> {
    let (text, said) = (page.open(), page.said());
    let alone = DIGITS.find_iter(text).filter(|found| stands_alone(text, &found.range()));
    let known = alone.filter(|found| {
        let before = before(said, &found.range());
        let state =
            STATE.captures(before).is_some_and(|state| STATES.split_whitespace().any(|known| known == &state[1]));
        state || is_said(&NAMED, before)
    });
    known.map(|found| postcode(found.as_str().to_owned(), found.range())).collect()
}

fn in_two_halves(text: &str, found: &Captures<'_>) -> Option<Found> {
    let (whole, inner) = (found.get(0)?.range(), found.name("in")?);
    let outer = text[whole.start..inner.start()].trim_end_matches([' ', '-']);
    let value = format!("{outer} {}", inner.as_str()).to_ascii_uppercase();
    is_apart(text, &whole).then(|| postcode(value, whole))
}

fn postcode(value: String, span: Range<usize>) -> Found {
    Found { kind: EntityKind::Postcode, value, span }
}

/// Whether a match is in capitals, where its country is at home.
fn is_local(found: &Captures<'_>, home: Option<country::Id>, country: country::Id) -> bool {
    home == Some(country) && !found[0].bytes().any(|c| c.is_ascii_lowercase())
}

fn is_named(page: &Page<'_>, found: &Captures<'_>) -> bool {
    found.get(0).is_some_and(|found| is_said(&NAMED, around(page.said(), &found.range())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_at(text: &str, home: country::Id) -> Vec<String> {
        let mut page = Page::new(text);
        page.claim(find_lettered(&page, Some(home)));
        page.claim(find_digits(&page));
        page.into_entities().into_iter().map(|entity| entity.value).collect()
    }

    #[test]
    fn british_postcodes_come_out_as_the_post_prints_them() {
        for (text, value) in [
            ("12 Orchard Rise, Bath BA2 6QX", "BA2 6QX"),
            ("it's sw1a 1aa", "SW1A 1AA"),
            ("LS98ZA", "LS9 8ZA"),
            ("postcode ls98za", "LS9 8ZA"),
            ("M1 1AE", "M1 1AE"),
            ("EC1A\u{a0}1BB", "EC1A 1BB"),
        ] {
            assert_eq!(found_at(text, country::Id::GB), [value], "{text}");
        }
    }

    #[test]
    fn other_countries_postcodes_need_a_word_or_their_form() {
        for (text, value) in [
            ("Ottawa K1A 0B1", "K1A 0B1"),
            ("my zip is 94107", "94107"),
            ("Austin, TX 78701-1234", "78701-1234"),
            ("meine PLZ: 10115", "10115"),
            ("new address: Torstr. 1, 10115 Berlin", "10115"),
            ("postcode 1012 ab", "1012 AB"),
        ] {
            assert_eq!(found_at(text, country::Id::GB), [value], "{text}");
        }
        assert_eq!(found_at("1012AB Amsterdam, 1500 KG", country::Id::NL), ["1012 AB"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "b4 2nd of May",
            "ls98za",
            "QX1 2AB",
            "10115",
            "1000 MB",
            "in 2026 OK",
            "E14 bulb",
            "AAB2 6QX",
            "AW-100001",
        ] {
            assert_eq!(found_at(text, country::Id::GB), [""; 0], "{text}");
        }
    }
}
