//! Conversations that ended well and badly, and which questions of them count.

use knowledge_base::KnowledgeBase;

use super::super::told::{Telling, Words, assistant};
use super::*;

const NO_ANSWER: &[ReasonCode] = &[ReasonCode::OutOfScope, ReasonCode::NoAnswer];

/// The questions without an answer in conversations.
fn unanswered(tellings: Vec<Telling>) -> Vec<Question> {
    let said: Vec<Said> = tellings.into_iter().flat_map(|telling| telling.said).collect();
    let base = KnowledgeBase::build(Vec::new(), &Words).unwrap().snapshot();
    let sources = Sources { said: &said, uses: &[], base: &base, now: Timestamp::UNIX_EPOCH, limit: 10 };
    assistant().unanswered(&sources, &Words).unwrap()
}

fn texts(telling: Telling) -> Vec<String> {
    unanswered(vec![telling]).into_iter().map(|question| question.text).collect()
}

#[test]
fn a_turn_without_an_answer_counts_however_it_ended() {
    let handed = Telling::new().asks("do you teach weaving", Action::Handoff, NO_ANSWER);
    assert_eq!(texts(handed), ["do you teach weaving"]);
    let asked_back = Telling::new().asks("do you teach weaving", Action::Clarify, NO_ANSWER);
    assert_eq!(texts(asked_back), ["do you teach weaving"]);
    let helped =
        Telling::new().asks("what of wool", Action::Clarify, NO_ANSWER).asks("is wool washable", Action::Answer, &[]);
    assert_eq!(texts(helped), [""; 0]);
}

#[test]
fn all_messages_of_a_turn_are_its_question() {
    let telling = Telling::new().says("about weaving").asks("do you teach it?", Action::Handoff, NO_ANSWER);
    assert_eq!(texts(telling), ["about weaving do you teach it?"]);
}

#[test]
fn of_what_no_article_could_mend_only_questions_count() {
    let because = |text: &str, code| texts(Telling::new().asks(text, Action::Handoff, &[code]));
    assert_eq!(because("I want to talk to a real person!", ReasonCode::CustomerRequest), [""; 0]);
    assert_eq!(because("You are all useless and I am furious.", ReasonCode::NegativeEmotion), [""; 0]);
    let both = "Can I talk to a real person? Do you teach weaving on Mondays?";
    assert_eq!(because(both, ReasonCode::CustomerRequest), ["Do you teach weaving on Mondays?"]);
    assert_eq!(because("können Sie mir weben beibringen?", ReasonCode::UnsupportedLanguage), [""; 0]);
}

#[test]
fn what_asks_for_nothing_does_not_count() {
    for text in ["hello?", "never mind", "ok thanks", "AW-100001 12345"] {
        assert_eq!(texts(Telling::new().asks(text, Action::Clarify, NO_ANSWER)), [""; 0], "{text}");
    }
}

#[test]
fn where_an_answer_missed_the_question_before_counts() {
    let telling = Telling::new()
        .asks("how do I wash the wool rug", Action::Answer, &[ReasonCode::KnowledgeFound])
        .asks("that did not answer my question", Action::Handoff, NO_ANSWER);
    assert_eq!(texts(telling), ["how do I wash the wool rug"]);
}

#[test]
fn people_are_masked_and_replies_come_along() {
    let telling = Telling::new()
        .asks("Ada here, ada@example.com: do you teach weaving?", Action::Handoff, NO_ANSWER)
        .reply("Hi Ada, we do. Sam");
    let found = unanswered(vec![telling]);
    assert_eq!(found[0].text, "[name] here, [email]: do you teach weaving?");
    assert_eq!(found[0].asked.replies.len(), 1);
    assert_eq!(
        (found[0].asked.replies[0].text.as_str(), found[0].asked.replies[0].place.seq),
        ("Hi [name], we do. [name]", 2)
    );
}

#[test]
fn topics_are_counted_named_and_keep_their_names() {
    let asks = |text: &str| Telling::new().asks(text, Action::Handoff, NO_ANSWER);
    let weaving = ["Do you teach weaving?", "do you teach weaving please", "Do you teach weaving here?"];
    let said: Vec<Said> = weaving
        .map(asks)
        .into_iter()
        .chain([asks("is the moon made of cheese")])
        .flat_map(|telling| telling.said)
        .collect();
    let base = KnowledgeBase::build(Vec::new(), &Words).unwrap().snapshot();
    let assistant = assistant();
    let topics = |said: &[Said]| {
        let sources = Sources { said, uses: &[], base: &base, now: Timestamp::UNIX_EPOCH, limit: 10 };
        let gaps = assistant.gaps(&sources, &Words).unwrap();
        assert_eq!(gaps.questions, said.len());
        gaps.topics
    };
    let all = topics(&said);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].messages, all[0].contacts, all[0].handed_over, all[0].replied), (3, 3, 3, 0));
    assert_eq!(all[0].name, "Do you teach weaving?");
    assert_eq!(all[0].reasons, [(ReasonCode::NoAnswer, 3), (ReasonCode::OutOfScope, 3)]);
    assert_eq!((&all[0].nearest, &all[0].draft, all[0].samples.len()), (&None, &None, 3));
    assert_eq!(topics(&said), all);
    let fewer = topics(&said[..2]);
    assert_eq!((&fewer[0].id, fewer[0].messages), (&all[0].id, 2), "its oldest message names it");
}
