//! Pages of the web: which there are, and fetching a few at a time in the order they are listed.

use std::collections::HashSet;
use std::path::Path;

use futures::stream::{self, Stream, StreamExt};
use url::Url;

use super::addresses;
use super::charset::{self, Said};
use super::documents::{self, Format, text_of};
use super::draft::{Note, Reading, Skipped};
use super::export::MAX_BYTES;
use super::fetch::{FetchError, Fetched, Hosts, Web};
use super::sitemap::{self, Sitemap};

/// Pages fetched at once; a site that is being read should not notice.
const AT_ONCE: usize = 4;
/// Sitemaps of one index.
const MAX_SITEMAPS: usize = 500;

/// Pages that are to be read.
pub(super) struct Pages {
    /// Where they are listed.
    pub(super) name: String,
    /// What is listed and is not to be read.
    pub(super) skipped: Vec<Skipped>,
    urls: Vec<Url>,
    hosts: Hosts,
    /// The page itself, where an address was one.
    fetched: Option<Fetched>,
}

impl Pages {
    /// The pages of an address: those of a sitemap, or the one page it is.
    pub(super) async fn of_address(web: &Web, url: &Url) -> Self {
        let mut pages = Self::none(url.to_string());
        let fetched = match web.fetch(url, &Hosts::Any).await {
            Ok(fetched) => fetched,
            Err(error) => {
                pages.skipped.push(unfetched(url, &error));
                return pages;
            }
        };
        match sitemap_in(web, &fetched) {
            Ok(None) => {
                pages.urls.push(url.clone());
                pages.fetched = Some(fetched);
            }
            Ok(Some(sitemap)) => {
                let hosts = [url, &fetched.url].into_iter().filter_map(Url::host_str).map(str::to_owned).collect();
                pages.hosts = Hosts::Only(hosts);
                pages.listed(web, sitemap).await;
                pages.cut(web.limits.pages);
            }
            Err(reason) => pages.skipped.push(Skipped::new(url.as_str(), reason)),
        }
        pages
    }

    /// The pages of a file with addresses.
    pub(super) fn of_list(path: &Path, web: &Web) -> Self {
        let place = path.display().to_string();
        let mut pages = Self::none(place.clone());
        match text_of(path, MAX_BYTES) {
            Ok(text) => (pages.urls, pages.skipped) = addresses::addresses(&place, &text),
            Err(reason) => pages.skipped.push(Skipped::new(place, reason)),
        }
        pages.cut(web.limits.pages);
        pages
    }

    fn none(name: String) -> Self {
        Self { name, skipped: Vec::new(), urls: Vec::new(), hosts: Hosts::Any, fetched: None }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.urls.len()
    }

    /// Fetches and reads them, a few at a time.
    pub(super) fn readings(self, web: &Web) -> impl Stream<Item = Reading> + Unpin {
        let Self { urls, hosts, fetched, .. } = self;
        let known = fetched.map(|fetched| stream::iter([page(&urls[0], fetched)]));
        let rest = if known.is_some() { Vec::new() } else { urls };
        let fetching = stream::iter(rest).map(move |url| {
            let hosts = hosts.clone();
            async move {
                match web.fetch(&url, &hosts).await {
                    Ok(fetched) => page(&url, fetched),
                    Err(error) => Err(unfetched(&url, &error)).into(),
                }
            }
        });
        Box::pin(stream::iter(known).flatten().chain(fetching.buffered(AT_ONCE)))
    }

    /// The pages of a sitemap, or of those that it lists.
    async fn listed(&mut self, web: &Web, sitemap: Sitemap) {
        let mut seen = HashSet::new();
        let sitemaps = match sitemap {
            Sitemap::Pages(places) => return self.add(places, &mut seen),
            Sitemap::Sitemaps(places) => places,
        };
        if sitemaps.len() > MAX_SITEMAPS {
            let reason = format!("it lists {} sitemaps; only the first {MAX_SITEMAPS} are read", sitemaps.len());
            self.skipped.push(Skipped::new(&self.name, reason));
        }
        for place in sitemaps.into_iter().take(MAX_SITEMAPS) {
            if self.urls.len() > web.limits.pages {
                break;
            }
            match inner_sitemap(web, &place, &self.hosts).await {
                Ok(places) => self.add(places, &mut seen),
                Err(reason) => self.skipped.push(Skipped::new(place, reason)),
            }
        }
    }

    fn add(&mut self, places: Vec<String>, seen: &mut HashSet<Url>) {
        for place in places {
            match Url::parse(&place) {
                Ok(mut url) => {
                    url.set_fragment(None);
                    if seen.insert(url.clone()) {
                        self.urls.push(url);
                    }
                }
                Err(_) => self.skipped.push(Skipped::new(place, "it is listed and is not an address")),
            }
        }
    }

    fn cut(&mut self, limit: usize) {
        if self.urls.len() > limit {
            let reason = format!("it lists {} pages; only the first {limit} are imported", self.urls.len());
            self.skipped.push(Skipped::new(&self.name, reason));
            self.urls.truncate(limit);
        }
    }
}

async fn inner_sitemap(web: &Web, place: &str, hosts: &Hosts) -> Result<Vec<String>, String> {
    let url = Url::parse(place).map_err(|_| "it is listed as a sitemap and is not an address")?;
    let fetched = web.fetch(&url, hosts).await.map_err(|error| error.to_string())?;
    match sitemap_in(web, &fetched)? {
        Some(Sitemap::Pages(places)) => Ok(places),
        Some(Sitemap::Sitemaps(_)) => {
            Err("it is an index of sitemaps within another; give it as a source itself".into())
        }
        None => Err("it is listed as a sitemap and is none".into()),
    }
}

/// The sitemap that was fetched, if it is one.
fn sitemap_in(web: &Web, fetched: &Fetched) -> Result<Option<Sitemap>, String> {
    let bytes = sitemap::unpacked(fetched.bytes.clone(), web.limits.page_bytes)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if sitemap::is_sitemap(text) => sitemap::parse(text).map(Some),
        _ => Ok(None),
    }
}

/// A page that was not fetched, and whether that means that it is no more.
fn unfetched(url: &Url, error: &FetchError) -> Skipped {
    let skipped = Skipped::new(url.as_str(), error.to_string());
    match error {
        FetchError::Status(404 | 410) => skipped.withdrawing(url.as_str(), "is no longer there"),
        _ => skipped.yet_there(url.as_str()),
    }
}

/// The draft of a fetched page.
fn page(url: &Url, fetched: Fetched) -> Reading {
    let place = url.to_string();
    let skip = |reason: String| Reading::from(Err(Skipped::new(&place, reason).yet_there(&place)));
    let kind = fetched.content_type.split(';').next().unwrap_or_default().trim().to_owned();
    let is_html = matches!(kind.as_str(), "" | "text/html" | "application/xhtml+xml");
    let format = match kind.as_str() {
        "text/markdown" | "text/x-markdown" => Format::Markdown,
        _ if is_html => Format::Html,
        _ => return skip(format!("it is of the type `{kind}`, and only HTML and Markdown are read")),
    };
    let decoded = match charset::decode(fetched.bytes, Said::ContentType(&fetched.content_type)) {
        Ok(decoded) => decoded,
        Err(reason) => return skip(reason),
    };
    let name = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default();
    let whence = documents::Place { shown: &place, source: &place, name, base: Some(&fetched.url) };
    let item = documents::parse(&whence, &decoded.text, format);
    Reading { items: vec![item], notes: decoded.guess.map(|guess| Note::new(&place, guess)).into_iter().collect() }
}
