//! Brings help content that exists elsewhere into a content folder, and brings it again when it has changed. Readers
//! turn each kind of source into drafts; the shelf decides what becomes of each; only then is anything written.

mod addresses;
mod charset;
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
mod ledger;
mod markdown;
mod marks;
mod origin;
mod page;
mod report;
mod shelf;
mod sitemap;
mod source;
mod tell;
mod web;
mod withdrawn;
mod write;
mod yaml;
mod zendesk;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use models::artifact::{Progress, Unit};

use self::documents::Found;
use self::draft::{Reading, Standing};
use self::export::{Export, ExportPage};
use self::fetch::Web;
use self::origin::Origin;
use self::shelf::Refused;
use self::withdrawn::{Listing, Reach};

pub use draft::{Draft, Item, Note, Skipped};
pub use id::article_id;
pub use kind::Kind;
pub use report::{Changed, PassedOver, Report, Withdrawn};
pub use shelf::{Change, Defaults};
pub use source::{Source, SourceError, sources};
pub use tell::tell;

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
    /// What earlier imports wrote could not be read.
    #[error(
        "cannot read {}, where it is kept what earlier imports wrote: {error}; mend it, or delete it, and then articles \
         that differ from their source are skipped instead of updated", file.display()
    )]
    Ledger {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
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
    let mut report = Report::default();
    report.notes.extend(made(plan)?);
    let ledger =
        write::ledger(&plan.to).map_err(|error| ImportError::Ledger { file: write::ledger_file(&plan.to), error })?;
    let shelf = write::shelf(&plan.to, plan.defaults.clone(), ledger)
        .map_err(|error| ImportError::Content { folder: plan.to.clone(), error })?;
    let origin = Origin::new(&plan.to);
    let (listings, pages, seen) = (Vec::new(), Vec::new(), HashSet::new());
    let mut run = Run { plan, shelf, report, origin, listings, pages, seen, progress, done: 0 };
    for source in sources {
        let read = run.source(source, web).await;
        run.keep()?;
        read?;
    }
    Ok(run.finished())
}

/// Makes the folder to write into, and says so: a name that was mistyped would be a new folder too.
fn made(plan: &Plan) -> Result<Option<Note>, ImportError> {
    let is_new = !plan.to.exists();
    let folder = plan.to.display().to_string();
    if plan.writing == Writing::Nothing {
        return Ok(is_new.then(|| Note::new(folder, "there is no such folder; it would be made")));
    }
    std::fs::create_dir_all(write::articles(&plan.to))
        .map_err(|error| ImportError::Write { file: write::articles(&plan.to), error })?;
    Ok(is_new.then(|| Note::new(folder, "there was no such folder, so it was made")))
}

/// An import under way.
struct Run<'a> {
    plan: &'a Plan,
    shelf: shelf::Shelf,
    report: Report,
    origin: Origin,
    /// What was listed until now; the last of them is being read.
    listings: Vec<Listing>,
    /// The pages of exports that were read.
    pages: Vec<ExportPage>,
    /// The sources that were met.
    seen: HashSet<String>,
    progress: &'a dyn Progress,
    done: u64,
}

impl Run<'_> {
    async fn source(&mut self, source: &Source, web: &Web) -> Result<(), ImportError> {
        let name = source.to_string();
        match source {
            Source::Documents(path) => {
                self.lists(&name, self.origin.of(path), Reach::Files);
                self.documents(path)
            }
            Source::Csv(path) => {
                let origin = self.origin.of(path);
                let reading = csv::read(path, &origin);
                self.lists(&name, origin, Reach::Rows);
                self.readings(&name, reading.items.len(), std::iter::once(reading))
            }
            Source::Zendesk(path) => self.export(path, zendesk::read(path)),
            Source::Chatwoot(path) => self.export(path, chatwoot::read(path)),
            Source::Web(url) => {
                self.lists(&name, name.clone(), Reach::Noted);
                self.pages(web::Pages::of_address(web, url).await, web).await
            }
            Source::Addresses(path) => {
                self.lists(&name, self.origin.of(path), Reach::Noted);
                self.pages(web::Pages::of_list(path, web), web).await
            }
        }
    }

    fn lists(&mut self, name: &str, from: String, reach: Reach) {
        self.listings.push(Listing { name: name.to_owned(), from, reach, is_whole: true });
    }

    fn documents(&mut self, path: &Path) -> Result<(), ImportError> {
        let found = documents::list(path, &self.origin.articles()).unwrap_or_else(|error| Found {
            skipped: vec![Skipped::new(path.display().to_string(), format!("cannot be read: {error}"))],
            ..Found::default()
        });
        self.report.skipped.extend(found.skipped);
        self.report.passed_over.extend(found.passed_over);
        let origins: Vec<String> = found.files.iter().map(|file| self.origin.of(file)).collect();
        let readings = found.files.iter().zip(&origins).map(|(file, origin)| documents::read(file, origin));
        self.readings(&path.display().to_string(), origins.len(), readings)
    }

    fn export(&mut self, path: &Path, export: Export) -> Result<(), ImportError> {
        let name = path.display().to_string();
        self.lists(&name, self.origin.of(path), Reach::Noted);
        self.pages.extend(export.pages);
        let reading = Reading { items: export.items, notes: Vec::new() };
        self.readings(&name, reading.items.len(), std::iter::once(reading))
    }

    fn readings(
        &mut self,
        what: &str,
        total: usize,
        readings: impl Iterator<Item = Reading>,
    ) -> Result<(), ImportError> {
        self.started(what, total);
        for reading in readings {
            self.take(reading)?;
        }
        self.progress.ended();
        Ok(())
    }

    async fn pages(&mut self, pages: web::Pages, web: &Web) -> Result<(), ImportError> {
        for skipped in pages.skipped.iter().cloned() {
            self.skip(skipped);
        }
        self.started(&pages.name, pages.len());
        let mut readings = pages.readings(web);
        while let Some(reading) = readings.next().await {
            self.take(reading)?;
        }
        self.progress.ended();
        Ok(())
    }

    fn started(&mut self, what: &str, total: usize) {
        self.done = 0;
        self.progress.started(what, 0, total as u64, Unit::Articles);
    }

    fn take(&mut self, reading: Reading) -> Result<(), ImportError> {
        self.report.notes.extend(reading.notes);
        for item in reading.items {
            self.done += 1;
            self.progress.advanced(self.done);
            match item {
                Ok(draft) => self.place(draft)?,
                Err(skipped) => self.skip(skipped),
            }
        }
        Ok(())
    }

    fn skip(&mut self, skipped: Skipped) {
        match &skipped.standing {
            Standing::Unknown => {
                if let Some(listing) = self.listings.last_mut() {
                    listing.is_whole = false;
                }
            }
            Standing::There(source) => {
                self.seen.insert(source.clone());
            }
            Standing::Withdrawn { source, how } => {
                self.seen.insert(source.clone());
                let held = self.shelf.imported().find(|(_, named, _)| named == source);
                self.report.withdrawn.extend(held.map(|(file, ..)| withdrawn::withdrawn(file, source, how)));
            }
        }
        self.report.skipped.push(skipped);
    }

    fn place(&mut self, draft: Draft) -> Result<(), ImportError> {
        self.seen.insert(draft.source.clone());
        let from = self.listings.last().map(|listing| listing.from.clone()).unwrap_or_default();
        let placed = match self.shelf.place(draft, &from) {
            Ok(placed) => placed,
            Err(Refused::Skipped(skipped)) => {
                self.skip(skipped);
                return Ok(());
            }
            Err(Refused::Duplicate(duplicate)) => {
                self.report.duplicates.push(duplicate);
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

    /// Keeps what is known of the articles, after each source: what an import that is broken off has written stays known.
    fn keep(&self) -> Result<(), ImportError> {
        if self.plan.writing == Writing::Nothing {
            return Ok(());
        }
        write::keep(&self.plan.to, self.shelf.ledger())
            .map_err(|error| ImportError::Write { file: write::ledger_file(&self.plan.to), error })
    }

    fn finished(mut self) -> Report {
        self.report.notes.extend(export::unfinished(&self.pages));
        for listing in &mut self.listings {
            listing.is_whole &= !export::is_unfinished(&listing.name, &self.pages);
        }
        self.report.withdrawn.extend(withdrawn::lost(&self.shelf, &self.listings, &self.seen, &self.origin));
        self.report
    }
}
