//! From text to the words that are counted and compared.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};

const MAX_WORD_BYTES: usize = 60;

/// English words that say nothing of what a question is about, beyond the few that the library knows: in a small
/// knowledge base they are rare enough to look telling.
const FUNCTION_WORDS: [&str; 72] = [
    "about", "all", "also", "am", "any", "been", "being", "can", "could", "did", "do", "does", "doing", "each", "from",
    "had", "has", "have", "having", "he", "hello", "her", "here", "him", "his", "how", "i", "its", "just", "may", "me",
    "might", "mine", "must", "my", "our", "ours", "please", "shall", "she", "should", "so", "some", "than", "thank",
    "thanks", "them", "those", "too", "us", "very", "we", "were", "what", "when", "where", "whether", "which", "while",
    "who", "whom", "whose", "why", "would", "you", "your", "yours", "d", "ll", "m", "re", "ve",
];

/// Lower-cases, folds accents, drops stop words and stems, where the language is known.
pub(super) fn analyzer(language: &str) -> TextAnalyzer {
    let base = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser);
    let Some(language) = stemmed_language(language) else {
        return base.filter(AsciiFoldingFilter).build();
    };
    let mut builder = base.dynamic();
    if language == Language::English {
        builder = builder.filter_dynamic(StopWordFilter::remove(FUNCTION_WORDS.map(str::to_owned)));
    }
    if let Some(stop_words) = StopWordFilter::new(language) {
        builder = builder.filter_dynamic(stop_words);
    }
    builder.filter(Stemmer::new(language)).filter(AsciiFoldingFilter).build()
}

fn stemmed_language(code: &str) -> Option<Language> {
    Some(match code {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "de" => Language::German,
        "el" => Language::Greek,
        "en" => Language::English,
        "es" => Language::Spanish,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "nb" | "nn" | "no" => Language::Norwegian,
        "nl" => Language::Dutch,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}
