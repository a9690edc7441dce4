//! The systems under test, and the ways each can be set up on a number of threads.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Ours, against which the others are held.
pub(crate) const OURS: &str = "frontdesk-int8";

/// One way of running one system.
pub(crate) struct Setup {
    pub(crate) system: &'static str,
    /// Threads that one batch is computed on.
    pub(crate) threads_a_batch: usize,
    /// Batches computed at the same time.
    pub(crate) workers: usize,
    program: Program,
}

#[derive(Clone)]
enum Program {
    /// This program, which serves the systems written in Rust.
    Ours {
        model: Option<PathBuf>,
    },
    Python {
        python: PathBuf,
        model: PathBuf,
    },
}

/// Where what Python made lies.
pub(crate) struct PythonPeers {
    pub(crate) python: PathBuf,
    /// The folder of the ONNX files.
    pub(crate) networks: PathBuf,
}

impl Setup {
    pub(crate) fn threads(&self) -> usize {
        self.threads_a_batch * self.workers
    }

    /// The command that serves the system.
    pub(crate) fn command(&self) -> std::io::Result<Command> {
        let threads = self.threads_a_batch.to_string();
        let workers = self.workers.to_string();
        let mut command = match &self.program {
            Program::Ours { model } => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["compare", "serve", self.system, "--workers", &workers]);
                command.args(model.iter().flat_map(|model| [Path::new("--model"), model]));
                command
            }
            Program::Python { python, model } => {
                let mut command = Command::new(python);
                command.arg(super::python::script("onnxruntime_peer.py")).arg("--model").arg(model);
                command.args(["--threads", &threads, "--workers", &workers]);
                command
            }
        };
        for variable in ["RAYON_NUM_THREADS", "CANDLE_NUM_THREADS", "RTEN_NUM_THREADS"] {
            command.env(variable, &threads);
        }
        Ok(command)
    }
}

/// Every setup on `threads` threads in all. Ours gives each thread batches of its own; the others may also share one.
pub(crate) fn setups(threads: usize, peers: Option<&PythonPeers>) -> Vec<Setup> {
    let rust = |system, model: Option<PathBuf>| (system, Program::Ours { model });
    let mut others = vec![rust("candle", None)];
    if let Some(PythonPeers { python, networks }) = peers {
        let onnx = |file: &str| Program::Python { python: python.clone(), model: networks.join(file) };
        others.push(rust("rten-int8", Some(networks.join("encoder-int8.onnx"))));
        others.push(("onnxruntime-f32", onnx("encoder-f32-fused.onnx")));
        others.push(("onnxruntime-int8", onnx("encoder-int8-fused.onnx")));
    }
    let shared = others.iter().map(|(system, program)| (*system, program.clone(), threads, 1));
    let apart = others.iter().map(|(system, program)| (*system, program.clone(), 1, threads));
    [rust(OURS, None), rust("frontdesk-f32", None)]
        .into_iter()
        .map(|(system, program)| (system, program, 1, threads))
        .chain(shared)
        .chain(apart.filter(|_| threads > 1))
        .map(|(system, program, threads_a_batch, workers)| Setup { system, threads_a_batch, workers, program })
        .collect()
}
