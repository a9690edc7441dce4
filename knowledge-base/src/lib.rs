//! From a question to the passages that answer it, and the content they are authored in.
//!
//! [`Content`] is what authors wrote, checked as a whole. A [`KnowledgeBase`] is built from its articles, is searched
//! with a [`Query`] for [`Hit`]s, and changes article by article while it is being searched. [`answer()`] quotes the
//! best hit, or abstains.

pub mod answer;
pub mod article;
mod both;
mod centre;
pub mod chunk;
pub mod codes;
mod fingerprint;
pub mod fusion;
mod indexed;
pub mod inspect;
pub mod intents;
pub mod knowledge_base;
mod lexical;
pub mod loader;
mod problem;
pub mod search;
pub mod second_look;
pub mod semantic;
mod shelf;
pub mod signals;
pub mod snapshot;
mod toml_reader;
pub mod validity;

pub use answer::{Abstained, Answer, Citation, Closest, Thresholds, answer};
pub use article::{Article, ArticleId, Audience, Flaw, parse_article};
pub use codes::Code;
pub use inspect::{PassageView, UnitView};
pub use intents::{IntentAction, IntentSpec, Priority, parse_intents};
pub use knowledge_base::{KnowledgeBase, PreparedArticle};
pub use loader::{Content, Usable};
pub use problem::Problem;
pub use search::{Hit, Query};
pub use signals::{SignalSpec, parse_signals};
pub use snapshot::{BuildError, Snapshot};
pub use validity::Validity;
