//! The content folder on disk: which articles it has, what is known of them, and putting new ones there whole or not at
//! all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use knowledge_base::article::MAX_ARTICLE_BYTES;
use knowledge_base::loader::files_within;

use super::ledger::{self, Ledger};
use super::shelf::{Defaults, Shelf};

/// The articles of a content folder, of which `ledger` tells what is known. One that is not there yet has none.
pub(super) fn shelf(content: &Path, defaults: Defaults, ledger: Ledger) -> io::Result<Shelf> {
    let mut shelf = Shelf::new(defaults, ledger);
    let folder = articles(content);
    for name in files_within(&folder)? {
        let path = folder.join(&name);
        let is_small = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() <= MAX_ARTICLE_BYTES as u64);
        let text = if is_small { fs::read_to_string(&path).ok() } else { None };
        let is_article = path.extension().is_some_and(|extension| extension == "md");
        shelf.add(&name, text.as_deref().filter(|_| is_article));
    }
    Ok(shelf)
}

/// Where the articles of a content folder lie.
pub(super) fn articles(content: &Path) -> PathBuf {
    content.join("articles")
}

/// Where it is kept what earlier imports wrote.
pub(super) fn ledger_file(content: &Path) -> PathBuf {
    content.join(ledger::FILE)
}

/// What earlier imports wrote into a content folder; nothing where that was never kept.
pub(super) fn ledger(content: &Path) -> io::Result<Ledger> {
    match fs::read(ledger_file(content)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ledger::default()),
        Err(error) => Err(error),
    }
}

/// Keeps what imports wrote, an article a paragraph, so that it can be compared and merged as text.
pub(super) fn keep(content: &Path, ledger: &Ledger) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(ledger)?;
    text.push('\n');
    if fs::read(ledger_file(content)).map_or(*ledger == Ledger::default(), |kept| kept == text.as_bytes()) {
        return Ok(());
    }
    replace(content, ledger::FILE, &text)
}

/// Writes a file of `articles/`.
pub(super) fn write(content: &Path, file: &str, text: &str) -> io::Result<()> {
    replace(&articles(content), file, text)
}

/// Writes a file: whoever reads it meanwhile sees the old text or the new one.
fn replace(folder: &Path, file: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".import-");
    // Temporary files can be read by their owner alone unless told otherwise; articles by whoever the umask lets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(folder.join(file)).map(|_| ()).map_err(|error| error.error)
}
