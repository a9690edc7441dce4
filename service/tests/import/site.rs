//! A web site played by a strict server: it knows its pages, refuses what no importer should send, and notes what it
//! was asked for.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use service::import::fetch::{Limits, Names, Web};
use service::import::guard::Guard;
use tokio::net::TcpListener;

/// What a page without end is made of.
const MORE: &str = match std::str::from_utf8(&[b'x'; 8192]) {
    Ok(text) => text,
    Err(_) => unreachable!(),
};

pub(crate) const HOST: &str = "help.example";

/// What the site has at an address.
#[derive(Clone)]
pub(crate) enum Page {
    Is(&'static str, Vec<u8>),
    Redirects(String),
    Fails(u16),
    /// So many times this status and so long to wait, and then this page.
    Busy(u16, usize, &'static str, Box<Page>),
    /// Bytes without end.
    Endless,
    /// A byte, and then nothing for ever.
    Stalls,
    Encoded,
}

impl Page {
    pub(crate) fn html(text: &str) -> Self {
        Self::Is("text/html; charset=utf-8", text.into())
    }
}

#[derive(Clone, Default)]
struct Played {
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

pub(crate) struct Site {
    address: SocketAddr,
    played: Played,
    pub(crate) limits: Limits,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let played = Played::default();
        let app = Router::new().fallback(answer).with_state(played.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let (page_time, patience) = (Duration::from_secs(10), Duration::from_secs(5));
        let limits = Limits { page_bytes: 100_000, page_time, patience, pages: 20 };
        Self { address, played, limits }
    }

    pub(crate) fn has(&self, path: &str, page: Page) -> &Self {
        self.played.pages.lock().unwrap().insert(path.into(), page);
        self
    }

    /// A sitemap of these pages of this site.
    pub(crate) fn lists(&self, path: &str, pages: &[&str]) -> &Self {
        let places: Vec<String> =
            pages.iter().map(|page| format!("<url><loc>{}</loc></url>", self.place(page))).collect();
        let text =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"s\">{}</urlset>", places.concat());
        self.has(path, Page::Is("application/xml", text.into()))
    }

    /// An address on this site; a whole address stays as it is.
    pub(crate) fn place(&self, path: &str) -> String {
        if path.contains("://") { path.into() } else { format!("http://{HOST}:{}{path}", self.address.port()) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What was asked for, in order of addresses.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = self.played.asked.lock().unwrap().clone();
        asked.sort();
        asked
    }

    /// The web in which this site is, and may be reached, and no other name leads to an address that may.
    pub(crate) fn web(&self) -> Web {
        let here = self.address.ip();
        let metadata: IpAddr = "169.254.169.254".parse().unwrap();
        let names = [
            (HOST, vec![here]),
            ("www.help.example", vec![here]),
            ("inside.example", vec![metadata]),
            ("both.example", vec![here, metadata]),
        ];
        let names = names.map(|(name, addresses)| (name.to_owned(), addresses)).into();
        Web::new(Guard::public_and(vec![self.address]), Names::Fixed(names), self.limits)
    }
}

async fn answer(State(played): State<Played>, request: Request) -> Response {
    for name in [header::COOKIE, header::AUTHORIZATION, header::REFERER, header::ACCEPT_ENCODING] {
        assert!(!request.headers().contains_key(&name), "{name} was sent");
    }
    assert!(request.headers()[header::USER_AGENT].to_str().unwrap().starts_with("frontdesk/"));
    let path = request.uri().path_and_query().unwrap().to_string();
    played.asked.lock().unwrap().push(path.clone());
    let page = played.pages.lock().unwrap().get(&path).cloned();
    if let Some(Page::Busy(status, times, after, then)) = page {
        let next = if times > 1 { Page::Busy(status, times - 1, after, then) } else { *then };
        played.pages.lock().unwrap().insert(path, next);
        return (StatusCode::from_u16(status).unwrap(), [(header::RETRY_AFTER, after)]).into_response();
    }
    let bytes = |text: &'static str| Ok::<_, std::convert::Infallible>(Bytes::from(text));
    let html = [(header::CONTENT_TYPE, "text/html"), (header::SET_COOKIE, "visitor=1")];
    match page {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Page::Is(kind, body)) => {
            ([(header::CONTENT_TYPE, kind), (header::SET_COOKIE, "visitor=1")], body).into_response()
        }
        Some(Page::Redirects(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Page::Fails(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Page::Endless) => (html, Body::from_stream(stream::repeat_with(move || bytes(MORE)))).into_response(),
        Some(Page::Stalls) => {
            let stalling = stream::iter([bytes("<")]).chain(stream::pending());
            (html, Body::from_stream(stalling)).into_response()
        }
        Some(Page::Busy(..)) => unreachable!("it is answered above"),
        Some(Page::Encoded) => {
            ([(header::CONTENT_ENCODING, "gzip"), (header::CONTENT_TYPE, "text/html")], vec![0x1f, 0x8b])
                .into_response()
        }
    }
}
