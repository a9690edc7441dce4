//! Cuts an article into passages: small enough to be about one thing, whole enough to be quoted.

mod blocks;
mod inline;
mod sentences;

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
    /// Its plain text.
    pub text: String,
    /// Where it starts in the article's body, in bytes.
    pub start: usize,
    /// Where it ends in the article's body, in bytes.
    pub end: usize,
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

impl Unit {
    /// How many words it has.
    pub fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }

    /// Whether it only announces what follows, as in "Do this:".
    pub fn announces_next(&self) -> bool {
        self.text.ends_with(':')
    }
}

/// The text of consecutive units of one body, with the breaks between paragraphs kept.
pub fn render(body: &str, units: &[Unit]) -> String {
    let mut text = String::new();
    let mut previous: Option<&Unit> = None;
    for unit in units {
        if let Some(previous) = previous {
            text.push_str(joint(previous, unit, body.get(previous.end..unit.start).unwrap_or_default()));
        }
        text.push_str(&unit.text);
        previous = Some(unit);
    }
    text
}

/// What stands between two units in plain text, given the Markdown between them.
fn joint(before: &Unit, after: &Unit, between: &str) -> &'static str {
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
    let mut section: Vec<Vec<Unit>> = Vec::new();
    for block in blocks(body) {
        match block {
            Block::Heading { level, text } => {
                close_section(body, &path, &mut section, &mut passages);
                path.retain(|(outer, _)| *outer < level);
                path.push((level, text));
            }
            Block::Body(units) => section.push(units),
        }
    }
    close_section(body, &path, &mut section, &mut passages);
    passages
}

fn close_section(body: &str, path: &[(usize, String)], section: &mut Vec<Vec<Unit>>, passages: &mut Vec<Passage>) {
    let headings: Vec<String> = path.iter().map(|(_, text)| text.clone()).filter(|text| !text.is_empty()).collect();
    for units in pack(atoms(std::mem::take(section))) {
        let (Some(first), Some(last)) = (units.first(), units.last()) else {
            continue;
        };
        passages.push(Passage {
            headings: headings.clone(),
            text: render(body, &units),
            start: first.start,
            end: last.end,
            units,
        });
    }
}

/// Groups of units that stay together: short blocks whole, long ones in pieces, announcements with what they announce.
fn atoms(blocks: Vec<Vec<Unit>>) -> Vec<Vec<Unit>> {
    let mut atoms: Vec<Vec<Unit>> = Vec::new();
    for block in blocks {
        for piece in pieces(block) {
            match atoms.last_mut() {
                Some(last) if last.last().is_some_and(Unit::announces_next) && words(last) < MAX_WORDS => {
                    last.extend(piece);
                }
                _ => atoms.push(piece),
            }
        }
    }
    atoms
}

fn pieces(block: Vec<Unit>) -> Vec<Vec<Unit>> {
    let mut pieces: Vec<Vec<Unit>> = Vec::new();
    for unit in block {
        match pieces.last_mut() {
            Some(last) if words(last) + unit.words() <= MAX_WORDS => last.push(unit),
            _ => pieces.push(vec![unit]),
        }
    }
    pieces
}

fn pack(atoms: Vec<Vec<Unit>>) -> Vec<Vec<Unit>> {
    let mut packed: Vec<Vec<Unit>> = Vec::new();
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

fn words(units: &[Unit]) -> usize {
    units.iter().map(Unit::words).sum()
}
