//! A played model hub: a tiny HTTP server that can misbehave on purpose.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What the hub does with the weights; other files are always served well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manners {
    /// Serves whole files and ranges.
    Good,
    /// Breaks the connection after this many bytes.
    BreaksAfter(usize),
    /// Sends other bytes of the right number.
    Corrupts,
    /// Sends whole files whatever range is asked for.
    IgnoresRanges,
}

/// A running hub and what it was asked.
pub(crate) struct Hub {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    /// Serves `files` by name until the test process ends.
    pub(crate) fn play(files: HashMap<String, Vec<u8>>, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that hangs up early is part of the play.
                let _ = answer(&stream.unwrap(), &files, manners, &log);
            }
        });
        Self { url, requests }
    }

    /// `"<path> <range start>"` of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    stream: &TcpStream,
    files: &HashMap<String, Vec<u8>>,
    manners: Manners,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().ok_or(std::io::ErrorKind::UnexpectedEof)??;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut start = 0;
    for line in lines {
        let line = line?.to_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    log.lock().unwrap().push(format!("{path} {start}"));
    let mut stream = stream;
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some(content) = files.get(name) else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    };
    let manners = if name == "model.safetensors" { manners } else { Manners::Good };
    let mut content = content.clone();
    if manners == Manners::Corrupts {
        content[0] ^= 1;
    }
    if manners == Manners::IgnoresRanges {
        start = 0;
    }
    let body = &content[start..];
    let status = if start > 0 { "206 Partial Content" } else { "200 OK" };
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    match manners {
        Manners::BreaksAfter(n) => stream.write_all(&body[..n]),
        _ => stream.write_all(body),
    }
}
