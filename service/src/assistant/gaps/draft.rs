//! Makes the draft of an article from what agents replied. Every sentence is one of theirs and says from which message it
//! is; a human edits it and puts it in place, or does not.

use std::collections::BTreeSet;

use knowledge_base::semantic::cosine;
use knowledge_base::{ArticleId, parse_article};
use models::{Embed, Embedding, EncodeError, Role};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::feedback::MessagePlace;
use crate::domain::id::ConversationId;

use super::masking::has_mask;
use super::questions::Question;

mod small_talk;

/// As many sentences of agents are looked at.
const LOOKED_AT: usize = 80;
/// Sentences this similar say the same.
const SAME: f32 = 0.75;
/// A sentence of one agent alone is kept if it is this near to what was asked.
const TO_THE_POINT: f32 = 0.2;
/// As many sentences make a draft.
const SENTENCES: usize = 6;
/// As many questions are put into the front matter.
const QUESTIONS: usize = 8;
/// Words of a title that make an identifier.
const ID_WORDS: usize = 6;
/// Words that no identifier needs.
const SMALL_WORDS: [&str; 30] = [
    "a", "an", "the", "is", "are", "do", "does", "did", "you", "your", "i", "my", "we", "can", "could", "would",
    "will", "to", "of", "for", "in", "on", "at", "it", "and", "or", "if", "please", "hi", "hello",
];

/// An article to be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The identifier to put it under; no article has it.
    pub article: String,
    /// Front matter and Markdown.
    pub source: String,
    /// The sentences of its body, in order, with where each is from.
    pub sentences: Vec<DraftSentence>,
}

/// A sentence of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSentence {
    /// The words, personal data masked.
    pub text: String,
    /// The message of an agent it is from.
    pub place: MessagePlace,
}

/// What a draft is made of.
pub(super) struct Drafting<'a> {
    pub(super) title: &'a str,
    pub(super) locale: &'a str,
    /// The questions, the most typical first.
    pub(super) group: &'a [&'a Question],
}

/// A sentence an agent wrote.
struct Line {
    text: String,
    place: MessagePlace,
    /// Where in its message it stood.
    at: usize,
}

/// Lines that say the same.
struct Statement {
    /// Its most typical line.
    line: usize,
    /// How many conversations it was said in.
    said_in: usize,
    score: f32,
}

/// A draft under an identifier that is none of `taken`; none where agents wrote nothing worth keeping.
pub(super) fn draft(
    drafting: &Drafting<'_>,
    taken: &BTreeSet<String>,
    embed: &dyn Embed,
) -> Result<Option<Draft>, EncodeError> {
    let lines = lines(drafting.group);
    if lines.is_empty() {
        return Ok(None);
    }
    let texts: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    let meanings = embed.embed(&texts, Role::Query)?;
    let mut chosen = statements(&lines, &meanings, &drafting.group[0].meaning);
    chosen.retain(|statement| statement.said_in > 1 || statement.score >= TO_THE_POINT);
    chosen.sort_by(|a, b| b.score.total_cmp(&a.score));
    chosen.truncate(SENTENCES);
    chosen.sort_by_key(|statement| (lines[statement.line].at, statement.line));
    let sentence = |statement: &Statement| {
        let line = &lines[statement.line];
        DraftSentence { text: line.text.clone(), place: line.place }
    };
    let sentences: Vec<DraftSentence> = chosen.iter().map(sentence).collect();
    let article = free_id(drafting.title, taken);
    let source = source(drafting, &article, &sentences);
    let is_article = parse_article("draft.md", &source).is_ok();
    Ok((is_article && !sentences.is_empty()).then_some(Draft { article, source, sentences }))
}

/// What agents wrote that may belong into an article, each message once.
fn lines(group: &[&Question]) -> Vec<Line> {
    let mut seen: BTreeSet<(ConversationId, i64)> = BTreeSet::new();
    let mut lines = Vec::new();
    for reply in group.iter().flat_map(|question| &question.asked.replies) {
        if !seen.insert((reply.place.conversation, reply.place.seq)) {
            continue;
        }
        let sentences = reply.text.unicode_sentences().enumerate();
        lines.extend(sentences.filter_map(|(at, sentence)| {
            let text = small_talk::without(sentence)?;
            (!has_mask(&text)).then_some(Line { text, place: reply.place, at })
        }));
    }
    lines.truncate(LOOKED_AT);
    lines
}

/// Puts lines together that say the same. What was said in several conversations and is near to the question counts most.
fn statements(lines: &[Line], meanings: &[Embedding], question: &Embedding) -> Vec<Statement> {
    let mut free = vec![true; lines.len()];
    let mut statements = Vec::new();
    for first in 0..lines.len() {
        if !free[first] {
            continue;
        }
        let alike: Vec<usize> = (first..lines.len())
            .filter(|&other| free[other] && (other == first || cosine(&meanings[first], &meanings[other]) >= SAME))
            .collect();
        for &at in &alike {
            free[at] = false;
        }
        // In thousandths: of lines that are equally typical the first is taken.
        let closeness = |at: usize| {
            let sum: f32 = alike.iter().map(|&other| cosine(&meanings[at], &meanings[other])).sum();
            (1000.0 * sum).round() as i64
        };
        let line = alike.iter().copied().rev().max_by_key(|&at| closeness(at)).unwrap_or(first);
        let conversations: BTreeSet<_> = alike.iter().map(|&at| lines[at].place.conversation).collect();
        let said_in = conversations.len();
        let score = (said_in - 1) as f32 + cosine(&meanings[line], question);
        statements.push(Statement { line, said_in, score });
    }
    statements
}

fn source(drafting: &Drafting<'_>, article: &str, sentences: &[DraftSentence]) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut questions: Vec<&str> = Vec::new();
    for question in drafting.group {
        let is_new = questions.iter().all(|other| !other.eq_ignore_ascii_case(&question.text));
        if is_new && !has_mask(&question.text) && questions.len() < QUESTIONS {
            questions.push(&question.text);
        }
    }
    let questions: Vec<String> = questions.iter().map(|question| format!("  {},\n", quoted(question))).collect();
    let body: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    format!(
        "+++\nid = {}\ntitle = {}\nlocale = {}\ntags = []\naudience = \"public\"\nquestions = [\n{}]\n+++\n\n{}\n",
        quoted(article),
        quoted(drafting.title),
        quoted(drafting.locale),
        questions.concat(),
        body.join(" "),
    )
}

/// An identifier made of the words of a title.
fn free_id(title: &str, taken: &BTreeSet<String>) -> String {
    let plain = |word: &str| -> String {
        word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let words =
        title.unicode_words().map(plain).filter(|word| !word.is_empty() && !SMALL_WORDS.contains(&word.as_str()));
    let words: Vec<String> = words.take(ID_WORDS).map(|word| word.chars().take(10).collect()).collect();
    let base = if words.is_empty() { "draft".to_owned() } else { words.join("-") };
    let free = |id: &String| !taken.contains(id) && ArticleId::new(id).is_ok();
    let numbered = (2_usize..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(free).unwrap_or(base)
}

#[cfg(test)]
mod tests;
