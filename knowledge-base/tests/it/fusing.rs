//! Fusion as arithmetic: what holds for all scores.

use knowledge_base::fusion::{Closeness, Weights};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_fused_score_grows_with_both_and_stays_in_range(
        lexical in 0.0_f32..200.0, semantic in -1.0_f32..1.0, more in 0.0_f32..10.0, closer in 0.0_f32..1.0,
    ) {
        let weights = Weights::default();
        let score = weights.fuse(lexical, semantic);
        prop_assert!((0.0..=1.0).contains(&score));
        prop_assert!(weights.fuse(lexical + more, semantic) >= score);
        prop_assert!(weights.fuse(lexical, (semantic + closer).min(1.0)) >= score);
        prop_assert!(weights.fuse(0.0, semantic) <= score);
        prop_assert!(weights.fuse(lexical, 0.0) <= score.max(weights.fuse(lexical, semantic.max(0.0))));
    }

    #[test]
    fn an_article_never_loses_by_being_closer(
        question in -1.0_f32..1.0, passage in -1.0_f32..1.0, unit in -1.0_f32..1.0, closer in 0.0_f32..1.0,
    ) {
        let far = Closeness { question, passage, unit };
        let score = far.mean();
        prop_assert!((-1.0..=1.0).contains(&score) && score <= far.best() + f32::EPSILON);
        let closer_question = Closeness { question: (question + closer).min(1.0), ..far };
        prop_assert!(closer_question.mean() >= score);
        let closer_passage = Closeness { passage: (passage + closer).min(1.0), ..far };
        prop_assert!(closer_passage.mean() >= score);
        let closer_unit = Closeness { unit: (unit + closer).min(1.0), ..far };
        prop_assert!(closer_unit.mean() >= score);
    }
}
