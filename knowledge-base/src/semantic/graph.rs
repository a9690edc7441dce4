//! A graph of near neighbours that only grows. Each index remembers which of its points it wants; when too few are
//! wanted, the next index starts a new graph.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hnsw_rs::prelude::{Distance, Hnsw};
use models::Embedding;

use super::dot;

/// Connections of a point; the library stops the process above 256.
const CONNECTIONS: usize = 16;
const LAYERS: usize = 16;
const BUILD_BREADTH: usize = 80;
const SEARCH_BREADTH: usize = 128;

/// Points numbered in the order they came.
pub(super) struct Graph {
    points: Hnsw<'static, f32, Angle>,
    members: Mutex<Members>,
    dimension: usize,
}

/// The embeddings in the graph. Holding them keeps their addresses theirs.
#[derive(Default)]
struct Members {
    held: Vec<Embedding>,
    /// Numbers by address: an unchanged text keeps its embedding, so it is found here after an edit.
    by_address: HashMap<usize, Vec<usize>>,
}

impl Graph {
    pub(super) fn new(dimension: usize, expected: usize) -> Self {
        let points = Hnsw::new(CONNECTIONS, expected, LAYERS, BUILD_BREADTH, Angle);
        Self { points, members: Mutex::default(), dimension }
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    /// Whether at least two thirds of the points would be wanted after adding `vectors`.
    pub(super) fn can_take(&self, vectors: &[Embedding]) -> bool {
        let members = self.members();
        let new = vectors.iter().filter(|vector| !members.by_address.contains_key(&address(vector))).count();
        vectors.len() * 3 >= (members.held.len() + new) * 2
    }

    /// Makes sure that all of `vectors` are in the graph, and says for every point which of them it is.
    pub(super) fn add(&self, vectors: &[Embedding]) -> Vec<Option<usize>> {
        let mut members = self.members();
        let mut places = vec![None; members.held.len()];
        for (place, vector) in vectors.iter().enumerate() {
            let numbers = members.by_address.get(&address(vector));
            let free = numbers.and_then(|numbers| numbers.iter().copied().find(|&number| places[number].is_none()));
            if let Some(number) = free {
                places[number] = Some(place);
            } else {
                let number = members.held.len();
                self.points.insert((vector.as_slice(), number));
                members.held.push(vector.clone());
                members.by_address.entry(address(vector)).or_default().push(number);
                places.push(Some(place));
            }
        }
        places
    }

    /// Numbers of about `limit` points near `query`, in no order. The query must have the graph's dimension.
    pub(super) fn search(&self, query: &Embedding, limit: usize) -> Vec<usize> {
        let found = self.points.search(query.as_slice(), limit, SEARCH_BREADTH.max(limit));
        found.into_iter().map(|neighbour| neighbour.d_id).collect()
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(vector: &Embedding) -> usize {
    vector.as_slice().as_ptr().addr()
}

/// One minus the cosine, never below zero, which the graph requires.
#[derive(Clone, Copy, Default)]
struct Angle;

impl Distance<f32> for Angle {
    fn eval(&self, a: &[f32], b: &[f32]) -> f32 {
        (1.0 - dot(a, b)).max(0.0)
    }
}
