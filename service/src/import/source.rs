//! Sources as they are given on the command line: addresses, files and folders, each of one kind.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use super::addresses::is_address;
use super::kind::{self, Kind};

/// Something to import from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A Markdown or HTML file, or a folder of them.
    Documents(PathBuf),
    /// Questions and answers.
    Csv(PathBuf),
    /// A sitemap or a page.
    Web(Url),
    /// A file with addresses.
    Addresses(PathBuf),
    /// An export of Zendesk's articles.
    Zendesk(PathBuf),
    /// An export of Chatwoot's articles.
    Chatwoot(PathBuf),
}

/// Why something is no source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is not there.
    #[error("there is no file or folder `{0}`; an address begins with http:// or https://")]
    Missing(String),
    /// It cannot be read.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, io::Error),
    /// It is not a valid address.
    #[error("`{0}` is not a web address; write one such as https://shop.example/sitemap.xml")]
    NoAddress(String),
    /// Nothing tells what it is.
    #[error("cannot tell what `{0}` is; say so by --kind documents, csv, addresses, zendesk or chatwoot")]
    Unknown(String),
    /// It would be an export if it were not broken.
    #[error("cannot tell what `{0}` is: {1}; export it again, or say what it is by --kind")]
    Broken(String, String),
    /// It is not of the kind that was said.
    #[error("`{0}` cannot be of the kind {1}, which is {2}")]
    WrongKind(String, &'static str, &'static str),
}

/// The sources that `texts` name, all of them of the kind `forced` if there is one.
pub fn sources(texts: &[String], forced: Option<Kind>) -> Result<Vec<Source>, SourceError> {
    texts.iter().map(|text| source(text, forced)).collect()
}

fn source(text: &str, forced: Option<Kind>) -> Result<Source, SourceError> {
    if is_address(text) {
        let url = Url::parse(text).map_err(|_| SourceError::NoAddress(text.to_owned()))?;
        return match forced {
            None | Some(Kind::Web) => Ok(Source::Web(url)),
            Some(_) => Err(SourceError::WrongKind(text.to_owned(), "you gave", "one of files; leave --kind out")),
        };
    }
    let path = Path::new(text);
    if !path.exists() {
        return Err(SourceError::Missing(text.to_owned()));
    }
    let kind = match forced {
        Some(kind) => Some(kind),
        None => kind::of_path(path).map_err(|error| SourceError::Unreadable(text.to_owned(), error))?,
    };
    let path = path.to_owned();
    match kind {
        Some(Kind::Web) => {
            Err(SourceError::WrongKind(text.to_owned(), "web", "an address such as https://shop.example"))
        }
        Some(kind) if kind != Kind::Documents && path.is_dir() => {
            Err(SourceError::WrongKind(text.to_owned(), "you gave", "one of files; give the files in the folder"))
        }
        Some(Kind::Documents) => Ok(Source::Documents(path)),
        Some(Kind::Csv) => Ok(Source::Csv(path)),
        Some(Kind::Addresses) => Ok(Source::Addresses(path)),
        Some(Kind::Zendesk) => Ok(Source::Zendesk(path)),
        Some(Kind::Chatwoot) => Ok(Source::Chatwoot(path)),
        None => Err(match kind::json_flaw(&path) {
            Some(flaw) => SourceError::Broken(text.to_owned(), flaw),
            None => SourceError::Unknown(text.to_owned()),
        }),
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(url) => url.fmt(f),
            Self::Documents(path)
            | Self::Csv(path)
            | Self::Addresses(path)
            | Self::Zendesk(path)
            | Self::Chatwoot(path) => path.display().fmt(f),
        }
    }
}
