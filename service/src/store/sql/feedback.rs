//! Reading and writing feedback.

use super::session::{Failure, Record, Session, params};
use super::{cursor, promise, record};
use crate::domain::feedback::{Feedback, Meant, MessagePlace, ReviewState, Reviewed, Subject, Verdict};
use crate::domain::id::FeedbackId;
use crate::store::{FeedbackQuery, GiveFeedback, Page, ReviewFeedback, StoreError};

const INSERT: &str = "INSERT INTO feedback (id, author, text, conversation_id, message_seq, decided, verdict, meant, note, \
     state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const REVIEW: &str = "UPDATE feedback SET state = $2, reviewed_by = $3, reviewed_at = $4 WHERE id = $1";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, author, text, conversation_id, message_seq, decided, verdict, meant, note, state, reviewed_by, \
             reviewed_at, created_at FROM feedback ",
            $rest
        )
    };
}

const BY_ID: &str = select!("WHERE id = $1");
const LIST: &str = select!(
    "WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) \
       AND (CAST($2 AS BIGINT) IS NULL OR created_at < $2 OR (created_at = $2 AND id < $3)) \
     ORDER BY created_at DESC, id DESC LIMIT $4"
);
const ACCEPTED: &str = select!("WHERE state = 'accepted' ORDER BY reviewed_at, id");

/// Stores feedback, once for the same key and request.
pub(crate) async fn give(session: &mut Session, given: GiveFeedback) -> Result<Feedback, Failure> {
    let GiveFeedback { feedback, idempotency } = given;
    if let Some(promise) = &idempotency {
        if let Some(id) = promise::kept(session, promise).await? {
            return by_id(session, id).await;
        }
        promise::keep(session, promise, feedback.id, feedback.created_at).await?;
    }
    let place = feedback.subject.message;
    let values = params![
        feedback.id,
        &feedback.author,
        &feedback.subject.text,
        place.map(|place| place.conversation.to_string()),
        place.map(|place| place.seq),
        feedback.decided.as_ref().map(record::json).transpose()?,
        feedback.verdict.name(),
        feedback.meant.name(),
        feedback.note.as_deref(),
        feedback.state.name(),
        feedback.created_at,
    ];
    session.execute(INSERT, values).await?;
    by_id(session, feedback.id).await
}

/// One piece of feedback.
pub(crate) async fn find(session: &mut Session, id: FeedbackId) -> Result<Option<Feedback>, Failure> {
    session.optional(BY_ID, params![id]).await?.as_ref().map(feedback).transpose()
}

/// Feedback, the newest first.
pub(crate) async fn list(session: &mut Session, query: FeedbackQuery) -> Result<Page<Feedback>, Failure> {
    let (created_at, id) = query.cursor.as_ref().map(cursor::read::<(i64, FeedbackId)>).transpose()?.unzip();
    let values = params![
        query.state.map(ReviewState::name),
        created_at,
        id.map(|id| id.to_string()),
        i64::from(query.limit) + 1,
    ];
    let rows = session.all(LIST, values).await?;
    let rows = rows.iter().map(feedback).collect::<Result<Vec<_>, _>>()?;
    cursor::page(rows, query.limit, |last| (last.created_at.as_microsecond(), last.id))
}

/// Stores what a review came to.
pub(crate) async fn review(session: &mut Session, review: ReviewFeedback) -> Result<Feedback, Failure> {
    let ReviewFeedback { id, state, reviewed } = review;
    session.execute(REVIEW, params![id, state.name(), &reviewed.by, reviewed.at]).await?;
    by_id(session, id).await
}

/// All accepted feedback.
pub(crate) async fn accepted(session: &mut Session) -> Result<Vec<Feedback>, Failure> {
    session.all(ACCEPTED, params![]).await?.iter().map(feedback).collect()
}

async fn by_id(session: &mut Session, id: FeedbackId) -> Result<Feedback, Failure> {
    let missing = || StoreError::NotFound { what: "feedback", id: id.to_string() }.into();
    find(session, id).await?.ok_or_else(missing)
}

fn feedback(row: &Record) -> Result<Feedback, Failure> {
    let seq = row.opt_int("message_seq")?;
    let message =
        seq.map(|seq| Ok::<_, Failure>(MessagePlace { conversation: record::parsed(row, "conversation_id")?, seq }));
    let by = row.opt_text("reviewed_by")?;
    let reviewed = by.map(|by| Ok::<_, Failure>(Reviewed { by, at: record::time(row, "reviewed_at")? }));
    Ok(Feedback {
        id: record::parsed(row, "id")?,
        created_at: record::time(row, "created_at")?,
        author: row.text("author")?,
        subject: Subject { text: row.text("text")?, message: message.transpose()? },
        decided: record::opt_document(row, "decided")?,
        verdict: record::named(row, "verdict", Verdict::from_name)?,
        meant: Meant::from_name(&row.text("meant")?),
        note: row.opt_text("note")?,
        state: record::named(row, "state", ReviewState::from_name)?,
        reviewed: reviewed.transpose()?,
    })
}
