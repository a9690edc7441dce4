//! Tone and purpose are heard beside the meaning, by adapters for one encoder alone.

use std::collections::HashMap;

use models::bert::{Bert, Precision, Weights};
use models::branch::{Adapter, Adapters, LINEAR_PARTS, first_layer};
use models::tokenize::TextTokenizer;
use models::{Branch, Embed, Embedding, Encoder, Reading, Wanted};

const TEXT: &str = "I have had enough of this.";

#[test]
fn branches_leave_the_meaning_alone() {
    let files = crate::encoder_files();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens).unwrap();
    let tokens = [tokenizer.tokenize(TEXT).unwrap()];
    let branches = Branch::ALL.map(|branch| (branch, branch.shipped().unwrap()));
    let (config, weights) = (&files.config, &files.weights);
    let with = Weights::load_with(config, weights, Precision::Int8, &branches).unwrap();
    let without = Weights::load(config, weights, Precision::Int8).unwrap();
    let [mut with, mut without] = [with, without].map(|weights| Bert::new(weights.into(), files.pooling));

    let plain = without.encode(&tokens, Wanted::Everything).unwrap().remove(0);
    assert_eq!((&plain.tone, &plain.purpose), (&None, &None));
    let meant = with.encode(&tokens, Wanted::Meaning).unwrap().remove(0);
    assert_eq!(meant, plain, "no branch is gone through for nothing");
    let all = with.encode(&tokens, Wanted::Everything).unwrap().remove(0);
    assert_eq!((&all.meaning, &all.wording), (&plain.meaning, &plain.wording));
    let (tone, purpose) = (all.tone.unwrap(), all.purpose.unwrap());
    for (one, other) in [(&tone, &plain.meaning), (&purpose, &plain.meaning), (&tone, &purpose)] {
        assert!(one.dot(other) < 0.95, "each says something of its own: {}", one.dot(other));
    }
}

/// Requests to a company that no branch was trained on, with what each is for.
fn requests_to_a_hotel() -> (Vec<String>, Vec<String>) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../eval/data/confusable/train.jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    let rows = lines.lines().map(|line| serde_json::from_str::<HashMap<String, String>>(line).unwrap());
    let rows = rows.filter(|row| row["intent"].starts_with("hotel_booking"));
    rows.map(|row| (row["text"].clone(), row["intent"].clone())).unzip()
}

#[test]
fn by_their_purpose_requests_that_share_their_words_are_told_apart() {
    let (texts, intents) = requests_to_a_hotel();
    let readings = crate::encoder().read(&texts).unwrap();
    let told = |part: fn(&Reading) -> &Embedding| {
        let nearest_is_alike = |at: &usize| {
            let others = (0..texts.len()).filter(|other| other != at);
            let closeness = |other: &usize| part(&readings[*at]).dot(part(&readings[*other]));
            let nearest = others.max_by(|a, b| closeness(a).total_cmp(&closeness(b))).unwrap();
            intents[nearest] == intents[*at]
        };
        (0..texts.len()).filter(nearest_is_alike).count() as f32 / texts.len() as f32
    };
    let by_meaning = told(|reading| &reading.meaning);
    let by_purpose = told(|reading| reading.purpose.as_ref().unwrap());
    assert!(by_purpose > by_meaning + 0.1, "{by_purpose} by purpose, {by_meaning} by meaning, of {}", texts.len());
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
    let load = |adapters| {
        let branches = [(Branch::Purpose, Adapters::new("any", adapters))];
        Weights::load_with(&files.config, &files.weights, Precision::F32, &branches)
    };
    let weights = load(names.collect()).unwrap();
    let reading = Bert::new(weights.into(), files.pooling).encode(&tokens, Wanted::Everything).unwrap().remove(0);
    assert!(reading.purpose.unwrap().dot(&reading.meaning) > 0.9999);
    assert_eq!(reading.tone, None);
    let error = load(Vec::new()).unwrap_err();
    assert!(error.to_string().contains("`encoder.layer.4.attention.self.query` is missing"), "{error}");
}

#[test]
fn adapters_are_read_as_they_were_written() {
    for branch in Branch::ALL {
        let shipped = branch.shipped().unwrap();
        assert_eq!(Adapters::from_bytes(&shipped.to_bytes().unwrap()), Ok(shipped.clone()), "{}", branch.name());
        assert!(!shipped.fit("another encoder"));
    }
    assert!(Adapters::from_bytes(b"not adapters").is_err());
}

#[test]
fn shipped_heads_were_trained_over_the_shipped_tone() {
    let encoder = crate::encoder();
    for branch in Branch::ALL {
        assert_eq!(encoder.branch_revision(branch), Some(branch.shipped().unwrap().revision()));
    }
    assert!(models::head::EmotionHead::shipped().unwrap().fits(encoder));
    assert!(models::head::ShippedSignals::shipped().unwrap().fit(encoder));
}
