//! The client for calls to outside systems: one TLS implementation, the web's root certificates, and limits on how
//! long anything may take.

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore};

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a whole call may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    /// The TLS implementation refused its settings.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client refused its settings.
    #[error("cannot set up the client for outside systems: {0}")]
    Client(#[from] reqwest::Error),
}

/// A client that follows no redirects: they could lead a secret elsewhere. Plain `http` addresses work too, for
/// systems on the same machine.
pub fn http_client() -> Result<Client, HttpClientError> {
    http_client_with_timeout(TIMEOUT)
}

/// The same, with another limit on a whole call.
pub fn http_client_with_timeout(timeout: Duration) -> Result<Client, HttpClientError> {
    Ok(builder(timeout)?.build()?)
}

/// The same, which asks only `names` where a host is, and no proxy.
pub fn pinned_http_client(timeout: Duration, names: Arc<dyn Resolve>) -> Result<Client, HttpClientError> {
    Ok(builder(timeout)?.no_proxy().dns_resolver(names).build()?)
}

fn builder(timeout: Duration) -> Result<ClientBuilder, HttpClientError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_can_be_made() {
        http_client().unwrap();
    }
}
