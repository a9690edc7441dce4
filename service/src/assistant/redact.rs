//! Masks what must never be stored, passwords typed into a chat and payment card numbers, and whatever must reach no log
//! and no export: personal data.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::entities::{self, EntityReader, Expected, Written};
use crate::domain::understanding::{Entity, EntityKind};

/// What stands where a secret was.
pub const MASK: &str = "[removed]";

static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b((?:(?:pass ?word|pass ?code|pwd|passwd|pass ?phrase)(?:\s+(?:is|=)\s*:?|\s*[:=])|pass\s?[:=])\s*)((?:\x22[^\x22\n]+\x22|'[^'\n]+')\S*|\S+)",
    )
    .expect("the pattern is constant and tested")
});
/// The code that proves that somebody holds a card, and the number that unlocks it.
/// One-time codes, which have six digits, stay: a flow waits for them.
static CARD_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b((?:(?:cvv2?|cvc2?|cv2|card (?:security|verification) code|security code|3 digits on the back)(?:\s+(?:is|no\.?|number)\b)?|(?:pin|pin ?code|pin number)(?:\s+is\b|\s?[:=]))[\s:=#]*)([0-9]{3,4})\b",
    )
    .expect("the pattern is constant and tested")
});
static READER: LazyLock<EntityReader> = LazyLock::new(EntityReader::of_anybody);

/// Words that follow "password is" without being one.
const NOT_A_PASSWORD: [&str; 22] = [
    "not",
    "wrong",
    "incorrect",
    "invalid",
    "expired",
    "too",
    "never",
    "always",
    "rejected",
    "lost",
    "being",
    "no",
    "still",
    "what",
    "the",
    "a",
    "something",
    "reset",
    "refused",
    "locked",
    "my",
    MASK,
];

/// `text` with what follows "my password is", every payment card number and the codes of cards masked.
pub fn redact_secrets(text: &str) -> Cow<'_, str> {
    let masked = PASSWORD.replace_all(text, |found: &Captures<'_>| {
        if is_password(&found[2]) { format!("{}{MASK}", &found[1]) } else { found[0].to_owned() }
    });
    let masked = then(masked, |text| CARD_CODE.replace_all(text, format!("${{1}}{MASK}")));
    then(masked, |text| replaced(text, entities::cards(text), |_| MASK))
}

/// One more mask over a text, copied only where it changes.
fn then<'t>(text: Cow<'t, str>, mask: impl for<'m> Fn(&'m str) -> Cow<'m, str>) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => mask(text),
        Cow::Owned(text) => Cow::Owned(mask(&text).into_owned()),
    }
}

/// `text` with addresses and the numbers of telephones, cards, orders and parcels masked, as in `[phone]`: everything by
/// which somebody could be told or reached. It needs no settings, so that whoever logs can use it, and takes numbers of
/// any organisation for order numbers.
pub fn redact_personal(text: &str) -> Cow<'_, str> {
    let mut redacted = Cow::Borrowed(text);
    // Each round masks digits or an `@` and brings none, so there is an end.
    loop {
        let entities = READER.read(&redacted, Expected { order_number: true, code: true }, &Written::sometime());
        let personal: Vec<Entity> = entities.into_iter().filter(|entity| mask(entity.kind).is_some()).collect();
        if personal.is_empty() {
            return redacted;
        }
        redacted = Cow::Owned(replaced(&redacted, personal, |kind| mask(kind).unwrap_or(MASK)).into_owned());
    }
}

/// What stands where personal data was; none for what tells nothing of a person.
fn mask(kind: EntityKind) -> Option<&'static str> {
    match kind {
        EntityKind::OrderNumber => Some("[order]"),
        EntityKind::Email => Some("[email]"),
        EntityKind::Phone => Some("[phone]"),
        EntityKind::Code => Some("[code]"),
        EntityKind::TrackingNumber => Some("[tracking]"),
        EntityKind::CardNumber => Some("[card]"),
        EntityKind::Postcode => Some("[postcode]"),
        EntityKind::Amount | EntityKind::Date => None,
    }
}

fn replaced(text: &str, entities: Vec<Entity>, mask: impl Fn(EntityKind) -> &'static str) -> Cow<'_, str> {
    if entities.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for entity in entities {
        masked.push_str(&text[end..entity.start]);
        masked.push_str(mask(entity.kind));
        end = entity.end;
    }
    masked.push_str(&text[end..]);
    Cow::Owned(masked)
}

/// Whether something in `text` is, or was, a password.
pub(crate) fn tells_password(text: &str) -> bool {
    PASSWORD.captures_iter(text).any(|found| found[2].contains(MASK) || is_password(&found[2]))
}

/// Whether what follows "password is" can be one.
fn is_password(text: &str) -> bool {
    let word = text.trim_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '[' | ']'));
    !NOT_A_PASSWORD.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passwords_and_cards_are_masked() {
        assert_eq!(redact_secrets("my password is hunter2, let me in"), "my password is [removed] let me in");
        assert_eq!(redact_secrets("Password: \"two words\""), "Password: [removed]");
        assert_eq!(redact_secrets("card 4111 1111 1111 1111 exp 12/27"), "card [removed] exp 12/27");
        assert_eq!(redact_secrets("login ada pass: hunter2"), "login ada pass: [removed]");
        assert_eq!(redact_secrets("it is 4111 1111 1111 1112, cvv 123"), "it is [removed], cvv [removed]");
    }

    #[test]
    fn the_codes_of_a_card_are_masked() {
        for (text, masked) in [
            ("cvc: 4321.", "cvc: [removed]."),
            ("the security code is 123", "the security code is [removed]"),
            ("my PIN is 1234", "my PIN is [removed]"),
            ("pin: 1234", "pin: [removed]"),
        ] {
            assert_eq!(redact_secrets(text), masked);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "my password is not working",
            "the password is wrong!",
            "I forgot my password",
            "tracking 1234567890123456",
            "the pin 1200 of the hinge broke",
            "I forgot my pin",
            "the cvv field is empty",
            "call +44 7700 900101 about AW-100001",
        ] {
            assert_eq!(redact_secrets(text), text);
        }
    }

    #[test]
    fn a_masked_password_is_still_noticed() {
        assert!(tells_password("my password is [removed]"));
        assert!(!tells_password("my password is not working"));
    }

    #[test]
    fn cards_are_masked_whatever_follows_them() {
        assert_eq!(redact_secrets("4111 1111 1111 1111 123"), "[removed] 123");
        assert_eq!(redact_secrets("my card is ４１１１ 1111 1111 1111"), "my card is [removed]");
    }

    #[test]
    fn personal_data_is_masked_by_its_kind() {
        for (text, masked) in [
            ("mail ada@example.com or call 07700 900101", "mail [email] or call [phone]"),
            ("The 'To' number +44 7700 900123 is not valid.", "The 'To' number [phone] is not valid."),
            ("card 4111 1111 1111 1111, £20 on 28/11/2026", "card [card], £20 on 28/11/2026"),
            ("AW-100001 and 113542617735902 to SW1A 1AA", "[order] and [order] to [postcode]"),
            ("RR123456785GB was seen", "[tracking] was seen"),
        ] {
            assert_eq!(redact_personal(text), masked);
        }
    }

    #[test]
    fn what_tells_of_nobody_stays() {
        for text in ["Twilio answered 400, error 21211", "the database did not answer: timed out after 5000 ms"] {
            assert!(matches!(redact_personal(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    const ANYTHING: &str = "[ -~]{0,60}|([a-c1-9]{1,6}@b\\.co|[0-9+][0-9 -]{3,18}|4111 ?1111 ?1111 ?1111|AW-?[0-9]{6}|SW1A 1AA|[a-z ,.]{1,9}|１２３４５６７８){0,6}";

    proptest! {
        #[test]
        fn redacting_twice_changes_nothing(text in "(my )?password (is|:) [ -~]{0,40}|[0-9 -]{0,40}") {
            let once = redact_secrets(&text).into_owned();
            prop_assert_eq!(redact_secrets(&once).into_owned(), once);
        }

        #[test]
        fn masking_personal_data_twice_changes_nothing(text in ANYTHING) {
            let once = redact_personal(&text).into_owned();
            prop_assert_eq!(redact_personal(&once).into_owned(), once);
        }

        #[test]
        fn no_address_and_no_card_survives(text in ANYTHING) {
            let masked = redact_personal(&text);
            let home = Some(phonenumber::country::Id::GB);
            let reader = EntityReader::new(entities::OrderShape::default(), home).unwrap();
            let left = reader.read(&masked, Expected::default(), &Written::sometime());
            let personal = [EntityKind::Email, EntityKind::Phone, EntityKind::CardNumber];
            prop_assert!(left.iter().all(|entity| !personal.contains(&entity.kind)), "{} from {}", masked, text);
        }
    }
}
