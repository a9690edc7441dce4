//! The part of YAML that front matter needs: texts and lists of texts at the top level. Read event by event, so that
//! names that stand for ever larger things are never unfolded.

use saphyr_parser::{Event, Parser};

use super::front_matter::{Broken, Said};

/// The keys of a YAML mapping whose values are texts or lists of texts, in order.
pub(super) fn said(text: &str) -> Result<Vec<(String, Said)>, Broken> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| Broken {
            line: error.marker().line(),
            reason: format!("the front matter is not YAML: {}", error.info()),
        })?;
        reader.read(event);
    }
    Ok(reader.said)
}

#[derive(Default)]
struct Reader {
    said: Vec<(String, Said)>,
    depth: usize,
    key: Option<String>,
    list: Option<Vec<String>>,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                self.depth += 1;
                if self.depth == 2 && matches!(event, Event::SequenceStart(..)) {
                    self.list = self.key.is_some().then(Vec::new);
                }
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 1 {
                    let list = self.list.take();
                    self.said.extend(self.key.take().zip(list).map(|(key, list)| (key, Said::List(list))));
                }
            }
            Event::Scalar(text, ..) => self.scalar(text.into_owned()),
            Event::Alias(_) if self.depth == 1 => self.key = None,
            _ => {}
        }
    }

    fn scalar(&mut self, text: String) {
        match (self.depth, &mut self.list) {
            (1, _) => match self.key.take() {
                Some(key) => self.said.push((key, Said::Text(text))),
                None => self.key = Some(text),
            },
            (2, Some(list)) => list.push(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_lists_are_read_and_the_rest_is_passed_over() {
        let text = "title: >\n  One\n  line\ntags:\n  - a\n  - b: c\nmenu:\n  title: no\nother: &x [1, 2]\nagain: *x\nid: it\n";
        let said = said(text).unwrap();
        let list = |texts: &[&str]| Said::List(texts.iter().map(|&text| text.into()).collect());
        let keys: Vec<&str> = said.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["title", "tags", "other", "id"]);
        assert_eq!((&said[1].1, &said[2].1), (&list(&["a"]), &list(&["1", "2"])));
    }

    #[test]
    fn names_for_names_are_not_unfolded() {
        let levels = (1..64).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        let text: String = std::iter::once("a0: &a0 [x, x]\n".to_owned()).chain(levels).collect();
        assert_eq!(said(&text).unwrap().len(), 64);
    }
}
