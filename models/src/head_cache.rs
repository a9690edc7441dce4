//! Keeps on disk what heads learned, by what they learned it from, so that a restart trains nothing.
//!
//! A file holds weights and is named by a digest of the examples; no text is kept.

mod fingerprint;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::sealed_file::{self, Magic};

pub(crate) use fingerprint::Fingerprint;

/// Changes whenever the layout does.
const MAGIC: Magic = *b"fd-hed-1";
const EXTENSION: &str = "head";
/// Files kept; those not used for longest go first. A content has up to eight heads, and a few more while it is edited.
const MOST_FILES: usize = 64;

/// A folder of what was learned, or none.
#[derive(Debug, Clone)]
pub struct HeadCache {
    folder: Option<PathBuf>,
}

impl HeadCache {
    /// One in `folder`, which is made when there is something to keep.
    pub fn at(folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()) }
    }

    /// One that keeps nothing: everything is learned anew.
    pub fn nowhere() -> Self {
        Self { folder: None }
    }

    /// What was learned from examples of this fingerprint before, or else `learn`ed now and kept for the next time. That
    /// it cannot be kept is logged and changes nothing.
    pub(crate) fn get_or_learn<T>(&self, from: Fingerprint, learn: impl FnOnce() -> T) -> T
    where
        T: Serialize + DeserializeOwned,
    {
        let Some(folder) = &self.folder else { return learn() };
        let path = folder.join(from.name()).with_extension(EXTENSION);
        match read(&path) {
            Ok(learned) => return learned,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(path = %path.display(), %error, "a trained head is trained anew"),
        }
        let learned = learn();
        if let Err(error) = write(folder, &path, &learned) {
            tracing::warn!(path = %path.display(), %error, "a trained head could not be kept; it is trained at every start");
        }
        learned
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let learned = postcard::from_bytes(&sealed_file::read(path, MAGIC)?);
    let learned = learned.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    // Which files were used last is all that the time says, so that it need not be exact.
    let _ = File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    Ok(learned)
}

fn write<T: Serialize>(folder: &Path, path: &Path, learned: &T) -> io::Result<()> {
    let content = postcard::to_stdvec(learned).map_err(io::Error::other)?;
    sealed_file::write(path, MAGIC, &content)?;
    forget_oldest(folder, path)
}

/// Makes room for the file at `newest`, which stays even where the clock cannot tell it from older ones.
fn forget_oldest(folder: &Path, newest: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(EXTENSION)) && path != newest {
            // Another process may have removed it in the meantime.
            files.extend(fs::metadata(&path).and_then(|of| of.modified()).map(|used| (used, path)));
        }
    }
    files.sort();
    let n_excess = (files.len() + 1).saturating_sub(MOST_FILES);
    for (_, path) in &files[..n_excess] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f32]) -> Fingerprint {
        Fingerprint::of("numbers").floats(values)
    }

    #[test]
    fn the_same_is_learned_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HeadCache::at(&folder.path().join("deeper"));
        assert_eq!(cache.get_or_learn(of(&[1.0, 2.0]), || vec![0.25_f32]), [0.25]);
        assert_eq!(cache.get_or_learn(of(&[1.0, 2.0]), || vec![9.0_f32]), [0.25]);
        assert_eq!(cache.get_or_learn(of(&[2.0, 1.0]), || vec![9.0_f32]), [9.0]);
        assert_eq!(HeadCache::nowhere().get_or_learn(of(&[1.0, 2.0]), || 3_u8), 3);
    }

    #[test]
    fn a_damaged_file_is_learned_anew_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HeadCache::at(folder.path());
        cache.get_or_learn(of(&[1.0]), || 1_u64);
        let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes[9] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(cache.get_or_learn(of(&[1.0]), || 2_u64), 2);
        assert_eq!(cache.get_or_learn(of(&[1.0]), || 3_u64), 2);
    }

    #[test]
    fn the_folder_does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HeadCache::at(folder.path());
        for number in 0..MOST_FILES + 5 {
            cache.get_or_learn(of(&[number as f32]), || number as u64);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST_FILES);
        assert_eq!(cache.get_or_learn(of(&[MOST_FILES as f32 + 4.0]), || 0_u64), MOST_FILES as u64 + 4);
    }

    #[test]
    fn where_nothing_can_be_written_it_is_learned_all_the_same() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(HeadCache::at(file.path()).get_or_learn(of(&[1.0]), || 5_u8), 5);
    }
}
