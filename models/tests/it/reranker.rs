//! A question is read beside passages, token by token.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use models::reranker::{RerankerError, RerankerWeights};
use models::{EncodeError, Lane, Reranker};
use proptest::prelude::*;

/// Tokens are vectors of three components: a token is found and compared by all of them, and what counts in the end is how
/// close the closest one is.
fn by_closest() -> RerankerWeights {
    let identity = vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    RerankerWeights {
        dimension: 3,
        keys: identity.clone(),
        values: identity,
        attention: vec![0.0; 3],
        hidden: vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        hidden_bias: vec![0.0],
        score: vec![2.0],
        bias: -1.0,
    }
}

const RED: [f32; 3] = [1.0, 0.0, 0.0];
const GREEN: [f32; 3] = [0.0, 2.0, 0.0];
const BLUE: [f32; 3] = [0.0, 0.0, 0.5];

#[test]
fn each_token_of_a_question_is_held_against_those_of_a_passage() {
    let reranker = Reranker::new("some encoder", by_closest()).unwrap();
    let compare = |question: &[[f32; 3]], passage: &[[f32; 3]]| {
        reranker.compare(&reranker.see(question.as_flattened()), &reranker.see(passage.as_flattened()))
    };
    let close = |a: f32, b: f32| (a - b).abs() < 1e-5;
    assert!(close(compare(&[RED, GREEN], &[GREEN, BLUE, RED]), 1.0), "both are there, whatever their length and order");
    assert!(close(compare(&[RED, GREEN], &[GREEN, BLUE]), 0.0), "one of two is");
    assert!(close(compare(&[RED, GREEN], &[BLUE]), -1.0), "none is");
}

proptest! {
    #[test]
    fn any_vectors_come_to_a_number(
        question in proptest::collection::vec(-1e6_f32..1e6, 3..30),
        passage in proptest::collection::vec(-1e6_f32..1e6, 3..30),
        silence in 1_usize..5,
    ) {
        let reranker = Reranker::new("some encoder", by_closest()).unwrap();
        let [question, passage] = [question, passage].map(|vectors| reranker.see(&vectors[..vectors.len() / 3 * 3]));
        let silence = reranker.see(&vec![0.0; 3 * silence]);
        for (one, other) in [(&question, &passage), (&question, &silence), (&silence, &passage)] {
            prop_assert!(reranker.compare(one, other).is_finite());
        }
    }
}

#[test]
fn a_reranker_survives_its_file_and_a_damaged_file_is_refused() {
    let reranker = Reranker::new("some encoder", by_closest()).unwrap();
    let bytes = reranker.to_bytes().unwrap();
    assert_eq!(Reranker::from_bytes(&bytes).unwrap(), reranker);
    assert!(reranker.fits("some encoder") && !reranker.fits("another"));
    for end in [0, 8, bytes.len() / 2, bytes.len() - 1] {
        let error = Reranker::from_bytes(&bytes[..end]).unwrap_err();
        assert!(error.to_string().contains("train it again"), "{error}");
    }
}

#[test]
fn weights_that_do_not_fit_each_other_are_refused() {
    let broken: [fn(&mut RerankerWeights); 4] = [
        |weights| weights.dimension = 2,
        |weights| weights.values.truncate(3),
        |weights| weights.hidden.truncate(6),
        |weights| weights.score.clear(),
    ];
    for change in broken {
        let mut weights = by_closest();
        change(&mut weights);
        let refused: Result<_, RerankerError> = Reranker::new("some encoder", weights.clone());
        assert!(refused.is_err(), "{weights:?}");
    }
}

/// Questions with the number of the article that answers, and the articles, of a help centre that nothing was learned from.
fn a_help_centre() -> (Vec<(String, usize)>, Vec<String>) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../eval/data/help_centres/heldout.jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    let rows: Vec<HashMap<String, String>> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows: Vec<_> = rows.iter().filter(|row| row["centre"] == rows[0]["centre"]).collect();
    let articles: Vec<_> = rows.iter().filter(|row| row.contains_key("body")).collect();
    let number = |name: &str| articles.iter().position(|article| article["article"] == name).unwrap();
    let asked = rows.iter().filter(|row| row.contains_key("quote"));
    let asked = asked.map(|row| (row["question"].clone(), number(&row["article"]))).collect();
    (asked, articles.iter().map(|row| format!("{}. {}", row["title"], row["body"])).collect())
}

#[test]
fn the_passage_that_answers_is_told_from_those_that_do_not() {
    let encoder = crate::encoder();
    let (asked, articles) = a_help_centre();
    let (mut wins, mut pairs) = (0, 0);
    for (question, right) in asked.iter().step_by(4) {
        let scores = encoder.rerank_in_bulk(question, &articles).unwrap().expect("a reranker for this encoder");
        assert_eq!(scores.len(), articles.len());
        wins += scores.iter().filter(|score| **score < scores[*right]).count();
        pairs += scores.len() - 1;
    }
    assert!(wins * 4 > pairs * 3, "{wins} of {pairs}");
}

#[tokio::test]
async fn passages_that_were_seen_before_come_to_the_same() {
    let encoder = crate::encoder();
    let passages = ["Refunds take three days.", "We are open from nine to five."].map(str::to_owned);
    let soon = Instant::now() + Duration::from_mins(1);
    let rerank = || encoder.rerank("when do I get my money back", &passages, Lane::Interactive, soon);
    let first = rerank().await.unwrap();
    assert_eq!(rerank().await.unwrap(), first);
    let blocking = encoder.clone();
    let in_bulk =
        tokio::task::spawn_blocking(move || blocking.rerank_in_bulk("when do I get my money back", &passages));
    assert_eq!(in_bulk.await.unwrap().unwrap(), first);
}

#[tokio::test]
async fn nothing_is_looked_at_when_the_time_is_up() {
    let gone = Instant::now();
    let passages = ["Refunds take three days, as a rule.".to_owned()];
    let looked = crate::encoder().rerank("when is my money here", &passages, Lane::Interactive, gone).await;
    assert_eq!(looked, Err(EncodeError::DeadlinePassed));
}
