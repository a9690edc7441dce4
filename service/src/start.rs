//! Puts a process together from its settings: weights, content, storage, channels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use anyhow::{Context, anyhow, bail};
use knowledge_base::{Content, KnowledgeBase, Usable};
use models::artifact::{self, EncoderFiles, Progress};
use models::batcher::Options;
use models::bert::Precision;
use models::head::ShippedSignals;
use models::head::emotion::EmotionHead;
use models::{CachedEmbed, EncoderHandle, HeadCache, WatchedEmbed};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::assistant::{Assistant, Settings, System};
use crate::channel::Channel;
use crate::channel::twilio_sms::{TwilioSms, TwilioSmsSettings};
use crate::clock::Clock;
use crate::config::{Config, EncoderConfig, TwilioSmsConfig};
use crate::connector::unconfigured::Unconfigured;
use crate::connector::{Accounts, Orders};
use crate::content_folder::LastReading;
use crate::demo::Demo;
use crate::domain::channel::{Channel as ChannelKind, InboxId};
use crate::domain::feedback::Feedback;
use crate::events::Events;
use crate::feedback;
use crate::http_client::http_client;
use crate::keys::{Key, Keys, Scope};
use crate::knowledge;
use crate::mind::Mind;
use crate::store::postgres::PostgresStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{SavedArticle, Store};
use crate::telemetry::Metrics;

/// Whether the process serves a real desk or shows off the made-up one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A real desk.
    Serve,
    /// The made-up shop.
    Demo,
}

/// Everything a process needs, and the key with every scope.
pub struct Started {
    /// What it holds.
    pub app: Arc<App>,
    /// The key with every scope.
    pub admin_key: SecretString,
}

/// Puts a process together.
pub async fn start(
    config: Config,
    purpose: Purpose,
    clock: Clock,
    metrics: Metrics,
    progress: Box<dyn Progress>,
) -> anyhow::Result<Started> {
    prepare_data_dir(&config.data_dir)?;
    let admin_key = admin_key(&config)?;
    let store = open_store(&config).await?;
    let saved = Saved { articles: store.saved_articles().await?, feedback: store.accepted_feedback().await? };
    let thinking = config.clone();
    let mind = tokio::task::spawn_blocking(move || build_mind(&thinking, purpose, saved, progress.as_ref()))
        .await
        .context("the assistant could not be prepared")??;
    let parts = Parts { clock, metrics, store, mind };
    let app = assemble(config, purpose, &admin_key, parts)?;
    Ok(Started { app, admin_key })
}

/// What takes long to make, or is to be chosen by a test.
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// Measurements.
    pub metrics: Metrics,
    /// Storage.
    pub store: Arc<dyn Store>,
    /// What the assistant thinks with.
    pub mind: Mind,
}

/// Puts a process together from parts that are ready.
pub fn assemble(config: Config, purpose: Purpose, admin_key: &SecretString, parts: Parts) -> anyhow::Result<Arc<App>> {
    let demo = match purpose {
        Purpose::Demo => Some(Demo::open(&parts.clock)?),
        Purpose::Serve => None,
    };
    let (orders, accounts): (Arc<dyn Orders>, Arc<dyn Accounts>) = match &demo {
        Some(demo) => (demo.shop.clone(), demo.shop.clone()),
        None => (Arc::new(Unconfigured), Arc::new(Unconfigured)),
    };
    Ok(Arc::new(App {
        keys: keys(&config, admin_key),
        channels: channels(&config, demo.as_ref())?,
        mail: demo.as_ref().map(|demo| Arc::clone(&demo.post) as Arc<dyn Channel>),
        orders,
        accounts,
        demo,
        last_reading: Mutex::new(LastReading::good(parts.clock.now())),
        clock: parts.clock,
        store: parts.store,
        mind: parts.mind,
        metrics: parts.metrics,
        events: Events::default(),
        jobs_waiting: Arc::new(Notify::new()),
        teaching: tokio::sync::Mutex::default(),
        editing: tokio::sync::Mutex::default(),
        looking_for_gaps: Arc::default(),
        draining: AtomicBool::new(false),
        stop: CancellationToken::new(),
        config,
    }))
}

/// What was changed since the content was written.
#[derive(Debug, Default)]
pub struct Saved {
    /// Articles that were edited.
    pub articles: Vec<SavedArticle>,
    /// Feedback that was accepted.
    pub feedback: Vec<Feedback>,
}

/// The encoder, the knowledge base with what was saved since, and the trained assistant.
pub fn build_mind(config: &Config, purpose: Purpose, saved: Saved, progress: &dyn Progress) -> anyhow::Result<Mind> {
    let (content, encoder) = rayon::join(|| content(config.content_dir.as_deref()), || encoder(config, progress));
    let (content, encoder) = (content?, encoder?);
    let watched = WatchedEmbed::new(&encoder, progress);
    let embed = CachedEmbed::open(&watched, &content_embeddings(config));
    let articles = knowledge::with_saved(content.articles.clone(), saved.articles);
    let lessons = feedback::lessons(&content.intents, saved.feedback, &encoder)?;
    let settings = settings(config, purpose)?;
    let (knowledge, assistant) = rayon::join(
        || KnowledgeBase::build(articles, &embed).context("the knowledge base could not be built"),
        || {
            Assistant::train_with(&content, lessons, &embed, &settings, &trained_heads(config))
                .context("the assistant could not be trained")
        },
    );
    let (knowledge, assistant) = (knowledge?, assistant?);
    if let Err(error) = embed.save() {
        tracing::warn!(%error, "embeddings of the content could not be kept; the next start will take longer");
    }
    Ok(Mind::new(encoder, knowledge, assistant))
}

/// The file that keeps the embeddings of authored content.
pub fn content_embeddings(config: &Config) -> PathBuf {
    config.model.cache_dir.join("content-embeddings")
}

/// What was learned from authored content and from feedback.
pub fn trained_heads(config: &Config) -> HeadCache {
    HeadCache::at(&config.model.cache_dir.join("trained-heads"))
}

/// What the assistant is told of the settings.
pub fn settings(config: &Config, purpose: Purpose) -> anyhow::Result<Settings> {
    let shipped = shipped_heads(config)?;
    Ok(Settings {
        order_shape: config.order_number.clone(),
        home_country: Some(config.home_country),
        languages: config.languages.clone(),
        reply_within: config.reply_within,
        systems: match purpose {
            Purpose::Demo => vec![System::Orders, System::Accounts],
            Purpose::Serve => Vec::new(),
        },
        emotion: shipped.as_ref().map(|(emotion, _)| Arc::clone(emotion)),
        signals: shipped.map(|(_, signals)| signals),
        ..Settings::default()
    })
}

/// The shipped heads, which read the embeddings of the encoder they were trained on and of no other.
fn shipped_heads(config: &Config) -> anyhow::Result<Option<(Arc<EmotionHead>, Arc<ShippedSignals>)>> {
    if let Some(folder) = &config.model.other_dir {
        tracing::warn!(
            folder = %folder.display(),
            "emotions are not told, and signals by the content's own examples alone: the encoder is not the one that the \
             shipped heads were learnt on"
        );
        return Ok(None);
    }
    Ok(Some((Arc::new(EmotionHead::shipped()?), Arc::new(ShippedSignals::shipped()?))))
}

/// The content of a folder as far as it is right, or the built-in one. An article with a problem is named in the log and
/// left out, since no answer of it is better than no service.
pub fn content(folder: Option<&Path>) -> anyhow::Result<Content> {
    let usable = match folder {
        Some(folder) => Content::usable(folder, |_| None).map(|Usable { content, left_out, .. }| {
            for problem in left_out {
                tracing::error!(%problem, "an article of the content folder is left out");
            }
            content
        }),
        None => Content::embedded(),
    };
    usable.map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow!("the content is not valid:\n{}", lines.join("\n"))
    })
}

/// The encoder, its weights fetched first where they are not here yet.
pub fn encoder(config: &Config, progress: &dyn Progress) -> anyhow::Result<EncoderHandle> {
    let files = encoder_files(config, progress)?;
    let EncoderConfig { precision, threads, cache_bytes, queue } = config.encoder;
    let options = Options { threads, cache_bytes, queue_capacity: queue, ..Options::default() };
    let encoder = EncoderHandle::start(&files, precision, options)?;
    let instructions = match precision {
        Precision::Int8 => models::ceiling::int8_instructions(),
        Precision::F32 => "32-bit floating point",
    };
    tracing::info!(
        revision = encoder.revision(),
        threads,
        instructions,
        "encoder loaded; the content comes next, which takes longest at the first start"
    );
    Ok(encoder)
}

fn encoder_files(config: &Config, progress: &dyn Progress) -> anyhow::Result<EncoderFiles> {
    if let Some(folder) = &config.model.other_dir {
        return Ok(artifact::directory::read(folder, config.model.prefixes.clone())?);
    }
    let mut settings = artifact::Settings::new(config.model.cache_dir.join("models"))?;
    settings.directory.clone_from(&config.model.dir);
    settings.hub_url = Some(config.model.hub_url.clone());
    Ok(artifact::locate(&settings, progress)?)
}

/// Storage: PostgreSQL where an address is set, SQLite in the data folder otherwise.
pub async fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match &config.database_url {
        Some(url) => Arc::new(PostgresStore::connect(url.expose_secret()).await?),
        None => Arc::new(SqliteStore::open(&config.data_dir.join("frontdesk.db")).await?),
    })
}

/// Makes sure that files can be written where they are to live, before anything else is done.
pub fn prepare_data_dir(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| {
        format!("cannot make the data folder {}; set data_dir (FRONTDESK_DATA_DIR)", folder.display())
    })?;
    tempfile::tempfile_in(folder).map(drop).with_context(|| {
        format!("cannot write to the data folder {}; change its permissions or set another data_dir", folder.display())
    })
}

const KEY_FILE: &str = "admin-key";

/// The key with every scope: the configured one, the one made on an earlier start, or a new one kept for the next.
fn admin_key(config: &Config) -> anyhow::Result<SecretString> {
    if let Some(key) = &config.admin_key {
        return Ok(key.clone());
    }
    let file = config.data_dir.join(KEY_FILE);
    match std::fs::read_to_string(&file) {
        Ok(key) if key.trim().len() >= 16 => Ok(SecretString::from(key.trim().to_owned())),
        Ok(_) => bail!("{} holds no usable key; delete it to have a new one made", file.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = format!("fd_{}", hex::encode(rand::rng().random::<[u8; 16]>()));
            write_secret(&file, &key).with_context(|| format!("cannot keep the admin key in {}", file.display()))?;
            Ok(SecretString::from(key))
        }
        Err(error) => Err(error).with_context(|| format!("cannot read the admin key from {}", file.display())),
    }
}

fn write_secret(file: &Path, secret: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(secret.as_bytes())
}

fn keys(config: &Config, admin_key: &SecretString) -> Keys {
    let admin = Key::new("admin", admin_key, vec![Scope::Admin]);
    let others = config
        .keys
        .iter()
        .map(|key| Key::new(&key.name, &key.secret, key.scopes.clone()).vouching_for(key.vouches_for.clone()));
    Keys::new(std::iter::once(admin).chain(others).collect())
}

fn channels(config: &Config, demo: Option<&Demo>) -> anyhow::Result<BTreeMap<InboxId, Arc<dyn Channel>>> {
    let mut channels: BTreeMap<InboxId, Arc<dyn Channel>> = BTreeMap::new();
    if let Some(demo) = demo {
        channels.insert(InboxId::default_for(ChannelKind::Sms), demo.post.clone());
        channels.insert(InboxId::default_for(ChannelKind::Email), demo.post.clone());
    }
    for inbox in &config.twilio_sms {
        channels
            .insert(inbox.name.clone(), Arc::new(TwilioSms::new(http_client()?, twilio(inbox, &config.public_url))));
    }
    Ok(channels)
}

fn twilio(inbox: &TwilioSmsConfig, public_url: &str) -> TwilioSmsSettings {
    TwilioSmsSettings {
        account_sid: inbox.account_sid.clone(),
        auth_token: inbox.auth_token.clone(),
        sender: inbox.sender.clone(),
        api_url: inbox.api_url.clone(),
        status_callback: Some(format!("{public_url}/channels/{}/webhook", inbox.name)),
    }
}
