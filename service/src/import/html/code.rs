//! Code as Markdown, between fences that do not occur in it.

use scraper::{ElementRef, Node};

use crate::import::draft::one_line;

/// Code within a line, if there is any.
pub(super) fn span(element: ElementRef<'_>) -> Option<String> {
    let text = one_line(&element.text().collect::<String>());
    if text.is_empty() {
        return None;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    Some(format!("{fence}{space}{text}{space}{fence}"))
}

/// Code on lines of its own, if there is any.
pub(super) fn block(element: ElementRef<'_>) -> Option<String> {
    let mut text = String::new();
    for node in element.descendants() {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(part) if part.name() == "br" => text.push('\n'),
            _ => {}
        }
    }
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = text.trim_matches('\n').trim_end();
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    (!text.is_empty()).then(|| format!("{fence}{}\n{text}\n{fence}", language(element)))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// The language of a code block, where a class names it.
fn language(element: ElementRef<'_>) -> String {
    let classes = element.child_elements().chain([element]).flat_map(|element| element.value().classes());
    let named = classes.filter_map(|class| class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")));
    let mut named =
        named.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#')));
    named.next().unwrap_or_default().to_owned()
}
