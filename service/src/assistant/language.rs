//! Tells which language a text is in, and would rather not say than be wrong: calling English foreign costs a contact
//! their answer.

use whatlang::{Lang, Script};

use crate::domain::understanding::Language;

/// Fewer letters than this say nothing about the language.
const LEAST_LETTERS: usize = 20;
/// The code of a language that cannot be told.
const UNDETERMINED: &str = "und";
/// From this share of plainly English words on, a text is not called anything else.
const ENGLISH_SHARE: f32 = 0.2;
/// Words that are common in English and rare elsewhere.
const ENGLISH_WORDS: [&str; 30] = [
    "the", "my", "and", "you", "your", "where", "what", "when", "how", "why", "order", "please", "this", "with",
    "that", "have", "has", "not", "it's", "i'm", "been", "would", "could", "delivery", "parcel", "still", "haven't",
    "hasn't", "from", "but",
];

/// Languages that are easily taken for each other, but hardly for one in another script.
const CYRILLIC: [&str; 6] = ["ru", "uk", "bg", "sr", "mkd", "bel"];
/// How sure a script alone makes us that a text is in one of its languages.
const SCRIPT_CONFIDENCE: f32 = 0.95;

/// A script of its own says it with fewer.
const LEAST_FOREIGN_LETTERS: usize = 2;
/// How sure two common words of a language make us, where no English one stands beside them.
const WORDS_CONFIDENCE: f32 = 0.93;
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

/// The language that two different words of `words` are common in, where none is English.
fn by_common_words(words: &[String]) -> Option<&'static str> {
    let bare = |word: &'_ String| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let said: Vec<String> = words.iter().map(bare).collect();
    if said.iter().any(|word| ENGLISH_WORDS.contains(&word.as_str())) {
        return None;
    }
    let counts = COMMON_WORDS
        .map(|(code, common)| (code, common.iter().filter(|word| said.iter().any(|it| it == *word)).count()));
    counts.into_iter().filter(|(_, count)| *count >= 2).max_by_key(|(_, count)| *count).map(|(code, _)| code)
}

/// The language of `text`; `und` with confidence 0 when it is too short to tell.
pub fn detect(text: &str) -> Language {
    let undetermined = Language { code: UNDETERMINED.to_owned(), confidence: 0.0 };
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| !word.contains(['@', '/']) && !word.contains(|c: char| c.is_ascii_digit()))
        .map(str::to_lowercase)
        .collect();
    let prose = words.join(" ");
    let n_letters = prose.chars().filter(|c| c.is_alphabetic()).count();
    let is_foreign_script = whatlang::detect_script(&prose).is_some_and(|script| script != Script::Latin);
    if !is_foreign_script && let Some(code) = by_common_words(&words) {
        return Language { code: code.to_owned(), confidence: WORDS_CONFIDENCE };
    }
    if n_letters < if is_foreign_script { LEAST_FOREIGN_LETTERS } else { LEAST_LETTERS } {
        return undetermined;
    }
    let Some(info) = whatlang::detect(&prose) else {
        return undetermined;
    };
    let english =
        words.iter().filter(|word| ENGLISH_WORDS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()))).count();
    if info.lang() != Lang::Eng && english as f32 >= ENGLISH_SHARE * words.len() as f32 {
        return Language { code: "en".to_owned(), confidence: 0.5 };
    }
    let confidence = info.confidence() as f32;
    Language {
        code: code(info.lang()).to_owned(),
        confidence: if info.script() == Script::Latin { confidence } else { confidence.max(SCRIPT_CONFIDENCE) },
    }
}

/// Whether to go on in `language`: it is one of `supported`, or not surely another.
pub fn is_supported(language: &Language, supported: &[String], least_confidence: f32) -> bool {
    language.code == UNDETERMINED
        || language.confidence < least_confidence
        || supported.iter().any(|code| {
            code == &language.code || [code, &language.code].iter().all(|code| CYRILLIC.contains(&code.as_str()))
        })
}

/// ISO 639-1 for the languages that have it, else 639-3.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Cym => "cy",
        Lang::Cat => "ca",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(supported(text), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn other_languages_are_named() {
        for (text, code) in [
            ("Guten Tag, wo bleibt meine Bestellung? Ich warte schon seit zwei Wochen darauf.", "de"),
            ("Bonjour, je voudrais savoir où se trouve ma commande, elle n'est toujours pas arrivée.", "fr"),
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
