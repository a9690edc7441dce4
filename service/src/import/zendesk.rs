//! Articles of a Zendesk help center as `GET /api/v2/help_center/articles` gives them.

use std::path::Path;

use knowledge_base::Audience;
use serde::Deserialize;
use url::Url;

use super::draft::{Draft, Item, Skipped};
use super::export::{self, Export, Record};
use super::html;

/// What is used of an article.
#[derive(Debug, Deserialize)]
struct ZendeskArticle {
    id: u64,
    title: Option<String>,
    name: Option<String>,
    /// HTML.
    body: Option<String>,
    locale: Option<String>,
    html_url: Option<String>,
    #[serde(default)]
    draft: Option<bool>,
    #[serde(default)]
    archived: Option<bool>,
    #[serde(default)]
    label_names: Option<Vec<String>>,
    /// Those who may read it; everyone where it is null.
    user_segment_id: Option<u64>,
    #[serde(default)]
    user_segment_ids: Option<Vec<u64>>,
}

/// Reads the export at `path`.
pub(super) fn read(path: &Path) -> Export {
    export::read(path, "articles", draft)
}

fn draft(record: Record<ZendeskArticle>) -> Item {
    let Record { place, value: article } = record;
    let place = format!("{place} ({})", article.id);
    let url = article.html_url.as_deref().and_then(|url| Url::parse(url).ok());
    let locale = article.locale.unwrap_or_default();
    let source = source(article.id, url.clone(), &locale);
    if article.draft == Some(true) {
        return Err(Skipped::new(place, "it is a draft; publish it first").withdrawing(source, "is a draft now"));
    }
    if article.archived == Some(true) {
        return Err(Skipped::new(place, "it is archived; restore it first").withdrawing(source, "is archived now"));
    }
    let skip = |reason: String| Skipped::new(&place, reason).yet_there(&source);
    let page = html::fragment(article.body.as_deref().unwrap_or_default(), url.as_ref()).map_err(skip)?;
    page.fitness().map_err(|reason| skip(reason.into()))?;
    let is_restricted =
        article.user_segment_id.is_some() || article.user_segment_ids.is_some_and(|ids| !ids.is_empty());
    Ok(Draft {
        source,
        slug: None,
        title: article.title.or(article.name).unwrap_or_default(),
        locale: Some(locale).filter(|locale| !locale.is_empty()),
        tags: article.label_names.filter(|labels| !labels.is_empty()),
        audience: is_restricted.then_some(Audience::Agents),
        questions: None,
        validity: None,
        body: page.body,
        place,
    })
}

/// The article's address without its title, which may change; without an address, its number and language.
fn source(id: u64, url: Option<Url>, locale: &str) -> String {
    match url {
        Some(mut url) => {
            let is_named = url.path_segments().and_then(|mut parts| parts.next_back()).is_some_and(|last| {
                last.strip_prefix(&id.to_string()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            });
            if is_named && let Ok(mut parts) = url.path_segments_mut() {
                parts.pop().push(&id.to_string());
            }
            url.set_fragment(None);
            url.into()
        }
        None => format!("zendesk:{id}:{locale}"),
    }
}
