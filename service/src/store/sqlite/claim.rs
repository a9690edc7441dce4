//! One SQLite file serves one process: a second one is told so at its start, before both take the same jobs.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::store::StoreError;

/// The claim on a database, by a lock on a file beside it. The system gives it up when the process ends in any way.
pub(super) struct Claim(Mutex<Option<File>>);

impl Claim {
    /// Claims the database at `path`.
    pub(super) fn lay(path: &Path) -> Result<Self, StoreError> {
        let beside = path.with_extension("lock");
        let unusable = |error| unusable(path, &error);
        let file = File::options().create(true).truncate(false).write(true).open(&beside).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Mutex::new(Some(file)))),
            Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
                "{} is in use by another process; stop that one, give this one another data_dir, or use PostgreSQL for \
                 several processes",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Lets another process have the database.
    pub(super) fn give_up(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Makes the database, if it is not there, so that only its owner can read it: customers' words are in it. The files that
/// SQLite keeps beside it get the same rights.
pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!(
        "{} cannot be opened; check that its directory exists and belongs to the user who runs the service: {error}",
        path.display()
    ))
}
