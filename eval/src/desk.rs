//! A running service to measure: started on a free port with its own data folder, asked over HTTP like anyone would.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::memory;

const KEY: &str = "measure-measure-measure";
const READY_WITHIN: Duration = Duration::from_mins(3);

/// The program built beside this one.
pub(crate) fn beside_us() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("frontdesk");
    if path.is_file() {
        return Ok(path);
    }
    bail!("{} does not exist; build it first, or name it with --bin", path.display())
}

/// Where a service runs and keeps its files.
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Place {
    /// A free port and an empty folder.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { address, folder: tempfile::tempdir()? })
    }
}

/// A running service. Dropping it kills it.
pub(crate) struct Desk {
    child: Child,
    pub(crate) api: Api,
    /// From the start of the process to readiness.
    pub(crate) started_in: Duration,
}

impl Desk {
    /// Starts the program at `place` and waits until it is ready.
    pub(crate) async fn start(bin: &Path, place: &Place) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(place.folder.path().join("log"))?;
        let begun = Instant::now();
        let child = Command::new(bin)
            .arg("demo")
            .env("FRONTDESK_LISTEN", place.address.to_string())
            .env("FRONTDESK_DATA_DIR", place.folder.path())
            .env("FRONTDESK_ADMIN_KEY", KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", bin.display()))?;
        let mut desk = Self { child, api: Api::new(place.address), started_in: Duration::ZERO };
        while !desk.api.is_ready().await {
            if let Some(status) = desk.child.try_wait()? {
                let log = std::fs::read_to_string(place.folder.path().join("log")).unwrap_or_default();
                bail!("the service ended with {status} before it was ready:\n{log}");
            }
            if begun.elapsed() > READY_WITHIN {
                bail!("the service was not ready within {READY_WITHIN:?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.started_in = begun.elapsed();
        Ok(desk)
    }

    /// Kills it without a warning, as a crash would.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its resident memory, in megabytes (Linux).
    pub(crate) fn resident_mb(&self) -> anyhow::Result<f64> {
        memory::resident_mb(&self.child.id().to_string())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Gone already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The service's API. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    base: String,
}

/// What became of a message.
pub(crate) struct Sent {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Api {
    fn new(address: SocketAddr) -> Self {
        Self {
            client: service::http_client::http_client().expect("the built-in TLS settings are valid"),
            base: format!("http://{address}"),
        }
    }

    async fn is_ready(&self) -> bool {
        let asked = self.client.get(format!("{}/readyz", self.base)).timeout(Duration::from_secs(2)).send().await;
        asked.is_ok_and(|response| response.status().is_success())
    }

    /// Sends a message of `contact` and waits for the replies.
    pub(crate) async fn say(&self, contact: &str, external_id: &str, text: &str) -> reqwest::Result<Sent> {
        let body = json!({ "channel": "web", "from": { "handle": contact }, "text": text, "external_id": external_id });
        let response = self
            .client
            .post(format!("{}/v1/messages?wait=true", self.base))
            .bearer_auth(KEY)
            .json(&body)
            .send()
            .await?;
        Ok(Sent { status: response.status(), body: response.json().await? })
    }

    /// A conversation whole.
    pub(crate) async fn conversation(&self, id: &str) -> anyhow::Result<Value> {
        let url = format!("{}/v1/conversations/{id}", self.base);
        let response = self.client.get(url).bearer_auth(KEY).send().await?.error_for_status()?;
        Ok(response.json().await?)
    }
}
