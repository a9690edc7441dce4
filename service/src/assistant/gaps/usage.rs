//! Which articles are of use, and which nobody needed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::gap::ArticleUse;

use super::Sources;

/// What articles are used and which are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// Those neither cited nor suggested, the oldest first; those of the content folder, whose age is not known, last.
    pub unused: Vec<UsedArticle>,
    /// How many those are, shown or not.
    pub n_unused: usize,
    /// The others, the most used first.
    pub used: Vec<UsedArticle>,
}

/// An article and its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedArticle {
    /// Its title.
    pub title: String,
    /// How often it was of use, and since when it has been as it is.
    pub by: ArticleUse,
    /// The days since it was saved last; none for one that only the content folder has.
    pub age_days: Option<i64>,
}

pub(super) fn usage(sources: &Sources<'_>) -> Usage {
    let uses: BTreeMap<&str, &ArticleUse> = sources.uses.iter().map(|by| (by.article.as_str(), by)).collect();
    let articles = sources.base.articles();
    let all = articles.iter().map(|article| {
        let id = article.id.as_str();
        let unknown = || ArticleUse { article: id.to_owned(), ..ArticleUse::default() };
        let by = uses.get(id).map_or_else(unknown, |&by| by.clone());
        UsedArticle { title: article.title.clone(), age_days: age(by.saved, sources.now), by }
    });
    let (mut needed, mut unused): (Vec<_>, Vec<_>) = all.partition(|one| one.by.cited + one.by.suggested > 0);
    needed.sort_by_key(|one| std::cmp::Reverse((one.by.cited, one.by.suggested)));
    unused.sort_by_key(|one| (one.by.saved.is_none(), one.by.saved));
    let n_unused = unused.len();
    needed.truncate(sources.limit);
    unused.truncate(sources.limit);
    Usage { unused, n_unused, used: needed }
}

fn age(saved: Option<Timestamp>, now: Timestamp) -> Option<i64> {
    const SECONDS_A_DAY: i64 = 86_400;
    saved.map(|saved| now.duration_since(saved).as_secs().max(0) / SECONDS_A_DAY)
}
