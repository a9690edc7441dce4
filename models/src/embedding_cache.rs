//! Keeps embeddings of authored content on disk so that a restart does not compute them again. Never given customers' words.

mod file;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Embed, Embedding, EncodeError, Role};

/// SHA-256 of the encoder's revision and the text.
type Key = [u8; 32];

/// An [`Embed`] that remembers what it computed, in memory and, after [`save`](Self::save), on disk.
pub struct CachedEmbed<'a> {
    inner: &'a dyn Embed,
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    on_disk: HashMap<Key, Embedding>,
    in_use: HashMap<Key, Embedding>,
}

impl<'a> CachedEmbed<'a> {
    /// Reads the file at `path` if it is there and sound; otherwise starts empty.
    pub fn open(inner: &'a dyn Embed, path: &Path) -> Self {
        let on_disk = match file::read(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HashMap::new(),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the embedding cache is damaged and starts empty");
                HashMap::new()
            }
        };
        Self { inner, path: path.to_owned(), state: Mutex::new(State { on_disk, in_use: HashMap::new() }) }
    }

    /// Replaces the file, in one step, by the embeddings asked for since it was opened; content that is gone is
    /// forgotten. Does nothing if nothing changed.
    pub fn save(&self) -> io::Result<()> {
        let mut state = self.lock();
        let State { on_disk, in_use } = &mut *state;
        let is_same = in_use.len() == on_disk.len() && in_use.keys().all(|key| on_disk.contains_key(key));
        if !is_same {
            file::write(&self.path, in_use)?;
            on_disk.clone_from(in_use);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Embed for CachedEmbed<'_> {
    fn embed(&self, texts: &[String], role: Role) -> Result<Vec<Embedding>, EncodeError> {
        let revision = self.inner.revision();
        let keys: Vec<Key> = texts.iter().map(|text| key(revision, role, text)).collect();
        let mut missing = HashMap::new();
        {
            let mut state = self.lock();
            for (key, text) in keys.iter().zip(texts) {
                if state.in_use.contains_key(key) {
                    continue;
                }
                match state.on_disk.get(key).cloned() {
                    Some(embedding) => drop(state.in_use.insert(*key, embedding)),
                    None => drop(missing.insert(*key, text.clone())),
                }
            }
        }
        let (new_keys, new_texts): (Vec<Key>, Vec<String>) = missing.into_iter().unzip();
        let computed = self.inner.embed(&new_texts, role)?;
        let mut state = self.lock();
        state.in_use.extend(new_keys.into_iter().zip(computed));
        let found = keys.iter().map(|key| state.in_use.get(key).cloned());
        found.collect::<Option<_>>().ok_or_else(|| EncodeError::Failed("the encoder left a text out".to_owned()))
    }

    fn revision(&self) -> &str {
        self.inner.revision()
    }
}

fn key(revision: &str, role: Role, text: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update([match role {
        Role::Query => b'q',
        Role::Passage => b'p',
    }]);
    hasher.update((revision.len() as u64).to_le_bytes());
    hasher.update(revision);
    hasher.update(text);
    hasher.finalize().into()
}
