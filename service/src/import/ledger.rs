//! What earlier imports wrote, so that the next one can tell what a source changed from what an author did. It is kept
//! beside the articles, since their front matter has no room for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::marks::{Field, Marks};

/// The file's name in the content folder. It begins with a dot, so it is read neither as content nor as a document.
pub(super) const FILE: &str = ".imported.json";

/// Every article that was imported, by the source that it names.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ledger(BTreeMap<String, Entry>);

/// What is known of an imported article.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// What it was listed in: a folder, a file, a sitemap.
    #[serde(default)]
    from: String,
    /// What the source said, as it was written.
    #[serde(default)]
    said: Marks,
    /// What was said on the command line instead.
    #[serde(default)]
    given: Marks,
    /// What was written where neither said anything.
    #[serde(default)]
    rest: Marks,
    /// The last time that the source and the author disagreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disagreed: Option<Disagreement>,
}

/// What both sides said when a conflict was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Disagreement {
    source: Marks,
    author: Marks,
}

/// An article as its file has it and as it would be with what its source says.
#[derive(Debug)]
pub(super) struct Sides {
    /// What its source is listed in.
    pub(super) from: String,
    /// What the file says.
    pub(super) author: Marks,
    /// Whether the file has remarks in its front matter, which would be lost.
    pub(super) has_remarks: bool,
    /// What it would say.
    pub(super) merged: Marks,
    /// The fields that the source says something of.
    pub(super) said: Vec<Field>,
    /// What the command line says of the others.
    pub(super) given: Marks,
}

/// What is to be done with an article that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays as it is.
    Keep,
    /// It is written anew.
    Take,
    /// It stays although its source changed, since an author changed it too.
    Edited,
    /// It stays since nothing tells who made it differ from its source.
    Unknown,
}

impl Ledger {
    /// What is known of the article that names `source`.
    pub(super) fn get(&self, source: &str) -> Option<&Entry> {
        self.0.get(source)
    }

    /// Notes what is known of the article that names `source`.
    pub(super) fn note(&mut self, source: &str, entry: Entry) {
        self.0.insert(source.to_owned(), entry);
    }

    /// What is to be done with the article that names `source`, and what is known of it from then on.
    pub(super) fn weigh(&self, source: &str, sides: &Sides) -> (Verdict, Entry) {
        let before = self.get(source);
        let agreed = Entry::after(before, sides);
        if sides.author == sides.merged {
            return (Verdict::Keep, agreed);
        }
        let known = before.filter(|before| !before.said.is_empty());
        if let Some(known) = known {
            let is_given = sides.given.fields().all(|field| known.was_given(field, &sides.given));
            if known.said == agreed.said && is_given {
                let (from, entry) = (sides.from.clone(), known.clone());
                return (Verdict::Keep, Entry { from, disagreed: None, ..entry });
            }
            if !known.is_edited(sides) {
                return (Verdict::Take, agreed);
            }
        }
        let disagreed = before.and_then(|before| before.disagreed.clone());
        let disagreed = disagreed.filter(|disagreed| disagreed.source == agreed.said);
        if disagreed.as_ref().is_some_and(|disagreed| disagreed.author != sides.author) {
            // Whoever was told of the conflict has worked on the file since, against what the source still says.
            return (Verdict::Keep, agreed);
        }
        let disagreed = disagreed.unwrap_or_else(|| Disagreement { source: agreed.said, author: sides.author.clone() });
        let entry = before.cloned().unwrap_or_default();
        let entry = Entry { from: sides.from.clone(), disagreed: Some(disagreed), ..entry };
        (if known.is_some() { Verdict::Edited } else { Verdict::Unknown }, entry)
    }
}

impl Entry {
    /// That of an article that is new.
    pub(super) fn new(sides: &Sides) -> Self {
        let mut entry = Self::after(None, sides);
        for field in sides.merged.fields() {
            if entry.mark(field).is_none()
                && let Some(mark) = sides.merged.get(field)
            {
                entry.rest.set(field, mark);
            }
        }
        entry
    }

    /// What the article is listed in.
    pub(super) fn from(&self) -> &str {
        &self.from
    }

    /// Whether the command line said of `field` the last time what `given` says of it.
    pub(super) fn was_given(&self, field: Field, given: &Marks) -> bool {
        self.given.get(field).is_some_and(|before| given.get(field) == Some(before))
    }

    /// What is known once both sides agree. Of fields that nobody says anything of stays known what was written first,
    /// so that what an author adds there is never taken for something imported.
    fn after(before: Option<&Self>, sides: &Sides) -> Self {
        let (said, given) = (sides.merged.only(&sides.said), sides.given.clone());
        let mut entry = Self { from: sides.from.clone(), said, given, ..Self::default() };
        for field in sides.merged.fields() {
            let written = before.and_then(|before| before.mark(field));
            if let Some(written) = written.filter(|_| entry.mark(field).is_none()) {
                entry.rest.set(field, written);
            }
        }
        entry
    }

    /// Whether an author changed anything that the source says, or said before.
    fn is_edited(&self, sides: &Sides) -> bool {
        let mut fields = self.said.fields().chain(sides.said.iter().copied());
        sides.has_remarks || fields.any(|field| sides.author.get(field) != self.mark(field))
    }

    /// What was written into `field`, if that is known.
    fn mark(&self, field: Field) -> Option<&str> {
        [&self.said, &self.given, &self.rest].into_iter().find_map(|marks| marks.get(field))
    }
}
