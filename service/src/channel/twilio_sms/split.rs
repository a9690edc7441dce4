//! Cuts a long text into pieces, each whole sentences where possible.

use unicode_segmentation::UnicodeSegmentation;

/// The pieces of `text`, each at most `limit` characters and none empty: cut after a sentence, else after a word, else
/// between letters.
pub(super) fn by_sentences(text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (piece, left) = rest.split_at(cut(rest, limit));
        pieces.push(piece.trim_end());
        rest = left.trim_start();
    }
    pieces
}

/// Where the first piece of `text` ends, in bytes.
fn cut(text: &str, limit: usize) -> usize {
    let Some((room, _)) = text.char_indices().nth(limit) else {
        return text.len();
    };
    last_end(text.split_sentence_bound_indices(), room)
        .or_else(|| last_end(text.split_word_bound_indices(), room))
        .or_else(|| last_end(text.grapheme_indices(true), room))
        .unwrap_or(room)
}

/// The end of the last part that ends within `room` bytes.
fn last_end<'a>(parts: impl Iterator<Item = (usize, &'a str)>, room: usize) -> Option<usize> {
    parts.map(|(start, part)| start + part.len()).take_while(|&end| end <= room).last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_text_is_one_piece() {
        assert_eq!(by_sentences(" It is on its way. ", 40), ["It is on its way."]);
    }

    #[test]
    fn a_long_text_is_cut_after_sentences() {
        let text = "It left on Monday. It comes on Friday. Can I help with anything else?";
        assert_eq!(
            by_sentences(text, 40),
            ["It left on Monday. It comes on Friday.", "Can I help with anything else?"]
        );
    }

    #[test]
    fn a_long_sentence_is_cut_after_words_and_a_long_word_anywhere() {
        assert_eq!(by_sentences("one two three", 8), ["one two", "three"]);
        assert_eq!(by_sentences("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(text in "\\PC{0,200}", limit in 1..50_usize) {
            let pieces = by_sentences(&text, limit);
            prop_assert!(pieces.iter().all(|piece| (1..=limit).contains(&piece.chars().count())));
            let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(visible(&pieces.concat()), visible(&text));
        }
    }
}
