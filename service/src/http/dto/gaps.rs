//! What is missing from the knowledge base, as the API shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::feedback::MessagePlace;
use crate::assistant::gaps;
use crate::http::error::ApiError;

const MOST_DAYS: u32 = 365;
const MOST_ROWS: usize = 100;

/// Of which time, and how much, to report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GapsParams {
    /// How many of the last days, 1 to 365.
    #[param(minimum = 1, maximum = 365, default = 30)]
    days: Option<u32>,
    /// How many rows of each list, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
}

impl GapsParams {
    /// The number of days, within bounds.
    pub fn days(&self) -> Result<u32, ApiError> {
        let days = self.days.unwrap_or(30);
        let refused = || ApiError::field("days", format!("{days} is out of range; use 1 to {MOST_DAYS}"));
        (1..=MOST_DAYS).contains(&days).then_some(days).ok_or_else(refused)
    }

    /// The number of rows, within bounds.
    pub fn limit(&self) -> Result<usize, ApiError> {
        let limit = self.limit.unwrap_or(20);
        let refused = || ApiError::field("limit", format!("{limit} is out of range; use 1 to {MOST_ROWS}"));
        (1..=MOST_ROWS).contains(&limit).then_some(limit).ok_or_else(refused)
    }
}

/// What the support team should write or mend.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gaps {
    /// How many questions without an answer were looked at, the newest 2000 at most.
    pub questions: usize,
    /// What was asked more than once and not answered, the most frequent first; what is answered by now comes last.
    pub topics: Vec<GapTopic>,
    /// Pairs of articles that say the same, the most alike first.
    pub duplicates: Vec<DuplicateArticles>,
    /// Pairs of sentences of two articles that may contradict each other, the most alike first.
    pub contradictions: Vec<Contradiction>,
    /// How many passages of articles were compared with the others; in a very large base those saved last are.
    pub passages_compared: usize,
    /// How many passages there are.
    pub passages: usize,
    /// Articles neither cited nor suggested in that time, the oldest first, then those of unknown age.
    pub unused: Vec<ArticleUsage>,
    /// How many those are, listed or not.
    pub unused_total: usize,
    /// The other articles, the most used first.
    pub used: Vec<ArticleUsage>,
}

/// Questions without an answer that mean much the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapTopic {
    /// The same for the same messages, and while newer ones are added.
    pub id: String,
    /// Its most typical question.
    pub name: String,
    /// How many messages ask it.
    pub messages: usize,
    /// How many contacts ask it.
    pub contacts: usize,
    /// How many of the messages were handed to a human; about the others it was asked back.
    pub handed_over: usize,
    /// In how many conversations an agent replied.
    pub replied: usize,
    /// Why they ended as they did, the most frequent reason first.
    pub reasons: Vec<GapReason>,
    /// The most typical ones, at most 5, personal data masked.
    pub samples: Vec<GapSample>,
    /// The article nearest to it, also one for agents only.
    pub nearest: Option<NearestArticle>,
    /// Whether the knowledge base would answer it by now.
    pub answered_now: bool,
    /// An article made from what agents replied, to be edited; null where none did.
    pub draft: Option<ArticleDraft>,
}

/// A reason and how often it was one.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapReason {
    /// The reason of the decision.
    pub code: &'static str,
    /// How many messages.
    pub messages: usize,
}

/// A question as it was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapSample {
    /// The words, personal data masked.
    pub text: String,
    /// Where they were said.
    pub message: MessagePlace,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// The article nearest to a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestArticle {
    /// Its identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// `public` or `agents`.
    pub audience: &'static str,
    /// How near it is, `0.0..=1.0`.
    pub score: f32,
}

/// An article to be edited and then put.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleDraft {
    /// The identifier to put it under.
    pub article: String,
    /// Its source, as `PUT /v1/articles/{id}` takes it.
    pub source: String,
    /// The sentences of its body, in order, and where each is from.
    pub sentences: Vec<DraftSentence>,
}

/// A sentence of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftSentence {
    /// The words.
    pub text: String,
    /// The message of an agent it is from.
    pub message: MessagePlace,
}

/// Two articles that say the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateArticles {
    /// The passages of each that are most alike.
    pub passages: Vec<ArticleExcerpt>,
    /// How alike these are, up to 1.
    pub similarity: f32,
    /// The share of the shorter article's sentences that the other has as well, `0.0..=1.0`.
    pub shared: f32,
}

/// Two sentences that may contradict each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contradiction {
    /// What they differ in: `amount`, `percentage`, `period`, `date`, `time`, `number` or `negation`.
    pub differs_in: &'static str,
    /// What each of them states; empty for a negation.
    pub values: Vec<Vec<String>>,
    /// The two sentences.
    pub sentences: Vec<ArticleExcerpt>,
    /// How alike they are, up to 1.
    pub similarity: f32,
}

/// A stretch of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleExcerpt {
    /// The article's identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The words.
    pub text: String,
}

/// The use of an article in that time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleUsage {
    /// Its identifier.
    pub article: String,
    /// Its title.
    pub title: String,
    /// In how many replies it was cited.
    pub cited: u64,
    /// In how many handoffs it was suggested to the agent.
    pub suggested: u64,
    /// When it was cited last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_cited: Option<Timestamp>,
    /// The days since it was saved last; null for one that only the content folder has.
    pub age_days: Option<i64>,
}

impl From<gaps::Gaps> for Gaps {
    fn from(found: gaps::Gaps) -> Self {
        let gaps::Gaps { questions, topics, pairs, usage } = found;
        Self {
            questions,
            topics: topics.into_iter().map(Into::into).collect(),
            duplicates: pairs.duplicates.into_iter().map(Into::into).collect(),
            contradictions: pairs.contradictions.into_iter().map(Into::into).collect(),
            passages_compared: pairs.passages_compared,
            passages: pairs.passages,
            unused: usage.unused.into_iter().map(Into::into).collect(),
            unused_total: usage.n_unused,
            used: usage.used.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<gaps::Topic> for GapTopic {
    fn from(topic: gaps::Topic) -> Self {
        let reason =
            |(code, messages): (crate::domain::decision::ReasonCode, usize)| GapReason { code: code.name(), messages };
        let sample =
            |sample: gaps::Sample| GapSample { text: sample.text, message: sample.place.into(), at: sample.at };
        let nearest = |nearest: gaps::Nearest| NearestArticle {
            article: nearest.article,
            title: nearest.title,
            audience: nearest.audience.as_str(),
            score: nearest.score,
        };
        Self {
            id: topic.id,
            name: topic.name,
            messages: topic.messages,
            contacts: topic.contacts,
            handed_over: topic.handed_over,
            replied: topic.replied,
            reasons: topic.reasons.into_iter().map(reason).collect(),
            samples: topic.samples.into_iter().map(sample).collect(),
            nearest: topic.nearest.map(nearest),
            answered_now: topic.answered_now,
            draft: topic.draft.map(Into::into),
        }
    }
}

impl From<gaps::Draft> for ArticleDraft {
    fn from(draft: gaps::Draft) -> Self {
        let sentence =
            |sentence: gaps::DraftSentence| DraftSentence { text: sentence.text, message: sentence.place.into() };
        let sentences = draft.sentences.into_iter().map(sentence).collect();
        Self { article: draft.article, source: draft.source, sentences }
    }
}

impl From<gaps::Duplicate> for DuplicateArticles {
    fn from(duplicate: gaps::Duplicate) -> Self {
        let gaps::Duplicate { passages, similarity, shared } = duplicate;
        Self { passages: passages.map(Into::into).into(), similarity, shared }
    }
}

impl From<gaps::Contradiction> for Contradiction {
    fn from(contradiction: gaps::Contradiction) -> Self {
        let gaps::Contradiction { sentences, difference, similarity } = contradiction;
        let differs_in = difference.name();
        let values = match difference {
            gaps::Difference::Figures { values, .. } => values.into(),
            gaps::Difference::Negation => Vec::new(),
        };
        Self { differs_in, values, sentences: sentences.map(Into::into).into(), similarity }
    }
}

impl From<gaps::Excerpt> for ArticleExcerpt {
    fn from(excerpt: gaps::Excerpt) -> Self {
        let gaps::Excerpt { article, title, text } = excerpt;
        Self { article, title, text }
    }
}

impl From<gaps::UsedArticle> for ArticleUsage {
    fn from(used: gaps::UsedArticle) -> Self {
        let gaps::UsedArticle { title, by, age_days } = used;
        Self {
            article: by.article,
            title,
            cited: by.cited,
            suggested: by.suggested,
            last_cited: by.last_cited,
            age_days,
        }
    }
}
