//! Our embeddings are those of the original library.

use models::batcher::Options;
use models::bert::Precision;
use models::tokenize::TextTokenizer;
use models::{Embed, Embedding, EncoderHandle, Role};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    text: String,
    embedding: Vec<f32>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("../fixtures/reference.json")).expect("the fixture is JSON")
}

#[test]
fn every_text_is_embedded_as_the_original_library_does() {
    let references = references();
    assert!(references.len() >= 50);
    let texts: Vec<String> = references.iter().map(|reference| reference.text.clone()).collect();
    let embeddings = crate::encoder().embed(&texts, Role::Query).unwrap();
    for (reference, embedding) in references.into_iter().zip(embeddings) {
        let expected = Embedding::new(reference.embedding).unwrap();
        let cosine = embedding.dot(&expected);
        assert!(cosine > 1.0 - 1e-4, "cosine {cosine} for {:?}", reference.text);
    }
}

#[test]
fn company_does_not_change_an_embedding() {
    let texts: Vec<String> = references().into_iter().map(|reference| reference.text).collect();
    let together = crate::encoder().embed(&texts, Role::Query).unwrap();
    for (text, together) in texts.iter().zip(together) {
        let alone = crate::encoder().embed(std::slice::from_ref(text), Role::Query).unwrap().remove(0);
        let cosine = alone.dot(&together);
        assert!(cosine > 1.0 - 1e-5, "cosine {cosine} for {text:?}");
    }
}

#[test]
fn eight_bits_come_close_to_the_original_library() {
    let references = references();
    let texts: Vec<String> = references.iter().map(|reference| reference.text.clone()).collect();
    let encoder = EncoderHandle::start(&crate::encoder_files(), Precision::Int8, Options::default()).unwrap();
    assert_ne!(encoder.revision(), crate::encoder().revision(), "embeddings of the two would mix in a cache");
    let embeddings = encoder.embed(&texts, Role::Query).unwrap();
    let cosines: Vec<f32> = references
        .into_iter()
        .zip(&embeddings)
        .map(|(reference, embedding)| embedding.dot(&Embedding::new(reference.embedding).unwrap()))
        .collect();
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    let least = cosines.iter().copied().fold(1.0, f32::min);
    assert!(mean >= 0.999 && least >= 0.995, "mean {mean}, least {least}");
}

#[test]
fn a_text_that_just_fits_is_not_cut_and_one_word_more_is() {
    let files = crate::encoder_files();
    let tokenizer = TextTokenizer::open(&files.tokenizer, files.max_tokens).unwrap();
    let of_words = |n: usize| tokenizer.tokenize(&vec!["order"; n].join(" ")).unwrap();
    let (fits, over) = (of_words(files.max_tokens - 2), of_words(files.max_tokens - 1));
    assert_eq!((fits.ids().len(), fits.truncated()), (files.max_tokens, false));
    assert!(over.truncated());
    assert_eq!(over.ids(), fits.ids(), "the closing token stays where it is");
}
