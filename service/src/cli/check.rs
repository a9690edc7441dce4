//! `frontdesk check`: every problem of settings and content at once, before they are used.

use std::path::Path;
use std::process::ExitCode;

use knowledge_base::Content;
use models::artifact::directory;

use crate::assistant::{self, Settings, doubts};
use crate::config::{Config, ConfigError};

/// Checks the settings, and the content of `folder` or the configured one.
pub fn check(file: Option<&Path>, folder: Option<&Path>) -> ExitCode {
    let config = Config::load(file);
    let configured = config.as_ref().ok().and_then(|config| config.content_dir.clone());
    let content = folder.or(configured.as_deref()).map_or_else(Content::embedded, Content::from_dir);
    let mut problems: Vec<String> = Vec::new();
    match &config {
        Ok(config) => problems.extend(encoder_problem(config)),
        Err(ConfigError(found)) => problems.extend(found.iter().map(ToString::to_string)),
    }
    match &content {
        Ok(content) => problems.extend(assistant::check(content).iter().map(ToString::to_string)),
        Err(found) => problems.extend(found.iter().map(ToString::to_string)),
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    let usual = Settings::default();
    let languages = config.as_ref().map_or(&usual.languages, |config| &config.languages);
    for doubt in content.iter().flat_map(|content| doubts(&content.intents, languages, usual.thresholds.language)) {
        eprintln!("intents.toml:{}: warning: {doubt}", doubt.line);
    }
    match content {
        Ok(content) if problems.is_empty() => {
            println!("{}", summary(&content));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{} problem{} found", problems.len(), if problems.len() == 1 { "" } else { "s" });
            ExitCode::FAILURE
        }
    }
}

/// What is wrong with the folder of another encoder, where one is set.
fn encoder_problem(config: &Config) -> Option<String> {
    let folder = config.model.other_dir.as_ref()?;
    directory::read(folder, config.model.prefixes.clone()).err().map(|error| error.to_string())
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
