//! Decides whether a file is the one the manifest names, and puts checked files in place in one step.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, ManifestFile};

/// Whether `folder` holds every file of the manifest; if not, why.
pub(super) fn folder(manifest: &Manifest, folder: &Path) -> Result<(), String> {
    // Smallest first: a missing or wrong file is found before the large one is read.
    for file in manifest.files().into_iter().rev() {
        self::file(file, &folder.join(&file.file))?;
    }
    Ok(())
}

/// Whether `path` is the file the manifest names; if not, why.
pub(super) fn file(expected: &ManifestFile, path: &Path) -> Result<(), String> {
    let name = &expected.file;
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(format!("{name} is not there"));
        }
        Err(error) => return Err(format!("{name} cannot be read: {error}")),
    };
    if size != expected.size {
        return Err(format!("{name} has {size} bytes instead of {}", expected.size));
    }
    match sum(path) {
        Ok(sum) if sum == expected.sha256 => Ok(()),
        Ok(sum) => Err(format!("{name} is damaged: its sha256 is {sum}")),
        Err(error) => Err(format!("{name} cannot be read: {error}")),
    }
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn sum(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            n => hasher.update(&buffer[..n]),
        }
    }
}

/// Checks `part`, makes it durable and gives it its name in `folder`; a damaged `part` is removed.
pub(super) fn promote(expected: &ManifestFile, part: &Path, folder: &Path) -> Result<(), String> {
    if let Err(reason) = file(expected, part) {
        let _ = fs::remove_file(part);
        return Err(reason);
    }
    let rename = || {
        File::open(part)?.sync_all()?;
        fs::rename(part, folder.join(&expected.file))?;
        File::open(folder)?.sync_all()
    };
    rename().map_err(|error| format!("{} cannot be stored: {error}", expected.file))
}
