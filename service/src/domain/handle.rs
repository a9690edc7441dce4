//! Addresses of contacts in one normal form each, so that the same address is always the same row.

use std::fmt;

use super::channel::Channel;

/// What kind of address a handle is. Channels that share a kind (text messages and telephone calls) share handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HandleKind {
    /// A telephone number in E.164 form.
    Phone,
    /// A lower-cased e-mail address.
    Email,
    /// An anonymous visitor of a web page, known by the hash of a secret the browser keeps.
    Visitor,
    /// An identifier given by a provider or a caller of the API, meaningful on its own channel only.
    External(Channel),
}

impl HandleKind {
    /// The kind of address that `channel` identifies people by.
    pub fn of(channel: Channel) -> Self {
        match channel {
            Channel::Sms | Channel::Voice => Self::Phone,
            Channel::Email => Self::Email,
            other => Self::External(other),
        }
    }

    /// Its name in storage and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Visitor => "visitor",
            Self::External(channel) => channel.name(),
        }
    }

    /// The kind with this name, as [`name`](Self::name) writes it.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "phone" => Some(Self::Phone),
            "email" => Some(Self::Email),
            "visitor" => Some(Self::Visitor),
            other => other.parse().ok().map(Self::External),
        }
    }
}

/// One address, normalised for its kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    kind: HandleKind,
    value: String,
}

/// Why a text is not an address of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHandle {
    /// Not a telephone number.
    #[error("the handle is not a telephone number; write it in international form, such as +44 7700 900123")]
    Phone,
    /// Not an e-mail address.
    #[error("the handle is not an e-mail address; expected something like name@example.com")]
    Email,
    /// Empty or too long.
    #[error("the handle is {0} bytes long; use 1 to 256 bytes without control characters")]
    Length(usize),
}

impl Handle {
    const MAX_BYTES: usize = 256;

    /// Parses `text` as an address of `kind`. Telephone numbers without a country code are read as numbers of
    /// `home`, where one is given.
    pub fn parse(kind: HandleKind, text: &str, home: Option<phonenumber::country::Id>) -> Result<Self, InvalidHandle> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(InvalidHandle::Length(text.len()));
        }
        let value = match kind {
            HandleKind::Phone => normal_phone(text, home).ok_or(InvalidHandle::Phone)?,
            HandleKind::Email => normal_email(text).ok_or(InvalidHandle::Email)?,
            HandleKind::Visitor | HandleKind::External(_) => text.to_owned(),
        };
        Ok(Self { kind, value })
    }

    /// Wraps a handle read back from storage.
    pub fn from_stored(kind: HandleKind, value: String) -> Self {
        Self { kind, value }
    }

    /// The kind of address.
    pub fn kind(&self) -> HandleKind {
        self.kind
    }

    /// The address in its normal form.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The address with all but a hint hidden, fit to be shown to somebody who may not own it: `•••• 0123`,
    /// `a•••@example.com`.
    pub fn masked(&self) -> String {
        if let (HandleKind::Email, Some((local, domain))) = (self.kind, self.value.split_once('@')) {
            let first: String = local.chars().take(1).collect();
            return format!("{first}•••@{domain}");
        }
        let tail: Vec<char> = self.value.chars().rev().take(4).collect();
        format!("•••• {}", tail.into_iter().rev().collect::<String>())
    }
}

/// Shows the kind only: an address is personal data and must not reach a log by accident.
impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} handle", self.kind.name())
    }
}

/// `text` as E.164, if it has the shape of a number of some country. It is not held against tables of ranges in use: a
/// number newer than the tables is real all the same.
fn normal_phone(text: &str, home: Option<phonenumber::country::Id>) -> Option<String> {
    let number = phonenumber::parse(home, text).ok()?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let n_digits = e164.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&n_digits).then_some(e164)
}

/// `text` lower-cased, if it has the shape of an address (RFC 5321 lengths; the mailbox decides the rest).
fn normal_email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let plausible = (1..=64).contains(&local.len())
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')'))
        && !local.contains('@');
    plausible.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use phonenumber::country::Id;

    #[test]
    fn one_number_written_three_ways_is_one_handle() {
        let forms = [("+44 7700 900123", None), ("07700 900123", Some(Id::GB)), ("0044 (0)7700-900123", Some(Id::GB))];
        for (text, home) in forms {
            let handle = Handle::parse(HandleKind::Phone, text, home).map(|h| h.value().to_owned());
            assert_eq!(handle, Ok("+447700900123".to_owned()), "{text}");
        }
    }

    #[test]
    fn an_address_is_lower_cased_and_masked() {
        let handle = Handle::parse(HandleKind::Email, " Ada.Lovelace@Example.COM ", None).unwrap();
        assert_eq!(handle.value(), "ada.lovelace@example.com");
        assert_eq!(handle.masked(), "a•••@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["ada", "ada@", "@example.com", "a b@example.com", "ada@example", "x@y@example.com"] {
            assert_eq!(Handle::parse(HandleKind::Email, text, None), Err(InvalidHandle::Email), "{text}");
        }
        assert_eq!(Handle::parse(HandleKind::Phone, "12", None), Err(InvalidHandle::Phone));
    }

    #[test]
    fn a_handle_does_not_print_itself() {
        let handle = Handle::parse(HandleKind::Email, "ada@example.com", None).unwrap();
        assert!(!handle.to_string().contains("ada"));
    }
}
