//! Fetches pages from the web without being led astray: every name is resolved once, every address is checked before
//! it is connected to, redirects are followed by hand, and neither size nor time is left to the other side. A server
//! that asks for patience is given some.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, StatusCode};
use url::{Host, Url};

use super::guard::Guard;
use crate::http_client::{HttpClientError, pinned_http_client};

const MAX_REDIRECTS: usize = 5;
/// How often a page is asked for whose server asks for patience.
const MAX_ATTEMPTS: usize = 4;

/// How much is fetched, at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a page.
    pub page_bytes: usize,
    /// Time for a page, with all its redirects.
    pub page_time: Duration,
    /// Time that a server may have an import wait for a page, in all.
    pub patience: Duration,
    /// Pages of an import.
    pub pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (page_time, patience) = (Duration::from_secs(30), Duration::from_secs(30));
        Self { page_bytes: 10_000_000, page_time, patience, pages: 5000 }
    }
}

/// How names become addresses.
#[derive(Debug, Clone)]
pub enum Names {
    /// As the system resolves them.
    System,
    /// These and no others.
    Fixed(HashMap<String, Vec<IpAddr>>),
}

/// The web as an import sees it.
#[derive(Debug)]
pub struct Web {
    guard: Guard,
    names: Names,
    /// What is fetched, at most.
    pub limits: Limits,
    clients: Mutex<HashMap<(Host<String>, u16), Client>>,
}

/// What was fetched.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    /// Its address after all redirects.
    pub(super) url: Url,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

/// Which hosts an address may lead to.
#[derive(Debug, Clone)]
pub(super) enum Hosts {
    Any,
    Only(Vec<String>),
}

/// Why a page was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("`{0}` is neither http nor https")]
    Scheme(String),
    #[error("its address holds a user name or password, which is not sent; leave it out")]
    Credentials,
    #[error("its address names no host")]
    NoHost,
    #[error("the name `{0}` cannot be resolved: {1}")]
    Unresolved(String, io::Error),
    #[error("`{0}` is at {1}, which is no address of the public internet, and is not connected to")]
    Closed(String, IpAddr),
    #[error(
        "it leads to the host `{0}`, and only pages of the sitemap's own host are imported; give that address itself"
    )]
    OtherHost(String),
    #[error("it redirects more than {MAX_REDIRECTS} times")]
    Redirects,
    #[error("it redirects to `{0}`, which is not an address")]
    Astray(String),
    #[error("the server answers with status {0}")]
    Status(u16),
    #[error("the server answers with status {status} and asks to wait {} seconds; import again later", wait.as_secs())]
    Busy { status: u16, wait: Duration },
    #[error("the server sends it compressed as `{0}` without being asked to")]
    Encoded(String),
    #[error("it has more than {0} bytes, which is the limit")]
    TooLarge(usize),
    #[error("it takes longer than {} seconds, which is the limit", .0.as_secs_f32())]
    TooSlow(Duration),
    #[error("the connection failed: {0}")]
    Connection(String),
    #[error(transparent)]
    Client(#[from] HttpClientError),
}

impl Default for Web {
    fn default() -> Self {
        Self::new(Guard::public(), Names::System, Limits::default())
    }
}

impl Web {
    /// The web behind `guard`.
    pub fn new(guard: Guard, names: Names, limits: Limits) -> Self {
        Self { guard, names, limits, clients: Mutex::default() }
    }

    /// Fetches `url`, whose redirects may lead to `hosts`.
    pub(super) async fn fetch(&self, url: &Url, hosts: &Hosts) -> Result<Fetched, FetchError> {
        let mut patience = self.limits.patience;
        for _ in 1..MAX_ATTEMPTS {
            match self.attempt(url, hosts).await {
                Err(FetchError::Busy { wait, .. }) if wait <= patience => {
                    patience -= wait;
                    tokio::time::sleep(wait).await;
                }
                done => return done,
            }
        }
        self.attempt(url, hosts).await
    }

    async fn attempt(&self, url: &Url, hosts: &Hosts) -> Result<Fetched, FetchError> {
        let limit = self.limits.page_time;
        tokio::time::timeout(limit, self.follow(url.clone(), hosts)).await.unwrap_or(Err(FetchError::TooSlow(limit)))
    }

    async fn follow(&self, mut url: Url, hosts: &Hosts) -> Result<Fetched, FetchError> {
        url.set_fragment(None);
        for _ in 0..=MAX_REDIRECTS {
            let client = self.client(&url, hosts).await?;
            let response = client.get(url.clone()).send().await.map_err(failure)?;
            let status = response.status();
            if status.is_redirection() && status.as_u16() != 304 {
                let place = response.headers().get(header::LOCATION).map(|place| place.as_bytes().to_vec());
                let place = String::from_utf8_lossy(&place.unwrap_or_default()).into_owned();
                url = url.join(&place).ok().filter(|_| !place.is_empty()).ok_or(FetchError::Astray(place))?;
                continue;
            }
            if let Some(wait) = wait(status, response.headers()) {
                return Err(FetchError::Busy { status: status.as_u16(), wait });
            }
            if status.as_u16() != 200 {
                return Err(FetchError::Status(status.as_u16()));
            }
            return self.body(url, response).await;
        }
        Err(FetchError::Redirects)
    }

    async fn body(&self, url: Url, mut response: reqwest::Response) -> Result<Fetched, FetchError> {
        let text_of = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_lowercase()
        };
        let (encoding, content_type) = (text_of(header::CONTENT_ENCODING), text_of(header::CONTENT_TYPE));
        if !encoding.is_empty() && encoding != "identity" {
            return Err(FetchError::Encoded(encoding));
        }
        let limit = self.limits.page_bytes;
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(FetchError::TooLarge(limit));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if bytes.len() + chunk.len() > limit {
                return Err(FetchError::TooLarge(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched { url, content_type, bytes })
    }

    /// A client that can reach nothing but the checked addresses of this host.
    async fn client(&self, url: &Url, hosts: &Hosts) -> Result<Client, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Credentials);
        }
        let host = url.host().ok_or(FetchError::NoHost)?.to_owned();
        let port = url.port_or_known_default().ok_or(FetchError::NoHost)?;
        if let Hosts::Only(hosts) = hosts
            && !hosts.contains(&host.to_string())
        {
            return Err(FetchError::OtherHost(host.to_string()));
        }
        let key = (host.clone(), port);
        let known = self.clients.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(client) = known {
            return Ok(client);
        }
        let addresses = self.names.resolve(&host, port).await?;
        if let Some(closed) = addresses.iter().find(|address| !self.guard.allows(**address)) {
            return Err(FetchError::Closed(host.to_string(), closed.ip()));
        }
        // The limit on the whole is kept by `fetch`; the client's own only has to be longer.
        let client = pinned_http_client(self.limits.page_time * 2, Arc::new(Pinned(addresses)))?;
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).insert(key, client.clone());
        Ok(client)
    }
}

impl Names {
    async fn resolve(&self, host: &Host<String>, port: u16) -> Result<Vec<SocketAddr>, FetchError> {
        let name = match host {
            Host::Ipv4(address) => return Ok(vec![(*address, port).into()]),
            Host::Ipv6(address) => return Ok(vec![(*address, port).into()]),
            Host::Domain(name) => name,
        };
        let unresolved = |error| FetchError::Unresolved(name.clone(), error);
        let addresses: Vec<SocketAddr> = match self {
            Self::System => tokio::net::lookup_host((name.as_str(), port)).await.map_err(unresolved)?.collect(),
            Self::Fixed(names) => {
                names.get(name).into_iter().flatten().map(|address| (*address, port).into()).collect()
            }
        };
        if addresses.is_empty() {
            return Err(unresolved(io::Error::new(io::ErrorKind::NotFound, "it has no address")));
        }
        Ok(addresses)
    }
}

/// How long a server that cannot answer now asks to wait: seconds, or until a time by its own clock.
fn wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let said = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let after = said(header::RETRY_AFTER)?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = |text: &str| rfc2822::parse(text).ok().map(|time| time.timestamp().as_second());
    let seconds = time(after)? - time(said(header::DATE)?)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

/// Answers with addresses that were checked, whatever name is asked for.
struct Pinned(Vec<SocketAddr>);

impl Resolve for Pinned {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// The innermost cause, which says most; the outer ones repeat the address.
fn failure(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    FetchError::Connection(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_how_long_to_wait_in_seconds_or_by_its_clock() {
        let headers = |after: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, after.parse().unwrap());
            headers.insert(header::DATE, "Wed, 21 Oct 2026 07:28:00 GMT".parse().unwrap());
            headers
        };
        for (after, seconds) in [
            ("7", Some(7)),
            ("Wed, 21 Oct 2026 07:28:09 GMT", Some(9)),
            ("Wed, 21 Oct 2026 07:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let wait = wait(StatusCode::TOO_MANY_REQUESTS, &headers(after));
            assert_eq!(wait.map(|wait| wait.as_secs()), seconds, "{after}");
        }
        assert_eq!(wait(StatusCode::BAD_GATEWAY, &headers("7")), None);
        assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new()), None);
    }
}
