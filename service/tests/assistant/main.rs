//! The assistant as a contact meets it: real encoder, the demo shop's content, made-up connectors, a fixed clock.

mod desk;
mod flows;
mod handoffs;
mod understanding;
