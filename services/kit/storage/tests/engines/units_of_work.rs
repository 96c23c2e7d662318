//! Commit, rollback, snapshots and the errors of statements.

use storage::{Engine, Error, args, testing::each_engine};

use crate::{INSERT, MIGRATIONS, SCHEMA, insert, names};

#[tokio::test]
async fn what_a_write_does_is_kept_when_it_returns_ok() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        assert_eq!(insert(&database, "a", 1).await, Ok(1));
        assert_eq!(names(&database).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_write_does_is_undone_when_it_returns_an_error() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let refused: Result<(), Error> = database
            .write(|tx| {
                Box::pin(async move {
                    tx.execute(INSERT, args!["a", 1]).await?;
                    Err(Error::NotFound)
                })
            })
            .await;
        assert_eq!(refused, Err(Error::NotFound));
        assert!(names(&database).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_panic_undoes_the_write_and_reaches_the_caller() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let writer = database.clone();
        let caller = tokio::spawn(async move {
            let _: Result<(), Error> = writer
                .write(|tx| {
                    Box::pin(async move {
                        tx.execute(INSERT, args!["a", 1]).await?;
                        panic!("in the middle")
                    })
                })
                .await;
        });
        assert!(caller.await.unwrap_err().is_panic());
        assert_eq!(insert(&database, "b", 1).await, Ok(1));
        assert_eq!(names(&database).await, ["b"]);
    })
    .await;
}

#[tokio::test]
async fn broken_rules_have_the_same_error_on_both_engines() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        insert(&database, "a", 1).await.unwrap();
        let cases = [
            ("INSERT INTO items (name) VALUES ('a')", Error::Conflict),
            ("INSERT INTO parts (item) VALUES ('x')", Error::Reference),
            ("INSERT INTO parts (item) VALUES (NULL)", Error::Check),
            (
                "INSERT INTO items (name, amount) VALUES ('b', 13)",
                Error::Check,
            ),
        ];
        for (text, expected) in cases {
            let refused: Result<u64, Error> = database
                .write(move |tx| Box::pin(async move { tx.execute(text, vec![]).await }))
                .await;
            assert_eq!(refused, Err(expected), "{text}");
        }
        let wrong: Result<u64, Error> = database
            .write(|tx| Box::pin(async move { tx.execute("SELEKT", vec![]).await }))
            .await;
        assert!(matches!(wrong, Err(Error::Engine(_))), "{wrong:?}");
    })
    .await;
}

#[tokio::test]
async fn one_without_a_row_is_not_found_and_spoils_nothing() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let kept: Result<(), Error> = database
            .write(|tx| {
                Box::pin(async move {
                    let none = tx.one::<(String,)>("SELECT name FROM items", vec![]).await;
                    assert_eq!(none, Err(Error::NotFound));
                    tx.execute(INSERT, args!["a", 1]).await.map(drop)
                })
            })
            .await;
        assert_eq!(kept, Ok(()));
        assert_eq!(names(&database).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_that_is_ignored_still_fails_the_write() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        insert(&database, "a", 1).await.unwrap();
        let acknowledged: Result<(), Error> = database
            .write(|tx| {
                Box::pin(async move {
                    tx.execute(INSERT, args!["b", 1]).await?;
                    let _ = tx.execute(INSERT, args!["a", 1]).await;
                    Ok(())
                })
            })
            .await;
        assert_eq!(acknowledged, Err(Error::Conflict));
        assert_eq!(names(&database).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_one_snapshot() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        const COUNT: &str = "SELECT count(*) FROM items";
        let writer = database.clone();
        let counts: Result<((i64,), (i64,)), Error> = database
            .read(move |tx| {
                let writer = writer.clone();
                Box::pin(async move {
                    let before = tx.one(COUNT, vec![]).await?;
                    insert(&writer, "a", 1).await?;
                    Ok((before, tx.one(COUNT, vec![]).await?))
                })
            })
            .await;
        assert_eq!(counts, Ok(((0,), (0,))));
        assert_eq!(names(&database).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_read_cannot_write() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let refused: Result<u64, Error> = database
            .read(|tx| Box::pin(async move { tx.execute(INSERT, args!["a", 1]).await }))
            .await;
        assert!(refused.is_err());
        assert!(names(&database).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_closed_database_is_unavailable() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        assert_eq!(database.ping().await, Ok(()));
        let other = database.clone();
        if other.engine() == storage::Engine::Sqlite {
            database.close().await;
            assert_eq!(other.ping().await, Err(Error::Unavailable));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_left_to_be_synced_later_is_on_disk_once_it_is_read_durably() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        for (round, name) in ["a", "b", "c"].into_iter().enumerate() {
            let left: Result<String, Error> = database
                .write(move |tx| {
                    Box::pin(async move {
                        tx.sync_later().await?;
                        tx.execute(INSERT, args![name, 1]).await?;
                        if tx.engine() == Engine::Sqlite {
                            return Ok(String::new());
                        }
                        let written = "SELECT CAST(pg_current_wal_insert_lsn() AS TEXT)";
                        tx.one::<(String,)>(written, vec![])
                            .await
                            .map(|(place,)| place)
                    })
                })
                .await;
            let read: Result<Vec<(String,)>, Error> = database
                .read_durable(|tx| {
                    Box::pin(async move { tx.all("SELECT name FROM items", vec![]).await })
                })
                .await;
            assert_eq!(read.unwrap().len(), round + 1);
            if database.engine() == Engine::Postgres {
                let place = left.unwrap();
                let (on_disk,): (bool,) = database
                    .read(move |tx| {
                        let text = "SELECT pg_current_wal_flush_lsn() >= CAST($1 AS pg_lsn)";
                        let place = place.clone();
                        Box::pin(async move { tx.one::<(bool,)>(text, args![place]).await })
                    })
                    .await
                    .unwrap_or_else(|error: Error| panic!("{error}"));
                assert!(on_disk);
            }
        }
        let refused: Result<u64, Error> = database
            .read_durable(|tx| Box::pin(async move { tx.execute(INSERT, args!["d", 1]).await }))
            .await;
        assert!(refused.is_err());
    })
    .await;
}
