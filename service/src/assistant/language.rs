//! Tells which language a text is in, and would rather not say than be wrong: calling the language of a team foreign
//! costs a contact their answer.
//!
//! Two detectors, which were trained apart, must both call a text foreign, and few of its words may be words of the
//! team's own content.

mod names;

use std::collections::HashSet;

use whatlang::{Info, Script};

use crate::domain::understanding::Language;

/// Fewer letters than this say nothing about the language.
const LEAST_LETTERS: usize = 12;
/// A script of its own says it with fewer.
const LEAST_FOREIGN_LETTERS: usize = 2;
/// Fewer words are called foreign only by their script, or by two common ones.
const LEAST_AGREED_WORDS: usize = 3;
/// The same, where the detectors name different languages.
const LEAST_WORDS: usize = 5;
/// The code of a language that cannot be told.
const UNDETERMINED: &str = "und";
const ENGLISH: &str = "en";
/// From this share of its longer words being words of the content on, a text is in a language of the content.
const HOME_SHARE: f32 = 0.5;
/// From this share of plainly English words on, a text is not called anything else.
const ENGLISH_SHARE: f32 = 0.2;
/// Shorter words are spelt alike in many languages.
const LEAST_WORD: usize = 3;
/// Words that are common in English and rare elsewhere.
const ENGLISH_WORDS: [&str; 30] = [
    "the", "my", "and", "you", "your", "where", "what", "when", "how", "why", "order", "please", "this", "with",
    "that", "have", "has", "not", "it's", "i'm", "been", "would", "could", "delivery", "parcel", "still", "haven't",
    "hasn't", "from", "but",
];

/// Languages that are easily taken for each other, but hardly for one in another script.
const CYRILLIC: [&str; 6] = ["ru", "uk", "bg", "sr", "mk", "be"];

/// How sure each kind of evidence makes us.
mod confidence {
    /// A script alone, that the text is in one of its languages.
    pub(super) const SCRIPT: f32 = 0.95;
    /// Two common words of a language, where no English one stands beside them.
    pub(super) const WORDS: f32 = 0.93;
    /// Both detectors name the same language.
    pub(super) const AGREED: f32 = 0.96;
    /// The detectors name different ones, neither of them English.
    pub(super) const FOREIGN: f32 = 0.92;
    /// So few words that both detectors may be wrong.
    pub(super) const BRIEF: f32 = 0.6;
    /// The detectors do not agree whether it is English.
    pub(super) const DOUBTFUL: f32 = 0.5;
}

/// Words that are common in their language, that customers need, and that are no English words.
const COMMON_WORDS: [(&str, &[&str]); 7] = [
    (
        "de",
        &[
            "ich",
            "ist",
            "nicht",
            "meine",
            "mein",
            "bestellung",
            "paket",
            "wo",
            "und",
            "bitte",
            "für",
            "noch",
            "rechnung",
            "danke",
            "tschüss",
            "habe",
        ],
    ),
    (
        "fr",
        &[
            "je", "est", "ma", "mon", "commande", "colis", "où", "pas", "vous", "s'il", "merci", "bonjour", "une",
            "avec",
        ],
    ),
    (
        "es",
        &[
            "mi", "dónde", "donde", "está", "pedido", "hola", "necesito", "ayuda", "porque", "gracias", "paquete",
            "una", "llegado", "quiero",
        ],
    ),
    (
        "it",
        &["il", "mio", "dov'è", "ordine", "pacco", "sono", "non", "ciao", "grazie", "della", "vorrei", "è", "perché"],
    ),
    ("nl", &["mijn", "waar", "bestelling", "pakket", "niet", "ik", "een", "het", "graag", "bedankt", "dank", "voor"]),
    (
        "pt",
        &["meu", "minha", "onde", "está", "encomenda", "pedido", "não", "obrigado", "olá", "preciso", "uma", "quero"],
    ),
    (
        "pl",
        &[
            "gdzie",
            "jest",
            "moja",
            "moje",
            "paczka",
            "zamówienie",
            "nie",
            "dzień",
            "dobry",
            "proszę",
            "dziękuję",
            "czy",
        ],
    ),
];

/// Tells languages apart for a team, whose content's words are in languages it answers in.
#[derive(Clone, Debug, Default)]
pub struct LanguageReader {
    home_words: HashSet<String>,
}

impl LanguageReader {
    /// A reader for a team that wrote `texts`.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::knowing(texts.into_iter().flat_map(long_words).collect())
    }

    /// A reader for a team whose words these are, in lower case.
    pub fn knowing(home_words: HashSet<String>) -> Self {
        Self { home_words }
    }

    /// The language of `text`; `und` with confidence 0 when it is too short to tell.
    pub fn detect(&self, text: &str) -> Language {
        let words: Vec<String> = words_of(text).collect();
        let prose = words.join(" ");
        let n_letters = prose.chars().filter(|c| c.is_alphabetic()).count();
        let is_foreign_script = whatlang::detect_script(&prose).is_some_and(|script| script != Script::Latin);
        if !is_foreign_script && let Some(code) = by_common_words(&words) {
            return language(code, confidence::WORDS);
        }
        if n_letters < if is_foreign_script { LEAST_FOREIGN_LETTERS } else { LEAST_LETTERS } {
            return language(UNDETERMINED, 0.0);
        }
        let Some(info) = names::first_opinion(&prose) else { return language(UNDETERMINED, 0.0) };
        if is_foreign_script {
            return language(names::of_script(&info, &prose), confidence::SCRIPT);
        }
        self.of_latin(&words, &prose, &info)
    }

    fn of_latin(&self, words: &[String], prose: &str, info: &Info) -> Language {
        let (first, second) = (names::iso(info.lang().code()), names::iso(names::second_opinion(prose)));
        match (first == ENGLISH, second == ENGLISH) {
            (true, true) => return language(ENGLISH, confidence::AGREED),
            (false, false) => {}
            _ => return language(ENGLISH, confidence::DOUBTFUL),
        }
        if share(words.iter(), |word| ENGLISH_WORDS.contains(&word)) >= ENGLISH_SHARE {
            return language(ENGLISH, confidence::DOUBTFUL);
        }
        let name = names::choose(first, second);
        let long = words.iter().filter(|word| is_long(word));
        if share(long, |word| self.home_words.contains(word)) >= HOME_SHARE {
            return language(name, confidence::DOUBTFUL);
        }
        let agree = first == second;
        let least_words = if agree { LEAST_AGREED_WORDS } else { LEAST_WORDS };
        let sure = if agree { confidence::AGREED } else { confidence::FOREIGN };
        language(name, if words.len() < least_words { confidence::BRIEF } else { sure })
    }
}

fn language(code: &str, confidence: f32) -> Language {
    Language { code: code.to_owned(), confidence }
}

/// The words of a text that are long enough to tell its language, in lower case.
pub(crate) fn long_words(text: &str) -> impl Iterator<Item = String> {
    words_of(text).filter(|word| is_long(word))
}

fn is_long(word: &str) -> bool {
    word.chars().count() >= LEAST_WORD
}

/// The share of `words` that are such; 0 where there are none.
fn share<'a>(words: impl Iterator<Item = &'a String>, is_such: impl Fn(&str) -> bool) -> f32 {
    let (mut n_words, mut n_such) = (0_usize, 0_usize);
    for word in words {
        n_words += 1;
        n_such += usize::from(is_such(word));
    }
    n_such as f32 / n_words.max(1) as f32
}

/// The words of a text in lower case, without addresses and numbers.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split_whitespace().filter(|word| !word.contains(['@', '/']));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    words.filter(|word| !word.is_empty() && !word.contains(|c: char| c.is_ascii_digit()))
}

/// The language that two different words of `words` are common in, where none is English.
fn by_common_words(words: &[String]) -> Option<&'static str> {
    if words.iter().any(|word| ENGLISH_WORDS.contains(&word.as_str())) {
        return None;
    }
    let counts = COMMON_WORDS
        .map(|(code, common)| (code, common.iter().filter(|word| words.iter().any(|it| it == *word)).count()));
    counts.into_iter().filter(|(_, count)| *count >= 2).max_by_key(|(_, count)| *count).map(|(code, _)| code)
}

/// Whether to go on in `language`: it is one of `supported`, or not surely another.
pub fn is_supported(language: &Language, supported: &[String], least_confidence: f32) -> bool {
    language.code == UNDETERMINED
        || language.confidence < least_confidence
        || supported.iter().any(|code| {
            code == &language.code || [code, &language.code].iter().all(|code| CYRILLIC.contains(&code.as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> Language {
        LanguageReader::of(["refund the customer care number", "store credit"]).detect(text)
    }

    fn supported(text: &str) -> bool {
        is_supported(&detect(text), &["en".to_owned()], 0.9)
    }

    #[test]
    fn short_texts_are_not_judged() {
        for text in ["ok", "ja bitte", "AW-100001", "ada.lovelace.of.london@example.com", "tracking??"] {
            assert_eq!(detect(text).code, "und", "{text}");
        }
    }

    #[test]
    fn english_with_typing_errors_stays_english() {
        for text in [
            "wher is my parcle it was sposed to be hear on monday",
            "hey can u check the status of my order 4 me",
            "refund plz, box arrived smashd and ur courier just legged it",
            "Sorry we missed you card, ref 8841",
            "Customer care number",
            "refund 160 dollars",
        ] {
            assert!(supported(text), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn other_languages_are_named() {
        for (text, code) in [
            ("Guten Tag, wo bleibt meine Bestellung? Ich warte schon seit zwei Wochen darauf.", "de"),
            ("Bonjour, je voudrais savoir où se trouve ma commande, elle n'est toujours pas arrivée.", "fr"),
            ("Siparişim hâlâ gelmedi, ne zaman teslim edilecek?", "tr"),
            ("Lampa przyszła uszkodzona, chciałbym dostać zwrot pieniędzy", "pl"),
            ("Lieferung kam beschädigt an, bitte Ersatz schicken", "de"),
        ] {
            assert_eq!(detect(text).code, code);
            assert!(!supported(text), "{text}");
        }
    }

    #[test]
    fn a_few_words_are_enough_where_they_are_common_ones() {
        for text in [
            "Wo ist meine Bestellung AW-100001?",
            "¿Dónde está mi pedido?",
            "gdzie jest moja paczka",
            "📦 où est ma commande?",
            "danke, tschüss",
            "我的订单在哪里",
            "Привет, где мой заказ?",
            "注文はどこですか？",
            "أين طلبي؟",
        ] {
            assert!(!supported(text), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn a_text_in_another_script_is_surely_foreign_even_where_its_language_is_not_sure() {
        let russian = detect("Здравствуйте, где мой заказ? Я жду уже две недели и никто не отвечает.");
        assert!(CYRILLIC.contains(&russian.code.as_str()), "{russian:?}");
        assert!(!is_supported(&russian, &["en".to_owned()], 0.9));
        assert!(is_supported(&russian, &["en".to_owned(), "uk".to_owned()], 0.9));
    }
}
