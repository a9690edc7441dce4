//! Any sentence encoder of the BERT family, from a folder laid out as sentence-transformers saves them.
//!
//! `config.json`, `model.safetensors` and `tokenizer.json` are the network; `modules.json` and the pooling module's
//! `config.json` say what is made of its output. What a folder asks for and this crate cannot do is refused by name.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{EncoderFiles, check};
use crate::bert::{self, LoadError, Pooling};
use crate::embed::Prefixes;

/// Digits of the sum in a revision.
const REVISION_DIGITS: usize = 16;

/// Why a folder is not an encoder that can be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is no such folder.
    #[error("{} is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// A file that must be there is not.
    #[error("{} has no {name}; {remedy}", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// The file.
        name: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The network's configuration is not one that can be computed.
    #[error(transparent)]
    Config(#[from] LoadError),
    /// A file cannot be read, or holds something else.
    #[error("{} cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The encoder needs something that is not supported.
    #[error("{} asks for {what}, which is not supported; {supported} are", path.display())]
    Unsupported {
        /// The file that asks for it.
        path: PathBuf,
        /// What it asks for.
        what: String,
        /// What could be used instead.
        supported: &'static str,
    },
}

/// One line of `modules.json`.
#[derive(Deserialize)]
struct Module {
    path: String,
    r#type: String,
}

/// The settings of the transformer module, of which one matters here.
#[derive(Deserialize)]
struct TransformerSettings {
    max_seq_length: Option<usize>,
}

/// What goes before texts, by role.
#[derive(Deserialize, Default)]
struct Prompts {
    #[serde(default)]
    prompts: std::collections::BTreeMap<String, String>,
}

/// The encoder in `folder`. `prefixes` go before those that the folder itself names.
pub fn read(folder: &Path, prefixes: Option<Prefixes>) -> Result<EncoderFiles, DirectoryError> {
    if !folder.is_dir() {
        return Err(DirectoryError::NoFolder(folder.to_owned()));
    }
    let modules_file = required(
        folder,
        "modules.json",
        "it says how the vectors of tokens become one; save the encoder with sentence-transformers",
    )?;
    let modules: Vec<Module> = json(&modules_file)?;
    let transformer = folder_of(&modules, folder, "Transformer", &modules_file)?;
    let pooling = folder_of(&modules, folder, "Pooling", &modules_file)?;
    refuse_others(&modules, &modules_file)?;

    let config = required(&transformer, "config.json", "it gives the shape of the network")?;
    let weights = required(&transformer, "model.safetensors", "convert the weights to one file in that format")?;
    let tokenizer = required(&transformer, "tokenizer.json", "save the tokenizer as a fast one")?;
    let pooling = required(&pooling, "config.json", "it says how the vectors of tokens become one")?;
    let mut files = EncoderFiles {
        revision: String::new(),
        max_tokens: max_tokens(&transformer)?,
        pooling: read_pooling(&pooling, &config)?,
        weights,
        tokenizer,
        config,
        prefixes: prefixes.map_or_else(|| read_prefixes(folder), Ok)?,
    };
    files.revision = revision(folder, &files)?;
    Ok(files)
}

/// The folder of the module whose type ends so; it must be there once.
fn folder_of(modules: &[Module], folder: &Path, kind: &str, file: &Path) -> Result<PathBuf, DirectoryError> {
    let mut found = modules.iter().filter(|module| module.r#type.rsplit('.').next() == Some(kind));
    match (found.next(), found.next()) {
        (Some(module), None) => Ok(folder.join(&module.path)),
        _ => Err(DirectoryError::Unusable { path: file.to_owned(), reason: format!("it must name one {kind} module") }),
    }
}

fn refuse_others(modules: &[Module], file: &Path) -> Result<(), DirectoryError> {
    let is_known = |module: &&Module| {
        // Every embedding is normalised here, whether or not a module asks for it.
        module.r#type.rsplit('.').next().is_some_and(|kind| ["Transformer", "Pooling", "Normalize"].contains(&kind))
    };
    match modules.iter().find(|module| !is_known(module)) {
        None if modules.iter().is_sorted_by_key(|module| !module.r#type.ends_with("Transformer")) => Ok(()),
        None => Err(DirectoryError::Unusable {
            path: file.to_owned(),
            reason: "the Transformer must be the first module".to_owned(),
        }),
        Some(module) => Err(DirectoryError::Unsupported {
            path: file.to_owned(),
            what: module.r#type.clone(),
            supported: "Transformer, Pooling and Normalize",
        }),
    }
}

/// What is made of the vectors of tokens, which must be as wide as the network's `config` says.
fn read_pooling(file: &Path, config: &Path) -> Result<Pooling, DirectoryError> {
    const SUPPORTED: &str = "pooling_mode_mean_tokens and pooling_mode_cls_token";
    let settings: serde_json::Map<String, serde_json::Value> = json(file)?;
    let width = bert::Config::read(config)?.hidden_size;
    if let Some(other) = settings.get("word_embedding_dimension").filter(|found| **found != width) {
        let reason = format!("word_embedding_dimension is {other}, but the network's hidden_size is {width}");
        return Err(DirectoryError::Unusable { path: file.to_owned(), reason });
    }
    let unsupported = |what: String| DirectoryError::Unsupported { path: file.to_owned(), what, supported: SUPPORTED };
    let is_on = |(name, value): &(&String, &serde_json::Value)| name.starts_with("pooling_mode_") && **value == true;
    let modes: Vec<&str> = settings.iter().filter(is_on).map(|(name, _)| name.as_str()).collect();
    match modes[..] {
        ["pooling_mode_mean_tokens"] => Ok(Pooling::Mean),
        ["pooling_mode_cls_token"] => Ok(Pooling::Cls),
        [] => Err(DirectoryError::Unusable {
            path: file.to_owned(),
            reason: format!("no mode is on; {SUPPORTED} can be"),
        }),
        _ => Err(unsupported(modes.join(" with "))),
    }
}

/// The longest text the encoder was trained for, in tokens; as many as it has positions for where that is not said.
fn max_tokens(transformer: &Path) -> Result<usize, DirectoryError> {
    let settings = transformer.join("sentence_bert_config.json");
    let trained_for = if settings.is_file() { json::<TransformerSettings>(&settings)?.max_seq_length } else { None };
    Ok(trained_for.unwrap_or(usize::MAX))
}

fn read_prefixes(folder: &Path) -> Result<Prefixes, DirectoryError> {
    let file = folder.join("config_sentence_transformers.json");
    let Prompts { mut prompts } = if file.is_file() { json(&file)? } else { Prompts::default() };
    let mut take = |names: &[&str]| names.iter().find_map(|name| prompts.remove(*name)).unwrap_or_default();
    Ok(Prefixes { query: take(&["query"]), passage: take(&["document", "passage"]) })
}

/// The folder's name and the beginning of a sum over all that embeddings depend on.
fn revision(folder: &Path, files: &EncoderFiles) -> Result<String, DirectoryError> {
    let name = folder.file_name().map_or_else(|| "encoder".into(), |name| name.to_string_lossy());
    let EncoderFiles { weights, config, tokenizer, pooling, max_tokens, prefixes, .. } = files;
    let mut sum = Sha256::new();
    for path in [weights, config, tokenizer] {
        let of_file = check::sum(path)
            .map_err(|error| DirectoryError::Unusable { path: path.clone(), reason: error.to_string() })?;
        sum.update(of_file);
    }
    sum.update(format!("{pooling:?} {max_tokens} {prefixes:?}"));
    let sum = hex::encode(sum.finalize());
    Ok(format!("{name}@{}", &sum[..REVISION_DIGITS]))
}

fn required(folder: &Path, name: &str, remedy: &'static str) -> Result<PathBuf, DirectoryError> {
    let path = folder.join(name);
    if path.is_file() {
        return Ok(path);
    }
    Err(DirectoryError::Missing { folder: folder.to_owned(), name: name.to_owned(), remedy })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, DirectoryError> {
    let unusable = |reason: String| DirectoryError::Unusable { path: path.to_owned(), reason };
    let text = fs::read(path).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))
}
