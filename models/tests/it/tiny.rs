//! A tiny encoder of random weights in a folder as sentence-transformers saves them, and its forward pass by definition.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const WIDTH: usize = 24;
const HEADS: usize = 3;
const INNER: usize = 40;
const LAYERS: usize = 2;
const VOCABULARY: [&str; 8] = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "hello", "world", "order", "late"];
const POSITIONS: usize = 20;

/// What tells one tiny encoder from another.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// As in `config.json`.
    pub(crate) model_type: &'static str,
    /// Before the names of tensors.
    pub(crate) prefix: &'static str,
    /// The pooling mode that is on.
    pub(crate) pooling: &'static str,
    pub(crate) dtype: Dtype,
}

pub(crate) const BERT: Kind =
    Kind { model_type: "bert", prefix: "", pooling: "pooling_mode_mean_tokens", dtype: Dtype::F32 };

pub(crate) struct Tiny {
    pub(crate) kind: Kind,
    pub(crate) folder: TempDir,
    weights: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Tiny {
    pub(crate) fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tiny = Self { kind, folder, weights: weights() };
        std::fs::create_dir(tiny.path("1_Pooling")).unwrap();
        tiny.write("config.json", &config(kind.model_type));
        tiny.write("tokenizer.json", &tokenizer());
        tiny.write(
            "modules.json",
            &json!([
                {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
            ]),
        );
        tiny.write("1_Pooling/config.json", &json!({"word_embedding_dimension": WIDTH, kind.pooling: true}));
        tiny.write_weights();
        tiny
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &Value) {
        std::fs::write(self.path(name), content.to_string()).unwrap();
    }

    /// Writes a file anew with one value changed.
    pub(crate) fn change(&self, name: &str, key: &str, value: Value) {
        let mut content: Value = serde_json::from_slice(&std::fs::read(self.path(name)).unwrap()).unwrap();
        content[key] = value;
        self.write(name, &content);
    }

    /// Lets `change` have the values of one tensor.
    pub(crate) fn spoil(&mut self, tensor: &str, change: impl Fn(&mut Vec<usize>, &mut Vec<f32>)) {
        let (shape, values) = self.weights.get_mut(tensor).unwrap();
        change(shape, values);
        self.write_weights();
    }

    fn write_weights(&self) {
        let bytes: BTreeMap<String, (Vec<usize>, Vec<u8>)> = self
            .weights
            .iter()
            .map(|(name, (shape, values))| {
                let bytes = match self.kind.dtype {
                    Dtype::F16 => values.iter().flat_map(|x| half::f16::from_f32(*x).to_le_bytes()).collect(),
                    Dtype::BF16 => values.iter().flat_map(|x| half::bf16::from_f32(*x).to_le_bytes()).collect(),
                    _ => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
                };
                (format!("{}{name}", self.kind.prefix), (shape.clone(), bytes))
            })
            .collect();
        let views: BTreeMap<&str, TensorView<'_>> = bytes
            .iter()
            .map(|(name, (shape, bytes))| {
                (name.as_str(), TensorView::new(self.kind.dtype, shape.clone(), bytes).unwrap())
            })
            .collect();
        safetensors::serialize_to_file(views, None, Path::new(&self.path("model.safetensors"))).unwrap();
    }

    /// The embedding of a text of known words, by definition, in 64 bits.
    pub(crate) fn embedding(&self, text: &str) -> Vec<f64> {
        let word = |word: &str| VOCABULARY.iter().position(|known| *known == word).unwrap();
        let ids: Vec<usize> = [1].into_iter().chain(text.split(' ').map(word)).chain([2]).collect();
        let first_position = usize::from(self.kind.model_type != "bert");
        let mut rows: Vec<Vec<f64>> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let part = |name: &str, row: usize| self.row(&format!("embeddings.{name}.weight"), row);
                let sum = add(&part("word_embeddings", *id), &part("position_embeddings", first_position + at));
                self.norm("embeddings.LayerNorm", &add(&sum, &part("token_type_embeddings", 0)))
            })
            .collect();
        for layer in 0..LAYERS {
            rows = self.layer(&format!("encoder.layer.{layer}"), &rows);
        }
        let pooled = match self.kind.pooling {
            "pooling_mode_cls_token" => rows[0].clone(),
            _ => rows.iter().fold(vec![0.0; WIDTH], |sum, row| add(&sum, row)),
        };
        let length = pooled.iter().map(|x| x * x).sum::<f64>().sqrt();
        pooled.iter().map(|x| x / length).collect()
    }

    fn layer(&self, name: &str, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let project = |part: &str| -> Vec<Vec<f64>> {
            rows.iter().map(|row| self.linear(&format!("{name}.attention.self.{part}"), row)).collect()
        };
        let (queries, keys, values) = (project("query"), project("key"), project("value"));
        let head_width = WIDTH / HEADS;
        let context = |query: &Vec<f64>| {
            let mut context = vec![0.0; WIDTH];
            for head in (0..WIDTH).step_by(head_width) {
                let columns = head..head + head_width;
                let score = |key: &Vec<f64>| {
                    let dot: f64 = columns.clone().map(|at| query[at] * key[at]).sum();
                    (dot / (head_width as f64).sqrt()).exp()
                };
                let scores: Vec<f64> = keys.iter().map(score).collect();
                let total: f64 = scores.iter().sum();
                for (score, value) in scores.iter().zip(&values) {
                    columns.clone().for_each(|at| context[at] += score / total * value[at]);
                }
            }
            context
        };
        let forward = |(row, query): (&Vec<f64>, &Vec<f64>)| {
            let attended = self.linear(&format!("{name}.attention.output.dense"), &context(query));
            let row = self.norm(&format!("{name}.attention.output.LayerNorm"), &add(row, &attended));
            let inner: Vec<f64> =
                self.linear(&format!("{name}.intermediate.dense"), &row).into_iter().map(gelu).collect();
            self.norm(
                &format!("{name}.output.LayerNorm"),
                &add(&row, &self.linear(&format!("{name}.output.dense"), &inner)),
            )
        };
        rows.iter().zip(&queries).map(forward).collect()
    }

    fn row(&self, tensor: &str, row: usize) -> Vec<f64> {
        let (shape, values) = &self.weights[tensor];
        let width = *shape.last().unwrap();
        values[row * width..(row + 1) * width].iter().map(|x| f64::from(*x)).collect()
    }

    fn linear(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let bias = self.row(&format!("{name}.bias"), 0);
        let dot = |at: usize| -> f64 {
            self.row(&format!("{name}.weight"), at).iter().zip(input).map(|(weight, x)| weight * x).sum()
        };
        bias.iter().enumerate().map(|(at, bias)| bias + dot(at)).collect()
    }

    fn norm(&self, name: &str, row: &[f64]) -> Vec<f64> {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
        let (scale, shift) = (self.row(&format!("{name}.weight"), 0), self.row(&format!("{name}.bias"), 0));
        let values = row.iter().zip(scale).zip(shift);
        values.map(|((x, scale), shift)| (x - mean) / (variance + 1e-12).sqrt() * scale + shift).collect()
    }
}

fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// `x · Φ(x)`, Φ by Simpson's rule.
fn gelu(x: f64) -> f64 {
    const STEPS: i32 = 400;
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = x / f64::from(STEPS);
    let weight = |step: i32| {
        if step == 0 || step == STEPS {
            1.0
        } else if step % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    let area: f64 = (0..=STEPS).map(|step| weight(step) * density(width * f64::from(step))).sum::<f64>() * width / 3.0;
    x * (0.5 + area)
}

fn weights() -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![VOCABULARY.len(), WIDTH]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![POSITIONS, WIDTH]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![1, WIDTH]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![WIDTH]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![WIDTH]),
    ];
    for layer in 0..LAYERS {
        let parts = [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", WIDTH, INNER),
            ("output.dense", INNER, WIDTH),
        ];
        for (part, inputs, outputs) in parts {
            shapes.push((format!("encoder.layer.{layer}.{part}.weight"), vec![outputs, inputs]));
            shapes.push((format!("encoder.layer.{layer}.{part}.bias"), vec![outputs]));
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{part}.weight"), vec![WIDTH]));
            shapes.push((format!("encoder.layer.{layer}.{part}.bias"), vec![WIDTH]));
        }
    }
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Exact in 16 bits of either kind, so that the way of storing makes no difference.
        ((state >> 26) as f32 - 32.0) / 64.0
    };
    shapes
        .into_iter()
        .map(|(name, shape)| {
            let offset = if name.ends_with("LayerNorm.weight") { 1.0 } else { 0.0 };
            let values = (0..shape.iter().product()).map(|_| offset + random()).collect();
            (name, (shape, values))
        })
        .collect()
}

fn config(model_type: &str) -> Value {
    json!({
        "model_type": model_type, "hidden_act": "gelu", "hidden_size": WIDTH, "intermediate_size": INNER,
        "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "vocab_size": VOCABULARY.len(),
        "max_position_embeddings": POSITIONS, "type_vocab_size": 1, "layer_norm_eps": 1e-12, "pad_token_id": 0,
    })
}

fn tokenizer() -> Value {
    let vocabulary: BTreeMap<&str, usize> = VOCABULARY.into_iter().enumerate().map(|(at, word)| (word, at)).collect();
    let special = |id: usize| json!({"id": VOCABULARY[id], "ids": [id], "tokens": [VOCABULARY[id]]});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"[CLS]": special(1), "[SEP]": special(2)},
        },
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    })
}
