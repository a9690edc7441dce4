//! What stands in the knowledge base, passage by passage, for whoever looks for what should be mended.

use std::ops::Range;

use crate::article::Article;
use crate::chunk::{Passage, UnitKind, announces_next};
use crate::codes::{Code, Probe};
use crate::indexed::IndexedArticle;
use crate::snapshot::Snapshot;

/// A passage as it is searched.
#[derive(Clone)]
pub struct PassageView<'s> {
    /// Its article.
    pub article: &'s Article,
    /// Its text and units.
    pub passage: &'s Passage,
    /// What it means, read after its title and headings.
    pub whole: Code<'s>,
    indexed: &'s IndexedArticle,
    units: Range<usize>,
}

/// A unit of a passage.
#[derive(Clone, Copy)]
pub struct UnitView<'s> {
    /// Its plain text.
    pub text: &'s str,
    /// What it is.
    pub kind: UnitKind,
    /// What it means.
    pub meaning: Code<'s>,
}

impl<'s> PassageView<'s> {
    /// What it is made of, in order.
    pub fn units(&self) -> impl Iterator<Item = UnitView<'s>> + use<'s> {
        let (passage, indexed) = (self.passage, self.indexed);
        passage.units.iter().zip(self.units.clone()).map(move |(unit, place)| UnitView {
            text: passage.unit_text(unit),
            kind: unit.kind,
            meaning: indexed.codes.get(place),
        })
    }
}

impl UnitView<'_> {
    /// Whether it only announces what follows.
    pub fn announces_next(&self) -> bool {
        announces_next(self.text)
    }
}

impl Snapshot {
    /// Every passage, article by article in the order of [`articles`](Self::articles).
    pub fn views(&self) -> impl Iterator<Item = PassageView<'_>> {
        self.articles.iter().flat_map(|indexed| {
            let places = indexed.wholes().zip(indexed.units());
            indexed.passages.iter().zip(places).map(|(passage, (whole, units))| PassageView {
                article: &indexed.article,
                passage,
                whole: indexed.codes.get(whole),
                indexed,
                units,
            })
        })
    }

    /// The places, among [`articles`](Self::articles), of the `limit` articles of an audience and of `language` that have
    /// a title, question or passage nearest to `meaning`.
    pub fn near(&self, meaning: Code<'_>, language: &str, limit: usize) -> Vec<usize> {
        let components: Vec<f32> = meaning.components().collect();
        let probe = Probe::new(&components);
        let shelves = self.shelves.iter().filter(|shelf| shelf.language == language);
        let near = shelves.flat_map(|shelf| {
            let numbers = shelf.search_meaning(&probe, limit, |_| true);
            numbers.into_iter().filter_map(|number| Some(&shelf.get(number)?.article.id))
        });
        near.filter_map(|id| self.articles.binary_search_by(|indexed| indexed.article.id.cmp(id)).ok()).collect()
    }

    /// How many embeddings there are to search by meaning.
    pub fn size(&self) -> usize {
        self.articles.iter().map(|indexed| indexed.searched().len()).sum()
    }
}
