//! The elements of a page as blocks of Markdown.

use scraper::{ElementRef, Node};
use url::Url;

use super::boilerplate::Boilerplate;
use super::inline::{Emphasis, Inline};
use super::list::{self, Block, Shape, joined, prefixed};
use super::{code, link, table};
use crate::import::draft::one_line;
use crate::import::page::Page;

/// A block longer than this cannot be part of an article, and putting it into lists would only make it longer.
const MAX_BLOCK_BYTES: usize = 4 << 20;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 34] = [
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "p",
    "search",
    "section",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "optgroup",
];

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Into blocks.
    Blocks,
    /// Into one line, as in headings and table cells.
    Line,
}

/// Writes Markdown.
#[derive(Debug)]
pub(super) struct Renderer<'a> {
    boilerplate: &'a Boilerplate<'a>,
    base: Option<&'a Url>,
    without: Option<ElementRef<'a>>,
    whole: usize,
    mode: Mode,
    inline: Inline,
    blocks: Vec<Block>,
    heading_level: usize,
    has_text: bool,
    has_images: bool,
    is_too_long: bool,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(boilerplate: &'a Boilerplate<'a>, base: Option<&'a Url>) -> Self {
        Self {
            boilerplate,
            base,
            without: None,
            whole: 0,
            mode: Mode::Blocks,
            inline: Inline::default(),
            blocks: Vec::new(),
            heading_level: 1,
            has_text: false,
            has_images: false,
            is_too_long: false,
        }
    }

    /// Leaves out a heading that becomes the title.
    pub(super) fn without(mut self, heading: Option<ElementRef<'a>>) -> Self {
        self.without = heading;
        self
    }

    /// What `main` says.
    pub(super) fn render(&mut self, main: ElementRef<'a>) -> Result<Page, String> {
        self.whole = self.boilerplate.prose(main);
        self.children(main);
        self.flush();
        if self.is_too_long {
            return Err("it holds a list or table that is too long for an article".into());
        }
        let texts: Vec<String> = std::mem::take(&mut self.blocks).into_iter().map(|block| block.text).collect();
        Ok(Page {
            title: None,
            locale: None,
            body: texts.join("\n\n"),
            has_text: self.has_text,
            has_images: self.has_images,
        })
    }

    fn children(&mut self, element: ElementRef<'a>) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => {
                    self.has_text |= !text.trim().is_empty();
                    self.inline.text(text);
                }
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'a>) {
        if self.is_too_long || self.without == Some(element) || self.boilerplate.leaves_out(element, self.whole) {
            return;
        }
        match element.value().name() {
            "br" if self.mode == Mode::Blocks => self.inline.line_break(),
            "br" | "wbr" => self.inline.gap(),
            "img" | "image" => self.image(element),
            "a" => self.link(element),
            "b" | "strong" => self.emphasised(element, Emphasis::Strong),
            "i" | "em" | "cite" | "dfn" | "var" => self.emphasised(element, Emphasis::Light),
            "del" | "s" | "strike" => self.emphasised(element, Emphasis::Struck),
            "code" | "kbd" | "samp" | "tt" => self.code(element),
            "sup" | "sub" => self.raised(element),
            "q" => {
                self.inline.text("“");
                self.children(element);
                self.inline.text("”");
            }
            name if self.mode == Mode::Line => self.in_line(element, name),
            name => self.block(element, name),
        }
    }

    /// Blocks within one line: list items stand between semicolons, the rest between spaces.
    fn in_line(&mut self, element: ElementRef<'a>, name: &str) {
        if name == "li" && element.prev_siblings().any(|before| before.value().is_element()) {
            self.inline.punctuation(';');
        }
        let is_block = BLOCKS.contains(&name) || matches!(name, "ul" | "ol" | "table" | "pre" | "blockquote" | "hr");
        if is_block || heading_level(name).is_some() {
            self.inline.gap();
            self.children(element);
            self.inline.gap();
        } else {
            self.children(element);
        }
    }

    fn block(&mut self, element: ElementRef<'a>, name: &str) {
        if let Some(level) = heading_level(name) {
            self.heading_level = level;
            self.heading(element, level);
            return;
        }
        match name {
            "summary" => self.heading(element, (self.heading_level + 1).min(6)),
            "dt" => {
                self.flush();
                self.emphasised(element, Emphasis::Strong);
                self.flush();
            }
            "hr" => {
                self.flush();
                self.push("---".into());
            }
            "ul" | "ol" | "menu" => self.list(element, name),
            "pre" | "listing" | "xmp" | "plaintext" => self.preformatted(element),
            "blockquote" => {
                self.flush();
                let inner = joined(&self.apart(|inner| inner.children(element)));
                self.push(prefixed(&inner, "> ", "> "));
            }
            "table" => self.table(element),
            name if BLOCKS.contains(&name) => {
                self.flush();
                self.children(element);
                self.flush();
            }
            _ => self.children(element),
        }
    }

    fn heading(&mut self, element: ElementRef<'a>, level: usize) {
        self.flush();
        let text = self.line(element);
        if !text.is_empty() {
            self.push(format!("{} {text}", "#".repeat(level)));
        }
    }

    fn emphasised(&mut self, element: ElementRef<'a>, emphasis: Emphasis) {
        self.inline.open(emphasis);
        self.children(element);
        self.inline.close(emphasis);
    }

    fn image(&mut self, element: ElementRef<'a>) {
        self.has_images = true;
        if let Some(alt) = element.attr("alt").filter(|alt| !alt.trim().is_empty()) {
            self.inline.text(&one_line(alt));
        }
    }

    fn link(&mut self, element: ElementRef<'a>) {
        match element.attr("href").and_then(|href| link::address(href, self.base)) {
            Some(url) => {
                self.inline.open_link();
                self.children(element);
                self.inline.close_link(url);
            }
            None => self.children(element),
        }
    }

    fn code(&mut self, element: ElementRef<'a>) {
        if let Some(code) = code::span(element) {
            self.has_text = true;
            self.inline.raw(&code);
        }
    }

    /// Digits above or below the line, where there are characters for them.
    fn raised(&mut self, element: ElementRef<'a>) {
        let text = element.text().collect::<String>();
        let digits = if element.value().name() == "sup" {
            "⁰¹²³⁴⁵⁶⁷⁸⁹"
        } else {
            "₀₁₂₃₄₅₆₇₈₉"
        };
        let raised = text.trim().chars().map(|c| digits.chars().nth(c.to_digit(10)? as usize));
        match raised.collect::<Option<String>>() {
            Some(raised) => self.inline.text(&raised),
            None => self.children(element),
        }
    }

    fn preformatted(&mut self, element: ElementRef<'a>) {
        self.flush();
        if let Some(code) = code::block(element) {
            self.has_text = true;
            self.push(code);
        }
    }

    fn list(&mut self, element: ElementRef<'a>, name: &str) {
        self.flush();
        let mut items: Vec<Vec<Block>> = Vec::new();
        for child in element.child_elements() {
            if self.boilerplate.leaves_out(child, self.whole) {
                continue;
            }
            let blocks = self.apart(|inner| match child.value().name() {
                "li" => inner.children(child),
                _ => inner.element(child),
            });
            match (child.value().name(), items.last_mut()) {
                ("ul" | "ol", Some(last)) => last.extend(blocks),
                _ if blocks.is_empty() => {}
                _ => items.push(blocks),
            }
        }
        let before = self.blocks.last().map(|block| block.shape);
        let start = element.attr("start").filter(|_| name == "ol").and_then(|start| start.trim().parse().ok());
        let first = if name == "ol" { Some(start.unwrap_or(1)) } else { None };
        let (text, shape) = list::markdown(&items, first, before);
        self.push_shaped(text, shape);
    }

    fn table(&mut self, element: ElementRef<'a>) {
        self.flush();
        if !table::is_of_data(element) {
            self.children(element);
            self.flush();
            return;
        }
        for caption in element.child_elements().filter(|child| child.value().name() == "caption") {
            let text = self.line(caption);
            self.push(text);
        }
        let text = table::markdown(element, &mut |cell| self.line(cell));
        self.push(text);
    }

    /// What `element` says, on one line.
    fn line(&mut self, element: ElementRef<'a>) -> String {
        let outer = (std::mem::replace(&mut self.mode, Mode::Line), std::mem::take(&mut self.inline));
        self.children(element);
        let text = self.inline.take().join(" ");
        (self.mode, self.inline) = outer;
        text
    }

    /// The blocks that `render` makes, apart from those around it.
    fn apart(&mut self, render: impl FnOnce(&mut Self)) -> Vec<Block> {
        let outer = (std::mem::take(&mut self.blocks), std::mem::take(&mut self.inline));
        render(self);
        self.flush();
        let blocks = std::mem::replace(&mut self.blocks, outer.0);
        self.inline = outer.1;
        blocks
    }

    fn flush(&mut self) {
        if self.mode == Mode::Line {
            self.inline.gap();
        } else {
            for paragraph in self.inline.take() {
                self.push(paragraph);
            }
        }
    }

    fn push(&mut self, text: String) {
        self.push_shaped(text, Shape::Other);
    }

    fn push_shaped(&mut self, text: String, shape: Shape) {
        self.is_too_long |= text.len() > MAX_BLOCK_BYTES;
        if !text.trim().is_empty() && !self.is_too_long {
            self.blocks.push(Block { text, shape });
        }
    }
}

fn heading_level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}
