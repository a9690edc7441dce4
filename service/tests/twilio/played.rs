//! Twilio's REST service, played strictly: whatever the real one does not document is refused, and it can be told to
//! fail.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "played-auth-token";

const FIELDS: [&str; 5] = ["To", "From", "MessagingServiceSid", "Body", "StatusCallback"];

/// What happens to the next correct request.
#[derive(Clone, Copy)]
pub(crate) enum Script {
    /// It is taken.
    Accept,
    /// It is refused with this status and this code of Twilio's.
    Refuse(u16, u32),
    /// It is answered with this status and no JSON.
    Garbage(u16),
    /// The connection breaks.
    HangUp,
    /// No answer ever comes.
    Silence,
}

type Form = BTreeMap<String, String>;

struct Played {
    script: VecDeque<Script>,
    accepted: Vec<Form>,
}

pub(crate) struct PlayedTwilio {
    pub(crate) url: String,
    played: Arc<Mutex<Played>>,
}

impl PlayedTwilio {
    /// Starts it; when the script is over, requests are taken.
    pub(crate) async fn start(script: impl IntoIterator<Item = Script>) -> Self {
        let played = Arc::new(Mutex::new(Played { script: script.into_iter().collect(), accepted: Vec::new() }));
        let routes = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(create_message))
            .with_state(Arc::clone(&played));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, played }
    }

    /// The forms of the messages it took, in order.
    pub(crate) fn requests(&self) -> Vec<Form> {
        self.played.lock().unwrap().accepted.clone()
    }
}

/// An address at which nothing listens.
pub(crate) async fn unused_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn create_message(
    State(played): State<Arc<Mutex<Played>>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let credentials = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    if account != ACCOUNT || headers.get(header::AUTHORIZATION).is_none_or(|sent| *sent != *credentials) {
        return refusal(401, 20003, "Authenticate");
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|sent| *sent != *"application/x-www-form-urlencoded") {
        return refusal(415, 20001, "Unsupported media type");
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let form: Form = pairs.iter().cloned().collect();
    if form.len() != pairs.len() {
        return refusal(400, 20001, "a parameter is repeated");
    }
    if let Some(problem) = problem_with(&form) {
        return problem;
    }
    let script = played.lock().unwrap().script.pop_front().unwrap_or(Script::Accept);
    match script {
        Script::Accept => accepted(&played, form),
        Script::Refuse(status, code) => {
            let message = format!("Scripted, about number {}", form["To"]);
            refusal(status, code, &message)
        }
        Script::Garbage(status) => (StatusCode::from_u16(status).unwrap(), "<html>").into_response(),
        Script::HangUp => panic!("the script says to hang up"),
        Script::Silence => std::future::pending().await,
    }
}

fn problem_with(form: &Form) -> Option<Response> {
    if let Some(unknown) = form.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Some(refusal(400, 20001, &format!("unknown parameter {unknown}")));
    }
    let is_number = |name: &str| {
        let digits = form.get(name).and_then(|number| number.strip_prefix('+')).unwrap_or("");
        digits.len() > 6 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number("To") {
        return Some(refusal(400, 21211, "Invalid 'To' Phone Number"));
    }
    match (form.contains_key("From"), form.get("MessagingServiceSid")) {
        (true, None) if is_number("From") => {}
        (false, Some(sid)) if sid.starts_with("MG") => {}
        _ => return Some(refusal(400, 21603, "A 'From' number is required")),
    }
    match form.get("Body").map(|body| body.chars().count()) {
        Some(1..=1600) => {}
        Some(0) | None => return Some(refusal(400, 21602, "Message body is required")),
        Some(_) => {
            return Some(refusal(400, 21617, "The message body exceeds the 1600 character limit"));
        }
    }
    let wrong_callback = form.get("StatusCallback").is_some_and(|url| !url.starts_with("https://"));
    wrong_callback.then(|| refusal(400, 21609, "Invalid 'StatusCallback' URL"))
}

fn accepted(played: &Mutex<Played>, form: Form) -> Response {
    let mut played = played.lock().unwrap();
    played.accepted.push(form);
    let sid = format!("SM{}", played.accepted.len());
    let body = json!({ "sid": sid, "status": "queued", "error_code": null, "error_message": null });
    (StatusCode::CREATED, axum::Json(body)).into_response()
}

fn refusal(status: u16, code: u32, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "more_info": "", "status": status });
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}
