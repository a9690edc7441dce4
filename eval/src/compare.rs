//! Compares parts of Frontdesk with what else does the same job: all on this machine, in turns, within the same minutes.

mod cases;
mod child;
mod encoder;
mod protocol;
mod python;
mod ratio;
mod serve;
mod systems;
mod table;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Comparison {
    /// The encoder against candle, rten and ONNX Runtime
    Encoder(encoder::Options),
    /// One system as a process of its own, asked by lines of JSON
    #[command(hide = true)]
    Serve(serve::Options),
}

pub(crate) fn run(comparison: &Comparison) -> anyhow::Result<()> {
    match comparison {
        Comparison::Encoder(options) => encoder::run(options),
        Comparison::Serve(options) => serve::run(options),
    }
}
