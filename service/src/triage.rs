//! Understands a text or a transcript without storing anything: the same thinking as for a stored conversation, with an
//! outside that does nothing. `POST /v1/triage` and `frontdesk triage` are this function.

use async_trait::async_trait;
use jiff::Timestamp;
use models::EncodeError;

use crate::domain::channel::{Channel, InboxId};
use crate::domain::code::CodeCheck;
use crate::domain::contact::Contact;
use crate::domain::conversation::{Conversation, Epoch, Owner, Priority, Status};
use crate::domain::flow::Memory;
use crate::domain::id::{ChallengeId, ContactId, ConversationId, MessageId};
use crate::domain::message::{Author, Delivery, Message};
use crate::domain::text::Utterance;
use crate::domain::turn::{Call, CallResult, Turn};
use crate::mind::{Mind, Outside, Thought};

/// One message of a transcript.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who wrote it.
    pub author: Author,
    /// What.
    pub text: Utterance,
    /// By which channel.
    pub channel: Channel,
    /// When, if known.
    pub sent_at: Option<Timestamp>,
}

/// Thinks about a transcript, whose last messages by the contact are what is to be answered.
pub async fn triage(
    mind: &Mind,
    transcript: Vec<Line>,
    subject: Option<String>,
    now: Timestamp,
) -> Result<(Turn, Thought), EncodeError> {
    let mut turn = turn(transcript, subject, now);
    turn.memory = mind.assistant().recall(&turn);
    let thought = mind.think(&turn, &Nothing, now).await?;
    Ok((turn, thought))
}

/// A turn made from a transcript.
pub fn turn(transcript: Vec<Line>, subject: Option<String>, now: Timestamp) -> Turn {
    let conversation_id = ConversationId::new();
    let contact_id = ContactId::new();
    let history: Vec<Message> = (1..)
        .zip(transcript)
        .map(|(seq, line)| Message {
            id: MessageId::new(),
            conversation_id,
            seq,
            author: line.author,
            sender: None,
            inbox: InboxId::default_for(line.channel),
            channel: line.channel,
            text: line.text.as_str().to_owned(),
            citations: Vec::new(),
            quick_replies: Vec::new(),
            external_id: None,
            delivery: Delivery::None,
            epoch: Epoch::FIRST,
            decision: None,
            sent_at: line.sent_at.unwrap_or(now),
        })
        .collect();
    let answered_seq =
        history.iter().rfind(|message| message.author != Author::Contact).map_or(0, |message| message.seq);
    let last_seq = history.last().map_or(0, |message| message.seq);
    Turn {
        conversation: Conversation {
            id: conversation_id,
            contact_id,
            status: Status::Pending,
            owner: Owner::Assistant,
            epoch: Epoch::FIRST,
            priority: Priority::Normal,
            subject,
            last_seq,
            answered_seq,
            created_at: now,
            updated_at: now,
        },
        contact: Contact { id: contact_id, name: None, identities: Vec::new(), created_at: now },
        history,
        memory: Memory::default(),
        past_conversations: 0,
        recent_conversations: 0,
    }
}

/// Nothing outside is asked, since a triage has no side effects: what is asked for counts as begun, and nothing is proven
/// or found.
struct Nothing;

#[async_trait]
impl Outside for Nothing {
    async fn perform(&self, _turn: &Turn, call: &Call, _nth: usize, _now: Timestamp) -> CallResult {
        match call {
            Call::SendCode { .. } => CallResult::CodeSent(ChallengeId::new()),
            Call::CheckCode { .. } => CallResult::CodeChecked(CodeCheck::Void),
            Call::FindOrder { .. } | Call::RecentOrders { .. } => CallResult::Orders(Vec::new()),
            Call::ResetPassword { .. } => CallResult::ResetTaken,
        }
    }
}
