//! Help centres as their file has them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use knowledge_base::{Article, ArticleId, Audience, Validity};
use serde::Deserialize;

/// A help centre: its articles, and what is asked there.
#[derive(Default)]
pub(crate) struct Centre {
    pub(crate) articles: Vec<Article>,
    /// Questions with the article that answers; none where nothing does.
    pub(crate) questions: Vec<(String, Option<ArticleId>)>,
}

#[derive(Deserialize)]
struct Row {
    centre: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum What {
    Article { article: String, title: String, body: String },
    Answered { question: String, article: String },
    NearMiss { question: String },
}

/// The centres by name.
pub(crate) fn read(file: &Path) -> Result<BTreeMap<String, Centre>, Box<dyn Error>> {
    let content = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut centres: BTreeMap<String, Centre> = BTreeMap::new();
    for (at, line) in content.lines().enumerate() {
        let bad = |error: &dyn std::fmt::Display| format!("{}:{}: {error}", file.display(), at + 1);
        let Row { centre, what } = serde_json::from_str(line).map_err(|error| bad(&error))?;
        let centre = centres.entry(centre).or_default();
        match what {
            What::Article { article, title, body } => {
                let id = ArticleId::new(&article).map_err(|error| bad(&error))?;
                centre.articles.push(written(id, title, body));
            }
            What::Answered { question, article } => {
                let id = ArticleId::new(&article).map_err(|error| bad(&error))?;
                centre.questions.push((question, Some(id)));
            }
            What::NearMiss { question } => centre.questions.push((question, None)),
        }
    }
    Ok(centres)
}

fn written(id: ArticleId, title: String, body: String) -> Article {
    Article {
        id,
        title,
        locale: "en".into(),
        tags: Vec::new(),
        audience: Audience::Public,
        questions: Vec::new(),
        source: None,
        validity: Validity::default(),
        body,
        version: 1,
    }
}
