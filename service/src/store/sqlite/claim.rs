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
        let unusable = |error: std::io::Error| {
            StoreError::Unavailable(format!(
                "{} cannot be opened; check that its directory exists and belongs to the user who runs the service: {error}",
                path.display()
            ))
        };
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
