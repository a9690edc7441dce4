//! The branch for what requests are for.
#![expect(clippy::print_stdout, reason = "the printed numbers are its purpose")]

mod companies;
mod tuning;

use std::error::Error;
use std::path::Path;

use models::branch::Adapters;

use self::companies::Companies;
use self::tuning::Tuning;
use crate::Encoder;

/// Learns from the file `requests`, rows of `{"company", "intent", "text"}`; writes the branch.
pub(crate) fn train(encoder: &Encoder, requests: &Path, purpose_file: &Path) -> Result<(), Box<dyn Error>> {
    let companies = Companies::read(requests, &encoder.tokenizer)?;
    println!("learning from {} requests to {} companies", companies.texts.len(), companies.all.len());
    let tuning = Tuning::new(encoder.network()?, encoder.first_layer(), &companies.texts)?;
    tuning.learn(&companies)?;
    std::fs::write(purpose_file, Adapters::new(&encoder.files.revision, tuning.adapters()?).to_bytes()?)?;
    Ok(())
}
