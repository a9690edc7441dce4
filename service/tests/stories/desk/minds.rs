//! What desks think with: one mind for all stories, and others for stories that change what is known.

use std::path::Path;
use std::sync::OnceLock;

use knowledge_base::{Content, IntentAction, IntentSpec, KnowledgeBase, Priority};
use models::CachedEmbed;
use models::artifact::Silent;
use service::assistant::Assistant;
use service::config::Config;
use service::mind::Mind;
use service::start::{Purpose, Saved, build_mind, content_embeddings, settings, trained_heads};

/// The encoder and the trained assistant, made once for all stories: what they know changes only by what a story
/// itself writes about, and no two write about the same.
pub(crate) async fn shared() -> Mind {
    static MIND: OnceLock<Mind> = OnceLock::new();
    let built = || {
        let config = Config::with("").unwrap();
        build_mind(&config, Purpose::Demo, Saved::default(), &Silent).unwrap_or_else(|error| panic!("{error:#}"))
    };
    tokio::task::spawn_blocking(move || MIND.get_or_init(built).clone()).await.unwrap()
}

/// The same, with an assistant that learns by itself.
pub(crate) async fn of_its_own() -> Mind {
    let shared = shared().await;
    Mind::new(shared.encoder().clone(), shared.knowledge().clone(), Assistant::clone(&shared.assistant()))
}

/// The same articles with these intents, each for humans, in place of the shop's.
pub(crate) async fn with_intents(intents: &[(&str, &[&str])]) -> Mind {
    let shared = shared().await;
    let spec = |(name, examples): &(&str, &[&str])| IntentSpec {
        name: (*name).to_owned(),
        title: (*name).to_owned(),
        queue: "general".to_owned(),
        priority: Priority::Normal,
        threshold: None,
        action: IntentAction::Handoff,
        examples: examples.iter().map(|&example| example.to_owned()).collect(),
        line: 1,
    };
    let intents = intents.iter().map(spec).collect();
    let trained = move || {
        let content = Content { articles: Vec::new(), intents, signals: Vec::new(), flows: Vec::new() };
        let settings = settings(&Config::with("").unwrap(), Purpose::Demo).unwrap();
        let assistant = Assistant::train(&content, shared.encoder(), &settings).unwrap();
        Mind::new(shared.encoder().clone(), shared.knowledge().clone(), assistant)
    };
    tokio::task::spawn_blocking(trained).await.unwrap()
}

/// What a folder says, with nothing shared but the encoder.
pub(crate) async fn of_folder(folder: &Path) -> Mind {
    let (shared, folder) = (shared().await, folder.to_owned());
    let built = move || {
        let config = Config::with("").unwrap();
        let settings = settings(&config, Purpose::Demo).unwrap();
        let content = Content::from_dir(&folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let embed = CachedEmbed::open(shared.encoder(), &content_embeddings(&config));
        let heads = trained_heads(&config);
        let assistant = Assistant::train_with(&content, Vec::new(), &embed, &settings, &heads).unwrap();
        let knowledge = KnowledgeBase::build(content.articles, &embed).unwrap();
        Mind::new(shared.encoder().clone(), knowledge, assistant)
    };
    tokio::task::spawn_blocking(built).await.unwrap()
}
