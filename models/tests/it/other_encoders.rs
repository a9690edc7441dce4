//! Encoders that are not the one we ship: any of the BERT family is computed rightly, any other refused by name.

use models::artifact::directory;
use models::batcher::{Options, StartError};
use models::bert::Precision;
use models::embed::Prefixes;
use models::{Embed, Embedding, EncoderHandle, Role};
use safetensors::Dtype;
use serde_json::json;

use crate::tiny::{BERT, Kind, Tiny};

const TEXTS: [&str; 4] = ["hello", "order late", "hello world order late hello world", "late late late"];

fn start(tiny: &Tiny, precision: Precision) -> Result<EncoderHandle, StartError> {
    let files = directory::read(tiny.folder.path(), None).unwrap();
    EncoderHandle::start(&files, precision, Options::default())
}

fn embed(encoder: &EncoderHandle, texts: &[&str], role: Role) -> Vec<Embedding> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    encoder.embed(&texts, role).unwrap()
}

fn cosine(embedding: &Embedding, expected: &[f64]) -> f64 {
    embedding.as_slice().iter().zip(expected).map(|(a, b)| f64::from(*a) * b).sum()
}

#[test]
fn every_kind_is_computed_as_it_is_defined() {
    let kinds = [
        BERT,
        Kind { pooling: "pooling_mode_cls_token", ..BERT },
        Kind { dtype: Dtype::F16, prefix: "bert.", ..BERT },
        Kind { dtype: Dtype::BF16, ..BERT },
        Kind { model_type: "roberta", prefix: "roberta.", ..BERT },
        Kind { model_type: "xlm-roberta", pooling: "pooling_mode_cls_token", ..BERT },
    ];
    for kind in kinds {
        let tiny = Tiny::new(kind);
        for (precision, least) in [(Precision::F32, 1.0 - 1e-5), (Precision::Int8, 0.995)] {
            let embeddings = embed(&start(&tiny, precision).unwrap(), &TEXTS, Role::Query);
            for (text, embedding) in TEXTS.iter().zip(&embeddings) {
                let cosine = cosine(embedding, &tiny.embedding(text));
                let Kind { model_type, pooling, .. } = kind;
                assert!(cosine > least, "{model_type}, {pooling}, {}: {cosine} for {text:?}", precision.name());
            }
        }
    }
}

#[test]
fn prefixes_tell_questions_from_passages() {
    let tiny = Tiny::new(BERT);
    tiny.write("config_sentence_transformers.json", &json!({"prompts": {"query": "hello ", "document": "world "}}));
    let encoder = start(&tiny, Precision::F32).unwrap();
    let question = embed(&encoder, &["late"], Role::Query).remove(0);
    let passage = embed(&encoder, &["late"], Role::Passage).remove(0);
    assert!(cosine(&question, &tiny.embedding("hello late")) > 1.0 - 1e-5);
    assert!(cosine(&passage, &tiny.embedding("world late")) > 1.0 - 1e-5);

    let own = Prefixes { query: "order ".to_owned(), passage: String::new() };
    let files = directory::read(tiny.folder.path(), Some(own)).unwrap();
    let encoder = EncoderHandle::start(&files, Precision::F32, Options::default()).unwrap();
    let question = embed(&encoder, &["late"], Role::Query).remove(0);
    assert!(cosine(&question, &tiny.embedding("order late")) > 1.0 - 1e-5, "the operator's word comes first");
}

#[test]
fn texts_end_where_positions_do() {
    let tiny = Tiny::new(BERT);
    let encoder = start(&tiny, Precision::F32).unwrap();
    let long = vec!["late"; 100].join(" ");
    let cut = vec!["late"; 18].join(" ");
    assert!(cosine(&embed(&encoder, &[&long], Role::Query)[0], &tiny.embedding(&cut)) > 1.0 - 1e-5);

    tiny.write("sentence_bert_config.json", &json!({"max_seq_length": 5, "do_lower_case": false}));
    let encoder = start(&tiny, Precision::F32).unwrap();
    let expected = tiny.embedding("late late late");
    assert!(cosine(&embed(&encoder, &[&long], Role::Query)[0], &expected) > 1.0 - 1e-5);
}

#[test]
fn whatever_changes_embeddings_changes_the_revision() {
    let mut tiny = Tiny::new(BERT);
    let revision = |tiny: &Tiny, prefixes| directory::read(tiny.folder.path(), prefixes).unwrap().revision;
    let before = revision(&tiny, None);
    let prefixes = Prefixes { query: "query: ".to_owned(), passage: String::new() };
    assert_ne!(before, revision(&tiny, Some(prefixes)));
    tiny.write("1_Pooling/config.json", &json!({"pooling_mode_cls_token": true}));
    let other_pooling = revision(&tiny, None);
    assert_ne!(before, other_pooling);
    tiny.spoil("encoder.layer.1.output.dense.bias", |_, values| values[3] += 1.0);
    assert_ne!(other_pooling, revision(&tiny, None));
}

#[test]
fn a_network_in_a_folder_of_its_own_is_found_with_its_settings() {
    let (flat, older) = (Tiny::new(BERT), Tiny::new(BERT));
    std::fs::create_dir(older.path("0_Transformer")).unwrap();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::rename(older.path(name), older.path(&format!("0_Transformer/{name}"))).unwrap();
    }
    older.write("0_Transformer/sentence_bert_config.json", &json!({"max_seq_length": 6}));
    older.write(
        "modules.json",
        &json!([
            {"idx": 0, "name": "0", "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ]),
    );
    let files = directory::read(older.folder.path(), None).unwrap();
    assert_eq!(files.max_tokens, 6);
    let (flat, older) = (start(&flat, Precision::F32).unwrap(), start(&older, Precision::F32).unwrap());
    let short = ["hello"];
    assert_eq!(embed(&flat, &short, Role::Query), embed(&older, &short, Role::Query));
}

/// What is said of a folder after `change`, when it is read or when the encoder is started.
fn refusal(change: impl FnOnce(&mut Tiny)) -> String {
    let mut tiny = Tiny::new(BERT);
    change(&mut tiny);
    match directory::read(tiny.folder.path(), None) {
        Err(error) => error.to_string(),
        Ok(files) => match EncoderHandle::start(&files, Precision::Int8, Options::default()) {
            Err(error) => error.to_string(),
            Ok(_) => "it was taken".to_owned(),
        },
    }
}

fn assert_refused(change: impl FnOnce(&mut Tiny), words: &[&str]) {
    let refusal = refusal(change);
    for word in words {
        assert!(refusal.contains(word), "`{word}` is missing in: {refusal}");
    }
}

#[test]
fn folders_that_lack_something_are_refused_by_its_name() {
    for name in ["modules.json", "config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"] {
        let file = name.rsplit('/').next().unwrap();
        assert_refused(|tiny| std::fs::remove_file(tiny.path(name)).unwrap(), &[file, "has no"]);
    }
    assert_refused(|tiny| std::fs::write(tiny.path("modules.json"), "[").unwrap(), &["modules.json", "EOF"]);
}

#[test]
fn what_is_not_supported_is_named() {
    let dense = json!([
        {"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"path": "2_Dense", "type": "sentence_transformers.models.Dense"},
    ]);
    assert_refused(|tiny| tiny.write("modules.json", &dense), &["models.Dense", "not supported"]);
    let pooling = |mode: &'static str| {
        move |tiny: &mut Tiny| {
            tiny.write("1_Pooling/config.json", &json!({mode: true, "pooling_mode_cls_token": false}));
        }
    };
    assert_refused(pooling("pooling_mode_max_tokens"), &["pooling_mode_max_tokens", "not supported"]);
    assert_refused(pooling("include_prompt"), &["no mode is on"]);
    assert_refused(|tiny| tiny.change("config.json", "model_type", json!("mpnet")), &["`mpnet`", "xlm-roberta"]);
    assert_refused(|tiny| tiny.change("config.json", "hidden_act", json!("relu")), &["hidden_act", "`relu`"]);
    let relative = json!("relative_key");
    assert_refused(|tiny| tiny.change("config.json", "position_embedding_type", relative), &["relative_key"]);
    assert_refused(|tiny| tiny.change("config.json", "num_attention_heads", json!(5)), &["24", "5 attention heads"]);
    let roberta = |tiny: &mut Tiny| {
        tiny.change("config.json", "model_type", json!("roberta"));
        tiny.change("config.json", "pad_token_id", json!(19));
    };
    assert_refused(roberta, &["pad_token_id 19"]);
    assert_refused(
        |tiny| tiny.change("config.json", "layer_norm_eps", json!(-1.0)),
        &["config.json", "layer_norm_eps"],
    );
    let wide = json!({"word_embedding_dimension": 768, "pooling_mode_mean_tokens": true});
    assert_refused(|tiny| tiny.write("1_Pooling/config.json", &wide), &["1_Pooling", "768", "hidden_size is 24"]);
    let backwards = json!([
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"path": "", "type": "sentence_transformers.models.Transformer"},
    ]);
    assert_refused(|tiny| tiny.write("modules.json", &backwards), &["modules.json", "first module"]);
}

#[test]
fn unsound_weights_are_refused_with_the_tensors_name() {
    let bias = "encoder.layer.1.intermediate.dense.bias";
    assert_refused(|tiny| tiny.spoil(bias, |_, values| values[7] = f32::NAN), &[bias, "7", "not finite"]);
    let words = "embeddings.word_embeddings.weight";
    assert_refused(|tiny| tiny.spoil(words, |_, values| values[30] = f32::INFINITY), &[words, "30", "not finite"]);
    assert_refused(|tiny| tiny.spoil(bias, |shape, _| shape.insert(0, 1)), &[bias, "[40]", "[1, 40]"]);
    assert_refused(
        |tiny| tiny.change("config.json", "num_hidden_layers", json!(3)),
        &["encoder.layer.2", "not have it"],
    );
    let fewer = |tiny: &mut Tiny| tiny.change("config.json", "num_hidden_layers", json!(1));
    assert_refused(fewer, &["model.safetensors", "more layers than the 1"]);
    let tail = |tiny: &mut Tiny| std::fs::write(tiny.path("model.safetensors"), [7; 4]).unwrap();
    assert_refused(tail, &["model.safetensors", "shorter than any header"]);
    let cut = |tiny: &mut Tiny| {
        let path = tiny.path("model.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() - 10]).unwrap();
    };
    assert_refused(cut, &["cut off", "tensor `"]);
    let rubbish = |tiny: &mut Tiny| std::fs::write(tiny.path("model.safetensors"), [7; 100]).unwrap();
    assert_refused(rubbish, &["model.safetensors", "not a safetensors file"]);
    let integers = |tiny: &mut Tiny| {
        tiny.kind.dtype = Dtype::U32;
        tiny.spoil(bias, |_, _| {});
    };
    assert_refused(integers, &["f32, f16 or bf16", "U32"]);
}

#[test]
fn unknown_tokenizers_are_refused() {
    let unknown = |tiny: &mut Tiny| tiny.change("tokenizer.json", "model", json!({"type": "Sphinx", "vocab": {}}));
    assert_refused(unknown, &["tokenizer.json", "cannot be used"]);
    let words: serde_json::Map<_, _> = (0..9).map(|id| (format!("word{id}"), json!(id))).collect();
    let short = json!({"max_seq_length": 2});
    assert_refused(|tiny| tiny.write("sentence_bert_config.json", &short), &["2 tokens", "no room"]);
    let larger = json!({"type": "WordLevel", "vocab": words, "unk_token": "word0"});
    assert_refused(|tiny| tiny.change("tokenizer.json", "model", larger), &["9 tokens", "the network 8"]);
}
