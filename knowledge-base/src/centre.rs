//! Takes out of cosines what all of a knowledge base has in common. Articles of one shop are all about orders; what sets
//! them apart decides which of them answers.
//!
//! To subtract the mean of all vectors before they are compared is the first half of "all-but-the-top" (Mu and
//! Viswanath, ICLR 2018), which here is done with the texts of one organisation.

use models::Embedding;

use crate::semantic::{cosine, dot};

/// With as many embeddings half of their mean is subtracted, with more of them more: few say little about what is common.
const HALF: f32 = 50.0;
/// A vector closer than this to the centre has no direction from there.
const LEAST_DISTANCE: f32 = 0.05;

/// The part of their mean that is taken out of embeddings.
pub(crate) struct Centre {
    vector: Vec<f32>,
    squared: f32,
}

/// A question seen from the centre.
pub(crate) struct View<'a> {
    centre: &'a Centre,
    query: &'a Embedding,
    along: f32,
    distance: f32,
}

impl Centre {
    /// The centre of `embeddings`, which all come from one encoder.
    pub(crate) fn of<'e>(embeddings: impl Iterator<Item = &'e Embedding>) -> Self {
        let mut sum: Vec<f32> = Vec::new();
        let mut count = 0.0;
        for embedding in embeddings {
            sum.resize(embedding.as_slice().len(), 0.0);
            for (total, component) in sum.iter_mut().zip(embedding.as_slice()) {
                *total += component;
            }
            count += 1.0;
        }
        let vector: Vec<f32> = sum.into_iter().map(|total| total / (count + HALF)).collect();
        Self { squared: dot(&vector, &vector), vector }
    }

    /// `query` as seen from here.
    pub(crate) fn view<'a>(&'a self, query: &'a Embedding) -> View<'a> {
        let along = dot(&self.vector, query.as_slice());
        View { centre: self, query, along, distance: self.distance(along) }
    }

    /// How far from here a vector of length one lies whose product with the centre is `along`.
    fn distance(&self, along: f32) -> f32 {
        (1.0 - 2.0 * along + self.squared).max(0.0).sqrt()
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
    /// How close `embedding` is to the question.
    pub(crate) fn cosines(&self, embedding: &Embedding) -> Cosines {
        let plain = cosine(embedding, self.query);
        let along = dot(&self.centre.vector, embedding.as_slice());
        let distances = self.distance * self.centre.distance(along);
        if distances < LEAST_DISTANCE * LEAST_DISTANCE {
            return Cosines { plain, centred: plain };
        }
        let centred = (plain - self.along - along + self.centre.squared) / distances;
        Cosines { plain, centred: centred.clamp(-1.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn embedding(components: &[f32]) -> Embedding {
        Embedding::new(components.to_vec()).unwrap()
    }

    #[test]
    fn what_all_have_in_common_counts_for_less() {
        let shop: Vec<Embedding> = (0..200).map(|at| embedding(&[1.0, if at % 2 == 0 { 0.5 } else { -0.5 }])).collect();
        let centre = Centre::of(shop.iter());
        let view = centre.view(&shop[0]);
        assert!(cosine(&shop[0], &shop[1]) > 0.5);
        assert!(view.cosines(&shop[1]).centred < 0.0);
        assert!(view.cosines(&shop[2]).centred > 0.999);
    }

    #[test]
    fn without_articles_a_cosine_is_a_cosine() {
        let (a, b) = (embedding(&[1.0, 2.0]), embedding(&[2.0, 1.0]));
        let cosines = Centre::of(std::iter::empty()).view(&a).cosines(&b);
        assert!((cosines.centred - cosines.plain).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn a_cosine_stays_in_range_and_is_the_same_from_both_sides(
            vectors in proptest::collection::vec(proptest::collection::vec(0.01_f32..1.0, 4), 2..40),
        ) {
            let embeddings: Vec<Embedding> = vectors.iter().map(|vector| embedding(vector)).collect();
            let centre = Centre::of(embeddings.iter());
            let (first, second) = (&embeddings[0], &embeddings[1]);
            let there = centre.view(first).cosines(second).centred;
            prop_assert!((-1.0..=1.0).contains(&there));
            prop_assert!((there - centre.view(second).cosines(first).centred).abs() < 1e-3);
        }
    }
}
