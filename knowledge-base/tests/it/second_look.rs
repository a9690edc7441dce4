//! What search found is looked at again: alike articles change places, and answers become surer or less sure.

use jiff::civil::date;
use knowledge_base::second_look::{LOOKED_AT, is_worth_it, look_again, passages};
use knowledge_base::{Article, ArticleId, Audience, Hit, KnowledgeBase, Query, Thresholds, Validity, answer};
use proptest::prelude::*;

use crate::hashing::HashingEncoder;

const QUESTION: &str = "how long does the delivery of a sofa take";

fn article(id: &str, body: &str) -> Article {
    Article {
        id: ArticleId::new(id).unwrap(),
        title: format!("Delivery of {id}"),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: Vec::new(),
        source: None,
        validity: Validity::default(),
        body: body.into(),
        version: 1,
    }
}

/// Asks a shop with six articles on deliveries, and one on nothing of the kind.
fn ask<T>(question: &str, told: impl Fn(&Query<'_>, Vec<Hit>) -> T) -> T {
    let encoder = HashingEncoder::default();
    let things = ["sofas", "lamps", "carpets", "chairs", "tables", "beds"];
    let mut articles: Vec<Article> =
        things.iter().map(|thing| article(thing, &format!("The delivery of {thing} takes a few days."))).collect();
    articles.push(Article { title: "Opening hours".into(), ..article("hours", "We open at nine.") });
    let knowledge = KnowledgeBase::build(articles, &encoder).unwrap();
    let embedding = encoder.one(question);
    let on = date(2026, 6, 15);
    let query = Query { text: question, embedding: &embedding, locale: None, audience: Audience::Public, on };
    told(&query, knowledge.search(&query, 11))
}

fn names(hits: &[Hit]) -> Vec<String> {
    hits.iter().map(|hit| hit.article.to_string()).collect()
}

#[test]
fn of_alike_articles_the_one_that_was_seen_to_answer_comes_first() {
    ask(QUESTION, |_, hits| {
        let before = names(&hits);
        assert!(is_worth_it(&hits), "six articles are as close as each other: {hits:?}");
        let looked_at = passages(&hits);
        assert_eq!(looked_at.len(), LOOKED_AT);
        assert!(looked_at[0].starts_with(&format!("{}. ", hits[0].title)), "a title says what its text is about");

        let after = names(&look_again(hits, &[-3.0, -3.0, 4.0, -3.0]));
        assert_eq!(after[0], before[2]);
        assert_eq!(after[LOOKED_AT..], before[LOOKED_AT..], "what was not looked at stays where it is");
    });
}

#[test]
fn an_answer_is_as_sure_as_it_looks() {
    let score = |seen: &[f32]| {
        ask(QUESTION, |query, hits| {
            let given = answer(query, &look_again(hits, seen), &Thresholds { answerable: 0.0 });
            given.unwrap().score
        })
    };
    let unseen = score(&[]);
    assert!(score(&[6.0; LOOKED_AT]) > unseen, "{unseen}");
    assert!(score(&[-2.0; LOOKED_AT]) < unseen, "{unseen}");
}

#[test]
fn what_is_clear_is_not_looked_at_again() {
    ask("opening hours", |_, hits| {
        assert_eq!(names(&hits)[0], "hours");
        assert!(!is_worth_it(&hits), "{hits:?}");
    });
    assert!(!is_worth_it(&[]), "there is nothing to look at");
}

proptest! {
    #[test]
    fn no_hit_is_lost_or_made_up(seen in proptest::collection::vec(-9.0_f32..9.0, 0..8)) {
        let (before, after) = ask(QUESTION, |_, hits| (names(&hits), names(&look_again(hits, &seen))));
        prop_assert_eq!(before.iter().skip(seen.len()).collect::<Vec<_>>(), after.iter().skip(seen.len()).collect::<Vec<_>>());
        let sorted = |mut names: Vec<String>| { names.sort(); names };
        prop_assert_eq!(sorted(before), sorted(after));
    }
}
