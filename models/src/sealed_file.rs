//! Files that are whole or not there: replaced in one step, and read only if their sum is right.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Says what a file holds, in which layout.
pub(crate) type Magic = [u8; 8];

const SUM_BYTES: usize = 32;

/// The content of a file that [`write`] wrote under the same `magic`.
pub(crate) fn read(path: &Path, magic: Magic) -> io::Result<Vec<u8>> {
    let mut bytes = fs::read(path)?;
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the file is damaged or of another version");
    let (sealed, sum) = bytes.split_last_chunk::<SUM_BYTES>().ok_or_else(damaged)?;
    if Sha256::digest(sealed).as_slice() != sum || !sealed.starts_with(&magic) {
        return Err(damaged());
    }
    bytes.truncate(bytes.len() - SUM_BYTES);
    bytes.drain(..magic.len());
    Ok(bytes)
}

/// Writes beside `path`, makes it durable, and renames: a reader sees the old file or the new one.
pub(crate) fn write(path: &Path, magic: Magic, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let sum = Sha256::new().chain_update(magic).chain_update(content).finalize();
    for part in [&magic, content, &sum] {
        file.write_all(part)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}
