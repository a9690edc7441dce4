//! The content folder on disk: which articles it has, and putting new ones there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use knowledge_base::article::MAX_ARTICLE_BYTES;
use knowledge_base::parse_article;

use super::shelf::{Defaults, Shelf};

/// The articles of a content folder. One that is not there yet has none.
pub(super) fn shelf(content: &Path, defaults: Defaults) -> io::Result<Shelf> {
    let mut shelf = Shelf::new(defaults);
    let folder = articles(content);
    if !folder.exists() {
        return Ok(shelf);
    }
    let mut names: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        let path = folder.join(&name);
        let is_small = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() <= MAX_ARTICLE_BYTES as u64);
        let text = if is_small { fs::read_to_string(&path).ok() } else { None };
        let name = name.to_string_lossy();
        let is_article = name.ends_with(".md");
        shelf.add(&name, text.filter(|_| is_article).and_then(|text| parse_article(&name, &text).ok()));
    }
    Ok(shelf)
}

/// Where the articles of a content folder lie.
pub(super) fn articles(content: &Path) -> PathBuf {
    content.join("articles")
}

/// Writes a file of `articles/`: whoever reads it meanwhile sees the old text or the new one.
pub(super) fn write(content: &Path, file: &str, text: &str) -> io::Result<()> {
    let folder = articles(content);
    fs::create_dir_all(&folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".import-");
    // Temporary files can be read by their owner alone unless told otherwise; articles by whoever the umask lets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(&folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(folder.join(file)).map(|_| ()).map_err(|error| error.error)
}
