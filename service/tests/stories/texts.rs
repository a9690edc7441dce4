//! Text messages from webhook to REST call, and a contact who changes from the chat to the telephone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::desk::answer::{Answer, messages_of};
use crate::desk::{Desk, code_in, eventually};
use crate::played::{ACCOUNT, PlayedTwilio, Script, TOKEN};

const PUBLIC_URL: &str = "https://desk.example";
const WEBHOOK: &str = "/channels/sms/webhook";
const ADA: &str = "+447700900101";
const QUESTION: &str = "How long does standard delivery take in the UK?";

/// A desk with one telephone number.
async fn desk_with(twilio: &PlayedTwilio) -> Desk {
    let settings = format!(
        "public_url = \"{PUBLIC_URL}\"\n[[twilio_sms]]\nname = \"sms\"\naccount_sid = \"{ACCOUNT}\"\n\
         auth_token = \"{TOKEN}\"\nfrom = \"+447700900000\"\napi_url = \"{}\"\n",
        twilio.url
    );
    Desk::with(&settings).await
}

/// The signature as Twilio documents it: HMAC-SHA1 over the URL and every parameter's name and value, sorted by name.
fn signature(token: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let mut text = format!("{PUBLIC_URL}{WEBHOOK}");
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Posts a webhook whose signature is made with `token`.
async fn webhook(desk: &Desk, token: &str, form: &[(&str, &str)]) -> Answer {
    let request = desk.request(Method::POST, WEBHOOK).header("X-Twilio-Signature", signature(token, form));
    Answer::to(request.form(form)).await
}

async fn texts(desk: &Desk, sid: &str, from: &str, body: &str) {
    let form = [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", from), ("To", "+447700900000"), ("Body", body)];
    let answer = webhook(desk, TOKEN, &form).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/xml"), "{answer:?}");
    assert!(answer.text.contains("<Response/>"), "{answer:?}");
}

async fn reports(desk: &Desk, sid: &str, status: &str) {
    let answer = webhook(desk, TOKEN, &[("MessageSid", sid), ("MessageStatus", status), ("AccountSid", ACCOUNT)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// The bodies of what Twilio was given, once there are `count`.
async fn sent(twilio: &PlayedTwilio, count: usize) -> Vec<String> {
    eventually("Twilio has the messages", async || {
        let requests = twilio.requests();
        (requests.len() >= count).then(|| requests.into_iter().map(|form| form["Body"].clone()).collect())
    })
    .await
}

/// The only conversation there is.
async fn only_conversation(desk: &Desk) -> Value {
    let list = desk.get("/v1/conversations").await.ok();
    let rows = list["data"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    desk.thread(rows[0]["id"].as_str().unwrap()).await
}

/// How far the newest message of the assistant got, once it is as far as `wanted`.
async fn delivery_becomes(desk: &Desk, wanted: &str) {
    eventually("the delivery is recorded", async || {
        let thread = only_conversation(desk).await;
        let last = messages_of(&thread, "assistant").last()?["delivery"].clone();
        (last == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_text_is_answered_by_text() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    texts(&desk, "SM100", ADA, QUESTION).await;
    let bodies = sent(&twilio, 1).await;
    assert!(bodies[0].contains("working days"), "{bodies:?}");
    let request = &twilio.requests()[0];
    assert_eq!((request["To"].as_str(), request["From"].as_str()), (ADA, "+447700900000"));
    assert_eq!(request["StatusCallback"], format!("{PUBLIC_URL}{WEBHOOK}"));
    desk.close().await;
}

#[tokio::test]
async fn a_forged_text_is_refused_and_leaves_no_trace() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    let form = [("MessageSid", "SM100"), ("From", ADA), ("Body", QUESTION)];
    webhook(&desk, "another-token", &form).await.refused(403, "bad_signature");
    let unsigned = desk.request(Method::POST, WEBHOOK).form(&form);
    Answer::to(unsigned).await.refused(403, "bad_signature");
    let changed = [("MessageSid", "SM100"), ("From", ADA), ("Body", "something else")];
    let request = desk.request(Method::POST, WEBHOOK).header("X-Twilio-Signature", signature(TOKEN, &form));
    Answer::to(request.form(&changed)).await.refused(403, "bad_signature");
    let elsewhere = desk.request(Method::POST, "/channels/nowhere/webhook").form(&form);
    Answer::to(elsewhere).await.refused(404, "not_found");
    desk.is_idle().await;
    assert_eq!(desk.get("/v1/conversations").await.ok()["data"].as_array().unwrap().len(), 0);
    assert!(twilio.requests().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn a_webhook_delivered_twice_is_one_message() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    tokio::join!(texts(&desk, "SM100", ADA, QUESTION), texts(&desk, "SM100", ADA, QUESTION));
    sent(&twilio, 1).await;
    texts(&desk, "SM100", ADA, QUESTION).await;
    desk.is_idle().await;
    let thread = only_conversation(&desk).await;
    assert_eq!(messages_of(&thread, "contact").count(), 1);
    assert_eq!(twilio.requests().len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn what_is_signed_but_no_message_is_thanked_and_left_out() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    for form in [
        vec![("MessageSid", "SM1"), ("From", ADA), ("Body", "STOP")],
        vec![("MessageSid", "SM2"), ("From", "SHOP"), ("Body", "buy now")],
        vec![("MessageSid", "SM3"), ("From", ADA), ("Body", "")],
        vec![("From", ADA), ("Body", "no identifier")],
        vec![("MessageSid", "SM4"), ("MessageStatus", "delivered")],
    ] {
        assert_eq!(webhook(&desk, TOKEN, &form).await.status, 200, "{form:?}");
    }
    desk.is_idle().await;
    assert_eq!(desk.get("/v1/conversations").await.ok()["data"].as_array().unwrap().len(), 0);
    desk.close().await;
}

#[tokio::test]
async fn a_report_moves_a_message_on_and_never_back() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    texts(&desk, "SM100", ADA, QUESTION).await;
    delivery_becomes(&desk, "sent").await;
    reports(&desk, "SM1", "delivered").await;
    delivery_becomes(&desk, "delivered").await;
    for late in ["sent", "queued", "undelivered"] {
        reports(&desk, "SM1", late).await;
        let thread = only_conversation(&desk).await;
        assert_eq!(messages_of(&thread, "assistant").last().unwrap()["delivery"], "delivered", "after {late}");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_number_that_cannot_be_reached_is_shown_as_failed() {
    let twilio = PlayedTwilio::start([Script::Refuse(400, 21211)]).await;
    let desk = desk_with(&twilio).await;
    texts(&desk, "SM100", ADA, QUESTION).await;
    delivery_becomes(&desk, "failed").await;
    desk.close().await;
}

#[tokio::test]
async fn an_agent_replies_by_the_channel_the_contact_wrote_by() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    texts(&desk, "SM100", ADA, QUESTION).await;
    sent(&twilio, 1).await;
    let thread = only_conversation(&desk).await;
    desk.agent("Sam").writes(thread["id"].as_str().unwrap(), "This is Sam, a human.").await.ok();
    let bodies = sent(&twilio, 2).await;
    assert_eq!(bodies[1], "This is Sam, a human.");
    desk.close().await;
}

#[tokio::test]
async fn a_contact_goes_from_the_chat_to_the_telephone_in_one_thread() {
    let twilio = PlayedTwilio::start([]).await;
    let desk = desk_with(&twilio).await;
    let mut chat = desk.chat().await;
    chat.hello().await;
    chat.says("m1", "Where is my order AW-100001?").await;
    chat.hears_from("assistant").await;
    chat.says("m2", "07700 900101").await;
    let code = code_in(&sent(&twilio, 1).await[0]);
    assert_eq!(twilio.requests()[0]["To"], ADA);
    chat.hears_from("assistant").await;
    let accepted = chat.says("m3", &code).await;
    let told = chat.hears_from("assistant").await;
    assert!(told["message"]["text"].as_str().unwrap().contains("AW-100001"), "{told}");

    texts(&desk, "SM100", ADA, QUESTION).await;
    let bodies = sent(&twilio, 2).await;
    assert!(bodies[1].contains("working days"), "{bodies:?}");
    let thread = only_conversation(&desk).await;
    assert_eq!(thread["id"], accepted["conversation"]);
    assert_eq!(thread["channels"], json!(["web", "sms"]));
    let list = desk.get("/v1/conversations").await.ok();
    assert_eq!(list["data"][0]["channels"], json!(["web", "sms"]));

    let in_chat = chat.hears_from("contact").await;
    assert_eq!(
        (in_chat["message"]["channel"].as_str(), in_chat["message"]["text"].as_str()),
        (Some("sms"), Some(QUESTION))
    );
    let answer = chat.hears_from("assistant").await;
    assert_eq!(answer["message"]["channel"], "sms", "the chat shows what went out by text");

    let handoff = desk.contact(ADA).on("sms").says("Can I talk to a real person please?").await;
    assert_eq!(handoff.conversation(), thread["id"].as_str().unwrap());
    let id = handoff.0["handoff"]["id"].as_str().unwrap();
    let brief = desk.get(&format!("/v1/handoffs/{id}")).await.ok()["brief"].take();
    assert_eq!(brief["channels"], json!({ "used": ["web", "sms"], "preferred": "sms" }));
    let facts = brief["facts"].as_array().unwrap();
    assert!(facts.iter().any(|fact| fact["value"] == "AW-100001" && fact["verified"] == true), "{facts:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_shutdown_loses_no_text_that_was_thanked_for() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::in_folder(folder.path()).await;
    let pretend = json!({ "from": ADA, "text": QUESTION });
    let taken = desk.post("/demo/sms", &pretend).await;
    assert_eq!(taken.status, 202, "{taken:?}");
    desk.close().await;

    let desk = Desk::in_folder(folder.path()).await;
    delivery_becomes(&desk, "sent").await;
    let thread = only_conversation(&desk).await;
    assert_eq!(messages_of(&thread, "contact").count(), 1);
    assert_eq!(messages_of(&thread, "assistant").count(), 1);
    desk.close().await;
}
