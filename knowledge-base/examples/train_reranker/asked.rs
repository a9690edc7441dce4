//! A help centre whose questions were put to its search.

use std::collections::HashMap;
use std::error::Error;

use jiff::civil::{Date, date};
use knowledge_base::{ArticleId, Audience, Hit, KnowledgeBase, Query, Thresholds, answer, second_look};
use models::tokenize::TextTokenizer;
use models::{Embed, Encoder, EncoderHandle, Role};

use crate::centres::Centre;

/// Hits of a question that are learned from.
const HITS: usize = 16;
/// A day on which all articles are valid.
const DAY: Date = date(2026, 1, 1);

/// A centre, ready to learn from.
pub(crate) struct Asked {
    /// Components of a token's vector.
    pub(crate) dimension: usize,
    /// The vectors of the tokens of each text, `[tokens, dimension]`.
    pub(crate) texts: Vec<Vec<f32>>,
    pub(crate) questions: Vec<Question>,
}

/// What search found for a question.
pub(crate) struct Question {
    /// Its number among the texts.
    pub(crate) text: usize,
    /// Best first.
    pub(crate) candidates: Vec<Candidate>,
    /// Which of them is the article that answers.
    pub(crate) right: Option<usize>,
}

/// A hit.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    /// The number of its passage among the texts.
    pub(crate) text: usize,
    /// Its fused score.
    pub(crate) fused: f32,
    /// The logit that it answers, were it first, to search.
    pub(crate) logit: f32,
    /// The same without the article that answers in the knowledge base.
    pub(crate) logit_without: f32,
}

/// Texts by number.
#[derive(Default)]
struct Texts {
    numbers: HashMap<String, usize>,
    all: Vec<String>,
}

impl Texts {
    fn number(&mut self, text: String) -> usize {
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.all.push(text.clone());
            self.all.len() - 1
        })
    }
}

impl Asked {
    pub(crate) fn new(
        centre: Centre,
        embed: &EncoderHandle,
        tokenizer: &TextTokenizer,
        encoder: &mut dyn Encoder,
    ) -> Result<Self, Box<dyn Error>> {
        let knowledge = KnowledgeBase::build(centre.articles, embed)?;
        let questions: Vec<String> = centre.questions.iter().map(|(text, _)| text.clone()).collect();
        let embeddings = embed.embed(&questions, Role::Query)?;
        let mut texts = Texts::default();
        let mut asked = Vec::with_capacity(questions.len());
        for ((text, article), embedding) in centre.questions.into_iter().zip(&embeddings) {
            let query = Query { text: &text, embedding, locale: None, audience: Audience::Public, on: DAY };
            let hits = knowledge.search(&query, HITS);
            let (right, candidates) = candidates(&query, &hits, article.as_ref(), &mut texts);
            asked.push(Question { text: texts.number(text), candidates, right });
        }
        let tokens = texts.all.iter().map(|text| tokenizer.tokenize(text)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { dimension: encoder.dimension(), texts: encoder.token_vectors(&tokens)?, questions: asked })
    }
}

fn candidates(
    query: &Query<'_>,
    hits: &[Hit],
    article: Option<&ArticleId>,
    texts: &mut Texts,
) -> (Option<usize>, Vec<Candidate>) {
    let right = hits.iter().position(|hit| Some(&hit.article) == article);
    let others: Vec<&Hit> = hits.iter().filter(|hit| Some(&hit.article) != article).collect();
    let all: Vec<&Hit> = hits.iter().collect();
    let candidates = hits.iter().map(|hit| Candidate {
        text: texts.number(second_look::passages(std::slice::from_ref(hit)).concat()),
        fused: hit.score,
        logit: logit(query, hit, &all),
        logit_without: logit(query, hit, &others),
    });
    (right, candidates.collect())
}

/// The logit that `first` answers, were it the first of `hits`.
fn logit(query: &Query<'_>, first: &Hit, hits: &[&Hit]) -> f32 {
    let others = hits.iter().copied().filter(|hit| hit.article != first.article);
    let ordered: Vec<Hit> = std::iter::once(first).chain(others).cloned().collect();
    let score =
        answer(query, &ordered, &Thresholds { answerable: f32::INFINITY }).map_or_else(|a| a.score, |a| a.score);
    (score / (1.0 - score)).ln()
}
