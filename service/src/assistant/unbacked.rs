//! Intents that are left without an article they name, because somebody deleted it or hid it from contacts since the
//! content was read.

use knowledge_base::{Article, ArticleId, Audience, IntentAction};

use super::Assistant;

/// An intent, and an article that it names and contacts cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbacked {
    /// The intent's name.
    pub intent: String,
    /// The article.
    pub article: ArticleId,
}

impl Assistant {
    /// Intents and articles they name that are gone or for agents only, where `article` tells what is there.
    pub fn unbacked<A: AsRef<Article>>(&self, article: impl Fn(&ArticleId) -> Option<A>) -> Vec<Unbacked> {
        let is_shown = |id: &ArticleId| article(id).is_some_and(|found| found.as_ref().audience == Audience::Public);
        let mut unbacked = Vec::new();
        for spec in self.intents() {
            let IntentAction::Answer(named) = &spec.action else { continue };
            let missing = named.iter().filter(|id| !is_shown(id));
            unbacked.extend(missing.map(|id| Unbacked { intent: spec.name.clone(), article: id.clone() }));
        }
        unbacked
    }
}
