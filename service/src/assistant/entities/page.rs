//! A text as the readers see it: digits, blanks and hyphens of every script made plain, and what a stronger kind has
//! claimed hidden from the weaker ones.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::understanding::{Entity, EntityKind};

/// Stands for a byte that is claimed. No utterance holds it and no reader matches it.
const HIDDEN: &str = "\u{1}";

/// A candidate of one reader; its span counts bytes of [`Page::open`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: EntityKind,
    /// Its normal form.
    pub(super) value: String,
    pub(super) span: Range<usize>,
}

/// A text being read.
#[derive(Debug)]
pub(super) struct Page<'t> {
    said: Cow<'t, str>,
    open: String,
    /// The bytes of the text that each byte of the page comes from; empty where they are the same.
    origins: Vec<Range<usize>>,
    entities: Vec<Entity>,
}

impl<'t> Page<'t> {
    /// A page nothing is claimed on yet.
    pub(super) fn new(text: &'t str) -> Self {
        let (said, origins) = if text.chars().all(|c| plain(c) == Some(c)) {
            (Cow::Borrowed(text), Vec::new())
        } else {
            let (said, origins) = made_plain(text);
            (Cow::Owned(said), origins)
        };
        Self { open: said.clone().into_owned(), said, origins, entities: Vec::new() }
    }

    /// What nothing has claimed yet; claimed bytes are hidden, so that every place is where it was.
    pub(super) fn open(&self) -> &str {
        &self.open
    }

    /// All that was said, claimed or not: the words around a number that say what it is.
    pub(super) fn said(&self) -> &str {
        &self.said
    }

    /// Gives each candidate its bytes, unless some of them are taken.
    pub(super) fn claim(&mut self, found: Vec<Found>) {
        for Found { kind, value, span } in found {
            if self.open[span.clone()].contains(HIDDEN) {
                continue;
            }
            self.open.replace_range(span.clone(), &HIDDEN.repeat(span.len()));
            let Range { start, end } = self.origin(&span);
            self.entities.push(Entity { kind, value, start, end });
        }
    }

    /// Where a span of the page lies in the text.
    pub(super) fn origin(&self, span: &Range<usize>) -> Range<usize> {
        match (self.origins.get(span.start), span.end.checked_sub(1).and_then(|last| self.origins.get(last))) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => span.clone(),
        }
    }

    /// What was claimed, in order of appearance.
    pub(super) fn into_entities(mut self) -> Vec<Entity> {
        self.entities.sort_by_key(|entity| entity.start);
        self.entities
    }
}

fn made_plain(text: &str) -> (String, Vec<Range<usize>>) {
    let mut said = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if let Some(plain) = plain(c) {
            said.push(plain);
            origins.extend(std::iter::repeat_n(at..at + c.len_utf8(), plain.len_utf8()));
        }
    }
    (said, origins)
}

/// The character that means the same to a reader, none for one that shows nothing.
fn plain(c: char) -> Option<char> {
    let ascii_digit = |zero: char| char::from_digit(u32::from(c) - u32::from(zero), 10);
    match c {
        c if is_invisible(c) => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2010}'..='\u{2012}' | '\u{2212}' => Some('-'),
        '\u{660}'..='\u{669}' => ascii_digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => ascii_digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => ascii_digit('\u{966}'),
        // The full-width forms are those of ASCII in the same order (Unicode chart FF00).
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        _ => Some(c),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(page: &Page<'_>) -> Found {
        Found { kind: EntityKind::Code, value: String::new(), span: 0..page.open().len() }
    }

    #[test]
    fn a_plain_text_is_read_as_it_is() {
        let page = Page::new("order 100001, 5 €");
        assert_eq!(page.open(), "order 100001, 5 €");
        assert_eq!(page.origin(&(6..12)), 6..12);
    }

    #[test]
    fn wide_and_hidden_characters_are_made_plain_and_keep_their_place() {
        let text = "n° １0\u{200d}0\u{a0}٣";
        let page = Page::new(text);
        assert_eq!(page.said(), "n° 100 3");
        let at = page.said().find("100").unwrap();
        assert_eq!(&text[page.origin(&(at..at + 3))], "１0\u{200d}0");
        assert_eq!(&text[page.origin(&(at + 4..at + 5))], "٣");
    }

    #[test]
    fn what_is_claimed_is_hidden_from_whoever_comes_later() {
        let mut page = Page::new("１００ and more");
        page.claim(vec![Found { kind: EntityKind::Phone, value: "100".to_owned(), span: 0..3 }]);
        page.claim(vec![whole(&page)]);
        assert_eq!(page.open(), "\u{1}\u{1}\u{1} and more");
        assert_eq!(page.said(), "100 and more");
        let only = Entity { kind: EntityKind::Phone, value: "100".to_owned(), start: 0, end: 9 };
        assert_eq!(page.into_entities(), [only]);
    }
}
