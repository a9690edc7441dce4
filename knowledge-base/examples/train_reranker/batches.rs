//! Questions to one centre, with some of what search found for each, as tensors.

use std::collections::BTreeMap;

use candle_core::{Device, Result, Tensor};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use crate::asked::{Asked, Candidate, Question};

/// Questions of a batch.
pub(crate) const QUESTIONS: usize = 36;
/// Hits of a question in a batch.
const CANDIDATES: usize = 6;
/// The best wrong hits are always among them, as many as this with the right one, and others by chance.
const BEST: usize = 4;

/// A batch; texts of the same role are as long as the longest of them.
pub(crate) struct Batch {
    /// `[questions, tokens, dimension]`.
    pub(crate) questions: Tensor,
    /// 1 where there is a token, 0 elsewhere: `[questions, tokens]`.
    pub(crate) question_tokens: Tensor,
    /// `[passages, tokens, dimension]`.
    pub(crate) passages: Tensor,
    /// `[passages, tokens]`.
    pub(crate) passage_tokens: Tensor,
    /// Which passages are held against each question, the right one first where there is one: `[questions, candidates]`.
    pub(crate) pairs: Tensor,
    /// Whether the right one is there: `[questions]`.
    pub(crate) has_right: Tensor,
    /// As in [`Candidate`]: `[questions, candidates]`.
    pub(crate) fused: Tensor,
    pub(crate) logits: Tensor,
    pub(crate) logits_without: Tensor,
}

impl Batch {
    pub(crate) fn draw(asked: &Asked, random: &mut StdRng) -> Result<Self> {
        let enough: Vec<&Question> = asked.questions.iter().filter(|one| one.candidates.len() > CANDIDATES).collect();
        let questions: Vec<&Question> = enough.sample(random, QUESTIONS).copied().collect();
        let chosen: Vec<Vec<Candidate>> = questions.iter().map(|question| choose(question, random)).collect();
        let mut places: BTreeMap<usize, u32> = BTreeMap::new();
        for candidate in chosen.iter().flatten() {
            let next = places.len() as u32;
            places.entry(candidate.text).or_insert(next);
        }
        let mut passages: Vec<(u32, usize)> = places.iter().map(|(text, place)| (*place, *text)).collect();
        passages.sort_unstable();
        let (asking, question_tokens) =
            padded(questions.iter().map(|question| &asked.texts[question.text]), asked.dimension)?;
        let (passages, passage_tokens) = padded(passages.iter().map(|(_, text)| &asked.texts[*text]), asked.dimension)?;
        let shape = (questions.len(), CANDIDATES);
        let each = |value: &dyn Fn(&Candidate) -> f32| {
            Tensor::from_vec(chosen.iter().flatten().map(value).collect::<Vec<f32>>(), shape, &Device::Cpu)
        };
        let pairs: Vec<u32> = chosen.iter().flatten().map(|candidate| places[&candidate.text]).collect();
        let has_right: Vec<f32> = questions.iter().map(|question| f32::from(question.right.is_some())).collect();
        Ok(Self {
            questions: asking,
            question_tokens,
            passages,
            passage_tokens,
            pairs: Tensor::from_vec(pairs, shape, &Device::Cpu)?,
            has_right: Tensor::new(has_right, &Device::Cpu)?,
            fused: each(&|candidate| candidate.fused)?,
            logits: each(&|candidate| candidate.logit)?,
            logits_without: each(&|candidate| candidate.logit_without)?,
        })
    }
}

/// The right hit, the best wrong ones, and others.
fn choose(question: &Question, random: &mut StdRng) -> Vec<Candidate> {
    let right = question.right.map(|right| question.candidates[right]);
    let mut wrong = question.candidates.clone();
    question.right.map(|right| wrong.remove(right));
    let mut others = wrong.split_off(BEST - usize::from(right.is_some()));
    others.shuffle(random);
    right.into_iter().chain(wrong).chain(others).take(CANDIDATES).collect()
}

/// Vectors of the tokens of texts, `[texts, tokens, dimension]`, and where there are any.
fn padded<'a>(texts: impl Iterator<Item = &'a Vec<f32>> + Clone, dimension: usize) -> Result<(Tensor, Tensor)> {
    let longest = texts.clone().map(|text| text.len() / dimension).max().unwrap_or_default();
    let (mut values, mut tokens, mut n_texts) = (Vec::new(), Vec::new(), 0);
    for text in texts {
        let n_tokens = text.len() / dimension;
        values.extend_from_slice(text);
        values.resize(values.len() + (longest - n_tokens) * dimension, 0.0);
        tokens.extend((0..longest).map(|at| f32::from(at < n_tokens)));
        n_texts += 1;
    }
    let values = Tensor::from_vec(values, (n_texts, longest, dimension), &Device::Cpu)?;
    Ok((values, Tensor::from_vec(tokens, (n_texts, longest), &Device::Cpu)?))
}
