//! How text looks on a terminal: plain where it is none.

use std::io::IsTerminal;

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) bold: &'static str,
    pub(super) dim: &'static str,
    pub(super) plain: &'static str,
}

impl Style {
    const PLAIN: Self = Self { bold: "", dim: "", plain: "" };
    const COLOURED: Self = Self { bold: "\x1b[1m", dim: "\x1b[2m", plain: "\x1b[0m" };

    /// What suits standard output.
    pub(super) fn of_stdout() -> Self {
        if std::io::stdout().is_terminal() { Self::COLOURED } else { Self::PLAIN }
    }
}
