//! Which language a short text is in, and whether it is one that is answered.

use std::collections::BTreeMap;

use serde::Deserialize;
use service::assistant::language::is_supported;
use service::assistant::policy::Thresholds;

use super::Outcome;
use super::tools::Tools;
use crate::metrics::estimate::{Estimate, estimate};
use crate::metrics::mean;
use crate::task::Task;

/// The language answered in by default.
const HOME: &str = "en";

#[derive(Deserialize)]
struct Row {
    text: String,
    lang: String,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let rows: Vec<Row> = task.rows("heldout.jsonl")?;
    let threshold = Thresholds::default().language;
    let share = |right: &[f64]| estimate(right.len(), tools.seed, |counts| mean(right, counts));
    let assistant = tools.assistant()?;
    let mut told = Vec::new();
    let mut by_language: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let (mut kept, mut rejected) = (Vec::new(), Vec::new());
    for row in &rows {
        let language = assistant.language(&row.text);
        let right = f64::from(u8::from(language.code == parent(&row.lang)));
        told.push(right);
        by_language.entry(&row.lang).or_default().push(right);
        let answered = f64::from(u8::from(is_supported(&language, &[HOME.to_owned()], threshold)));
        if row.lang == HOME { kept.push(answered) } else { rejected.push(1.0 - answered) }
    }
    let mut found: Vec<(String, Estimate)> = vec![("accuracy".to_owned(), share(&told))];
    if !kept.is_empty() {
        found.push(("home_kept".to_owned(), share(&kept)));
    }
    if !rejected.is_empty() {
        found.push(("foreign_rejected".to_owned(), share(&rejected)));
    }
    found.extend(by_language.iter().map(|(language, right)| (format!("accuracy.{language}"), share(right))));
    Ok(found)
}

/// The language a dialect belongs to: what comes before the hyphen.
fn parent(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}
