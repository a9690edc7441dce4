//! How much text every element of a document holds, and how much of it lies in links.

use std::collections::HashMap;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::boilerplate::is_never_text;

/// Elements within elements; a page made by people has a few dozen.
const MAX_DEPTH: usize = 256;

/// The text within an element.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Measure {
    /// Characters of text, without white space.
    pub(super) chars: usize,
    /// Those within links.
    pub(super) link_chars: usize,
}

/// The measure of every element.
#[derive(Debug)]
pub(super) struct Measures(HashMap<NodeId, Measure>);

impl Measures {
    /// Measures a document, unless it is nested too deeply to be walked through.
    pub(super) fn of(document: &Html) -> Result<Self, String> {
        let mut measures = HashMap::new();
        let mut open = vec![Measure::default()];
        let (mut hidden, mut links) = (0_usize, 0_usize);
        for edge in document.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if hidden == 0 => {
                        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
                        let measure = open.last_mut().expect("the document itself is open");
                        measure.chars += chars;
                        measure.link_chars += if links > 0 { chars } else { 0 };
                    }
                    Node::Element(element) => {
                        hidden += usize::from(is_never_text(element.name()));
                        links += usize::from(element.name() == "a");
                        open.push(Measure::default());
                        if open.len() > MAX_DEPTH {
                            return Err(format!("its elements are nested more than {MAX_DEPTH} deep"));
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    hidden -= usize::from(is_never_text(element.name()));
                    links -= usize::from(element.name() == "a");
                    let measure = open.pop().expect("what is closed was opened");
                    let outer = open.last_mut().expect("the document itself is open");
                    outer.chars += measure.chars;
                    outer.link_chars += measure.link_chars;
                    measures.insert(node.id(), measure);
                }
            }
        }
        Ok(Self(measures))
    }

    /// The measure of `element`.
    pub(super) fn get(&self, element: ElementRef<'_>) -> Measure {
        self.0.get(&element.id()).copied().unwrap_or_default()
    }
}

impl Measure {
    /// What is not in links: sentences rather than menus.
    pub(super) fn prose(self) -> usize {
        self.chars - self.link_chars
    }
}
