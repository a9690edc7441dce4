//! Takes out of cosines what all of a knowledge base has in common. Articles of one shop are all about orders; what sets
//! them apart decides which of them answers.
//!
//! To subtract the mean of all vectors before they are compared is the first half of "all-but-the-top" (Mu and
//! Viswanath, ICLR 2018), which here is done with the texts of one organisation.

use crate::codes::{Code, Codes, Probe};

/// With as many embeddings half of their mean is subtracted, with more of them more: few say little about what is common.
const HALF: f64 = 50.0;
/// A vector closer than this to the centre has no direction from there.
const LEAST_DISTANCE: f32 = 0.05;

/// The part of their mean that is taken out of embeddings.
pub(crate) struct Centre {
    members: Members,
    direction: Probe,
    length: f32,
}

/// What a centre is the centre of.
#[derive(Clone, Default)]
pub(crate) struct Members {
    sum: Vec<f64>,
    count: f64,
}

impl Members {
    pub(crate) fn add(&mut self, code: Code<'_>) {
        self.count(code, 1.0);
    }

    pub(crate) fn remove(&mut self, code: Code<'_>) {
        self.count(code, -1.0);
    }

    fn count(&mut self, code: Code<'_>, times: f64) {
        self.sum.resize(self.sum.len().max(code.components().len()), 0.0);
        for (total, component) in self.sum.iter_mut().zip(code.components()) {
            *total += times * f64::from(component);
        }
        self.count += times;
    }
}

/// A question seen from the centre.
pub(crate) struct View<'a> {
    centre: &'a Centre,
    question: Probe,
    along: f32,
    distance: f32,
}

impl Centre {
    pub(crate) fn of(members: Members) -> Self {
        let vector: Vec<f32> = members.sum.iter().map(|total| (total / (members.count + HALF)) as f32).collect();
        let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
        Self { members, direction: Probe::new(&vector), length }
    }

    /// What it is the centre of.
    pub(crate) fn members(&self) -> &Members {
        &self.members
    }

    /// `question` as seen from here.
    pub(crate) fn view(&self, question: &[f32]) -> View<'_> {
        let question = Probe::new(question);
        let along = self.length * self.direction.code().cosine(question.code());
        View { centre: self, question, along, distance: self.distance(along) }
    }

    /// How far from here a vector of length one lies whose product with the centre is `along`.
    fn distance(&self, along: f32) -> f32 {
        (1.0 - 2.0 * along + self.length * self.length).max(0.0).sqrt()
    }
}

/// How close an embedding is to a question; both in `-1.0..=1.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cosines {
    /// The cosine.
    pub(crate) plain: f32,
    /// The cosine of the angle between the two at the centre.
    pub(crate) centred: f32,
}

impl Cosines {
    /// Those of opposites.
    pub(crate) const LEAST: Self = Self { plain: -1.0, centred: -1.0 };

    /// The greater of each.
    pub(crate) fn max(self, other: Self) -> Self {
        Self { plain: self.plain.max(other.plain), centred: self.centred.max(other.centred) }
    }
}

impl View<'_> {
    /// The question itself.
    pub(crate) fn question(&self) -> &Probe {
        &self.question
    }

    /// How close each of `codes` is to the question.
    pub(crate) fn cosines(&self, codes: &Codes) -> Vec<Cosines> {
        let plain = self.question.cosines(codes, 0..codes.len());
        let along = self.centre.direction.cosines(codes, 0..codes.len());
        plain.into_iter().zip(along).map(|(plain, along)| self.seen(plain, self.centre.length * along)).collect()
    }

    fn seen(&self, plain: f32, along: f32) -> Cosines {
        let distances = self.distance * self.centre.distance(along);
        if distances < LEAST_DISTANCE * LEAST_DISTANCE {
            return Cosines { plain, centred: plain };
        }
        let centred = (plain - self.along - along + self.centre.length * self.centre.length) / distances;
        Cosines { plain, centred: centred.clamp(-1.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(vectors: &[Vec<f32>]) -> Codes {
        let mut codes = Codes::new(vectors[0].len());
        for vector in vectors {
            codes.push(vector);
        }
        codes
    }

    fn centre(codes: &Codes) -> Centre {
        let mut members = Members::default();
        for place in 0..codes.len() {
            members.add(codes.get(place));
        }
        Centre::of(members)
    }

    #[test]
    fn what_all_have_in_common_counts_for_less() {
        let shop: Vec<Vec<f32>> = (0..200).map(|at| vec![1.0, if at % 2 == 0 { 0.5 } else { -0.5 }]).collect();
        let (codes, centre) = (codes(&shop), centre(&codes(&shop)));
        let cosines = centre.view(&shop[0]).cosines(&codes);
        assert!(cosines[1].plain > 0.5);
        assert!(cosines[1].centred < 0.0);
        assert!(cosines[2].centred > 0.999);
    }

    #[test]
    fn without_articles_a_cosine_is_a_cosine() {
        let cosines = Centre::of(Members::default()).view(&[1.0, 2.0]).cosines(&codes(&[vec![2.0, 1.0]]));
        assert!((cosines[0].centred - cosines[0].plain).abs() < 1e-6);
    }

    #[test]
    fn what_was_taken_out_leaves_no_trace() {
        let codes = codes(&[vec![1.0, 0.2], vec![0.3, 1.0], vec![-0.5, 0.5]]);
        let mut members = Members::default();
        for place in 0..3 {
            members.add(codes.get(place));
        }
        members.remove(codes.get(1));
        let mut others = Members::default();
        for place in [0, 2] {
            others.add(codes.get(place));
        }
        let view = |members: Members| Centre::of(members).view(&[0.7, 0.7]).cosines(&codes);
        for (left, fresh) in view(members).into_iter().zip(view(others)) {
            assert!((left.centred - fresh.centred).abs() < 1e-6);
        }
    }

    proptest! {
        #[test]
        fn a_cosine_stays_in_range_and_is_the_same_from_both_sides(
            vectors in proptest::collection::vec(proptest::collection::vec(0.01_f32..1.0, 4), 2..40),
        ) {
            let codes = codes(&vectors);
            let centre = centre(&codes);
            let there = centre.view(&vectors[0]).cosines(&codes)[1].centred;
            let back = centre.view(&vectors[1]).cosines(&codes)[0].centred;
            prop_assert!((-1.0..=1.0).contains(&there));
            prop_assert!((there - back).abs() < 0.05, "{} and {}", there, back);
        }
    }
}
