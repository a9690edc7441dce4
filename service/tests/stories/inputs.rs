//! Bad input of every kind: each is refused with a problem that names what is wrong, and nothing falls over.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::answer::Answer;
use crate::desk::{ADMIN, Desk};

const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn send_raw(desk: &Desk, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = desk.request(Method::POST, path).bearer_auth(ADMIN).header("Content-Type", "application/json");
    Answer::to(request.body(body)).await
}

/// A message with one part of it changed.
fn message_with(pointer: &str, value: Value) -> Value {
    let mut message = json!({
        "channel": "web", "from": { "handle": "visitor-7", "name": "Ada" }, "text": "hello",
        "external_id": null, "subject": null, "conversation_id": null, "sent_at": null,
    });
    if let Some(place) = message.pointer_mut(pointer) {
        *place = value;
    } else {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        message.pointer_mut(parent).unwrap()[name] = value;
    }
    message
}

#[tokio::test]
async fn a_wrong_field_of_a_message_is_named() {
    let desk = Desk::start().await;
    let cases = [
        ("/channel", json!("fax"), "channel"),
        ("/channel", json!(7), "channel"),
        ("/from", json!("ada"), "from"),
        ("/from/handle", json!(5), "from.handle"),
        ("/from/handle", json!(""), "from.handle"),
        ("/from/handle", json!("x".repeat(300)), "from.handle"),
        ("/from/handle", json!("a\u{0}b"), "from.handle"),
        ("/from/name", json!("x".repeat(300)), "from.name"),
        ("/from/colour", json!("red"), "colour"),
        ("/colour", json!("red"), "colour"),
        ("/text", json!(["hello"]), "text"),
        ("/text", json!(""), "text"),
        ("/text", json!(" \n\t "), "text"),
        ("/text", json!("\u{200b}\u{7}\u{202e}"), "text"),
        ("/text", json!("x".repeat(33 * 1024)), "text"),
        ("/external_id", json!("x".repeat(300)), "external_id"),
        ("/subject", json!("two\nlines"), "subject"),
        ("/conversation_id", json!("nonsense"), "conversation_id"),
        ("/sent_at", json!("yesterday"), "sent_at"),
    ];
    for (pointer, value, field) in cases {
        let answer = desk.post("/v1/messages?wait=true", &message_with(pointer, value.clone())).await;
        let problem = answer.refused(422, "invalid_request");
        assert_eq!(problem["field"], field, "{pointer} = {value}: {problem}");
    }
    assert_eq!(desk.get("/v1/conversations").await.ok()["data"], json!([]), "nothing of it was stored");
    desk.close().await;
}

#[tokio::test]
async fn an_address_must_fit_its_channel() {
    let desk = Desk::start().await;
    for (channel, handle) in [("sms", "visitor-7"), ("voice", "12"), ("email", "ada"), ("email", "a b@example.com")] {
        let mut message = message_with("/channel", json!(channel));
        message["from"]["handle"] = handle.into();
        let problem = desk.post("/v1/messages", &message).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], "from.handle", "{channel} {handle}");
    }
    let mut message = message_with("/channel", json!("sms"));
    let mut contacts = Vec::new();
    for one_number in ["07700 900123", "+44 7700 900123", "0044 (0)7700-900123"] {
        message["from"]["handle"] = one_number.into();
        contacts.push(desk.post("/v1/messages", &message).await.ok()["contact_id"].clone());
    }
    assert!(contacts.iter().all(|contact| *contact == contacts[0]), "{contacts:?}");
    desk.close().await;
}

#[tokio::test]
async fn unusual_text_is_taken() {
    let desk = Desk::start().await;
    for text in [
        "🙂🙂🙂",
        "?",
        "مرحبا",
        "a\u{0}b",
        "x",
        "👩‍🌾 где мой заказ",
        "<script>alert(1)</script>",
        "'; DROP TABLE messages; --",
    ] {
        let receipt = desk.contact(text.trim_matches('\0').split('\0').next().unwrap()).says(text).await;
        let thread = desk.thread(receipt.conversation()).await;
        let stored = thread["messages"][0]["text"].as_str().unwrap();
        assert_eq!(stored, text.replace('\0', ""));
        assert!(!receipt.words().is_empty(), "{text:?} got no reply");
    }
    desk.close().await;
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let desk = Desk::start().await;
    for path in ["/v1/messages", "/v1/triage", "/v1/triage/batch", "/v1/search"] {
        for body in ["", "{", "[]", "null", "\"text\"", "{\"text\":\"a\"} trailing", "{\"text\":\"a\",}"] {
            send_raw(&desk, path, body).await.refused(422, "invalid_request");
        }
        send_raw(&desk, path, b"{\"text\":\"\xff\xfe\"}".to_vec()).await.refused(422, "invalid_request");
        send_raw(&desk, path, "[".repeat(100_000)).await.refused(422, "invalid_request");
        let form = desk.request(Method::POST, path).bearer_auth(ADMIN).form(&[("text", "hello")]);
        Answer::to(form).await.refused(415, "not_json");
        let untyped = desk.request(Method::POST, path).bearer_auth(ADMIN).body("{}");
        Answer::to(untyped).await.refused(415, "not_json");
    }
    desk.close().await;
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let desk = Desk::start().await;
    let text = json!({ "text": "x".repeat(1 << 20) });
    for path in ["/v1/messages", "/v1/triage", "/v1/search"] {
        desk.post(path, &text).await.refused(413, "too_large");
    }
    let below = json!({ "text": "x".repeat(900_000) });
    assert_eq!(desk.post("/v1/triage", &below).await.refused(422, "invalid_request")["field"], "text");
    let webhook = desk.request(Method::POST, "/channels/sms/webhook").body("x".repeat(2 << 20));
    let answer = Answer::to(webhook).await;
    assert!([404, 413].contains(&answer.status), "{answer:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_wrong_field_of_a_triage_is_named() {
    let desk = Desk::start().await;
    let line = |author: &str, text: &str| json!({ "author": author, "text": text });
    let cases = [
        (json!({}), "text"),
        (json!({ "text": "a", "messages": [line("contact", "b")] }), "text"),
        (json!({ "text": "a", "channel": "fax" }), "channel"),
        (json!({ "messages": [] }), "messages"),
        (json!({ "messages": vec![line("contact", "a"); 201] }), "messages"),
        (json!({ "messages": [line("contact", "a"), line("agent", "b")] }), "messages"),
        (json!({ "messages": [line("contact", "a"), line("robot", "b")] }), "messages[1].author"),
        (json!({ "messages": [line("contact", "a"), line("contact", "")] }), "messages[1].text"),
        (json!({ "messages": [line("contact", "a"), { "author": "contact", "text": 1 }] }), "messages[1].text"),
        (json!({ "messages": [{ "author": "contact", "text": "a", "sent_at": "noon" }] }), "messages[0].sent_at"),
        (json!({ "messages": [{ "author": "contact", "text": "a", "channel": "fax" }] }), "messages[0].channel"),
    ];
    for (body, field) in cases {
        let problem = desk.post("/v1/triage", &body).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], field, "{body}: {problem}");
    }
    for limit in [0, 51] {
        let problem =
            desk.post("/v1/search", &json!({ "text": "a", "limit": limit })).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], "limit");
    }
    desk.close().await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let desk = Desk::start().await;
    let action = json!({ "agent": "Sam" });
    for path in ["conversations", "handoffs"] {
        desk.get(&format!("/v1/{path}/{UNKNOWN}")).await.refused(404, "not_found");
        let problem = desk.get(&format!("/v1/{path}/nonsense")).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], "id");
        desk.get(&format!("/v1/{path}/%FF")).await.refused(422, "invalid_request");
    }
    for verb in ["claim", "release", "resolve", "reopen", "return"] {
        desk.post(&format!("/v1/conversations/{UNKNOWN}/{verb}"), &action).await.refused(404, "not_found");
        desk.post(&format!("/v1/conversations/nonsense/{verb}"), &action).await.refused(422, "invalid_request");
    }
    let words = json!({ "agent": "Sam", "text": "hello" });
    desk.post(&format!("/v1/conversations/{UNKNOWN}/messages"), &words).await.refused(404, "not_found");
    desk.get("/v1/articles/nothing-here").await.refused(404, "not_found");
    desk.get("/v1/nonsense").await.refused(404, "no_such_route");
    desk.get("/v1/conversations/").await.refused(404, "no_such_route");
    desk.get("/channels/nowhere/ws").await.refused(404, "not_found");
    desk.close().await;
}

#[tokio::test]
async fn what_an_agent_sends_is_checked() {
    let desk = Desk::start().await;
    let receipt = desk.contact("ada").says("Can I talk to a real person please?").await;
    let claim = format!("/v1/conversations/{}/claim", receipt.conversation());
    let cases = [
        (json!({}), Value::Null),
        (json!({ "agent": "" }), json!("agent")),
        (json!({ "agent": "x".repeat(81) }), json!("agent")),
        (json!({ "agent": 7 }), json!("agent")),
        (json!({ "agent": "Sam", "mood": "good" }), json!("mood")),
        (json!({ "agent": "Sam", "note": "\u{200b}" }), json!("note")),
    ];
    for (body, field) in cases {
        let problem = desk.post(&claim, &body).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], field, "{body}: {problem}");
    }
    let empty = json!({ "agent": "Sam", "text": "  " });
    let path = format!("/v1/conversations/{}/messages", receipt.conversation());
    assert_eq!(desk.post(&path, &empty).await.refused(422, "invalid_request")["field"], "text");
    assert_eq!(desk.thread(receipt.conversation()).await["owner"]["kind"], "queue", "nothing of it was done");
    desk.close().await;
}

#[tokio::test]
async fn a_wrong_query_is_refused() {
    let desk = Desk::start().await;
    for path in ["/v1/conversations", "/v1/handoffs"] {
        desk.get(&format!("{path}?cursor=zzz")).await.refused(422, "invalid_cursor");
        desk.get(&format!("{path}?cursor=%F0%9F%99%82")).await.refused(422, "invalid_cursor");
        desk.get(&format!("{path}?limit=many")).await.refused(422, "invalid_request");
        let problem = desk.get(&format!("{path}?colour=red")).await.refused(422, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains("colour"), "{problem}");
        assert_eq!(desk.get(&format!("{path}?status=odd")).await.refused(422, "invalid_request")["field"], "status");
    }
    assert_eq!(desk.get("/v1/conversations?owner=me").await.refused(422, "invalid_request")["field"], "owner");
    assert_eq!(desk.get("/v1/conversations?contact=me").await.refused(422, "invalid_request")["field"], "contact");
    desk.post("/v1/messages?wait=maybe", &message_with("/text", json!("hello"))).await.refused(422, "invalid_request");
    let events = desk.request(Method::GET, "/v1/events").bearer_auth(ADMIN).header("Last-Event-ID", "the last");
    assert_eq!(Answer::to(events).await.refused(422, "invalid_request")["field"], "Last-Event-ID");
    desk.close().await;
}

#[tokio::test]
async fn a_wrong_method_is_refused() {
    let desk = Desk::start().await;
    let wrong = [
        (Method::GET, "/v1/triage"),
        (Method::DELETE, "/v1/messages"),
        (Method::PUT, "/v1/conversations"),
        (Method::PATCH, "/v1/articles/returns-window"),
        (Method::POST, "/livez"),
        (Method::GET, "/channels/sms/webhook"),
    ];
    for (method, path) in wrong {
        let answer = Answer::to(desk.request(method.clone(), path).bearer_auth(ADMIN)).await;
        assert!(answer.headers.contains_key("allow"), "{method} {path}: {answer:?}");
        answer.refused(405, "wrong_method");
    }
    let plain = desk.get("/channels/web/ws").await;
    assert_eq!(plain.content_type, "application/problem+json", "a chat without an upgrade: {plain:?}");
    desk.close().await;
}
