//! Accepts connections: a limit on how many, a limit on how long a head may take to arrive, and a way to let those in
//! progress end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// How long the head of a request may take to arrive.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Limits of a server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; more wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take to arrive, and how long a connection may do nothing.
    pub head: Duration,
    /// How long a shutdown waits for requests in progress.
    pub drain: Duration,
}

/// Serves `router` on `listener` until `stop`, then lets requests in progress end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, usually; they come back.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_RETRY).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small packets waiting");
        }
        let (router, builder, watcher) = (router.clone(), builder.clone(), graceful.watcher());
        let stopped = stop.clone();
        tokio::spawn(async move {
            let heard = tokio::select! {
                heard = says_something(&stream, limits.head) => heard,
                () = stopped.cancelled() => false,
            };
            if heard {
                let service = TowerToHyperService::new(router);
                let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
                if let Err(error) = watcher.watch(connection.into_owned()).await {
                    tracing::debug!(%error, "a connection ended early");
                }
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in progress when the time to drain was over");
    }
}

/// Waits for the first byte, which a request's own clock does not: whether it comes in time.
async fn says_something(stream: &TcpStream, within: Duration) -> bool {
    let peeked = tokio::time::timeout(within, stream.peek(&mut [0])).await;
    peeked.is_ok_and(|first| first.is_ok_and(|n_bytes| n_bytes > 0))
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_says_nothing_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let limits = Limits { connections: 1, head: Duration::from_millis(20), drain: Duration::from_secs(1) };
        let served = tokio::spawn(serve(listener, Router::new(), limits, stop.clone()));
        let mut silent = TcpStream::connect(address).await.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(20), silent.read(&mut [0; 64])).await;
        assert_eq!(closed.expect("it is closed").unwrap(), 0);
        stop.cancel();
        served.await.unwrap();
    }
}
