//! A large knowledge base is edited in place; what is found afterwards is what a fresh one would find.

use std::collections::BTreeMap;

use jiff::civil::date;
use knowledge_base::{Article, ArticleId, Audience, KnowledgeBase, Query, Validity};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::hashing::HashingEncoder;

/// Enough that nothing is built anew.
const ARTICLES: usize = 2_100;

fn id(nth: usize) -> ArticleId {
    ArticleId::new(&format!("article-{nth}")).unwrap()
}

/// An article that alone holds the word `thing<nth>x<edition>`.
fn article(nth: usize, edition: usize) -> Article {
    Article {
        id: id(nth),
        title: format!("About thing{nth}x{edition}"),
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: vec![format!("Where does thing{nth}x{edition} belong?")],
        source: None,
        validity: Validity::default(),
        body: format!("Put thing{nth}x{edition} into drawer number {} of the cabinet.", nth % 50),
        version: 1,
    }
}

fn first(knowledge: &KnowledgeBase, encoder: &HashingEncoder, text: &str) -> Option<ArticleId> {
    let query =
        Query { text, embedding: &encoder.one(text), locale: None, audience: Audience::Public, on: date(2026, 11, 30) };
    knowledge.search(&query, 1).first().map(|hit| hit.article.clone())
}

#[derive(Debug, Clone)]
enum Edit {
    Write(usize),
    Remove(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![3 => (0..ARTICLES + 20).prop_map(Edit::Write), 1 => (0..ARTICLES).prop_map(Edit::Remove)];
    proptest::collection::vec(edit, 1..30)
}

proptest! {
    #![proptest_config(Config::with_cases(4))]

    #[test]
    fn edits_are_found_at_once_and_leave_nothing_behind(edits in edits()) {
        let encoder = HashingEncoder::default();
        let mut expected: BTreeMap<usize, usize> = (0..ARTICLES).map(|nth| (nth, 0)).collect();
        let knowledge =
            KnowledgeBase::build(expected.iter().map(|(nth, edition)| article(*nth, *edition)).collect(), &encoder).unwrap();
        let (before, version) = (knowledge.snapshot(), knowledge.version());
        for (edition, edit) in edits.into_iter().enumerate() {
            match edit {
                Edit::Write(nth) => {
                    knowledge.upsert(article(nth, edition + 1), &encoder).unwrap();
                    let old = expected.insert(nth, edition + 1);
                    prop_assert_eq!(first(&knowledge, &encoder, &format!("thing{nth}x{}", edition + 1)), Some(id(nth)));
                    if let Some(old) = old {
                        let hits = first(&knowledge, &encoder, &format!("thing{nth}x{old}"));
                        prop_assert!(hits.is_none() || knowledge.get(&hits.unwrap()).is_some());
                    }
                }
                Edit::Remove(nth) => {
                    prop_assert_eq!(knowledge.remove(&id(nth), &encoder).unwrap(), expected.remove(&nth).is_some());
                    prop_assert_ne!(first(&knowledge, &encoder, &format!("About thing{nth}x0")), Some(id(nth)));
                }
            }
        }
        let articles = knowledge.articles().into_iter().map(|article| (*article).clone()).collect();
        let fresh = KnowledgeBase::build(articles, &encoder).unwrap();
        prop_assert_eq!(fresh.version(), knowledge.version());
        for (nth, edition) in expected.iter().step_by(97) {
            let text = format!("thing{nth}x{edition}");
            prop_assert_eq!(first(&knowledge, &encoder, &text), Some(id(*nth)));
            prop_assert_eq!(first(&fresh, &encoder, &text), Some(id(*nth)));
        }
        prop_assert_eq!(before.version(), version, "an older state is not disturbed");
        prop_assert_eq!(before.articles().len(), ARTICLES);
    }
}

#[test]
fn only_the_texts_that_are_new_are_encoded() {
    let encoder = HashingEncoder::default();
    let knowledge = KnowledgeBase::build((0..ARTICLES).map(|nth| article(nth, 0)).collect(), &encoder).unwrap();
    encoder.take_encoded();
    knowledge.upsert(Article { title: "Another title".into(), ..article(7, 0) }, &encoder).unwrap();
    assert_eq!(
        encoder.take_encoded(),
        ["Another title", "Another title. Put thing7x0 into drawer number 7 of the cabinet."]
    );
    knowledge.remove(&id(8), &encoder).unwrap();
    assert!(encoder.take_encoded().is_empty());
}

#[test]
fn an_article_that_takes_long_to_encode_holds_up_no_other() {
    let encoder = HashingEncoder::default();
    let knowledge = KnowledgeBase::build((0..9).map(|nth| article(nth, 0)).collect(), &encoder).unwrap();
    let slow = knowledge.prepare(article(3, 1), &encoder).unwrap();
    knowledge.upsert(article(4, 1), &encoder).unwrap();
    knowledge.upsert(article(3, 2), &encoder).unwrap();
    encoder.take_encoded();
    let last = knowledge.put(slow, &encoder).unwrap();
    assert!(encoder.take_encoded().is_empty(), "it was encoded before");
    assert_eq!(last.version, 3, "what is put in place last stays");
    for (nth, edition) in [(3, 1), (4, 1)] {
        assert_eq!(first(&knowledge, &encoder, &format!("thing{nth}x{edition}")), Some(id(nth)));
    }
    assert_ne!(knowledge.get(&id(3)).unwrap().title, article(3, 2).title);
}
