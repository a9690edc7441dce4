//! Compares parts of Frontdesk with what else does the same job: all on this machine, in turns, within the same minutes.

mod cases;
mod child;
mod encoder;
mod precision;
mod protocol;
mod python;
mod ratio;
mod serve;
mod systems;
mod table;
mod vectors;

use clap::Subcommand;

pub(crate) use serve::encoder_files;

#[derive(Subcommand)]
pub(crate) enum Comparison {
    /// The encoder against candle, rten and ONNX Runtime
    Encoder(encoder::Options),
    /// What 8-bit integers cost in quality, over the intent and retrieval tasks of a folder
    Precision(precision::Options),
    /// The search by meaning against usearch and faiss, over the texts of a folder of tasks
    Vectors(vectors::Options),
    /// One system as a process of its own, asked by lines of JSON
    #[command(hide = true)]
    Serve(serve::Options),
}

pub(crate) fn run(comparison: &Comparison) -> anyhow::Result<()> {
    match comparison {
        Comparison::Encoder(options) => encoder::run(options),
        Comparison::Precision(options) => precision::run(options),
        Comparison::Vectors(options) => vectors::run(options),
        Comparison::Serve(options) => serve::run(options),
    }
}
