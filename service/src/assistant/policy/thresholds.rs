//! Every number the policy compares with, in one place.

/// When to do what. All are on scores in `0.0..=1.0`; a score at or over its threshold counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Somebody may come to harm: hand off whatever else is said. Low, because missing it is worst.
    pub safety: f32,
    /// They ask for a human.
    pub human_request: f32,
    /// They speak of law.
    pub legal: f32,
    /// They insult us: an agent is better at it than an assistant that stays polite.
    pub abusive: f32,
    /// They are fed up.
    pub frustration: f32,
    /// Too much for a simple answer.
    pub complex: f32,
    /// There is no time: raises the priority, and cuts a failing attempt short.
    pub urgent: f32,
    /// An intent at least this sure is acted on.
    pub intent: f32,
    /// The same, where it is the purpose of a part of a message that asks for several things.
    pub purpose: f32,
    /// More purposes than this in one message are for a human.
    pub max_purposes: u8,
    /// An intent that leads the next by less than this is not clearly the one meant.
    pub lead: f32,
    /// The same, when it would interrupt a flow.
    pub interrupt: f32,
    /// From here on no intent of ours is meant.
    pub out_of_scope: f32,
    /// The least score of an answer that only the search speaks for.
    pub answer: f32,
    /// The least score of an answer from an article that a sure intent names.
    pub answer_supported: f32,
    /// The least score of an answer to a question that seems to be none of ours.
    pub answer_out_of_scope: f32,
    /// A foreign language is believed from this confidence on.
    pub language: f32,
    /// From this conversation within three days on, whoever is not helped gets a human without being asked again.
    pub visit: u32,
    /// So many turns in a row without help end in a handoff.
    pub max_failures: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            safety: 0.7,
            human_request: 0.8,
            legal: 0.8,
            abusive: 0.85,
            frustration: 0.7,
            complex: 0.85,
            urgent: 0.75,
            intent: 0.5,
            purpose: 0.7,
            max_purposes: 3,
            lead: 0.1,
            interrupt: 0.6,
            out_of_scope: 0.6,
            answer: 0.55,
            answer_supported: 0.25,
            answer_out_of_scope: 0.75,
            language: 0.9,
            visit: 3,
            max_failures: 2,
        }
    }
}
