//! Markdown as others write it: its title is taken from its first heading, and HTML in it becomes Markdown or goes.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::draft::one_line;
use super::html;
use super::page::Page;

/// Elements that have no end, and so hide nothing but themselves.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "source", "wbr"];

/// Reads a document. If it begins with a heading of the first level, that is its title and no part of its body.
pub(super) fn document(text: &str) -> Page {
    read(text, Stage::Start)
}

/// Reads Markdown that has its title elsewhere.
pub(super) fn fragment(text: &str) -> Page {
    read(text, Stage::Body)
}

/// Where in a document one is. A heading of the first level is a title only at the start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Title,
    Body,
}

fn read(text: &str, stage: Stage) -> Page {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut found = Found::at(stage);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        found.note(&text, event, range);
    }
    let title = found.title.filter(|title| !title.is_empty());
    let mut at = if title.is_some() { found.body_start } else { 0 };
    let mut body = String::with_capacity(text.len());
    for (range, replacement) in found.replaced {
        if range.start >= at {
            body.push_str(&text[at..range.start]);
            body.push_str(&replacement);
            at = range.end;
        }
    }
    body.push_str(&text[at..]);
    Page {
        title,
        locale: None,
        body: body.trim_matches('\n').trim_end().to_owned(),
        has_text: found.has_text,
        has_images: found.has_images,
    }
}

struct Found {
    title: Option<String>,
    stage: Stage,
    body_start: usize,
    images: usize,
    has_text: bool,
    has_images: bool,
    html: Option<Range<usize>>,
    /// Where a script, or what is not shown, began that is not over yet, and the name of its element.
    hidden: Option<(usize, String)>,
    replaced: Vec<(Range<usize>, String)>,
}

impl Found {
    fn at(stage: Stage) -> Self {
        Self {
            title: None,
            stage,
            body_start: 0,
            images: 0,
            has_text: false,
            has_images: false,
            html: None,
            hidden: None,
            replaced: Vec::new(),
        }
    }

    fn note(&mut self, source: &str, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if self.stage == Stage::Start => {
                self.stage = Stage::Title;
                self.title = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) if self.stage == Stage::Title => {
                self.stage = Stage::Body;
                self.body_start = range.end;
                self.title = self.title.take().map(|title| one_line(&title));
            }
            Event::Start(Tag::HtmlBlock) => self.html = Some(range),
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(range) = self.html.take() {
                    self.html_block(source, range);
                }
            }
            Event::Start(Tag::Image { .. }) => {
                self.images += 1;
                self.has_images = true;
            }
            Event::End(TagEnd::Image) => self.images = self.images.saturating_sub(1),
            Event::End(TagEnd::Paragraph) => {
                // A script that is not closed ends with its paragraph.
                if let Some((start, _)) = self.hidden.take() {
                    self.replaced.push((start..range.end, "\n".into()));
                }
            }
            Event::InlineHtml(tag) => self.inline_html(&tag, range),
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            _ => {}
        }
        if self.stage == Stage::Start && self.has_text {
            self.stage = Stage::Body;
        }
    }

    fn text(&mut self, text: &str) {
        if self.stage == Stage::Title {
            self.title.get_or_insert_default().push_str(text);
        } else if self.images == 0 && self.html.is_none() && self.hidden.is_none() {
            self.has_text |= !text.trim().is_empty();
        }
    }

    fn html_block(&mut self, source: &str, range: Range<usize>) {
        let markdown = html::fragment(&source[range.clone()], None).unwrap_or_default();
        self.has_text |= markdown.has_text;
        self.has_images |= markdown.has_images;
        self.replaced.push((range, format!("{}\n", markdown.body)));
    }

    /// Line breaks stay, other tags go, and scripts and what is not shown go with what is between their tags.
    fn inline_html(&mut self, tag: &str, range: Range<usize>) {
        let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        let is_closing = tag.starts_with("</");
        if let Some((start, hidden)) = &self.hidden {
            if is_closing && name == *hidden {
                self.replaced.push((*start..range.end, String::new()));
                self.hidden = None;
            }
            return;
        }
        let is_hidden = matches!(name.as_str(), "script" | "style" | "iframe") || html::hides(tag);
        if is_hidden && !is_closing && !VOID.contains(&name.as_str()) {
            self.hidden = Some((range.start, name));
        } else if name != "br" {
            self.replaced.push((range, String::new()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_the_title() {
        let page = document("# How to *return*\n\nSend it back.\n\n# Later\n");
        assert_eq!((page.title.as_deref(), page.body.as_str()), (Some("How to return"), "Send it back.\n\n# Later"));
        let page = document("Text first.\n\n# Not a title\n");
        assert_eq!((page.title, page.body.as_str()), (None, "Text first.\n\n# Not a title"));
    }

    #[test]
    fn html_becomes_markdown_and_scripts_go() {
        let text = "Before\n\n<div><b>Bold</b> words</div>\n\n<script>\nsteal()\n</script>\n\nA <span>b</span> <script>c()</script>d<br>e\n\n    <b>code</b>\n";
        assert_eq!(fragment("A <script>b()\n\nC\n").body, "A \n\nC");
        assert_eq!(fragment("A <span style='display: none'>b</span>c <img hidden>d <b hidden>e</b>f").body, "A c d f");
        assert_eq!(document(text).body, "Before\n\n**Bold** words\n\n\n\nA b d<br>e\n\n    <b>code</b>");
    }

    #[test]
    fn images_alone_are_no_text() {
        for (text, has_text) in
            [("![A lamp](lamp.png)\n", false), ("![A lamp](lamp.png) is lit\n", true), ("`code`", true), ("", false)]
        {
            assert_eq!(document(text).has_text, has_text, "{text}");
        }
    }
}
