//! A report on intents as text for people.

use std::io::{self, Write};

use super::Style;
use crate::assistant::report::{IntentQuality, Report};
use crate::assistant::validation::Told;

/// As much of a message as fits a line.
const WIDTH: usize = 90;

/// How well the examples are told, in a line.
pub(super) fn summary(out: &mut dyn Write, report: &Report, style: Style) -> io::Result<()> {
    let Report { examples, lessons, .. } = report;
    let n_intents = report.intents.len();
    let Style { bold, plain, .. } = style;
    let of_them = format!("{examples} examples of {n_intents} intents");
    let told = report.accuracy.map_or_else(
        || format!("{bold}nothing to judge{plain}: there are {of_them}, and each needs others to be told from"),
        |accuracy| format!("{bold}{}{plain} of {of_them} are told when unseen", percent(accuracy)),
    );
    write!(out, "{told}")?;
    if *lessons > 0 {
        write!(out, "; {lessons} more come from feedback")?;
    }
    writeln!(out)
}

/// Everything that could be better.
pub(super) fn details(out: &mut dyn Write, report: &Report, style: Style) -> io::Result<()> {
    intents(out, &report.intents, style)?;
    heading(out, style, "Confused intents")?;
    for pair in &report.confused {
        let ([one, other], [as_other, as_one]) = (&pair.intents, pair.mistaken);
        writeln!(out, "  {one} and {other}: {as_other} and {as_one} examples taken for the other")?;
        let [one, other] = pair.alike.each_ref().map(|text| line(text));
        writeln!(out, "{}    most alike: {one:?} and {other:?} ({:.2}){}", style.dim, pair.similarity, style.plain)?;
    }
    none_of(out, &report.confused)?;
    heading(out, style, "Examples that look like another intent's")?;
    for example in &report.misplaced {
        let (text, own, other) = (line(&example.text), &example.intent, &example.looks_like);
        writeln!(out, "  {text:?} under {own} looks like {other} ({:.2})", example.confidence)?;
    }
    none_of(out, &report.misplaced)?;
    heading(out, style, "Examples to look at")?;
    for doubt in &report.doubts {
        writeln!(out, "  line {}: {doubt}", doubt.line)?;
    }
    none_of(out, &report.doubts)?;
    heading(out, style, "Intents that seem to be missing")?;
    for group in &report.missing {
        writeln!(out, "  {} messages like these:", group.messages)?;
        for message in &group.central {
            writeln!(out, "{}    {}{}", style.dim, line(message), style.plain)?;
        }
    }
    if report.missing.is_empty() {
        writeln!(out, "  none, by {} messages that no intent fits", report.unanswered)?;
    }
    Ok(())
}

/// Every intent, the worst told first.
fn intents(out: &mut dyn Write, intents: &[IntentQuality], style: Style) -> io::Result<()> {
    heading(out, style, "Intents, the worst told first")?;
    let width = intents.iter().map(|intent| intent.name.len()).max().unwrap_or_default();
    let Style { dim, plain, .. } = style;
    writeln!(out, "{dim}  {:width$}  recall  precision  examples{plain}", "")?;
    let told = |intent: &IntentQuality, of: fn(Told) -> Option<f32>| intent.told.and_then(of);
    let shown = |share: Option<f32>| share.map_or_else(|| "–".to_owned(), percent);
    let mut sorted: Vec<&IntentQuality> = intents.iter().collect();
    let rank = |intent: &IntentQuality| told(intent, Told::recall).unwrap_or(-1.0);
    sorted.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    for intent in sorted {
        let (recall, precision) = (shown(told(intent, Told::recall)), shown(told(intent, Told::precision)));
        write!(out, "  {:width$}  {recall:>6}  {precision:>9}  {:>8}", intent.name, intent.authored)?;
        if intent.from_feedback > 0 {
            write!(out, " and {} from feedback", intent.from_feedback)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn heading(out: &mut dyn Write, style: Style, text: &str) -> io::Result<()> {
    writeln!(out, "\n{}{text}{}", style.bold, style.plain)
}

fn none_of<T>(out: &mut dyn Write, rows: &[T]) -> io::Result<()> {
    if rows.is_empty() { writeln!(out, "  none") } else { Ok(()) }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A text in a line that fits.
fn line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= WIDTH { words } else { words.chars().take(WIDTH - 1).chain(['…']).collect() }
}
