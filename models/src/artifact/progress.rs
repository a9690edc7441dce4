//! Tells whoever waits how far something long is.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

/// Is told how something long advances.
pub trait Progress: Send + Sync {
    /// Something of `total` units began, with `done` of them done already; or, said again, turned out to be longer.
    fn started(&self, what: &str, done: u64, total: u64, unit: Unit);
    /// `done` units are done now.
    fn advanced(&self, done: u64);
    /// It ended, well or not.
    fn ended(&self);
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of a file.
    Bytes,
    /// Texts to encode.
    Texts,
    /// Articles to bring in.
    Articles,
}

/// Says nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _what: &str, _done: u64, _total: u64, _unit: Unit) {}
    fn advanced(&self, _done: u64) {}
    fn ended(&self) {}
}

/// A progress bar on standard error, only when that is a terminal.
#[derive(Debug, Default)]
pub struct TerminalProgress {
    bar: Mutex<Option<ProgressBar>>,
}

impl TerminalProgress {
    fn with_bar(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for TerminalProgress {
    fn started(&self, what: &str, done: u64, total: u64, unit: Unit) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let template = match unit {
            Unit::Bytes => "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
            Unit::Texts => "{msg} [{wide_bar}] {pos}/{len} texts {eta}",
            Unit::Articles => "{msg} [{wide_bar}] {pos}/{len} articles {eta}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.with_bar(|bar| {
            let bar = bar.get_or_insert_with(|| ProgressBar::new(total));
            bar.set_style(style);
            bar.set_message(what.to_owned());
            bar.set_length(total);
            bar.set_position(done);
        });
    }

    fn advanced(&self, done: u64) {
        self.with_bar(|bar| {
            if let Some(bar) = bar {
                bar.set_position(done);
            }
        });
    }

    fn ended(&self) {
        self.with_bar(|bar| {
            if let Some(bar) = bar.take() {
                bar.finish_and_clear();
            }
        });
    }
}
