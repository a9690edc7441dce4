//! A warm encoder in 8-bit integers allocates its answers and nothing else.

use std::path::PathBuf;
use std::sync::Arc;

use models::artifact::{Settings, Silent, default_cache_dir, locate};
use models::bert::{Bert, Precision, Weights};
use models::tokenize::{TextTokenizer, Tokens};
use models::{Branch, Encoder, Wanted};

#[test]
#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn a_warm_encoder_allocates_its_answers_and_nothing_else() {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = default_cache_dir(variable("HOME").as_deref(), variable("XDG_CACHE_HOME").as_deref()).unwrap();
    let files = locate(&Settings::new(cache).unwrap(), &Silent).unwrap();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens).unwrap();
    let texts = ["hello", "where is my order?", &"the parcel was handed to the carrier on Monday. ".repeat(12)];
    let batch: Vec<Tokens> = texts.iter().map(|text| tokenizer.tokenize(text).unwrap()).collect();
    let branches = Branch::ALL.map(|branch| (branch, branch.shipped().unwrap()));
    let weights = Weights::load_with(&files.config, &files.weights, Precision::Int8, &branches).unwrap();
    let mut encoder = Bert::new(Arc::new(weights), files.pooling);
    drop(encoder.encode(&batch, Wanted::Everything).unwrap());
    let counted = allocation_counter::measure(|| drop(encoder.encode(&batch, Wanted::Everything).unwrap()));
    // The list; for each text its four sums, and the embeddings that share them; and candle's note of the tensor's axes for each
    // of the two steps.
    let most = 1 + 8 * batch.len() as u64 + 2;
    assert!(counted.count_total <= most, "{} allocations, not {most}", counted.count_total);
}
