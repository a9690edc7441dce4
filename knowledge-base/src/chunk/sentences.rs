//! Where sentences end in plain text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A text without sentence marks is cut into pieces of at most this many words.
const MAX_SENTENCE_WORDS: usize = 120;

const ABBREVIATIONS: [&str; 20] = [
    "e.g.", "i.e.", "approx.", "no.", "nr.", "mr.", "mrs.", "ms.", "dr.", "st.", "vs.", "inc.", "ltd.", "co.", "tel.",
    "ext.", "dept.", "cf.", "u.s.", "u.k.",
];

/// Trimmed byte ranges of the sentences of `text`, in order; together they hold everything but white space.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for (start, piece) in text.split_sentence_bound_indices() {
        let end = start + piece.len();
        let goes_on = is_open || !piece.chars().any(char::is_alphanumeric);
        match found.last_mut() {
            Some(last) if goes_on => last.end = end,
            _ => found.push(start..end),
        }
        is_open = ends_in_abbreviation(piece);
    }
    found.into_iter().flat_map(|range| shortened(text, trimmed(text, range))).collect()
}

fn ends_in_abbreviation(piece: &str) -> bool {
    let last = piece.split_whitespace().next_back().unwrap_or_default();
    let last = last.trim_start_matches(['(', '[', '"']).to_lowercase();
    !piece.ends_with('\n') && ABBREVIATIONS.contains(&last.as_str())
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

fn shortened(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    if range.is_empty() {
        return Vec::new();
    }
    let piece = &text[range.clone()];
    let mut cuts = Vec::new();
    let mut words = 0;
    let mut is_in_word = false;
    for (at, c) in piece.char_indices() {
        if !c.is_whitespace() && !is_in_word {
            if words > 0 && words % MAX_SENTENCE_WORDS == 0 {
                cuts.push(at);
            }
            words += 1;
        }
        is_in_word = !c.is_whitespace();
    }
    cuts.push(piece.len());
    let mut start = 0;
    let mut pieces = Vec::with_capacity(cuts.len());
    for cut in cuts {
        pieces.push(trimmed(text, range.start + start..range.start + cut));
        start = cut;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_at_their_marks() {
        assert_eq!(split("Return it. Get a refund!  Easy?"), ["Return it.", "Get a refund!", "Easy?"]);
    }

    #[test]
    fn abbreviations_and_prices_do_not_end_a_sentence() {
        assert_eq!(
            split("Pay by card, e.g. Visa. It costs 4.99 EUR."),
            ["Pay by card, e.g. Visa.", "It costs 4.99 EUR."]
        );
    }

    #[test]
    fn a_stray_mark_belongs_to_the_sentence_before() {
        assert_eq!(split("Done. 🎉 "), ["Done. 🎉"]);
    }

    #[test]
    fn a_text_without_marks_is_cut_between_words() {
        let text = "word ".repeat(300);
        let pieces = split(&text);
        assert_eq!(pieces.iter().map(|piece| piece.split_whitespace().count()).collect::<Vec<_>>(), [120, 120, 60]);
    }
}
