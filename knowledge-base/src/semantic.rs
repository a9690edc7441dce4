//! Finds the embeddings nearest to a question: by looking at all of them while they are few; when they are many, first at
//! their signs, then at those that remain.

mod signs;

use models::Embedding;

use self::signs::Signs;
use crate::codes::{Code, Probe};

/// Up to this many embeddings are all looked at; it takes longer to sort out so few by their signs.
const ALL: usize = 4_000;
/// As many are looked at after their signs, or this share of all if that is more. On 100,000 sentences, 99.7 % of the ten
/// nearest are among one in a hundred.
const REMAINING: usize = 1_000;
const REMAINING_SHARE: usize = 100;

/// Which embeddings may be near a question. The embeddings themselves lie with whoever asks.
#[derive(Clone)]
pub struct VectorIndex {
    signs: Signs,
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
        Self { signs }
    }

    /// Puts more at the end.
    pub fn extend<'c>(&mut self, codes: impl Iterator<Item = Code<'c>>) {
        codes.for_each(|code| self.signs.push(code.components()));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.signs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `limit` nearest to a question, nearest first, ties by place. `at` tells the embedding at a place, or none if
    /// it is not wanted any more.
    pub fn search<'c>(
        &self,
        question: &Probe,
        at: impl Fn(usize) -> Option<Code<'c>>,
        limit: usize,
    ) -> Vec<Neighbour> {
        let near = |place: usize| Some(Neighbour { place, cosine: question.cosine(at(place)?) });
        let mut found: Vec<Neighbour> = if self.len() <= ALL {
            (0..self.len()).filter_map(near).collect()
        } else {
            let remaining = REMAINING.max(self.len() / REMAINING_SHARE).max(limit * 2);
            let places = self.signs.nearest(question.code().components(), remaining);
            places.into_iter().filter_map(|place| near(place as usize)).collect()
        };
        let nearest_first = |a: &Neighbour, b: &Neighbour| b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place));
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by(limit - 1, nearest_first);
        }
        found.truncate(limit);
        found.sort_unstable_by(nearest_first);
        found
    }
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
            let found = index.search(&question, |at| Some(codes.get(at)), 10);
            assert_eq!(found[0].place, place, "a stored vector is its own nearest neighbour");
            let mut all: Vec<(f32, usize)> = (0..20_000).map(|at| (question.cosine(codes.get(at)), at)).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
            shared += all[..10].iter().filter(|(_, at)| found.iter().any(|neighbour| neighbour.place == *at)).count();
        }
        assert!(shared >= 495, "recall at ten is {shared} of 500");
    }

    #[test]
    fn nearest_come_first_and_no_more_than_asked_for() {
        let codes = scattered(20);
        let found = index(&codes).search(&probe(&codes, 3), |at| Some(codes.get(at)), 5);
        assert_eq!(found.len(), 5);
        assert_eq!(found[0].place, 3);
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
    }

    #[test]
    fn an_empty_index_and_an_empty_wish_find_nothing() {
        let codes = scattered(20);
        let question = probe(&codes, 0);
        assert!(index(&Codes::new(96)).search(&question, |_| None, 3).is_empty());
        assert!(index(&codes).search(&question, |at| Some(codes.get(at)), 0).is_empty());
    }

    #[test]
    fn what_is_not_wanted_any_more_is_not_found_and_what_came_later_is() {
        for count in [40, 10_000] {
            let codes = scattered(count);
            let mut index = VectorIndex::build((0..count - 20).map(|place| codes.get(place)));
            index.extend((count - 20..count).map(|place| codes.get(place)));
            let is_wanted = |at: usize| (at >= 10).then(|| codes.get(at));
            assert_eq!(index.search(&probe(&codes, count - 5), is_wanted, 1)[0].place, count - 5);
            let found = index.search(&probe(&codes, 5), is_wanted, 10);
            assert!(found.len() == 10 && found.iter().all(|neighbour| neighbour.place >= 10));
        }
    }

    #[test]
    fn a_question_of_another_encoder_is_harmless() {
        let codes = scattered(20);
        assert_eq!(index(&codes).search(&Probe::new(&[1.0; 5]), |at| Some(codes.get(at)), 3).len(), 3);
    }
}
