//! Finds the embeddings nearest to a question: by looking at all of them while they are few; when they are many, first at
//! their signs, then at those that remain; and by a graph when they are very many.

mod graph;
mod signs;

use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::thread;

use models::Embedding;

use self::graph::Graph;
use self::signs::Signs;
use crate::both::both;
use crate::codes::{Code, Probe};

/// Up to this many embeddings are all looked at; it takes longer to sort out so few by their signs.
const ALL: usize = 4_000;
/// As many are looked at after their signs, or one in so many of all if that is more, and half as many again since two
/// halves are searched apart. Of the ten nearest of 49,000 sentences 99.6 % are among them.
const REMAINING: usize = 600;
const REMAINING_SHARE: usize = 250;

/// From this many on, a graph is built. On two cores the signs of 100,000 embeddings were looked through in 0.3 ms and a
/// graph in 1.2 ms; the number is that carried on in proportion, as no graph of so many was ever measured. A graph of
/// 100,000 takes 70 s to build.
const GRAPH_FROM: usize = 400_000;
/// So many times more than is wanted is looked at closely, as the order is not quite right or some may be gone.
const SPARE: usize = 2;

/// Which embeddings may be near a question. The embeddings themselves lie with whoever asks.
#[derive(Clone)]
pub struct VectorIndex {
    signs: Signs,
    /// Of the first of them, once it is built.
    graph: Arc<OnceLock<Graph>>,
}

/// One embedding near a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its place in the index.
    pub place: usize,
    /// Cosine similarity to the question, in `-1.0..=1.0`.
    pub cosine: f32,
}

impl VectorIndex {
    /// Indexes embeddings of one encoder, of which each is known by its place.
    pub fn build<'c>(codes: impl Iterator<Item = Code<'c>> + Clone) -> Self {
        let mut sum: Vec<f32> = Vec::new();
        let mut count = 0.0;
        for code in codes.clone() {
            sum.resize(sum.len().max(code.components().len()), 0.0);
            sum.iter_mut().zip(code.components()).for_each(|(total, component)| *total += component);
            count += 1.0;
        }
        let mut signs = Signs::new(sum.into_iter().map(|total| total / count).collect());
        codes.for_each(|code| signs.push(code.components()));
        Self { signs, graph: Arc::default() }
    }

    /// Whether there are so many that a graph is worth its while.
    pub(crate) fn wants_graph(&self) -> bool {
        self.len() >= GRAPH_FROM
    }

    /// Builds a graph in another thread, and searches by it once it is there. `codes` calls what it is given with each
    /// embedding of this index, in order, until that says that nobody needs the graph any more.
    pub(crate) fn build_graph(&self, codes: impl FnOnce(&mut dyn FnMut(Code<'_>) -> bool) + Send + 'static) {
        let (cell, expected) = (Arc::clone(&self.graph), self.len());
        let spawned = thread::Builder::new().name("graph".into()).spawn(move || {
            let mut graph = Graph::new(expected);
            let mut is_needed = true;
            codes(&mut |code| {
                graph.add(code);
                is_needed = Arc::strong_count(&cell) > 1;
                is_needed
            });
            if is_needed && graph.len() == expected {
                // Nobody else sets it.
                let _ = cell.set(graph);
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no graph of embeddings is built; searches by meaning take longer");
        }
    }

    /// Puts more at the end.
    pub fn extend<'c>(&mut self, codes: impl Iterator<Item = Code<'c>>) {
        codes.for_each(|code| self.signs.push(code.components()));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.signs.len()
    }

    /// How many bytes it takes.
    pub fn memory(&self) -> usize {
        self.signs.memory()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `limit` nearest to a question of those wanted, nearest first, ties by place. `at` tells the embedding at a
    /// place, or none if it is gone; `is_wanted` is asked of few.
    pub fn search<'c>(
        &self,
        question: &Probe,
        at: impl Fn(usize) -> Option<Code<'c>> + Sync,
        is_wanted: impl Fn(usize) -> bool + Sync,
        limit: usize,
    ) -> Vec<Neighbour> {
        let nearest_of = |candidates| Self::nearest_of(candidates, question, &at, &is_wanted, limit);
        let mut found = match self.graph.get() {
            _ if self.len() <= ALL => nearest_of((0..self.len()).collect()),
            Some(graph) => {
                let near = graph.nearest(question.code(), limit * SPARE).into_iter().map(|place| place as usize);
                nearest_of(near.chain(graph.len()..self.len()).collect())
            }
            None => {
                let remaining = REMAINING.max(self.len() / REMAINING_SHARE).max(limit * SPARE);
                let wanted = self.signs.wanted(question.components(), remaining);
                // What is near need not be spread evenly.
                let of = |places: Range<usize>| {
                    nearest_of(self.signs.nearest(&wanted, places, remaining / 2 + remaining / 4))
                };
                let half = self.len() / 2;
                let (mut first, second) = both(self.len(), || of(0..half), || of(half..self.len()));
                first.extend(second);
                best(first, limit)
            }
        };
        if found.len() < limit && self.len() > ALL {
            found = nearest_of((0..self.len()).collect());
        }
        found
    }

    /// The `limit` nearest of some, nearest first.
    fn nearest_of<'c>(
        candidates: Vec<usize>,
        question: &Probe,
        at: &impl Fn(usize) -> Option<Code<'c>>,
        is_wanted: &impl Fn(usize) -> bool,
        limit: usize,
    ) -> Vec<Neighbour> {
        // First all are looked up and then all compared, so that the processor waits for many at once.
        let (places, codes): (Vec<usize>, Vec<Code<'_>>) =
            candidates.into_iter().filter_map(|place| Some((place, at(place)?))).unzip();
        let cosines = question.cosines_of(&codes);
        let all = places.into_iter().zip(cosines).map(|(place, cosine)| Neighbour { place, cosine });
        let all: Vec<Neighbour> = all.collect();
        let wanted = |neighbour: &Neighbour| is_wanted(neighbour.place);
        let mut found: Vec<Neighbour> = best(all.clone(), limit * SPARE).into_iter().filter(wanted).collect();
        if found.len() < limit {
            found = best(all.into_iter().filter(wanted).collect(), limit * SPARE);
        }
        let codes: Vec<Code<'_>> = found.iter().filter_map(|neighbour| at(neighbour.place)).collect();
        for (neighbour, cosine) in found.iter_mut().zip(question.fine_cosines_of(&codes)) {
            neighbour.cosine = cosine;
        }
        best(found, limit)
    }
}

/// The `limit` nearest, nearest first, ties by place.
fn best(mut found: Vec<Neighbour>, limit: usize) -> Vec<Neighbour> {
    let nearest_first = |a: &Neighbour, b: &Neighbour| b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place));
    if found.len() > limit && limit > 0 {
        found.select_nth_unstable_by(limit - 1, nearest_first);
    }
    found.truncate(limit);
    found.sort_unstable_by(nearest_first);
    found
}

/// Cosine similarity of two embeddings of one encoder, in `-1.0..=1.0`.
pub fn cosine(a: &Embedding, b: &Embedding) -> f32 {
    dot(a.as_slice(), b.as_slice()).clamp(-1.0, 1.0)
}

/// Sums in sixteen independent lanes, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
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
    use crate::codes::Codes;

    /// Vectors around as many places as a twentieth of their number.
    fn scattered(count: usize) -> Codes {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        let mut codes = Codes::new(96);
        for _ in 0..count / 20 {
            let around: Vec<f32> = (0..96).map(|_| next()).collect();
            for _ in 0..20 {
                let vector: Vec<f32> = around.iter().map(|component| component + 0.7 * next()).collect();
                codes.push(&vector);
            }
        }
        codes
    }

    fn index(codes: &Codes) -> VectorIndex {
        VectorIndex::build((0..codes.len()).map(|place| codes.get(place)))
    }

    fn probe(codes: &Codes, place: usize) -> Probe {
        Probe::new(codes.get(place).to_embedding().unwrap().as_slice())
    }

    #[test]
    fn the_nearest_of_many_are_found_by_their_signs() {
        let codes = scattered(20_000);
        let index = index(&codes);
        let mut shared = 0;
        for place in (0..20_000).step_by(400) {
            let question = probe(&codes, place);
            let found = index.search(&question, |at| Some(codes.get(at)), |_| true, 10);
            assert_eq!(found[0].place, place, "a stored vector is its own nearest neighbour");
            let every: Vec<Code<'_>> = (0..20_000).map(|at| codes.get(at)).collect();
            let mut all: Vec<(f32, usize)> = question.cosines_of(&every).into_iter().zip(0..).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
            shared += all[..10].iter().filter(|(_, at)| found.iter().any(|neighbour| neighbour.place == *at)).count();
        }
        assert!(shared >= 495, "recall at ten is {shared} of 500");
    }

    #[test]
    fn nearest_come_first_and_no_more_than_asked_for() {
        let codes = scattered(20);
        let found = index(&codes).search(&probe(&codes, 3), |at| Some(codes.get(at)), |_| true, 5);
        assert_eq!(found.len(), 5);
        assert_eq!(found[0].place, 3);
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
    }

    #[test]
    fn an_empty_index_and_an_empty_wish_find_nothing() {
        let codes = scattered(20);
        let question = probe(&codes, 0);
        assert!(index(&Codes::new(96)).search(&question, |_| None, |_| true, 3).is_empty());
        assert!(index(&codes).search(&question, |at| Some(codes.get(at)), |_| true, 0).is_empty());
    }

    #[test]
    fn what_is_not_wanted_any_more_is_not_found_and_what_came_later_is() {
        for count in [40, 10_000] {
            let codes = scattered(count);
            let mut index = VectorIndex::build((0..count - 20).map(|place| codes.get(place)));
            index.extend((count - 20..count).map(|place| codes.get(place)));
            let at = |at: usize| (at >= 5).then(|| codes.get(at));
            let is_wanted = |at: usize| at >= 10;
            assert_eq!(index.search(&probe(&codes, count - 5), at, is_wanted, 1)[0].place, count - 5);
            let found = index.search(&probe(&codes, 5), at, is_wanted, 10);
            assert!(found.len() == 10 && found.iter().all(|neighbour| neighbour.place >= 10));
        }
    }

    #[test]
    fn a_graph_finds_what_the_signs_find_once_it_is_built() {
        let codes = Arc::new(scattered(5_000));
        let mut index = VectorIndex::build((0..4_980).map(|place| codes.get(place)));
        let held = Arc::clone(&codes);
        index.build_graph(move |each| assert!((0..4_980).map(|place| held.get(place)).all(each)));
        while index.graph.get().is_none() {
            thread::yield_now();
        }
        index.extend((4_980..5_000).map(|place| codes.get(place)));
        let at = |at: usize| (at >= 5).then(|| codes.get(at));
        let is_wanted = |at: usize| at >= 10;
        for place in [100, 2_000, 4_990] {
            assert_eq!(index.search(&probe(&codes, place), at, is_wanted, 1)[0].place, place);
        }
        let found = index.search(&probe(&codes, 5), at, is_wanted, 10);
        assert!(found.len() == 10 && found.iter().all(|neighbour| neighbour.place >= 10));
    }

    #[test]
    fn a_question_of_another_encoder_is_harmless() {
        let codes = scattered(20);
        assert_eq!(index(&codes).search(&Probe::new(&[1.0; 5]), |at| Some(codes.get(at)), |_| true, 3).len(), 3);
    }
}
