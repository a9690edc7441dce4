//! Contacts and the addresses they are known by.

use jiff::Timestamp;

use super::record;
use super::session::{Failure, Session, Statement, params};
use crate::domain::contact::{Contact, Verification};
use crate::domain::handle::Handle;
use crate::domain::id::{ContactId, IdentityId};
use crate::domain::message::InboundMessage;
use crate::store::StoreError;

const FIND: &str = "SELECT id, contact_id, kind, value, verification FROM identities WHERE kind = $1 AND value = $2";
const OF_CONTACT: &str = "SELECT id, kind, value, verification FROM identities \
     WHERE contact_id = $1 ORDER BY created_at, id";
const INSERT: &str = "INSERT INTO identities (id, contact_id, kind, value, verification, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const VERIFY: &str = "UPDATE identities SET verification = $2 WHERE id = $1";
const INSERT_CONTACT: &str = "INSERT INTO contacts (id, name, created_at) VALUES ($1, $2, $3)";
const CONTACT: &str = "SELECT name, created_at FROM contacts WHERE id = $1";
const NAME: &str = "UPDATE contacts SET name = $2 WHERE id = $1 AND name IS NULL";
const LOCK: Statement = super::session::locking!("SELECT id FROM contacts WHERE id = $1");

/// Whose an address is.
pub(crate) struct Known {
    /// The row.
    pub(crate) id: IdentityId,
    /// The contact.
    pub(crate) contact: ContactId,
    /// How well it is known to be theirs.
    pub(crate) verification: Verification,
}

/// Whose `handle` is, if anybody's.
pub(crate) async fn find(session: &mut Session, handle: &Handle) -> Result<Option<Known>, Failure> {
    let Some(row) = session.optional(FIND, params![handle.kind().name(), handle.value()]).await? else {
        return Ok(None);
    };
    Ok(Some(Known {
        id: record::parsed(&row, "id")?,
        contact: record::parsed(&row, "contact_id")?,
        verification: record::named(&row, "verification", Verification::from_name)?,
    }))
}

/// The contact who sent a message, made if they are new. Nobody else adds to their conversations until the
/// transaction ends.
pub(crate) async fn sender(
    session: &mut Session,
    inbound: &InboundMessage,
    now: Timestamp,
) -> Result<ContactId, Failure> {
    let Some(known) = find_locked(session, &inbound.from.handle).await? else {
        return create_contact(session, inbound, now).await;
    };
    raise(session, &known, inbound.from.verification).await?;
    if let Some(name) = &inbound.name {
        session.execute(NAME, params![known.contact, name]).await?;
    }
    Ok(known.contact)
}

/// Whose `handle` is, with their contact locked. The contact may have been merged into another between the look and
/// the lock, so the look is repeated.
async fn find_locked(session: &mut Session, handle: &Handle) -> Result<Option<Known>, Failure> {
    let Some(mut known) = find(session, handle).await? else { return Ok(None) };
    while let Session::Postgres(_) = session {
        session.execute(LOCK, params![known.contact]).await?;
        let Some(again) = find(session, handle).await? else { return Ok(None) };
        if again.contact == known.contact {
            return Ok(Some(again));
        }
        known = again;
    }
    Ok(Some(known))
}

async fn create_contact(session: &mut Session, inbound: &InboundMessage, now: Timestamp) -> Result<ContactId, Failure> {
    let contact = ContactId::new();
    session.execute(INSERT_CONTACT, params![contact, inbound.name.as_deref(), now]).await?;
    bind(session, contact, &inbound.from.handle, inbound.from.verification, now).await?;
    Ok(contact)
}

/// Makes an address nobody had one of the contact's.
pub(crate) async fn bind(
    session: &mut Session,
    contact: ContactId,
    handle: &Handle,
    verification: Verification,
    now: Timestamp,
) -> Result<(), Failure> {
    let values = params![IdentityId::new(), contact, handle.kind().name(), handle.value(), verification.name(), now,];
    session.execute(INSERT, values).await?;
    Ok(())
}

/// Records a better proof of an address; a weaker one changes nothing.
pub(crate) async fn raise(session: &mut Session, known: &Known, level: Verification) -> Result<(), Failure> {
    if level > known.verification {
        session.execute(VERIFY, params![known.id, level.name()]).await?;
    }
    Ok(())
}

/// A contact with every address of theirs.
pub(crate) async fn contact(session: &mut Session, id: ContactId) -> Result<Contact, Failure> {
    let Some(row) = session.optional(CONTACT, params![id]).await? else {
        return Err(StoreError::NotFound { what: "contact", id: id.to_string() }.into());
    };
    let identities = session.all(OF_CONTACT, params![id]).await?;
    Ok(Contact {
        id,
        name: row.opt_text("name")?,
        identities: identities.iter().map(record::identity).collect::<Result<_, _>>()?,
        created_at: record::time(&row, "created_at")?,
    })
}
