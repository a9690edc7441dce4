//! Small taxonomies with something wrong with them, and what the report says of it.

use knowledge_base::{Content, IntentAction, IntentSpec, Priority};
use models::{EncodeError, HeadCache, Role};

use super::super::{Lesson, Settings};
use super::*;

/// An encoder that knows words by their letters and nothing else, which is enough to see what becomes of readings.
struct Words;

const WIDTH: usize = 256;

impl Embed for Words {
    fn embed(&self, texts: &[String], _role: Role) -> Result<Vec<Embedding>, EncodeError> {
        Ok(texts.iter().map(|text| meaning(text)).collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        Ok(texts.iter().map(|text| reading(text)).collect())
    }

    fn revision(&self) -> &'static str {
        "words"
    }
}

fn meaning(text: &str) -> Embedding {
    let mut vector = vec![0.01; WIDTH];
    for word in text.to_lowercase().split_whitespace() {
        let place = word.bytes().fold(7_usize, |place, byte| (place * 31 + usize::from(byte)) % WIDTH);
        vector[place] += 1.0;
    }
    Embedding::new(vector).unwrap()
}

fn reading(text: &str) -> Reading {
    Reading { meaning: meaning(text), wording: meaning(text), tone: None, purpose: None }
}

fn intent(name: &str, examples: &[&str]) -> IntentSpec {
    IntentSpec {
        name: name.to_owned(),
        title: name.to_owned(),
        queue: "general".to_owned(),
        priority: Priority::Normal,
        threshold: None,
        action: IntentAction::Handoff,
        examples: examples.iter().map(|&example| example.to_owned()).collect(),
        line: 7,
    }
}

fn assistant(intents: &[IntentSpec]) -> Assistant {
    let content = Content { articles: Vec::new(), intents: intents.to_vec(), signals: Vec::new(), flows: Vec::new() };
    Assistant::train(&content, &Words, &Settings::default()).unwrap()
}

fn unanswered(text: &str, by: Judge) -> Unanswered {
    Unanswered { text: text.to_owned(), reading: reading(text), by }
}

const PARCEL: [&str; 6] = [
    "where is my parcel",
    "my parcel is late",
    "track my parcel please",
    "has the parcel left",
    "parcel still not here",
    "when comes the parcel",
];
const LAMP: [&str; 6] = [
    "the lamp is broken",
    "lamp flickers",
    "my lamp gives no light",
    "broken lamp arrived",
    "lamp with a crack",
    "the lamp does not work",
];

#[test]
fn intents_that_are_well_told_need_nothing() {
    let report = assistant(&[intent("parcel", &PARCEL), intent("lamp", &LAMP)]).report(&Words, &[]).unwrap();
    assert_eq!((report.accuracy, report.examples, report.lessons), (Some(1.0), 12, 0));
    assert_eq!((report.confused, report.misplaced, report.missing), (Vec::new(), Vec::new(), Vec::new()));
    assert_eq!(report.doubts, []);
    let told = report.intents[1].told.unwrap();
    assert_eq!((report.intents[1].name.as_str(), told.recall(), told.precision()), ("lamp", Some(1.0), Some(1.0)));
}

#[test]
fn examples_under_the_wrong_intent_stand_out() {
    let strays = ["where is my parcel now", "my parcel is so late", "track my parcel"];
    let lamp: Vec<&str> = LAMP.into_iter().chain(strays).collect();
    let report = assistant(&[intent("parcel", &PARCEL), intent("lamp", &lamp)]).report(&Words, &[]).unwrap();
    let [pair] = report.confused.as_slice() else { panic!("{:?}", report.confused) };
    assert_eq!(pair.intents, ["lamp", "parcel"]);
    assert!(pair.mistaken[0] >= 2 && pair.similarity > 0.8, "{pair:?}");
    assert!(pair.alike[0].contains("parcel") && pair.alike[1].contains("parcel"), "{pair:?}");
    let surest = &report.misplaced[0];
    assert_eq!((surest.intent.as_str(), surest.looks_like.as_str()), ("lamp", "parcel"), "{:?}", report.misplaced);
    assert!(surest.text.contains("parcel") && surest.confidence > 0.8, "{surest:?}");
}

#[test]
fn doubtful_examples_are_named_with_what_to_do() {
    let long = format!("the lamp {}", "is broken and ".repeat(800));
    let intents = [
        intent("parcel", &[&PARCEL[..], &["Broken  lamp arrived"]].concat()),
        intent("lamp", &[&LAMP[..], &[&long, "meine lampe ist kaputt und ich möchte sie bitte zurückgeben"]].concat()),
        intent("one", &["a single thing"]),
        intent("two", &["two things", "two things"]),
    ];
    let report = assistant(&intents).report(&Words, &[]).unwrap();
    let doubts: Vec<String> = report.doubts.iter().map(ToString::to_string).collect();
    assert_eq!(doubts.len(), 6, "{doubts:#?}");
    assert_eq!(doubts[0], "`broken lamp arrived` is under `lamp` and `parcel`; keep it where it belongs");
    assert!(doubts[1].contains("has 11209 characters"), "{}", doubts[1]);
    assert!(doubts[2].contains("looks like language `de`"), "{}", doubts[2]);
    assert_eq!(doubts[3], "intent `one` has one example; give it 3 or more");
    assert_eq!(doubts[4], "intent `two` has 2 examples; give it 3 or more");
    assert_eq!(doubts[5], "`two things` is twice under `two`");
}

#[test]
fn messages_that_nothing_fits_suggest_an_intent() {
    let desk = assistant(&[intent("parcel", &PARCEL), intent("lamp", &LAMP)]);
    let messages = [
        unanswered("do you sell gift vouchers", Judge::Assistant),
        unanswered("sell gift vouchers online", Judge::Assistant),
        unanswered("do you sell vouchers, card 4111 1111 1111 1111", Judge::Reviewer),
        unanswered("do you sell gift vouchers today", Judge::Assistant),
        unanswered("who won yesterday", Judge::Assistant),
        unanswered("where is my parcel", Judge::Assistant),
    ];
    let report = desk.report(&Words, &messages).unwrap();
    assert_eq!(report.unanswered, 5, "what it now knows is left out");
    let [group] = report.missing.as_slice() else { panic!("{:?}", report.missing) };
    assert!(group.messages >= 3 && group.central.len() == 3, "{group:?}");
    assert!(group.central.iter().all(|text| text.contains("sell") && !text.contains("4111")), "{group:?}");
}

#[test]
fn without_intents_everything_is_out_of_scope() {
    let desk = assistant(&[]);
    let report = desk.report(&Words, &[unanswered("anything", Judge::Assistant)]).unwrap();
    assert_eq!((report.accuracy, report.examples, report.unanswered), (None, 0, 1));
    assert_eq!(report.intents, []);
}

#[test]
fn a_lesson_is_learned_counted_and_forgotten() {
    let desk = assistant(&[intent("parcel", &PARCEL), intent("lamp", &LAMP)]);
    let text = "the shade wobbles";
    let lesson = Lesson { intent: "lamp".to_owned(), text: text.to_owned(), reading: reading(text) };
    let taught = desk.taught(vec![lesson], &Words, &HeadCache::nowhere()).unwrap();
    let reading = reading(text);
    let sample = Sample::new(text, &reading);
    let likely = |desk: &Assistant| desk.classify(&sample).ranked.into_iter().find(|score| &*score.name == "lamp");
    assert!(likely(&taught).unwrap().confidence > likely(&desk).unwrap().confidence);
    assert_ne!(taught.versions().intents, desk.versions().intents);
    let report = taught.report(&Words, &[]).unwrap();
    assert_eq!((report.examples, report.lessons, report.intents[1].from_feedback), (12, 1, 1));
    assert_eq!(taught.taught(Vec::new(), &Words, &HeadCache::nowhere()).unwrap().versions(), desk.versions());
}
