//! `/v1/articles` and `/v1/search`: what the assistant knows, and changing it while it runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use knowledge_base::answer::JUDGED_HITS;
use knowledge_base::validity::day_of;
use knowledge_base::{ArticleId, Audience, Query};
use models::Lane;

use super::auth::{Admin, Caller, Triage};
use super::dto::article::{Article, ArticleParams, ArticleSource, ArticleVersion, Hit, SearchRequest, SearchResult};
use super::dto::triage::Answer;
use super::dto::{Page, Paging, limit};
use super::error::{ApiError, Problem};
use super::extract::{Body, Params, Path};
use super::triage::text_field;
use crate::app::App;
use crate::knowledge::{self, NewVersion};
use crate::store::Cursor;

const MAX_HITS: usize = 50;
const DEFAULT_HITS: usize = 10;

/// List articles by identifier.
#[utoipa::path(
    get, path = "/v1/articles", tag = "knowledge", params(ArticleParams),
    responses((status = 200, body = Page<Article>), (status = 401, body = Problem))
)]
pub async fn list(
    _caller: Caller<Triage>,
    State(app): State<Arc<App>>,
    Params(params): Params<ArticleParams>,
) -> Result<Json<Page<Article>>, ApiError> {
    let mut articles = app.mind.knowledge().articles();
    articles.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let after = params.cursor.unwrap_or_default();
    let mut rest = articles.into_iter().filter(|article| article.id.as_str() > after.as_str()).peekable();
    let data: Vec<Article> =
        rest.by_ref().take(limit(params.limit) as usize).map(|article| (*article).clone().into()).collect();
    let next_cursor = if rest.peek().is_some() { data.last().map(|article| article.id.clone()) } else { None };
    Ok(Json(Page { data, next_cursor }))
}

/// Show an article.
#[utoipa::path(
    get, path = "/v1/articles/{id}", tag = "knowledge",
    responses((status = 200, body = Article), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn show(
    _caller: Caller<Triage>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Article>, ApiError> {
    let id = parse(&id)?;
    match app.mind.knowledge().get(&id) {
        Some(article) => Ok(Json((*article).clone().into())),
        None => Err(ApiError::NotFound { what: "article", id: id.as_str().to_owned() }),
    }
}

/// Show an article as it is written, to be edited and sent back by `PUT`.
#[utoipa::path(
    get, path = "/v1/articles/{id}/source", tag = "knowledge",
    responses((status = 200, body = ArticleSource), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn source(
    _caller: Caller<Triage>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<ArticleSource>, ApiError> {
    let id = parse(&id)?;
    match app.mind.knowledge().get(&id) {
        Some(article) => Ok(Json(ArticleSource { source: article.written(), based_on: Some(article.version) })),
        None => Err(ApiError::NotFound { what: "article", id: id.as_str().to_owned() }),
    }
}

/// Write an article. It answers the next message; one that does not parse is refused and the old one stays.
#[utoipa::path(
    put, path = "/v1/articles/{id}", tag = "knowledge", request_body = ArticleSource,
    responses((status = 200, body = Article), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub async fn put(
    caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body<ArticleSource>,
) -> Result<Json<Article>, ApiError> {
    let ArticleSource { source, based_on } = body.value;
    let article = knowledge::write(&app, parse(&id)?, NewVersion { source, based_on }, &caller.name).await?;
    Ok(Json(article.into()))
}

/// Delete an article. It answers no further message.
#[utoipa::path(
    delete, path = "/v1/articles/{id}", tag = "knowledge",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(
    caller: Caller<Admin>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    knowledge::remove(&app, parse(&id)?, &caller.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the versions of an article that were saved here, the newest first. To put one back, write its source again.
#[utoipa::path(
    get, path = "/v1/articles/{id}/versions", tag = "knowledge", params(Paging),
    responses(
        (status = 200, body = Page<ArticleVersion>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn versions(
    _caller: Caller<Triage>,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ArticleVersion>>, ApiError> {
    let found = knowledge::versions(&app, parse(&id)?, paging.cursor.map(Cursor), limit(paging.limit)).await?;
    Ok(Json(Page::of(found, ArticleVersion::from)))
}

/// Search the articles that are valid today, those for agents too.
#[utoipa::path(
    post, path = "/v1/search", tag = "knowledge", request_body = SearchRequest,
    responses((status = 200, body = SearchResult), (status = 401, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem))
)]
pub async fn search(
    _caller: Caller<Triage>,
    State(app): State<Arc<App>>,
    body: Body<SearchRequest>,
) -> Result<Json<SearchResult>, ApiError> {
    let request = body.value;
    let text = text_field(&request.text, "text")?;
    let count = request.limit.unwrap_or(DEFAULT_HITS);
    if !(1..=MAX_HITS).contains(&count) {
        return Err(ApiError::field("limit", format!("{count} is out of range; use 1 to {MAX_HITS}")));
    }
    let embedding = app.mind.encode(text.as_str().to_owned()).await?;
    let query = Query {
        text: text.as_str(),
        embedding: &embedding,
        locale: request.locale.as_deref(),
        audience: Audience::Agents,
        on: day_of(app.clock.now()),
    };
    let mut hits = app.mind.search(&query, count.max(JUDGED_HITS), Lane::Interactive).await;
    let answer = app.mind.answer(&query, &hits).ok().map(Answer::from);
    hits.truncate(count);
    Ok(Json(SearchResult { hits: hits.into_iter().map(Hit::from).collect(), answer }))
}

fn parse(id: &str) -> Result<ArticleId, ApiError> {
    ArticleId::new(id).map_err(|error| ApiError::field("id", error))
}
