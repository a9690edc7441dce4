//! Takes up what the content folder says for the next messages. An article with a problem is refused alone, and what its
//! file said before stays; of intents, signals and flows all are taken up or nothing is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::PoisonError;

use jiff::Timestamp;
use knowledge_base::{Article, ArticleId, BuildError, Content, KnowledgeBase, Problem, Usable};
use models::CachedEmbed;

use crate::app::App;
use crate::assistant::{Assistant, TrainingError};
use crate::feedback::lessons;
use crate::knowledge::with_saved;
use crate::start::{content_embeddings, trained_heads};
use crate::store::StoreError;

/// What came of reading the content last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastReading {
    /// When it was.
    pub at: Timestamp,
    /// Why articles were refused, or all of it; none where it was taken up whole.
    pub problems: Vec<Problem>,
    /// Which article each file has, or had when it was right.
    pub files: BTreeMap<String, ArticleId>,
}

impl LastReading {
    /// One that was taken up.
    pub fn good(at: Timestamp) -> Self {
        Self { at, problems: Vec::new(), files: BTreeMap::new() }
    }
}

/// Why what the folder says is not taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is wrong; every problem is listed.
    Content(Vec<Problem>),
    /// Something else failed, and may work later.
    Passing(String),
}

/// Reads the folder once and puts what it says in place for the next message: articles, with those saved over the API
/// on top, and an assistant trained on it where intents, signals or flows changed. What stands in the way is logged
/// once, and kept in [`App::last_reading`].
pub async fn take_up(app: &App, folder: &Path) -> Result<(), Refusal> {
    let _teaching = app.teaching.lock().await;
    let files = app.last_reading.lock().unwrap_or_else(PoisonError::into_inner).files.clone();
    let taken = taken_up(app, folder, files.clone()).await;
    let (problems, files) = match &taken {
        Ok(taken) => taken.clone(),
        Err(Refusal::Content(problems)) => (problems.clone(), files),
        Err(Refusal::Passing(reason)) => {
            let message = format!("it could not be taken up, and is tried again: {reason}");
            (vec![Problem { file: folder.display().to_string(), line: 1, message }], files)
        }
    };
    let mut last = app.last_reading.lock().unwrap_or_else(PoisonError::into_inner);
    for problem in problems.iter().filter(|problem| !last.problems.contains(problem)) {
        tracing::error!(%problem, "the content folder is not taken up here; what it said before stays in place");
    }
    *last = LastReading { at: app.clock.now(), problems, files };
    taken.map(|_| ())
}

/// What is left out of what was taken up, and which article each file has.
type TakenUp = (Vec<Problem>, BTreeMap<String, ArticleId>);

async fn taken_up(app: &App, folder: &Path, files: BTreeMap<String, ArticleId>) -> Result<TakenUp, Refusal> {
    let (folder, mind) = (folder.to_owned(), app.mind.clone());
    let read =
        move || Content::usable(&folder, |file| before(file, &files, mind.knowledge())).map_err(Refusal::Content);
    let Usable { content, files, left_out } = in_background(read).await?;
    let (content, assistant) = trained(app, content).await?;
    let _editing = app.editing.lock().await;
    let saved = app.store.saved_articles().await?;
    let mind = app.mind.clone();
    in_background(move || {
        let knowledge = mind.knowledge();
        let before = knowledge.version();
        knowledge.replace(with_saved(content.articles, saved), mind.encoder())?;
        let is_trained = assistant.is_some();
        if let Some(assistant) = assistant {
            mind.replace_assistant(assistant);
        }
        if is_trained || knowledge.version() != before {
            tracing::info!(knowledge = knowledge.version(), is_trained, "a change of the content folder is in use");
        }
        Ok((left_out, files))
    })
    .await
}

/// The article that a file had before something was wrong with it. A file that was never right in this process may still
/// be known by its name.
fn before(file: &str, files: &BTreeMap<String, ArticleId>, knowledge: &KnowledgeBase) -> Option<Article> {
    let by_name = || ArticleId::new(Path::new(file).file_stem()?.to_str()?).ok();
    let id = files.get(file).cloned().or_else(by_name)?;
    knowledge.get(&id).map(|article| Article::clone(&article))
}

/// The content with an assistant trained on it and on accepted feedback; none where the present one is.
async fn trained(app: &App, content: Content) -> Result<(Content, Option<Assistant>), Refusal> {
    let accepted = app.store.accepted_feedback().await?;
    let (mind, path, heads) = (app.mind.clone(), content_embeddings(&app.config), trained_heads(&app.config));
    in_background(move || {
        let present = mind.assistant();
        if present.is_trained_on(&content) {
            return Ok((content, None));
        }
        // Readings of examples that were there before lie on disk; messages of contacts are read anew and kept nowhere.
        let authored = CachedEmbed::open(mind.encoder(), &path);
        let lessons = lessons(&content.intents, accepted, mind.encoder()).map_err(TrainingError::from)?;
        let assistant = present.trained_anew(&content, lessons, &authored, &heads)?;
        Ok((content, Some(assistant)))
    })
    .await
}

/// Does `work`, which takes long, away from the threads that answer requests.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Refusal::Passing("it failed in a way that nobody foresaw; see the log".to_owned())))
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Passing(error.to_string())
    }
}

impl From<TrainingError> for Refusal {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Content(problems) => Self::Content(problems),
            TrainingError::Encode(error) => Self::Passing(error.to_string()),
            error @ (TrainingError::Head { .. } | TrainingError::Pattern(_)) => {
                let message = format!("the assistant could not be trained: {error}");
                Self::Content(vec![Problem { file: "intents.toml".to_owned(), line: 1, message }])
            }
        }
    }
}

impl From<BuildError> for Refusal {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Encode(_) | BuildError::Index(_) => Self::Passing(error.to_string()),
            BuildError::DuplicateArticle(_) | BuildError::Flawed { .. } => {
                Self::Content(vec![Problem { file: "articles".to_owned(), line: 1, message: error.to_string() }])
            }
        }
    }
}
