//! Cuts an article into passages: small enough to be about one thing, whole enough to be quoted.

mod blocks;
mod inline;
mod sentences;

use std::ops::Range;

use self::blocks::{Block, blocks};

/// A passage that has this many words is closed at the next block.
const ENOUGH_WORDS: usize = 80;
/// Most words of a passage, unless one list or code block alone has more.
const MAX_WORDS: usize = 200;
/// A block with fewer words joins the passage before it where it fits.
const FEW_WORDS: usize = 40;

/// A stretch of one section of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The headings it stands under, outermost first.
    pub headings: Vec<String>,
    /// Its plain text; lists, table rows and code keep their lines.
    pub text: String,
    /// Where it starts in the article's body, in bytes.
    pub start: usize,
    /// Where it ends in the article's body, in bytes.
    pub end: usize,
    /// What it is made of, in order; at least one.
    pub units: Vec<Unit>,
}

/// The smallest thing that is quoted: a sentence, a whole list, a table row or a whole code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Where its plain text lies in that of its passage.
    shown: Range<u32>,
    /// Where it lies in the article's body, which is never so long that 32 bits do not count it.
    source: Range<u32>,
    /// What it is.
    pub kind: UnitKind,
}

/// What a [`Unit`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// A sentence of a paragraph.
    Sentence,
    /// A whole list, with the lists inside it.
    List,
    /// A row of a table.
    Row,
    /// A whole block of code.
    Code,
}

impl Passage {
    /// The plain text of one of its units.
    pub fn unit_text(&self, unit: &Unit) -> &str {
        &self.text[bytes(&unit.shown)]
    }

    /// The plain text of consecutive units, with the breaks between them.
    pub fn text_of(&self, units: &[Unit]) -> &str {
        match units {
            [] => "",
            [first, .., last] => &self.text[bytes(&(first.shown.start..last.shown.end))],
            [only] => self.unit_text(only),
        }
    }

    fn new(body: &str, headings: Vec<String>, pieces: &[Piece]) -> Option<Self> {
        let (start, end) = (pieces.first()?.start, pieces.last()?.end);
        let mut text = String::new();
        let mut units = Vec::with_capacity(pieces.len());
        let mut previous: Option<&Piece> = None;
        for piece in pieces {
            if let Some(previous) = previous {
                text.push_str(joint(previous, piece, body.get(previous.end..piece.start).unwrap_or_default()));
            }
            let shown = text.len() as u32..(text.len() + piece.text.len()) as u32;
            text.push_str(&piece.text);
            units.push(Unit { shown, source: piece.start as u32..piece.end as u32, kind: piece.kind });
            previous = Some(piece);
        }
        text.shrink_to_fit();
        Some(Self { headings, text, start, end, units })
    }
}

impl Unit {
    /// Where it lies in the article's body, in bytes.
    pub fn source(&self) -> Range<usize> {
        bytes(&self.source)
    }
}

fn bytes(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Whether a text only announces what follows, as in "Do this:".
pub fn announces_next(text: &str) -> bool {
    text.ends_with(':')
}

/// How many words a text has.
pub(crate) fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A unit before it is known which passage it falls into.
#[derive(Debug)]
struct Piece {
    text: String,
    start: usize,
    end: usize,
    kind: UnitKind,
}

/// What stands between two units in plain text, given the Markdown between them.
fn joint(before: &Piece, after: &Piece, between: &str) -> &'static str {
    match (before.kind, after.kind) {
        (UnitKind::Row, UnitKind::Row) | (UnitKind::Sentence, UnitKind::List) => "\n",
        (UnitKind::Sentence, UnitKind::Sentence) if between.matches('\n').count() < 2 => {
            let is_broken = between.contains("<br") || between.contains("  \n") || between.contains("\\\n");
            if is_broken { "\n" } else { " " }
        }
        _ => "\n\n",
    }
}

/// The passages of a Markdown body, in order. Headings are no passages; they are the `headings` of what they head.
pub fn passages(body: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut section: Vec<Vec<Piece>> = Vec::new();
    for block in blocks(body) {
        match block {
            Block::Heading { level, text } => {
                close_section(body, &path, &mut section, &mut passages);
                path.retain(|(outer, _)| *outer < level);
                path.push((level, text));
            }
            Block::Body(pieces) => section.push(pieces),
        }
    }
    close_section(body, &path, &mut section, &mut passages);
    passages.shrink_to_fit();
    passages
}

fn close_section(body: &str, path: &[(usize, String)], section: &mut Vec<Vec<Piece>>, passages: &mut Vec<Passage>) {
    let headings: Vec<String> = path.iter().map(|(_, text)| text.clone()).filter(|text| !text.is_empty()).collect();
    let packed = pack(atoms(std::mem::take(section)));
    passages.extend(packed.iter().filter_map(|pieces| Passage::new(body, headings.clone(), pieces)));
}

/// Groups of units that stay together: short blocks whole, long ones in pieces, announcements with what they announce.
fn atoms(blocks: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    let mut atoms: Vec<Vec<Piece>> = Vec::new();
    for block in blocks {
        for piece in pieces(block) {
            match atoms.last_mut() {
                Some(last)
                    if last.last().is_some_and(|piece| announces_next(&piece.text)) && words(last) < MAX_WORDS =>
                {
                    last.extend(piece);
                }
                _ => atoms.push(piece),
            }
        }
    }
    atoms
}

fn pieces(block: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut pieces: Vec<Vec<Piece>> = Vec::new();
    for unit in block {
        match pieces.last_mut() {
            Some(last) if words(last) + word_count(&unit.text) <= MAX_WORDS => last.push(unit),
            _ => pieces.push(vec![unit]),
        }
    }
    pieces
}

fn pack(atoms: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    let mut packed: Vec<Vec<Piece>> = Vec::new();
    for atom in atoms {
        match packed.last_mut() {
            Some(last) if words(last) < ENOUGH_WORDS && words(last) + words(&atom) <= MAX_WORDS => {
                last.extend(atom);
            }
            Some(last) if words(&atom) < FEW_WORDS && words(last) + words(&atom) <= MAX_WORDS => {
                last.extend(atom);
            }
            _ => packed.push(atom),
        }
    }
    packed
}

fn words(units: &[Piece]) -> usize {
    units.iter().map(|unit| word_count(&unit.text)).sum()
}
