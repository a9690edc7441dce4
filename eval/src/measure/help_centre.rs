//! Questions to small help centres whose articles lie close together: is the right one found, is its answer quoted, and is
//! it known when there is none. There is none where the article was taken out, and none to a near miss: a question that
//! sounds like an article which does not answer it.

use std::collections::{BTreeMap, HashMap};

use knowledge_base::fusion::Weights;
use knowledge_base::{Abstained, Answer, KnowledgeBase, Snapshot};
use models::{Embed, EncoderHandle, Role};
use serde::Deserialize;

use super::Outcome;
use super::answerable::{ask, search, without_its_articles};
use super::failures::Kind;
use super::retrieval::{Document, Judged};
use super::tools::Tools;
use crate::metrics::estimate::{Estimate, estimate};
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;
use crate::metrics::search::ndcg;
use crate::task::Task;

#[derive(Deserialize)]
struct Row {
    centre: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum What {
    Article {
        article: String,
        title: String,
        body: String,
    },
    /// `quote` are words of the sentence that answers.
    Answered {
        question: String,
        article: String,
        quote: String,
    },
    /// Nothing answers it, whatever article it sounds like.
    NearMiss {
        question: String,
    },
}

/// A help centre: its articles, and what is asked there.
#[derive(Default)]
struct Centre {
    documents: Vec<Document>,
    bodies: BTreeMap<String, String>,
    questions: Vec<(String, Option<Wanted>)>,
}

/// Where the answer is.
struct Wanted {
    article: String,
    quote: String,
}

/// Where right articles stood.
#[derive(Default)]
struct Ranks {
    gains: Vec<f64>,
    /// Whether the right article was first.
    firsts: Vec<f64>,
}

/// How surely questions were answered, and which were.
#[derive(Default)]
struct Asked {
    scores: Vec<f32>,
    given: Vec<f64>,
}

/// What came of all questions.
#[derive(Default)]
struct Told {
    by_scores: Ranks,
    looked_at: Ranks,
    answered: Asked,
    taken_out: Asked,
    near_misses: Asked,
    /// Whether an answer that was given quotes the sentence that answers.
    quoted: Vec<f64>,
}

pub(super) fn measure(task: &Task, tools: &Tools) -> Outcome {
    let mut told = Told::default();
    for centre in centres(task)?.into_values() {
        centre.ask(task, tools, &mut told)?;
    }
    Ok(told.estimates(tools.seed))
}

fn centres(task: &Task) -> anyhow::Result<BTreeMap<String, Centre>> {
    let mut centres: BTreeMap<String, Centre> = BTreeMap::new();
    for Row { centre, what } in task.rows("heldout.jsonl")? {
        let centre = centres.entry(centre).or_default();
        match what {
            What::Article { article, title, body } => {
                centre.bodies.insert(article.clone(), body.clone());
                centre.documents.push(Document { id: article, title, text: body });
            }
            What::Answered { question, article, quote } => {
                centre.questions.push((question, Some(Wanted { article, quote })));
            }
            What::NearMiss { question } => centre.questions.push((question, None)),
        }
    }
    Ok(centres)
}

impl Centre {
    fn ask(self, task: &Task, tools: &Tools, told: &mut Told) -> anyhow::Result<()> {
        let Self { documents, bodies, questions } = self;
        let articles = documents.into_iter().filter_map(Document::article).collect();
        let knowledge = KnowledgeBase::build(articles, &tools.encoder)?.snapshot();
        for (question, wanted) in judged(questions, &tools.encoder)? {
            let fails = |kind: Kind, knowledge: &Snapshot| -> anyhow::Result<()> {
                let hits = search(&question.query(), knowledge, &tools.encoder)?;
                tools.failures.add(question.failure(task, kind, &hits));
                Ok(())
            };
            let ask = |knowledge: &Snapshot| ask(&question.query(), knowledge, &tools.encoder);
            let Some(wanted) = wanted else {
                if told.near_misses.note(ask(&knowledge)?).is_some() {
                    fails(Kind::NearMissAnswered, &knowledge)?;
                }
                continue;
            };
            told.by_scores.note(question.search(&knowledge, Weights::default()));
            if !told.looked_at.note(question.search_twice(&knowledge, &tools.encoder)?) {
                fails(Kind::OtherArticleFirst, &knowledge)?;
            }
            if let Some(answer) = told.answered.note(ask(&knowledge)?) {
                told.quoted.push(f64::from(u8::from(holds(&answer, &wanted, &bodies))));
            }
            let without = without_its_articles(&question, &knowledge);
            if told.taken_out.note(ask(&without)?).is_some() {
                fails(Kind::AnsweredWithoutItsArticle, &without)?;
            }
        }
        Ok(())
    }
}

/// The questions with their embeddings; the article that answers is worth finding.
fn judged(
    questions: Vec<(String, Option<Wanted>)>,
    encoder: &EncoderHandle,
) -> anyhow::Result<Vec<(Judged, Option<Wanted>)>> {
    let texts: Vec<String> = questions.iter().map(|(text, _)| text.clone()).collect();
    let embeddings = encoder.embed(&texts, Role::Query)?;
    let judged = questions.into_iter().zip(embeddings).map(|((text, wanted), embedding)| {
        let worth: HashMap<String, f64> = wanted.iter().map(|wanted| (wanted.article.clone(), 1.0)).collect();
        (Judged { text, embedding, worth }, wanted)
    });
    Ok(judged.collect())
}

impl Ranks {
    /// Notes the worth of each hit, best first, and of everything worth finding; says whether the first is right.
    fn note(&mut self, (worths, relevant): (Vec<f64>, Vec<f64>)) -> bool {
        let first = worths.first().copied().unwrap_or_default();
        self.gains.push(ndcg(&worths, &relevant));
        self.firsts.push(first);
        first > 0.0
    }
}

impl Asked {
    /// Notes what came of a question; the answer if there is one.
    fn note(&mut self, told: Result<Answer, Abstained>) -> Option<Answer> {
        self.scores.push(told.as_ref().map_or_else(|abstained| abstained.score, |answer| answer.score));
        self.given.push(f64::from(u8::from(told.is_ok())));
        told.ok()
    }
}

impl Told {
    fn estimates(&self, seed: u64) -> Vec<(String, Estimate)> {
        let share = |rows: &[f64]| estimate(rows.len(), seed, |counts| mean(rows, counts));
        let told_from = |others: &Asked| {
            let of = |asked: &Asked, is_answered: bool| -> Vec<(f64, bool)> {
                asked.scores.iter().map(|score| (f64::from(*score), is_answered)).collect()
            };
            let scored = [of(&self.answered, true), of(others, false)].concat();
            let ranking = Ranking::new(&scored);
            estimate(scored.len(), seed, |counts| ranking.auroc(counts))
        };
        vec![
            ("hybrid.ndcg10".to_owned(), share(&self.by_scores.gains)),
            ("hybrid.hit1".to_owned(), share(&self.by_scores.firsts)),
            ("second_look.ndcg10".to_owned(), share(&self.looked_at.gains)),
            ("second_look.hit1".to_owned(), share(&self.looked_at.firsts)),
            ("answerable.auroc".to_owned(), told_from(&self.taken_out)),
            ("answerable.answered".to_owned(), share(&self.answered.given)),
            ("answerable.unsupported".to_owned(), share(&self.taken_out.given)),
            ("answerable.quoted".to_owned(), share(&self.quoted)),
            ("near_miss.auroc".to_owned(), told_from(&self.near_misses)),
            ("near_miss.unsupported".to_owned(), share(&self.near_misses.given)),
        ]
    }
}

/// Whether an answer quotes the words that answer.
fn holds(answer: &Answer, wanted: &Wanted, bodies: &BTreeMap<String, String>) -> bool {
    answer.citations.iter().filter(|citation| citation.article.as_str() == wanted.article).any(|citation| {
        bodies
            .get(&wanted.article)
            .and_then(|body| body.get(citation.start..citation.end))
            .is_some_and(|quoted| quoted.contains(&wanted.quote))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use knowledge_base::ArticleId;

    #[test]
    fn a_row_is_an_article_a_question_or_a_near_miss() {
        let what = |row: &str| serde_json::from_str::<Row>(row).unwrap().what;
        let article = r#"{"centre": "a", "article": "fees", "title": "Fees", "body": "Two euros."}"#;
        assert!(matches!(what(article), What::Article { article, .. } if article == "fees"));
        let answered = r#"{"centre": "a", "question": "how much", "article": "fees", "quote": "Two euros"}"#;
        assert!(matches!(what(answered), What::Answered { quote, .. } if quote == "Two euros"));
        let near_miss = r#"{"centre": "a", "question": "how much for children", "near": "fees"}"#;
        assert!(matches!(what(near_miss), What::NearMiss { question } if question == "how much for children"));
    }

    #[test]
    fn an_answer_is_right_where_it_holds_the_words_of_the_article_that_answers() {
        let body = "Entry is free. A guide costs two euros.";
        let bodies = BTreeMap::from([("fees".to_owned(), body.to_owned())]);
        let wanted = Wanted { article: "fees".to_owned(), quote: "costs two euros".to_owned() };
        let quoting = |article: &str, start: usize| {
            let citation = knowledge_base::answer::Citation {
                article: ArticleId::new(article).unwrap(),
                title: String::new(),
                start,
                end: body.len(),
                version: 1,
                score: 1.0,
            };
            Answer { text: String::new(), citations: vec![citation], score: 1.0 }
        };
        assert!(holds(&quoting("fees", 15), &wanted, &bodies));
        assert!(!holds(&quoting("fees", 30), &wanted, &bodies), "cut off before");
        assert!(!holds(&quoting("hours", 15), &wanted, &bodies), "of another article");
    }
}
