//! What languages are called, and which name to believe where detectors differ.

use whatlang::{Detector, Info, Lang};

/// Languages that hardly anybody writes to a support team in, and that short texts in others are taken for.
const UNLIKELY: [Lang; 5] = [Lang::Aka, Lang::Epo, Lang::Jav, Lang::Lat, Lang::Sna];

/// The language that a detector of many languages takes a text for.
pub(super) fn first_opinion(text: &str) -> Option<Info> {
    Detector::with_denylist(UNLIKELY.to_vec()).detect(text)
}

/// The language that a detector of few languages, which is good at short texts in them, takes a text for; ISO 639-3.
pub(super) fn second_opinion(text: &str) -> &'static str {
    whichlang::detect_language(text).three_letter_code()
}

/// Which of two opinions on a text in Latin script to believe: the second, unless the first names a language that the
/// second does not know.
pub(super) fn choose<'a>(first: &'a str, second: &'a str) -> &'a str {
    let is_known = whichlang::LANGUAGES.iter().any(|language| iso(language.three_letter_code()) == first);
    if is_known { second } else { first }
}

/// The language of a text in a script that is not Latin.
pub(super) fn of_script(info: &Info, text: &str) -> &'static str {
    let (first, second) = (iso(info.lang().code()), iso(second_opinion(text)));
    let writes_alike = [["ar", "fa"], ["ar", "ur"], ["zh", "ja"]].iter().any(|pair| pair.contains(&first));
    if writes_alike && second != first && ["ar", "zh", "ja"].contains(&second) { second } else { first }
}

/// ISO 639-1 for the languages that have it, else the ISO 639-3 code that is given.
pub(super) fn iso(code: &'static str) -> &'static str {
    match code {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "nld" => "nl",
        "pol" => "pl",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "no",
        "fin" => "fi",
        "ces" => "cs",
        "slk" => "sk",
        "slv" => "sl",
        "hrv" => "hr",
        "srp" => "sr",
        "hun" => "hu",
        "ron" => "ro",
        "bul" => "bg",
        "ell" => "el",
        "tur" => "tr",
        "rus" => "ru",
        "ukr" => "uk",
        "ara" => "ar",
        "heb" => "he",
        "pes" => "fa",
        "urd" => "ur",
        "hin" => "hi",
        "ben" => "bn",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "vie" => "vi",
        "tha" => "th",
        "ind" => "id",
        "cym" => "cy",
        "cat" => "ca",
        "lit" => "lt",
        "lav" => "lv",
        "est" => "et",
        other => other,
    }
}
