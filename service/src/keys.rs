//! API keys and what each may do.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::channel::Channel;

/// Something a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Bring messages of contacts in.
    Messages,
    /// Ask for a triage of texts, and search.
    Triage,
    /// Read conversations and speak in them.
    Agent,
    /// Everything, and change content.
    Admin,
}

impl Scope {
    /// Its name in settings and errors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Triage => "triage",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Messages, Self::Triage, Self::Agent, Self::Admin]
            .into_iter()
            .find(|scope| scope.name() == name)
            .ok_or_else(|| format!("{name:?} is not a scope; use messages, triage, agent or admin"))
    }
}

/// A key that is known.
#[derive(Clone, Debug)]
pub struct Key {
    /// What it is called in logs.
    pub name: String,
    /// The channels on which its owner checks who writes before bringing a message here.
    pub vouches_for: Vec<Channel>,
    scopes: Vec<Scope>,
    hash: [u8; 32],
}

impl Key {
    /// A key called `name` that may do `scopes`.
    pub fn new(name: impl Into<String>, secret: &SecretString, scopes: Vec<Scope>) -> Self {
        Self { name: name.into(), vouches_for: Vec::new(), scopes, hash: hash(secret.expose_secret()) }
    }

    /// The same key, whose owner checks who writes on these channels.
    #[must_use]
    pub fn vouching_for(self, channels: Vec<Channel>) -> Self {
        Self { vouches_for: channels, ..self }
    }

    /// Whether it may do `scope`.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

/// Every key that is known.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Collects keys.
    pub fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// The key with this secret. Compares hashes in constant time, with every key, so that time tells nothing.
    pub fn find(&self, secret: &str) -> Option<&Key> {
        let hash = hash(secret);
        let mut found = None;
        for key in &self.0 {
            if bool::from(key.hash.ct_eq(&hash)) {
                found = Some(key);
            }
        }
        found
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_what_its_scopes_say_and_admin_does_everything() {
        let keys = Keys::new(vec![
            Key::new("desk", &"desk-secret-desk-secret".into(), vec![Scope::Triage]),
            Key::new("admin", &"admin-secret-admin-secret".into(), vec![Scope::Admin]),
        ]);
        let desk = keys.find("desk-secret-desk-secret").unwrap();
        assert!(desk.may(Scope::Triage) && !desk.may(Scope::Agent));
        assert!(keys.find("admin-secret-admin-secret").unwrap().may(Scope::Agent));
        assert!(keys.find("desk-secret").is_none());
    }
}
