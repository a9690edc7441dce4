//! Many callers share a slow encoder: overload, deadlines, lanes, panics and stopping, with an encoder we hold in hand.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use models::batcher::{EncoderFactory, Options};
use models::tokenize::{TextTokenizer, Tokens};
use models::{CacheUse, Embed, Embedding, EncodeError, Encoded, Encoder, EncoderHandle, Lane, Reading, Role, Wanted};

/// Words it knows; every other word panics the encoder.
const TOKENIZER: &str = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
    "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
    "model":{"type":"WordLevel","vocab":{"boom":0,"one":1,"two":2,"three":3,"four":4},"unk_token":"boom"}}"#;

/// Waits for a permit before each batch, and tells which words it saw.
struct Gated {
    permits: Arc<Mutex<Receiver<()>>>,
    seen: SyncSender<Vec<u32>>,
}

impl Encoder for Gated {
    fn dimension(&self) -> usize {
        2
    }

    fn encode(&mut self, batch: &[Tokens], _: Wanted) -> Result<Vec<Reading>, EncodeError> {
        let words: Vec<u32> = batch.iter().map(|tokens| tokens.ids()[0]).collect();
        self.seen.send(words.clone()).unwrap();
        // A dropped gate lets everything through.
        let _ = self.permits.lock().unwrap().recv();
        assert!(!words.contains(&0), "boom, as asked for");
        Ok(words.into_iter().map(read).collect())
    }

    fn token_vectors(&mut self, batch: &[Tokens]) -> Result<Vec<Vec<f32>>, EncodeError> {
        Ok(batch.iter().map(|tokens| tokens.ids().iter().flat_map(|word| [1.0, *word as f32]).collect()).collect())
    }
}

fn of_word(word: u32) -> Embedding {
    Embedding::new(vec![1.0, word as f32]).unwrap()
}

fn read(word: u32) -> Reading {
    Reading { meaning: of_word(word), wording: of_word(word + 1), tone: None, purpose: None }
}

/// What becomes of the text that is this word.
fn encoded(word: u32) -> Encoded {
    Encoded { reading: read(word), is_cut: false }
}

/// A handle over one gated encoder thread, the gate, and the batches it saw.
struct Play {
    handle: EncoderHandle,
    gate: SyncSender<()>,
    seen: Receiver<Vec<u32>>,
}

fn play(queue_capacity: usize) -> Play {
    play_with(Options { threads: 1, queue_capacity, batch_tokens: 1024, cache_bytes: 0 })
}

fn play_with(options: Options) -> Play {
    let (gate, permits) = sync_channel(1024);
    let (seen_sender, seen) = sync_channel(1024);
    let permits = Arc::new(Mutex::new(permits));
    let seen_sender = Mutex::new(seen_sender);
    let factory: EncoderFactory =
        Box::new(move || Box::new(Gated { permits: Arc::clone(&permits), seen: seen_sender.lock().unwrap().clone() }));
    let tokenizer = TextTokenizer::from_json(TOKENIZER.as_bytes(), 8).unwrap();
    let handle = EncoderHandle::with_encoders(tokenizer, "gated", factory, options).unwrap();
    Play { handle, gate, seen }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

impl Play {
    /// Asks for one word in a task of its own.
    fn ask(
        &self,
        word: &str,
        lane: Lane,
        deadline: Instant,
    ) -> tokio::task::JoinHandle<Result<Vec<Encoded>, EncodeError>> {
        let (handle, word) = (self.handle.clone(), word.to_owned());
        tokio::spawn(async move { handle.encode(vec![word], lane, deadline).await })
    }

    /// Lets asking tasks run until `n` texts wait.
    async fn until_waiting(&self, n: usize) {
        while self.handle.queue_depth() != n {
            tokio::task::yield_now().await;
        }
    }

    /// Keeps the encoder busy with the word "one"; it is released by the first permit.
    async fn occupy(&self) -> tokio::task::JoinHandle<Result<Vec<Encoded>, EncodeError>> {
        let busy = self.ask("one", Lane::Interactive, soon());
        loop {
            tokio::task::yield_now().await;
            if let Ok(words) = self.seen.try_recv() {
                assert_eq!(words, [1]);
                return busy;
            }
        }
    }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let play = play(2);
    let busy = play.occupy().await;
    let waiting = [play.ask("two", Lane::Interactive, soon()), play.ask("three", Lane::Interactive, soon())];
    play.until_waiting(2).await;
    let refused = play.handle.encode(vec!["four".to_owned()], Lane::Interactive, soon()).await;
    assert!(matches!(refused, Err(EncodeError::Overloaded { .. })), "{refused:?}");
    drop(play.gate);
    assert_eq!(busy.await.unwrap(), Ok(vec![encoded(1)]));
    for (task, word) in waiting.into_iter().zip([2, 3]) {
        assert_eq!(task.await.unwrap(), Ok(vec![encoded(word)]));
    }
}

#[tokio::test]
async fn interactive_texts_overtake_bulk() {
    let play = play(8);
    let busy = play.occupy().await;
    let bulk = play.ask("two", Lane::Bulk, soon());
    play.until_waiting(1).await;
    let interactive = play.ask("three", Lane::Interactive, soon());
    play.until_waiting(2).await;
    drop(play.gate);
    for task in [busy, bulk, interactive] {
        task.await.unwrap().unwrap();
    }
    assert_eq!(play.seen.try_iter().collect::<Vec<_>>(), [[3], [2]]);
}

#[tokio::test]
async fn what_waits_together_is_computed_together() {
    let play = play(8);
    let busy = play.occupy().await;
    let waiting = ["two", "three", "four"].map(|word| play.ask(word, Lane::Interactive, soon()));
    play.until_waiting(3).await;
    drop(play.gate);
    busy.await.unwrap().unwrap();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    assert_eq!(play.seen.try_iter().collect::<Vec<_>>(), [[2, 3, 4]]);
}

#[tokio::test]
async fn a_text_whose_deadline_passed_is_never_computed() {
    let play = play(8);
    let busy = play.occupy().await;
    let late = play.ask("two", Lane::Interactive, Instant::now() + Duration::from_millis(20));
    assert_eq!(late.await.unwrap(), Err(EncodeError::DeadlinePassed));
    let passed = play.handle.encode(vec!["two".to_owned()], Lane::Interactive, Instant::now()).await;
    assert_eq!(passed, Err(EncodeError::DeadlinePassed));
    let next = play.ask("three", Lane::Interactive, soon());
    drop(play.gate);
    busy.await.unwrap().unwrap();
    next.await.unwrap().unwrap();
    assert_eq!(play.seen.try_iter().collect::<Vec<_>>(), [[3]]);
}

#[tokio::test]
async fn a_caller_that_left_costs_nothing() {
    let play = play(8);
    let busy = play.occupy().await;
    let leaving = play.ask("two", Lane::Interactive, soon());
    play.until_waiting(1).await;
    leaving.abort();
    leaving.await.unwrap_err();
    let next = play.ask("three", Lane::Interactive, soon());
    play.until_waiting(2).await;
    drop(play.gate);
    busy.await.unwrap().unwrap();
    next.await.unwrap().unwrap();
    assert_eq!(play.seen.try_iter().collect::<Vec<_>>(), [[3]]);
}

#[tokio::test]
async fn a_panic_fails_its_batch_and_nothing_else() {
    let Play { handle, gate, .. } = &play(8);
    gate.send(()).unwrap();
    gate.send(()).unwrap();
    let failed = handle.encode(vec!["boom".to_owned()], Lane::Interactive, soon()).await;
    assert!(matches!(failed, Err(EncodeError::Failed(_))), "{failed:?}");
    let fine = handle.encode(vec!["two".to_owned()], Lane::Interactive, soon()).await;
    assert_eq!(fine, Ok(vec![encoded(2)]));
}

#[tokio::test]
async fn a_text_that_came_lately_is_not_computed_again() {
    let options = Options { threads: 1, queue_capacity: 8, batch_tokens: 1024, cache_bytes: 100_000 };
    let Play { handle, gate, seen } = play_with(options);
    drop(gate);
    let ask = |words: [&'static str; 2]| {
        let handle = handle.clone();
        async move { handle.encode(words.map(str::to_owned).to_vec(), Lane::Interactive, soon()).await }
    };
    assert_eq!(ask(["one", "two"]).await, Ok(vec![encoded(1), encoded(2)]));
    assert_eq!(ask(["two", "three"]).await, Ok(vec![encoded(2), encoded(3)]));
    assert_eq!(ask(["three", "one"]).await, Ok(vec![encoded(3), encoded(1)]));
    assert_eq!(seen.try_iter().flatten().collect::<Vec<_>>(), [1, 2, 3]);
    let CacheUse { hits, misses, bytes } = handle.cache_use().unwrap();
    assert_eq!((hits, misses), (3, 3));
    assert!((1..=100_000).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn a_text_that_is_too_long_says_so() {
    let Play { handle, gate, seen: _seen } = play(8);
    drop(gate);
    let texts = vec![
        "one two three four one two three four".to_owned(),
        "one two three four one two three four one".to_owned(),
    ];
    let encoded = handle.encode(texts, Lane::Interactive, soon()).await.unwrap();
    assert_eq!(encoded.iter().map(|text| text.is_cut).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn stopping_fails_what_waits_and_what_comes() {
    let play = play(8);
    let busy = play.occupy().await;
    let waiting = play.ask("two", Lane::Bulk, soon());
    play.until_waiting(1).await;
    play.handle.stop();
    assert_eq!(waiting.await.unwrap(), Err(EncodeError::Stopped));
    drop(play.gate);
    assert_eq!(busy.await.unwrap(), Ok(vec![encoded(1)]));
    assert_eq!(play.handle.embed(&["two".to_owned()], Role::Query), Err(EncodeError::Stopped));
}

#[test]
fn bulk_larger_than_the_queue_keeps_its_order() {
    let Play { handle, gate, seen } = play(3);
    drop((gate, seen.try_iter()));
    let words = ["one", "two two", "three three three", "four"];
    let texts: Vec<String> = words.into_iter().cycle().take(200).map(str::to_owned).collect();
    let embeddings = handle.embed(&texts, Role::Query).unwrap();
    let expected: Vec<Embedding> = (1..=4).cycle().take(200).map(of_word).collect();
    assert_eq!(embeddings, expected);
    assert_eq!(handle.embed(&[], Role::Query), Ok(Vec::new()));
}
