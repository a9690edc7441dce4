//! Twilio's webhooks, read: a message that arrived, or news of one that was sent.

use std::collections::HashMap;

use crate::domain::channel::{Channel, InboxId};
use crate::domain::contact::Verification;
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::message::{Delivery, InboundMessage, Sender};
use crate::domain::text::{InvalidText, Utterance};

/// What a webhook brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// A message of a contact.
    Message(Box<InboundMessage>),
    /// How far one of our messages got.
    Status(StatusReport),
    /// Nothing to act on; answer it with success all the same. Why, for a counter.
    Ignored(&'static str),
}

/// How far a message that was sent got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// Twilio's identifier of the message.
    pub provider_id: String,
    /// How far it got.
    pub delivery: Delivery,
    /// Twilio's error code, when it failed.
    pub error_code: Option<String>,
}

/// A webhook that is not what Twilio sends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhook {
    /// A parameter without which it means nothing.
    #[error("the webhook has no {0}; is this the webhook address of a Twilio messaging number?")]
    Missing(&'static str),
    /// A text that cannot be stored.
    #[error(transparent)]
    Text(#[from] InvalidText),
}

/// Words after which Twilio itself blocks or unblocks a number, and answers: anything we send is refused (error 21610).
const OPT_OUT_WORDS: [&str; 10] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START", "UNSTOP"];

/// Reads the raw form body of a webhook that arrived at `inbox` and whose signature was checked. Parameters it does not
/// know are left alone, for Twilio adds new ones.
pub fn parse(body: &[u8], inbox: &InboxId) -> Result<Inbound, InvalidWebhook> {
    let form = Form::read(body);
    let sid = form.required("MessageSid")?;
    if let Some(status) = form.get("MessageStatus") {
        return Ok(status_report(sid, status, &form));
    }
    message(sid, &form, inbox)
}

fn status_report(sid: &str, status: &str, form: &Form) -> Inbound {
    let delivery = match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        "undelivered" | "failed" | "canceled" => Delivery::Failed,
        _ => return Inbound::Ignored("a status of no interest"),
    };
    Inbound::Status(StatusReport {
        provider_id: sid.to_owned(),
        delivery,
        error_code: form.get("ErrorCode").map(str::to_owned),
    })
}

fn message(sid: &str, form: &Form, inbox: &InboxId) -> Result<Inbound, InvalidWebhook> {
    let Some(from) = phone(form.required("From")?) else {
        return Ok(Inbound::Ignored("a sender that is not a telephone number"));
    };
    let body = form.get("Body").unwrap_or("");
    if form.get("OptOutType").is_some() || is_opt_out_word(body) {
        return Ok(Inbound::Ignored("a word that Twilio acts on"));
    }
    let mut lines = vec![body.to_owned()];
    lines.extend(form.media_kinds().map(|kind| format!("[{kind}]")));
    let text = match Utterance::parse(&lines.join("\n")) {
        Err(InvalidText::Empty) => return Ok(Inbound::Ignored("an empty message")),
        text => text?,
    };
    Ok(Inbound::Message(Box::new(InboundMessage {
        channel: Channel::Sms,
        inbox: inbox.clone(),
        from: Sender { handle: from, verification: Verification::Channel },
        name: None,
        text,
        subject: None,
        external_id: Some(sid.to_owned()),
        conversation_id: None,
        sent_at: None,
    })))
}

/// `from` as a handle if it is in E.164 form, as Twilio writes every number. It is not held against tables of number
/// ranges: a real number newer than the tables must not lose its message.
fn phone(from: &str) -> Option<Handle> {
    let digits = from.strip_prefix('+')?;
    let plausible = (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    plausible.then(|| Handle::from_stored(HandleKind::Phone, from.to_owned()))
}

fn is_opt_out_word(body: &str) -> bool {
    let word = body.trim();
    OPT_OUT_WORDS.iter().any(|stop| word.eq_ignore_ascii_case(stop))
}

/// The parameters of a webhook; of repeated ones the first.
struct Form(HashMap<String, String>);

impl Form {
    /// The most attachments Twilio delivers with one message.
    const MAX_MEDIA: usize = 10;

    fn read(body: &[u8]) -> Self {
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            parameters.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(parameters)
    }

    /// The parameter `name`, unless it is empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, InvalidWebhook> {
        self.get(name).ok_or(InvalidWebhook::Missing(name))
    }

    /// A word for each attachment.
    fn media_kinds(&self) -> impl Iterator<Item = &'static str> {
        let count = self.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0_usize);
        (0..count.min(Self::MAX_MEDIA)).map(|n| {
            let content_type = self.get(&format!("MediaContentType{n}")).unwrap_or("");
            match content_type.split('/').next() {
                Some("image") => "image",
                Some("audio") => "audio",
                Some("video") => "video",
                _ => "file",
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inbox() -> InboxId {
        InboxId::parse("sms-uk").unwrap()
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Inbound, InvalidWebhook> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        parse(body.as_bytes(), &inbox())
    }

    fn text_of(inbound: Result<Inbound, InvalidWebhook>) -> Option<String> {
        match inbound {
            Ok(Inbound::Message(message)) => Some(message.text.as_str().to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_text_message_becomes_an_inbound_message() {
        let inbound = read(&[
            ("MessageSid", "SM1"),
            ("AccountSid", "AC1"),
            ("From", "+447700900101"),
            ("To", "+447700900000"),
            ("Body", "Where is my order? é ☂"),
            ("NumMedia", "0"),
            ("SmsStatus", "received"),
            ("AddedLater", "x"),
        ]);
        let Ok(Inbound::Message(message)) = inbound else { panic!("{inbound:?}") };
        assert_eq!(message.text.as_str(), "Where is my order? é ☂");
        assert_eq!(message.from.handle.value(), "+447700900101");
        assert_eq!(message.from.verification, Verification::Channel);
        assert_eq!(message.external_id.as_deref(), Some("SM1"));
        assert_eq!((message.channel, message.inbox), (Channel::Sms, inbox()));
    }

    #[test]
    fn attachments_are_noted_in_the_text() {
        let media = [
            ("MessageSid", "MM1"),
            ("From", "+447700900101"),
            ("Body", "it came broken"),
            ("NumMedia", "2"),
            ("MediaContentType0", "image/jpeg"),
            ("MediaContentType1", "text/vcard"),
        ];
        assert_eq!(text_of(read(&media)).as_deref(), Some("it came broken\n[image]\n[file]"));
        let only_media = [("MessageSid", "MM2"), ("From", "+447700900101"), ("Body", ""), ("NumMedia", "1")];
        assert_eq!(text_of(read(&only_media)).as_deref(), Some("[file]"));
    }

    #[test]
    fn reports_say_how_far_a_message_got() {
        for (status, delivery) in
            [("sent", Delivery::Sent), ("delivered", Delivery::Delivered), ("undelivered", Delivery::Failed)]
        {
            let Ok(Inbound::Status(report)) = read(&[("MessageSid", "SM1"), ("MessageStatus", status)]) else {
                panic!("{status}")
            };
            assert_eq!((report.provider_id.as_str(), report.delivery), ("SM1", delivery));
        }
        let failed = read(&[("MessageSid", "SM1"), ("MessageStatus", "failed"), ("ErrorCode", "30005")]);
        let Ok(Inbound::Status(report)) = failed else { panic!("{failed:?}") };
        assert_eq!(report.error_code.as_deref(), Some("30005"));
    }

    #[test]
    fn what_twilio_handles_itself_is_left_to_it() {
        for body in ["STOP", " stop\n", "Unsubscribe", "START"] {
            let inbound = read(&[("MessageSid", "SM1"), ("From", "+447700900101"), ("Body", body)]);
            assert!(matches!(inbound, Ok(Inbound::Ignored(_))), "{body}");
        }
        let inbound = [("MessageSid", "SM1"), ("From", "+447700900101"), ("Body", "arrête"), ("OptOutType", "STOP")];
        assert!(matches!(read(&inbound), Ok(Inbound::Ignored(_))));
        let inbound = [("MessageSid", "SM1"), ("From", "+447700900101"), ("Body", "stop my order")];
        assert_eq!(text_of(read(&inbound)).as_deref(), Some("stop my order"));
    }

    #[test]
    fn what_has_no_telephone_number_is_ignored() {
        for from in ["SHOP", "whatsapp:+447700900101", "60001"] {
            let inbound = read(&[("MessageSid", "SM1"), ("From", from), ("Body", "hello")]);
            assert!(matches!(inbound, Ok(Inbound::Ignored(_))), "{from}");
        }
    }

    #[test]
    fn a_webhook_without_its_identifier_is_refused() {
        assert_eq!(read(&[("From", "+447700900101")]), Err(InvalidWebhook::Missing("MessageSid")));
        assert_eq!(read(&[("MessageSid", "SM1"), ("Body", "x")]), Err(InvalidWebhook::Missing("From")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&body, &inbox());
        }
    }
}
