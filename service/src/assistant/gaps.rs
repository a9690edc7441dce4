//! What the support team should write or mend in its knowledge base: questions that nothing answered, articles that say
//! the same or contradict each other, and articles nobody needs.
//!
//! What counts as a question without an answer is decided in [`questions`].

mod draft;
mod figures;
mod masking;
mod pairs;
mod questions;
#[cfg(test)]
mod told;
mod topics;
mod usage;

use jiff::Timestamp;
use knowledge_base::{Audience, Snapshot};
use models::{Embed, EncodeError};

use crate::domain::decision::ReasonCode;
use crate::domain::feedback::MessagePlace;
use crate::domain::gap::{ArticleUse, Said};

use super::Assistant;

pub use draft::{Draft, DraftSentence};
pub use figures::FigureKind;
pub use pairs::{Contradiction, Difference, Duplicate, Excerpt, Pairs};
pub use usage::{Usage, UsedArticle};

/// What gaps are told from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What was said in conversations with a turn that ended without an answer, conversation by conversation.
    pub said: &'a [Said],
    /// How often articles were of use.
    pub uses: &'a [ArticleUse],
    /// The articles.
    pub base: &'a Snapshot,
    /// The time.
    pub now: Timestamp,
    /// How long each list may be.
    pub limit: usize,
}

/// What the support team should write or mend.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// How many questions without an answer were looked at.
    pub questions: usize,
    /// Those that were asked more than once, the most frequent first, and what the knowledge base answers by now last.
    pub topics: Vec<Topic>,
    /// What articles say twice, and what they contradict each other in.
    pub pairs: Pairs,
    /// What articles are used and which are not.
    pub usage: Usage,
}

/// Questions without an answer that mean much the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// Stable while its oldest message is in it.
    pub id: String,
    /// Its most typical question.
    pub name: String,
    /// How many messages ask it.
    pub messages: usize,
    /// How many contacts ask it.
    pub contacts: usize,
    /// How many of the messages were handed to a human; of the others it was asked what they mean.
    pub handed_over: usize,
    /// In how many conversations an agent replied.
    pub replied: usize,
    /// Why they ended as they did, the most frequent first, each with its number of messages.
    pub reasons: Vec<(ReasonCode, usize)>,
    /// The most typical ones, personal data masked.
    pub samples: Vec<Sample>,
    /// The article nearest to it.
    pub nearest: Option<Nearest>,
    /// Whether the knowledge base would answer it by now.
    pub answered_now: bool,
    /// An article made from what agents replied; none where none did or nothing of it is worth keeping.
    pub draft: Option<Draft>,
}

/// A question as it was asked, personal data masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The words.
    pub text: String,
    /// Where they were said.
    pub place: MessagePlace,
    /// When.
    pub at: Timestamp,
}

/// The article nearest to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Its identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// Who may be shown it.
    pub audience: Audience,
    /// How near it is, `0.0..=1.0`.
    pub score: f32,
}

impl Assistant {
    /// What the support team should write or mend. `embed` reads what was said.
    pub fn gaps(&self, sources: &Sources<'_>, embed: &dyn Embed) -> Result<Gaps, EncodeError> {
        let found = self.unanswered(sources, embed)?;
        Ok(Gaps {
            questions: found.len(),
            topics: self.topics(&found, sources, embed)?,
            pairs: pairs::pairs(sources),
            usage: usage::usage(sources),
        })
    }
}
