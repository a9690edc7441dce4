//! Feedback reviewed: what is accepted is learned, tried on the authors' examples, stored, and then put in place.

use std::sync::Arc;

use jiff::Timestamp;
use models::CachedEmbed;

use super::lessons;
use crate::app::App;
use crate::assistant::lessons::fits;
use crate::assistant::validation::Change;
use crate::assistant::{Assistant, TrainingError};
use crate::domain::feedback::{Feedback, Meant, ReviewState, Reviewed};
use crate::domain::id::FeedbackId;
use crate::http::error::ApiError;
use crate::start::{content_embeddings, trained_heads};
use crate::store::ReviewFeedback;

/// What to do when learning would make the assistant worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDrop {
    /// Leave everything as it is.
    #[default]
    Refuse,
    /// Learn it all the same.
    Accept,
}

/// A reviewer's word on feedback.
#[derive(Clone, Debug)]
pub struct Review {
    /// The feedback.
    pub id: FeedbackId,
    /// What becomes of it.
    pub state: ReviewState,
    /// Who says so.
    pub by: String,
    /// What to do when learning would make the assistant worse.
    pub on_drop: OnDrop,
}

/// What came of a review.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The feedback afterwards.
    pub feedback: Feedback,
    /// What it does to the assistant; none where it learned nothing.
    pub change: Option<Change>,
}

/// Does what a reviewer says, to the end even where the caller does not wait for it.
pub async fn review(app: &Arc<App>, review: Review) -> Result<Outcome, ApiError> {
    let app = Arc::clone(app);
    tokio::spawn(async move { review_in_turn(&app, review).await }).await.map_err(|_| ApiError::Internal)?
}

async fn review_in_turn(app: &App, review: Review) -> Result<Outcome, ApiError> {
    let _turn = app.teaching.lock().await;
    let missing = || ApiError::NotFound { what: "feedback", id: review.id.to_string() };
    let before = app.store.feedback(review.id).await?.ok_or_else(missing)?;
    if before.state == review.state {
        return Ok(Outcome { feedback: before, change: None });
    }
    let now = app.clock.now();
    let learned = before.state == ReviewState::Accepted || review.state == ReviewState::Accepted;
    let taught = match &before.meant {
        Meant::Intent(intent) if learned => {
            if review.state == ReviewState::Accepted {
                fits(app.mind.assistant().intents(), intent, &before.subject.text)?;
                if review.on_drop == OnDrop::Refuse {
                    compare_with_content(app, before.clone()).await?;
                }
            }
            Some(learn(app, &before, &review, now).await?)
        }
        _ => None,
    };
    let Review { id, state, by, .. } = review;
    let stored = ReviewFeedback { id, state, reviewed: Reviewed { by, at: now } };
    let feedback = app.store.review_feedback(stored).await?;
    let change = taught.map(|(assistant, change)| {
        app.mind.replace_assistant(assistant);
        change
    });
    Ok(Outcome { feedback, change })
}

/// Refuses feedback that an author's example of another intent as good as contradicts. Each such piece does little harm
/// to the accuracy, and together they turn an intent over.
async fn compare_with_content(app: &App, feedback: Feedback) -> Result<(), ApiError> {
    let (mind, path) = (app.mind.clone(), content_embeddings(&app.config));
    let compared = tokio::task::spawn_blocking(move || {
        let (assistant, authored) = (mind.assistant(), CachedEmbed::open(mind.encoder(), &path));
        let lesson = lessons(assistant.intents(), vec![feedback], mind.encoder())?.pop();
        lesson.map_or(Ok(None), |lesson| assistant.nearly_contradicts(&lesson, &authored))
    });
    match compared.await.map_err(|_| ApiError::Internal)?.map_err(failed)? {
        Some(unfit) => Err(unfit.into()),
        None => Ok(()),
    }
}

/// The assistant with this piece of feedback learned or forgotten, and what that changes.
async fn learn(
    app: &App,
    feedback: &Feedback,
    review: &Review,
    now: Timestamp,
) -> Result<(Assistant, Change), ApiError> {
    let mut accepted = app.store.accepted_feedback().await?;
    accepted.retain(|other| other.id != feedback.id);
    if review.state == ReviewState::Accepted {
        let reviewed = Some(Reviewed { by: review.by.clone(), at: now });
        accepted.push(Feedback { state: ReviewState::Accepted, reviewed, ..feedback.clone() });
    }
    let (mind, path, heads) = (app.mind.clone(), content_embeddings(&app.config), trained_heads(&app.config));
    let taught = tokio::task::spawn_blocking(move || {
        // Readings of the authors' examples lie on disk; messages of contacts are read anew and kept nowhere.
        let authored = CachedEmbed::open(mind.encoder(), &path);
        let assistant = mind.assistant();
        let taught = assistant.taught(lessons(assistant.intents(), accepted, mind.encoder())?, &authored, &heads)?;
        let after = taught.validate(&authored)?;
        let change = assistant.validate(&authored)?.change_to(after);
        let in_all = taught.validate_authored(&authored)?.change_to(after);
        Ok::<_, TrainingError>((taught, change, in_all))
    });
    let (taught, change, in_all) = taught.await.map_err(|_| ApiError::Internal)?.map_err(failed)?;
    tracing::info!(
        feedback = %feedback.id, before = change.before, after = change.after, examples = change.examples,
        newly_wrong = change.newly_wrong, newly_right = change.newly_right, "learned from feedback"
    );
    // One lesson seldom does much harm; many may, a little each, so that all of them are held against the content too.
    let drop = [change, in_all].into_iter().find(|change| change.is_drop());
    if let Some(drop) = drop.filter(|_| change.after < change.before) {
        tracing::warn!(feedback = %feedback.id, accepted = review.on_drop == OnDrop::Accept, "learning it loses accuracy");
        if review.on_drop == OnDrop::Refuse {
            return Err(ApiError::WouldDrop(drop));
        }
    }
    Ok((taught, change))
}

/// Training on content that was trained on before fails only where the encoder does.
pub(crate) fn failed(error: TrainingError) -> ApiError {
    match error {
        TrainingError::Encode(error) => ApiError::Encode(error),
        other => {
            tracing::error!(error = %other, "the assistant could not be trained");
            ApiError::Internal
        }
    }
}
