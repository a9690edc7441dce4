//! Bringing existing help content into a content folder, told from outside: folders, files and sites as people have
//! them, and the articles that are there afterwards.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on should stop")]

mod charsets;
mod desk;
mod documents;
mod edits;
mod exports;
mod pages;
mod program;
mod questions;
mod site;
mod twice;
mod web;
mod withdrawn;
