//! Names the code that trains heads by its sources, so that what another version of it learned is not taken for its own.

use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

const SOURCES: &str = "src/head";

fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(SOURCES)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file)?.hash(&mut hasher);
    }
    println!("cargo::rustc-env=HEAD_SOURCES={:016x}", hasher.finish());
    println!("cargo::rerun-if-changed={SOURCES}");
    Ok(())
}
