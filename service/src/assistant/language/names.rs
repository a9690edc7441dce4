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

/// ISO 639-1 for the ISO 639-3 code of a language that can be named here; all of them have one.
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
        "afr" => "af",
        "amh" => "am",
        "aze" => "az",
        "bel" => "be",
        "guj" => "gu",
        "hye" => "hy",
        "kan" => "kn",
        "kat" => "ka",
        "khm" => "km",
        "mal" => "ml",
        "mar" => "mr",
        "mkd" => "mk",
        "mya" => "my",
        "nep" => "ne",
        "ori" => "or",
        "pan" => "pa",
        "sin" => "si",
        "tam" => "ta",
        "tel" => "te",
        "tgl" => "tl",
        "tuk" => "tk",
        "uzb" => "uz",
        "yid" => "yi",
        "zul" => "zu",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_that_can_be_named_has_two_letters() {
        for lang in Lang::all().iter().filter(|lang| !UNLIKELY.contains(lang)) {
            assert_eq!(iso(lang.code()).len(), 2, "{lang:?}");
        }
        for language in whichlang::LANGUAGES {
            assert_eq!(iso(language.three_letter_code()).len(), 2, "{language:?}");
        }
    }
}
