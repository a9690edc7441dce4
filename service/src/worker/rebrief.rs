//! Brings the brief of a waiting conversation up to date with what its contact has written since.

use super::Done;
use crate::app::App;
use crate::domain::conversation::Owner;
use crate::domain::id::ConversationId;
use crate::store::RefreshHandoff;

/// Writes the brief of `conversation` anew, if it still waits in line.
pub async fn rebrief(app: &App, conversation: ConversationId) -> Done {
    let thread = match app.store.conversation(conversation).await {
        Ok(Some(thread)) => thread,
        Ok(None) => return Done::GiveUp(format!("there is no conversation {conversation}")),
        Err(error) => return Done::Retry(error.to_string()),
    };
    let Some(before) = thread.handoff.filter(|handoff| handoff.closed_at.is_none()) else { return Done::Finished };
    let turn = match app.store.load_turn(conversation).await {
        Ok(Some(turn)) if matches!(turn.conversation.owner, Owner::Queue(_)) => turn,
        Ok(_) => return Done::Finished,
        Err(error) => return Done::Retry(error.to_string()),
    };
    if turn.unanswered().next().is_none() {
        return Done::Finished;
    }
    let now = app.clock.now();
    let refreshed = match app.mind.rebrief(&before, &turn, now).await {
        Ok(refreshed) => refreshed,
        Err(error) => return Done::Retry(error.to_string()),
    };
    let refresh = RefreshHandoff { handoff: before.id, conversation, epoch: turn.conversation.epoch, refreshed };
    match app.store.refresh_handoff(refresh, now).await {
        Ok(_) => {
            app.events.wake();
            Done::Finished
        }
        Err(error) => Done::Retry(error.to_string()),
    }
}
