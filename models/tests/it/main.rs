//! The crate through its public doors, with the real weights.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod artifact;
mod batcher;
mod branches;
mod embedding_cache;
mod heads;
mod hub;
mod other_encoders;
mod reference;
mod reranker;
mod tiny;

use std::path::Path;
use std::sync::OnceLock;

use models::EncoderHandle;
use models::artifact::{EncoderFiles, Settings, Silent, default_cache_dir, locate};
use models::batcher::Options;
use models::bert::Precision;

/// The real encoder's files, fetched once if this machine never had them.
#[expect(clippy::disallowed_methods, reason = "the user's cache is found by the environment")]
fn encoder_files() -> EncoderFiles {
    let variable = |name| std::env::var_os(name).map(std::path::PathBuf::from);
    let (home, xdg) = (variable("HOME"), variable("XDG_CACHE_HOME"));
    let cache = default_cache_dir(home.as_deref(), xdg.as_deref()).expect("a home directory");
    let settings = Settings::new(cache).expect("the embedded manifest");
    locate(&settings, &Silent).unwrap_or_else(|error| panic!("{error}"))
}

/// The real encoder, loaded once for all tests.
fn encoder() -> &'static EncoderHandle {
    static ENCODER: OnceLock<EncoderHandle> = OnceLock::new();
    ENCODER.get_or_init(|| {
        let files = encoder_files();
        assert!(Path::new(&files.weights).is_file());
        EncoderHandle::start(&files, Precision::F32, Options::default()).expect("sound weights")
    })
}
