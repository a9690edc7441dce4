//! The Python environment of the peers that are used from Python, made by scripts of ours with pinned versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use models::artifact::EncoderFiles;

use super::systems::PythonPeers;

/// One of our scripts.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// Makes the environment and the ONNX files under `folder`, where they are not there yet.
pub(crate) fn prepare(folder: &Path, files: &EncoderFiles) -> anyhow::Result<PythonPeers> {
    let (env, networks) = (folder.join("env"), folder.join("onnx"));
    run(Command::new("python3").arg(script("install.py")).arg(&env))?;
    let python = env.join("bin").join("python");
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
