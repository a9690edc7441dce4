//! Articles changed while the service runs: stored first, then put in place for the next message.

use std::collections::HashSet;
use std::sync::Arc;

use knowledge_base::{Article, ArticleId, BuildError, Problem, parse_article};

use crate::app::App;
use crate::http::error::ApiError;
use crate::store::{ArticleVersion, ArticleVersionQuery, Cursor, Page, SaveArticle, SavedArticle};

/// The version of an article as the content folder has it; stored versions count on from there.
const BUILT_IN_VERSION: u32 = 1;

/// The articles of the content folder with what was stored since put on top. A stored article that no longer parses is
/// left out and named in the log.
pub fn with_saved(mut articles: Vec<Article>, saved: Vec<SavedArticle>) -> Vec<Article> {
    let ids: HashSet<&str> = saved.iter().map(|row| row.id.as_str()).collect();
    articles.retain(|article| !ids.contains(article.id.as_str()));
    for row in saved {
        let Some(source) = row.source else { continue };
        match parse_article(&format!("{}.md", row.id), &source) {
            Ok(mut article) => {
                article.version = BUILT_IN_VERSION + row.version;
                articles.push(article);
            }
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                tracing::error!(article = row.id, problems = problems.join("; "), "a stored article is left out");
            }
        }
    }
    articles
}

/// An article as somebody wrote it.
pub struct NewVersion {
    /// Front matter and Markdown.
    pub source: String,
    /// The version that it was made from, which no other may have replaced; none where that does not matter.
    pub based_on: Option<u32>,
}

/// Stores a new version of an article and puts it in place. Once it is encoded nothing stops halfway, even if whoever
/// asked for it hangs up.
pub async fn write(app: &Arc<App>, id: ArticleId, new: NewVersion, author: &str) -> Result<Article, ApiError> {
    let NewVersion { source, based_on } = new;
    let article = parse_article(&format!("{}.md", id.as_str()), &source).map_err(refused)?;
    if article.id != id {
        let detail =
            format!("the front matter says {:?}, the path {:?}; make them the same", article.id.as_str(), id.as_str());
        return Err(ApiError::field("source", detail));
    }
    let prepared = in_place(app, move |mind| mind.knowledge().prepare(article, mind.encoder())).await?;
    let author = author.to_owned();
    to_the_end(app, async move |app| {
        let _editing = app.editing.lock().await;
        let in_place_now = app.mind.knowledge().get(&id).map_or(0, |article| article.version);
        if let Some(based_on) = based_on.filter(|version| *version != in_place_now) {
            return Err(ApiError::EditedMeanwhile { based_on, in_place: in_place_now });
        }
        let saved = save(&app, &id, Some(&source), &author).await?;
        let prepared = prepared.with_version(BUILT_IN_VERSION + saved);
        let written = in_place(&app, move |mind| mind.knowledge().put(prepared, mind.encoder())).await?;
        Ok((*written).clone())
    })
    .await
}

/// Stores that an article is gone and takes it out.
pub async fn remove(app: &Arc<App>, id: ArticleId, author: &str) -> Result<(), ApiError> {
    let author = author.to_owned();
    to_the_end(app, async move |app| {
        let _editing = app.editing.lock().await;
        if app.mind.knowledge().get(&id).is_none() {
            return Err(ApiError::NotFound { what: "article", id: id.as_str().to_owned() });
        }
        save(&app, &id, None, &author).await?;
        in_place(&app, move |mind| mind.knowledge().remove(&id, mind.encoder()).map(|_| ())).await
    })
    .await
}

/// Does `change` in a task of its own, which goes on when the request that it is for is dropped.
async fn to_the_end<T, F>(app: &Arc<App>, change: impl FnOnce(Arc<App>) -> F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    tokio::spawn(change(Arc::clone(app))).await.map_err(|_| ApiError::Internal)?
}

/// The versions of an article that were saved, the newest first, numbered as they were in citations.
pub async fn versions(
    app: &App,
    id: ArticleId,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<Page<ArticleVersion>, ApiError> {
    let is_first = cursor.is_none();
    let query = ArticleVersionQuery { id: id.as_str().to_owned(), cursor, limit };
    let mut found = app.store.article_versions(query).await?;
    if is_first && found.rows.is_empty() && app.mind.knowledge().get(&id).is_none() {
        return Err(ApiError::NotFound { what: "article", id: id.as_str().to_owned() });
    }
    found.rows.iter_mut().for_each(|saved| saved.version += BUILT_IN_VERSION);
    Ok(found)
}

/// Stores a new version, numbered above the one in place, which may be from the content folder; its number.
async fn save(app: &App, id: &ArticleId, source: Option<&str>, author: &str) -> Result<u32, ApiError> {
    let shown = app.mind.knowledge().get(id).map_or(0, |article| article.version);
    let edit = SaveArticle {
        id: id.as_str().to_owned(),
        source: source.map(str::to_owned),
        author: author.to_owned(),
        at_least: (shown + 1).saturating_sub(BUILT_IN_VERSION),
    };
    Ok(app.store.save_article(edit, app.clock.now()).await?)
}

/// Changes the knowledge base away from the threads that answer requests: it encodes text and builds an index.
async fn in_place<T: Send + 'static>(
    app: &App,
    change: impl FnOnce(&crate::mind::Mind) -> Result<T, BuildError> + Send + 'static,
) -> Result<T, ApiError> {
    let mind = app.mind.clone();
    let changed = tokio::task::spawn_blocking(move || change(&mind)).await.map_err(|_| ApiError::Internal)?;
    changed.map_err(|error| match error {
        BuildError::Encode(error) => ApiError::Encode(error),
        other => {
            tracing::error!(error = %other, "the knowledge base could not be changed");
            ApiError::Internal
        }
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` asks for")]
fn refused(problems: Vec<Problem>) -> ApiError {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    ApiError::field("source", lines.join("; "))
}
