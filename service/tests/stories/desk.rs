//! A whole service for one story, and verbs to use it with.

pub(crate) mod answer;
pub(crate) mod events;
mod minds;
pub(crate) mod socket;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use service::app::App;
use service::clock::Clock;
use service::config::Config;
use service::http_client::http_client_with_timeout;
use service::mind::Mind;
use service::run::run;
use service::start::{Parts, Purpose, assemble, open_store};
use service::telemetry::Metrics;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::answer::{Answer, Receipt};
use self::events::EventStream;
use self::socket::Chat;

/// The key that may do everything.
pub(crate) const ADMIN: &str = "the-key-of-the-stories";
/// Keys that may do one thing each.
pub(crate) const MESSAGES: &str = "the-key-for-messages-only";
pub(crate) const TRIAGE: &str = "the-key-for-triage-only";
pub(crate) const AGENT: &str = "the-key-for-agents-only";

const KEYS: &str = r#"
[[keys]]
name = "bot"
secret = "the-key-for-messages-only"
scopes = ["messages"]
[[keys]]
name = "help-desk"
secret = "the-key-for-triage-only"
scopes = ["triage"]
[[keys]]
name = "console"
secret = "the-key-for-agents-only"
scopes = ["agent"]
"#;

/// How long anything may take before a story gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running service.
pub(crate) struct Desk {
    pub(crate) app: Arc<App>,
    pub(crate) url: String,
    client: Client,
    stop: CancellationToken,
    running: JoinHandle<()>,
    folder: Folder,
}

/// Where its files are.
enum Folder {
    Own(TempDir),
    Given(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Own(folder) => folder.path(),
            Self::Given(path) => path,
        }
    }
}

impl Desk {
    /// A demo desk with nothing in it.
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// The same with settings of its own, in TOML.
    pub(crate) async fn with(settings: &str) -> Self {
        Self::run(Folder::Own(TempDir::new().unwrap()), settings, minds::shared().await).await
    }

    /// A demo desk whose files are in `folder`.
    pub(crate) async fn in_folder(folder: &Path) -> Self {
        Self::run(Folder::Given(folder.to_owned()), "", minds::shared().await).await
    }

    /// A demo desk whose assistant learns by itself.
    pub(crate) async fn with_a_mind_of_its_own() -> Self {
        Self::run(Folder::Own(TempDir::new().unwrap()), "", minds::of_its_own().await).await
    }

    /// A demo desk with these intents, each for humans, in place of the shop's.
    pub(crate) async fn with_intents(intents: &[(&str, &[&str])]) -> Self {
        Self::run(Folder::Own(TempDir::new().unwrap()), "", minds::with_intents(intents).await).await
    }

    /// A demo desk with the content of a folder.
    pub(crate) async fn with_content(content: &Path) -> Self {
        let settings = format!("content_dir = '{}'", content.display());
        Self::run(Folder::Own(TempDir::new().unwrap()), &settings, minds::of_folder(content).await).await
    }

    async fn run(folder: Folder, settings: &str, mind: Mind) -> Self {
        let mut config = Config::with(&format!("{settings}\n{KEYS}")).unwrap();
        config.data_dir = folder.path().to_owned();
        config.server.wait = PATIENCE;
        let store = open_store(&config).await.unwrap();
        let parts = Parts { clock: Clock::system(), metrics: Metrics::detached(), store, mind };
        let app = assemble(config, Purpose::Demo, &SecretString::from(ADMIN), parts).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let running = tokio::spawn(run(Arc::clone(&app), listener, stop.clone()));
        let client = http_client_with_timeout(PATIENCE * 2).unwrap();
        Self { app, url, client, stop, running, folder }
    }

    /// Tells it to stop and waits until it has.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.expect("the service stops when told to").unwrap();
    }

    /// Tells it to stop; it is still finishing when this returns.
    pub(crate) fn begin_to_stop(&self) {
        self.stop.cancel();
    }

    /// The bytes of its files, one after another.
    pub(crate) fn bytes_on_disk(&self) -> Vec<u8> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.flat_map(|path| std::fs::read(path).unwrap()).collect()
    }

    /// A request without a key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path).bearer_auth(ADMIN)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::POST, path).bearer_auth(ADMIN).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PUT, path).bearer_auth(ADMIN).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path).bearer_auth(ADMIN)).await
    }

    /// Somebody who writes by the web chat of a caller's own.
    pub(crate) fn contact<'a>(&'a self, handle: &'a str) -> Contact<'a> {
        Contact { desk: self, key: ADMIN, channel: "web", handle }
    }

    pub(crate) fn agent<'a>(&'a self, name: &'a str) -> Agent<'a> {
        Agent { desk: self, name }
    }

    /// A conversation whole.
    pub(crate) async fn thread(&self, conversation: &str) -> Value {
        self.get(&format!("/v1/conversations/{conversation}")).await.ok()
    }

    /// Opens a web chat as a new visitor.
    pub(crate) async fn chat(&self) -> Chat {
        Chat::open(&self.url, None).await.unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// Follows what happens, from now on or from after an event.
    pub(crate) async fn events(&self, after: Option<i64>) -> EventStream {
        let mut request = self.request(Method::GET, "/v1/events").bearer_auth(AGENT);
        if let Some(seq) = after {
            request = request.header("Last-Event-ID", seq.to_string());
        }
        EventStream::of(request.send().await.unwrap())
    }

    /// What the shop would have sent to `address`, newest first.
    pub(crate) async fn mail_to(&self, address: &str) -> Vec<String> {
        let outbox = self.get("/demo/outbox").await.ok();
        let posted = outbox["data"].as_array().unwrap().iter();
        let theirs = posted.filter(|letter| letter["to"] == address);
        theirs.map(|letter| letter["text"].as_str().unwrap().to_owned()).collect()
    }

    /// The code in the newest of the letters to `address`, once there are `count` of them.
    pub(crate) async fn code_sent_to(&self, address: &str, count: usize) -> String {
        eventually("a code is sent", async || {
            let letters = self.mail_to(address).await;
            (letters.len() >= count).then(|| code_in(&letters[0]))
        })
        .await
    }

    /// Waits until no job is due or being done.
    pub(crate) async fn is_idle(&self) {
        eventually("all jobs are done", async || {
            let counts = self.app.store.job_counts(Timestamp::now()).await.unwrap();
            (counts.waiting + counts.leased == 0).then_some(())
        })
        .await;
    }
}

/// The six digits in a letter.
pub(crate) fn code_in(letter: &str) -> String {
    let mut numbers = letter.split(|c: char| !c.is_ascii_digit());
    numbers.find(|digits| digits.len() == 6).unwrap_or_else(|| panic!("no code in {letter:?}")).to_owned()
}

/// Looks again and again until there is something to see.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "it never came true that {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Somebody who asks.
#[derive(Clone, Copy)]
pub(crate) struct Contact<'a> {
    desk: &'a Desk,
    key: &'a str,
    channel: &'a str,
    handle: &'a str,
}

impl<'a> Contact<'a> {
    /// The same handle on another channel.
    pub(crate) fn on(self, channel: &'a str) -> Self {
        Self { channel, ..self }
    }

    /// The same, brought by the caller with this key.
    pub(crate) fn brought_by(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    /// Says something and waits for what comes back.
    pub(crate) async fn says(&self, text: &str) -> Receipt {
        let message = json!({ "channel": self.channel, "from": { "handle": self.handle }, "text": text });
        let request = self.desk.request(Method::POST, "/v1/messages?wait=true").bearer_auth(self.key);
        Receipt(Answer::to(request.json(&message)).await.ok())
    }

    /// Says several things, one after another; what came back last.
    pub(crate) async fn goes_on(&self, texts: &[&str]) -> Receipt {
        let mut last = None;
        for text in texts {
            last = Some(self.says(text).await);
        }
        last.expect("something is said")
    }

    /// Repeats the code sent to an address, the `nth` letter to it.
    pub(crate) async fn repeats_code_sent_to(&self, address: &str, nth: usize) -> Receipt {
        let code = self.desk.code_sent_to(address, nth).await;
        self.says(&code).await
    }
}

/// A human of the support team.
#[derive(Clone, Copy)]
pub(crate) struct Agent<'a> {
    desk: &'a Desk,
    name: &'a str,
}

impl Agent<'_> {
    pub(crate) async fn claims(&self, conversation: &str) -> Answer {
        self.acts(conversation, "claim", json!({})).await
    }

    /// Claims, and leaves a note that marks the place in the thread.
    pub(crate) async fn claims_with_note(&self, conversation: &str, note: &str) -> Answer {
        self.acts(conversation, "claim", json!({ "note": note })).await
    }

    pub(crate) async fn releases(&self, conversation: &str, queue: &str) -> Answer {
        self.acts(conversation, "release", json!({ "queue": queue })).await
    }

    pub(crate) async fn returns(&self, conversation: &str, note: &str) -> Answer {
        self.acts(conversation, "return", json!({ "note": note })).await
    }

    pub(crate) async fn resolves(&self, conversation: &str) -> Answer {
        self.acts(conversation, "resolve", json!({})).await
    }

    pub(crate) async fn reopens(&self, conversation: &str) -> Answer {
        self.acts(conversation, "reopen", json!({})).await
    }

    pub(crate) async fn writes(&self, conversation: &str, text: &str) -> Answer {
        self.acts(conversation, "messages", json!({ "text": text })).await
    }

    async fn acts(&self, conversation: &str, what: &str, mut body: Value) -> Answer {
        body["agent"] = self.name.into();
        self.desk.post(&format!("/v1/conversations/{conversation}/{what}"), &body).await
    }
}
