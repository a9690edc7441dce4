//! The days a text was written on, from which "yesterday" counts.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::turn::Turn;

/// On which day each message of a text was written, where it is known.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where each message begins, in bytes, and its day.
    days: Vec<(usize, Date)>,
}

impl Written {
    /// Nobody knows when: days that count from it are not read.
    pub fn sometime() -> Self {
        Self { days: Vec::new() }
    }

    /// All of it on `day`.
    pub fn on(day: Date) -> Self {
        Self { days: vec![(0, day)] }
    }

    /// On these days, each from a byte on.
    #[cfg(test)]
    pub(super) fn of_days(days: Vec<(usize, Date)>) -> Self {
        Self { days }
    }

    /// The messages of [`Turn::text`], on days that begin and end in `zone`.
    pub(crate) fn of_turn(turn: &Turn, zone: &TimeZone) -> Self {
        let mut start = 0;
        let days = turn.unanswered().map(|message| {
            let begins = start;
            start += message.text.len() + 1;
            (begins, zone.to_datetime(message.sent_at).date())
        });
        Self { days: days.collect() }
    }

    /// The day on which the byte at `at` was written.
    pub(super) fn day_at(&self, at: usize) -> Option<Date> {
        self.days.iter().rev().find(|(start, _)| *start <= at).map(|(_, day)| *day)
    }
}
