//! Finds, in what was said, the questions that nothing answered.
//!
//! - A turn that ended with "no answer" is one, whole, whether it was handed to a human or asked back about. What was
//!   asked back about and answered in the next turn is none.
//! - Where the contact said that an answer missed, the question is the one before.
//! - A turn that was handed over for a reason that no article could mend (they asked for a human, anger, harm, law,
//!   identity, a flow) is none, but each question within it is, where it is no wish for a human itself, nothing of a
//!   flow's or a human's, and the knowledge base has no answer to it.
//! - What is in a language that is not answered in is none.

use jiff::Timestamp;
use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::validity::day_of;
use knowledge_base::{Audience, IntentAction, Query, Thresholds, answer};
use models::head::Sample;
use models::{Embed, Embedding, EncodeError, Reading};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::decision::{Action, Decision, ReasonCode};
use crate::domain::feedback::MessagePlace;
use crate::domain::gap::Said;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::Author;

use super::super::Assistant;
use super::super::phrases::is_question;
use super::super::signals::Signal;
use super::Sources;
use super::masking::{masked, name_words};

/// So many questions are looked at, the newest.
const MOST: usize = 2000;
/// As much of a question is read and shown.
const SHOWN: usize = 600;
/// Fewer words ask for nothing.
const LEAST_WORDS: usize = 3;
/// A turn of several messages is read back so far.
const MESSAGES_A_TURN: usize = 3;
/// As many questions of a turn that was handed over for another reason are looked at.
const PARTS_A_TURN: usize = 3;
/// As many replies of agents to a question are looked at.
const REPLIES: usize = 5;
/// As many texts are given to the encoder at once.
const BATCH: usize = 256;

/// A question that nothing answered.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The words, personal data masked.
    pub(super) text: String,
    pub(super) meaning: Embedding,
    pub(super) asked: Asked,
}

/// Who asked a question, when, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) contact: ContactId,
    pub(super) message: MessageId,
    pub(super) place: MessagePlace,
    pub(super) at: Timestamp,
    pub(super) action: Action,
    pub(super) reasons: Vec<ReasonCode>,
    /// What agents replied afterwards, personal data masked.
    pub(super) replies: Vec<AgentReply>,
}

/// What an agent replied, personal data masked.
#[derive(Clone, Debug)]
pub(super) struct AgentReply {
    pub(super) text: String,
    pub(super) place: MessagePlace,
}

/// What may be a question without an answer.
struct Candidate {
    text: String,
    asked: Asked,
    certainty: Certainty,
}

/// Whether something is known to be a question without an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// The assistant found no answer.
    Known,
    /// It looks like a question, and was handed over for another reason.
    Possible,
}

impl Assistant {
    /// The newest questions that nothing answered, the oldest first.
    pub(super) fn unanswered(&self, sources: &Sources<'_>, embed: &dyn Embed) -> Result<Vec<Question>, EncodeError> {
        let threads = sources.said.chunk_by(|a, b| a.message.conversation_id == b.message.conversation_id);
        let mut candidates: Vec<Candidate> = threads.flat_map(|thread| self.candidates(thread)).collect();
        candidates.sort_by_key(|candidate| (candidate.asked.at, candidate.asked.message));
        candidates.drain(..candidates.len().saturating_sub(MOST));
        let mut questions = Vec::with_capacity(candidates.len());
        for batch in candidates.chunks(BATCH) {
            let texts: Vec<String> = batch.iter().map(|candidate| candidate.text.clone()).collect();
            for (candidate, reading) in batch.iter().zip(embed.read(&texts)?) {
                if candidate.certainty == Certainty::Known || self.lacks_answer(&candidate.text, &reading, sources) {
                    let (text, asked) = (candidate.text.clone(), candidate.asked.clone());
                    questions.push(Question { text, meaning: reading.meaning, asked });
                }
            }
        }
        Ok(questions)
    }

    /// What may be questions without an answer in one conversation.
    fn candidates(&self, thread: &[Said]) -> Vec<Candidate> {
        let names = names(thread);
        let mut found: Vec<Candidate> = Vec::new();
        for (at, said) in thread.iter().enumerate() {
            let Some(decision) = &said.message.decision else { continue };
            if !is_unhelped(decision) || was_helped_next(decision, &thread[at + 1..]) {
                continue;
            }
            let no_answer = decision.reasons.iter().any(|reason| reason.code == ReasonCode::NoAnswer);
            let meant = if no_answer { self.meant(thread, at) } else { at };
            let asked = asked(thread, meant, at, &names);
            let text = turn_text(thread, meant);
            let candidate =
                |text: &str, certainty| Candidate { text: shown(text, &names), asked: asked.clone(), certainty };
            if no_answer {
                found.push(candidate(&text, Certainty::Known));
            } else {
                let parts = text.lines().flat_map(UnicodeSegmentation::unicode_sentences);
                let parts = parts.filter(|part| is_question(part) && !self.phrases.asks_for_human(part));
                found.extend(parts.take(PARTS_A_TURN).map(|part| candidate(part, Certainty::Possible)));
            }
        }
        found.retain(|candidate| self.asks_something(&candidate.text));
        found.dedup_by(|b, a| a.asked.message == b.asked.message && a.text == b.text);
        found
    }

    /// The turn that the one at `at` is about: the one before, where it says that the answer to that missed.
    fn meant(&self, thread: &[Said], at: usize) -> usize {
        if !self.phrases.was_unhelpful(&thread[at].message.text) {
            return at;
        }
        thread[..at].iter().rposition(|said| said.message.decision.is_some()).unwrap_or(at)
    }

    fn asks_something(&self, text: &str) -> bool {
        let says_less = self.phrases.calls_off(text) || self.phrases.agrees(text) || self.phrases.is_content(text);
        let words = text.unicode_words().filter(|word| word.chars().any(char::is_alphabetic));
        !says_less && words.count() >= LEAST_WORDS
    }

    /// Whether a question of a turn that was handed over is one that an article could answer, and none does.
    fn lacks_answer(&self, text: &str, reading: &Reading, sources: &Sources<'_>) -> bool {
        let thresholds = &self.settings.thresholds;
        let sample = Sample::new(text, reading);
        let shown = [
            (Signal::HumanRequest, thresholds.human_request),
            (Signal::Safety, thresholds.safety),
            (Signal::Legal, thresholds.legal),
            (Signal::Abusive, thresholds.abusive),
        ];
        let is_for_humans = shown.into_iter().any(|(signal, least)| self.signals.score(signal, &sample) >= least);
        !is_for_humans && !self.is_settled_otherwise(&sample) && !self.is_answered(text, &reading.meaning, sources)
    }

    /// Whether it surely has an intent that is settled by something other than an article.
    fn is_settled_otherwise(&self, sample: &Sample<'_>) -> bool {
        let scores = self.classify(sample);
        let top = scores.ranked.first().filter(|_| scores.out_of_scope < self.settings.thresholds.out_of_scope);
        top.is_some_and(|top| {
            let spec = self.intent(&top.name);
            spec.is_some_and(|spec| {
                let least = spec.threshold.unwrap_or(self.settings.thresholds.intent);
                !matches!(spec.action, IntentAction::Answer(_)) && top.confidence >= least
            })
        })
    }

    /// Whether the knowledge base answers it now.
    pub(super) fn is_answered(&self, text: &str, meaning: &Embedding, sources: &Sources<'_>) -> bool {
        let on = day_of(sources.now);
        let query = Query { text, embedding: meaning, locale: None, audience: Audience::Public, on };
        let thresholds = Thresholds { answerable: self.settings.thresholds.answer };
        answer(&query, &sources.base.search(&query, JUDGED_HITS), &thresholds).is_ok()
    }
}

fn is_unhelped(decision: &Decision) -> bool {
    let is_foreign = decision.reasons.iter().any(|reason| reason.code == ReasonCode::UnsupportedLanguage);
    matches!(decision.action, Action::Handoff | Action::Clarify) && !is_foreign
}

/// Whether a turn that was asked back about was answered in the next.
fn was_helped_next(decision: &Decision, later: &[Said]) -> bool {
    let next = later.iter().find_map(|said| said.message.decision.as_ref());
    decision.action == Action::Clarify && next.is_some_and(|next| matches!(next.action, Action::Answer | Action::Act))
}

/// What is known of the question asked at `at`, on which was decided at `decided`.
fn asked(thread: &[Said], at: usize, decided: usize, names: &[String]) -> Asked {
    let message = &thread[at].message;
    let place = |said: &Said| MessagePlace { conversation: said.message.conversation_id, seq: said.message.seq };
    let decision = thread[decided].message.decision.as_ref();
    let by_agents = thread[decided..].iter().filter(|said| matches!(said.message.author, Author::Agent(_)));
    let replies =
        by_agents.take(REPLIES).map(|said| AgentReply { text: masked(&said.message.text, names), place: place(said) });
    Asked {
        contact: thread[at].contact,
        message: message.id,
        place: place(&thread[at]),
        at: message.sent_at,
        action: decision.map_or(Action::Silent, |decision| decision.action),
        reasons: decision.iter().flat_map(|decision| &decision.reasons).map(|reason| reason.code).collect(),
        replies: replies.collect(),
    }
}

/// The text of the turn that ends with the message at `at`: what its contact wrote before and nobody dealt with is part
/// of it.
fn turn_text(thread: &[Said], at: usize) -> String {
    let before = thread[..at].iter().rev().take(MESSAGES_A_TURN - 1);
    let waiting = before.take_while(|said| said.message.author == Author::Contact && said.message.decision.is_none());
    let first = at - waiting.count();
    let texts: Vec<&str> = thread[first..=at].iter().map(|said| said.message.text.as_str()).collect();
    texts.join("\n")
}

/// The words of the names of everybody in a conversation.
fn names(thread: &[Said]) -> Vec<String> {
    let contact = thread.first().and_then(|said| said.contact_name.as_deref());
    let agents = thread.iter().filter_map(|said| match &said.message.author {
        Author::Agent(name) => Some(name.as_str()),
        _ => None,
    });
    name_words(contact.into_iter().chain(agents))
}

fn shown(text: &str, names: &[String]) -> String {
    masked(text, names).chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests;
