//! Ids of imported articles: the same title always gives the same id, in letters that every file system takes.

use knowledge_base::ArticleId;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const MAX_BYTES: usize = 80;
/// Hexadecimal digits that tell apart texts whose letters have no ASCII form.
const MARK_DIGITS: usize = 8;

/// The id for a title, slug or file name. Letters without an ASCII form are replaced by a mark made from the whole text.
pub fn article_id(text: &str) -> ArticleId {
    let (words, is_whole) = ascii_words(text);
    let text = if words.is_empty() {
        format!("article-{}", mark(text))
    } else if is_whole {
        cut(&words, MAX_BYTES).to_owned()
    } else {
        format!("{}-{}", cut(&words, MAX_BYTES - MARK_DIGITS - 1), mark(text))
    };
    ArticleId::new(&text).expect("words of ASCII letters and digits joined by single hyphens")
}

/// The `number`th id like `id`: `faq-2`.
pub(super) fn numbered(id: &ArticleId, number: usize) -> ArticleId {
    let suffix = format!("-{number}");
    let text = format!("{}{suffix}", cut(id.as_str(), MAX_BYTES - suffix.len()));
    ArticleId::new(&text).expect("an id that was cut between or inside words, and a number")
}

/// The words of `text` in ASCII, joined by hyphens, and whether every letter and digit found its way there.
fn ascii_words(text: &str) -> (String, bool) {
    let mut words = String::new();
    let mut is_whole = true;
    let mut is_gap = false;
    let mut push = |letters: &str, is_gap: &mut bool| {
        if std::mem::take(is_gap) && !words.is_empty() {
            words.push('-');
        }
        words.push_str(letters);
    };
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            push(c.encode_utf8(&mut [0; 4]), &mut is_gap);
        } else if let Some(letters) = folded(c) {
            push(letters, &mut is_gap);
        } else if c.is_alphanumeric() {
            is_whole = false;
            is_gap = true;
        } else if !is_combining_mark(c) && !matches!(c, '\'' | '’' | '\u{ad}') {
            is_gap = true;
        }
    }
    (words, is_whole)
}

/// The ASCII letters for a Latin letter that decomposition leaves as it is.
fn folded(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        _ => return None,
    })
}

fn mark(text: &str) -> String {
    let normal: String = text.trim().nfc().collect();
    let mut digits = hex::encode(Sha256::digest(normal));
    digits.truncate(MARK_DIGITS);
    digits
}

/// At most `bytes` of `words`, cut before a hyphen where one is near enough.
fn cut(words: &str, bytes: usize) -> &str {
    if words.len() <= bytes {
        return words;
    }
    let hard = &words[..bytes];
    let whole =
        if words.as_bytes()[bytes] == b'-' { hard } else { hard.rsplit_once('-').map_or(hard, |(kept, _)| kept) };
    let kept = if whole.len() >= bytes / 2 { whole } else { hard };
    kept.trim_end_matches('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_become_ids_that_can_be_read() {
        for (title, id) in [
            ("How do I return an item?", "how-do-i-return-an-item"),
            ("What's new — in 2026", "whats-new-in-2026"),
            ("Rücksendung & Größe", "rucksendung-grosse"),
            ("Çà et là, œuvre", "ca-et-la-oeuvre"),
            ("  --A--  ", "a"),
            ("ﬁne ½", "fine-1-2"),
        ] {
            assert_eq!(article_id(title).as_str(), id, "{title}");
        }
    }

    #[test]
    fn titles_in_other_scripts_have_ids_that_stay_and_differ() {
        let ids: Vec<ArticleId> =
            ["返品について", "配送について", "إرجاع منتج", "Вернуть iPhone", "Купить iPhone", "🙂", ""]
                .into_iter()
                .map(article_id)
                .collect();
        assert_eq!(
            ids,
            ["返品について", "配送について", "إرجاع منتج", "Вернуть iPhone", "Купить iPhone", "🙂", ""].map(article_id)
        );
        assert!(ids[0].as_str().starts_with("article-") && ids[3].as_str().starts_with("iphone-"));
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ids.len(), "{ids:?}");
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        assert_eq!(article_id(&"lamp ".repeat(40)).as_str(), ["lamp"; 16].join("-"));
        assert_eq!(article_id(&"x".repeat(200)).as_str().len(), 80);
        assert_eq!(numbered(&article_id(&"x".repeat(200)), 12).as_str().len(), 80);
    }

    proptest! {
        #[test]
        fn every_text_has_an_id(text in any::<String>(), number in 2_usize..100_000) {
            let id = article_id(&text);
            prop_assert_eq!(&article_id(&text), &id);
            prop_assert!(ArticleId::new(numbered(&id, number).as_str()).is_ok());
        }

        #[test]
        fn every_long_latin_title_has_an_id(text in "[a-zéøß '.-]{60,200}", number in 2_usize..1_000_000) {
            prop_assert!(numbered(&article_id(&text), number).as_str().len() <= MAX_BYTES);
        }
    }
}
