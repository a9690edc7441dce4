//! The records of a CSV file with the lines they stand on, and what is wrong with their quotes. A reader of CSV takes a
//! quote that is not closed as text up to the next one, and would make one long answer of all rows in between.

use csv::{Reader, ReaderBuilder, StringRecord};

/// A record.
#[derive(Debug)]
pub(super) struct Record {
    /// The line of the file on which it begins, counted from 1.
    pub(super) line: usize,
    pub(super) fields: StringRecord,
    /// What is wrong with it.
    pub(super) flaw: Option<Flaw>,
}

/// What is wrong with the quotes of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The line of the file on which it is to be seen.
    pub(super) line: usize,
    /// What is wrong and what to do about it.
    pub(super) reason: String,
}

/// The records of a text, in order. Blank lines are none.
pub(super) struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    reader: Reader<&'a [u8]>,
    /// Up to which byte lines were counted, and the line there.
    counted: (usize, usize),
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str, delimiter: u8) -> Self {
        let mut reader = ReaderBuilder::new();
        let reader = reader.delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
        Self { text, delimiter, reader, counted: (0, 1) }
    }

    /// The line on which the byte `at` stands, which is not before the last one that was asked for.
    fn line_at(&mut self, at: usize) -> usize {
        let (before, line) = self.counted;
        self.counted = (at, line + line_ends(&self.text.as_bytes()[before..at]));
        self.counted.1
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut fields = StringRecord::new();
        let from = self.reader.position().byte() as usize;
        // Text is valid UTF-8, lies in memory, and may have rows of any length, so there is nothing to go wrong.
        if !self.reader.read_record(&mut fields).unwrap_or_default() {
            return None;
        }
        let raw = &self.text.as_bytes()[from..self.reader.position().byte() as usize];
        let blank = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let line = self.line_at(from + blank);
        let flaw = flaw(&raw[blank..], self.delimiter, line);
        Some(Record { line, fields, flaw })
    }
}

/// Ends of lines, in all three ways that they are written.
fn line_ends(bytes: &[u8]) -> usize {
    let is_end = |(idx, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && bytes.get(idx + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|(idx, byte)| is_end((*idx, byte))).count()
}

/// Where in a record one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Plain,
    /// Within quotes.
    Quoted,
    /// Behind a quote that ends the field or is the first of two.
    Quote,
}

/// What is wrong with the quotes of a record whose text, `raw`, begins on `line`.
fn flaw(raw: &[u8], delimiter: u8, line: usize) -> Option<Flaw> {
    let line_of = |at: usize| line + line_ends(&raw[..at]);
    let (mut state, mut opened) = (At::Start, 0);
    let (mut quotes, mut halves) = (0, 0);
    for (at, &byte) in raw.iter().enumerate() {
        let ends = byte == delimiter || matches!(byte, b'\r' | b'\n');
        state = match state {
            At::Start if byte == b'"' => {
                opened = at;
                At::Quoted
            }
            At::Start | At::Plain if !ends => {
                quotes += usize::from(byte == b'"');
                At::Plain
            }
            At::Quoted if byte == b'"' => At::Quote,
            At::Quoted => At::Quoted,
            At::Quote if byte == b'"' => At::Quoted,
            At::Quote if !ends => {
                let (first, last) = (line_of(opened), line_of(raw.trim_ascii_end().len()));
                let reason = format!(
                    "text follows on the quote that closes the one opened here, so {} not read; close quotes at the end \
                     of their field, and write those within it twice",
                    lines(first, last)
                );
                return Some(Flaw { line: first, reason });
            }
            At::Start | At::Plain | At::Quote => {
                halves += std::mem::take(&mut quotes) % 2;
                At::Start
            }
        };
    }
    if state == At::Quoted {
        let (first, last) = (line_of(opened), line_of(raw.trim_ascii_end().len()));
        let reason = format!("the quote opened here is never closed, so {} not read; close it", lines(first, last));
        return Some(Flaw { line: first, reason });
    }
    // One alone is a sign for inches.
    (halves + quotes % 2 > 1).then(|| Flaw {
        line,
        reason:
            "a quote that opens in the middle of a field keeps nothing together; put quotes around the whole field, \
                 and write those within it twice"
                .into(),
    })
}

fn lines(first: usize, last: usize) -> String {
    if first == last { format!("line {first} is") } else { format!("lines {first} to {last} are") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_know_their_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "q,a", "", "\"one\ntwo\",x", "", "", "y", "last,z"].join(end);
            let lines: Vec<usize> = Records::of(&text, b',').map(|record| record.line).collect();
            assert_eq!(lines, [2, 4, 8, 9], "{end:?}");
        }
    }

    #[test]
    fn quotes_that_do_not_hold_are_found() {
        let flaws = |text: &str| -> Vec<Option<usize>> {
            Records::of(text, b',').map(|record| record.flaw.map(|flaw| flaw.line)).collect()
        };
        assert_eq!(flaws("q,a\nb,\"c\nd,e\nf,g\n"), [None, Some(2)]);
        assert_eq!(flaws("q,a\nb,\"c\nd,\"e\"\nf,g\n"), [None, Some(2), None]);
        assert_eq!(flaws("q,\"a\n\nb\" c\nd,e"), [Some(1), None]);
        assert_eq!(flaws("q, \"a, b\"\n"), [Some(1)]);
        assert_eq!(flaws("a 5\" pipe,\"said \"\"so\"\"\nand, so\"\r\n\"\",x \"y\" z\n"), [None, None]);
    }
}
