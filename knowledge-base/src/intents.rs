//! The taxonomy of what contacts ask for, as authored in `intents.toml`.

use std::collections::HashMap;
use std::str::FromStr;

use toml::Spanned;
use toml::de::DeTable;

use crate::article::ArticleId;
use crate::problem::Problem;
use crate::toml_reader::TomlReader;

const KEYS: [&str; 10] =
    ["name", "title", "queue", "priority", "threshold", "answer", "flow", "handoff", "reply", "examples"];
/// What is said in place of an intent's name where none is meant.
pub const NO_INTENT: &str = "none";
const ACTIONS: &str = "one of `answer = [\"…\"]`, `flow = \"…\"`, `handoff = true` or `reply = \"…\"`";

/// One intent as its author declared it.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentSpec {
    /// Its stable name in `snake_case`.
    pub name: String,
    /// What a person calls it.
    pub title: String,
    /// The queue that its handoffs wait in.
    pub queue: String,
    /// How soon an agent should look at its handoffs.
    pub priority: Priority,
    /// How sure it must be to be acted on, above `0.0` and at most `1.0`; none where the policy's threshold serves.
    pub threshold: Option<f32>,
    /// What the assistant does about it.
    pub action: IntentAction,
    /// Messages that mean it; at least one.
    pub examples: Vec<String>,
    /// Where it is declared, for problems found later, such as a flow that does not exist.
    pub line: usize,
}

/// What the assistant does about an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentAction {
    /// Answer from the knowledge base, from these articles; from any where none is named.
    Answer(Vec<ArticleId>),
    /// Run the flow of this name.
    Flow(String),
    /// Give the conversation to an agent.
    Handoff,
    /// Say this reviewed text.
    Reply(String),
}

/// How soon an agent should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Priority {
    /// When there is time.
    Low,
    /// In turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// The word used in files and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Why a text is not a [`Priority`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a priority; write `low`, `normal`, `high` or `urgent`")]
pub struct InvalidPriority(String);

impl FromStr for Priority {
    type Err = InvalidPriority;

    fn from_str(text: &str) -> Result<Self, InvalidPriority> {
        let all = [Self::Low, Self::Normal, Self::High, Self::Urgent];
        all.into_iter().find(|priority| priority.as_str() == text).ok_or_else(|| InvalidPriority(text.to_owned()))
    }
}

/// Reads `intents.toml`; `file` is named in problems.
pub fn parse_intents(file: &str, source: &str) -> Result<Vec<IntentSpec>, Vec<Problem>> {
    let mut reader = TomlReader::new(file, source, 0);
    let document = reader.document()?;
    reader.refuse_unknown(&document, &["intent"]);
    let mut intents = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (at, table) in reader.tables(&document, "intent") {
        reader.refuse_unknown(table, &KEYS);
        let name = reader.required(table, "name", at.clone());
        let name = name.unwrap_or_else(|| Spanned::new(at.clone(), String::new()));
        check_name(&mut reader, &name, &mut names);
        if name.get_ref() == NO_INTENT {
            reader.refuse(name.span(), format!("`{NO_INTENT}` stands for no intent at all; use another name"));
        }
        let title = reader.required(table, "title", at.clone());
        let queue = reader.required(table, "queue", at.clone());
        let priority = read_priority(&mut reader, table);
        let threshold = read_threshold(&mut reader, table);
        let action = read_action(&mut reader, table, &at);
        let phrases = reader.texts(table, "examples");
        if phrases.is_empty() {
            reader.refuse(at.clone(), format!("intent `{}` has no examples; give it several", name.get_ref()));
        }
        if let (Some(title), Some(queue), Some(action)) = (title, queue, action) {
            intents.push(IntentSpec {
                name: name.into_inner(),
                title: title.into_inner(),
                queue: queue.into_inner(),
                priority,
                threshold,
                action,
                examples: phrases.into_iter().map(Spanned::into_inner).collect(),
                line: reader.line(at.start),
            });
        }
    }
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(intents) } else { Err(problems) }
}

/// Refuses a name that is not `snake_case` or was used before.
pub(crate) fn check_name(reader: &mut TomlReader<'_>, name: &Spanned<String>, seen: &mut HashMap<String, usize>) {
    let text = name.get_ref();
    if text.is_empty() {
        return;
    }
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !text.split('_').all(is_word) {
        reader.refuse(name.span(), format!("`{text}` is not a name; use lower-case words joined by underscores"));
    }
    let line = reader.line(name.span().start);
    if let Some(first) = seen.get(text) {
        reader.refuse(name.span(), format!("`{text}` is already declared on line {first}"));
    } else {
        seen.insert(text.clone(), line);
    }
}

/// An example without the differences that do not change what it says.
pub fn normalised(example: &str) -> String {
    example.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn read_priority<'s>(reader: &mut TomlReader<'s>, table: &DeTable<'s>) -> Priority {
    let Some(text) = reader.optional(table, "priority") else {
        return Priority::default();
    };
    text.get_ref().parse().unwrap_or_else(|error: InvalidPriority| {
        reader.refuse(text.span(), error.to_string());
        Priority::default()
    })
}

fn read_threshold<'s>(reader: &mut TomlReader<'s>, table: &DeTable<'s>) -> Option<f32> {
    let threshold = reader.number(table, "threshold")?;
    if *threshold.get_ref() > 0.0 && *threshold.get_ref() <= 1.0 {
        return Some(threshold.into_inner());
    }
    let message = format!("a threshold is above 0 and at most 1; this one is {}", threshold.get_ref());
    reader.refuse(threshold.span(), message);
    None
}

fn read_action<'s>(
    reader: &mut TomlReader<'s>,
    table: &DeTable<'s>,
    at: &std::ops::Range<usize>,
) -> Option<IntentAction> {
    let mut actions = Vec::new();
    if table.get("answer").is_some_and(|answer| answer.get_ref().is_array()) {
        actions.push(IntentAction::Answer(read_articles(reader, table)));
    } else if reader.set(table, "answer") {
        actions.push(IntentAction::Answer(Vec::new()));
    }
    if reader.set(table, "handoff") {
        actions.push(IntentAction::Handoff);
    }
    for (key, action) in [("flow", IntentAction::Flow as fn(String) -> IntentAction), ("reply", IntentAction::Reply)] {
        if table.contains_key(key) {
            actions.extend(reader.required(table, key, at.clone()).map(|text| action(text.into_inner())));
        }
    }
    if actions.len() != 1 {
        reader.refuse(at.clone(), format!("an intent has exactly {ACTIONS}; this one has {}", actions.len()));
    }
    actions.pop()
}

fn read_articles<'s>(reader: &mut TomlReader<'s>, table: &DeTable<'s>) -> Vec<ArticleId> {
    let mut articles = Vec::new();
    for id in reader.texts(table, "answer") {
        match ArticleId::new(id.get_ref()) {
            Ok(article) => articles.push(article),
            Err(error) => reader.refuse(id.span(), error.to_string()),
        }
    }
    articles
}
