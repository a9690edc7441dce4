//! Questions to small help centres whose articles lie close together: is the right one found, is its answer quoted, and is
//! it known when there is none. There is none where the article was taken out, and none to a near miss: a question that
//! sounds like an article which does not answer it.

use std::collections::{BTreeMap, HashSet};

use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::{Answer, ArticleId, Audience, KnowledgeBase, Query, Snapshot, Thresholds, answer};
use models::{Embed, Embedding, Role};
use serde::Deserialize;

use super::Outcome;
use super::failures::{Failure, Found, Kind};
use super::retrieval::Document;
use super::tools::Tools;
use crate::metrics::estimate::{Estimate, estimate};
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;
use crate::metrics::search::{DAY, DEPTH, ndcg};
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
    /// `near` is the article that it sounds like.
    NearMiss {
        question: String,
        near: String,
    },
}

/// A help centre: its articles, and what is asked there.
#[derive(Default)]
struct Centre {
    documents: Vec<Document>,
    bodies: BTreeMap<String, String>,
    answered: Vec<(String, Wanted)>,
    near_misses: Vec<(String, String)>,
}

/// Where the answer is.
struct Wanted {
    article: String,
    quote: String,
}

/// What came of all questions.
#[derive(Default)]
struct Told {
    /// nDCG@10 and whether the right article is first.
    ranked: Vec<(f64, f64)>,
    /// Scores of answers: with the article, without it, and to near misses.
    scores: [Vec<f32>; 3],
    /// Whether an answer was given.
    given: [Vec<f64>; 3],
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
                centre.answered.push((question, Wanted { article, quote }));
            }
            What::NearMiss { question, near } => centre.near_misses.push((question, near)),
        }
    }
    Ok(centres)
}

impl Centre {
    fn ask(self, task: &Task, tools: &Tools, told: &mut Told) -> anyhow::Result<()> {
        let Self { documents, bodies, answered, near_misses } = self;
        let articles = documents.into_iter().filter_map(Document::article).collect();
        let knowledge = KnowledgeBase::build(articles, &tools.encoder)?.snapshot();
        let texts: Vec<String> =
            answered.iter().map(|(text, _)| text).chain(near_misses.iter().map(|(text, _)| text)).cloned().collect();
        let embeddings = tools.encoder.embed(&texts, Role::Query)?;
        let (of_answered, of_near_misses) = embeddings.split_at(answered.len());
        let failed = |question: &str, kind: Kind, wanted: Vec<String>, hits: &[knowledge_base::Hit]| {
            let found = hits.iter().take(3).map(Found::from).collect();
            tools.failures.add(Failure {
                task: task.card.name.clone(),
                question: question.to_owned(),
                kind,
                wanted,
                found,
            });
        };
        for ((text, wanted), embedding) in answered.iter().zip(of_answered) {
            let query = query(text, embedding);
            let hits = knowledge.search(&query, DEPTH);
            let worths: Vec<f64> =
                hits.iter().map(|hit| f64::from(u8::from(hit.article.as_str() == wanted.article))).collect();
            let is_first = worths.first().copied().unwrap_or_default();
            told.ranked.push((ndcg(&worths, &[1.0]), is_first));
            if is_first == 0.0 {
                failed(text, Kind::OtherArticleFirst, vec![wanted.article.clone()], &hits);
            }
            if let Some(answer) = told.note(0, &query, &knowledge) {
                told.quoted.push(f64::from(u8::from(holds(&answer, wanted, &bodies))));
            }
            let articles = knowledge.articles();
            let taken_out: HashSet<&ArticleId> =
                articles.iter().map(|article| &article.id).filter(|id| id.as_str() == wanted.article).collect();
            let without = knowledge.without(&taken_out);
            if told.note(1, &query, &without).is_some() {
                failed(
                    text,
                    Kind::AnsweredWithoutItsArticle,
                    vec![wanted.article.clone()],
                    &without.search(&query, DEPTH),
                );
            }
        }
        for ((text, near), embedding) in near_misses.iter().zip(of_near_misses) {
            let query = query(text, embedding);
            if told.note(2, &query, &knowledge).is_some() {
                failed(text, Kind::NearMissAnswered, vec![near.clone()], &knowledge.search(&query, DEPTH));
            }
        }
        Ok(())
    }
}

impl Told {
    /// Notes how surely `knowledge` answers; the answer if it gives one.
    fn note(&mut self, asked: usize, query: &Query<'_>, knowledge: &Snapshot) -> Option<Answer> {
        let told = answer(query, &knowledge.search(query, JUDGED_HITS), &Thresholds::default());
        self.scores[asked].push(told.as_ref().map_or_else(|abstained| abstained.score, |answer| answer.score));
        self.given[asked].push(f64::from(u8::from(told.is_ok())));
        told.ok()
    }

    fn estimates(&self, seed: u64) -> Vec<(String, Estimate)> {
        let share = |rows: &[f64]| estimate(rows.len(), seed, |counts| mean(rows, counts));
        let told_apart = |others: usize| {
            let of = |kind: usize, is_answered: bool| {
                self.scores[kind].iter().map(move |score| (f64::from(*score), is_answered))
            };
            let scored: Vec<(f64, bool)> = of(0, true).chain(of(others, false)).collect();
            let ranking = Ranking::new(&scored);
            estimate(scored.len(), seed, |counts| ranking.auroc(counts))
        };
        let (gains, firsts): (Vec<f64>, Vec<f64>) = self.ranked.iter().copied().unzip();
        vec![
            ("hybrid.ndcg10".to_owned(), share(&gains)),
            ("hybrid.hit1".to_owned(), share(&firsts)),
            ("answerable.auroc".to_owned(), told_apart(1)),
            ("answerable.answered".to_owned(), share(&self.given[0])),
            ("answerable.unsupported".to_owned(), share(&self.given[1])),
            ("answerable.quoted".to_owned(), share(&self.quoted)),
            ("near_miss.auroc".to_owned(), told_apart(2)),
            ("near_miss.unsupported".to_owned(), share(&self.given[2])),
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

fn query<'a>(text: &'a str, embedding: &'a Embedding) -> Query<'a> {
    Query { text, embedding, locale: None, audience: Audience::Public, on: DAY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_article_a_question_or_a_near_miss() {
        let what = |row: &str| serde_json::from_str::<Row>(row).unwrap().what;
        let article = r#"{"centre": "a", "article": "fees", "title": "Fees", "body": "Two euros."}"#;
        assert!(matches!(what(article), What::Article { article, .. } if article == "fees"));
        let answered = r#"{"centre": "a", "question": "how much", "article": "fees", "quote": "Two euros"}"#;
        assert!(matches!(what(answered), What::Answered { quote, .. } if quote == "Two euros"));
        let near_miss = r#"{"centre": "a", "question": "how much for children", "near": "fees"}"#;
        assert!(matches!(what(near_miss), What::NearMiss { near, .. } if near == "fees"));
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
