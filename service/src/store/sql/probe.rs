//! Whether storage works, found out by using it.

use super::session::{Failure, Session, params};
use crate::store::StoreError;

const WRITE: &str =
    "INSERT INTO probe (id, written) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET written = probe.written + 1";
const READ: &str = "SELECT written FROM probe WHERE id = 1";

/// Writes a row and reads it back.
pub(crate) async fn probe(session: &mut Session) -> Result<(), Failure> {
    session.execute(WRITE, params![]).await?;
    let written = session.one(READ, params![]).await?.int("written")?;
    if written < 1 {
        return Err(StoreError::Damaged(format!("a row written just now reads {written}")).into());
    }
    Ok(())
}
