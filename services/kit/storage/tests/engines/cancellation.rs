//! A caller that goes away at any moment leaves whole units of work and clean connections.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use storage::{Database, Engine, Error, args, testing::databases};

use crate::{INSERT, MIGRATIONS, SCHEMA, names};

/// Waves of callers at the same time.
const WAVES: u64 = 20;
const CALLERS: u64 = 12;
/// More steps than a unit of work has when it is not detached: a connection is tried, the
/// transaction begins, statements are prepared and run, the transaction ends.
const STEPS: usize = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_writes_are_whole() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        for wave in 0..WAVES {
            let callers = (0..CALLERS).map(|caller| {
                // Some go away before the transaction begins, some in the middle, some after.
                let patience = Duration::from_micros(caller * 350 + wave * 40);
                let work = pair(&opened.database, wave * CALLERS + caller);
                tokio::time::timeout(patience, work)
            });
            futures::future::join_all(callers).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let names = names(&opened.database).await;
        let halves = names.iter().filter(|name| name.ends_with('a')).count();
        assert_eq!(
            names.len(),
            halves * 2,
            "on {:?}: a pair was torn",
            opened.engine()
        );
        opened.remove().await;
    }
}

/// sqlx 0.9.0 gives a connection back to the pool inside a transaction when `begin()` is dropped while
/// the server answers: without detached units of work this finds such sessions.
#[tokio::test]
async fn a_caller_that_goes_away_at_any_step_leaves_no_open_transaction() {
    const IDLE: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE state LIKE 'idle in transaction%' AND query LIKE 'BEGIN%' \
        AND state_change < now() - interval '1 second'";
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        let mut used = Vec::new();
        for steps in 1..=STEPS {
            // A pool for each, because the next unit of work of the same one would end what is left.
            let (writer, reader) = (opened.reopen().await, opened.reopen().await);
            drop_after(steps, pair(&writer, steps as u64)).await;
            drop_after(steps, names(&reader)).await;
            used.extend([writer, reader]);
        }
        if opened.engine() == Engine::Postgres {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let idle: Result<(i64,), Error> = opened
                .database
                .read(|tx| Box::pin(async move { tx.one(IDLE, vec![]).await }))
                .await;
            assert_eq!(idle, Ok((0,)), "sessions are left inside a transaction");
        }
        for database in used {
            database.close().await;
        }
        opened.remove().await;
    }
}

/// Writes two rows that belong together.
async fn pair(database: &Database, caller: u64) -> Result<(), Error> {
    database
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(INSERT, args![format!("{caller:04}a"), 1])
                    .await?;
                tokio::task::yield_now().await;
                tx.execute(INSERT, args![format!("{caller:04}b"), 1])
                    .await?;
                Ok(())
            })
        })
        .await
}

/// Polls `work` so many times, then drops it, done or not.
async fn drop_after<F: Future>(steps: usize, work: F) {
    let mut work = pin!(work);
    let mut left = steps;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        work.as_mut().poll(context).map(drop)
    })
    .await;
}
