//! What a failed call to Twilio means: worth another try or not, in words without anybody's number.

use std::sync::LazyLock;

use regex::Regex;
use reqwest::StatusCode;
use serde::Deserialize;

use crate::channel::ChannelError;

/// Twilio did not answer at all.
pub(super) fn unreachable(error: &reqwest::Error) -> ChannelError {
    let reason = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    ChannelError::Retryable(format!("Twilio cannot be reached: {reason}"))
}

/// Twilio answered with something other than success.
pub(super) fn refused(status: StatusCode, body: &[u8]) -> ChannelError {
    let detail = serde_json::from_slice::<TwilioError>(body).map_or_else(
        |_| String::new(),
        |error| format!(", error {}: {}", error.code.unwrap_or_default(), without_numbers(&error.message)),
    );
    let reason = format!("Twilio answered {}{detail}", status.as_u16());
    let passing =
        status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    if passing { ChannelError::Retryable(reason) } else { ChannelError::Permanent(reason) }
}

#[derive(Deserialize)]
struct TwilioError {
    code: Option<u32>,
    #[serde(default)]
    message: String,
}

/// Twilio repeats telephone numbers in its messages, which go to logs.
fn without_numbers(text: &str) -> String {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\+?\d[\d\s()-]{5,}\d").expect("the pattern is valid"));
    NUMBER.replace_all(text, "[number]").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_has_the_code_and_no_number() {
        let body = br#"{"code":21211,"message":"The 'To' number +44 7700 900123 is not valid.","status":400}"#;
        let expected = "Twilio answered 400, error 21211: The 'To' number [number] is not valid.";
        assert_eq!(refused(StatusCode::BAD_REQUEST, body), ChannelError::Permanent(expected.to_owned()));
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        let retryable = |code| matches!(refused(StatusCode::from_u16(code).unwrap(), b""), ChannelError::Retryable(_));
        assert!([408, 429, 500, 502, 503].into_iter().all(retryable));
        assert!(![301, 400, 401, 404].into_iter().any(retryable));
    }
}
