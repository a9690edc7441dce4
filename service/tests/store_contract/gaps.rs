//! What gaps in the knowledge base are told from.

use service::domain::answer::{Citation, Reply, Suggestion};
use service::domain::conversation::Priority;
use service::domain::decision::{Action, Reason, ReasonCode};
use service::domain::gap::ArticleUse;
use service::domain::id::ConversationId;
use service::domain::message::Author;

use super::desk::{Desk, agent, at, handoff, outcome, says, visitor};

/// A visitor asks, and it is decided like this about it.
async fn asks(
    desk: &Desk,
    who: &str,
    text: &str,
    (action, code): (Action, ReasonCode),
    seconds: i64,
) -> ConversationId {
    let id = desk.hears(&visitor(who), text, at(seconds)).await.conversation.id;
    let lease = desk.takes_answer_job(at(seconds)).await;
    let turn = desk.turn(id).await;
    let mut outcome = outcome(&turn, &["Hm."]);
    outcome.decision.action = action;
    outcome.decision.reasons = vec![Reason::of(code)];
    if action == Action::Handoff {
        outcome.handoff = Some(handoff("general", Priority::Normal));
    }
    desk.finishes(&turn, outcome, &lease, at(seconds)).await;
    id
}

fn citation(article: &str) -> Citation {
    Citation { article: article.to_owned(), title: "T".to_owned(), start: 0, end: 1, version: 1, score: 0.9 }
}

pub(crate) async fn turns_without_an_answer_are_found_with_what_agents_replied(desk: Desk) {
    asks(&desk, "old", "do you teach weaving", (Action::Clarify, ReasonCode::NoAnswer), 0).await;
    let answered = (Action::Answer, ReasonCode::KnowledgeFound);
    asks(&desk, "helped", "where is my order", answered, 100).await;
    let asked_back = asks(&desk, "ben", "do you teach pottery", (Action::Clarify, ReasonCode::NoAnswer), 110).await;
    let handed = (Action::Handoff, ReasonCode::CustomerRequest);
    let handed_over = asks(&desk, "ada", "a human, and is there a pottery class?", handed, 120).await;
    desk.store.agent_message(says(handed_over, "sam", "Every Saturday."), at(130)).await.unwrap();

    let found = desk.store.unhelped(at(50), 10).await.unwrap();
    let seen: Vec<(ConversationId, i64, &Author, &str)> = found
        .iter()
        .map(|said| {
            let message = &said.message;
            (message.conversation_id, message.seq, &message.author, message.text.as_str())
        })
        .collect();
    let sam = Author::Agent(agent("sam"));
    let expected = [
        (handed_over, 1, &Author::Contact, "a human, and is there a pottery class?"),
        (handed_over, 3, &sam, "Every Saturday."),
        (asked_back, 1, &Author::Contact, "do you teach pottery"),
    ];
    assert_eq!(seen, expected);
    let decided = found[0].message.decision.as_ref().unwrap();
    assert_eq!((decided.action, decided.reasons[0].code), handed);
    assert!(found[0].contact == found[1].contact && found[0].contact != found[2].contact);
    assert_eq!(desk.store.unhelped(at(50), 1).await.unwrap().len(), 2, "the newest turn's conversation");
    assert_eq!(desk.store.unhelped(at(200), 10).await.unwrap(), []);
}

pub(crate) async fn the_use_of_articles_is_counted(desk: Desk) {
    desk.saves("returns", Some("30 days"), at(1)).await;
    desk.saves("returns", Some("60 days"), at(2)).await;
    for (n, cited) in [&["returns"][..], &["returns", "hours"], &["returns", "returns"], &[]].into_iter().enumerate() {
        let now = at(100 * n as i64);
        let id = desk.hears(&visitor(&format!("v-{n}")), "how long", now).await.conversation.id;
        let lease = desk.takes_answer_job(now).await;
        let turn = desk.turn(id).await;
        let mut outcome = outcome(&turn, &[]);
        let citations = cited.iter().map(|article| citation(article)).collect();
        outcome.replies = vec![Reply { citations, ..Reply::plain("30 days.") }];
        desk.finishes(&turn, outcome, &lease, now).await;
    }
    let id = desk.hears(&visitor("ada"), "a human please", at(500)).await.conversation.id;
    let mut new = handoff("general", Priority::Normal);
    let suggestion = Suggestion { article: "warranty".to_owned(), title: "W".to_owned(), score: 0.5 };
    new.brief.suggested_next_step.articles = vec![suggestion];
    desk.hands_off(id, new, at(500)).await;

    let count = |article: &str, cited, suggested| ArticleUse {
        article: article.to_owned(),
        cited,
        suggested,
        ..ArticleUse::default()
    };
    let uses = desk.store.article_uses(at(50)).await.unwrap();
    let expected = [
        ArticleUse { last_cited: Some(at(100)), ..count("hours", 1, 0) },
        ArticleUse { last_cited: Some(at(200)), saved: Some(at(2)), ..count("returns", 2, 0) },
        count("warranty", 0, 1),
    ];
    assert_eq!(uses, expected);
    let later = desk.store.article_uses(at(1000)).await.unwrap();
    assert_eq!(later, [ArticleUse { saved: Some(at(2)), ..count("returns", 0, 0) }]);
}
