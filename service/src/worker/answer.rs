//! Answers a conversation: loads the turn, thinks, and stores what came of it if nothing changed meanwhile.

use std::time::Instant;

use models::EncodeError;

use super::Done;
use super::outside::Connectors;
use crate::app::App;
use crate::domain::id::ConversationId;
use crate::domain::job::Lease;
use crate::domain::turn::{Outcome, Turn};
use crate::store::{FinishTurn, TurnEnd};

/// A contact who keeps writing faster than we think is answered at the latest after this many attempts.
const MAX_RESTARTS: usize = 20;

/// Answers the newest turn of `conversation`.
pub async fn answer_turn(app: &App, conversation: ConversationId, lease: &Lease) -> Done {
    let started = Instant::now();
    for _ in 0..MAX_RESTARTS {
        let turn = match app.store.load_turn(conversation).await {
            Ok(Some(turn)) => turn,
            Ok(None) => return Done::GiveUp(format!("there is no conversation {conversation}")),
            Err(error) => return Done::Retry(error.to_string()),
        };
        if turn.unanswered().next().is_none() {
            return Done::Finished;
        }
        let outcome = match outcome(app, &turn, lease).await {
            Ok(outcome) => outcome,
            Err(error) => return Done::Retry(error.to_string()),
        };
        match finish(app, &turn, outcome, lease).await {
            Ok(TurnEnd::Superseded) => {}
            Ok(TurnEnd::OwnerChanged) => return Done::Recorded,
            Ok(TurnEnd::Stored { .. }) => {
                metrics::histogram!("frontdesk_turn_seconds").record(started.elapsed().as_secs_f64());
                return Done::Recorded;
            }
            Err(error) => return Done::Retry(error.to_string()),
        }
    }
    Done::Retry("the contact kept writing while the answer was made".to_owned())
}

/// What the turn comes to. An encoder that stays unavailable over several tries sends the contact to a human rather
/// than leaving them without a word.
async fn outcome(app: &App, turn: &Turn, lease: &Lease) -> Result<Outcome, EncodeError> {
    let now = app.clock.now();
    match app.mind.think(turn, &Connectors { app }, now).await {
        Ok(thought) => Ok(thought.outcome),
        Err(error) if lease.attempt >= 2 && error != EncodeError::Stopped => {
            tracing::error!(%error, "the assistant cannot think; handing over to a human");
            Ok(app.mind.assistant().unavailable(turn, now))
        }
        Err(error) => Err(error),
    }
}

async fn finish(app: &App, turn: &Turn, outcome: Outcome, lease: &Lease) -> Result<TurnEnd, crate::store::StoreError> {
    let action = outcome.decision.action.name();
    let finish = FinishTurn {
        conversation: turn.conversation.id,
        epoch: turn.conversation.epoch,
        upto: turn.upto(),
        outcome,
        lease: lease.clone(),
    };
    let end = app.store.finish_turn(finish, app.clock.now()).await?;
    if let TurnEnd::Stored { .. } = end {
        metrics::counter!("frontdesk_decisions_total", "action" => action).increment(1);
        app.events.wake();
        app.jobs_waiting.notify_one();
    }
    Ok(end)
}
