//! Corrections that become training examples: given by callers and agents, reviewed by an admin, learned at once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::answer::Answer;
use crate::desk::{ADMIN, AGENT, Desk, MESSAGES, TRIAGE};

/// What no example of the shop says, and what it means there.
const CRAZED: &str = "the glaze on it has gone all spidery";

async fn give(desk: &Desk, text: &str, intent: &str) -> Value {
    desk.post("/v1/feedback", &json!({ "text": text, "verdict": "wrong", "intent": intent })).await.ok()
}

async fn review(desk: &Desk, feedback: &Value, word: &str) -> Answer {
    desk.post(&format!("/v1/feedback/{}/{word}", feedback["id"].as_str().unwrap()), &json!({})).await
}

/// How likely the assistant takes a text for an intent.
async fn likeness(desk: &Desk, text: &str, intent: &str) -> f64 {
    let triage = desk.post("/v1/triage", &json!({ "text": text })).await.ok();
    let intents = triage["intents"].as_array().unwrap();
    intents.iter().find(|found| found["name"] == intent).map_or(0.0, |found| found["confidence"].as_f64().unwrap())
}

#[tokio::test]
async fn a_correction_that_turns_an_example_of_the_content_over_must_be_meant() {
    let desk = Desk::with_a_mind_of_its_own().await;
    let given = give(&desk, "so where is my order??", "opening_hours").await;
    let problem = review(&desk, &given, "accept").await.refused(409, "unfit_feedback");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("order_status") && detail.contains("on_drop=accept"), "{detail}");
    let place = format!("/v1/feedback/{}/accept?on_drop=accept", given["id"].as_str().unwrap());
    let meant = desk.post(&place, &json!({})).await.ok();
    assert_eq!(meant["feedback"]["state"], "accepted");
    desk.close().await;
}

#[tokio::test]
async fn a_correction_is_reviewed_and_then_known() {
    let desk = Desk::with_a_mind_of_its_own().await;
    let before = likeness(&desk, CRAZED, "warranty").await;
    let given = give(&desk, CRAZED, "warranty").await;
    assert_eq!(
        (&given["state"], &given["author"], &given["text"]),
        (&json!("waiting"), &json!("admin"), &json!(CRAZED))
    );
    assert!(given["decided"]["action"].is_string(), "{given}");
    assert!((likeness(&desk, CRAZED, "warranty").await - before).abs() < 1e-6, "nothing is learned unreviewed");
    let waiting = desk.get("/v1/feedback?state=waiting").await.ok();
    assert_eq!(waiting["data"], json!([given]));

    let accepted = review(&desk, &given, "accept").await.ok();
    assert_eq!(
        (&accepted["feedback"]["state"], &accepted["feedback"]["reviewed_by"]),
        (&json!("accepted"), &json!("admin"))
    );
    let change = &accepted["change"];
    assert!(
        change["accuracy_before"].as_f64().unwrap() > 0.8 && change["examples"].as_u64().unwrap() > 1000,
        "{change}"
    );
    let after = likeness(&desk, CRAZED, "warranty").await;
    assert!(after > before + 0.1, "{before} became {after}");
    let intents = desk.get("/v1/intents").await.ok();
    let intents = intents["data"].as_array().unwrap();
    let warranty = intents.iter().find(|intent| intent["name"] == "warranty").unwrap();
    assert_eq!((&warranty["from_feedback"], &warranty["action"]), (&json!(1), &json!("answer")), "{warranty}");
    assert!(warranty["recall"].as_f64().is_some() && warranty["precision"].as_f64().is_some(), "{warranty}");

    assert_eq!(review(&desk, &given, "accept").await.ok()["change"], Value::Null, "once is enough");
    review(&desk, &given, "reject").await.ok();
    let forgotten = likeness(&desk, CRAZED, "warranty").await;
    assert!((forgotten - before).abs() < 1e-3, "{forgotten} is not {before} as before");
    desk.close().await;
}

#[tokio::test]
async fn what_was_accepted_is_known_after_a_restart() {
    let folder = tempfile::TempDir::new().unwrap();
    let desk = Desk::in_folder(folder.path()).await;
    let given = give(&desk, "it came without its wick", "missing_item").await;
    let id = given["id"].as_str().unwrap().parse().unwrap();
    let reviewed = service::domain::feedback::Reviewed { by: "admin".to_owned(), at: jiff::Timestamp::now() };
    let state = service::domain::feedback::ReviewState::Accepted;
    desk.app.store.review_feedback(service::store::ReviewFeedback { id, state, reviewed }).await.unwrap();
    desk.close().await;

    let desk = Desk::in_folder(folder.path()).await;
    let accepted = desk.app.store.accepted_feedback().await.unwrap();
    let mind = desk.app.mind.clone();
    let lessons = tokio::task::spawn_blocking(move || {
        service::feedback::lessons(mind.assistant().intents(), accepted, mind.encoder()).unwrap()
    });
    let lessons = lessons.await.unwrap();
    assert_eq!((lessons.len(), lessons[0].intent.as_str()), (1, "missing_item"));
    desk.close().await;
}

#[tokio::test]
async fn an_agent_corrects_what_was_decided() {
    let desk = Desk::start().await;
    let receipt = desk.contact("ada").says("How long does standard delivery take in the UK?").await;
    let path = format!("/v1/conversations/{}/correct", receipt.conversation());
    let correct = async |body: Value| {
        Answer::to(desk.request(Method::POST, &path).bearer_auth(AGENT).header("Idempotency-Key", "c1").json(&body))
            .await
    };
    let body = json!({ "agent": "Sam", "seq": 1, "intent": "late_delivery", "note": "my password is hunter2" });
    let answer = correct(body.clone()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let corrected = answer.ok();
    assert_eq!((&corrected["author"], &corrected["verdict"]), (&json!("Sam"), &json!("wrong")));
    assert_eq!(
        (&corrected["intent"], &corrected["note"]),
        (&json!("late_delivery"), &json!("my password is [removed]"))
    );
    assert_eq!(corrected["text"], "How long does standard delivery take in the UK?");
    assert_eq!(corrected["message"], json!({ "conversation": receipt.conversation(), "seq": 1 }));
    assert_eq!(corrected["decided"]["action"], "answer");
    assert_eq!(correct(body).await.ok()["id"], corrected["id"]);
    let listed = desk.get("/v1/feedback").await.ok();
    assert_eq!(listed["data"], json!([corrected]));
    desk.close().await;
}

#[tokio::test]
async fn a_caller_says_what_was_right() {
    let desk = Desk::start().await;
    let receipt =
        desk.contact("ada").brought_by(MESSAGES).says("How long does standard delivery take in the UK?").await;
    let place = json!({ "conversation": receipt.conversation(), "seq": 1 });
    let request = desk.request(Method::POST, "/v1/feedback").bearer_auth(MESSAGES);
    let given = Answer::to(request.json(&json!({ "message": place, "verdict": "right" }))).await.ok();
    assert_eq!((&given["author"], &given["intent"]), (&json!("bot"), &given["decided"]["intent"]));
    let rejected = review(&desk, &given, "reject").await.ok();
    assert_eq!((&rejected["feedback"]["state"], &rejected["change"]), (&json!("rejected"), &Value::Null));
    desk.close().await;
}

#[tokio::test]
async fn wrong_feedback_says_what_is_wrong_with_it() {
    let desk = Desk::start().await;
    let receipt = desk.contact("ada").says("hello there").await;
    let place = |seq: i64| json!({ "conversation": receipt.conversation(), "seq": seq });
    for (body, field, says) in [
        (json!({ "verdict": "wrong", "intent": "none" }), "text", "exactly one of text and message"),
        (json!({ "text": "x", "message": place(1), "verdict": "right" }), "text", "exactly one of text and message"),
        (json!({ "text": " ", "verdict": "right" }), "text", "visible character"),
        (json!({ "text": "x", "verdict": "maybe" }), "verdict", "\"maybe\" is not a verdict; use right or wrong"),
        (json!({ "text": "x", "verdict": "wrong" }), "intent", "\"none\" where none of them fits"),
        (json!({ "text": "x", "verdict": "wrong", "intent": "order_stats" }), "intent", "the nearest are order_status"),
        (json!({ "message": place(1), "verdict": "right", "intent": "refund_status" }), "intent", "leave intent out"),
        (json!({ "message": { "conversation": "7", "seq": 1 }, "verdict": "right" }), "message.conversation", "\"7\""),
        (json!({ "text": "x", "verdict": "right", "colour": "red" }), "colour", "unknown field"),
    ] {
        let problem = desk.post("/v1/feedback", &body).await.refused(422, "invalid_request");
        assert_eq!(problem["field"], field, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{body}: {problem}");
    }
    for seq in [0, 2, 99, i64::MIN] {
        let body = json!({ "message": place(seq), "verdict": "wrong", "intent": "none" });
        desk.post("/v1/feedback", &body).await.refused(404, "not_found");
    }
    let problem = desk.get("/v1/feedback?state=new").await.refused(422, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("waiting, accepted or rejected"), "{problem}");
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    desk.post(&format!("/v1/feedback/{nobody}/accept"), &json!({})).await.refused(404, "not_found");
    desk.post("/v1/feedback/x/accept", &json!({})).await.refused(422, "invalid_request");
    desk.post(&format!("/v1/feedback/{nobody}/accept?on_drop=never"), &json!({})).await.refused(422, "invalid_request");
    desk.close().await;
}

#[tokio::test]
async fn feedback_that_contradicts_the_content_is_refused() {
    let desk = Desk::start().await;
    let given = give(&desk, "wheres MY order", "refund_status").await;
    let problem = review(&desk, &given, "accept").await.refused(409, "unfit_feedback");
    assert!(problem["detail"].as_str().unwrap().contains("\"order_status\""), "{problem}");
    assert_eq!(desk.get("/v1/feedback?state=waiting").await.ok()["data"], json!([given]));
    desk.close().await;
}

#[tokio::test]
async fn only_an_admin_reviews() {
    let desk = Desk::start().await;
    let given = give(&desk, "can you teach me to weave", "none").await;
    let path = format!("/v1/feedback/{}/accept", given["id"].as_str().unwrap());
    for key in [MESSAGES, TRIAGE, AGENT] {
        Answer::to(desk.request(Method::POST, &path).bearer_auth(key)).await.refused(403, "forbidden");
        Answer::to(desk.request(Method::GET, "/v1/feedback").bearer_auth(key)).await.refused(403, "forbidden");
        Answer::to(desk.request(Method::GET, "/v1/intents/report").bearer_auth(key)).await.refused(403, "forbidden");
    }
    let accepted = Answer::to(desk.request(Method::POST, &path).bearer_auth(ADMIN)).await.ok();
    assert_eq!((&accepted["feedback"]["state"], &accepted["change"]), (&json!("accepted"), &Value::Null));
    desk.close().await;
}

#[tokio::test]
async fn what_makes_the_assistant_worse_is_learned_only_when_asked_for() {
    let desk = Desk::with_intents(&[("lights", &LIGHTS), ("post", &POST)]).await;
    let mut wrong = ["please", "now", "today"].into_iter().flat_map(|end| WRONG.map(|text| format!("{text} {end}")));
    let mut learned = 0;
    let (given, problem) = loop {
        let given = give(&desk, &wrong.next().unwrap(), "lights").await;
        let answer = review(&desk, &given, "accept").await;
        if answer.status != 200 {
            break (given, answer.refused(409, "accuracy_would_drop"));
        }
        learned += 1;
    };
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("on_drop=accept") && detail.contains("newly wrong"), "{problem}");
    assert_eq!(desk.get("/v1/feedback?state=waiting").await.ok()["data"], json!([given]));
    assert_eq!(desk.get("/v1/intents").await.ok()["data"][0]["from_feedback"], learned);

    let accepted = review(&desk, &given, "accept?on_drop=accept").await.ok();
    let change = &accepted["change"];
    assert!(change["accuracy_after"].as_f64() < change["accuracy_before"].as_f64(), "{change}");
    assert_eq!(desk.get("/v1/intents").await.ok()["data"][0]["from_feedback"], learned + 1);
    desk.close().await;
}

const LIGHTS: [&str; 4] = ["the lamp is broken", "my lamp flickers", "no light from the lamp", "the bulb is dead"];
const POST: [&str; 8] = [
    "where is my parcel",
    "track my parcel",
    "the parcel is late",
    "my parcel has not come",
    "parcel still missing",
    "when does the parcel come",
    "is my parcel on its way",
    "no parcel today",
];

#[tokio::test]
async fn the_report_suggests_what_is_missing() {
    let desk = Desk::with_intents(&[("lights", &LIGHTS), ("post", &POST)]).await;
    for (n, text) in ["Do you teach pottery?", "Do you teach pottery classes?", "Can you teach pottery to my class?"]
        .iter()
        .enumerate()
    {
        let receipt = desk.contact(&format!("learner-{n}")).says(text).await;
        assert_eq!(receipt.0["decision"]["reasons"][0]["code"], "out_of_scope", "{receipt:?}");
    }
    let report = desk.get("/v1/intents/report").await.ok();
    assert_eq!((&report["examples"], &report["out_of_scope_messages"]), (&json!(12), &json!(3)), "{report}");
    assert_eq!(report["missing"][0]["messages"], 3, "{report}");
    assert_eq!(report["intents"][1]["name"], "post");
    assert!(report["intents"][1]["recall"].as_f64().unwrap() > 0.5, "{report}");
    desk.close().await;
}

#[tokio::test]
async fn a_desk_without_intents_still_answers() {
    let desk = Desk::with_intents(&[]).await;
    let triage = desk.post("/v1/triage", &json!({ "text": "where is my order" })).await.ok();
    assert_eq!((&triage["intents"], &triage["out_of_scope"]), (&json!([]), &json!(1.0)), "{triage}");
    let human = desk.contact("ada").says("Can I talk to a real person please?").await;
    assert_eq!(human.action(), "handoff", "what every team must notice is noticed: {human:?}");
    assert_eq!(desk.get("/v1/intents").await.ok()["data"], json!([]));
    assert_eq!(desk.get("/v1/intents/report").await.ok()["accuracy"], Value::Null);
    let body = json!({ "text": "x", "verdict": "wrong", "intent": "post" });
    let problem = desk.post("/v1/feedback", &body).await.refused(422, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("there is none at all"), "{problem}");
    desk.close().await;
}
/// What is about the post and no light, and in words of its own.
const WRONG: [&str; 10] = [
    "the courier lost my parcel somewhere on the way",
    "has my parcel left the depot, and when will it come",
    "my parcel never showed up at the door, where did it go",
    "which day will the parcel get here, it is late again",
    "the postman did not bring a parcel, is it missing",
    "I have been waiting a week for a parcel to come",
    "tracking of the parcel says nothing new",
    "my parcel is overdue, where can it be",
    "did the driver come by with my parcel",
    "a parcel of mine is still on its way, I hope",
];
