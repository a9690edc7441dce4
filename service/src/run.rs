//! A running process: server, worker, content folder and live events together, until it is told to stop; then everything
//! in progress ends in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::content_folder;
use crate::http;
use crate::http::server::{HEAD_TIMEOUT, Limits, serve};
use crate::worker;

/// Serves `app` on `listener` until `stop`. Order at the end: no more connections, sockets and streams told to come
/// back later, requests finished, jobs in progress finished, storage flushed.
pub async fn run(app: Arc<App>, listener: TcpListener, stop: CancellationToken) {
    let events_stop = CancellationToken::new();
    let events = {
        let (events, store, stop) = (app.events.clone(), Arc::clone(&app.store), events_stop.clone());
        tokio::spawn(async move { events.run(store, stop).await })
    };
    let worker_stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run(Arc::clone(&app), worker_stop.clone()));
    let watching = tokio::spawn(content_folder::watch(Arc::clone(&app), worker_stop.clone()));
    let ending = {
        let (app, stop) = (Arc::clone(&app), stop.clone());
        tokio::spawn(async move {
            stop.cancelled().await;
            app.draining.store(true, Ordering::Relaxed);
            app.stop.cancel();
        })
    };
    let limits =
        Limits { connections: app.config.server.connections, head: HEAD_TIMEOUT, drain: app.config.server.drain };
    serve(listener, http::router(Arc::clone(&app)), limits, stop).await;
    let _ = ending.await;
    worker_stop.cancel();
    if tokio::time::timeout(app.config.server.drain, worker).await.is_err() {
        tracing::warn!("jobs were still in progress when the time to drain was over; they will be done again");
    }
    let _ = watching.await;
    events_stop.cancel();
    let _ = events.await;
    app.store.close().await;
}

/// Cancelled at the first interrupt or termination signal; a second one ends the process at once.
pub fn until_told_to_stop() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            tracing::info!("finishing what is in progress; a second signal stops at once");
            cancel.cancel();
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            std::process::exit(130);
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        cancel.cancel();
    });
    Ok(stop)
}
