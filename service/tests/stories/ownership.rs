//! Who may speak: agents take, pass on and give back conversations, and the assistant is silent while one has it.

use std::collections::BTreeSet;

use futures::future::join;
use serde_json::{Value, json};

use crate::desk::answer::messages_of;
use crate::desk::{Agent, Contact, Desk};

const QUESTION: &str = "How long does standard delivery take in the UK?";

/// A conversation that waits for a human.
async fn waiting(contact: Contact<'_>) -> String {
    let receipt = contact.says("Can I talk to a real person please?").await;
    assert_eq!(receipt.owner(), "queue", "{receipt:?}");
    receipt.conversation().to_owned()
}

#[tokio::test]
async fn the_assistant_is_silent_once_an_agent_has_it() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let conversation = waiting(ada).await;
    let sam = desk.agent("Sam");
    let claimed = sam.claims(&conversation).await.ok();
    assert_eq!((claimed["owner"]["kind"].as_str(), claimed["owner"]["agent"].as_str()), (Some("agent"), Some("Sam")));
    let said_before = messages_of(&claimed, "assistant").count();

    let written = sam.writes(&conversation, "Hello, this is Sam.").await.ok();
    assert_eq!((written["author"]["kind"].as_str(), written["author"]["name"].as_str()), (Some("agent"), Some("Sam")));
    let receipt = ada.says(QUESTION).await;
    assert_eq!((receipt.owner(), receipt.action(), receipt.words().as_str()), ("agent", "nothing", ""), "{receipt:?}");
    desk.is_idle().await;
    let thread = desk.thread(&conversation).await;
    assert_eq!(messages_of(&thread, "assistant").count(), said_before);
    assert_eq!(desk.get("/v1/handoffs").await.ok()["data"], Value::Array(Vec::new()));
    let claimed = desk.get("/v1/handoffs?status=claimed").await.ok();
    assert_eq!(claimed["data"][0]["claimed_by"], "Sam");
    desk.close().await;
}

#[tokio::test]
async fn only_one_agent_can_claim() {
    let desk = Desk::start().await;
    let conversation = waiting(desk.contact("ada")).await;
    let (sam, kim) = (desk.agent("Sam"), desk.agent("Kim"));
    let (first, second) = join(sam.claims(&conversation), kim.claims(&conversation)).await;
    let (won, lost, winner) = if first.status == 200 { (first, second, sam) } else { (second, first, kim) };
    won.ok();
    let problem = lost.refused(409, "owned_by_another_agent");
    assert!(problem["detail"].as_str().unwrap().contains("Sam") || problem["detail"].as_str().unwrap().contains("Kim"));
    let again = winner.claims(&conversation).await.ok();
    assert_eq!(again["epoch"], desk.thread(&conversation).await["epoch"], "a second claim changes nothing");
    desk.close().await;
}

#[tokio::test]
async fn writing_takes_over_from_the_assistant() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let conversation = ada.says(QUESTION).await.conversation().to_owned();
    desk.agent("Sam").writes(&conversation, "May I add something?").await.ok();
    let receipt = ada.says("And how much does express delivery cost?").await;
    assert_eq!((receipt.owner(), receipt.words().as_str()), ("agent", ""), "{receipt:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_conversation_is_released_returned_resolved_and_reopened() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let conversation = waiting(ada).await;
    let sam = desk.agent("Sam");
    sam.releases(&conversation, "orders").await.refused(409, "wrong_state");
    sam.reopens(&conversation).await.refused(409, "wrong_state");
    sam.claims(&conversation).await.ok();

    let released = sam.releases(&conversation, "orders").await.ok();
    assert_eq!(
        (released["owner"]["kind"].as_str(), released["owner"]["queue"].as_str()),
        (Some("queue"), Some("orders"))
    );
    let line = desk.get("/v1/handoffs?queue=orders").await.ok();
    assert_eq!(line["data"][0]["conversation_id"], *conversation);
    desk.agent("Kim").claims(&conversation).await.ok();

    let returned = desk.agent("Kim").returns(&conversation, "It was about delivery times.").await.ok();
    assert_eq!((returned["owner"]["kind"].as_str(), returned["status"].as_str()), (Some("assistant"), Some("pending")));
    let note = messages_of(&returned, "system").last().unwrap()["text"].as_str().unwrap();
    assert!(note.contains("Kim") && note.contains("It was about delivery times."), "{note}");
    let answered = ada.says(QUESTION).await;
    assert_eq!((answered.conversation(), answered.action()), (conversation.as_str(), "answer"), "{answered:?}");

    let resolved = sam.resolves(&conversation).await.ok();
    assert_eq!((resolved["owner"]["kind"].as_str(), resolved["status"].as_str()), (Some("none"), Some("resolved")));
    sam.claims(&conversation).await.refused(409, "wrong_state");
    let reopened = sam.reopens(&conversation).await.ok();
    assert_eq!((reopened["owner"]["kind"].as_str(), reopened["status"].as_str()), (Some("queue"), Some("open")));
    let epochs: Vec<i64> =
        [&released, &returned, &resolved, &reopened].iter().map(|thread| thread["epoch"].as_i64().unwrap()).collect();
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_new_problem_after_a_resolved_one_is_a_new_conversation() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let first = ada.says(QUESTION).await.conversation().to_owned();
    assert_eq!(ada.says("And how much does express delivery cost?").await.conversation(), first);
    desk.agent("Sam").resolves(&first).await.ok();
    let second = ada.says("I forgot my password, can you reset it?").await;
    assert_ne!(second.conversation(), first);
    let contact = second.0["contact_id"].as_str().unwrap();
    let theirs = desk.get(&format!("/v1/conversations?contact={contact}")).await.ok();
    let listed: Vec<&str> = theirs["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [second.conversation(), &first], "the most recently updated first");
    let resolved = desk.get("/v1/conversations?status=resolved").await.ok();
    assert_eq!(resolved["data"].as_array().unwrap().len(), 1);
    assert_eq!(resolved["data"][0]["id"], *first);
    desk.close().await;
}

#[tokio::test]
async fn a_caller_who_waits_hears_at_once_that_an_agent_took_over() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let conversation = ada.says(QUESTION).await.conversation().to_owned();
    let started = std::time::Instant::now();
    for round in 0..10 {
        let sam = desk.agent("Sam");
        let (receipt, claimed) = join(ada.says(QUESTION), sam.claims(&conversation)).await;
        claimed.ok();
        assert_eq!(receipt.0["conversation_id"], *conversation, "{round}");
        sam.returns(&conversation, "back to you").await.ok();
    }
    assert!(started.elapsed() < crate::desk::PATIENCE, "a caller was left waiting: {:?}", started.elapsed());
    desk.close().await;
}

/// A contact writes by text message while an agent claims. The claim leaves a note in the thread, so that the thread
/// shows what came after it.
async fn race(desk: &Desk, phone: &str, head_start: usize) -> Value {
    let texts = async |text: &str| desk.post("/demo/sms", &json!({ "from": phone, "text": text })).await.ok();
    texts(QUESTION).await;
    desk.is_idle().await;
    let newest = desk.get("/v1/conversations").await.ok()["data"][0]["id"].clone();
    let conversation = newest.as_str().unwrap().to_owned();
    let sam: Agent<'_> = desk.agent("Sam");
    let claims = async {
        for _ in 0..head_start {
            desk.get("/livez").await;
        }
        sam.claims_with_note(&conversation, "I have it").await.ok();
    };
    join(texts("And how much does express delivery cost?"), claims).await;
    desk.is_idle().await;
    desk.thread(&conversation).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_assistant_message_follows_a_claim() {
    let desk = Desk::start().await;
    let mut endings = BTreeSet::new();
    let mut head_start = 1;
    for round in 0..40 {
        let phone = format!("+4477009001{round:02}");
        let thread = race(&desk, &phone, head_start).await;
        let claim = messages_of(&thread, "system").next().unwrap()["seq"].as_i64().unwrap();
        let said: Vec<&Value> = messages_of(&thread, "assistant").collect();
        assert!(said.iter().all(|message| message["seq"].as_i64().unwrap() < claim), "round {round}: {thread}");
        assert_eq!((thread["owner"]["kind"].as_str(), thread["owner"]["agent"].as_str()), (Some("agent"), Some("Sam")));

        let sent = desk.mail_to(&phone).await;
        for message in &said {
            let left = sent.iter().any(|text| *text == message["text"]);
            assert_eq!(left, message["delivery"] == "sent", "round {round}: {message} in {sent:?}");
            assert!(left || message["delivery"] == "withheld", "round {round}: {message}");
        }
        endings.insert(said.len());
        // Whoever lost begins earlier next time, so that the rounds gather around a tie.
        head_start = if said.len() == 1 { head_start * 2 + 1 } else { head_start / 2 };
    }
    assert!(endings.contains(&1) && endings.contains(&2), "the race was always won by the same side: {endings:?}");
    desk.close().await;
}
