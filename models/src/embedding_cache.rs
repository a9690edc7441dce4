//! Keeps embeddings of authored content on disk so that a restart does not compute them again. Never given customers' words.

mod file;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Embed, Embedding, EncodeError, Reading, Role};

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
        let part = match role {
            Role::Query => Part::Meaning,
            Role::Passage => Part::Passage,
        };
        let found = self.find([part], texts, |texts| {
            Ok(self.inner.embed(texts, role)?.into_iter().map(|embedding| [embedding]).collect())
        })?;
        Ok(found.into_iter().map(|[embedding]| embedding).collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        if self.inner.tone_revision().is_none() {
            let found = self.find([Part::Meaning, Part::Wording], texts, |texts| {
                Ok(self.inner.read(texts)?.into_iter().map(|reading| [reading.meaning, reading.wording]).collect())
            })?;
            return Ok(found.into_iter().map(|[meaning, wording]| Reading { meaning, wording, tone: None }).collect());
        }
        let parts = |reading: Reading| {
            let silent = || EncodeError::Failed("the encoder heard no tone in a text".to_owned());
            Ok([reading.meaning, reading.wording, reading.tone.ok_or_else(silent)?])
        };
        let found = self.find([Part::Meaning, Part::Wording, Part::Tone], texts, |texts| {
            self.inner.read(texts)?.into_iter().map(parts).collect()
        })?;
        let readings = found.into_iter();
        Ok(readings.map(|[meaning, wording, tone]| Reading { meaning, wording, tone: Some(tone) }).collect())
    }

    fn revision(&self) -> &str {
        self.inner.revision()
    }

    fn tone_revision(&self) -> Option<&str> {
        self.inner.tone_revision()
    }
}

impl CachedEmbed<'_> {
    /// The embeddings of all `parts` of each text, `compute`d where they are not known.
    fn find<const N: usize>(
        &self,
        parts: [Part; N],
        texts: &[String],
        compute: impl Fn(&[String]) -> Result<Vec<[Embedding; N]>, EncodeError>,
    ) -> Result<Vec<[Embedding; N]>, EncodeError> {
        let revisions = parts.map(|part| match part {
            Part::Tone => format!("{}+{}", self.inner.revision(), self.inner.tone_revision().unwrap_or_default()),
            _ => self.inner.revision().to_owned(),
        });
        let key_of = |text: &String, at: usize| key(&revisions[at], parts[at], text);
        let keys: Vec<[Key; N]> = texts.iter().map(|text| std::array::from_fn(|at| key_of(text, at))).collect();
        let mut missing = HashMap::new();
        {
            let mut state = self.lock();
            for (keys, text) in keys.iter().zip(texts) {
                if !state.take_up(keys) {
                    missing.insert(*keys, text.clone());
                }
            }
        }
        let (new_keys, new_texts): (Vec<[Key; N]>, Vec<String>) = missing.into_iter().unzip();
        let computed = compute(&new_texts)?;
        let mut state = self.lock();
        state.in_use.extend(new_keys.into_iter().flatten().zip(computed.into_iter().flatten()));
        let found = keys.iter().map(|keys| {
            let found: Vec<Embedding> = keys.iter().filter_map(|key| state.in_use.get(key).cloned()).collect();
            found.try_into().ok()
        });
        found.collect::<Option<_>>().ok_or_else(|| EncodeError::Failed("the encoder left a text out".to_owned()))
    }
}

impl State {
    /// Puts what is on disk in use; whether all of `keys` are in use now.
    fn take_up(&mut self, keys: &[Key]) -> bool {
        for key in keys {
            if let Some(embedding) = self.on_disk.get(key) {
                self.in_use.entry(*key).or_insert_with(|| embedding.clone());
            }
        }
        keys.iter().all(|key| self.in_use.contains_key(key))
    }
}

/// What is kept of a text.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// The meaning of what somebody asks or says.
    Meaning,
    /// Its wording.
    Wording,
    /// Its tone.
    Tone,
    /// The meaning of what answers are taken from.
    Passage,
}

fn key(revision: &str, part: Part, text: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update([match part {
        Part::Meaning => b'q',
        Part::Wording => b'w',
        Part::Tone => b't',
        Part::Passage => b'p',
    }]);
    hasher.update((revision.len() as u64).to_le_bytes());
    hasher.update(revision);
    hasher.update(text);
    hasher.finalize().into()
}
