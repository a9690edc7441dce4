//! The web chat, over real sockets that break, repeat themselves and send rubbish.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::desk::Desk;
use crate::desk::answer::messages_of;
use crate::desk::socket::Chat;

const QUESTION: &str = "How long does standard delivery take in the UK?";

fn seq(frame: &Value) -> i64 {
    frame["message"]["seq"].as_i64().unwrap()
}

/// Waits until the chat is told that this kind of owner has the conversation.
async fn eventually_owned_by(chat: &mut Chat, kind: &str) -> Value {
    loop {
        let frame = chat.hears("owner").await;
        if frame["owner"] == kind {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_question_is_accepted_and_answered() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    let welcome = chat.hello().await;
    assert_eq!((welcome["owner"].as_str(), &welcome["conversation"]), (Some("assistant"), &Value::Null));
    assert!(welcome["visitor"].as_str().unwrap().len() >= 32, "{welcome}");

    let accepted = chat.says("m1", QUESTION).await;
    assert_eq!((accepted["id"].as_str(), accepted["seq"].as_i64()), (Some("m1"), Some(1)));
    let own = chat.hears_from("contact").await;
    assert_eq!(
        (own["message"]["client_id"].as_str(), own["message"]["id"] == accepted["message_id"]),
        (Some("m1"), true)
    );
    let answer = chat.hears_from("assistant").await;
    assert!(answer["message"]["text"].as_str().unwrap().contains("working days"), "{answer}");
    assert!(!answer["message"]["citations"].as_array().unwrap().is_empty());
    chat.send(&json!({ "type": "ping" })).await;
    chat.hears("pong").await;
    desk.close().await;
}

#[tokio::test]
async fn a_lost_connection_loses_nothing_and_repeats_nothing() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    let welcome = chat.hello().await;
    let accepted = chat.says("m1", QUESTION).await;
    let conversation = accepted["conversation"].as_str().unwrap().to_owned();
    let seen = seq(&chat.hears_from("assistant").await);
    drop(chat);

    desk.agent("Sam").writes(&conversation, "One more thing.").await.ok();
    desk.agent("Sam").writes(&conversation, "And another.").await.ok();
    let mut chat = desk.chat().await;
    let back = chat.resumes(&welcome, &conversation, seen).await;
    assert_eq!(
        (back["visitor"] == welcome["visitor"], back["conversation"].as_str()),
        (true, Some(conversation.as_str()))
    );
    assert_eq!((back["owner"].as_str(), back["agent_name"].as_str()), (Some("agent"), Some("Sam")));
    let missed = chat.messages_up_to(seen + 2).await;
    let texts: Vec<&str> = missed.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["One more thing.", "And another."]);

    let mut afresh = desk.chat().await;
    afresh.resumes(&welcome, &conversation, 0).await;
    let all = afresh.messages_up_to(seen + 2).await;
    let numbers: Vec<i64> = all.iter().map(|message| message["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=seen + 2).collect::<Vec<_>>());
    desk.close().await;
}

#[tokio::test]
async fn a_message_sent_again_is_the_same_message() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    let welcome = chat.hello().await;
    let first = chat.says("m1", QUESTION).await;
    let conversation = first["conversation"].as_str().unwrap();
    let again = chat.says("m1", QUESTION).await;
    drop(chat);
    let mut chat = desk.chat().await;
    chat.resumes(&welcome, conversation, 0).await;
    let after_break = chat.says("m1", QUESTION).await;
    for other in [again, after_break] {
        assert_eq!((&other["message_id"], &other["seq"]), (&first["message_id"], &first["seq"]));
    }
    desk.is_idle().await;
    let thread = desk.thread(conversation).await;
    assert_eq!(messages_of(&thread, "contact").count(), 1);
    assert_eq!(messages_of(&thread, "assistant").count(), 1, "{thread}");

    let mut stranger = desk.chat().await;
    stranger.hello().await;
    let theirs = stranger.says("m1", QUESTION).await;
    assert_ne!(theirs["message_id"], first["message_id"], "another visitor's m1 is another message");
    desk.close().await;
}

#[tokio::test]
async fn an_agents_reply_arrives_live() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    chat.hello().await;
    let accepted = chat.says("m1", "Can I talk to a real person please?").await;
    let conversation = accepted["conversation"].as_str().unwrap();
    eventually_owned_by(&mut chat, "queue").await;
    let sam = desk.agent("Sam");
    sam.claims_with_note(conversation, "sounds upset").await.ok();
    let owner = eventually_owned_by(&mut chat, "agent").await;
    assert_eq!(owner["agent_name"], "Sam");
    sam.writes(conversation, "Hello, how can I help?").await.ok();
    let heard = chat.hears("message").await;
    assert_eq!(heard["message"]["text"], "Hello, how can I help?", "the note between agents stays between them");
    assert_eq!(
        (heard["message"]["author"].as_str(), heard["message"]["author_name"].as_str()),
        (Some("agent"), Some("Sam"))
    );
    desk.close().await;
}

#[tokio::test]
async fn two_pages_of_one_visitor_see_the_same() {
    let desk = Desk::start().await;
    let mut one = desk.chat().await;
    let welcome = one.hello().await;
    let first = one.says("a1", QUESTION).await;
    let conversation = first["conversation"].as_str().unwrap();
    let mut other = desk.chat().await;
    other.resumes(&welcome, conversation, 0).await;
    other.says("b1", "And how much does express delivery cost?").await;
    let mut heard = BTreeSet::new();
    while !["a1", "b1"].iter().all(|id| heard.contains(*id)) {
        let frame = one.hears_from("contact").await;
        heard.insert(frame["message"]["client_id"].as_str().unwrap().to_owned());
    }
    desk.close().await;
}

#[tokio::test]
async fn a_foreign_page_may_not_open_the_chat() {
    let desk = Desk::with("[[web]]\nname = \"web\"\norigins = [\"https://shop.example\"]").await;
    let refusal = Chat::open(&desk.url, Some("https://evil.example")).await.err().unwrap();
    assert_eq!((refusal.status, refusal.problem["code"].as_str()), (403, Some("foreign_origin")), "{refusal:?}");
    let mut chat = Chat::open(&desk.url, Some("https://shop.example")).await.unwrap();
    chat.hello().await;
    let mut program = Chat::open(&desk.url, None).await.unwrap();
    program.hello().await;
    desk.close().await;
}

#[tokio::test]
async fn rubbish_gets_an_error_and_the_chat_goes_on() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    chat.hello().await;
    let long_id = "x".repeat(65);
    let rubbish = [
        (Message::text("{"), "invalid_frame"),
        (Message::text("[]"), "invalid_frame"),
        (Message::text(r#"{"type":"dance"}"#), "invalid_frame"),
        (Message::text(r#"{"type":"message","id":7,"text":"hello"}"#), "invalid_frame"),
        (Message::binary(vec![0_u8, 159, 146, 150]), "invalid_frame"),
        (Message::text(r#"{"type":"message","id":"","text":"hello"}"#), "invalid_id"),
        (Message::text(json!({ "type": "message", "id": long_id, "text": "hello" }).to_string()), "invalid_id"),
        (Message::text(r#"{"type":"message","id":"m1","text":"   "}"#), "invalid_text"),
        (
            Message::text(json!({ "type": "message", "id": "m1", "text": "x".repeat(40_000) }).to_string()),
            "invalid_text",
        ),
    ];
    for (frame, code) in rubbish {
        chat.send_raw(frame.clone()).await;
        let error = chat.hears("error").await;
        assert_eq!(error["code"], code, "{frame:?}");
        assert!(!error["detail"].as_str().unwrap().is_empty());
    }
    chat.says("m1", QUESTION).await;
    chat.hears_from("assistant").await;
    desk.close().await;
}

#[tokio::test]
async fn what_cannot_be_a_chat_is_ended_and_harms_nobody() {
    let desk = Desk::start().await;
    let mut quiet = desk.chat().await;
    quiet.hello().await;
    let huge = json!({ "type": "message", "id": "m1", "text": "x".repeat(200_000) }).to_string();
    for first_frame in [Message::text("hello?"), Message::binary(vec![1_u8, 2]), Message::text(huge.clone())] {
        let mut chat = desk.chat().await;
        chat.send_raw(first_frame).await;
        while chat.next().await.is_some() {}
    }
    let mut chat = desk.chat().await;
    chat.hello().await;
    chat.send_raw(Message::text(huge)).await;
    while chat.next().await.is_some() {}

    quiet.says("m1", QUESTION).await;
    quiet.hears_from("assistant").await;
    desk.close().await;
}

#[tokio::test]
async fn a_flood_is_slowed_down() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    chat.hello().await;
    for n in 0..40 {
        chat.send(&json!({ "type": "message", "id": format!("m{n}"), "text": "hello" })).await;
    }
    let error = chat.hears("error").await;
    assert_eq!(error["code"], "too_many_messages");
    assert!(error["id"].as_str().unwrap().starts_with('m'));
    desk.close().await;
}

#[tokio::test]
async fn a_secret_of_ones_own_choice_is_not_taken() {
    let desk = Desk::start().await;
    let mut chat = desk.chat().await;
    chat.send(&json!({ "type": "hello", "visitor": "guess-me" })).await;
    let welcome = chat.hears("welcome").await;
    assert_ne!(welcome["visitor"], "guess-me");
    chat.says("m1", QUESTION).await;
    let secret = welcome["visitor"].as_str().unwrap();
    let bytes = desk.bytes_on_disk();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "the secret is stored");
    desk.close().await;
}

#[tokio::test]
async fn a_shutdown_says_goodbye_and_waits_for_nobody() {
    let desk = Desk::start().await;
    let mut chats = Vec::new();
    for _ in 0..5 {
        let mut chat = desk.chat().await;
        chat.hello().await;
        chats.push(chat);
    }
    let silent = desk.chat().await;
    let mut events = desk.events(None).await;
    let began = Instant::now();
    desk.begin_to_stop();
    for chat in &mut chats {
        let bye = chat.hears("bye").await;
        assert!(bye["retry_after_ms"].as_u64().unwrap() > 0);
        assert!(chat.next().await.is_none());
    }
    assert_eq!(events.next().await, None);
    desk.close().await;
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    drop(silent);
}
