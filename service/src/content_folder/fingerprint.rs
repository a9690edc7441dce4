//! Whether a folder has changed, told without reading its files: by their names, sizes and times.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use knowledge_base::loader::files_in;
use sha2::{Digest, Sha256};

/// Names a state of a content folder: another one as soon as a file that is read as content was written, added or taken
/// away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of a folder now; a folder that is not there has one too.
    pub(super) fn of(folder: &Path) -> Self {
        let mut hash = Sha256::new();
        let (names, unreadable) = files_in(folder);
        for name in names {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(&name);
            let Ok(file) = fs::metadata(folder.join(&name)) else { continue };
            hash.update(file.len().to_le_bytes());
            let written = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            hash.update(written.unwrap_or_default().as_nanos().to_le_bytes());
        }
        hash.update([u8::from(folder.is_dir())]);
        for problem in &unreadable {
            hash.update(problem.to_string());
        }
        Self(hash.finalize().into())
    }
}

/// Tells when a folder that changed has come to rest, so that no file is read while it is being written.
#[derive(Debug, Default)]
pub(super) struct Rest {
    last: Option<Fingerprint>,
    /// None at first: the folder may have changed since the content was read at the start.
    taken_up: Option<Fingerprint>,
}

impl Rest {
    /// Whether this look found the same as the last one, and it is not taken up yet; from now on it is.
    pub(super) fn comes_to(&mut self, seen: Fingerprint) -> bool {
        let is_at_rest = self.last.replace(seen) == Some(seen);
        let is_new = is_at_rest && self.taken_up != Some(seen);
        if is_new {
            self.taken_up = Some(seen);
        }
        is_new
    }

    /// What was taken up last is to be taken up again.
    pub(super) fn forget(&mut self) {
        self.taken_up = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_another_after(folder: &Path, change: impl FnOnce()) -> bool {
        let before = Fingerprint::of(folder);
        assert_eq!(Fingerprint::of(folder), before, "nothing was changed");
        change();
        Fingerprint::of(folder) != before
    }

    #[test]
    fn whatever_is_read_as_content_counts_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
        assert!(!is_another_after(path, || fs::create_dir(path.join("articles")).unwrap()));
        assert!(is_another_after(path, || write("intents.toml", "")));
        assert!(is_another_after(path, || write("signals.toml", "")));
        assert!(is_another_after(path, || write("articles/a.md", "One.")));
        assert!(is_another_after(path, || write("articles/a.md", "One, two.")));
        assert!(!is_another_after(path, || write("articles/.a.md.swp", "One, two.")));
        assert!(is_another_after(path, || fs::rename(path.join("articles/a.md"), path.join("articles/b.md")).unwrap()));
        let rewritten = || {
            let file = fs::File::options().append(true).open(path.join("articles/b.md")).unwrap();
            file.set_modified(UNIX_EPOCH + std::time::Duration::from_secs(1)).unwrap();
        };
        assert!(is_another_after(path, rewritten), "the same size at another time");
        assert!(is_another_after(path, || fs::remove_file(path.join("articles/b.md")).unwrap()));
        assert!(is_another_after(path, || fs::remove_dir_all(path).unwrap()));
    }

    #[test]
    fn a_change_counts_once_and_not_before_it_has_come_to_rest() {
        let [first, second] = [1, 2].map(|byte| Fingerprint([byte; 32]));
        let mut rest = Rest::default();
        let mut came = |seen| rest.comes_to(seen);
        assert_eq!([first, first, first].map(&mut came), [false, true, false]);
        assert_eq!([second, first, first].map(&mut came), [false, false, false], "it was put back");
        assert_eq!([second, second, second].map(&mut came), [false, true, false]);
        rest.forget();
        assert!(rest.comes_to(second));
    }
}
