//! How often something was done in the last hour.

use jiff::{SignedDuration, Timestamp};

use super::session::{Failure, Session, params};

const WINDOW: SignedDuration = SignedDuration::from_hours(1);

const COUNT: &str = "SELECT COUNT(*) AS used FROM uses WHERE name = $1 AND used_at > $2";
const INSERT: &str = "INSERT INTO uses (name, used_at) VALUES ($1, $2)";
const FORGET: &str = "DELETE FROM uses WHERE name = $1 AND used_at <= $2";

/// Counts one more use of each name; or none, and `false`, where one of them was used `most` times already.
pub(crate) async fn take(session: &mut Session, names: &[&str], most: u32, now: Timestamp) -> Result<bool, Failure> {
    for name in names {
        session.exclude(name).await?;
        session.execute(FORGET, params![*name, now - WINDOW]).await?;
        let used = session.one(COUNT, params![*name, now - WINDOW]).await?.int("used")?;
        if used >= i64::from(most) {
            return Ok(false);
        }
    }
    for name in names {
        session.execute(INSERT, params![*name, now]).await?;
    }
    Ok(true)
}
