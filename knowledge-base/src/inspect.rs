//! What stands in the knowledge base, passage by passage, for whoever looks for what should be mended.

use models::Embedding;

use crate::article::Article;
use crate::chunk::Passage;
use crate::snapshot::Snapshot;

/// A passage as it is searched.
#[derive(Clone, Copy)]
pub struct PassageView<'s> {
    /// Its article.
    pub article: &'s Article,
    /// Its text and units.
    pub passage: &'s Passage,
    /// What it means, read after its title and headings.
    pub whole: &'s Embedding,
    /// What each of its units means.
    pub units: &'s [Embedding],
}

impl Snapshot {
    /// Every passage, article by article in the order of [`articles`](Self::articles).
    pub fn views(&self) -> impl Iterator<Item = PassageView<'_>> {
        self.articles.iter().flat_map(|indexed| {
            indexed.passages.iter().map(|inside| PassageView {
                article: &indexed.article,
                passage: &inside.passage,
                whole: &inside.whole,
                units: &inside.units,
            })
        })
    }

    /// The places, among [`articles`](Self::articles), of the articles of a language that have a title, question or
    /// passage among the `limit` nearest to `meaning` of an audience. One may come several times.
    pub fn near<'s>(
        &'s self,
        meaning: &'s Embedding,
        language: &'s str,
        limit: usize,
    ) -> impl Iterator<Item = usize> + 's {
        let shelves = self.shelves.iter().filter(move |shelf| shelf.language == language);
        shelves.flat_map(move |shelf| {
            let near = shelf.vectors.search(meaning, limit);
            near.into_iter().map(|neighbour| shelf.article_idxs[neighbour.place])
        })
    }

    /// How many embeddings there are to search by meaning.
    pub fn size(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.article_idxs.len()).sum()
    }
}
