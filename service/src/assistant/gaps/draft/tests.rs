//! What agents wrote, and the articles that are made of it.

use proptest::prelude::*;

use super::super::told::{Telling, Words, meaning};
use super::*;
use crate::assistant::gaps::questions::{AgentReply, Asked};
use crate::domain::decision::{Action, ReasonCode};
use crate::domain::id::MessageId;

/// A question to which agents replied this.
fn question(text: &str, replies: &[&str]) -> Question {
    let said = Telling::new().says(text).said.remove(0);
    let conversation = said.message.conversation_id;
    let reply = |(at, text): (usize, &&str)| AgentReply {
        text: (*text).to_owned(),
        place: MessagePlace { conversation, seq: 2 + at as i64 },
    };
    Question {
        text: text.to_owned(),
        meaning: meaning(text),
        asked: Asked {
            contact: said.contact,
            message: MessageId::new(),
            place: MessagePlace { conversation, seq: 1 },
            at: said.message.sent_at,
            action: Action::Handoff,
            reasons: vec![ReasonCode::NoAnswer],
            replies: replies.iter().enumerate().map(reply).collect(),
        },
    }
}

fn drafted(title: &str, questions: &[Question], taken: &[&str]) -> Option<Draft> {
    let group: Vec<&Question> = questions.iter().collect();
    let taken = taken.iter().map(|&id| id.to_owned()).collect();
    draft(&Drafting { title, locale: "en", group: &group }, &taken, &Words).unwrap()
}

#[test]
fn what_several_agents_say_comes_together() {
    let questions = [
        question("Do you teach weaving?", &["Hello [name]! We teach weaving on every Saturday. Bye for now, [name]"]),
        question(
            "do you teach weaving for [name]",
            &["We teach weaving on every Saturday morning.", "The moon is made of cheese today."],
        ),
    ];
    let draft = drafted("Do you teach weaving?", &questions, &["teach-weaving"]).unwrap();
    assert_eq!(draft.article, "teach-weaving-2");
    let texts: Vec<&str> = draft.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    assert_eq!(texts, ["We teach weaving on every Saturday."]);
    assert_eq!(draft.sentences[0].place.seq, 2);
    let article = parse_article("draft.md", &draft.source).unwrap();
    assert_eq!((article.title.as_str(), article.body.trim()), ("Do you teach weaving?", texts[0]));
    assert_eq!(article.questions, ["Do you teach weaving?"], "nobody's name stands in it");
}

#[test]
fn nothing_worth_keeping_is_no_draft() {
    assert_eq!(drafted("Do you teach weaving?", &[question("Do you teach weaving?", &[])], &[]), None);
    let polite =
        question("Do you teach weaving?", &["Thanks for asking!", "Mail weaving and teach to [email] about it."]);
    assert_eq!(drafted("Do you teach weaving?", &[polite], &[]), None);
}

proptest! {
    #[test]
    fn every_draft_is_an_article_of_sentences_that_agents_wrote(
        title in "\\PC{1,60}",
        asked in "\\PC{1,60}",
        replies in proptest::collection::vec("([a-z]{1,6} ){0,6}weaving is (on|at|in) \\PC{0,30}[.!]?|\\PC{0,60}", 0..4),
    ) {
        let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
        let title = format!("weaving {title}");
        let question = question(&format!("weaving is {asked}"), &replies);
        if let Some(draft) = drafted(&title, &[question], &[]) {
            let article = parse_article("draft.md", &draft.source).unwrap();
            prop_assert_eq!(article.id.as_str(), &draft.article);
            for sentence in &draft.sentences {
                let reply = replies[usize::try_from(sentence.place.seq).unwrap() - 2];
                let tail: String = sentence.text.chars().skip(3).collect();
                prop_assert!(reply.contains(&tail), "{} of {}", sentence.text, reply);
            }
        }
    }
}
