//! What the service answered, and how to look at it.

use reqwest::{RequestBuilder, header};
use serde_json::Value;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: header::HeaderMap,
    /// The body where it is JSON, null otherwise.
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    /// The response to a request.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned());
        let text = String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, content_type: content_type.unwrap_or_default(), headers, body, text }
    }

    /// The body of a success.
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// The problem that a refusal names; it must be one by RFC 9457 and have this status and code.
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], status, "{self:?}");
        assert_eq!(self.body["type"], format!("urn:frontdesk:problem:{code}"), "{self:?}");
        for field in ["title", "detail"] {
            assert!(self.body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {self:?}");
        }
        self.body
    }
}

/// What became of a message.
#[derive(Debug)]
pub(crate) struct Receipt(pub(crate) Value);

impl Receipt {
    pub(crate) fn conversation(&self) -> &str {
        self.0["conversation_id"].as_str().unwrap()
    }

    /// What was decided: `answer`, `act`, `clarify`, `handoff`; nothing where a human has the conversation.
    pub(crate) fn action(&self) -> &str {
        self.0["decision"]["action"].as_str().unwrap_or("nothing")
    }

    pub(crate) fn owner(&self) -> &str {
        self.0["owner"]["kind"].as_str().unwrap()
    }

    /// Everything the assistant said, a line each.
    pub(crate) fn words(&self) -> String {
        let replies = self.0["replies"].as_array().unwrap();
        replies.iter().map(|reply| reply["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// The sources of everything it said.
    pub(crate) fn citations(&self) -> Vec<&Value> {
        let replies = self.0["replies"].as_array().unwrap();
        replies.iter().flat_map(|reply| reply["citations"].as_array().unwrap()).collect()
    }

    /// Whether it quotes an article.
    pub(crate) fn cites(&self, article: &str) -> bool {
        self.citations().iter().any(|citation| citation["article"] == article)
    }

    /// The codes of the reasons of the handoff.
    pub(crate) fn handoff_reasons(&self) -> Vec<&str> {
        let reasons = self.0["handoff"]["reasons"].as_array().unwrap_or_else(|| panic!("no handoff: {self:?}"));
        reasons.iter().map(|reason| reason["code"].as_str().unwrap()).collect()
    }
}

/// The messages of a conversation by one kind of author.
pub(crate) fn messages_of<'a>(thread: &'a Value, author: &'a str) -> impl Iterator<Item = &'a Value> {
    let messages = thread["messages"].as_array().unwrap().iter();
    messages.filter(move |message| message["author"]["kind"] == author)
}
