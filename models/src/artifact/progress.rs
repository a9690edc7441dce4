//! Tells whoever waits for a download how far it is.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

/// Is told how a fetch advances.
pub trait Progress: Send + Sync {
    /// A file of `total_bytes` is about to be fetched, with `done_bytes` of it here already.
    fn started(&self, file: &str, done_bytes: u64, total_bytes: u64);
    /// `done_bytes` of the file are here now.
    fn advanced(&self, done_bytes: u64);
    /// The fetch ended, well or not.
    fn ended(&self);
}

/// Says nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _file: &str, _done_bytes: u64, _total_bytes: u64) {}
    fn advanced(&self, _done_bytes: u64) {}
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
    fn started(&self, file: &str, done_bytes: u64, total_bytes: u64) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let template = "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let new = ProgressBar::new(total_bytes).with_style(style).with_message(file.to_owned());
        new.set_position(done_bytes);
        self.with_bar(|bar| *bar = Some(new));
    }

    fn advanced(&self, done_bytes: u64) {
        self.with_bar(|bar| {
            if let Some(bar) = bar {
                bar.set_position(done_bytes);
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
