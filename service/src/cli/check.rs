//! `frontdesk check`: every problem of settings and content at once, before they are used.

use std::path::Path;
use std::process::ExitCode;

use knowledge_base::Content;

use crate::assistant;
use crate::config::Config;

/// Checks the content of `folder`, or the configured one. The settings were checked by being read.
pub fn check(config: &Config, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let folder = folder.or(config.content_dir.as_deref());
    let content = folder.map_or_else(Content::embedded, Content::from_dir);
    let problems = match content {
        Ok(content) => {
            let problems = assistant::check(&content);
            if problems.is_empty() {
                println!("{}", summary(&content));
                return Ok(ExitCode::SUCCESS);
            }
            problems
        }
        Err(problems) => problems,
    };
    for problem in &problems {
        eprintln!("{problem}");
    }
    eprintln!("{} problem{} found", problems.len(), if problems.len() == 1 { "" } else { "s" });
    Ok(ExitCode::FAILURE)
}

fn summary(content: &Content) -> String {
    format!(
        "{} articles, {} intents, {} signals and {} flows: no problem found",
        content.articles.len(),
        content.intents.len(),
        content.signals.len(),
        content.flows.len()
    )
}
