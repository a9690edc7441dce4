//! Articles of a Chatwoot help centre as `GET /api/v1/accounts/{id}/portals/{slug}/articles` gives them.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::draft::{Draft, Item, Skipped};
use super::export::{self, Export, Record};
use super::markdown;

/// What is used of an article.
#[derive(Debug, Deserialize)]
struct ChatwootArticle {
    id: u64,
    account_id: Option<u64>,
    title: Option<String>,
    slug: Option<String>,
    /// Markdown.
    content: Option<String>,
    /// A name, or its number.
    status: Option<Value>,
    locale: Option<String>,
    category: Option<Category>,
    meta: Option<Meta>,
}

#[derive(Debug, Deserialize)]
struct Category {
    name: Option<String>,
    locale: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    #[serde(default)]
    tags: Value,
}

/// Reads the export at `path`.
pub(super) fn read(path: &Path) -> Export {
    export::read(path, "payload", draft)
}

fn draft(record: Record<ChatwootArticle>) -> Item {
    let Record { place, value: article } = record;
    let place = format!("{place} ({})", article.id);
    let source = match article.account_id {
        Some(account) => format!("chatwoot:{account}:{}", article.id),
        None => format!("chatwoot:{}", article.id),
    };
    match article
        .status
        .as_ref()
        .map(|status| status.as_str().map_or_else(|| status.to_string(), str::to_owned))
        .as_deref()
    {
        Some("draft" | "0") => {
            return Err(Skipped::new(place, "it is a draft; publish it first").withdrawing(source, "is a draft now"));
        }
        Some("archived" | "2") => {
            return Err(Skipped::new(place, "it is archived; restore it first").withdrawing(source, "is archived now"));
        }
        _ => {}
    }
    let page = markdown::fragment(article.content.as_deref().unwrap_or_default());
    page.fitness().map_err(|reason| Skipped::new(&place, reason).yet_there(&source))?;
    let (category, category_locale) =
        article.category.map_or((None, None), |category| (category.name, category.locale));
    let tags: Vec<String> = tags(article.meta).into_iter().chain(category).collect();
    Ok(Draft {
        source,
        slug: None,
        title: article.title.or(article.slug).unwrap_or_default(),
        locale: article.locale.or(category_locale),
        tags: Some(tags).filter(|tags| !tags.is_empty()),
        audience: None,
        questions: None,
        validity: None,
        body: page.body,
        place,
    })
}

fn tags(meta: Option<Meta>) -> Vec<String> {
    match meta.map(|meta| meta.tags) {
        Some(Value::Array(tags)) => tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
