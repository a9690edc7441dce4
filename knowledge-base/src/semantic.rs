//! Finds the nearest embeddings: by looking at all of them while they are few, through a graph when they are many.
//!
//! An index never changes after it is built, because the graph has no deletes; a new snapshot builds a new one. What
//! makes the graph library panic or exit (a NaN, a zero vector, mixed lengths, more than 256 connections, loading a
//! dump) cannot be reached from here.

use hnsw_rs::prelude::{Distance, Hnsw};
use models::Embedding;

/// Up to this many embeddings an exact scan takes a few milliseconds at most and needs no graph.
pub const EXACT_SCAN_LIMIT: usize = 20_000;

/// Connections of a point in the graph; the library stops the process above 256.
const CONNECTIONS: usize = 24;
const LAYERS: usize = 16;
const BUILD_BREADTH: usize = 200;
const SEARCH_BREADTH: usize = 128;

/// An immutable set of embeddings of one encoder, each known by its place.
pub struct VectorIndex {
    vectors: Vec<Embedding>,
    graph: Option<Hnsw<'static, f32, Angle>>,
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
    /// Indexes `vectors`, which must all come from the same encoder.
    pub fn build(vectors: Vec<Embedding>) -> Self {
        Self::with_exact_limit(vectors, EXACT_SCAN_LIMIT)
    }

    /// The `limit` nearest to `query`, nearest first, ties by place.
    pub fn search(&self, query: &Embedding, limit: usize) -> Vec<Neighbour> {
        let places: Box<dyn Iterator<Item = usize>> = match &self.graph {
            Some(graph) if self.dimension() == Some(query.as_slice().len()) => {
                let found = graph.search(query.as_slice(), limit, SEARCH_BREADTH.max(limit));
                Box::new(found.into_iter().map(|neighbour| neighbour.d_id))
            }
            _ => Box::new(0..self.vectors.len()),
        };
        let mut found: Vec<Neighbour> = places
            .map(|place| Neighbour {
                place,
                cosine: cosine(&self.vectors[place], query),
            })
            .collect();
        let nearest_first = |a: &Neighbour, b: &Neighbour| {
            b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place))
        };
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by(limit - 1, nearest_first);
        }
        found.truncate(limit);
        found.sort_by(nearest_first);
        found
    }

    fn with_exact_limit(vectors: Vec<Embedding>, limit: usize) -> Self {
        let dimension = vectors.first().map(|vector| vector.as_slice().len());
        let is_uniform = vectors
            .iter()
            .all(|vector| Some(vector.as_slice().len()) == dimension);
        let graph = (vectors.len() > limit && is_uniform).then(|| {
            let graph = Hnsw::new(CONNECTIONS, vectors.len(), LAYERS, BUILD_BREADTH, Angle);
            for (place, vector) in vectors.iter().enumerate() {
                graph.insert((vector.as_slice(), place));
            }
            graph
        });
        Self { vectors, graph }
    }

    fn dimension(&self) -> Option<usize> {
        self.vectors.first().map(|vector| vector.as_slice().len())
    }
}

/// Cosine similarity of two embeddings of one encoder, in `-1.0..=1.0`.
pub fn cosine(a: &Embedding, b: &Embedding) -> f32 {
    dot(a.as_slice(), b.as_slice()).clamp(-1.0, 1.0)
}

/// One minus the cosine, never below zero, which the graph requires.
#[derive(Clone, Copy, Default)]
struct Angle;

impl Distance<f32> for Angle {
    fn eval(&self, a: &[f32], b: &[f32]) -> f32 {
        (1.0 - dot(a, b)).max(0.0)
    }
}

/// Sums in eight independent lanes, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    fn scattered(count: usize) -> Vec<Embedding> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        (0..count)
            .map(|_| Embedding::new((0..37).map(|_| next()).collect()).unwrap())
            .collect()
    }

    #[test]
    fn the_graph_finds_what_the_scan_finds() {
        let vectors = scattered(1500);
        let exact = VectorIndex::with_exact_limit(vectors.clone(), usize::MAX);
        let graph = VectorIndex::with_exact_limit(vectors.clone(), 0);
        let mut shared = 0;
        for query in &vectors[..50] {
            let truth = exact.search(query, 10);
            let found = graph.search(query, 10);
            assert_eq!(
                found[0], truth[0],
                "a stored vector is its own nearest neighbour"
            );
            shared += truth
                .iter()
                .filter(|neighbour| found.contains(neighbour))
                .count();
        }
        assert!(shared >= 475, "recall at ten is {shared} of 500");
    }

    #[test]
    fn nearest_come_first_and_no_more_than_asked_for() {
        let index = VectorIndex::build(scattered(20));
        let found = index.search(&scattered(21)[20], 5);
        assert_eq!(found.len(), 5);
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
    }

    #[test]
    fn an_empty_index_and_an_empty_wish_find_nothing() {
        let query = &scattered(1)[0];
        assert!(
            VectorIndex::with_exact_limit(Vec::new(), 0)
                .search(query, 3)
                .is_empty()
        );
        assert!(VectorIndex::build(scattered(3)).search(query, 0).is_empty());
    }

    #[test]
    fn a_query_of_another_encoder_is_harmless() {
        let graph = VectorIndex::with_exact_limit(scattered(10), 0);
        let query = Embedding::new(vec![1.0; 5]).unwrap();
        assert_eq!(graph.search(&query, 3).len(), 3);
    }
}
