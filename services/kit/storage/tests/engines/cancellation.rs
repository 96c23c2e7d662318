//! A caller that goes away at any moment leaves whole units of work and clean connections.

use std::time::Duration;

use storage::{Database, Engine, Error, args, testing::databases};

use crate::{INSERT, MIGRATIONS, SCHEMA, insert, names};

/// As many callers as found a dozen poisoned sessions when units of work were not detached.
const CALLERS: u64 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_writes_are_whole_and_leave_no_open_transaction() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        let database = opened.database.clone();
        for caller in 0..CALLERS {
            let work = pair(&database, caller);
            // Some go away before the transaction begins, some in the middle, some after.
            let patience = Duration::from_micros(caller * 10);
            let _ = tokio::time::timeout(patience, work).await;
        }
        settle(&database, &opened.reopen().await).await;
        let names = names(&database).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_reads_leave_no_open_transaction() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        let database = opened.database.clone();
        for caller in 0..CALLERS {
            let _ = tokio::time::timeout(Duration::from_micros(caller * 5), names(&database)).await;
        }
        settle(&database, &opened.reopen().await).await;
        // A connection left in its snapshot would not see this.
        insert(&database, "seen", 1).await.unwrap();
        for _ in 0..8 {
            assert_eq!(names(&database).await, ["seen"]);
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

/// Waits until what was detached has ended, and checks that no session of `database` idles inside a
/// transaction, seen from connections of their own.
async fn settle(database: &Database, observer: &Database) {
    const IDLE: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE state LIKE 'idle in transaction%' AND pid <> pg_backend_pid() \
        AND query_start < now() - interval '1 second' AND query LIKE '%' || $1 || '%'";
    const MARK: &str = "BEGIN";
    insert(database, "last", 1).await.unwrap();
    let removed: Result<u64, Error> = database
        .write(|tx| {
            Box::pin(async move {
                tx.execute("DELETE FROM items WHERE name = 'last'", vec![])
                    .await
            })
        })
        .await;
    removed.unwrap();
    if database.engine() == Engine::Postgres {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let idle: Result<(i64,), Error> = observer
            .read(|tx| Box::pin(async move { tx.one(IDLE, args![MARK]).await }))
            .await;
        assert_eq!(idle, Ok((0,)), "sessions are left inside a transaction");
    }
}
