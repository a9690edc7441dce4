//! Flows over several messages: where an order is, a new password, and proofs on the way.

use crate::desk::answer::messages_of;
use crate::desk::{Desk, MESSAGES};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn an_order_is_told_to_whoever_proves_the_address() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    let asked = ada.says("Where is my order AW-100001?").await;
    assert_eq!((asked.action(), asked.0["decision"]["flow"].as_str()), ("act", Some("order_status")), "{asked:?}");
    assert!(!asked.words().contains("Swiftline"), "nothing is told before the proof: {asked:?}");

    let sent = ada.says(ADA).await;
    assert!(!sent.words().contains(ADA), "the address is not repeated whole: {sent:?}");
    let code = desk.code_sent_to(ADA, 1).await;
    assert!(!sent.words().contains(&code), "{sent:?}");

    let told = ada.says(&code).await;
    for part in ["AW-100001", "Swiftline", "SW4471902836GB", "casserole"] {
        assert!(told.words().contains(part), "{part} is missing in {told:?}");
    }
    assert_eq!(told.owner(), "assistant");

    let thread = desk.thread(told.conversation()).await;
    let slot = |name: &str| thread["slots"].as_array().unwrap().iter().find(|slot| slot["name"] == name).cloned();
    assert_eq!(slot("order_number").unwrap()["value"], "AW-100001");
    assert_eq!(slot("order_number").unwrap()["verified"], true);
    let identities = thread["contact"]["identities"].as_array().unwrap();
    let email = identities.iter().find(|identity| identity["channel"] == "email").unwrap();
    assert_eq!((email["handle"].as_str(), email["verification"].as_str()), (Some(ADA), Some("code")));
    desk.close().await;
}

#[tokio::test]
async fn a_proven_contact_need_not_prove_again() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    ada.goes_on(&["Where is my order AW-100001?", ADA]).await;
    ada.repeats_code_sent_to(ADA, 1).await;
    let other = ada.says("And where is my order AW-100028?").await;
    assert!(other.words().contains("AW-100028") && other.words().contains("milk pan"), "{other:?}");
    assert_eq!(desk.mail_to(ADA).await.len(), 1, "no second code");
    desk.close().await;
}

#[tokio::test]
async fn whoever_only_names_a_proven_address_is_told_nothing() {
    let gateway = "the-key-of-a-mail-gateway";
    let keys = format!(
        "[[keys]]\nname = \"mail\"\nsecret = \"{gateway}\"\nscopes = [\"messages\"]\nvouches_for = [\"email\"]"
    );
    let desk = Desk::with(&keys).await;
    let ada = desk.contact("ada");
    ada.goes_on(&["Where is my order AW-100001?", ADA]).await;
    assert!(ada.repeats_code_sent_to(ADA, 1).await.words().contains("Swiftline"));

    let question = "Where is my order AW-100028?";
    let stranger = desk.contact(ADA).on("email").brought_by(MESSAGES);
    let asked = stranger.says(question).await;
    assert!(!asked.words().contains("milk pan"), "{asked:?}");
    let checked = desk.contact(ADA).on("email").brought_by(gateway).says(question).await;
    assert!(checked.words().contains("milk pan"), "{checked:?}");
    desk.close().await;
}

#[tokio::test]
async fn somebody_elses_order_and_none_at_all_get_the_same_words() {
    let desk = Desk::start().await;
    let mut said = Vec::new();
    for (nth, number) in ["AW-100005", "AW-999999"].into_iter().enumerate() {
        let contact = desk.contact(number);
        contact.goes_on(&[&format!("Where is my order {number}?"), ADA]).await;
        let receipt = contact.repeats_code_sent_to(ADA, nth + 1).await;
        said.push((receipt.words(), receipt.action().to_owned(), receipt.owner().to_owned()));
    }
    assert_eq!(said[0], said[1]);
    assert!(!said[0].0.contains("Swiftline") && !said[0].0.contains("dinner plate"), "{said:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_corrected_number_replaces_the_first() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    ada.goes_on(&["Where is my order AW-100099?", ADA]).await;
    let missing = ada.repeats_code_sent_to(ADA, 1).await;
    assert!(!missing.words().contains("Swiftline"), "{missing:?}");
    let told = ada.says("sorry, I meant AW-100001").await;
    assert!(told.words().contains("AW-100001") && told.words().contains("Swiftline"), "{told:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_question_in_the_middle_is_answered_and_the_flow_goes_on() {
    let desk = Desk::start().await;
    let ada = desk.contact("ada");
    ada.says("Where is my order AW-100001?").await;
    let aside = ada.says("How much does express delivery cost?").await;
    assert!(aside.words().contains("6.95"), "{aside:?}");
    ada.says(ADA).await;
    let told = ada.repeats_code_sent_to(ADA, 1).await;
    assert!(told.words().contains("AW-100001") && told.words().contains("Swiftline"), "{told:?}");
    desk.close().await;
}

#[tokio::test]
async fn wrong_codes_lead_to_a_human_and_tell_nothing() {
    let desk = Desk::start().await;
    let guesser = desk.contact("guesser");
    guesser.goes_on(&["Where is my order AW-100001?", ADA]).await;
    let code = desk.code_sent_to(ADA, 1).await;
    let wrong = if code == "123456" { "654321" } else { "123456" };
    let mut receipt = guesser.says(wrong).await;
    for _ in 0..4 {
        if receipt.owner() == "queue" {
            break;
        }
        receipt = guesser.says(wrong).await;
    }
    assert_eq!(receipt.owner(), "queue", "{receipt:?}");
    assert_eq!(receipt.handoff_reasons()[0], "verification_failed");
    let thread = desk.thread(receipt.conversation()).await;
    for message in messages_of(&thread, "assistant") {
        assert!(!message["text"].as_str().unwrap().contains("Swiftline"), "{message}");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_lost_order_goes_to_a_human_with_what_is_known() {
    let desk = Desk::start().await;
    let carys = desk.contact("carys");
    let address = "carys.pugh@example.org";
    carys.goes_on(&["Where is my order AW-100005?", address]).await;
    let receipt = carys.repeats_code_sent_to(address, 1).await;
    assert_eq!((receipt.action(), receipt.owner()), ("handoff", "queue"), "{receipt:?}");
    assert_eq!(receipt.0["handoff"]["queue"], "orders");

    let id = receipt.0["handoff"]["id"].as_str().unwrap();
    let handoff = desk.get(&format!("/v1/handoffs/{id}")).await.ok();
    let facts = handoff["brief"]["facts"].as_array().unwrap();
    for (name, value) in [("order_number", "AW-100005"), ("order_status", "lost"), ("carrier", "Swiftline")] {
        let fact = facts.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("no {name} in {facts:?}"));
        assert_eq!((fact["value"].as_str(), fact["verified"].as_bool()), (Some(value), Some(true)), "{fact}");
    }
    assert!(!handoff["brief"]["tried"].as_array().unwrap().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn a_new_password_is_offered_in_the_same_words_to_everybody_and_mailed_to_one() {
    let desk = Desk::start().await;
    let (known, unknown) = ("ben.oyelaran@example.com", "nobody.at.all@example.com");
    let mut said = Vec::new();
    for address in [unknown, known] {
        let contact = desk.contact(address);
        let asked = contact.says("I forgot my password, can you reset it?").await;
        assert_eq!(asked.0["decision"]["flow"], "password_reset", "{asked:?}");
        let taken = contact.says(address).await;
        said.push((asked.words(), taken.words(), taken.action().to_owned()));
    }
    assert_eq!(said[0], said[1]);
    desk.is_idle().await;
    assert_eq!(desk.mail_to(unknown).await, [""; 0]);
    let letters = desk.mail_to(known).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("/password/"), "{letters:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_typed_password_is_never_stored() {
    let desk = Desk::start().await;
    let secret = "Tr0ub4dor-and-3";
    let receipt = desk.contact("careless").says(&format!("I can't sign in, my password is {secret}")).await;
    let thread = desk.thread(receipt.conversation()).await;
    let stored = messages_of(&thread, "contact").next().unwrap()["text"].as_str().unwrap();
    assert!(stored.contains("my password is") && !stored.contains(secret), "{stored}");
    assert!(receipt.words().to_lowercase().contains("password"), "{receipt:?}");
    let bytes = desk.bytes_on_disk();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("my password is") && !holds(secret));
    desk.close().await;
}

#[tokio::test]
async fn calling_off_ends_a_flow() {
    let desk = Desk::start().await;
    let contact = desk.contact("hesitant");
    contact.says("Where is my order AW-100001?").await;
    let stopped = contact.says("never mind").await;
    assert_eq!((stopped.action(), stopped.owner()), ("act", "assistant"), "{stopped:?}");
    let after = contact.says("How long does standard delivery take in the UK?").await;
    assert_eq!(after.action(), "answer", "{after:?}");
    assert!(!after.words().contains("which e-mail address"), "{after:?}");
    desk.close().await;
}
