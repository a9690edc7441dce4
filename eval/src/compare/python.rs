//! The Python environment of the peers that are used from Python, made by scripts of ours with pinned versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use models::artifact::{EncoderFiles, default_cache_dir};

use super::systems::PythonPeers;

/// One of our scripts.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// Where the environment and what peers need is kept: the folder asked for, or one in the user's cache.
#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
pub(crate) fn folder(wanted: Option<&Path>) -> anyhow::Result<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = default_cache_dir(variable("HOME").as_deref(), variable("XDG_CACHE_HOME").as_deref());
    let beside = |cache: PathBuf| Some(cache.parent()?.join("peers"));
    wanted.map(Path::to_owned).or_else(|| cache.and_then(beside)).context("HOME is not set; name a folder with --peers")
}

/// Makes the environment under `folder`, where it is not there yet; its Python.
pub(crate) fn install(folder: &Path) -> anyhow::Result<PathBuf> {
    let env = folder.join("env");
    run(Command::new("python3").arg(script("install.py")).arg(&env))?;
    Ok(env.join("bin").join("python"))
}

/// Makes the environment and the ONNX files under `folder`, where they are not there yet.
pub(crate) fn prepare(folder: &Path, files: &EncoderFiles) -> anyhow::Result<PythonPeers> {
    let (python, networks) = (install(folder)?, folder.join("onnx"));
    let weights = files.weights.parent().context("the weights lie in no folder")?;
    run(Command::new(&python).arg(script("export.py")).arg("--model").arg(weights).arg("--out").arg(&networks))?;
    Ok(PythonPeers { python, networks })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().display().to_string();
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} ended with {status}; what it printed says why");
    }
    Ok(())
}
