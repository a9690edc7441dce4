//! Finds the nearest embeddings: by looking at all of them while they are few, through a graph when they are many.
//!
//! What makes the graph library panic or exit (a NaN, a zero vector, mixed lengths, more than 256 connections, loading
//! a dump) cannot be reached from here, and its lack of deletes is kept inside [`graph`].

mod graph;

use std::sync::Arc;

use models::Embedding;

use self::graph::Graph;

/// Up to this many embeddings are scanned. Of 384 components each, that takes about 15 ms on one core, which the graph
/// does not beat before, while it takes minutes to build.
pub const EXACT_SCAN_LIMIT: usize = 50_000;

/// An immutable set of embeddings of one encoder, each known by its place.
pub struct VectorIndex {
    vectors: Vec<Embedding>,
    graph: Option<Arc<Graph>>,
    /// Place by the graph's number of a point; no place for a point that is no longer wanted.
    places: Vec<Option<usize>>,
}

/// One embedding near a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its place in the index.
    pub place: usize,
    /// Cosine similarity to the query, in `-1.0..=1.0`.
    pub cosine: f32,
}

impl VectorIndex {
    /// Indexes `vectors`, which must all come from the same encoder. What `before` knows of them is used again, so that
    /// a small change to a large index takes little time.
    pub fn build(vectors: Vec<Embedding>, before: Option<&Self>) -> Self {
        Self::with_exact_limit(vectors, before, EXACT_SCAN_LIMIT)
    }

    /// All of them, by place.
    pub fn vectors(&self) -> impl Iterator<Item = &Embedding> {
        self.vectors.iter()
    }

    /// The `limit` nearest to `query`, nearest first, ties by place.
    pub fn search(&self, query: &Embedding, limit: usize) -> Vec<Neighbour> {
        let near = |place: usize| Neighbour { place, cosine: cosine(&self.vectors[place], query) };
        let mut found: Vec<Neighbour> = match &self.graph {
            Some(graph) if graph.dimension() == query.as_slice().len() => {
                // Unwanted points take up room among the nearest, so more are asked for.
                let unwanted = self.places.len() - self.vectors.len();
                let points = graph.search(query, limit + unwanted.min(limit));
                points.into_iter().filter_map(|point| Some(near((*self.places.get(point)?)?))).collect()
            }
            _ => (0..self.vectors.len()).map(near).collect(),
        };
        let nearest_first = |a: &Neighbour, b: &Neighbour| b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place));
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by(limit - 1, nearest_first);
        }
        found.truncate(limit);
        found.sort_by(nearest_first);
        found
    }

    fn with_exact_limit(vectors: Vec<Embedding>, before: Option<&Self>, limit: usize) -> Self {
        let dimension = vectors.first().map_or(0, |vector| vector.as_slice().len());
        let is_uniform = vectors.iter().all(|vector| vector.as_slice().len() == dimension);
        if vectors.len() <= limit || !is_uniform {
            return Self { vectors, graph: None, places: Vec::new() };
        }
        let reusable = before.and_then(|before| before.graph.clone());
        let graph = reusable
            .filter(|graph| graph.dimension() == dimension && graph.can_take(&vectors))
            .unwrap_or_else(|| Arc::new(Graph::new(dimension, vectors.len())));
        let places = graph.add(&vectors);
        Self { vectors, graph: Some(graph), places }
    }
}

/// Cosine similarity of two embeddings of one encoder, in `-1.0..=1.0`.
pub fn cosine(a: &Embedding, b: &Embedding) -> f32 {
    dot(a.as_slice(), b.as_slice()).clamp(-1.0, 1.0)
}

/// Sums in sixteen independent lanes, which the compiler turns into vector instructions.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_chunks, a_rest) = a.as_chunks::<16>();
    let (b_chunks, b_rest) = b.as_chunks::<16>();
    let mut lanes = [0.0_f32; 16];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scattered(count: usize) -> Vec<Embedding> {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        (0..count).map(|_| Embedding::new((0..37).map(|_| next()).collect()).unwrap()).collect()
    }

    #[test]
    fn the_graph_finds_what_the_scan_finds() {
        let vectors = scattered(1500);
        let exact = VectorIndex::with_exact_limit(vectors.clone(), None, usize::MAX);
        let graph = VectorIndex::with_exact_limit(vectors.clone(), None, 0);
        let mut shared = 0;
        for query in &vectors[..50] {
            let truth = exact.search(query, 10);
            let found = graph.search(query, 10);
            assert_eq!(found[0], truth[0], "a stored vector is its own nearest neighbour");
            shared += truth.iter().filter(|neighbour| found.contains(neighbour)).count();
        }
        assert!(shared >= 475, "recall at ten is {shared} of 500");
    }

    #[test]
    fn nearest_come_first_and_no_more_than_asked_for() {
        let index = VectorIndex::build(scattered(20), None);
        let found = index.search(&scattered(21)[20], 5);
        assert_eq!(found.len(), 5);
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
    }

    #[test]
    fn an_empty_index_and_an_empty_wish_find_nothing() {
        let query = &scattered(1)[0];
        assert!(VectorIndex::with_exact_limit(Vec::new(), None, 0).search(query, 3).is_empty());
        assert!(VectorIndex::build(scattered(3), None).search(query, 0).is_empty());
    }

    #[test]
    fn a_query_of_another_encoder_is_harmless() {
        let graph = VectorIndex::with_exact_limit(scattered(10), None, 0);
        let query = Embedding::new(vec![1.0; 5]).unwrap();
        assert_eq!(graph.search(&query, 3).len(), 3);
    }

    #[test]
    fn an_edited_graph_finds_the_new_and_forgets_the_old() {
        let vectors = scattered(400);
        let before = VectorIndex::with_exact_limit(vectors[..300].to_vec(), None, 0);
        let after = VectorIndex::with_exact_limit(vectors[50..400].to_vec(), Some(&before), 0);
        assert!(Arc::ptr_eq(before.graph.as_ref().unwrap(), after.graph.as_ref().unwrap()));
        assert_eq!(after.search(&vectors[350], 1)[0].place, 300);
        let forgotten = after.search(&vectors[0], 10);
        assert_eq!(forgotten.len(), 10);
        assert!(forgotten[0].cosine < 0.999);
        assert_eq!(before.search(&vectors[0], 1)[0].place, 0, "an older index is not disturbed");
        assert!(before.search(&vectors[350], 10).iter().all(|neighbour| neighbour.place < 300));
    }

    #[test]
    fn a_graph_of_mostly_unwanted_points_is_given_up() {
        let vectors = scattered(300);
        let before = VectorIndex::with_exact_limit(vectors.clone(), None, 0);
        let after = VectorIndex::with_exact_limit(vectors[..100].to_vec(), Some(&before), 0);
        assert!(!Arc::ptr_eq(before.graph.as_ref().unwrap(), after.graph.as_ref().unwrap()));
        assert_eq!(after.search(&vectors[7], 1)[0].place, 7);
    }

    #[test]
    fn equal_texts_in_two_places_are_both_found() {
        let mut vectors = scattered(30);
        vectors.push(vectors[4].clone());
        let index = VectorIndex::with_exact_limit(vectors.clone(), None, 0);
        let places: Vec<usize> = index.search(&vectors[4], 2).iter().map(|neighbour| neighbour.place).collect();
        assert_eq!(places, [4, 30]);
    }
}
