//! Finds what a page is about: the element that says so, else the densest block of text.

use scraper::{ElementRef, Html};

use super::measure::Measures;
use super::selector;

/// Elements that hold the content of a page, the surest first: those of well-known help centres and blogs, then what
/// the standard has for it, then names that many use.
const CONTAINERS: [&str; 17] = [
    ".article-body",
    ".article__body",
    "[itemprop='articleBody']",
    ".kb-article-content",
    ".intercom-force-break",
    ".article-content",
    ".entry-content",
    ".post-content",
    ".markdown-body",
    "main article",
    "[role='main'] article",
    "main",
    "[role='main']",
    "article",
    "#main-content",
    "#content",
    ".content",
];

/// Headings that title an article, the surest first.
const HEADINGS: [&str; 5] = ["h1[itemprop]", "h1[class*='title']", "article h1", "main h1", "h1"];

/// An element is what the page is about if it holds this share of all prose.
const ENOUGH: f64 = 0.25;
/// A block is as good as the whole if it holds this share of its prose.
const MOST: f64 = 0.7;

/// The element whose text is the article.
pub(super) fn find<'a>(document: &'a Html, measures: &Measures) -> ElementRef<'a> {
    let root = document.root_element();
    let body = document.select(&selector("body")).next().unwrap_or(root);
    let whole = measures.get(body).prose();
    let named = CONTAINERS.iter().find_map(|container| {
        let selector = selector(container);
        let (mut heaviest, mut most, mut all) = (None, 0, 0);
        for element in document.select(&selector) {
            let prose = measures.get(element).prose();
            all += prose;
            if prose > most {
                (heaviest, most) = (Some(element), prose);
            }
        }
        // Several of them, none with most of the text, are a list of articles, and the page is about all of them.
        let is_one = most as f64 >= MOST * all as f64 && most as f64 >= ENOUGH * whole as f64;
        heaviest.filter(|_| is_one)
    });
    named.unwrap_or_else(|| densest(body, measures))
}

/// The innermost element that still holds most of the prose of what is around it.
fn densest<'a>(body: ElementRef<'a>, measures: &Measures) -> ElementRef<'a> {
    let mut found = body;
    loop {
        let whole = measures.get(found).prose() as f64;
        let inner = found.child_elements().find(|child| {
            let prose = measures.get(*child).prose();
            prose > 0
                && prose as f64 >= MOST * whole
                && matches!(
                    child.value().name(),
                    "div" | "section" | "td" | "table" | "tbody" | "tr" | "form" | "center"
                )
        });
        match inner {
            Some(inner) => found = inner,
            None => return found,
        }
    }
}

/// The heading that titles the article in `main`: within it, else on the page.
pub(super) fn heading<'a>(document: &'a Html, main: ElementRef<'a>) -> Option<ElementRef<'a>> {
    let says_something = |heading: &ElementRef<'_>| !super::text(*heading).is_empty();
    let inside = main.select(&selector("h1")).find(says_something);
    inside.or_else(|| HEADINGS.iter().find_map(|heading| document.select(&selector(heading)).find(says_something)))
}
