//! What the assistant may ask for while it thinks: codes, orders, password links.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::assistant::redact::redact_personal;
use crate::connector::ConnectorError;
use crate::domain::code::Challenge;
use crate::domain::handle::{Handle, HandleKind};
use crate::domain::id::ChallengeId;
use crate::domain::job::Job;
use crate::domain::turn::{Call, CallResult, Order, Turn};
use crate::mind::Outside;

/// How long a connector may take.
const CONNECTOR_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a one-time code counts.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Codes an hour to one address, and in one conversation.
const CODES_AN_HOUR: u32 = 5;
/// Password links an hour for one address.
const RESETS_AN_HOUR: u32 = 5;

/// Performs calls for stored conversations.
pub struct Connectors<'a> {
    /// The running process.
    pub app: &'a App,
}

#[async_trait]
impl Outside for Connectors<'_> {
    async fn perform(&self, turn: &Turn, call: &Call, nth: usize, now: Timestamp) -> CallResult {
        match call {
            Call::SendCode { to } => self.send_code(turn, to, nth, now).await,
            Call::CheckCode { challenge, code } => self.check_code(turn, *challenge, code, now).await,
            Call::FindOrder { number, proven } => {
                orders(tokio::time::timeout(CONNECTOR_TIMEOUT, self.app.orders.find(number, proven)).await)
            }
            Call::RecentOrders { proven } => {
                orders(tokio::time::timeout(CONNECTOR_TIMEOUT, self.app.orders.recent(proven)).await)
            }
            Call::ResetPassword { email } => self.reset_password(email, now).await,
        }
    }
}

impl Connectors<'_> {
    async fn send_code(&self, turn: &Turn, to: &Handle, nth: usize, now: Timestamp) -> CallResult {
        let reachable = match to.kind() {
            HandleKind::Phone => self.app.text_messages().is_some(),
            HandleKind::Email => self.app.mail.is_some(),
            HandleKind::Visitor | HandleKind::External(_) => false,
        };
        if !reachable {
            return CallResult::Failed;
        }
        let id = challenge_id(turn, nth);
        let code = format!("{:06}", rand::rng().random_range(0..1_000_000_u32));
        let challenge = Challenge {
            id,
            conversation_id: turn.conversation.id,
            handle: to.clone(),
            code_hash: code_hash(id, &code),
            expires_at: now + CODE_LIFETIME,
        };
        let send = Job::SendCode {
            challenge: id.as_uuid(),
            to_kind: to.kind().name().to_owned(),
            to: to.value().to_owned(),
            code,
        };
        match self.app.store.create_challenge(challenge, send, CODES_AN_HOUR, now).await {
            Ok(true) => CallResult::CodeSent(id),
            Ok(false) => CallResult::CodeRefused,
            Err(error) => failed("one-time codes", &error),
        }
    }

    async fn check_code(&self, turn: &Turn, challenge: ChallengeId, code: &str, now: Timestamp) -> CallResult {
        let hash = code_hash(challenge, code);
        match self.app.store.check_challenge(challenge, turn.conversation.id, hash, now).await {
            Ok(check) => CallResult::CodeChecked(check),
            Err(error) => failed("one-time codes", &error),
        }
    }

    async fn reset_password(&self, email: &Handle, now: Timestamp) -> CallResult {
        let job = Job::SendPasswordReset { email: email.value().to_owned() };
        let key = format!("reset:{}", hex::encode(Sha256::digest(email.value())));
        // Over the limit looks the same as within it: the answer must not tell whether an account exists.
        match self.app.store.enqueue_limited(job, &key, RESETS_AN_HOUR, now).await {
            Ok(_) => CallResult::ResetTaken,
            Err(error) => failed("password links", &error),
        }
    }
}

/// The same turn asks for the same code again after a crash or a restart, so that only one is sent.
fn challenge_id(turn: &Turn, nth: usize) -> ChallengeId {
    let seed = format!("{}:{}:{nth}", turn.conversation.id, turn.upto());
    let hash = Sha256::digest(seed.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    ChallengeId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What is stored of a code: SHA-256 of its challenge and itself.
fn code_hash(challenge: ChallengeId, code: &str) -> [u8; 32] {
    Sha256::digest(format!("{challenge}:{code}")).into()
}

/// One order, several, or none.
trait IntoOrders {
    fn into_orders(self) -> Vec<Order>;
}

impl IntoOrders for Option<Order> {
    fn into_orders(self) -> Vec<Order> {
        self.into_iter().collect()
    }
}

impl IntoOrders for Vec<Order> {
    fn into_orders(self) -> Vec<Order> {
        self
    }
}

fn orders<T: IntoOrders>(answer: Result<Result<T, ConnectorError>, tokio::time::error::Elapsed>) -> CallResult {
    match answer {
        Ok(Ok(orders)) => CallResult::Orders(orders.into_orders()),
        Ok(Err(error)) => failed("orders", &error),
        Err(timeout) => failed("orders", &timeout),
    }
}

fn failed(system: &str, error: &dyn std::error::Error) -> CallResult {
    let error = error.to_string();
    tracing::warn!(system, error = %redact_personal(&error), "an outside system failed");
    CallResult::Failed
}
