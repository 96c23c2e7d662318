//! A caller that goes away at any moment leaves whole units of work and clean connections.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use storage::{Database, Engine, Error, args, testing::databases};

use tokio::{runtime::Handle, sync::Semaphore};

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
        AND state_change < now() - interval '7 seconds'";
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
            // Longer than any other test stands still on a busy machine, and shorter than the server lets a session stand.
            tokio::time::sleep(Duration::from_secs(9)).await;
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

/// A client that opens calls and resets them at once must not pile up work.
#[tokio::test]
async fn callers_that_go_away_leave_a_bounded_number_of_units_of_work() {
    /// Four for each of the four connections of a test, but at least so many.
    const UNITS: usize = 64;
    /// What the pools run by themselves.
    const OTHERS: usize = 16;
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        let held = Arc::new(Semaphore::new(0));
        let (database, metrics) = (&opened.database, Handle::current().metrics());
        let mut before = 0;
        for call in 0..1_000_u64 {
            let wait = held.clone();
            let work = database.write(move |_| {
                let wait = wait.clone();
                Box::pin(async move {
                    let _turn = wait.acquire().await;
                    Ok::<_, Error>(())
                })
            });
            let gone = tokio::time::timeout(Duration::ZERO, work).await;
            assert!(gone.is_err(), "nobody lets it end");
            if call % 50 == 0 {
                tokio::task::yield_now().await;
            }
            before = before.max(metrics.num_alive_tasks());
        }
        assert!(before <= UNITS + OTHERS, "{before} tasks");
        held.add_permits(UNITS);
        // Those that began end, and the next caller has its turn.
        let next = tokio::time::timeout(Duration::from_secs(20), pair(database, 0)).await;
        assert_eq!(next, Ok(Ok(())), "on {:?}", opened.engine());
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_unit_of_work_inside_another_needs_no_turn() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        let database = &opened.database;
        // Fewer than there are connections, and more than there are turns over time.
        for _ in 0..40 {
            let nested = (0..3).map(|_| {
                let inner = database.clone();
                database.read(move |_| {
                    let inner = inner.clone();
                    Box::pin(async move { inner.ping().await })
                })
            });
            let all = futures::future::join_all(nested);
            let done: Vec<Result<(), Error>> = tokio::time::timeout(Duration::from_secs(20), all)
                .await
                .unwrap();
            assert!(done.iter().all(Result::is_ok), "{done:?}");
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
