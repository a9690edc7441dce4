//! Handoffs as the API shows them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::brief::Brief;
use super::conversation::ContactName;
use super::decision::Reason;
use crate::domain::{contact, handoff};
use crate::store::HandoffSummary;

/// A handoff in the waiting line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Handoff {
    /// Its identifier.
    pub id: String,
    /// The conversation.
    pub conversation_id: String,
    /// The line it waits in.
    pub queue: String,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: &'static str,
    /// Why it was made.
    pub reasons: Vec<Reason>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// Whose it is.
    pub contact: ContactName,
    /// The channel they last wrote by.
    pub channel: Option<&'static str>,
    /// The beginning of what they last wrote.
    pub preview: Option<String>,
    /// The agent who took it.
    pub claimed_by: Option<String>,
    /// When the contact was told to expect a reply.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_reply_at: Option<jiff::Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<jiff::Timestamp>,
}

/// A handoff with its brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoffWithBrief {
    /// The handoff.
    #[serde(flatten)]
    pub handoff: Handoff,
    /// What the agent is given.
    pub brief: Brief,
}

/// Which handoffs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HandoffParams {
    /// `waiting` (the default), `claimed` or `all`.
    pub status: Option<String>,
    /// Only those of this line.
    pub queue: Option<String>,
    /// Where the last part ended.
    pub cursor: Option<String>,
    /// How many rows, 1 to 200.
    pub limit: Option<u32>,
}

const PREVIEW_CHARS: usize = 140;

impl Handoff {
    fn of(handoff: &handoff::Handoff, contact: ContactName) -> Self {
        Self {
            id: handoff.id.to_string(),
            conversation_id: handoff.conversation_id.to_string(),
            queue: handoff.queue.as_str().to_owned(),
            priority: handoff.priority.name(),
            reasons: handoff.reasons.iter().cloned().map(Into::into).collect(),
            created_at: handoff.created_at,
            contact,
            channel: None,
            preview: None,
            claimed_by: handoff.claimed_by.as_ref().map(ToString::to_string),
            expected_reply_at: handoff.brief.due,
            closed_at: handoff.closed_at,
        }
    }
}

impl From<HandoffSummary> for Handoff {
    fn from(summary: HandoffSummary) -> Self {
        let contact = ContactName { id: summary.contact_id.to_string(), name: summary.contact_name };
        let last = summary.last_message;
        Self {
            channel: last.as_ref().map(|message| message.channel.name()),
            preview: last.map(|message| message.text.chars().take(PREVIEW_CHARS).collect()),
            ..Self::of(&summary.handoff, contact)
        }
    }
}

impl From<HandoffSummary> for HandoffWithBrief {
    fn from(summary: HandoffSummary) -> Self {
        let brief = summary.handoff.brief.clone().into();
        Self { handoff: summary.into(), brief }
    }
}

impl HandoffWithBrief {
    /// The handoff of a conversation shown whole.
    pub fn of(handoff: handoff::Handoff, contact: &contact::Contact) -> Self {
        let name = ContactName { id: contact.id.to_string(), name: contact.name.clone() };
        Self { handoff: Handoff::of(&handoff, name), brief: handoff.brief.into() }
    }
}
