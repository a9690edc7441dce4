//! A web chat from the browser's side.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::PATIENCE;

/// A refusal of the handshake.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) problem: Value,
}

/// An open connection; dropping it loses it without a goodbye.
pub(crate) struct Chat {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Chat {
    /// Connects from a page of `origin`, or as a program that names none.
    pub(crate) async fn open(url: &str, origin: Option<&str>) -> Result<Self, Refusal> {
        let address = format!("{}/channels/web/ws", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("Origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(Refusal {
                status: response.status().as_u16(),
                problem: serde_json::from_slice(response.body().as_deref().unwrap_or_default()).unwrap_or_default(),
            }),
            Err(error) => panic!("{error}"),
        }
    }

    /// Says hello as a new visitor; the welcome.
    pub(crate) async fn hello(&mut self) -> Value {
        self.send(&json!({ "type": "hello" })).await;
        self.hears("welcome").await
    }

    /// Says hello as the visitor of an earlier welcome who has every message up to `seq`.
    pub(crate) async fn resumes(&mut self, welcome: &Value, conversation: &str, seq: i64) -> Value {
        let visitor = &welcome["visitor"];
        let hello = json!({ "type": "hello", "visitor": visitor, "conversation": conversation, "resume_after": seq });
        self.send(&hello).await;
        self.hears("welcome").await
    }

    /// Sends a message and waits until it is accepted.
    pub(crate) async fn says(&mut self, id: &str, text: &str) -> Value {
        self.send(&json!({ "type": "message", "id": id, "text": text })).await;
        self.hears("accepted").await
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, frame: Message) {
        self.socket.send(frame).await.unwrap();
    }

    /// The next frame; `None` once the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame comes in time");
            match frame? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Waits for a frame of this type.
    pub(crate) async fn hears(&mut self, kind: &str) -> Value {
        self.hears_any(kind, |_| true).await
    }

    /// Waits for a message by this kind of author.
    pub(crate) async fn hears_from(&mut self, author: &str) -> Value {
        self.hears_any("message", |frame| frame["message"]["author"] == author).await
    }

    /// Every message up to and including the one numbered `seq`.
    pub(crate) async fn messages_up_to(&mut self, seq: i64) -> Vec<Value> {
        let mut messages = Vec::new();
        while messages.last().is_none_or(|message: &Value| message["seq"] != seq) {
            messages.push(self.hears("message").await["message"].take());
        }
        messages
    }

    async fn hears_any(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut passed = Vec::new();
        loop {
            match self.next().await {
                Some(frame) if frame["type"] == kind && wanted(&frame) => return frame,
                Some(frame) => passed.push(frame),
                None => panic!("the connection ended before {kind}, after {passed:?}"),
            }
        }
    }
}
