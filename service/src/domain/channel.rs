//! The kinds of transport a message can arrive by, and the configured accounts of them.

use std::fmt;
use std::str::FromStr;

/// A kind of transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// A chat widget on a web page.
    Web,
    /// A chat inside a mobile application.
    InApp,
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
    /// WhatsApp.
    Whatsapp,
    /// Facebook Messenger.
    Messenger,
    /// Telegram.
    Telegram,
    /// Slack.
    Slack,
    /// A telephone call.
    Voice,
    /// A form in a customer portal.
    Portal,
    /// A video call.
    Video,
    /// Across a counter.
    InPerson,
    /// A caller of the API with no channel of its own, such as a terminal.
    Api,
}

impl Channel {
    /// Every channel, in the order in which documentation lists them.
    pub const ALL: [Self; 13] = [
        Self::Web,
        Self::InApp,
        Self::Email,
        Self::Sms,
        Self::Whatsapp,
        Self::Messenger,
        Self::Telegram,
        Self::Slack,
        Self::Voice,
        Self::Portal,
        Self::Video,
        Self::InPerson,
        Self::Api,
    ];

    /// Its name in the API, in storage and in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Voice => "voice",
            Self::Portal => "portal",
            Self::Video => "video",
            Self::InPerson => "in_person",
            Self::Api => "api",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A channel name that is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a channel; expected one of web, in_app, email, sms, whatsapp, messenger, telegram, slack, voice, portal, video, in_person, api"
)]
pub struct UnknownChannel(String);

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, UnknownChannel> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name() == name)
            .ok_or_else(|| UnknownChannel(name.chars().take(64).collect()))
    }
}

/// The name of one configured account of a channel, such as `web` or `sms-uk`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InboxId(String);

/// A name that cannot be an [`InboxId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an inbox name; use 1 to 64 lower-case letters, digits, '-' and '_'")]
pub struct InvalidInbox(String);

impl InboxId {
    /// Checks `name`.
    pub fn parse(name: &str) -> Result<Self, InvalidInbox> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if (1..=64).contains(&name.len()) && name.chars().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidInbox(name.chars().take(64).collect()))
        }
    }

    /// The inbox that messages of a channel belong to when the caller names none.
    pub fn default_for(channel: Channel) -> Self {
        Self(channel.name().to_owned())
    }

    /// The inbox of messages that a caller of the API brings, whichever channel they came by: replies are read from
    /// here by that caller, who has the channel, and sent by nobody else.
    pub fn of_callers() -> Self {
        Self("api".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_found_by_its_name() {
        for channel in Channel::ALL {
            assert_eq!(channel.name().parse(), Ok(channel));
        }
    }

    #[test]
    fn an_unknown_channel_lists_the_known_ones() {
        let error = "fax".parse::<Channel>().unwrap_err().to_string();
        assert!(error.contains("\"fax\"") && error.contains("in_person"), "{error}");
    }
}
