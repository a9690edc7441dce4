//! Whether it is known when there is no answer: every question is asked twice, the second time without the articles that
//! answer it and their copies.

use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::second_look::look_again_in_bulk;
use knowledge_base::{Abstained, Answer, Hit, Query, Snapshot, Thresholds, answer};
use models::{EncodeError, EncoderHandle};

use super::failures::Kind;
use super::retrieval::Judged;
use super::tools::Tools;
use crate::metrics::estimate::{Estimate, estimate};
use crate::metrics::mean;
use crate::metrics::ranking::Ranking;
use crate::task::Task;

pub(super) fn measure(
    task: &Task,
    questions: &[Judged],
    knowledge: &Snapshot,
    tools: &Tools,
) -> anyhow::Result<Vec<(String, Estimate)>> {
    let (mut scored, mut answered, mut unsupported) = (Vec::new(), Vec::new(), Vec::new());
    for question in questions {
        let query = question.query();
        let without = without_its_articles(question, knowledge);
        for (knowledge, is_there, given) in [(knowledge, true, &mut answered), (&without, false, &mut unsupported)] {
            let told = ask(&query, knowledge, &tools.encoder)?;
            let is_given = told.is_ok();
            let score = told.map_or_else(|abstained| abstained.score, |answer| answer.score);
            scored.push((f64::from(score), is_there));
            given.push(f64::from(u8::from(is_given)));
            if is_given && !is_there {
                let hits = search(&query, knowledge, &tools.encoder)?;
                tools.failures.add(question.failure(task, Kind::AnsweredWithoutItsArticle, &hits));
            }
        }
    }
    let ranking = Ranking::new(&scored);
    let share = |rows: &[f64]| estimate(rows.len(), tools.seed, |counts| mean(rows, counts));
    Ok(vec![
        ("answerable.auroc".to_owned(), estimate(scored.len(), tools.seed, |counts| ranking.auroc(counts))),
        ("answerable.answered".to_owned(), share(&answered)),
        ("answerable.unsupported".to_owned(), share(&unsupported)),
    ])
}

/// What would be known without the articles that answer a question. People judge one copy of an article and seldom look at
/// the others, so that copies go with it.
pub(super) fn without_its_articles(question: &Judged, knowledge: &Snapshot) -> Snapshot {
    let articles = knowledge.articles();
    let judged: Vec<_> = articles.iter().filter(|article| question.is_answered_by(&article.id)).collect();
    let answering = articles.iter().filter(|article| judged.iter().any(|other| article.is_copy_of(other)));
    knowledge.without(&answering.map(|article| &article.id).collect())
}

/// What the knowledge base answers.
pub(super) fn ask(
    query: &Query<'_>,
    knowledge: &Snapshot,
    encoder: &EncoderHandle,
) -> Result<Result<Answer, Abstained>, EncodeError> {
    Ok(answer(query, &search(query, knowledge, encoder)?, &Thresholds::default()))
}

/// What is found, as far as an answer depends on it, looked at again where production would.
pub(super) fn search(
    query: &Query<'_>,
    knowledge: &Snapshot,
    encoder: &EncoderHandle,
) -> Result<Vec<Hit>, EncodeError> {
    look_again_in_bulk(encoder, query, knowledge.search(query, JUDGED_HITS))
}
