//! A content folder, what is imported into it, and what is then in it.

use std::fs;
use std::path::{Path, PathBuf};

use knowledge_base::{Article, parse_article};
use models::artifact::Silent;
use service::import::fetch::Web;
use service::import::{Change, Defaults, Kind, Plan, Report, Writing, import, sources, tell};
use tempfile::TempDir;

/// A folder with a content folder and sources in it.
pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) defaults: Defaults,
    pub(crate) writing: Writing,
    pub(crate) kind: Option<Kind>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, defaults: Defaults::default(), writing: Writing::Files, kind: None }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a source, or an article of somebody's own.
    pub(crate) fn has(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Imports files and folders of this folder, or addresses.
    pub(crate) async fn imports(&self, names: &[&str]) -> Told {
        self.imports_from(&Web::default(), names).await
    }

    pub(crate) async fn imports_from(&self, web: &Web, names: &[&str]) -> Told {
        let texts: Vec<String> = names
            .iter()
            .map(|name| if name.contains("://") { (*name).into() } else { self.path(name).display().to_string() })
            .collect();
        let plan = Plan { to: self.path("content"), defaults: self.defaults.clone(), writing: self.writing };
        let sources = sources(&texts, self.kind).unwrap();
        let report = import(&plan, &sources, web, &Silent).await.unwrap();
        Told { report, plan, folder: self.folder.path().to_owned() }
    }

    /// Why importing files and folders of this folder stops.
    pub(crate) async fn fails(&self, names: &[&str]) -> String {
        let texts: Vec<String> = names.iter().map(|name| self.path(name).display().to_string()).collect();
        let plan = Plan { to: self.path("content"), defaults: self.defaults.clone(), writing: self.writing };
        let sources = sources(&texts, self.kind).unwrap();
        import(&plan, &sources, &Web::default(), &Silent).await.unwrap_err().to_string()
    }

    /// Edits an article by hand.
    #[track_caller]
    pub(crate) fn edits(&self, id: &str, from: &str, to: &str) -> &Self {
        let path = format!("content/articles/{id}.md");
        let text = fs::read_to_string(self.path(&path)).unwrap();
        assert!(text.contains(from), "{from:?} is not in {text:?}");
        self.has(&path, text.replace(from, to))
    }

    /// The article in `articles/<id>.md`.
    pub(crate) fn article(&self, id: &str) -> Article {
        let path = self.path(&format!("content/articles/{id}.md"));
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{id} is not among {:?}", self.files()));
        parse_article(id, &text).unwrap()
    }

    /// The names of all files beside the articles, without their ending.
    pub(crate) fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("content/articles")) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".md").into())
            .collect();
        names.sort();
        names
    }
}

/// What an import said.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) report: Report,
    plan: Plan,
    folder: PathBuf,
}

impl Told {
    /// Fails unless so many are new, updated, unchanged and skipped.
    #[track_caller]
    pub(crate) fn counts(&self, new: usize, updated: usize, unchanged: usize, skipped: usize) -> &Self {
        let counts = [Change::New, Change::Updated, Change::Unchanged].map(|change| self.report.count(change));
        assert_eq!((counts, self.report.skipped.len()), ([new, updated, unchanged], skipped), "{:#?}", self.report);
        self
    }

    /// Fails unless what lies at `place` was skipped for a reason that has `words` in it.
    #[track_caller]
    pub(crate) fn skips(&self, place: &str, words: &str) -> &Self {
        let shown = |shown: &str| {
            Path::new(shown).strip_prefix(&self.folder).map_or(shown.to_owned(), |path| path.display().to_string())
        };
        let found =
            self.report.skipped.iter().find(|skipped| shown(&skipped.place) == place && skipped.reason.contains(words));
        assert!(found.is_some(), "nothing at {place:?} with {words:?} was skipped: {:#?}", self.report.skipped);
        self
    }

    /// Fails unless these files, and no others, are said to have outlived their source, for these reasons.
    #[track_caller]
    pub(crate) fn withdraws(&self, files: &[(&str, &str)]) -> &Self {
        let withdrawn = &self.report.withdrawn;
        let fits = withdrawn.iter().zip(files).all(|(told, (file, words))| {
            told.file == *file && told.reason.contains(words) && told.reason.contains("delete the file")
        });
        assert!(withdrawn.len() == files.len() && fits, "{withdrawn:#?}");
        self
    }

    /// Fails unless something with these words is noted about what lies at `place`.
    #[track_caller]
    pub(crate) fn notes(&self, place: &str, words: &str) -> &Self {
        let place = if place.contains("://") { place.into() } else { self.folder.join(place).display().to_string() };
        let found = self.report.notes.iter().any(|note| note.place == place && note.text.contains(words));
        assert!(found, "nothing about {place:?} with {words:?} is noted: {:#?}", self.report.notes);
        self
    }

    /// What is written to the terminal: what somebody has to do something about, and the rest.
    pub(crate) fn said(&self) -> (String, String) {
        let (mut errors, mut out) = (Vec::new(), Vec::new());
        tell(&self.report, &self.plan, &mut errors, &mut out).unwrap();
        let shown =
            |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&format!("{}/", self.folder.display()), "");
        (shown(errors), shown(out))
    }
}
