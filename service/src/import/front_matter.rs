//! What stands above a document: front matter in YAML between `---` lines or in TOML between `+++` lines.

use std::fmt::Display;

use jiff::civil::Date;
use knowledge_base::validity::day;
use knowledge_base::{Audience, Validity};
use toml::Value;

use super::draft::labels;
use super::yaml;

/// What front matter says of an article; other keys are passed over.
#[derive(Debug, Default, PartialEq)]
pub(super) struct FrontMatter {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) audience: Option<Audience>,
    pub(super) questions: Option<Vec<String>>,
    pub(super) validity: Option<Validity>,
    pub(super) is_draft: bool,
}

/// Front matter that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The line of the file, counted from 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// A value of front matter that is a text or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    List(Vec<String>),
}

/// The front matter of a document and the rest of it. A document without any is all rest.
pub(super) fn split(text: &str) -> Result<(FrontMatter, &str), Broken> {
    for fence in ["---", "+++"] {
        let Some(rest) =
            text.strip_prefix(fence).and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix('\n'))
        else {
            continue;
        };
        let Some((front, body)) = until(rest, fence) else {
            // A document may begin with a rule, but TOML fences mean nothing else.
            if fence == "---" {
                return Ok((FrontMatter::default(), text));
            }
            return Err(Broken { line: 1, reason: format!("the front matter is not closed by a `{fence}` line") });
        };
        let said = if fence == "---" { yaml::said(front) } else { toml_said(front) };
        // What is not closed is noticed at the end, which is the line after the last.
        let last = front.lines().count();
        let said = said.map_err(|broken| Broken { line: broken.line.min(last) + 1, ..broken })?;
        return Ok((read(said)?, body));
    }
    Ok((FrontMatter::default(), text))
}

fn until<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_end() == fence {
            return Some((&text[..start], &text[end..]));
        }
        start = end;
    }
    None
}

fn toml_said(text: &str) -> Result<Vec<(String, Said)>, Broken> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Broken { line, reason: format!("the front matter is not TOML: {}", error.message()) }
    })?;
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Table(_) => None,
        other => Some(other.to_string()),
    };
    let said = table.into_iter().filter_map(|(key, value)| {
        let said = match &value {
            Value::Array(values) => Said::List(values.iter().filter_map(scalar).collect()),
            value => Said::Text(scalar(value)?),
        };
        Some((key, said))
    });
    Ok(said.collect())
}

fn read(said: Vec<(String, Said)>) -> Result<FrontMatter, Broken> {
    let mut front = FrontMatter::default();
    let (mut from, mut until) = (None, None);
    for (key, said) in said {
        match key.to_lowercase().as_str() {
            "id" | "slug" | "handle" => front.id = front.id.or(said.text()),
            "title" => front.title = said.text(),
            "locale" | "lang" | "language" => front.locale = front.locale.or(said.text()),
            "tags" | "labels" | "keywords" => front.tags.get_or_insert_default().extend(said.list()),
            "questions" => front.questions = Some(said.lines()),
            "draft" => front.is_draft |= said.text().as_deref() == Some("true"),
            "published" => front.is_draft |= said.text().as_deref() == Some("false"),
            "audience" => {
                let audience = said.text().unwrap_or_default().parse::<Audience>();
                front.audience = Some(audience.map_err(|error| broken(&error))?);
            }
            "valid_from" => from = said.day()?,
            "valid_until" => until = said.day()?,
            _ => {}
        }
    }
    if from.is_some() || until.is_some() {
        front.validity = Some(Validity::new(from, until).map_err(|error| broken(&error))?);
    }
    Ok(front)
}

/// What cannot be read, wherever it is in the front matter.
fn broken(error: &dyn Display) -> Broken {
    Broken { line: 1, reason: error.to_string() }
}

impl Said {
    fn day(self) -> Result<Option<Date>, Broken> {
        self.text().map(|text| day(text.trim())).transpose().map_err(|error| broken(&error))
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text).filter(|text| !text.trim().is_empty()),
            Self::List(_) => None,
        }
    }

    /// Labels; in one text they stand between commas.
    fn list(self) -> Vec<String> {
        match self {
            Self::Text(text) => labels(&text),
            Self::List(list) => list,
        }
    }

    /// Whole sentences, which may have commas.
    fn lines(self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(list) => list,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_kinds_are_understood() {
        let yaml =
            "---\ntitle: \"Returns: how\"\nslug: returns\nlang: pt-BR\ntags: [orders, 'post']\nweight: 3\n---\nBody\n";
        let toml = "+++\ntitle = \"Returns: how\"\nid = \"returns\"\nlocale = \"pt-BR\"\ntags = [\"orders\", \"post\"]\ndate = 2026-01-02\n+++\nBody\n";
        for text in [yaml, toml] {
            let (front, body) = split(text).unwrap();
            assert_eq!(
                (front.title.as_deref(), front.id.as_deref()),
                (Some("Returns: how"), Some("returns")),
                "{text}"
            );
            assert_eq!((front.locale.as_deref(), body), (Some("pt-BR"), "Body\n"));
            assert_eq!(front.tags.unwrap(), ["orders", "post"]);
        }
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        for (text, line) in [
            ("---\ntitle: ok\nslug: [a\n---\nBody", 3),
            ("+++\ntitle = \"ok\"\nid = \n+++\nBody", 3),
            ("+++\ntitle = \"ok\"\n", 1),
            ("---\naudience: customers\n---\nBody", 1),
            ("---\nvalid_until: soon\n---\nBody", 1),
            ("+++\nvalid_from = 2026-12-24\nvalid_until = 2026-12-01\n+++\nBody", 1),
        ] {
            let broken = split(text).unwrap_err();
            assert!(broken.line >= line && broken.line <= line + 1, "{text:?}: {broken:?}");
        }
    }

    #[test]
    fn the_days_of_an_article_are_understood() {
        let advent = Validity::new(Some(date(2026, 12, 1)), Some(date(2026, 12, 24))).unwrap();
        for text in [
            "---\nvalid_from: 2026-12-01\nvalid_until: '2026-12-24'\n---\nBody\n",
            "+++\nvalid_from = 2026-12-01\nvalid_until = \"2026-12-24\"\n+++\nBody\n",
        ] {
            assert_eq!(split(text).unwrap().0.validity, Some(advent), "{text}");
        }
        assert_eq!(split("---\ntitle: a\n---\n").unwrap().0.validity, None);
    }

    #[test]
    fn a_rule_is_no_front_matter_and_drafts_are_told() {
        assert_eq!(split("---\n\nJust text.\n").unwrap().1, "---\n\nJust text.\n");
        assert!(split("---\ndraft: true\n---\n").unwrap().0.is_draft);
        assert!(split("---\npublished: false\n---\n").unwrap().0.is_draft);
    }
}
