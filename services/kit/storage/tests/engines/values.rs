//! Values come back as they went in, and text sorts the same on both engines.

use proptest::{
    prelude::{Strategy, any, prop},
    test_runner::{Config, TestRunner},
};
use storage::{
    Engine, Error, Value, args,
    testing::{databases, each_engine},
};

use crate::{MIGRATIONS, SCHEMA, insert, names};

storage::row! {
    #[derive(PartialEq)]
    struct Item {
        name: String,
        amount: Option<i64>,
        note: Option<String>,
        done: Option<bool>,
        body: Option<Vec<u8>>,
    }
}

const COLUMNS: &[&str] = &["name", "amount", "note", "done", "body"];
const SELECT: &str = "SELECT name, amount, note, done, body FROM items ORDER BY name";

/// Text without NUL, which PostgreSQL cannot store and validation refuses.
fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', ""))
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = (
        any::<Option<i64>>().prop_map(|amount| amount.filter(|amount| *amount != 13)),
        prop::option::of(text()),
        any::<Option<bool>>(),
        any::<Option<Vec<u8>>>(),
    );
    prop::collection::btree_map(text(), item, 1..8).prop_map(|items| {
        items
            .into_iter()
            .map(|(name, (amount, note, done, body))| Item {
                name,
                amount,
                note,
                done,
                body,
            })
            .collect()
    })
}

#[test]
fn values_round_trip_in_byte_order() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let opened = runtime.block_on(databases(SCHEMA, &[&MIGRATIONS]));
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    let tested = runner.run(&items(), |items| {
        for database in &opened {
            let given = items.clone();
            let read: Result<Vec<Item>, Error> =
                runtime.block_on(database.database.write(move |tx| {
                    let rows = given
                        .iter()
                        .cloned()
                        .map(|item| args![item.name, item.amount, item.note, item.done, item.body])
                        .collect();
                    Box::pin(async move {
                        tx.execute("DELETE FROM items", vec![]).await?;
                        tx.insert_many("items", COLUMNS, rows).await?;
                        tx.all(SELECT, vec![]).await
                    })
                }));
            // The map's order is Rust's byte order of text.
            assert_eq!(
                read.as_deref(),
                Ok(items.as_slice()),
                "{:?}",
                database.engine()
            );
        }
        Ok(())
    });
    tested.unwrap();
    for database in opened {
        runtime.block_on(database.remove());
    }
}

#[tokio::test]
async fn text_sorts_by_bytes() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let mut sorted = [
            "Zoo",
            "a",
            "a-b",
            "aB",
            "ab",
            "b",
            "қала",
            "ʻ",
            "город",
            "É",
        ];
        for name in sorted {
            insert(&database, name, 1).await.unwrap();
        }
        sorted.sort_unstable();
        assert_eq!(names(&database).await, sorted);
    })
    .await;
}

#[tokio::test]
async fn more_rows_than_one_statement_takes_are_inserted_in_batches() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        let inserted: Result<u64, Error> = database
            .write(|tx| {
                Box::pin(async move {
                    let rows = (0..1_203_i64).map(|index| args![format!("n{index}"), index + 100]);
                    tx.insert_many("items", &["name", "amount"], rows.collect())
                        .await
                })
            })
            .await;
        assert_eq!(inserted, Ok(1_203));
        assert_eq!(names(&database).await.len(), 1_203);
        let upserted: Result<Vec<(i64, i64)>, Error> = database
            .write(|tx| {
                Box::pin(async move {
                    let rows = (1_000..1_700_i64).map(|index| args![format!("n{index}"), -1]);
                    tx.upsert_many("items", &["name", "amount"], &["name"], rows.collect())
                        .await?;
                    let text =
                        "SELECT COUNT(*), COUNT(CASE WHEN amount = -1 THEN 1 END) FROM items";
                    tx.all(text, vec![]).await
                })
            })
            .await;
        assert_eq!(upserted, Ok(vec![(1_700, 700)]));
        let ragged: Result<u64, Error> = database
            .write(|tx| {
                Box::pin(async move {
                    tx.insert_many("items", &["name", "amount"], vec![args!["x"]])
                        .await
                })
            })
            .await;
        assert!(matches!(ragged, Err(Error::Engine(_))));
    })
    .await;
}

#[tokio::test]
async fn narrow_integers_nulls_and_truths_of_expressions_are_read() {
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        insert(&database, "a", 7).await.unwrap();
        let read: Result<(i64, i64, bool, Option<String>), Error> = database
            .read(|tx| {
                Box::pin(async move {
                    let text = "SELECT 1, length(name), EXISTS (SELECT 1 FROM items), note FROM items \
                                WHERE amount = $1 AND note IS NOT DISTINCT FROM $2 LIMIT $3";
                    tx.one(text, args![7, Value::Null, 10]).await
                })
            })
            .await;
        assert_eq!(read, Ok((1, 1, true, None)));
    })
    .await;
}

#[tokio::test]
async fn a_value_of_the_wrong_type_says_where_it_is() {
    storage::row! {
        struct Wrong {
            name: String,
            amount: String,
        }
    }
    each_engine(SCHEMA, &[&MIGRATIONS], async |database| {
        insert(&database, "a", 7).await.unwrap();
        let read: Result<Wrong, Error> = database
            .read(|tx| {
                Box::pin(async move { tx.one("SELECT name, amount FROM items", vec![]).await })
            })
            .await;
        match read.map(|wrong| (wrong.name, wrong.amount)) {
            Err(Error::Corrupt {
                table, column, row, ..
            }) => {
                assert_eq!((column.as_str(), row.as_str()), ("amount", "a"));
                let told = if database.engine() == Engine::Sqlite {
                    "items"
                } else {
                    "?"
                };
                assert_eq!(table, told);
            }
            other => panic!("{other:?}"),
        }
        let missing: Result<Wrong, Error> = database
            .read(|tx| Box::pin(async move { tx.one("SELECT name FROM items", vec![]).await }))
            .await;
        assert!(matches!(missing, Err(Error::Corrupt { column, .. }) if column == "amount"));
    })
    .await;
}
