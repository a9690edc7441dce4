//! What is missing from the knowledge base: asked in vain, drafted from agents' replies, said twice, contradicted, unused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::answer::Answer;
use crate::desk::{AGENT, Desk, MESSAGES, TRIAGE};

/// The topic whose name or samples have this word.
fn topic<'a>(gaps: &'a Value, word: &str) -> &'a Value {
    let topics = gaps["topics"].as_array().unwrap();
    let about =
        |topic: &&Value| topic["name"].to_string().contains(word) || topic["samples"].to_string().contains(word);
    topics.iter().find(about).unwrap_or_else(|| panic!("no topic about {word} in {gaps:#}"))
}

/// The pairs in a list whose two articles are these.
fn pairs<'a>(rows: &'a Value, excerpts: &str, articles: [&str; 2]) -> Vec<&'a Value> {
    let are_these =
        |row: &&Value| articles.iter().all(|article| (0..2).any(|at| row[excerpts][at]["article"] == *article));
    rows.as_array().unwrap().iter().filter(are_these).collect()
}

async fn gaps(desk: &Desk) -> Value {
    desk.get("/v1/gaps?limit=100").await.ok()
}

fn article(id: &str, title: &str, body: &str) -> Value {
    let source = format!("+++\nid = \"{id}\"\ntitle = \"{title}\"\naudience = \"public\"\n+++\n\n{body}\n");
    json!({ "source": source })
}

/// Asks until a human has it.
async fn asks_in_vain(desk: &Desk, who: &str, text: &str) -> String {
    let mut receipt = desk.contact(who).says(text).await;
    if receipt.action() == "clarify" {
        receipt = desk.contact(who).says(&format!("I said: {text}")).await;
    }
    assert_eq!(receipt.action(), "handoff", "{receipt:?}");
    receipt.conversation().to_owned()
}

#[tokio::test]
async fn what_is_asked_in_vain_becomes_a_draft_of_what_agents_reply() {
    let desk = Desk::start().await;
    let agent = desk.agent("Sam");
    for (who, text, reply) in [
        (
            "ada",
            "Do you run candle dipping evenings?",
            "Hi there, yes! We run a candle dipping evening on the first Friday of each month. Let me know if you need anything else.",
        ),
        (
            "ben",
            "Is there a candle dipping evening? Mail me at ben@example.com",
            "Hello! We run candle dipping evenings on the first Friday of every month. A place costs £25 and includes the wax. Mail sam@example.com for your order AW-100001. Best wishes, Sam",
        ),
        (
            "cy",
            "Can I book a candle dipping evening?",
            "A place at the candle dipping evening costs £25, wax included.",
        ),
    ] {
        let conversation = asks_in_vain(&desk, who, text).await;
        agent.claims(&conversation).await.ok();
        agent.writes(&conversation, reply).await.ok();
    }
    desk.contact("dee").says("Can I talk to a real person please?").await;

    let found = gaps(&desk).await;
    let topic = topic(&found, "candle");
    assert_eq!(
        (&topic["contacts"], &topic["replied"], &topic["answered_now"]),
        (&json!(3), &json!(3), &json!(false)),
        "{topic:#}"
    );
    assert!(topic["messages"].as_u64() >= Some(3) && topic["handed_over"].as_u64() >= Some(3), "{topic:#}");
    assert!(topic["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "no_answer"), "{topic:#}");
    assert!(topic["nearest"]["article"].is_string() && topic["nearest"]["score"].as_f64().is_some(), "{topic:#}");
    let said = found.to_string();
    assert!(!said.contains("example.com") && !said.contains("AW-100001"), "personal data is masked: {topic:#}");
    assert!(!said.contains("real person"), "no article could have helped with that: {found:#}");
    assert_eq!(gaps(&desk).await["topics"][0]["id"], found["topics"][0]["id"], "its name stays");

    let draft = &topic["draft"];
    let sentences: Vec<&str> =
        draft["sentences"].as_array().unwrap().iter().map(|sentence| sentence["text"].as_str().unwrap()).collect();
    assert!(sentences.iter().any(|text| text.contains("first Friday")), "{draft:#}");
    assert!(sentences.iter().any(|text| text.contains("£25")), "{draft:#}");
    for politeness in ["Hi there", "Let me know", "Sam", "[order]", "Best wishes"] {
        assert!(sentences.iter().all(|text| !text.contains(politeness)), "{draft:#}");
    }
    for sentence in draft["sentences"].as_array().unwrap() {
        let thread = desk.thread(sentence["message"]["conversation"].as_str().unwrap()).await;
        let messages = thread["messages"].as_array().unwrap();
        let message = messages.iter().find(|message| message["seq"] == sentence["message"]["seq"]).unwrap();
        assert_eq!(message["author"]["kind"], "agent");
        assert!(
            message["text"].as_str().unwrap().contains(&sentence["text"].as_str().unwrap()[1..]),
            "{sentence} of {message}"
        );
    }

    let id = draft["article"].as_str().unwrap();
    desk.get(&format!("/v1/articles/{id}")).await.refused(404, "not_found");
    let put = desk.put(&format!("/v1/articles/{id}"), &json!({ "source": draft["source"] })).await.ok();
    assert!(!put["questions"].as_array().unwrap().is_empty(), "{put:#}");
    let after = gaps(&desk).await;
    assert_eq!(self::topic(&after, "candle")["answered_now"], true, "{after:#}");
    assert_eq!(self::topic(&after, "candle")["nearest"]["article"], id);
    desk.delete(&format!("/v1/articles/{id}")).await.ok();
    desk.close().await;
}

#[tokio::test]
async fn a_question_beside_a_wish_for_a_human_counts() {
    let desk = Desk::start().await;
    for who in ["ada", "ben"] {
        let said = desk.contact(who).says("I want to speak to a human please. Do you engrave pewter tankards?").await;
        assert_eq!(said.0["decision"]["reasons"][0]["code"], "customer_request", "{said:?}");
    }
    let found = gaps(&desk).await;
    let topic = topic(&found, "pewter");
    assert_eq!(
        (&topic["name"], &topic["contacts"]),
        (&json!("Do you engrave pewter tankards?"), &json!(2)),
        "{topic:#}"
    );
    assert_eq!(topic["draft"], Value::Null, "nobody has replied");
    desk.close().await;
}

#[tokio::test]
async fn articles_that_say_the_same_or_contradict_each_other_are_found() {
    let desk = Desk::start().await;
    let kiln = "Our kiln can be hired by the day. The kiln is fired to 1200 degrees for you. You pay a deposit of £50 for the kiln.";
    let cheaper = "The kiln is in the yard. You pay a deposit of £80 for the kiln. Bring gloves and an apron.";
    desk.put("/v1/articles/kiln-hire", &article("kiln-hire", "Hiring the kiln", kiln)).await.ok();
    desk.put("/v1/articles/kiln-rental", &article("kiln-rental", "Renting the kiln", kiln)).await.ok();
    desk.put("/v1/articles/kiln-deposit", &article("kiln-deposit", "Kiln deposit", cheaper)).await.ok();
    let found = gaps(&desk).await;
    let twice = pairs(&found["duplicates"], "passages", ["kiln-hire", "kiln-rental"]);
    assert_eq!(twice.len(), 1, "{:#}", found["duplicates"]);
    assert_eq!(twice[0]["shared"], 1.0, "{:#}", twice[0]);
    assert!(pairs(&found["duplicates"], "passages", ["kiln-hire", "kiln-deposit"]).is_empty(), "{found:#}");
    let at_odds = pairs(&found["contradictions"], "sentences", ["kiln-hire", "kiln-deposit"]);
    assert_eq!(at_odds.len(), 1, "{:#}", found["contradictions"]);
    assert_eq!(at_odds[0]["differs_in"], "amount");
    assert_eq!(at_odds[0]["values"].as_array().unwrap().len(), 2);
    assert!(at_odds[0]["sentences"].to_string().contains("£80"), "{:#}", at_odds[0]);
    assert!(pairs(&found["contradictions"], "sentences", ["kiln-hire", "kiln-rental"]).is_empty(), "{found:#}");
    for id in ["kiln-hire", "kiln-rental", "kiln-deposit"] {
        desk.delete(&format!("/v1/articles/{id}")).await.ok();
    }
    desk.close().await;
}

#[tokio::test]
async fn articles_are_unused_until_they_are_cited() {
    let desk = Desk::start().await;
    let is_in = |rows: &Value, id: &str| rows.as_array().unwrap().iter().any(|row| row["article"] == id);
    let body = "We sharpen garden shears on the last Tuesday of the month, while you wait.";
    desk.put("/v1/articles/shear-sharpening", &article("shear-sharpening", "Do you sharpen garden shears?", body))
        .await
        .ok();
    let before = gaps(&desk).await;
    let shears = &before["unused"][0];
    assert_eq!((&shears["article"], &shears["age_days"]), (&json!("shear-sharpening"), &json!(0)), "{before:#}");
    assert!(before["unused_total"].as_u64() > Some(50) && !is_in(&before["used"], "shear-sharpening"), "{before:#}");

    let receipt = desk.contact("ada").says("Do you sharpen garden shears?").await;
    assert!(receipt.cites("shear-sharpening"), "{receipt:?}");
    let after = gaps(&desk).await;
    assert!(is_in(&after["used"], "shear-sharpening") && !is_in(&after["unused"], "shear-sharpening"), "{after:#}");
    desk.delete("/v1/articles/shear-sharpening").await.ok();
    desk.close().await;
}

#[tokio::test]
async fn only_an_admin_looks_for_gaps_and_within_bounds() {
    let desk = Desk::start().await;
    for key in [MESSAGES, TRIAGE, AGENT] {
        Answer::to(desk.request(Method::GET, "/v1/gaps").bearer_auth(key)).await.refused(403, "forbidden");
    }
    for (query, field) in [("days=0", "days"), ("days=366", "days"), ("limit=0", "limit"), ("limit=101", "limit")] {
        let problem = desk.get(&format!("/v1/gaps?{query}")).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], field, "{problem}");
    }
    desk.get("/v1/gaps?colour=red").await.refused(422, "invalid_request");
    let nothing = desk.get("/v1/gaps?days=1&limit=3").await.ok();
    assert_eq!((&nothing["questions"], &nothing["topics"]), (&json!(0), &json!([])), "{nothing:#}");
    assert_eq!(nothing["unused"].as_array().unwrap().len(), 3);
    desk.close().await;
}
