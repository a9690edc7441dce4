//! Fusion as arithmetic: what holds for all scores and ranks.

use knowledge_base::fusion::{Closeness, Weights, reciprocal_rank};
use proptest::prelude::*;

fn rankings() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let ranking = proptest::collection::btree_set(0_u8..30, 0..12).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    proptest::collection::vec(ranking.prop_shuffle(), 1..5)
}

fn fused(lists: &[Vec<u8>]) -> Vec<(u8, f32)> {
    reciprocal_rank(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn the_order_of_the_lists_does_not_matter(lists in rankings(), by in 0_usize..5) {
        let mut turned = lists.clone();
        let by = by % lists.len();
        turned.rotate_left(by);
        prop_assert_eq!(fused(&lists), fused(&turned));
    }

    #[test]
    fn a_better_rank_never_lowers_an_item(lists in rankings(), list in 0_usize..5, at in 1_usize..12) {
        let list = list % lists.len();
        prop_assume!(at < lists[list].len());
        let item = lists[list][at];
        let score = |lists: &[Vec<u8>]| fused(lists).into_iter().find(|(found, _)| *found == item).map(|(_, score)| score);
        let mut better = lists.clone();
        better[list].swap(at - 1, at);
        prop_assert!(score(&better) > score(&lists));
    }

    #[test]
    fn every_item_is_kept_once_best_first(lists in rankings()) {
        let fused = fused(&lists);
        let distinct: std::collections::BTreeSet<u8> = lists.iter().flatten().copied().collect();
        prop_assert_eq!(fused.len(), distinct.len());
        prop_assert!(fused.is_sorted_by(|a, b| a.1 >= b.1));
    }

    #[test]
    fn a_fused_score_grows_with_both_and_stays_in_range(
        lexical in 0.0_f32..200.0, semantic in -1.0_f32..1.0, more in 0.0_f32..10.0, closer in 0.0_f32..1.0,
    ) {
        let weights = Weights::default();
        let score = weights.fuse(Some(lexical), Some(semantic));
        prop_assert!((0.0..=1.0).contains(&score));
        prop_assert!(weights.fuse(Some(lexical + more), Some(semantic)) >= score);
        prop_assert!(weights.fuse(Some(lexical), Some((semantic + closer).min(1.0))) >= score);
        prop_assert!(weights.fuse(None, Some(semantic)) <= score);
        prop_assert!(weights.fuse(Some(lexical), None) <= score);
    }

    #[test]
    fn an_article_never_loses_by_being_closer(
        question in -1.0_f32..1.0, passage in -1.0_f32..1.0, unit in -1.0_f32..1.0, closer in 0.0_f32..1.0,
    ) {
        let far = Closeness { question, passage, unit };
        let score = far.score();
        prop_assert!((-1.0..=1.0).contains(&score) && score <= far.best() + f32::EPSILON);
        let closer_score = Closeness { question: (question + closer).min(1.0), ..far }.score();
        prop_assert!(closer_score >= score);
        let closer_score = Closeness { passage: (passage + closer).min(1.0), ..far }.score();
        prop_assert!(closer_score >= score);
        let closer_score = Closeness { unit: (unit + closer).min(1.0), ..far }.score();
        prop_assert!(closer_score >= score);
    }
}
