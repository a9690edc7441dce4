//! Questions and answers in a CSV file. Rows with the same answer are one article with several questions.

mod records;

use std::collections::HashMap;
use std::path::Path;

use ::csv::StringRecord;
use knowledge_base::Audience;
use knowledge_base::article::MAX_QUESTIONS;

use self::records::{Record, Records};
use super::charset::{self, Said};
use super::documents::bytes_of;
use super::draft::{Draft, Item, Note, Reading, Skipped, labels, one_line};
use super::export::MAX_BYTES;
use super::html;
use super::id::article_id;

const MAX_TITLE_BYTES: usize = 200;

/// Which column holds what.
struct Columns {
    /// How many there are.
    count: usize,
    question: usize,
    answer: usize,
    title: Option<usize>,
    id: Option<usize>,
    tags: Option<usize>,
    locale: Option<usize>,
    audience: Option<usize>,
}

/// One row that can be used.
struct Row {
    line: usize,
    question: String,
    answer: String,
    title: Option<String>,
    id: Option<String>,
    tags: Option<Vec<String>>,
    locale: Option<String>,
    audience: Option<Audience>,
}

/// Reads the file at `path`, which the articles say they came from as `source`.
pub(super) fn read(path: &Path, source: &str) -> Reading {
    let place = path.display().to_string();
    match bytes_of(path, MAX_BYTES).and_then(|bytes| charset::decode(bytes, Said::Nothing)) {
        Ok(decoded) => {
            let items = parse(&place, source, &decoded.text);
            Reading { items, notes: decoded.guess.map(|guess| Note::new(place, guess)).into_iter().collect() }
        }
        Err(reason) => Err(Skipped::new(place, reason)).into(),
    }
}

fn parse(place: &str, source: &str, text: &str) -> Vec<Item> {
    let text = text.trim_start_matches('\u{feff}');
    let skip = |line: usize, reason: String| Err(Skipped::new(format!("{place}:{line}"), reason));
    let delimiter = delimiter(text.lines().find(|line| !line.is_empty()).unwrap_or_default());
    let mut records = Records::of(text, delimiter);
    let columns = match records.next() {
        Some(Record { flaw: Some(flaw), .. }) => return vec![skip(flaw.line, flaw.reason)],
        Some(header) => Columns::of(&header.fields).map_err(|reason| (header.line, reason)),
        None => Columns::of(&StringRecord::new()).map_err(|reason| (1, reason)),
    };
    let columns = match columns {
        Ok(columns) => columns,
        Err((line, reason)) => return vec![skip(line, reason)],
    };
    let mut items: Vec<Item> = Vec::new();
    let mut groups: Vec<Vec<Row>> = Vec::new();
    let mut by_answer: HashMap<(String, Option<String>, Option<Audience>), usize> = HashMap::new();
    for Record { line, fields, flaw } in records {
        if let Some(flaw) = flaw {
            items.push(skip(flaw.line, flaw.reason));
            continue;
        }
        match columns.row(&fields, line) {
            Ok(Some(row)) => {
                let key = (one_line(&row.answer), row.locale.clone(), row.audience);
                let group = *by_answer.entry(key).or_insert(groups.len());
                if group == groups.len() {
                    groups.push(Vec::new());
                }
                groups[group].push(row);
            }
            Ok(None) => {}
            Err(reason) => items.push(skip(line, reason)),
        }
    }
    for rows in groups {
        draft(place, source, &rows, &mut items);
    }
    items
}

/// What stands most often between the names of the columns.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    // The first of those that stand equally often is the comma.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let missing = |what: &str| {
            format!("no column is named `{what}`; the first row names the columns, and these are: {}", names.join(", "))
        };
        Ok(Self {
            count: names.len(),
            question: find(&["question", "questions", "q"]).ok_or_else(|| missing("question"))?,
            answer: find(&["answer", "answers", "a", "response"]).ok_or_else(|| missing("answer"))?,
            title: find(&["title", "subject"]),
            id: find(&["id", "slug"]),
            tags: find(&["tags", "labels", "tag", "label"]),
            locale: find(&["locale", "language", "lang"]),
            audience: find(&["audience"]),
        })
    }

    /// The row in `record`; none if it is blank.
    fn row(&self, record: &StringRecord, line: usize) -> Result<Option<Row>, String> {
        if record.iter().all(|field| field.trim().is_empty()) {
            return Ok(None);
        }
        // Spreadsheets write empty fields behind the last column.
        if record.iter().skip(self.count).any(|field| !field.trim().is_empty()) {
            return Err(format!(
                "the row has {} fields and the first row names {}, so part of the answer may stand in the wrong place; \
                 put text that has separators in it between quotes",
                record.len(),
                self.count
            ));
        }
        let field = |column: Option<usize>| {
            column
                .and_then(|column| record.get(column))
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let audience = field(self.audience).map(|text| text.to_lowercase().parse::<Audience>());
        Ok(Some(Row {
            line,
            question: field(Some(self.question)).ok_or("the row has no question")?,
            answer: field(Some(self.answer)).ok_or("the row has no answer")?,
            title: field(self.title),
            id: field(self.id),
            tags: field(self.tags).map(|text| labels(&text)),
            locale: field(self.locale),
            audience: audience.transpose().map_err(|error| error.to_string())?,
        }))
    }
}

/// The article of rows with one answer. Rows beyond the most questions an article may have are skipped.
fn draft(place: &str, source: &str, rows: &[Row], items: &mut Vec<Item>) {
    let Some(first) = rows.first() else { return };
    let here = format!("{place}:{}", first.line);
    let said = |what: fn(&Row) -> Option<String>| rows.iter().find_map(what);
    let (title, slug) = (said(|row| row.title.clone()), said(|row| row.id.clone()));
    let key = slug.clone().unwrap_or_else(|| article_id(&first.question).to_string());
    let source = format!("{source}#{key}");
    let body = match body(&first.answer) {
        Ok(body) => body,
        Err(reason) => return items.push(Err(Skipped::new(here, reason).yet_there(source))),
    };
    let tags: Vec<String> = rows.iter().filter_map(|row| row.tags.clone()).flatten().collect();
    let draft = Draft {
        place: here,
        source: source.clone(),
        slug,
        title: title.unwrap_or_else(|| shortened(&first.question)),
        locale: first.locale.clone(),
        tags: rows.iter().any(|row| row.tags.is_some()).then_some(tags),
        audience: first.audience,
        questions: Some(rows.iter().take(MAX_QUESTIONS).map(|row| row.question.clone()).collect()),
        validity: None,
        body,
    };
    items.push(Ok(draft));
    items.extend(rows.iter().skip(MAX_QUESTIONS).map(|row| {
        let reason = format!("its answer has {MAX_QUESTIONS} questions already, which is the limit");
        Err(Skipped::new(format!("{place}:{}", row.line), reason).yet_there(&source))
    }));
}

/// Answers are Markdown or HTML.
fn body(answer: &str) -> Result<String, String> {
    let page = if html::is_html(answer) { html::fragment(answer, None)? } else { super::markdown::fragment(answer) };
    page.fitness()?;
    Ok(page.body)
}

fn shortened(question: &str) -> String {
    let question = one_line(question);
    if question.len() <= MAX_TITLE_BYTES {
        return question;
    }
    let mut end = MAX_TITLE_BYTES;
    while !question.is_char_boundary(end) {
        end -= 1;
    }
    let cut = &question[..end];
    format!("{}…", cut.rsplit_once(' ').map_or(cut, |(kept, _)| kept))
}
