//! What SQLite's errors mean to the operator.

use std::path::Path;

use crate::store::StoreError;
use crate::store::sql::session::Failure;

/// What to tell the caller of work that stopped.
pub(super) fn told(path: &Path, failure: Failure) -> StoreError {
    match failure {
        Failure::Refused(error) => error,
        Failure::Database(error) => meaning(path, &error),
    }
}

/// What an error of the library means. Codes are those of <https://www.sqlite.org/rescode.html>; the lower byte of an
/// extended code is the primary one.
pub(super) fn meaning(path: &Path, error: &sqlx::Error) -> StoreError {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .and_then(|code| code.parse::<i32>().ok())
        .map(|code| code & 0xff);
    let path = path.display();
    match code {
        Some(8) => StoreError::Unavailable(format!(
            "{path} is read-only; give the user who runs the service the right to write it and its directory"
        )),
        Some(11 | 26) => StoreError::Damaged(format!("{path}: {error}")),
        Some(13) => StoreError::DiskFull(format!("{path}: {error}")),
        Some(14) => StoreError::Unavailable(format!(
            "{path} cannot be opened; check that its directory exists and belongs to the user who runs the service"
        )),
        _ => StoreError::Unavailable(format!("{path}: {error}")),
    }
}
