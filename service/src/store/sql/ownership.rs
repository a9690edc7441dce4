//! Changes of owner, and what agents write.

use jiff::Timestamp;

use super::message::Route;
use super::session::{Failure, Session};
use super::{conversation, events, handoff, message, promise};
use crate::domain::answer::Reply;
use crate::domain::conversation::{Conversation, Transition, transition};
use crate::domain::event::EventKind;
use crate::domain::id::ConversationId;
use crate::domain::message::{Author, Message};
use crate::store::{AgentMessage, ChangeOwner};

/// Changes the owner, once for the same key and request.
pub(crate) async fn change(
    session: &mut Session,
    request: ChangeOwner,
    now: Timestamp,
) -> Result<Conversation, Failure> {
    if let Some(promise) = &request.idempotency {
        if let Some(id) = promise::kept(session, promise).await? {
            return conversation::lock(session, id).await;
        }
        promise::keep(session, promise, request.conversation, now).await?;
    }
    change_once(session, request, now).await
}

/// Nothing happens, and no note is kept, where the owner is the wanted one already.
async fn change_once(session: &mut Session, request: ChangeOwner, now: Timestamp) -> Result<Conversation, Failure> {
    let ChangeOwner { conversation: id, transition: wanted, note, .. } = request;
    let mut conversation = conversation::lock(session, id).await?;
    let Some((owner, status)) = transition(&conversation.owner, conversation.status, wanted.clone())? else {
        return Ok(conversation);
    };
    conversation::change_hands(&mut conversation, owner, status);
    if let Some(text) = note {
        let route = Route::back(&message::newest_of_contact(session, id).await?);
        message::say(session, &mut conversation, Author::System, Reply::plain(text), &route, now).await?;
    }
    match wanted {
        Transition::Claim(agent) | Transition::Speak(agent) => handoff::claim(session, id, &agent).await?,
        Transition::Release(queue) | Transition::Reopen(queue) => handoff::queue_again(session, id, &queue).await?,
        Transition::Resolve => {
            handoff::close(session, id, now).await?;
            conversation.answered_seq = conversation.last_seq;
        }
        Transition::ReturnToAssistant => {
            handoff::close(session, id, now).await?;
            conversation.answered_seq = conversation.last_seq;
            start_afresh(session, id).await?;
        }
    }
    conversation.updated_at = now;
    conversation::save(session, &conversation).await?;
    events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    Ok(conversation)
}

/// What the assistant was in the middle of before a human had the conversation no longer counts.
async fn start_afresh(session: &mut Session, id: ConversationId) -> Result<(), Failure> {
    let mut memory = conversation::memory(session, id).await?;
    memory.failures = 0;
    memory.flow = None;
    memory.paused.clear();
    memory.offered.clear();
    conversation::remember(session, id, &memory).await
}

/// Stores what an agent wrote; they own the conversation from then on.
pub(crate) async fn speak(session: &mut Session, request: AgentMessage, now: Timestamp) -> Result<Message, Failure> {
    if let Some(promise) = &request.idempotency
        && let Some(id) = promise::kept(session, promise).await?
    {
        return message::by_id(session, id).await;
    }
    let mut conversation = conversation::lock(session, request.conversation).await?;
    let wanted = Transition::Speak(request.agent.clone());
    let taken = transition(&conversation.owner, conversation.status, wanted)?;
    let changed = taken.is_some();
    if let Some((owner, status)) = taken {
        conversation::change_hands(&mut conversation, owner, status);
        handoff::claim(session, conversation.id, &request.agent).await?;
    }
    let asked = message::newest_of_contact(session, conversation.id).await?;
    let author = Author::Agent(request.agent);
    let reply = Reply::plain(request.text);
    let said = message::say(session, &mut conversation, author, reply, &Route::back(&asked), now).await?;
    conversation.answered_seq = conversation.answered_seq.max(asked.seq);
    conversation.updated_at = now;
    conversation::save(session, &conversation).await?;
    if changed {
        events::add(session, EventKind::ConversationChanged, &conversation, None).await?;
    }
    if let Some(promise) = &request.idempotency {
        promise::keep(session, promise, said.id, now).await?;
    }
    Ok(said)
}
