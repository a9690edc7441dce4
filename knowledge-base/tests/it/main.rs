//! What the knowledge base promises, told through its public doors.

mod chunking;
mod content;
mod fusing;
mod hashing;
mod stories;
