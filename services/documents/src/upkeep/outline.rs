//! Brings documents up to date that wait for one which changed, where there are more than its mutation could.

use std::time::Duration;

use storage::Error;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::api::{self, Api};

/// How often it is asked whether there are any.
const LOOK: Duration = Duration::from_secs(1);

/// Works until `stopping`; several replicas take turns, for each step holds the log's lock.
pub(crate) async fn run(api: Api, stopping: CancellationToken) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match catch_up(&api, &stopping).await {
            Ok(()) => {}
            // The next tick tries again, and readers of what is outdated are told so.
            Err(error) => {
                tracing::warn!(%error, "documents that wait for others are not brought up to date");
            }
        }
    }
}

/// Goes on, some documents at a time, until none are left. Between two steps mutations have their turn.
async fn catch_up(api: &Api, stopping: &CancellationToken) -> Result<(), Error> {
    if api::is_settled(api).await? {
        return Ok(());
    }
    while !stopping.is_cancelled() && api::catch_up(api).await? {}
    Ok(())
}
