//! Keeps embeddings of authored content on disk so that a restart does not compute them again. Never given customers' words.

mod file;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Branch, Embed, Embedding, EncodeError, Reading, Role};

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
        let found = self.find(&[part], texts, |texts| {
            Ok(self.inner.embed(texts, role)?.into_iter().map(|embedding| vec![embedding]).collect())
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        let heard = Branch::ALL.into_iter().filter(|branch| self.inner.branch_revision(*branch).is_some());
        let parts: Vec<Part> = [Part::Meaning, Part::Wording].into_iter().chain(heard.map(Part::Heard)).collect();
        let found = self.find(&parts, texts, |texts| {
            self.inner.read(texts)?.iter().map(|reading| parts.iter().map(|part| part.of(reading)).collect()).collect()
        })?;
        let reading = |found: Vec<Embedding>| {
            let part = |wanted: Part| parts.iter().position(|part| *part == wanted).map(|at| found[at].clone());
            Some(Reading {
                meaning: part(Part::Meaning)?,
                wording: part(Part::Wording)?,
                tone: part(Part::Heard(Branch::Tone)),
                purpose: part(Part::Heard(Branch::Purpose)),
            })
        };
        found.into_iter().map(reading).collect::<Option<_>>().ok_or_else(left_out)
    }

    fn revision(&self) -> &str {
        self.inner.revision()
    }

    fn branch_revision(&self, branch: Branch) -> Option<&str> {
        self.inner.branch_revision(branch)
    }
}

impl CachedEmbed<'_> {
    /// The embeddings of all `parts` of each text, `compute`d where they are not known.
    fn find(
        &self,
        parts: &[Part],
        texts: &[String],
        compute: impl Fn(&[String]) -> Result<Vec<Vec<Embedding>>, EncodeError>,
    ) -> Result<Vec<Vec<Embedding>>, EncodeError> {
        let revisions: Vec<String> = parts.iter().map(|part| self.revision_of(*part)).collect();
        let key_of = |text: &str| -> Vec<Key> {
            parts.iter().zip(&revisions).map(|(part, revision)| key(revision, *part, text)).collect()
        };
        let keys: Vec<Vec<Key>> = texts.iter().map(|text| key_of(text)).collect();
        let mut missing = HashMap::new();
        {
            let mut state = self.lock();
            for (keys, text) in keys.iter().zip(texts) {
                if !state.take_up(keys) {
                    missing.insert(keys.clone(), text.clone());
                }
            }
        }
        let (new_keys, new_texts): (Vec<Vec<Key>>, Vec<String>) = missing.into_iter().unzip();
        let computed = compute(&new_texts)?;
        let mut state = self.lock();
        state.in_use.extend(new_keys.into_iter().flatten().zip(computed.into_iter().flatten()));
        let found = keys.iter().map(|keys| keys.iter().map(|key| state.in_use.get(key).cloned()).collect());
        found.collect::<Option<_>>().ok_or_else(left_out)
    }

    /// Names what makes this part of a text.
    fn revision_of(&self, part: Part) -> String {
        let encoder = self.inner.revision();
        match part {
            Part::Heard(branch) => format!("{encoder}+{}", self.inner.branch_revision(branch).unwrap_or_default()),
            Part::Meaning | Part::Wording | Part::Passage => encoder.to_owned(),
        }
    }
}

fn left_out() -> EncodeError {
    EncodeError::Failed("the encoder left a text or a part of one out".to_owned())
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The meaning of what somebody asks or says.
    Meaning,
    /// Its wording.
    Wording,
    /// What a branch hears in it.
    Heard(Branch),
    /// The meaning of what answers are taken from.
    Passage,
}

impl Part {
    /// This part of what somebody asks or says.
    fn of(self, reading: &Reading) -> Result<Embedding, EncodeError> {
        let part = match self {
            Self::Meaning | Self::Passage => Some(&reading.meaning),
            Self::Wording => Some(&reading.wording),
            Self::Heard(Branch::Tone) => reading.tone.as_ref(),
            Self::Heard(Branch::Purpose) => reading.purpose.as_ref(),
        };
        part.cloned().ok_or_else(left_out)
    }
}

fn key(revision: &str, part: Part, text: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update([match part {
        Part::Meaning => b'q',
        Part::Wording => b'w',
        Part::Heard(Branch::Tone) => b't',
        Part::Heard(Branch::Purpose) => b'u',
        Part::Passage => b'p',
    }]);
    hasher.update((revision.len() as u64).to_le_bytes());
    hasher.update(revision);
    hasher.update(text);
    hasher.finalize().into()
}
