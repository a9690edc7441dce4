//! From the assistant to humans: why, in which line, and what they are told.

use serde_json::Value;

use crate::desk::Desk;
use crate::desk::answer::messages_of;

const ANGRY: &str = "This is ridiculous!!! I am really angry and sick of your terrible service. AW-100003 STILL has not \
                     come and I hate this.";

/// Every number of a message that a part of a brief names.
fn cited(part: &Value, into: &mut Vec<i64>) {
    match part {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("messages", Value::Array(numbers)) => into.extend(numbers.iter().filter_map(Value::as_i64)),
                    _ => cited(value, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| cited(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn an_angry_contact_gets_a_human_who_knows_the_story() {
    let desk = Desk::start().await;
    let receipt = desk.contact("ben").says(ANGRY).await;
    assert_eq!((receipt.action(), receipt.owner()), ("handoff", "queue"), "{receipt:?}");
    assert_eq!(receipt.handoff_reasons()[0], "negative_emotion");
    assert!(!receipt.words().is_empty());

    let waiting = desk.get("/v1/handoffs").await.ok();
    let row = &waiting["data"][0];
    assert_eq!(row["conversation_id"], receipt.0["conversation_id"]);
    assert_eq!(row["claimed_by"], Value::Null);
    assert!(["high", "urgent"].contains(&row["priority"].as_str().unwrap()), "{row}");
    let at = |name: &str| row[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let seconds = at("expected_reply_at").duration_since(at("created_at")).as_secs();
    assert!([60 * 60, 15 * 60].iter().any(|due| due - seconds <= 5), "a reply is due within {seconds} seconds");
    assert_eq!(receipt.0["handoff"]["expected_reply_at"], row["expected_reply_at"]);
    assert!(row["preview"].as_str().unwrap().starts_with("This is ridiculous!!!"));

    let handoff = desk.get(&format!("/v1/handoffs/{}", row["id"].as_str().unwrap())).await.ok();
    let brief = &handoff["brief"];
    let order = brief["facts"].as_array().unwrap().iter().find(|fact| fact["name"] == "order_number").unwrap();
    assert_eq!((order["value"].as_str(), order["verified"].as_bool()), (Some("AW-100003"), Some(false)));
    assert!(ANGRY.contains(brief["problem"]["text"].as_str().unwrap()), "{brief}");
    assert!(brief["summary"]["text"].as_str().unwrap().split_whitespace().count() <= 100);
    assert!(!brief["suggested_next_step"]["text"].as_str().unwrap().is_empty());

    let thread = desk.thread(receipt.conversation()).await;
    let theirs: Vec<i64> = messages_of(&thread, "contact").map(|message| message["seq"].as_i64().unwrap()).collect();
    let mut numbers = Vec::new();
    cited(brief, &mut numbers);
    assert!(!numbers.is_empty() && numbers.iter().all(|number| theirs.contains(number)), "{numbers:?} in {brief}");
    assert_eq!(thread["handoff"]["id"], handoff["id"]);
    desk.close().await;
}

#[tokio::test]
async fn what_is_written_while_waiting_is_in_the_brief_and_raises_the_priority() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let asked = ada.says("I want to speak to a human").await;
    assert_eq!((asked.action(), asked.handoff_reasons()), ("handoff", vec!["customer_request"]));
    let id = asked.0["handoff"]["id"].as_str().unwrap().to_owned();
    ada.says("My lamp has caught fire and there is smoke everywhere! Order AW-100003").await;
    desk.is_idle().await;
    let handoff = desk.get(&format!("/v1/handoffs/{id}")).await.ok();
    assert_eq!(handoff["priority"], "urgent", "{handoff}");
    assert_eq!(handoff["reasons"][0]["code"], "safety", "{handoff}");
    let brief = &handoff["brief"];
    assert!(brief["summary"]["text"].as_str().unwrap().contains("caught fire"), "{brief}");
    assert!(brief["facts"].as_array().unwrap().iter().any(|fact| fact["value"] == "AW-100003"), "{brief}");
    assert_ne!(handoff["expected_reply_at"], asked.0["handoff"]["expected_reply_at"], "it is due earlier");
    assert_eq!(desk.agent("Sam").claims(asked.conversation()).await.status, 200);
    ada.says("It is out now, but the table is burnt").await;
    desk.is_idle().await;
    let claimed = desk.get(&format!("/v1/handoffs/{id}")).await.ok();
    assert_eq!(claimed["brief"], handoff["brief"], "whoever has taken over reads the thread");
    desk.close().await;
}

#[tokio::test]
async fn whoever_asks_for_a_human_gets_one_even_in_the_middle_of_a_flow() {
    let desk = Desk::start().await;
    let contact = desk.contact("impatient");
    contact.says("Where is my order AW-100001?").await;
    let receipt = contact.says("Can I talk to a real person please?").await;
    assert_eq!((receipt.action(), receipt.owner()), ("handoff", "queue"), "{receipt:?}");
    assert_eq!(receipt.handoff_reasons()[0], "customer_request");
    desk.close().await;
}

#[tokio::test]
async fn two_failures_in_a_row_lead_to_a_human() {
    let desk = Desk::start().await;
    let contact = desk.contact("poet");
    let first = contact.says("Which team won the chess olympiad in 1972?").await;
    assert_eq!((first.action(), first.owner()), ("clarify", "assistant"), "{first:?}");
    let second = contact.says("And who composed the opera about the magic flute?").await;
    assert_eq!(second.owner(), "queue", "{second:?}");
    assert_eq!(second.handoff_reasons()[0], "repeated_failure");
    desk.close().await;
}

#[tokio::test]
async fn a_foreign_language_leads_to_a_human() {
    let desk = Desk::start().await;
    let text = "Guten Tag, meine Bestellung ist leider beschädigt angekommen und ich möchte sie gerne umtauschen.";
    let receipt = desk.contact("elena").says(text).await;
    assert_eq!(receipt.owner(), "queue", "{receipt:?}");
    assert!(receipt.handoff_reasons().contains(&"unsupported_language"), "{receipt:?}");
    assert!(receipt.words().contains("auf Englisch"), "{receipt:?}");
    desk.close().await;
}

#[tokio::test]
async fn the_most_urgent_wait_in_front() {
    let desk = Desk::start().await;
    desk.contact("calm").says("Can I speak to a human please?").await;
    desk.contact("angry").says(ANGRY).await;
    desk.contact("calm-too").says("Please put me through to an agent").await;
    let waiting = desk.get("/v1/handoffs").await.ok();
    let rank = |row: &Value| match row["priority"].as_str().unwrap() {
        "urgent" => 0,
        "high" => 1,
        "normal" => 2,
        _ => 3,
    };
    let rows = waiting["data"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.is_sorted_by_key(rank), "{rows:?}");
    assert!(rows[0]["preview"].as_str().unwrap().starts_with("This is ridiculous"), "{rows:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_handoff_is_heard_live_and_nothing_is_lost_with_the_connection() {
    let desk = Desk::start().await;
    let mut stream = desk.events(None).await;
    let first = desk.contact("first").says("Can I talk to a real person please?").await;
    let heard = stream.up_to("handoff_created").await;
    let created = heard.last().unwrap();
    assert_eq!(created.data["conversation_id"], first.0["conversation_id"]);
    assert!(heard.iter().any(|event| event.name == "message_added" && event.data["seq"] == 1), "{heard:?}");
    drop(stream);

    let second = desk.contact("second").says("I want to speak to an agent").await;
    desk.is_idle().await;
    let mut resumed = desk.events(Some(created.id)).await;
    let missed = resumed.up_to("handoff_created").await;
    assert_eq!(missed.last().unwrap().data["conversation_id"], second.0["conversation_id"]);
    assert!(missed.iter().all(|event| event.id > created.id), "{missed:?}");

    let mut whole = desk.events(Some(heard[0].id)).await;
    let again = whole.up_to("handoff_created").await;
    assert_eq!(again, heard[1..], "a resumed stream tells the same");
    desk.close().await;
}
