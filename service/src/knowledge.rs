//! Articles changed while the service runs: stored first, then put in place for the next message.

use knowledge_base::{Article, ArticleId, BuildError, Problem, parse_article};

use crate::app::App;
use crate::http::error::ApiError;
use crate::store::SavedArticle;

/// The version of an article as the content folder has it; stored versions count on from there.
const BUILT_IN_VERSION: u32 = 1;

/// The articles of the content folder with what was stored since put on top. A stored article that no longer parses is
/// left out and named in the log.
pub fn with_saved(mut articles: Vec<Article>, saved: Vec<SavedArticle>) -> Vec<Article> {
    for row in saved {
        articles.retain(|article| article.id.as_str() != row.id);
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

/// Stores a new version of an article and puts it in place.
pub async fn write(app: &App, id: ArticleId, source: String, author: &str) -> Result<Article, ApiError> {
    let mut article = parse_article(&format!("{}.md", id.as_str()), &source).map_err(refused)?;
    if article.id != id {
        let detail =
            format!("the front matter says {:?}, the path {:?}; make them the same", article.id.as_str(), id.as_str());
        return Err(ApiError::field("source", detail));
    }
    let saved = app.store.save_article(id.as_str(), Some(&source), author, app.clock.now()).await?;
    article.version = BUILT_IN_VERSION + saved;
    let written = article.clone();
    in_place(app, move |mind| mind.knowledge().upsert(article, mind.encoder()).map(|_| ())).await?;
    Ok(written)
}

/// Stores that an article is gone and takes it out.
pub async fn remove(app: &App, id: ArticleId, author: &str) -> Result<(), ApiError> {
    if app.mind.knowledge().get(&id).is_none() {
        return Err(ApiError::NotFound { what: "article", id: id.as_str().to_owned() });
    }
    app.store.save_article(id.as_str(), None, author, app.clock.now()).await?;
    in_place(app, move |mind| mind.knowledge().remove(&id, mind.encoder()).map(|_| ())).await
}

/// Changes the knowledge base away from the threads that answer requests: it encodes text and builds an index.
async fn in_place(
    app: &App,
    change: impl FnOnce(&crate::mind::Mind) -> Result<(), BuildError> + Send + 'static,
) -> Result<(), ApiError> {
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
