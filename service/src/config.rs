//! Settings: the built-in file, then a file of the operator's, then the environment; checked as a whole before use.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use phonenumber::country;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::channel::twilio_sms::TwilioSender;
use crate::domain::channel::InboxId;
use crate::keys::Scope;

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
    pub order_number: String,
    /// Languages the content is written in.
    pub languages: Vec<String>,
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
}

/// The encoder.
#[derive(Debug, Clone)]
pub struct EncoderConfig {
    /// Threads that encode.
    pub threads: usize,
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

/// What is wrong with the settings; every problem at once.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the settings. `file` is the operator's, if there is one; the environment is read here and nowhere else.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError(vec![format!("{}: there is no such settings file", file.display())]));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::prefixed("FRONTDESK_").ignore(NOT_SETTINGS).split("__"));
        Self::from_figment(&figment)
    }

    /// The built-in settings with `overrides`, a TOML text, on top; the environment is not looked at.
    pub fn with(overrides: &str) -> Result<Self, ConfigError> {
        Self::from_figment(&Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(overrides)))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let raw: Raw = figment
            .extract()
            .map_err(|error| ConfigError(error.into_iter().map(|one| one.to_string()).collect()))?;
        raw.check()
    }
}

/// Environment variables with our prefix that are no settings.
const NOT_SETTINGS: &[&str] = &["config", "log_level", "test_postgres_url", "bin", "eval_data"];

/// The settings as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    listen: String,
    public_url: String,
    data_dir: PathBuf,
    database_url: String,
    admin_key: String,
    content_dir: String,
    home_country: String,
    order_number: String,
    languages: Vec<String>,
    log: LogConfig,
    model: RawModel,
    encoder: RawEncoder,
    server: RawServer,
    worker: RawWorker,
    #[serde(default)]
    keys: Vec<RawKey>,
    #[serde(default)]
    web: Vec<RawWeb>,
    #[serde(default)]
    twilio_sms: Vec<RawTwilioSms>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    dir: String,
    cache_dir: String,
    hub_url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEncoder {
    threads: usize,
    queue: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawServer {
    connections: usize,
    body_bytes: usize,
    wait_ms: u64,
    drain_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorker {
    concurrency: u32,
    lease_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKey {
    name: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    secret_file: Option<PathBuf>,
    scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeb {
    name: String,
    #[serde(default)]
    origins: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTwilioSms {
    name: String,
    account_sid: String,
    #[serde(default)]
    auth_token: String,
    #[serde(default)]
    auth_token_file: Option<PathBuf>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    messaging_service_sid: String,
    #[serde(default = "twilio_api")]
    api_url: String,
}

fn twilio_api() -> String {
    "https://api.twilio.com".to_owned()
}

/// Collects problems instead of stopping at the first.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn note<T, E: std::fmt::Display>(&mut self, key: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.0.push(format!("{key}: {error}"))).ok()
    }
}

impl Raw {
    fn check(self) -> Result<Config, ConfigError> {
        let mut problems = Problems::default();
        let listen: Option<SocketAddr> = problems.note(
            "listen",
            self.listen
                .parse()
                .map_err(|_| format!("{:?} is not an address; write it like 127.0.0.1:8080", self.listen)),
        );
        let home_country = problems.note(
            "home_country",
            self.home_country
                .parse::<country::Id>()
                .map_err(|_| format!("{:?} is not an ISO 3166-1 country code such as GB", self.home_country)),
        );
        problems.note("order_number", regex::Regex::new(&self.order_number));
        let keys = self.keys.into_iter().filter_map(|key| key.check(&mut problems)).collect();
        let web = self.web.into_iter().filter_map(|web| web.check(&mut problems)).collect();
        let twilio_sms = self.twilio_sms.into_iter().filter_map(|inbox| inbox.check(&mut problems)).collect();
        if !self.admin_key.is_empty() && self.admin_key.len() < MIN_SECRET {
            problems.0.push(format!("admin_key: use at least {MIN_SECRET} characters"));
        }
        let (Some(listen), Some(home_country), true) = (listen, home_country, problems.0.is_empty()) else {
            return Err(ConfigError(problems.0));
        };
        Ok(Config {
            listen,
            public_url: public_url(&self.public_url, listen),
            data_dir: self.data_dir,
            database_url: secret(self.database_url),
            admin_key: secret(self.admin_key),
            content_dir: path(&self.content_dir),
            home_country,
            order_number: self.order_number,
            languages: self.languages,
            log: self.log,
            model: self.model.check(),
            encoder: self.encoder.check(),
            server: self.server.check(),
            worker: WorkerConfig {
                concurrency: self.worker.concurrency.max(1),
                lease: Duration::from_secs(self.worker.lease_seconds.max(5)),
            },
            keys,
            web,
            twilio_sms,
        })
    }
}

const MIN_SECRET: usize = 16;

impl RawModel {
    fn check(self) -> ModelConfig {
        ModelConfig {
            dir: path(&self.dir),
            cache_dir: path(&self.cache_dir).unwrap_or_else(user_cache_dir),
            hub_url: self.hub_url,
        }
    }
}

impl RawEncoder {
    fn check(self) -> EncoderConfig {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.threads == 0 { cores.min(2) } else { self.threads };
        EncoderConfig { threads, queue: self.queue.max(1) }
    }
}

impl RawServer {
    fn check(self) -> ServerConfig {
        ServerConfig {
            connections: self.connections.max(1),
            body_bytes: self.body_bytes,
            wait: Duration::from_millis(self.wait_ms),
            drain: Duration::from_millis(self.drain_ms),
        }
    }
}

impl RawKey {
    fn check(self, problems: &mut Problems) -> Option<KeyConfig> {
        let key = format!("keys.{}", self.name);
        let scopes: Vec<Scope> =
            self.scopes.iter().filter_map(|scope| problems.note(&key, scope.parse())).collect();
        let secret = problems.note(&key, secret_or_file(self.secret, self.secret_file.as_deref()))?;
        if secret.expose_secret().len() < MIN_SECRET {
            problems.0.push(format!("{key}: the secret is too short; use at least {MIN_SECRET} characters"));
        }
        Some(KeyConfig { name: self.name, secret, scopes })
    }
}

impl RawWeb {
    fn check(self, problems: &mut Problems) -> Option<WebConfig> {
        let name = problems.note("web", InboxId::parse(&self.name))?;
        Some(WebConfig { name, origins: self.origins })
    }
}

impl RawTwilioSms {
    fn check(self, problems: &mut Problems) -> Option<TwilioSmsConfig> {
        let key = format!("twilio_sms.{}", self.name);
        let name = problems.note("twilio_sms", InboxId::parse(&self.name))?;
        let auth_token = problems.note(&key, secret_or_file(self.auth_token, self.auth_token_file.as_deref()))?;
        let sender = match (self.from.is_empty(), self.messaging_service_sid.is_empty()) {
            (false, true) => TwilioSender::Number(self.from),
            (true, false) => TwilioSender::Service(self.messaging_service_sid),
            _ => {
                problems.0.push(format!("{key}: set exactly one of from and messaging_service_sid"));
                return None;
            }
        };
        Some(TwilioSmsConfig { name, account_sid: self.account_sid, auth_token, sender, api_url: self.api_url })
    }
}

fn secret_or_file(secret: String, file: Option<&Path>) -> Result<SecretString, String> {
    match (secret.is_empty(), file) {
        (false, None) => Ok(SecretString::from(secret)),
        (true, Some(file)) => std::fs::read_to_string(file)
            .map(|text| SecretString::from(text.trim().to_owned()))
            .map_err(|error| format!("cannot read the secret from {}: {error}", file.display())),
        (true, None) => Err("no secret is set; give it directly or by a file".to_owned()),
        (false, Some(_)) => Err("both a secret and a secret file are set; give one".to_owned()),
    }
}

fn public_url(configured: &str, listen: SocketAddr) -> String {
    if configured.is_empty() {
        format!("http://{listen}")
    } else {
        configured.trim_end_matches('/').to_owned()
    }
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn secret(text: String) -> Option<SecretString> {
    (!text.is_empty()).then(|| SecretString::from(text))
}

/// The user's cache folder by the XDG base directory specification, or one in the working directory.
fn user_cache_dir() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(|| PathBuf::from(".cache"))
        .join("frontdesk")
}

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
    fn secrets_do_not_print() {
        let config = Config::with("admin_key = \"correct-horse-battery\"").unwrap();
        assert!(!format!("{config:?}").contains("battery"));
    }
}
