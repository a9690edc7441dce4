//! Messages that none of the intents fits, from which missing intents are suggested, and the report made with them.

use models::{CachedEmbed, Embed, EncodeError};

use super::review::failed;
use crate::app::App;
use crate::assistant::TrainingError;
use crate::assistant::report::{Judge, Report, Unanswered};
use crate::domain::feedback::{Feedback, Meant};
use crate::http::error::ApiError;
use crate::start::content_embeddings;
use crate::store::{Store, StoreError};

/// As many messages are looked at, the newest.
const MOST: u32 = 1000;

/// The newest messages that the assistant took for none of the intents, and those that reviewers do.
pub async fn unanswered(store: &dyn Store) -> Result<Vec<(Judge, String)>, StoreError> {
    let messages = store.out_of_scope_messages(MOST).await?;
    let accepted = store.accepted_feedback().await?;
    // Where the assistant said the same of a stored message, that message is among the others.
    let is_new = |feedback: &Feedback| {
        let known = feedback.decided.as_ref().is_some_and(|decided| decided.intent.is_none());
        feedback.meant == Meant::NoneOfOurs && !(known && feedback.subject.message.is_some())
    };
    let reviewed = accepted.into_iter().filter(is_new).map(|feedback| (Judge::Reviewer, feedback.subject.text));
    Ok(messages.into_iter().map(|text| (Judge::Assistant, text)).chain(reviewed).collect())
}

/// The messages as the encoder reads them.
pub fn read(messages: Vec<(Judge, String)>, encoder: &dyn Embed) -> Result<Vec<Unanswered>, EncodeError> {
    let (judges, texts): (Vec<Judge>, Vec<String>) = messages.into_iter().unzip();
    let readings = encoder.read(&texts)?;
    let read = judges.into_iter().zip(texts).zip(readings);
    Ok(read.map(|((by, text), reading)| Unanswered { text, reading, by }).collect())
}

/// What could be better about the intents of a running service.
pub async fn report(app: &App) -> Result<Report, ApiError> {
    let texts = unanswered(app.store.as_ref()).await?;
    let (mind, path) = (app.mind.clone(), content_embeddings(&app.config));
    let report = tokio::task::spawn_blocking(move || {
        let authored = CachedEmbed::open(mind.encoder(), &path);
        mind.assistant().report(&authored, &read(texts, mind.encoder())?)
    });
    report.await.map_err(|_| ApiError::Internal)?.map_err(|error: TrainingError| failed(error))
}
