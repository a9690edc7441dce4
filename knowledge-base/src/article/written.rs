//! The text of an article's file.

use std::fmt::Write;

use super::Article;

pub(super) fn written(article: &Article) -> String {
    let Article { id, title, locale, tags, audience, questions, source, validity, body, version: _ } = article;
    let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
    let mut text = format!(
        "+++\nid = {}\ntitle = {}\nlocale = {}\ntags = [{}]\naudience = {}\nquestions = [",
        quoted(id.as_str()),
        quoted(title),
        quoted(locale),
        tags.join(", "),
        quoted(audience.as_str())
    );
    for question in questions {
        let _ = write!(text, "\n  {},", quoted(question));
    }
    text.push_str(if questions.is_empty() { "]\n" } else { "\n]\n" });
    if let Some(source) = source {
        let _ = writeln!(text, "source = {}", quoted(source));
    }
    for (key, day) in [("valid_from", validity.from()), ("valid_until", validity.until())] {
        if let Some(day) = day {
            let _ = writeln!(text, "{key} = {day}");
        }
    }
    text.push_str("+++\n\n");
    text.push_str(body.trim_start_matches('\n').trim_end());
    text.push('\n');
    text
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
