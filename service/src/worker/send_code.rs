//! Sends one-time codes and asks for password links, so that no turn waits for a telephone company.

use super::Done;
use crate::app::App;
use crate::channel::{ChannelError, Parcel};
use crate::domain::handle::{Handle, HandleKind};

/// Sends `code` to the address.
pub async fn send_code(app: &App, kind: &str, to: &str, code: &str) -> Done {
    let Some(kind) = HandleKind::from_name(kind) else {
        return Done::GiveUp(format!("there is no kind of address {kind:?}"));
    };
    let channel = match kind {
        HandleKind::Phone => app.text_messages(),
        HandleKind::Email => app.mail.as_ref(),
        HandleKind::Visitor | HandleKind::External(_) => None,
    };
    let Some(channel) = channel else {
        return Done::GiveUp(format!("no channel is configured that reaches a {} address", kind.name()));
    };
    let to = Handle::from_stored(kind, to.to_owned());
    let text = format!(
        "{code} is your code for the chat with us. It counts for 10 minutes. Nobody of ours will ask you for it elsewhere."
    );
    match channel.send(Parcel { id: None, to: &to, text: &text, quick_replies: &[] }).await {
        Ok(_) => Done::Finished,
        Err(ChannelError::Retryable(reason)) => Done::Retry(reason),
        Err(ChannelError::Permanent(reason)) => Done::GiveUp(reason),
    }
}

/// Asks the account system to send a link for a new password.
pub async fn send_password_reset(app: &App, email: &str) -> Done {
    let email = Handle::from_stored(HandleKind::Email, email.to_owned());
    match app.accounts.send_password_reset(&email).await {
        Ok(()) => Done::Finished,
        Err(error) => Done::Retry(error.to_string()),
    }
}
