//! Questions that the articles answer, and articles that change while the service runs.

use jiff::{Timestamp, ToSpan};
use knowledge_base::validity::day_of;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::desk::answer::Receipt;

/// The letters and digits of a text, so that a quotation can be found whatever stands around its words.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The stretch of an article's body that a citation names.
async fn quoted(desk: &Desk, citation: &Value) -> String {
    let article = desk.get(&format!("/v1/articles/{}", citation["article"].as_str().unwrap())).await.ok();
    assert_eq!(article["title"], citation["title"]);
    assert_eq!(article["version"], citation["version"]);
    let [start, end] = ["start", "end"].map(|key| usize::try_from(citation[key].as_u64().unwrap()).unwrap());
    let body = article["body"].as_str().unwrap();
    body.get(start..end).unwrap_or_else(|| panic!("{citation} does not lie in the article")).to_owned()
}

/// An article about a service that the shop does not have otherwise.
fn loom_lending(hours: &str) -> Value {
    let source = format!(
        "+++\nid = \"loom-lending\"\ntitle = \"Can I borrow a weaving loom?\"\nlocale = \"en\"\ntags = [\"loom\"]\n\
         audience = \"public\"\nquestions = [\"when can I borrow a weaving loom\", \"do you lend weaving looms\"]\n+++\n\n\
         ## Borrowing a weaving loom\n\nYou can borrow a weaving loom from us {hours}.\n"
    );
    json!({ "source": source })
}

async fn ask_for_the_loom(desk: &Desk, who: &str) -> Receipt {
    desk.contact(who).says("When can I borrow a weaving loom from you?").await
}

#[tokio::test]
async fn a_delivery_question_is_answered_with_a_quotation() {
    let desk = Desk::start().await;
    let receipt = desk.contact("ada").says("How long does standard delivery take in the UK?").await;
    assert_eq!(receipt.action(), "answer", "{receipt:?}");
    assert_eq!(receipt.owner(), "assistant");
    assert!(receipt.words().contains("working days"), "{receipt:?}");
    let citations = receipt.citations();
    assert!(!citations.is_empty(), "{receipt:?}");
    for citation in citations {
        let quoted = quoted(&desk, citation).await;
        let sentence = quoted.split_inclusive(". ").next().unwrap();
        assert!(bare(&receipt.words()).contains(&bare(sentence)), "{quoted:?} is not what {receipt:?} says");
    }
    desk.close().await;
}

#[tokio::test]
async fn an_article_answers_the_next_message_and_once_deleted_none() {
    let desk = Desk::start().await;
    assert!(!ask_for_the_loom(&desk, "before").await.cites("loom-lending"));

    desk.put("/v1/articles/loom-lending", &loom_lending("on Mondays for one week")).await.ok();
    let first = ask_for_the_loom(&desk, "first").await;
    assert_eq!((first.action(), first.words().contains("on Mondays")), ("answer", true), "{first:?}");
    assert_eq!(quoted(&desk, first.citations()[0]).await.trim(), first.words().trim());

    let changed = desk.put("/v1/articles/loom-lending", &loom_lending("on Fridays for a month")).await.ok();
    let second = ask_for_the_loom(&desk, "second").await;
    assert!(second.words().contains("on Fridays") && !second.words().contains("on Mondays"), "{second:?}");
    assert_eq!(second.citations()[0]["version"], changed["version"]);

    desk.put("/v1/articles/loom-lending", &json!({ "source": "## no front matter" }))
        .await
        .refused(422, "invalid_request");
    assert!(ask_for_the_loom(&desk, "third").await.words().contains("on Fridays"));

    assert_eq!(desk.delete("/v1/articles/loom-lending").await.status, 204);
    let last = ask_for_the_loom(&desk, "last").await;
    assert!(!last.cites("loom-lending") && !last.words().contains("on Fridays"), "{last:?}");
    desk.get("/v1/articles/loom-lending").await.refused(404, "not_found");
    desk.delete("/v1/articles/loom-lending").await.refused(404, "not_found");
    desk.close().await;
}

#[tokio::test]
async fn an_article_that_does_not_parse_is_refused_with_its_lines() {
    let desk = Desk::start().await;
    let source = "+++\nid = \"kite-hire\"\ntitle = \"Kites\"\ncolour = \"red\"\naudience = \"dogs\"\n+++\n\nWe hire out kites.\n";
    let problem =
        desk.put("/v1/articles/kite-hire", &json!({ "source": source })).await.refused(422, "invalid_request");
    assert_eq!(problem["field"], "source");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("kite-hire.md:4:") && detail.contains("colour"), "{detail}");
    assert!(detail.contains("kite-hire.md:5:") && detail.contains("dogs"), "{detail}");

    let other = "+++\nid = \"kites\"\ntitle = \"Kites\"\n+++\n\nWe hire out kites.\n";
    let problem = desk.put("/v1/articles/kite-hire", &json!({ "source": other })).await.refused(422, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("kites"), "{problem}");
    desk.get("/v1/articles/kite-hire").await.refused(404, "not_found");
    desk.put("/v1/articles/Kite%20Hire", &json!({ "source": other })).await.refused(422, "invalid_request");
    desk.close().await;
}

#[tokio::test]
async fn an_article_answers_on_the_days_it_is_valid() {
    let desk = Desk::start().await;
    let today = day_of(Timestamp::now());
    let in_days = |days: i64| today.checked_add(days.days()).unwrap();
    let wheels = |from, until| {
        let source = format!(
            "+++\nid = \"wheel-lending\"\ntitle = \"Can I borrow a spinning wheel?\"\nvalid_from = {from}\n\
             valid_until = {until}\nquestions = [\"do you lend spinning wheels\"]\n+++\n\n\
             You can borrow a spinning wheel from us on Thursdays.\n"
        );
        json!({ "source": source })
    };
    for (from, until, is_valid) in [(-9, -2, false), (-2, 2, true), (2, 9, false)] {
        let put = desk.put("/v1/articles/wheel-lending", &wheels(in_days(from), in_days(until))).await.ok();
        assert_eq!(
            (&put["valid_from"], &put["valid_until"]),
            (&json!(in_days(from)), &json!(in_days(until))),
            "they are shown in the API"
        );
        let who = format!("from {from} until {until}");
        let receipt = desk.contact(&who).says("Can I borrow a spinning wheel from you?").await;
        assert_eq!(receipt.cites("wheel-lending"), is_valid, "{who}: {receipt:?}");
        let found = desk.post("/v1/search", &json!({ "text": "spinning wheel", "limit": 50 })).await.ok();
        let mut hits = found["hits"].as_array().unwrap().iter();
        assert_eq!(hits.any(|hit| hit["article"] == "wheel-lending"), is_valid, "{who}: {found}");
    }
    desk.delete("/v1/articles/wheel-lending").await.ok();
    desk.close().await;
}

#[tokio::test]
async fn an_old_version_of_an_article_can_be_put_back() {
    let desk = Desk::start().await;
    let source = |hours: &str| {
        let body = format!("Glaze lessons are held {hours}.");
        json!({ "source": format!("+++\nid = \"glaze-lessons\"\ntitle = \"Glaze lessons\"\n+++\n\n{body}\n") })
    };
    let path = "/v1/articles/glaze-lessons";
    desk.get(&format!("{path}/versions")).await.refused(404, "not_found");
    let first = desk.put(path, &source("on Mondays")).await.ok();
    let second = desk.put(path, &source("on Fridays")).await.ok();
    assert_eq!(desk.delete(path).await.status, 204);

    let newest = desk.get(&format!("{path}/versions?limit=1")).await.ok();
    let deleted = &newest["data"][0];
    assert_eq!(
        (&deleted["deleted"], &deleted["source"], &deleted["author"]),
        (&json!(true), &Value::Null, &json!("admin"))
    );
    let cursor = newest["next_cursor"].as_str().unwrap();
    let older = desk.get(&format!("{path}/versions?limit=2&cursor={cursor}")).await.ok();
    let numbers = [0, 1].map(|at| &older["data"][at]["version"]);
    assert_eq!((numbers, &older["next_cursor"]), ([&second["version"], &first["version"]], &Value::Null), "{older}");
    assert_eq!(older["data"][1]["source"], source("on Mondays")["source"]);
    assert!(older["data"][1]["at"].as_str() <= older["data"][0]["at"].as_str(), "{older}");

    let put_back = desk.put(path, &json!({ "source": older["data"][1]["source"] })).await.ok();
    assert_eq!(put_back["body"], first["body"]);
    assert!(put_back["version"].as_u64() > deleted["version"].as_u64(), "{put_back}");
    assert_eq!(desk.get(&format!("{path}/versions")).await.ok()["data"].as_array().unwrap().len(), 4);
    desk.get(&format!("{path}/versions?cursor=zzz")).await.refused(422, "invalid_cursor");
    assert_eq!(desk.get("/v1/articles/delivery-options/versions").await.ok()["data"], json!([]), "only in the folder");
    desk.delete(path).await.ok();
    desk.close().await;
}

#[tokio::test]
async fn what_is_written_for_agents_is_found_by_agents_and_never_quoted_to_contacts() {
    let desk = Desk::start().await;
    let question = "How much goodwill may I give on my own and who approves a refund over £150?";
    let found = desk.post("/v1/search", &json!({ "text": question })).await.ok();
    let articles: Vec<&str> =
        found["hits"].as_array().unwrap().iter().map(|hit| hit["article"].as_str().unwrap()).collect();
    assert_eq!(articles[0], "agents-refund-limits", "{articles:?}");

    let receipt = desk.contact("curious").says(question).await;
    let cited: Vec<_> = receipt.citations().into_iter().map(|citation| citation["article"].clone()).collect();
    assert!(cited.iter().all(|id| !id.as_str().unwrap().starts_with("agents-")), "{cited:?}");
    assert!(!receipt.words().contains("£75"), "{receipt:?}");
    desk.close().await;
}

#[tokio::test]
async fn search_finds_the_best_passage_first() {
    let desk = Desk::start().await;
    let request = json!({ "text": "how long does a refund take", "limit": 5 });
    let found = desk.post("/v1/search", &request).await.ok();
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 5);
    assert_eq!(hits[0]["article"], "refund-timing", "{hits:?}");
    let scores: Vec<f64> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    for hit in hits {
        let quoted = quoted(&desk, hit).await;
        let beginning: String = bare(&quoted).chars().take(20).collect();
        assert!(bare(hit["text"].as_str().unwrap()).contains(&beginning), "{quoted:?} is not {hit}");
    }
    assert!(!found["answer"].is_null());
    desk.close().await;
}

#[tokio::test]
async fn articles_are_listed_page_by_page_each_once() {
    let desk = Desk::start().await;
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/v1/articles?limit=20".to_owned();
    loop {
        let page = desk.get(&path).await.ok();
        seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/articles?limit=20&cursor={cursor}");
    }
    assert!(seen.len() > 40, "{}", seen.len());
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    assert!(seen.contains(&"delivery-options".to_owned()));
    desk.close().await;
}
