//! What a system under test is asked and how it answers: one line of JSON each. Times are taken inside the system's
//! process, so that they hold nothing of the way there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A system's first line.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ready {
    #[serde(rename = "ready")]
    pub(crate) is_loaded: bool,
    /// Versions of what it is made of.
    #[serde(default)]
    pub(crate) versions: BTreeMap<String, String>,
    /// Resident memory in MB before it loaded anything.
    #[serde(default)]
    pub(crate) base_mb: Option<f64>,
    /// Resident memory in MB.
    pub(crate) rss_mb: f64,
}

/// Texts to encode, as numbers of the vocabulary.
#[derive(Serialize, Deserialize)]
pub(crate) struct Request<'a> {
    pub(crate) sequences: std::borrow::Cow<'a, [Vec<u32>]>,
    /// Texts that go through the network together.
    pub(crate) batch: usize,
    pub(crate) return_embeddings: bool,
}

/// What became of a request.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Done(Done),
    Failed { error: String },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Done {
    /// Of each batch, in order.
    pub(crate) seconds: Vec<f64>,
    /// From the first batch's start to the last one's end.
    pub(crate) total: f64,
    pub(crate) rss_mb: f64,
    /// Unit vectors, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) embeddings: Option<Vec<Vec<f32>>>,
}
