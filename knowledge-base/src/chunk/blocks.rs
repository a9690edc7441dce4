//! Markdown as a flat row of blocks, each made of units that are quoted whole.

use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Options, Parser, Tag, TagEnd};

use super::inline::Inline;
use super::sentences::sentences;
use super::{Piece, UnitKind};

/// Lists within lists; what lies deeper is read as text of the item around it.
const MAX_INDENT: usize = 32;

/// One piece of a Markdown document at the level of paragraphs.
#[derive(Debug)]
pub(super) enum Block {
    Heading { level: usize, text: String },
    Body(Vec<Piece>),
}

/// The blocks of `body` in order, without empty ones.
pub(super) fn blocks(body: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events = Parser::new_ext(body, options).into_offset_iter();
    let mut blocks = Vec::new();
    while let Some((event, range)) = events.next() {
        let Event::Start(tag) = event else { continue };
        let units = match tag {
            Tag::Heading { level, .. } => {
                let text = one_line(&Inline::read(&mut events).text);
                blocks.push(Block::Heading { level: level as usize, text });
                continue;
            }
            Tag::Paragraph => sentence_units(&Inline::read(&mut events)),
            Tag::HtmlBlock if is_unseen(&body[range.clone()]) => {
                Inline::read(&mut events);
                continue;
            }
            Tag::HtmlBlock => whole(body, range, UnitKind::Sentence, &one_line(&Inline::read(&mut events).text)),
            Tag::CodeBlock(_) => whole(body, range, UnitKind::Code, &Inline::read(&mut events).text),
            Tag::List(first) => {
                let mut text = String::new();
                read_list(&mut events, first, 0, &mut text);
                whole(body, range, UnitKind::List, &text)
            }
            Tag::Table(_) => table_units(&mut events),
            _ => continue,
        };
        if !units.is_empty() {
            blocks.push(Block::Body(units));
        }
    }
    blocks
}

/// Whether a block of raw HTML is for browsers and not for readers.
fn is_unseen(html: &str) -> bool {
    let html = html.trim_start().to_ascii_lowercase();
    ["<script", "<style", "<template"].iter().any(|tag| html.starts_with(tag))
}

fn sentence_units(inline: &Inline) -> Vec<Piece> {
    let mut units: Vec<Piece> = Vec::new();
    let mut plain_start = 0;
    for plain in sentences(&inline.text) {
        let Some(source) = inline.source(&plain) else {
            continue;
        };
        match units.last_mut() {
            // A mark inside a piece of markup that cannot be cut, such as a code span, ends no sentence.
            Some(last) if source.start < last.end => {
                inline.text[plain_start..plain.end].clone_into(&mut last.text);
                last.end = last.end.max(source.end);
            }
            _ => {
                plain_start = plain.start;
                let text = inline.text[plain].to_owned();
                units.push(Piece { text, start: source.start, end: source.end, kind: UnitKind::Sentence });
            }
        }
    }
    units
}

fn whole(body: &str, range: Range<usize>, kind: UnitKind, text: &str) -> Vec<Piece> {
    let text = text.trim_end().to_owned();
    if text.trim().is_empty() {
        return Vec::new();
    }
    let end = range.start + body[range.clone()].trim_end().len();
    vec![Piece { text, start: range.start, end, kind }]
}

/// Writes a list as lines, each item with its number or a hyphen, nested lists indented.
fn read_list(events: &mut OffsetIter<'_>, first: Option<u64>, indent: usize, out: &mut String) {
    let mut number = first;
    while let Some((event, _)) = events.next() {
        match event {
            Event::Start(Tag::Item) => {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.extend(std::iter::repeat_n("  ", indent));
                match &mut number {
                    Some(n) => {
                        // Writing to a String cannot fail.
                        let _ = write!(out, "{n}. ");
                        *n += 1;
                    }
                    None => out.push_str("- "),
                }
                read_item(events, indent, out);
            }
            Event::End(TagEnd::List(_)) => break,
            _ => {}
        }
    }
}

fn read_item(events: &mut OffsetIter<'_>, indent: usize, out: &mut String) {
    let mut inline = Inline::default();
    let mut n_deeper = 0_usize;
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::List(_)) if indent >= MAX_INDENT => n_deeper += 1,
            Event::End(TagEnd::List(_)) if n_deeper > 0 => n_deeper -= 1,
            Event::Start(Tag::Item) => inline.text.push(' '),
            Event::End(TagEnd::Item) if n_deeper > 0 => {}
            Event::End(TagEnd::Item) => break,
            Event::Start(Tag::List(first)) => {
                flush(&mut inline, out);
                read_list(events, first, indent + 1, out);
            }
            Event::Start(Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::TableCell | Tag::HtmlBlock)
                if !inline.text.is_empty() =>
            {
                inline.text.push(' ');
            }
            event => inline.push(&event, range),
        }
    }
    flush(&mut inline, out);
}

fn flush(inline: &mut Inline, out: &mut String) {
    let text = one_line(&std::mem::take(inline).text);
    if !text.is_empty() && out.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
        out.push(' ');
    }
    out.push_str(&text);
}

/// Writes each row as `heading: cell; heading: cell`, so that it can be read without its table.
fn table_units(events: &mut OffsetIter<'_>) -> Vec<Piece> {
    let mut headings: Vec<String> = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut units = Vec::new();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::TableCell) => cells.push(one_line(&Inline::read(events).text)),
            Event::End(TagEnd::TableHead) => headings = std::mem::take(&mut cells),
            Event::End(TagEnd::TableRow) => {
                let text = row_text(&headings, &std::mem::take(&mut cells));
                if !text.is_empty() {
                    units.push(Piece { text, start: range.start, end: range.end, kind: UnitKind::Row });
                }
            }
            Event::End(TagEnd::Table) => break,
            _ => {}
        }
    }
    units
}

fn row_text(headings: &[String], cells: &[String]) -> String {
    let filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let shown = filled.map(|(column, cell)| match headings.get(column).filter(|heading| !heading.is_empty()) {
        Some(heading) => format!("{heading}: {cell}"),
        None => cell.clone(),
    });
    shown.collect::<Vec<_>>().join("; ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
