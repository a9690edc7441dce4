//! The days on which an article counts, such as those of an offer.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// From a first day to a last one, both included and each of them open where it is not given. Days are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    from: Option<Date>,
    until: Option<Date>,
}

/// Why two days are no [`Validity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last day, {until}, is before the first, {from}; exchange them or correct one")]
pub struct Backwards {
    from: Date,
    until: Date,
}

/// Why a text is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day; write for example 2026-12-24")]
pub struct InvalidDay(String);

impl Validity {
    /// The days from `from` to `until`.
    pub fn new(from: Option<Date>, until: Option<Date>) -> Result<Self, Backwards> {
        match (from, until) {
            (Some(from), Some(until)) if until < from => Err(Backwards { from, until }),
            _ => Ok(Self { from, until }),
        }
    }

    /// The first day; none where it has always counted.
    pub fn from(&self) -> Option<Date> {
        self.from
    }

    /// The last day; none where it counts for good.
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// Whether there is a day in both.
    pub fn meets(&self, other: &Self) -> bool {
        let begins_in_time = |one: &Self, other: &Self| match (one.from, other.until) {
            (Some(from), Some(until)) => from <= until,
            _ => true,
        };
        begins_in_time(self, other) && begins_in_time(other, self)
    }

    /// Whether `day` is one of them.
    pub fn includes(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// The day that a text such as `2026-12-24` names.
pub fn day(text: &str) -> Result<Date, InvalidDay> {
    let is_shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let invalid = || InvalidDay(text.chars().take(100).collect());
    text.parse().ok().filter(|_| is_shaped).ok_or_else(invalid)
}

/// The day, in UTC, that `time` is on.
pub fn day_of(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_ends_are_included_and_may_be_open() {
        let (first, last) = (date(2026, 12, 1), date(2026, 12, 24));
        let days = [date(2026, 11, 30), first, last, date(2026, 12, 25)];
        let included = |from, until| days.map(|day| Validity::new(from, until).unwrap().includes(day));
        assert_eq!(included(Some(first), Some(last)), [false, true, true, false]);
        assert_eq!(included(Some(first), None), [false, true, true, true]);
        assert_eq!(included(None, Some(last)), [true, true, true, false]);
        assert_eq!(included(None, None), [true; 4]);
        assert_eq!(included(Some(first), Some(first)), [false, true, false, false]);
        let [early, late] =
            [(None, Some(first)), (Some(last), None)].map(|(from, until)| Validity::new(from, until).unwrap());
        assert!(!early.meets(&late) && !late.meets(&early) && early.meets(&early) && late.meets(&Validity::default()));
        assert!(Validity::new(Some(first), Some(last)).unwrap().meets(&early), "on the one day");
        assert_eq!(Validity::new(Some(last), Some(first)), Err(Backwards { from: last, until: first }));
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2026-12-24"), Ok(date(2026, 12, 24)));
        for wrong in ["", "24.12.2026", "2026-12-24T10:00", "2026-02-30", "2026-1-2", "20261224", "soon"] {
            assert_eq!(day(wrong), Err(InvalidDay(wrong.to_owned())));
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_utc() {
        let time = |text: &str| day_of(text.parse().unwrap());
        assert_eq!(time("2026-12-24T23:59:59Z"), date(2026, 12, 24));
        assert_eq!(time("2026-12-25T00:30:00+01:00"), date(2026, 12, 24));
    }
}
