//! Brings help content that exists elsewhere into a content folder, and brings it again when it has changed. Readers
//! turn each kind of source into drafts; the shelf decides what becomes of each; only then is anything written.

mod addresses;
mod chatwoot;
mod csv;
mod documents;
mod draft;
mod export;
pub mod fetch;
mod front_matter;
pub mod guard;
mod html;
mod id;
mod kind;
mod markdown;
mod origin;
mod page;
mod render;
mod report;
mod shelf;
mod sitemap;
mod source;
mod web;
mod write;
mod yaml;
mod zendesk;

use std::io;
use std::path::PathBuf;

use futures::StreamExt;
use models::artifact::{Progress, Unit};

use self::documents::Listing;
use self::fetch::Web;
use self::origin::Origin;

pub use draft::{Draft, Item, Skipped};
pub use id::article_id;
pub use kind::Kind;
pub use report::{Changed, PassedOver, Report};
pub use shelf::{Change, Defaults};
pub use source::{Source, SourceError, sources};

/// What to do with what is read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The content folder.
    pub to: PathBuf,
    /// What holds where a source does not say.
    pub defaults: Defaults,
    /// Whether anything is written.
    pub writing: Writing,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Articles are written.
    Files,
    /// It is only said what would be.
    Nothing,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The content folder could not be read.
    #[error("cannot read the articles of {}: {error}", folder.display())]
    Content {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// An article could not be written.
    #[error("cannot write {}: {error}; what was written before stays, so mend this and import again", file.display())]
    Write {
        /// Its file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Reads `sources` in order and places what they hold.
pub async fn import(
    plan: &Plan,
    sources: &[Source],
    web: &Web,
    progress: &dyn Progress,
) -> Result<Report, ImportError> {
    if plan.writing == Writing::Files {
        let made = std::fs::create_dir_all(write::articles(&plan.to));
        made.map_err(|error| ImportError::Write { file: write::articles(&plan.to), error })?;
    }
    let shelf = write::shelf(&plan.to, plan.defaults.clone())
        .map_err(|error| ImportError::Content { folder: plan.to.clone(), error })?;
    let mut run = Run { plan, shelf, report: Report::default(), progress, done: 0 };
    let origin = Origin::new(&plan.to);
    for source in sources {
        run.source(source, &origin, web).await?;
    }
    Ok(run.report)
}

/// An import under way.
struct Run<'a> {
    plan: &'a Plan,
    shelf: shelf::Shelf,
    report: Report,
    progress: &'a dyn Progress,
    done: u64,
}

impl Run<'_> {
    async fn source(&mut self, source: &Source, origin: &Origin, web: &Web) -> Result<(), ImportError> {
        match source {
            Source::Documents(path) => {
                let listing = documents::list(path, &origin.articles()).unwrap_or_else(|error| Listing {
                    skipped: vec![Skipped::new(path.display().to_string(), format!("cannot be read: {error}"))],
                    ..Listing::default()
                });
                self.report.skipped.extend(listing.skipped);
                self.report.passed_over.extend(listing.passed_over);
                let items = listing.files.iter().map(|file| documents::read(file, &origin.of(file)));
                self.items(&source.to_string(), items)
            }
            Source::Csv(path) => self.items(&source.to_string(), csv::read(path, &origin.of(path)).into_iter()),
            Source::Zendesk(path) => self.items(&source.to_string(), zendesk::read(path).into_iter()),
            Source::Chatwoot(path) => self.items(&source.to_string(), chatwoot::read(path).into_iter()),
            Source::Web(url) => self.pages(web::Pages::of_address(web, url).await, web).await,
            Source::Addresses(path) => self.pages(web::Pages::of_list(path, web), web).await,
        }
    }

    fn items(&mut self, what: &str, items: impl ExactSizeIterator<Item = Item>) -> Result<(), ImportError> {
        self.started(what, items.len());
        for item in items {
            self.take(item)?;
        }
        self.progress.ended();
        Ok(())
    }

    async fn pages(&mut self, pages: web::Pages, web: &Web) -> Result<(), ImportError> {
        self.report.skipped.extend(pages.skipped.iter().cloned());
        self.started(&pages.name, pages.len());
        let mut items = pages.items(web);
        while let Some(item) = items.next().await {
            self.take(item)?;
        }
        self.progress.ended();
        Ok(())
    }

    fn started(&mut self, what: &str, total: usize) {
        self.done = 0;
        self.progress.started(what, 0, total as u64, Unit::Articles);
    }

    fn take(&mut self, item: Item) -> Result<(), ImportError> {
        self.done += 1;
        self.progress.advanced(self.done);
        let placed = match item.and_then(|draft| self.shelf.place(draft)) {
            Ok(placed) => placed,
            Err(skipped) => {
                self.report.skipped.push(skipped);
                return Ok(());
            }
        };
        if placed.change == Change::Unchanged {
            self.report.unchanged += 1;
            return Ok(());
        }
        if self.plan.writing == Writing::Files {
            write::write(&self.plan.to, &placed.file, &placed.text).map_err(|error| ImportError::Write {
                file: write::articles(&self.plan.to).join(&placed.file),
                error,
            })?;
        }
        let shelf::Placed { change, file, source, .. } = placed;
        self.report.changes.push(Changed { change, file, source });
        Ok(())
    }
}
