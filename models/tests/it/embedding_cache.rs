//! Content is encoded once, ever, unless it or the encoder changes.

use std::sync::atomic::{AtomicUsize, Ordering};

use models::{CachedEmbed, Embed, Embedding, EncodeError, Reading, Role};

/// Counts what it is asked.
struct Counting {
    revision: &'static str,
    n_encoded: AtomicUsize,
}

impl Counting {
    fn new(revision: &'static str) -> Self {
        Self { revision, n_encoded: AtomicUsize::new(0) }
    }

    fn n_encoded(&self) -> usize {
        self.n_encoded.load(Ordering::Relaxed)
    }
}

impl Embed for Counting {
    fn embed(&self, texts: &[String], _: Role) -> Result<Vec<Embedding>, EncodeError> {
        self.n_encoded.fetch_add(texts.len(), Ordering::Relaxed);
        Ok(texts.iter().map(|text| Embedding::new(vec![1.0, text.len() as f32, 0.5]).unwrap()).collect())
    }

    fn read(&self, texts: &[String]) -> Result<Vec<Reading>, EncodeError> {
        let wording = |text: &String| Embedding::new(vec![0.5, 1.0, text.len() as f32]).unwrap();
        let meanings = self.embed(texts, Role::Query)?.into_iter().zip(texts);
        Ok(meanings
            .map(|(meaning, text)| Reading { meaning, wording: wording(text), tone: None, purpose: None })
            .collect())
    }

    fn revision(&self) -> &str {
        self.revision
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_restart_computes_only_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deeper").join("cache");
    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    let first = cache.embed(&texts(&["x", "yy", "x"]), Role::Query).unwrap();
    assert_eq!((encoder.n_encoded(), &first[0]), (2, &first[2]));
    cache.save().unwrap();

    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    let second = cache.embed(&texts(&["zzz", "yy", "x"]), Role::Query).unwrap();
    assert_eq!(encoder.n_encoded(), 1);
    assert_eq!(
        (&second[1], &second[2]),
        (&first[1], &first[0]),
        "to the bit, so that what was learned from it is known"
    );
}

#[test]
fn another_encoder_shares_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache");
    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    cache.embed(&texts(&["x"]), Role::Query).unwrap();
    cache.save().unwrap();
    let other = Counting::new("b");
    CachedEmbed::open(&other, &file).embed(&texts(&["x"]), Role::Query).unwrap();
    assert_eq!(other.n_encoded(), 1);
}

#[test]
fn a_damaged_file_is_ignored_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache");
    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    cache.embed(&texts(&["x", "yy"]), Role::Query).unwrap();
    cache.save().unwrap();
    let sound = std::fs::read(&file).unwrap();

    for at in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        let cut = &damaged[..at];
        for bytes in [&damaged[..], cut] {
            std::fs::write(&file, bytes).unwrap();
            let encoder = Counting::new("a");
            let cache = CachedEmbed::open(&encoder, &file);
            cache.embed(&texts(&["x", "yy"]), Role::Query).unwrap();
            assert_eq!(encoder.n_encoded(), 2, "damage at {at} went unnoticed");
        }
    }
    let cache = CachedEmbed::open(&encoder, &file);
    cache.embed(&texts(&["x", "yy"]), Role::Query).unwrap();
    cache.save().unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), sound);
}

#[test]
fn content_that_is_gone_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache");
    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    cache.embed(&texts(&["x", "yy"]), Role::Query).unwrap();
    cache.save().unwrap();
    let before = std::fs::metadata(&file).unwrap().len();
    let cache = CachedEmbed::open(&encoder, &file);
    cache.embed(&texts(&["yy"]), Role::Query).unwrap();
    cache.save().unwrap();
    assert!(std::fs::metadata(&file).unwrap().len() < before);
}

#[test]
fn a_reading_is_kept_whole_and_shares_its_meaning_with_searches() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache");
    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    let meanings = cache.embed(&texts(&["x"]), Role::Query).unwrap();
    let readings = cache.read(&texts(&["x", "yy"])).unwrap();
    assert_eq!((encoder.n_encoded(), &readings[0].meaning), (3, &meanings[0]), "a meaning alone is no reading");
    assert_ne!(readings[0].wording, readings[1].wording);
    cache.save().unwrap();

    let encoder = Counting::new("a");
    let cache = CachedEmbed::open(&encoder, &file);
    for (again, reading) in cache.read(&texts(&["x", "yy"])).unwrap().iter().zip(&readings) {
        assert!(again.meaning.dot(&reading.meaning) > 1.0 - 1e-6 && again.wording.dot(&reading.wording) > 1.0 - 1e-6);
    }
    assert!(cache.embed(&texts(&["yy"]), Role::Query).unwrap()[0].dot(&readings[1].meaning) > 1.0 - 1e-6);
    assert_eq!(encoder.n_encoded(), 0);
}
