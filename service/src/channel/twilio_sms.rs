//! Text messages by Twilio: webhooks in, one REST call for each message out.

mod inbound;
mod problem;
mod split;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use inbound::{Inbound, InvalidWebhook, StatusReport, parse};

use super::{Channel, ChannelError, Parcel};
use crate::domain::id::MessageId;

/// The longest text Twilio takes in one request, in characters (its error 21617 refuses more).
pub const MAX_CHARS: usize = 1600;

/// What a webhook is answered with: no reply by this way, since replies are sent when they are ready.
pub const EMPTY_REPLY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

/// The content type of [`EMPTY_REPLY`].
pub const REPLY_TYPE: &str = "text/xml";

/// One Twilio account that sends text messages.
#[derive(Clone, Debug)]
pub struct TwilioSmsSettings {
    /// Twilio's identifier of the account.
    pub account_sid: String,
    /// The secret of the account; it also signs webhooks.
    pub auth_token: SecretString,
    /// Who messages come from.
    pub sender: TwilioSender,
    /// The address of the REST service without a trailing slash, `https://api.twilio.com` other than in tests.
    pub api_url: String,
    /// Where Twilio reports how far a message got; nowhere if `None`.
    pub status_callback: Option<String>,
}

/// Who text messages come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwilioSender {
    /// One number, in E.164 form.
    Number(String),
    /// A messaging service, which chooses a number.
    Service(String),
}

/// Sends text messages by Twilio.
pub struct TwilioSms {
    client: Client,
    settings: TwilioSmsSettings,
    /// How many pieces of a message that was split are with Twilio already, while the rest waits to be tried again.
    partly_sent: Mutex<HashMap<MessageId, usize>>,
}

impl TwilioSms {
    /// Messages that may be half sent at once; beyond it the memory of all is dropped.
    const MAX_PARTLY_SENT: usize = 1024;

    /// Sends through `client` by the account in `settings`.
    pub fn new(client: Client, settings: TwilioSmsSettings) -> Self {
        Self { client, settings, partly_sent: Mutex::default() }
    }

    async fn send_piece(&self, to: &str, body: &str) -> Result<Option<String>, ChannelError> {
        let TwilioSmsSettings { account_sid, auth_token, sender, api_url, status_callback } = &self.settings;
        let (from, service) = match sender {
            TwilioSender::Number(number) => (Some(number.as_str()), None),
            TwilioSender::Service(sid) => (None, Some(sid.as_str())),
        };
        let form = OutgoingForm { to, from, service, body, status_callback: status_callback.as_deref() };
        let response = self
            .client
            .post(format!("{api_url}/2010-04-01/Accounts/{account_sid}/Messages.json"))
            .basic_auth(account_sid, Some(auth_token.expose_secret()))
            .form(&form)
            .send()
            .await
            .map_err(|error| problem::unreachable(&error))?;
        let status = response.status();
        if !status.is_success() {
            let body = response.bytes().await.unwrap_or_default();
            return Err(problem::refused(status, &body));
        }
        // Twilio has the message; an unreadable answer only costs the reports about it.
        Ok(response.json::<SentMessage>().await.ok().map(|sent| sent.sid))
    }

    fn pieces_sent(&self, id: Option<MessageId>) -> usize {
        let sent = self.partly_sent.lock().unwrap_or_else(PoisonError::into_inner);
        id.and_then(|id| sent.get(&id).copied()).unwrap_or(0)
    }

    fn note_pieces_sent(&self, id: Option<MessageId>, pieces: Option<usize>) {
        let Some(id) = id else { return };
        let mut sent = self.partly_sent.lock().unwrap_or_else(PoisonError::into_inner);
        match pieces {
            Some(pieces) => {
                if sent.len() >= Self::MAX_PARTLY_SENT {
                    sent.clear();
                }
                sent.insert(id, pieces);
            }
            None => {
                sent.remove(&id);
            }
        }
    }
}

#[async_trait]
impl Channel for TwilioSms {
    /// Sends a long text as several messages, and when it is called again for the same message after a failure, only
    /// the rest. The identifier is that of the last piece: once it arrived, all did.
    async fn send(&self, message: Parcel<'_>) -> Result<Option<String>, ChannelError> {
        let text = message.spelled_out();
        let pieces = split::by_sentences(&text, MAX_CHARS);
        let done = self.pieces_sent(message.id);
        let mut last_sid = None;
        for (n_sent, piece) in pieces.iter().enumerate().skip(done) {
            match self.send_piece(message.to.value(), piece).await {
                Ok(sid) => last_sid = sid,
                Err(error) => {
                    let resume = matches!(error, ChannelError::Retryable(_)) && n_sent > 0;
                    self.note_pieces_sent(message.id, resume.then_some(n_sent));
                    return Err(error);
                }
            }
        }
        self.note_pieces_sent(message.id, None);
        Ok(last_sid)
    }
}

impl fmt::Debug for TwilioSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioSms").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OutgoingForm<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(rename = "MessagingServiceSid", skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_callback: Option<&'a str>,
}

#[derive(Deserialize)]
struct SentMessage {
    sid: String,
}
