//! What the service does for contacts, agents and callers, told from outside: a whole process each, reached over HTTP and
//! chat sockets, with the real encoder and the trained assistant.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on should stop")]

mod answers;
mod api;
mod chat;
mod content;
mod desk;
mod disk;
mod feedback;
mod gaps;
mod handoff;
mod inputs;
mod openapi;
mod orders;
mod ownership;
#[path = "../twilio/played.rs"]
#[expect(dead_code, reason = "the stories of the channel alone use the rest")]
mod played;
mod process;
mod texts;
