//! Settings as they are written, and the checks that turn them into [`Config`].

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use models::bert::Precision;
use models::embed::Prefixes;
use phonenumber::country;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::problem::Problems;
use super::sense;
use super::{
    Config, ConfigError, EncoderConfig, KeyConfig, LogConfig, ModelConfig, ServerConfig, TwilioSmsConfig, WebConfig,
    WorkerConfig,
};
use crate::assistant::entities::OrderShape;
use crate::channel::twilio_sms::TwilioSender;
use crate::domain::channel::InboxId;
use crate::domain::handoff::ReplyWithin;
use crate::keys::Scope;

/// The settings as written.
#[derive(Deserialize)]
pub(super) struct Raw {
    listen: String,
    public_url: String,
    data_dir: PathBuf,
    database_url: String,
    admin_key: String,
    content_dir: String,
    home_country: String,
    order_number: RawOrderNumber,
    languages: Vec<String>,
    reply_within_minutes: RawReplyWithin,
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
struct RawOrderNumber {
    prefix: String,
    digits: RawDigits,
}

/// `6`, or `"8-15"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawDigits {
    Exactly(usize),
    Between(String),
}

#[derive(Deserialize)]
struct RawReplyWithin {
    low: u32,
    normal: u32,
    high: u32,
    urgent: u32,
}

#[derive(Deserialize)]
struct RawModel {
    dir: String,
    cache_dir: String,
    hub_url: String,
    other_dir: String,
    query_prefix: String,
    passage_prefix: String,
}

#[derive(Deserialize)]
struct RawEncoder {
    precision: String,
    threads: usize,
    cache_bytes: usize,
    queue: usize,
}

#[derive(Deserialize)]
struct RawServer {
    connections: usize,
    body_bytes: usize,
    wait_ms: u64,
    drain_ms: u64,
}

#[derive(Deserialize)]
struct RawWorker {
    concurrency: u32,
    lease_seconds: u64,
}

#[derive(Deserialize)]
struct RawKey {
    name: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    secret_file: Option<PathBuf>,
    scopes: Vec<String>,
    #[serde(default)]
    vouches_for: Vec<String>,
}

#[derive(Deserialize)]
struct RawWeb {
    name: String,
    #[serde(default)]
    origins: Vec<String>,
}

#[derive(Deserialize)]
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

impl Raw {
    /// The settings, unless there are problems, with those that were found before.
    pub(super) fn check(self, mut problems: Problems) -> Result<Config, ConfigError> {
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
        self.check_sense(&mut problems);
        let order_number = problems.note("order_number", self.order_number.check());
        let encoder = problems.note("encoder.precision", self.encoder.check());
        let keys = self.keys.into_iter().filter_map(|key| key.check(&mut problems)).collect();
        let web = self.web.into_iter().filter_map(|web| web.check(&mut problems)).collect();
        let twilio_sms = self.twilio_sms.into_iter().filter_map(|inbox| inbox.check(&mut problems)).collect();
        if !self.admin_key.is_empty() && self.admin_key.len() < MIN_SECRET {
            problems.add("admin_key", format!("use at least {MIN_SECRET} characters"));
        }
        let (Some(listen), Some(home_country), Some(order_number), Some(encoder), true) =
            (listen, home_country, order_number, encoder, problems.is_empty())
        else {
            return Err(problems.into_error());
        };
        Ok(Config {
            listen,
            public_url: public_url(&self.public_url, listen),
            data_dir: self.data_dir,
            database_url: secret(self.database_url),
            admin_key: secret(self.admin_key),
            content_dir: path(&self.content_dir),
            home_country,
            order_number,
            languages: self.languages,
            reply_within: self.reply_within_minutes.durations(),
            log: self.log,
            model: self.model.check(),
            encoder,
            server: self.server.check(),
            worker: WorkerConfig {
                concurrency: self.worker.concurrency,
                lease: Duration::from_secs(self.worker.lease_seconds),
            },
            keys,
            web,
            twilio_sms,
        })
    }
}

impl Raw {
    /// What can be read and yet cannot work.
    fn check_sense(&self, problems: &mut Problems) {
        if self.data_dir.as_os_str().is_empty() {
            problems.add("data_dir", "name a folder");
        }
        sense::web_address(problems, "public_url", &self.public_url);
        sense::database(problems, &self.database_url);
        sense::languages(problems, &self.languages);
        sense::log_filter(problems, &self.log.filter);
        sense::within(problems, "encoder.threads", self.encoder.threads, &(0..=256));
        sense::within(problems, "encoder.queue", self.encoder.queue, &(1..=1_000_000));
        sense::within(problems, "server.connections", self.server.connections, &(1..=100_000));
        sense::within(problems, "server.body_bytes", self.server.body_bytes, &(1 << 10..=64 << 20));
        sense::within(problems, "server.wait_ms", self.server.wait_ms, &(0..=120_000));
        sense::within(problems, "server.drain_ms", self.server.drain_ms, &(0..=600_000));
        sense::within(problems, "worker.concurrency", self.worker.concurrency, &(1..=1024));
        sense::within(problems, "worker.lease_seconds", self.worker.lease_seconds, &(10..=3600));
        sense::once(problems, "keys", self.keys.iter().map(|key| key.name.as_str()));
        sense::once(problems, "web", self.web.iter().map(|inbox| inbox.name.as_str()));
        sense::once(problems, "twilio_sms", self.twilio_sms.iter().map(|inbox| inbox.name.as_str()));
        for inbox in &self.web {
            for origin in &inbox.origins {
                sense::origin(problems, &format!("web.{}.origins", inbox.name), origin);
            }
        }
    }
}

const MIN_SECRET: usize = 16;

impl RawOrderNumber {
    fn check(self) -> Result<OrderShape, String> {
        let digits = self.digits.check()?;
        if self.prefix.len() > 8 || !self.prefix.chars().all(|c| c.is_ascii_alphabetic()) {
            return Err(format!("the prefix {:?} is not usable; use at most 8 letters", self.prefix));
        }
        Ok(OrderShape { prefix: self.prefix, digits })
    }
}

impl RawDigits {
    fn check(self) -> Result<RangeInclusive<usize>, String> {
        let usable = 3..=18;
        let digits = match &self {
            Self::Exactly(digits) => Some(*digits..=*digits),
            Self::Between(text) => text
                .split_once('-')
                .and_then(|(least, most)| Some(least.trim().parse().ok()?..=most.trim().parse().ok()?)),
        };
        let digits = digits
            .filter(|digits| !digits.is_empty() && usable.contains(digits.start()) && usable.contains(digits.end()));
        digits.ok_or_else(|| match self {
            Self::Exactly(digits) => format!("{digits} digits are not usable; use 3 to 18"),
            Self::Between(text) => {
                format!("the digits {text:?} are not usable; write a number from 3 to 18, or two such as \"8-15\"")
            }
        })
    }
}

impl RawModel {
    fn check(self) -> ModelConfig {
        ModelConfig {
            dir: path(&self.dir),
            cache_dir: path(&self.cache_dir).unwrap_or_else(user_cache_dir),
            hub_url: self.hub_url,
            other_dir: path(&self.other_dir),
            prefixes: Some(Prefixes { query: self.query_prefix, passage: self.passage_prefix })
                .filter(|prefixes| *prefixes != Prefixes::default()),
        }
    }
}

impl RawEncoder {
    fn check(self) -> Result<EncoderConfig, String> {
        let precision = Precision::from_name(&self.precision)
            .ok_or_else(|| format!("{:?} is not a precision; use f32 or int8", self.precision))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.threads == 0 { cores.min(2) } else { self.threads };
        Ok(EncoderConfig { precision, threads, cache_bytes: self.cache_bytes, queue: self.queue })
    }
}

impl RawServer {
    fn check(self) -> ServerConfig {
        ServerConfig {
            connections: self.connections,
            body_bytes: self.body_bytes,
            wait: Duration::from_millis(self.wait_ms),
            drain: Duration::from_millis(self.drain_ms),
        }
    }
}

impl RawReplyWithin {
    fn durations(&self) -> ReplyWithin {
        let minutes = |n: u32| SignedDuration::from_mins(n.into());
        ReplyWithin {
            low: minutes(self.low),
            normal: minutes(self.normal),
            high: minutes(self.high),
            urgent: minutes(self.urgent),
        }
    }
}

impl RawKey {
    fn check(self, problems: &mut Problems) -> Option<KeyConfig> {
        let key = format!("keys.{}", self.name);
        let scopes: Vec<Scope> =
            self.scopes.iter().filter_map(|scope| problems.note(&format!("{key}.scopes"), scope.parse())).collect();
        if self.scopes.is_empty() {
            problems.add(&format!("{key}.scopes"), "a key without scopes may do nothing; name at least one");
        }
        let secret = problems.note(&key, secret_or_file(self.secret, self.secret_file.as_deref()))?;
        if secret.expose_secret().len() < MIN_SECRET {
            problems.add(&key, format!("the secret is too short; use at least {MIN_SECRET} characters"));
        }
        let vouches_for = self
            .vouches_for
            .iter()
            .filter_map(|name| problems.note(&format!("{key}.vouches_for"), name.parse()))
            .collect();
        Some(KeyConfig { name: self.name, secret, scopes, vouches_for })
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
        if !self.account_sid.starts_with("AC") {
            problems.add(&format!("{key}.account_sid"), "an account's identifier begins with AC");
        }
        if !self.from.is_empty() && !self.from.starts_with('+') {
            problems.add(&format!("{key}.from"), "write the number in international form, such as +447700900000");
        }
        let auth_token = problems.note(&key, secret_or_file(self.auth_token, self.auth_token_file.as_deref()))?;
        let sender = match (self.from.is_empty(), self.messaging_service_sid.is_empty()) {
            (false, true) => TwilioSender::Number(self.from),
            (true, false) => TwilioSender::Service(self.messaging_service_sid),
            _ => {
                problems.add(&key, "set exactly one of from and messaging_service_sid");
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
    if configured.is_empty() { format!("http://{listen}") } else { configured.trim_end_matches('/').to_owned() }
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn secret(text: String) -> Option<SecretString> {
    (!text.is_empty()).then(|| SecretString::from(text))
}

/// The user's cache folder by the XDG base directory specification, or one in the working directory.
#[expect(clippy::disallowed_methods, reason = "settings are where the environment is read")]
fn user_cache_dir() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(|| PathBuf::from(".cache"))
        .join("frontdesk")
}
