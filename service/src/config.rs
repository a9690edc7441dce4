//! Settings: the built-in file, then a file of the operator's, then the environment; checked as a whole before use.

mod problem;
mod raw;
mod sense;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use models::bert::Precision;
use models::embed::Prefixes;
use phonenumber::country;
use secrecy::SecretString;
use serde::Deserialize;

use self::problem::{Problems, placed, syntax_problems};
use self::raw::Raw;
use crate::assistant::entities::OrderShape;
use crate::channel::twilio_sms::TwilioSender;
use crate::domain::channel::{Channel, InboxId};
use crate::domain::handoff::ReplyWithin;
use crate::keys::Scope;

pub use problem::{ConfigError, ConfigProblem};

/// The built-in settings file: every key, its default, and what it does.
pub const DEFAULTS: &str = include_str!("../frontdesk.toml");

/// Checked settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the outside world reaches us, without a trailing slash.
    pub public_url: String,
    /// Where files live.
    pub data_dir: PathBuf,
    /// PostgreSQL, if not SQLite.
    pub database_url: Option<SecretString>,
    /// The key with every scope, if one is set.
    pub admin_key: Option<SecretString>,
    /// The content folder, if not the built-in one.
    pub content_dir: Option<PathBuf>,
    /// How telephone numbers without a country code are read.
    pub home_country: country::Id,
    /// What an order number looks like.
    pub order_number: OrderShape,
    /// Languages the content is written in.
    pub languages: Vec<String>,
    /// How soon a human is to reply.
    pub reply_within: ReplyWithin,
    /// Logging.
    pub log: LogConfig,
    /// Where weights come from.
    pub model: ModelConfig,
    /// The encoder.
    pub encoder: EncoderConfig,
    /// The HTTP server.
    pub server: ServerConfig,
    /// The worker.
    pub worker: WorkerConfig,
    /// Further API keys.
    pub keys: Vec<KeyConfig>,
    /// Web chat inboxes.
    pub web: Vec<WebConfig>,
    /// Text message inboxes.
    pub twilio_sms: Vec<TwilioSmsConfig>,
}

/// Logging.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A tracing filter.
    pub filter: String,
    /// How lines are written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// Where weights come from.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// A folder that holds them.
    pub dir: Option<PathBuf>,
    /// Where fetched ones are kept.
    pub cache_dir: PathBuf,
    /// The hub to fetch from.
    pub hub_url: String,
    /// A folder with another encoder.
    pub other_dir: Option<PathBuf>,
    /// What that encoder wants before texts, where its folder does not say.
    pub prefixes: Option<Prefixes>,
}

/// The encoder.
#[derive(Debug, Clone, Copy)]
pub struct EncoderConfig {
    /// What it computes in.
    pub precision: Precision,
    /// Threads that encode.
    pub threads: usize,
    /// Most bytes of embeddings of recent texts.
    pub cache_bytes: usize,
    /// Texts that may wait.
    pub queue: usize,
}

/// The HTTP server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Connections open at once.
    pub connections: usize,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long a caller waits for replies.
    pub wait: Duration,
    /// How long a shutdown waits.
    pub drain: Duration,
}

/// The worker.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// Jobs done at once.
    pub concurrency: u32,
    /// How long a job may take.
    pub lease: Duration,
}

/// An API key.
#[derive(Debug, Clone)]
pub struct KeyConfig {
    /// What it is called in logs.
    pub name: String,
    /// The key.
    pub secret: SecretString,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The channels on which its owner checks who writes before bringing a message here.
    pub vouches_for: Vec<Channel>,
}

/// A web chat inbox.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Its name.
    pub name: InboxId,
    /// Pages that may embed the widget; empty for any.
    pub origins: Vec<String>,
}

/// A text message inbox.
#[derive(Debug, Clone)]
pub struct TwilioSmsConfig {
    /// Its name.
    pub name: InboxId,
    /// Twilio's identifier of the account.
    pub account_sid: String,
    /// The secret that signs webhooks and calls.
    pub auth_token: SecretString,
    /// The number messages come from, or the service that chooses one.
    pub sender: TwilioSender,
    /// Twilio's address, other than in tests.
    pub api_url: String,
}

impl Config {
    /// Reads the settings. `file` is the operator's, if there is one; the environment is read here and nowhere else.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let environment = Env::prefixed("FRONTDESK_").ignore(NOT_SETTINGS).split("__");
        let Some(file) = file else {
            return Self::from_figment(&built_in().merge(environment)).map_err(named_by_environment);
        };
        let source = std::fs::read_to_string(file).map_err(|error| {
            ConfigError(vec![ConfigProblem {
                place: None,
                key: String::new(),
                message: format!("{} cannot be read as a settings file: {error}", file.display()),
            }])
        })?;
        let problems = syntax_problems(file, &source);
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        let figment = built_in().merge(Toml::string(&source)).merge(environment);
        Self::from_figment(&figment).map_err(|error| placed(named_by_environment(error), file, &source))
    }

    /// The built-in settings with `overrides`, a TOML text, on top; the environment is not looked at.
    pub fn with(overrides: &str) -> Result<Self, ConfigError> {
        Self::from_figment(&built_in().merge(Toml::string(overrides)))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let merged: Option<toml::Value> = problems.note("", figment.extract());
        let Some(merged) = merged else { return Err(problems.into_error()) };
        let mut unknown = Vec::new();
        let mut note_unknown = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
        let raw = serde_path_to_error::deserialize(serde_ignored::Deserializer::new(merged, &mut note_unknown));
        let raw: Option<Raw> = match raw {
            Ok(raw) => Some(raw),
            Err(error) => {
                problems.add(&error.path().to_string(), error.inner().message().trim());
                None
            }
        };
        for key in unknown {
            problems.add(&key, "there is no such setting; `frontdesk settings` prints those there are");
        }
        match raw {
            Some(raw) => raw.check(problems),
            None => Err(problems.into_error()),
        }
    }
}

/// Names the variable where a setting comes from the environment, which is where to look for it.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn named_by_environment(mut error: ConfigError) -> ConfigError {
    for problem in &mut error.0 {
        let variable = format!("FRONTDESK_{}", problem.key.to_uppercase().replace('.', "__"));
        if std::env::var_os(&variable).is_some() {
            problem.key = variable;
        }
    }
    error
}

fn built_in() -> Figment {
    Figment::from(Toml::string(DEFAULTS))
}

/// Environment variables with our prefix that are no settings.
const NOT_SETTINGS: &[&str] = &["config", "log_level", "test_postgres_url", "bin", "eval_data"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_settings_are_valid() {
        let config = Config::with("").unwrap();
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.web.len(), 1);
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let wrong = "listen = \"here\"\nhome_country = \"XX\"\n[[twilio_sms]]\nname = \"sms\"\naccount_sid = \"AC1\"\nauth_token = \"t\"";
        let ConfigError(problems) = Config::with(wrong).unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::with("lissten = \"127.0.0.1:1\"").unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn every_problem_names_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        let problems_of = |source: &str| {
            std::fs::write(&file, source).unwrap();
            let error = Config::load(Some(&file)).unwrap_err().to_string();
            error.replace(&format!("{}:", file.display()), "")
        };
        let wrong = "listen = \"here\"\n\n[server]\nconections = 5\n\n[[keys]]\nname = \"bot\"\n\
                     secret = \"long-enough-to-be-one\"\nscopes = [\"all\"]\ncolour = \"red\"\n";
        let found = problems_of(wrong);
        let lines: Vec<&str> = found.lines().map(|line| line.split(": ").take(2).last().unwrap()).collect();
        assert_eq!(lines, ["listen", "server.conections", "keys.bot.scopes", "keys.0.colour"], "{found}");
        let numbers: Vec<&str> = found.lines().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(numbers, ["1", "4", "9", "10"], "{found}");
        assert!(problems_of("[server]\nconnections = \"many\"\n").starts_with("2: server.connections: "));
        assert!(problems_of("\nlisten = \n").starts_with("2: "));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (wrong, key) in [
            ("public_url = \"ftp://foo bar\"", "public_url"),
            ("data_dir = \"\"", "data_dir"),
            ("database_url = \"mysql://x\"", "database_url"),
            ("languages = [\"english\"]", "languages"),
            ("[log]\nfilter = \"info,,=x=[\"", "log.filter"),
            ("[encoder]\nthreads = 100000", "encoder.threads"),
            ("[server]\nbody_bytes = 0", "server.body_bytes"),
            ("[worker]\nconcurrency = 0", "worker.concurrency"),
            ("[[keys]]\nname = \"a\"\nsecret = \"long-enough-to-be-one\"\nscopes = []", "keys.a.scopes"),
            ("[[web]]\nname = \"web\"\norigins = [\"https://shop.example/path\"]", "web.web.origins"),
            ("[[web]]\nname = \"a\"\n[[web]]\nname = \"a\"", "web.a"),
        ] {
            let ConfigError(problems) = Config::with(wrong).unwrap_err();
            let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
            assert_eq!(keys, [key], "{wrong}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let config = Config::with("admin_key = \"correct-horse-battery\"").unwrap();
        assert!(!format!("{config:?}").contains("battery"));
    }
}
