//! Text messages leave as Twilio expects them, and its refusals are understood. Twilio is played by a server that
//! accepts nothing but a correct request.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "twilio/played.rs"]
mod played;

use std::time::Duration;

use played::{ACCOUNT, PlayedTwilio, Script, TOKEN};
use secrecy::SecretString;
use service::channel::twilio_sms::{TwilioSender, TwilioSms, TwilioSmsSettings};
use service::channel::{Channel, ChannelError, Parcel};
use service::domain::handle::{Handle, HandleKind};
use service::domain::id::MessageId;
use service::http_client::{http_client, http_client_with_timeout};

fn settings(twilio: &PlayedTwilio) -> TwilioSmsSettings {
    TwilioSmsSettings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: SecretString::from(TOKEN),
        sender: TwilioSender::Number("+447700900000".to_owned()),
        api_url: twilio.url.clone(),
        status_callback: Some("https://desk.example/channels/sms/webhook".to_owned()),
    }
}

fn channel(twilio: &PlayedTwilio) -> TwilioSms {
    TwilioSms::new(http_client().unwrap(), settings(twilio))
}

async fn send(channel: &TwilioSms, id: Option<MessageId>, text: &str) -> Result<Option<String>, ChannelError> {
    let to = Handle::parse(HandleKind::Phone, "+44 7700 900101", None).unwrap();
    channel.send(Parcel { id, to: &to, text, quick_replies: &[] }).await
}

#[tokio::test]
async fn a_message_is_sent_from_a_number() {
    let twilio = PlayedTwilio::start([]).await;
    let sent = send(&channel(&twilio), None, "It arrives on Friday & costs £0 + 1 ☂").await;
    assert_eq!(sent, Ok(Some("SM1".to_owned())));
    let requests = twilio.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["To"], "+447700900101");
    assert_eq!(requests[0]["From"], "+447700900000");
    assert_eq!(requests[0]["Body"], "It arrives on Friday & costs £0 + 1 ☂");
    assert_eq!(requests[0]["StatusCallback"], "https://desk.example/channels/sms/webhook");
}

#[tokio::test]
async fn a_messaging_service_chooses_the_number() {
    let twilio = PlayedTwilio::start([]).await;
    let mut settings = settings(&twilio);
    settings.sender = TwilioSender::Service("MG0123456789".to_owned());
    settings.status_callback = None;
    let channel = TwilioSms::new(http_client().unwrap(), settings);
    send(&channel, None, "hello").await.unwrap();
    let request = &twilio.requests()[0];
    assert_eq!(request["MessagingServiceSid"], "MG0123456789");
    assert!(!request.contains_key("From") && !request.contains_key("StatusCallback"), "{request:?}");
}

#[tokio::test]
async fn a_number_that_does_not_exist_is_given_up() {
    let twilio = PlayedTwilio::start([Script::Refuse(400, 21211)]).await;
    let Err(ChannelError::Permanent(reason)) = send(&channel(&twilio), None, "hello").await else {
        panic!("should be permanent")
    };
    assert!(reason.contains("21211") && reason.contains("[number]"), "{reason}");
    assert!(!reason.contains("900101"), "{reason}");
}

#[tokio::test]
async fn wrong_credentials_are_named() {
    let twilio = PlayedTwilio::start([]).await;
    let mut settings = settings(&twilio);
    settings.auth_token = SecretString::from("another");
    let error = send(&TwilioSms::new(http_client().unwrap(), settings), None, "hello").await.unwrap_err();
    assert!(matches!(&error, ChannelError::Permanent(reason) if reason.contains("20003")), "{error:?}");
}

#[tokio::test]
async fn what_passes_is_worth_another_try() {
    let script = [Script::Refuse(429, 20429), Script::Refuse(500, 20500), Script::Garbage(503), Script::HangUp];
    let twilio = PlayedTwilio::start(script).await;
    let channel = channel(&twilio);
    for _ in 0..4 {
        let error = send(&channel, None, "hello").await.unwrap_err();
        assert!(matches!(error, ChannelError::Retryable(_)), "{error:?}");
    }
    assert_eq!(send(&channel, None, "hello").await, Ok(Some("SM1".to_owned())));
}

#[tokio::test]
async fn silence_and_absence_are_worth_another_try() {
    let twilio = PlayedTwilio::start([Script::Silence]).await;
    let client = http_client_with_timeout(Duration::from_millis(200)).unwrap();
    let error = send(&TwilioSms::new(client.clone(), settings(&twilio)), None, "hello").await.unwrap_err();
    assert!(matches!(&error, ChannelError::Retryable(reason) if reason.contains("in time")), "{error:?}");

    let mut nobody = settings(&twilio);
    nobody.api_url = played::unused_address().await;
    let error = send(&TwilioSms::new(client, nobody), None, "hello").await.unwrap_err();
    assert!(matches!(&error, ChannelError::Retryable(reason) if reason.contains("no connection")), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let twilio = PlayedTwilio::start([Script::Garbage(307)]).await;
    let error = send(&channel(&twilio), None, "hello").await.unwrap_err();
    assert!(matches!(error, ChannelError::Permanent(_)), "{error:?}");
}

#[tokio::test]
async fn a_long_text_goes_in_pieces_and_a_failure_repeats_none_of_them() {
    let twilio = PlayedTwilio::start([Script::Accept, Script::Refuse(503, 20503)]).await;
    let channel = channel(&twilio);
    let text = "All orders leave our workshop within a day. ".repeat(80);
    let id = Some(MessageId::new());
    assert!(matches!(send(&channel, id, &text).await, Err(ChannelError::Retryable(_))));
    assert_eq!(send(&channel, id, &text).await, Ok(Some("SM3".to_owned())));
    let bodies: Vec<String> = twilio.requests().into_iter().map(|mut form| form.remove("Body").unwrap()).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| body.chars().count() <= 1600 && body.ends_with("day.")));
    assert_eq!(bodies.join(" "), text.trim());
}

#[tokio::test]
async fn an_unreadable_success_is_a_success() {
    let twilio = PlayedTwilio::start([Script::Garbage(201)]).await;
    assert_eq!(send(&channel(&twilio), None, "hello").await, Ok(None));
}

#[tokio::test]
async fn the_secret_does_not_print() {
    let twilio = PlayedTwilio::start([]).await;
    let printed = format!("{:?}", channel(&twilio));
    assert!(printed.contains(ACCOUNT) && !printed.contains(TOKEN), "{printed}");
}
