//! The content folder while the service runs: looked at again and again, and taken up once a change has come to rest.

mod fingerprint;
mod reading;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use self::fingerprint::{Fingerprint, Rest};
use crate::app::App;

pub use self::reading::{LastReading, Refusal, take_up};

/// How long nobody looks at the folder, at least.
const PAUSE: Duration = Duration::from_millis(500);
/// So many times as long as a look takes, where that is more: looking takes less than 2 % of a core.
const PAUSE_PER_LOOK: u32 = 50;
/// How long nobody looks after storage or the encoder kept a change from being taken up.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Takes up each change of the content folder until `stop`; does nothing where the content is the built-in one.
pub async fn watch(app: Arc<App>, stop: CancellationToken) {
    let Some(folder) = &app.config.content_dir else { return };
    let watching = async {
        let (mut rest, mut pause) = (Rest::default(), PAUSE);
        loop {
            tokio::time::sleep(pause).await;
            pause = look(&app, folder, &mut rest).await;
        }
    };
    tokio::select! {
        () = watching => {}
        () = stop.cancelled() => {}
    }
}

/// Looks at the folder once; how long to wait until the next look.
async fn look(app: &App, folder: &Path, rest: &mut Rest) -> Duration {
    let begun = Instant::now();
    let looked_at = folder.to_owned();
    let Ok(seen) = tokio::task::spawn_blocking(move || Fingerprint::of(&looked_at)).await else {
        return PAUSE_AFTER_FAILURE;
    };
    let pause = PAUSE.max(begun.elapsed() * PAUSE_PER_LOOK);
    if rest.comes_to(seen)
        && let Err(Refusal::Passing(reason)) = take_up(app, folder).await
    {
        tracing::warn!(reason, "the content folder could not be taken up; trying again");
        rest.forget();
        return pause.max(PAUSE_AFTER_FAILURE);
    }
    pause
}
