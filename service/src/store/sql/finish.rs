//! Storing what a turn came to, unless it is too late for it.

use jiff::Timestamp;

use super::message::Route;
use super::record;
use super::session::{Failure, Session, params};
use super::{conversation, events, handoff, jobs, merge, message};
use crate::domain::conversation::{Conversation, Owner, Status};
use crate::domain::event::EventKind;
use crate::domain::message::{Author, Message};
use crate::domain::turn::Outcome;
use crate::store::{FinishTurn, TurnEnd};

const DECIDE: &str = "UPDATE messages SET decision = $2 WHERE id = $1";

/// Stores replies, memory, handoff and decision, and completes the job; or finds that the turn no longer counts.
pub(crate) async fn finish(session: &mut Session, turn: FinishTurn, now: Timestamp) -> Result<TurnEnd, Failure> {
    for handle in &turn.outcome.proven {
        merge::lock(session, turn.conversation, handle).await?;
    }
    let conversation = conversation::lock(session, turn.conversation).await?;
    if !jobs::is_held(session, &turn.lease).await? {
        return Ok(TurnEnd::OwnerChanged);
    }
    if conversation.epoch != turn.epoch || conversation.owner != Owner::Assistant {
        jobs::complete(session, &turn.lease).await?;
        return Ok(TurnEnd::OwnerChanged);
    }
    let asked = message::newest_of_contact(session, conversation.id).await?;
    if asked.seq > turn.upto {
        return Ok(TurnEnd::Superseded);
    }
    let end = store(session, conversation, &asked, turn.outcome, turn.upto, now).await?;
    jobs::remove(session, &turn.lease).await?;
    Ok(end)
}

async fn store(
    session: &mut Session,
    mut conversation: Conversation,
    asked: &Message,
    outcome: Outcome,
    upto: i64,
    now: Timestamp,
) -> Result<TurnEnd, Failure> {
    let contact_before = conversation.contact_id;
    for handle in &outcome.proven {
        merge::prove(session, &mut conversation, handle, now).await?;
    }
    session.execute(DECIDE, params![asked.id, record::json(&outcome.decision)?]).await?;
    conversation::remember(session, conversation.id, &outcome.memory).await?;

    let mut changed = conversation.contact_id != contact_before;
    let handoff = match outcome.handoff {
        Some(new) => {
            conversation.priority = new.priority;
            conversation::change_hands(&mut conversation, Owner::Queue(new.queue.clone()), Status::Open);
            changed = true;
            Some(handoff::create(session, &conversation, new, now).await?)
        }
        None => None,
    };
    let mut replies = Vec::with_capacity(outcome.replies.len());
    let route = Route::back(asked);
    for reply in outcome.replies {
        replies.push(message::say(session, &mut conversation, Author::Assistant, reply, &route, now).await?);
    }
    conversation.answered_seq = conversation.answered_seq.max(upto);
    conversation.updated_at = now;
    conversation::save(session, &conversation).await?;
    if changed {
        events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    }
    Ok(TurnEnd::Stored { replies, handoff })
}
