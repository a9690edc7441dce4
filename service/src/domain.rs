//! The vocabulary of Frontdesk as types: parsed once at the edge, trusted everywhere else. No I/O and no serialisation.

pub mod answer;
pub mod brief;
pub mod channel;
pub mod code;
pub mod contact;
pub mod conversation;
pub mod decision;
pub mod event;
pub mod feedback;
pub mod flow;
pub mod gap;
pub mod handle;
pub mod handoff;
pub mod id;
pub mod job;
pub mod message;
pub mod text;
pub mod turn;
pub mod understanding;
