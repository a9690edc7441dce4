//! Learns labels from a task's own examples by the classifier that learns intents in production, names included.

use std::collections::BTreeSet;
use std::time::Instant;

use models::head::Sample;
use models::head::intent::{Example, IntentClassifier, IntentScores, in_words};
use models::{Embed, EncoderHandle};

/// A classifier and how long it took to learn, the encoder's reading of the examples aside.
pub(crate) struct Learned {
    pub(crate) classifier: IntentClassifier,
    pub(crate) seconds: f64,
}

/// Learns from `(label, text)` pairs.
pub(crate) fn learn(rows: &[(&str, &str)], encoder: &EncoderHandle, seed: u64) -> anyhow::Result<Learned> {
    let labels: BTreeSet<&str> = rows.iter().map(|(label, _)| *label).collect();
    let names: Vec<(&str, String)> = labels.into_iter().map(|label| (label, in_words(label))).collect();
    let texts: Vec<String> = rows.iter().map(|(_, text)| (*text).to_owned()).collect();
    let called: Vec<String> = names.iter().map(|(_, words)| words.clone()).collect();
    let (readings, of_names) = (encoder.read(&texts)?, encoder.read(&called)?);
    let messages = rows.iter().zip(&readings).map(|((label, text), reading)| Example::message(label, text, reading));
    let names = names.iter().zip(&of_names).map(|((label, words), reading)| Example::name(label, words, reading));
    let examples: Vec<Example<'_>> = messages.chain(names).collect();
    let started = Instant::now();
    let classifier = IntentClassifier::train(&examples, seed)?;
    Ok(Learned { classifier, seconds: started.elapsed().as_secs_f64() })
}

/// What `classifier` makes of each text.
pub(crate) fn classify(
    classifier: &IntentClassifier,
    texts: &[&str],
    encoder: &EncoderHandle,
) -> anyhow::Result<Vec<IntentScores>> {
    let owned: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let readings = encoder.read(&owned)?;
    Ok(texts.iter().zip(&readings).map(|(text, reading)| classifier.classify(&Sample::new(text, reading))).collect())
}
