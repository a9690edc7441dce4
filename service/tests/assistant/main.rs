//! The assistant as a contact meets it: real encoder, the demo shop's content, made-up connectors, a fixed clock.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on should stop")]

mod desk;
mod flows;
mod handoffs;
mod understanding;
