//! Inline Markdown as plain text that still knows which source bytes it came from.

use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Tag, TagEnd};

/// Plain text of one block, with its way back to the source.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pub(super) text: String,
    fragments: Vec<Fragment>,
    opened: Option<usize>,
    links: Vec<Link>,
}

/// A stretch of plain text that one event gave.
#[derive(Debug)]
struct Fragment {
    plain: Range<usize>,
    inner: Range<usize>,
    /// The source with the markup that opens before and closes after it.
    outer: Range<usize>,
}

#[derive(Debug)]
struct Link {
    url: String,
    text_start: usize,
}

impl Inline {
    /// Reads the events of a block up to and including its end.
    pub(super) fn read(events: &mut OffsetIter<'_>) -> Self {
        let mut inline = Self::default();
        let mut depth = 0_usize;
        for (event, range) in events.by_ref() {
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => break,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            inline.push(&event, range);
        }
        inline
    }

    /// Adds what one inline event shows; other events add nothing.
    pub(super) fn push(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push_text(text, range);
            }
            Event::Html(html) => self.push_text(&without_tags(html), range),
            Event::InlineHtml(html) if html.to_ascii_lowercase().starts_with("<br") => {
                self.push_text("\n", range);
            }
            Event::SoftBreak => self.push_text(" ", range),
            Event::HardBreak => self.push_text("\n", range),
            Event::Start(tag) => {
                if let Tag::Link { dest_url, .. } = tag {
                    self.links.push(Link { url: dest_url.to_string(), text_start: self.text.len() });
                }
                self.opened = self.opened.or(Some(range.start));
            }
            Event::End(end) => {
                if *end == TagEnd::Link {
                    self.close_link();
                }
                if let Some(last) = self.fragments.last_mut().filter(|last| last.outer.start >= range.start) {
                    last.outer.end = last.outer.end.max(range.end);
                }
                self.opened = None;
            }
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    /// The source bytes that gave a range of the plain text.
    pub(super) fn source(&self, plain: &Range<usize>) -> Option<Range<usize>> {
        let first = self.fragments.iter().find(|fragment| fragment.plain.end > plain.start)?;
        let last = self.fragments.iter().rev().find(|fragment| fragment.plain.start < plain.end)?;
        let start = if plain.start <= first.plain.start {
            first.outer.start
        } else if first.is_verbatim() {
            first.inner.start + (plain.start - first.plain.start)
        } else {
            first.inner.start
        };
        let end = if plain.end >= last.plain.end {
            last.outer.end
        } else if last.is_verbatim() {
            last.inner.start + (plain.end - last.plain.start)
        } else {
            last.inner.end
        };
        (start < end).then_some(start..end)
    }

    fn push_text(&mut self, text: &str, range: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let plain = self.text.len()..self.text.len() + text.len();
        self.text.push_str(text);
        let outer = self.opened.take().unwrap_or(range.start)..range.end;
        self.fragments.push(Fragment { plain, inner: range, outer });
    }

    /// Writes the address behind a link's words, so that plain text loses nothing.
    fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        let shown = self.text[link.text_start..].trim();
        let address = link.url.trim_start_matches("mailto:").trim_start_matches("tel:");
        let is_outside = link.url.contains("://") || address.len() < link.url.len();
        if !is_outside || shown == address {
            return;
        }
        let addition = format!(" ({address})");
        self.text.push_str(&addition);
        if let Some(last) = self.fragments.last_mut() {
            last.plain.end = self.text.len();
        }
    }
}

impl Fragment {
    fn is_verbatim(&self) -> bool {
        self.plain.len() == self.inner.len()
    }
}

/// The text of raw HTML.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}
