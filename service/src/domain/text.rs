//! Text a person typed, cleaned of what only a machine would notice.

use unicode_normalization::UnicodeNormalization;

/// The parsed text of one inbound message: NFC, without invisible control and direction characters, trimmed, not
/// empty, at most [`Utterance::MAX_BYTES`] long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance(String);

/// Why a text is not an [`Utterance`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing visible is left.
    #[error("the text is empty; send at least one visible character")]
    Empty,
    /// Longer than the limit.
    #[error("the text is {bytes} bytes long; the limit is {} bytes", Utterance::MAX_BYTES)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl Utterance {
    /// The longest text accepted, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 32 * 1024;

    /// Cleans and checks `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong { bytes: text.len() });
        }
        let cleaned: String = text.nfc().filter(|&c| !is_invisible(c)).collect();
        let trimmed = cleaned.trim();
        if trimmed.chars().all(|c| c.is_whitespace() || is_blank(c)) {
            return Err(InvalidText::Empty);
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that other ones need, but that show nothing by themselves: joiners, variation selectors, and blanks that
/// are no white space to Unicode.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{034f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{2061}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}')
}

/// Control characters (but not line breaks and tabs), zero-width characters other than the joiners that emoji and
/// many scripts need, and the bidirectional overrides used to disguise text (Unicode TR 36).
fn is_invisible(c: char) -> bool {
    let zero_width = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' | '\u{e0000}'..='\u{e007f}');
    let direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let control = c.is_control() && !matches!(c, '\n' | '\t');
    zero_width || direction || control
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invisible_characters_are_dropped_and_emoji_survive() {
        let text = Utterance::parse(" \u{202e}where\u{200b} is\0 my order 👩‍🌾\r\n").unwrap();
        assert_eq!(text.as_str(), "where is my order 👩‍🌾");
    }

    #[test]
    fn only_control_characters_is_empty() {
        assert_eq!(Utterance::parse("\u{200b}\u{0007} \n"), Err(InvalidText::Empty));
        assert_eq!(Utterance::parse("\u{200d}\u{200c} \u{2800}\u{3164}\u{fe0f}"), Err(InvalidText::Empty));
    }

    #[test]
    fn a_text_over_the_limit_says_its_length() {
        let bytes = Utterance::MAX_BYTES + 1;
        let error = Utterance::parse(&"x".repeat(bytes)).unwrap_err();
        assert_eq!(error, InvalidText::TooLong { bytes });
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(text in "\\PC{0,200}") {
            if let Ok(once) = Utterance::parse(&text) {
                prop_assert_eq!(Utterance::parse(once.as_str()), Ok(once.clone()));
            }
        }
    }
}
