//! Example messages for signals beside the intent, such as a wish for a human, as authored in `signals.toml`.

use std::collections::HashMap;

use toml::Spanned;

use crate::intents::{check_name, normalised};
use crate::problem::Problem;
use crate::toml_reader::TomlReader;

const KEYS: [&str; 3] = ["name", "examples", "counter_examples"];

/// One signal as its author declared it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalSpec {
    /// Its stable name in `snake_case`.
    pub name: String,
    /// Messages that carry it; at least one.
    pub examples: Vec<String>,
    /// Messages that look alike but do not carry it.
    pub counter_examples: Vec<String>,
    /// Where it is declared, for problems found later.
    pub line: usize,
}

/// Reads `signals.toml`; `file` is named in problems.
pub fn parse_signals(file: &str, source: &str) -> Result<Vec<SignalSpec>, Vec<Problem>> {
    let mut reader = TomlReader::new(file, source, 0);
    let document = reader.document()?;
    reader.refuse_unknown(&document, &["signal"]);
    let mut signals = Vec::new();
    let mut names = HashMap::new();
    for (at, table) in reader.tables(&document, "signal") {
        reader.refuse_unknown(table, &KEYS);
        let name = reader.required(table, "name", at.clone());
        let name = name.unwrap_or_else(|| Spanned::new(at.clone(), String::new()));
        check_name(&mut reader, &name, &mut names);
        let examples = reader.texts(table, "examples");
        let counter_examples = reader.texts(table, "counter_examples");
        if examples.is_empty() {
            reader.refuse(at.clone(), format!("signal `{}` has no examples; give it several", name.get_ref()));
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        for phrase in examples.iter().chain(&counter_examples) {
            let line = reader.line(phrase.span().start);
            if let Some(first) = seen.insert(normalised(phrase.get_ref()), line) {
                let text = phrase.get_ref();
                reader.refuse(phrase.span(), format!("`{text}` is already in this signal on line {first}"));
            }
        }
        signals.push(SignalSpec {
            name: name.into_inner(),
            examples: examples.into_iter().map(Spanned::into_inner).collect(),
            counter_examples: counter_examples.into_iter().map(Spanned::into_inner).collect(),
            line: reader.line(at.start),
        });
    }
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(signals) } else { Err(problems) }
}
