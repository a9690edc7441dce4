//! Fetches files from a model hub over HTTPS, going on where an interrupted fetch stopped.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::RANGE;

use super::check;
use super::manifest::{Manifest, ManifestFile};
use super::progress::{Progress, Unit};

/// Long enough for a slow network, short enough for a start without one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// A connection that delivers nothing for this long is dead.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Why the hub did not give a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum HubError {
    #[error("the TLS client cannot be set up: {0}")]
    Tls(String),
    #[error("{file}: {}", with_causes(.source))]
    Request { file: String, source: reqwest::Error },
    #[error("{file}: the server answered {status}")]
    Status { file: String, status: StatusCode },
    #[error("{file}: the server sends more than the {size} bytes of the manifest")]
    TooLong { file: String, size: u64 },
    #[error("{file}: the connection broke after {done} of {size} bytes; start again to go on from there")]
    Interrupted { file: String, done: u64, size: u64 },
    #[error("{0}")]
    Check(String),
    #[error("{file} cannot be written: {source}")]
    Write { file: String, source: std::io::Error },
}

/// A chain of causes in one line: reqwest names the address first and the reason last.
fn with_causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Brings every file of the manifest that `folder` lacks into it.
pub(super) fn fetch(
    manifest: &Manifest,
    base_url: &str,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), HubError> {
    let base_url = base_url.trim_end_matches('/');
    // The blocking client owns a runtime that may not be dropped on a thread of another one.
    std::thread::scope(|scope| {
        let fetching = scope.spawn(|| {
            let client = client()?;
            // Smallest first: an unreachable or wrong hub is noticed at once.
            for file in manifest.files().into_iter().rev() {
                if check::file(file, &folder.join(&file.file)).is_err() {
                    let url = format!("{base_url}/{}/resolve/{}/{}", manifest.repository, manifest.revision, file.file);
                    fetch_file(&client, &url, file, folder, progress)?;
                }
            }
            Ok(())
        });
        fetching.join().unwrap_or_else(|_| Err(HubError::Tls("the fetching thread failed".to_owned())))
    })
}

fn client() -> Result<Client, HubError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // The machine's own authorities too: a private mirror is often signed by one.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| HubError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(STALL_TIMEOUT)
        .build()
        .map_err(|error| HubError::Tls(with_causes(&error)))
}

fn fetch_file(
    client: &Client,
    url: &str,
    file: &ManifestFile,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), HubError> {
    let part = folder.join(format!("{}.part", file.file));
    let have = fs::metadata(&part).map_or(0, |metadata| metadata.len());
    let have = if have < file.size { have } else { 0 };
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
    }
    let response = request.send().map_err(|source| HubError::Request { file: file.file.clone(), source })?;
    let start = match response.status() {
        StatusCode::PARTIAL_CONTENT => have,
        StatusCode::OK => 0,
        status => {
            return Err(HubError::Status { file: file.file.clone(), status });
        }
    };
    progress.started(&file.file, start, file.size, Unit::Bytes);
    let copied = copy(response, &part, start, file, progress);
    progress.ended();
    copied?;
    check::promote(file, &part, folder).map_err(HubError::Check)
}

fn copy(
    mut response: Response,
    part: &Path,
    start: u64,
    file: &ManifestFile,
    progress: &dyn Progress,
) -> Result<(), HubError> {
    let name = || file.file.clone();
    let write = |source| HubError::Write { file: name(), source };
    let mut output = File::options().create(true).write(true).truncate(false).open(part).map_err(write)?;
    output.set_len(start).map_err(write)?;
    std::io::Seek::seek(&mut output, std::io::SeekFrom::Start(start)).map_err(write)?;
    let mut done = start;
    let mut buffer = vec![0; 1 << 16];
    while done < file.size {
        let n = response.read(&mut buffer).unwrap_or(0);
        if n == 0 {
            return Err(HubError::Interrupted { file: name(), done, size: file.size });
        }
        done += n as u64;
        if done > file.size {
            drop(output);
            let _ = fs::remove_file(part);
            return Err(HubError::TooLong { file: name(), size: file.size });
        }
        output.write_all(&buffer[..n]).map_err(write)?;
        progress.advanced(done);
    }
    Ok(())
}
