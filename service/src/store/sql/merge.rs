//! Two contacts found to be one person: the younger one's addresses and conversations become the older one's, and what
//! moved is written down so that it can be moved back.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::identity::{self, Known};
use super::session::{Failure, Session, Statement, locking, params};
use super::{conversation, events, record};
use crate::domain::contact::Verification;
use crate::domain::conversation::Conversation;
use crate::domain::event::EventKind;
use crate::domain::handle::Handle;
use crate::domain::id::{ContactId, ConversationId, IdentityId};

/// Contacts are locked before their conversations everywhere, the smaller identifier first, so that no two
/// transactions wait for each other.
const LOCK_CONTACTS: Statement = locking!(
    "SELECT id FROM contacts WHERE id IN (SELECT contact_id FROM conversations WHERE conversations.id = $1) \
     OR id IN (SELECT contact_id FROM identities WHERE kind = $2 AND value = $3) ORDER BY id"
);
const BOTH: &str = "SELECT id, name FROM contacts WHERE id = $1 OR id = $2 ORDER BY created_at, id";
const MOVED_IDENTITIES: &str = "UPDATE identities SET contact_id = $2 WHERE contact_id = $1 RETURNING id";
const MOVED_CONVERSATIONS: &str = "UPDATE conversations SET contact_id = $2 WHERE contact_id = $1 RETURNING id";
const GONE: &str = "UPDATE contacts SET merged_into = $2 WHERE id = $1";
const NAME: &str = "UPDATE contacts SET name = $2 WHERE id = $1";
const INSERT: &str = "INSERT INTO merges (id, kept, merged, moved, created_at) VALUES ($1, $2, $3, $4, $5)";

/// Everything a merge changed besides the merged contact's own row.
#[derive(Serialize)]
struct Moved {
    identities: Vec<IdentityId>,
    conversations: Vec<ConversationId>,
    /// The name the kept contact had none of before.
    name: Option<String>,
}

/// Locks the contacts that proving `handle` in a conversation may merge.
pub(crate) async fn lock(session: &mut Session, conversation: ConversationId, handle: &Handle) -> Result<(), Failure> {
    let values = params![conversation, handle.kind().name(), handle.value()];
    session.all(LOCK_CONTACTS, values).await?;
    Ok(())
}

/// Makes a proven address the contact's: it is bound to them if nobody had it, and makes the two contacts one if
/// somebody did.
pub(crate) async fn prove(
    session: &mut Session,
    conversation: &mut Conversation,
    handle: &Handle,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(known) = identity::find(session, handle).await? else {
        return identity::bind(session, conversation.contact_id, handle, Verification::Code, now).await;
    };
    identity::raise(session, &known, Verification::Code).await?;
    if known.contact == conversation.contact_id {
        return Ok(());
    }
    merge(session, conversation, &known, now).await
}

async fn merge(
    session: &mut Session,
    conversation: &mut Conversation,
    known: &Known,
    now: Timestamp,
) -> Result<(), Failure> {
    let both = session.all(BOTH, params![conversation.contact_id, known.contact]).await?;
    let [older, younger] = both.as_slice() else {
        return Err(Failure::Database(sqlx::Error::RowNotFound));
    };
    let kept: ContactId = record::parsed(older, "id")?;
    let gone: ContactId = record::parsed(younger, "id")?;
    let name = match older.opt_text("name")? {
        None => younger.opt_text("name")?,
        Some(_) => None,
    };
    let moved = Moved {
        identities: moved(session, MOVED_IDENTITIES, gone, kept).await?,
        conversations: moved(session, MOVED_CONVERSATIONS, gone, kept).await?,
        name,
    };
    if let Some(name) = &moved.name {
        session.execute(NAME, params![kept, name]).await?;
    }
    session.execute(GONE, params![gone, kept]).await?;
    let values = params![Uuid::now_v7().to_string(), kept, gone, record::json(&moved)?, now];
    session.execute(INSERT, values).await?;
    conversation.contact_id = kept;
    tell(session, &moved.conversations).await
}

async fn moved<T: FromStr>(
    session: &mut Session,
    statement: &'static str,
    gone: ContactId,
    kept: ContactId,
) -> Result<Vec<T>, Failure> {
    let rows = session.all(statement, params![gone, kept]).await?;
    rows.iter().map(|row| record::parsed(row, "id")).collect()
}

async fn tell(session: &mut Session, conversations: &[ConversationId]) -> Result<(), Failure> {
    for &id in conversations {
        let conversation = conversation::read(session, id).await?;
        events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    }
    Ok(())
}
