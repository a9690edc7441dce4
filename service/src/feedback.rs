//! What humans say about decisions: taken in here, reviewed and learned from in [`review`].

pub mod review;
pub mod unanswered;

use std::collections::HashMap;

use knowledge_base::IntentSpec;
use knowledge_base::intents::normalised;
use models::{Embed, EncodeError};

use crate::app::App;
use crate::assistant::lessons::{Lesson, fits};
use crate::assistant::redact::redact_secrets;
use crate::domain::channel::Channel;
use crate::domain::decision::Decision;
use crate::domain::feedback::{Decided, Feedback, Meant, MessagePlace, ReviewState, Subject, Verdict};
use crate::domain::id::FeedbackId;
use crate::domain::message::Author;
use crate::domain::text::Utterance;
use crate::http::error::ApiError;
use crate::store::{GiveFeedback, Idempotency};
use crate::triage::{self, Line};

/// Feedback as it comes in.
#[derive(Debug)]
pub struct Given {
    /// Who gives it.
    pub author: String,
    /// What it is about.
    pub about: About,
    /// Whether the decision was right.
    pub verdict: Verdict,
    /// The name of the intent that was meant.
    pub intent: Option<String>,
    /// More about it.
    pub note: Option<Utterance>,
    /// The caller's promise that equal keys mean the same request.
    pub idempotency: Option<Idempotency>,
}

/// The message that feedback is given about.
#[derive(Debug)]
pub enum About {
    /// This text, stored nowhere.
    Text(Utterance),
    /// A stored message.
    Message(MessagePlace),
}

/// Stores feedback for a review, with passwords and card numbers masked.
pub async fn give(app: &App, given: Given) -> Result<Feedback, ApiError> {
    let (text, message, decision) = match given.about {
        About::Text(text) => {
            let decision = decide(app, text.clone()).await?;
            (text.as_str().to_owned(), None, Some(decision))
        }
        About::Message(place) => {
            let (text, decision) = look_up(app, place).await?;
            (text, Some(place), decision)
        }
    };
    let decided = decision.as_ref().map(Decided::from);
    let feedback = Feedback {
        id: FeedbackId::new(),
        created_at: app.clock.now(),
        author: given.author,
        subject: Subject { text: redact_secrets(&text).into_owned(), message },
        meant: meant(app, given.verdict, given.intent.as_deref(), decided.as_ref())?,
        decided,
        verdict: given.verdict,
        note: given.note.map(|note| redact_secrets(note.as_str()).into_owned()),
        state: ReviewState::Waiting,
        reviewed: None,
    };
    Ok(app.store.give_feedback(GiveFeedback { feedback, idempotency: given.idempotency }).await?)
}

/// What the assistant would do about a text by itself.
async fn decide(app: &App, text: Utterance) -> Result<Decision, ApiError> {
    let line = Line { author: Author::Contact, text, channel: Channel::Api, sent_at: None };
    let (_, thought) = triage::triage(&app.mind, vec![line], None, app.clock.now()).await?;
    Ok(thought.outcome.decision)
}

/// A stored message of a contact, and what was decided about it.
async fn look_up(app: &App, place: MessagePlace) -> Result<(String, Option<Decision>), ApiError> {
    let MessagePlace { conversation, seq } = place;
    let found = app.store.messages_after(conversation, seq.saturating_sub(1), 1).await?;
    let theirs = found.into_iter().find(|message| message.seq == seq && message.author == Author::Contact);
    let missing = || ApiError::NotFound {
        what: "message of a contact with the number",
        id: format!("{seq} in conversation {conversation}"),
    };
    theirs.map(|message| (message.text, message.decision)).ok_or_else(missing)
}

/// What the message means by a verdict on what was decided.
fn meant(app: &App, verdict: Verdict, intent: Option<&str>, decided: Option<&Decided>) -> Result<Meant, ApiError> {
    match (verdict, intent) {
        (Verdict::Right, intent) => {
            let Some(decided) = decided else {
                let detail = "nothing was decided about this message; say wrong, and the intent that it has";
                return Err(ApiError::field("verdict", detail));
            };
            let meant = decided.meant();
            if intent.is_some_and(|intent| intent != meant.name()) {
                let detail = format!("what was decided is {:?}; leave intent out, or say wrong", meant.name());
                return Err(ApiError::field("intent", detail));
            }
            Ok(meant)
        }
        (Verdict::Wrong, Some(name)) => known(app.mind.assistant().intents(), name),
        (Verdict::Wrong, None) => Err(ApiError::field(
            "intent",
            format!("name the intent that was meant, or {:?} where none of them fits", Meant::NONE),
        )),
    }
}

/// How many intents are offered in place of one that does not exist.
const OFFERED: usize = 3;

fn known(intents: &[IntentSpec], name: &str) -> Result<Meant, ApiError> {
    if name == Meant::NONE || intents.iter().any(|intent| intent.name == name) {
        return Ok(Meant::from_name(name));
    }
    let mut nearest: Vec<(f64, &str)> =
        intents.iter().map(|intent| (strsim::jaro_winkler(&intent.name, name), intent.name.as_str())).collect();
    nearest.sort_by(|a, b| b.0.total_cmp(&a.0));
    let nearest: Vec<&str> = nearest.into_iter().take(OFFERED).map(|(_, name)| name).collect();
    let name: String = name.chars().take(64).collect();
    let offer = if nearest.is_empty() {
        "there is none at all".to_owned()
    } else {
        format!("the nearest are {}", nearest.join(", "))
    };
    Err(ApiError::field("intent", format!("{name:?} is not an intent; {offer}; use {:?} where none fits", Meant::NONE)))
}

/// What accepted feedback teaches about `intents`. The last word on a text counts; what the content leaves no room for is
/// left out and named in the log.
pub fn lessons(
    intents: &[IntentSpec],
    accepted: Vec<Feedback>,
    encoder: &dyn Embed,
) -> Result<Vec<Lesson>, EncodeError> {
    let mut last: HashMap<String, usize> = HashMap::new();
    for (at, feedback) in accepted.iter().enumerate() {
        last.insert(normalised(&feedback.subject.text), at);
    }
    let mut taught: Vec<(String, String)> = Vec::new();
    for (at, Feedback { id, meant, subject, .. }) in accepted.into_iter().enumerate() {
        let Meant::Intent(intent) = meant else { continue };
        if last.get(&normalised(&subject.text)) != Some(&at) {
            continue;
        }
        match fits(intents, &intent, &subject.text) {
            Ok(()) => taught.push((intent, subject.text)),
            Err(error) => tracing::warn!(feedback = %id, %error, "accepted feedback is not learned from"),
        }
    }
    let (names, texts): (Vec<String>, Vec<String>) = taught.into_iter().unzip();
    let readings = encoder.read(&texts)?;
    let read = names.into_iter().zip(texts).zip(readings);
    Ok(read.map(|((intent, text), reading)| Lesson { intent, text, reading }).collect())
}
