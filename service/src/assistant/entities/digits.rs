//! Long numbers as people copy them from a card or a parcel: digits in groups with a space or a hyphen between.

use std::ops::Range;

/// What makes groups of digits one number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// How many digits it has at least.
    pub(super) shortest: usize,
    /// How many it has at most.
    pub(super) longest: usize,
    /// Whether digits are such a number, by their check digit.
    pub(super) is_valid: fn(&str) -> bool,
    /// Whether groups have the sizes that it is usually written in. Beside other digits only those are believed.
    pub(super) is_usual: fn(&[Range<usize>]) -> bool,
}

/// The numbers of `form` in `text`, with their digits.
pub(super) fn numbers(text: &str, form: Form) -> Vec<(Range<usize>, String)> {
    let groups = groups(text);
    let mut found = Vec::new();
    for run in groups.chunk_by(|a, b| matches!(&text[a.end..b.start], " " | "-")) {
        pick(text, run, form, &mut found);
    }
    found
}

/// The number that all of `run` is, or else those within.
fn pick(text: &str, run: &[Range<usize>], form: Form, found: &mut Vec<(Range<usize>, String)>) {
    let mut rest = run;
    loop {
        if let Some(number) = number(text, rest, form) {
            found.push(number);
            return;
        }
        let Some((from, to, inner)) = first_within(text, rest, form) else { return };
        found.extend(number(text, &rest[..from], form));
        found.push(inner);
        rest = &rest[to..];
    }
}

/// The first number in `run`, the longest of those that begin there, and which of the groups it takes.
fn first_within(text: &str, run: &[Range<usize>], form: Form) -> Option<(usize, usize, (Range<usize>, String))> {
    (0..run.len()).find_map(|from| {
        let counts = run[from..].iter().scan(0, |count, group| {
            *count += group.len();
            Some(*count)
        });
        let long_enough = counts.enumerate().take_while(|(_, count)| *count <= form.longest);
        let ends = long_enough.filter(|(_, count)| *count >= form.shortest).map(|(last, _)| from + last + 1);
        let numbers = ends.filter_map(|to| {
            let groups = &run[from..to];
            let usual = (form.is_usual)(groups).then_some(groups)?;
            Some((from, to, number(text, usual, form)?))
        });
        numbers.last()
    })
}

/// The number that `groups` are together.
fn number(text: &str, groups: &[Range<usize>], form: Form) -> Option<(Range<usize>, String)> {
    let (first, last) = (groups.first()?, groups.last()?);
    if last.end - first.start > 2 * form.longest {
        return None;
    }
    let digits: String = groups.iter().map(|group| &text[group.clone()]).collect();
    let long_enough = (form.shortest..=form.longest).contains(&digits.len());
    (long_enough && (form.is_valid)(&digits)).then_some((first.start..last.end, digits))
}

/// Every unbroken row of digits.
fn groups(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut groups: Vec<Range<usize>> = Vec::new();
    for at in (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()) {
        match groups.last_mut() {
            Some(group) if group.end == at => group.end += 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// The last digit that makes the sum of all, those at odd places from the right counted three times, a multiple of ten
/// (GS1 General Specifications, 7.9), which `digits` must end in.
pub(super) fn has_gs1_check_digit(digits: &str) -> bool {
    let weighed = digits.bytes().rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| value(digit) * weight);
    weighed.sum::<u32>().is_multiple_of(10)
}

/// The value of an ASCII digit.
pub(super) fn value(digit: u8) -> u32 {
    u32::from(digit - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENS: Form = Form {
        shortest: 6,
        longest: 6,
        is_valid: |digits| digits.ends_with('0'),
        is_usual: |groups| groups.iter().all(|group| group.len() == 3),
    };

    fn found(text: &str) -> Vec<&str> {
        numbers(text, TENS).into_iter().map(|(span, _)| &text[span]).collect()
    }

    #[test]
    fn a_number_by_itself_may_be_grouped_in_any_way() {
        assert_eq!(found("123450, 1-2 34-50 and 12345 0."), ["123450", "1-2 34-50", "12345 0"]);
    }

    #[test]
    fn beside_other_digits_it_is_grouped_as_usual() {
        assert_eq!(found("123 450 27"), ["123 450"]);
        assert_eq!(found("27 123 450 999 340 5"), ["123 450", "999 340"]);
        assert_eq!(found("12345 0 27"), [""; 0]);
        assert_eq!(found("1234500"), [""; 0]);
    }

    #[test]
    fn a_gs1_check_digit_catches_a_wrong_digit() {
        assert!(has_gs1_check_digit("4006381333931"));
        assert!(!has_gs1_check_digit("4006381333930"));
    }
}
