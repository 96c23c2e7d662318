//! Units of work that got in each other's way are run again.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use storage::{Engine, Error, Sql, args, testing::databases};
use tokio::sync::Barrier;

use crate::{MIGRATIONS, SCHEMA, insert};

const ADD: &str = "UPDATE items SET amount = amount + 1 WHERE name = $1";

#[tokio::test]
async fn a_deadlock_is_resolved_by_running_one_side_again() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        // SQLite has one writer, and so no deadlocks.
        if opened.engine() == Engine::Postgres {
            insert(&opened.database, "a", 0).await.unwrap();
            insert(&opened.database, "b", 0).await.unwrap();
            let attempts = Arc::new(AtomicU32::new(0));
            let barrier = Arc::new(Barrier::new(2));
            let crossing = |first: &'static str, second: &'static str| {
                let (attempts, barrier) = (attempts.clone(), barrier.clone());
                opened.database.write(move |tx| {
                    let (attempts, barrier) = (attempts.clone(), barrier.clone());
                    Box::pin(async move {
                        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
                        tx.execute(ADD, args![first]).await?;
                        if attempt < 2 {
                            barrier.wait().await;
                        }
                        tx.execute(ADD, args![second]).await
                    })
                })
            };
            let (left, right): (Result<u64, Error>, Result<u64, Error>) =
                tokio::join!(crossing("a", "b"), crossing("b", "a"));
            assert_eq!((left, right), (Ok(1), Ok(1)));
            assert_eq!(attempts.load(Ordering::SeqCst), 3, "one side ran twice");
            let amounts: Result<Vec<(i64,)>, Error> = opened
                .database
                .read(|tx| {
                    Box::pin(async move { tx.all("SELECT amount FROM items", vec![]).await })
                })
                .await;
            assert_eq!(amounts, Ok(vec![(2,), (2,)]));
        }
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_serialization_failure_is_tried_again_and_not_for_ever() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        if opened.engine() == Engine::Postgres {
            for (failures, expected, runs) in [(2, Ok(()), 3), (1_000, Err(Error::Busy), 6)] {
                let attempts = Arc::new(AtomicU32::new(0));
                let counted = attempts.clone();
                let done: Result<(), Error> = opened
                    .database
                    .write(move |tx| {
                        let attempt = counted.fetch_add(1, Ordering::SeqCst);
                        Box::pin(async move {
                            if attempt < failures {
                                tx.execute(RAISE, vec![]).await?;
                            }
                            Ok(())
                        })
                    })
                    .await;
                assert_eq!(done, expected);
                assert_eq!(attempts.load(Ordering::SeqCst), runs);
            }
        }
        opened.remove().await;
    }
}

/// Fails as a conflict between serializable transactions does.
const RAISE: &str =
    "DO $$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = 'serialization_failure'; END $$";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_two_processes_take_turns() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        insert(&opened.database, "a", 0).await.unwrap();
        let other = opened.reopen().await;
        let mut writers = Vec::new();
        for writer in 0..40 {
            let database = if writer % 2 == 0 {
                &opened.database
            } else {
                &other
            }
            .clone();
            writers.push(tokio::spawn(async move {
                database
                    .write(|tx| {
                        Box::pin(async move {
                            if tx.engine() == Engine::Postgres {
                                let lock = "SELECT name FROM items FOR UPDATE";
                                tx.one::<(String,)>(lock, vec![]).await?;
                            }
                            let read = "SELECT amount FROM items";
                            let (amount,): (i64,) = tx.one(read, vec![]).await?;
                            let write = "UPDATE items SET amount = $1";
                            tx.execute(write, args![amount + 1 + i64::from(amount == 12)])
                                .await
                        })
                    })
                    .await
            }));
        }
        for writer in writers {
            let done: Result<u64, Error> = writer.await.unwrap();
            assert_eq!(done, Ok(1));
        }
        let amount: Result<(i64,), Error> = other
            .read(|tx| Box::pin(async move { tx.one("SELECT amount FROM items", vec![]).await }))
            .await;
        // 13 is left out, because the table forbids it.
        assert_eq!(amount, Ok((41,)), "{:?}", opened.engine());
        other.close().await;
        opened.remove().await;
    }
}

/// SQLSTATEs are five characters, often all digits, and must not be taken for SQLite's codes.
#[tokio::test]
async fn a_code_of_postgresql_means_what_its_manual_says() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        if opened.engine() == Engine::Postgres {
            for (code, expected) in [
                ("23505", Some(Error::Conflict)),
                ("40001", Some(Error::Busy)),
                ("40P01", Some(Error::Busy)),
                ("55P03", Some(Error::Busy)),
                ("53300", Some(Error::Unavailable)),
                // No privilege, too many rows, bad text, a cancelled statement: not to be retried.
                ("42501", None),
                ("21000", None),
                ("22021", None),
                ("57014", None),
            ] {
                let text = format!(
                    "DO $$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = '{code}'; END $$"
                );
                let done: Result<u64, Error> = opened
                    .database
                    .write(move |tx| {
                        let sql = Sql::new(text.clone());
                        Box::pin(async move { tx.execute(sql, vec![]).await })
                    })
                    .await;
                let error = done.unwrap_err();
                match expected {
                    Some(expected) => assert_eq!(error, expected, "{code}"),
                    None => assert!(
                        matches!(&error, Error::Engine(text) if text.contains("forced")),
                        "{code}: {error:?}"
                    ),
                }
            }
        }
        opened.remove().await;
    }
}
