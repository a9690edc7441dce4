//! What a page has and does not show. It is taken out of the page before anything else is read.

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::node::Element;
use scraper::{ElementRef, Html};

/// Takes out of `document` what is not shown. What a control on the page opens is hidden only until it is asked for, as
/// the answers of many lists of questions are, and stays.
pub(super) fn remove(document: &mut Html) {
    let root = document.root_element();
    let opened: HashSet<&str> = root
        .descendent_elements()
        .filter_map(|element| element.attr("aria-controls"))
        .flat_map(str::split_ascii_whitespace)
        .collect();
    let is_opened = |element: &ElementRef<'_>| element.value().id().is_some_and(|id| opened.contains(id));
    let hidden: Vec<NodeId> = root
        .descendent_elements()
        .filter(|element| is_hidden(element.value()) && !is_opened(element))
        .map(|element| element.id())
        .collect();
    for id in hidden {
        if let Some(mut node) = document.tree.get_mut(id) {
            node.detach();
        }
    }
}

/// Whether an element is not shown by what it says itself. A whole page may be hidden until its scripts have run.
pub(super) fn is_hidden(element: &Element) -> bool {
    if matches!(element.name(), "html" | "body") {
        return false;
    }
    let is = |name: &str, value: &str| element.attr(name).is_some_and(|said| said.trim().eq_ignore_ascii_case(value));
    let has_attribute = element.attr("hidden").is_some() && !is("hidden", "until-found");
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase();
    let is_styled = style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
        let value = value.split('!').next().unwrap_or_default().trim();
        matches!((name.trim(), value), ("display", "none") | ("visibility", "hidden"))
    });
    element.name() == "template" || has_attribute || is("aria-hidden", "true") || is_styled
}
