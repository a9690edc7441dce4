//! What the knowledge base promises, told through its public doors.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod chunking;
mod content;
mod demo;
mod editing;
mod fusing;
mod hashing;
mod second_look;
mod stories;
