//! The tone is heard beside the meaning, by adapters for one encoder alone.

use models::bert::{Bert, Precision, Weights};
use models::tokenize::TextTokenizer;
use models::tone::{Adapter, LINEAR_PARTS, ToneAdapters, first_layer};
use models::{Embed, Encoder};

const TEXT: &str = "I have had enough of this.";

#[test]
fn the_tone_leaves_the_meaning_alone() {
    let files = crate::encoder_files();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens).unwrap();
    let tokens = [tokenizer.tokenize(TEXT).unwrap()];
    let read = |weights: Weights| Bert::new(weights.into(), files.pooling).encode(&tokens).unwrap().remove(0);
    let tone = ToneAdapters::shipped().unwrap();
    let (config, weights) = (&files.config, &files.weights);
    let with = read(Weights::load_with_tone(config, weights, Precision::Int8, &tone).unwrap());
    let without = read(Weights::load(config, weights, Precision::Int8).unwrap());
    assert_eq!((&with.meaning, &with.wording), (&without.meaning, &without.wording));
    assert_eq!(without.tone, None);
    let cosine = with.tone.unwrap().dot(&with.meaning);
    assert!(cosine < 0.9, "the tone says something of its own: {cosine}");
}

#[test]
fn adapters_that_add_nothing_leave_the_last_layers_as_they_are() {
    let files = crate::encoder_files();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens).unwrap();
    let tokens = [tokenizer.tokenize(TEXT).unwrap()];
    let adapter = |part: &str| {
        let (inputs, outputs) = match part {
            "intermediate.dense" => (384, 1536),
            "output.dense" => (1536, 384),
            _ => (384, 384),
        };
        Adapter { rank: 1, down: vec![1.0; inputs], up: vec![0.0; outputs] }
    };
    let names = (first_layer(6)..6)
        .flat_map(|layer| LINEAR_PARTS.map(|part| (format!("encoder.layer.{layer}.{part}"), adapter(part))));
    let nothing = ToneAdapters::new("any", names.collect());
    let weights = Weights::load_with_tone(&files.config, &files.weights, Precision::F32, &nothing).unwrap();
    let reading = Bert::new(weights.into(), files.pooling).encode(&tokens).unwrap().remove(0);
    assert!(reading.tone.unwrap().dot(&reading.meaning) > 0.9999);
    let few = ToneAdapters::new("any", Vec::new());
    let error = Weights::load_with_tone(&files.config, &files.weights, Precision::F32, &few).unwrap_err();
    assert!(error.to_string().contains("`encoder.layer.4.attention.self.query` is missing"), "{error}");
}

#[test]
fn adapters_are_read_as_they_were_written() {
    let shipped = ToneAdapters::shipped().unwrap();
    assert_eq!(ToneAdapters::from_bytes(&shipped.to_bytes().unwrap()), Ok(shipped.clone()));
    assert!(!shipped.fit("another encoder"));
    assert!(ToneAdapters::from_bytes(b"not adapters").is_err());
}

#[test]
fn shipped_heads_were_trained_over_the_shipped_tone() {
    let encoder = crate::encoder();
    assert_eq!(encoder.tone_revision(), Some(ToneAdapters::shipped().unwrap().revision()));
    assert!(models::head::EmotionHead::shipped().unwrap().fits(encoder));
    assert!(models::head::ShippedSignals::shipped().unwrap().fit(encoder));
}
