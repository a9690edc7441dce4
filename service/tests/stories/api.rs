//! What callers of the API can rely on: keys, idempotency, triage, health.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::answer::Answer;
use crate::desk::{ADMIN, AGENT, Desk, MESSAGES, TRIAGE};

fn message(text: &str) -> Value {
    json!({ "channel": "web", "from": { "handle": "visitor-7", "name": "Ada" }, "text": text })
}

#[tokio::test]
async fn nobody_gets_in_without_a_key_and_each_key_does_only_its_own() {
    let desk = Desk::start().await;
    let triage = json!({ "text": "hello" });
    let calls: [(Method, &str, Option<Value>, &[&str]); 7] = [
        (Method::POST, "/v1/messages?wait=false", Some(message("hello")), &[MESSAGES]),
        (Method::POST, "/v1/triage", Some(triage.clone()), &[TRIAGE]),
        (Method::POST, "/v1/search", Some(triage), &[TRIAGE]),
        (Method::GET, "/v1/conversations", None, &[AGENT]),
        (Method::GET, "/v1/handoffs", None, &[AGENT]),
        (Method::GET, "/v1/intents", None, &[TRIAGE]),
        (Method::GET, "/metrics", None, &[]),
    ];
    for (method, path, body, allowed) in calls {
        let request = || {
            let request = desk.request(method.clone(), path);
            body.as_ref().map_or(request.try_clone().unwrap(), |body| request.json(body))
        };
        let refused = Answer::to(request()).await;
        assert!(refused.headers.contains_key("www-authenticate"), "{refused:?}");
        refused.refused(401, "unauthorized");
        Answer::to(request().bearer_auth("nobody's-key-nobody's-key")).await.refused(401, "unauthorized");
        Answer::to(request().header("Authorization", format!("Basic {ADMIN}"))).await.refused(401, "unauthorized");
        for key in [MESSAGES, TRIAGE, AGENT] {
            let answer = Answer::to(request().bearer_auth(key)).await;
            if allowed.contains(&key) {
                answer.ok();
            } else {
                answer.refused(403, "forbidden");
            }
        }
        Answer::to(request().bearer_auth(ADMIN)).await.ok();
    }
    desk.close().await;
}

#[tokio::test]
async fn a_promise_is_kept_for_the_same_request_only() {
    let desk = Desk::start().await;
    let post = async |key: &str, body: Value| {
        let request = desk.request(Method::POST, "/v1/messages?wait=true").bearer_auth(ADMIN);
        Answer::to(request.header("Idempotency-Key", key).json(&body)).await
    };
    let first = post("k1", message("How long does standard delivery take in the UK?")).await.ok();
    let again = post("k1", message("How long does standard delivery take in the UK?")).await.ok();
    assert_eq!((first["duplicate"].as_bool(), again["duplicate"].as_bool()), (Some(false), Some(true)));
    for same in ["message_id", "conversation_id", "decision", "replies"] {
        assert_eq!(first[same], again[same], "{same}");
    }
    post("k1", message("something else")).await.refused(422, "idempotency_mismatch");
    let other = post("k2", message("How much does express delivery cost?")).await.ok();
    assert_ne!(other["message_id"], first["message_id"]);
    let problem = post(&"k".repeat(256), message("hello")).await.refused(422, "invalid_request");
    assert_eq!(problem["field"], "Idempotency-Key");

    let conversation = first["conversation_id"].as_str().unwrap();
    let path = format!("/v1/conversations/{conversation}/messages");
    let write = async |text: &str| {
        let body = json!({ "agent": "Sam", "text": text });
        let request = desk.request(Method::POST, &path).bearer_auth(ADMIN).header("Idempotency-Key", "k1");
        Answer::to(request.json(&body)).await
    };
    let said = write("Hello").await.ok();
    assert_eq!(write("Hello").await.ok()["id"], said["id"]);
    write("Good day").await.refused(422, "idempotency_mismatch");
    desk.close().await;
}

#[tokio::test]
async fn the_callers_own_identifier_makes_a_message_unique() {
    let desk = Desk::start().await;
    let mut body = message("How long does standard delivery take in the UK?");
    body["external_id"] = "ticket-1-message-1".into();
    let (one, two) =
        tokio::join!(desk.post("/v1/messages?wait=true", &body), desk.post("/v1/messages?wait=true", &body));
    let (one, two) = (one.ok(), two.ok());
    assert_eq!(one["message_id"], two["message_id"]);
    assert_ne!(one["duplicate"], two["duplicate"]);
    assert_eq!(one["replies"], two["replies"], "both callers learn the answer");
    desk.close().await;
}

#[tokio::test]
async fn who_does_not_wait_is_told_that_the_answer_follows() {
    let desk = Desk::start().await;
    let answer = desk.post("/v1/messages", &message("How long does standard delivery take in the UK?")).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let receipt = answer.ok();
    assert_eq!((&receipt["decision"], &receipt["replies"]), (&Value::Null, &json!([])));
    desk.is_idle().await;
    let thread = desk.thread(receipt["conversation_id"].as_str().unwrap()).await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 2, "{thread}");
    assert_eq!(thread["messages"][0]["decision"]["action"], "answer");
    desk.close().await;
}

#[tokio::test]
async fn a_burst_of_messages_is_one_turn_with_one_answer() {
    let desk = Desk::start().await;
    let texts = ["hi", "I have a question", "How long does standard delivery take in the UK?"];
    let mut conversation = String::new();
    for text in texts {
        let receipt = desk.post("/v1/messages", &message(text)).await.ok();
        receipt["conversation_id"].as_str().unwrap().clone_into(&mut conversation);
    }
    desk.is_idle().await;
    let thread = desk.thread(&conversation).await;
    let messages = thread["messages"].as_array().unwrap();
    let last_contact = messages.iter().rposition(|message| message["author"]["kind"] == "contact").unwrap();
    assert_eq!(messages[last_contact]["text"], texts[2]);
    assert!(messages[last_contact..].iter().any(|message| message["author"]["kind"] == "assistant"), "{thread}");
    assert!(!messages[last_contact]["decision"].is_null());
    desk.close().await;
}

#[tokio::test]
async fn triage_understands_a_text_and_stores_nothing() {
    let desk = Desk::start().await;
    let text = "Where is my order AW-100003? It should have come days ago.";
    let triage = desk.post("/v1/triage", &json!({ "text": text })).await.ok();
    assert_eq!(triage["language"]["code"], "en");
    assert_eq!(triage["intents"][0]["name"], "order_status", "{triage}");
    let entity = &triage["entities"][0];
    assert_eq!((entity["kind"].as_str(), entity["value"].as_str()), (Some("order_number"), Some("AW-100003")));
    let [start, end] = ["start", "end"].map(|key| usize::try_from(entity[key].as_u64().unwrap()).unwrap());
    assert_eq!(&text[start..end], "AW-100003");
    for version in ["encoder", "intents", "knowledge", "policy"] {
        assert!(!triage["versions"][version].as_str().unwrap().is_empty(), "{version}");
    }
    assert_eq!(desk.post("/v1/triage", &json!({ "text": text })).await.ok(), triage, "the same text, the same triage");
    assert_eq!(desk.get("/v1/conversations").await.ok()["data"], json!([]));
    assert_eq!(triage["truncated"], false);
    let long = format!("{text} {}", "It is a very long story, and I shall tell you all of it. ".repeat(40));
    let cut = desk.post("/v1/triage", &json!({ "text": long })).await.ok();
    assert_eq!(cut["truncated"], true, "the encoder reads 256 tokens");
    desk.close().await;
}

#[tokio::test]
async fn places_are_counted_in_the_text_that_comes_back() {
    let desk = Desk::start().await;
    let triage =
        desk.post("/v1/triage", &json!({ "text": "  from the cafe\u{301}: AW\u{200b}-100003 is late\r\n" })).await.ok();
    assert_eq!(triage["text"], "from the caf\u{e9}: AW-100003 is late");
    let [start, end] =
        ["start", "end"].map(|key| usize::try_from(triage["entities"][0][key].as_u64().unwrap()).unwrap());
    assert_eq!(&triage["text"].as_str().unwrap()[start..end], "AW-100003");
    desk.close().await;
}

#[tokio::test]
async fn triage_tells_what_kinds_of_things_a_text_names() {
    let desk = Desk::start().await;
    let text = "I paid 12,50 € for RR123456785GB on 28/11/2026, call ０7700 900101";
    let triage = desk.post("/v1/triage", &json!({ "text": text })).await.ok();
    let named: Vec<(&str, &str, &str)> = triage["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| {
            let [start, end] = ["start", "end"].map(|key| usize::try_from(entity[key].as_u64().unwrap()).unwrap());
            (entity["kind"].as_str().unwrap(), entity["value"].as_str().unwrap(), &text[start..end])
        })
        .collect();
    assert_eq!(
        named,
        [
            ("amount", "EUR 12.50", "12,50 €"),
            ("tracking_number", "RR123456785GB", "RR123456785GB"),
            ("date", "2026-11-28", "28/11/2026"),
            ("phone", "+447700900101", "０7700 900101"),
        ]
    );
    desk.close().await;
}

#[tokio::test]
async fn triage_reads_a_transcript_to_its_end() {
    let desk = Desk::start().await;
    let transcript = json!({ "messages": [
        { "author": "contact", "text": "Where is my order AW-100003?", "channel": "email", "sent_at": "2026-01-31T09:30:00Z" },
        { "author": "assistant", "text": "Which e-mail address did you use?" },
        { "author": "contact", "text": "I told you twice already, this is absolutely useless, I am furious!", "channel": "web" },
    ]});
    let triage = desk.post("/v1/triage", &transcript).await.ok();
    assert_eq!(triage["decision"]["action"], "handoff", "{triage}");
    let brief = &triage["brief"];
    assert_eq!(brief["channels"]["used"], json!(["email", "web"]));
    let facts = brief["facts"].as_array().unwrap();
    assert!(facts.iter().any(|fact| fact["value"] == "AW-100003" && fact["messages"] == json!([1])), "{facts:?}");

    let calm =
        desk.post("/v1/triage", &json!({ "text": "How long does standard delivery take in the UK?" })).await.ok();
    assert_eq!((calm["decision"]["action"].as_str(), &calm["brief"]), (Some("answer"), &Value::Null));
    assert_eq!(calm["suggested_articles"][0]["article"], calm["answer"]["citations"][0]["article"]);
    assert!(calm["frustration"].as_f64() < triage["frustration"].as_f64());
    desk.close().await;
}

#[tokio::test]
async fn a_batch_keeps_its_order() {
    let desk = Desk::start().await;
    let items: Vec<Value> = (0..60).map(|n| json!({ "text": format!("Where is my order AW-1001{n:02}?") })).collect();
    let batch = desk.post("/v1/triage/batch", &json!({ "items": items })).await.ok();
    let numbers: Vec<&str> =
        batch["items"].as_array().unwrap().iter().map(|item| item["entities"][0]["value"].as_str().unwrap()).collect();
    let expected: Vec<String> = (0..60).map(|n| format!("AW-1001{n:02}")).collect();
    assert_eq!(numbers, expected);

    let too_many: Vec<Value> = (0..257).map(|_| json!({ "text": "hello" })).collect();
    let problem = desk.post("/v1/triage/batch", &json!({ "items": too_many })).await.refused(422, "invalid_request");
    assert_eq!(problem["field"], "items");
    assert!(problem["detail"].as_str().unwrap().contains("257"), "{problem}");
    let one_bad = json!({ "items": [{ "text": "hello" }, { "text": "\u{200b}" }] });
    let problem = desk.post("/v1/triage/batch", &one_bad).await.refused(422, "invalid_request");
    assert_eq!(problem["field"], "items[1].text");
    assert_eq!(desk.post("/v1/triage/batch", &json!({ "items": [] })).await.ok(), json!({ "items": [] }));
    desk.close().await;
}

#[tokio::test]
async fn conversations_are_listed_page_by_page_each_once() {
    let desk = Desk::start().await;
    let mut expected = Vec::new();
    for n in 0..7 {
        let receipt = desk.contact(&format!("visitor-{n}")).says("Can I talk to a real person please?").await;
        expected.insert(0, receipt.conversation().to_owned());
    }
    for list in ["conversations", "handoffs"] {
        let mut seen = Vec::new();
        let mut path = format!("/v1/{list}?limit=3");
        loop {
            let page = desk.get(&path).await.ok();
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= 3);
            let id = if list == "handoffs" { "conversation_id" } else { "id" };
            seen.extend(rows.iter().map(|row| row[id].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/{list}?limit=3&cursor={cursor}");
        }
        if list == "handoffs" {
            seen.reverse();
        }
        assert_eq!(seen, expected, "{list}");
    }
    desk.close().await;
}

#[tokio::test]
async fn health_is_told_to_anybody() {
    let desk = Desk::start().await;
    let alive = Answer::to(desk.request(Method::GET, "/livez")).await;
    assert_eq!((alive.status, alive.text.as_str()), (200, "alive"));
    let ready = Answer::to(desk.request(Method::GET, "/readyz")).await;
    assert_eq!((ready.status, ready.body), (200, json!({ "ready": true, "problems": [], "warnings": [] })));
    let metrics = desk.get("/metrics").await;
    assert!(metrics.status == 200 && metrics.content_type.starts_with("text/plain"), "{metrics:?}");
    assert!(metrics.headers.contains_key("x-request-id"));
    assert_eq!(metrics.headers["x-content-type-options"], "nosniff");
    let named = desk.request(Method::GET, "/livez").header("X-Request-Id", "mine-1");
    assert_eq!(Answer::to(named).await.headers["x-request-id"], "mine-1");
    desk.close().await;
}
