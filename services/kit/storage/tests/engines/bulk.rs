//! Bulk loads and tables in parts.

use storage::{Bulk, Database, Engine, Error, Migrations, Step, Value, testing};

static TABLES: Migrations = Migrations {
    component: "bulk",
    steps: &[Step {
        version: 1,
        name: "init",
        sqlite: "CREATE TABLE figures (year INTEGER NOT NULL, number INTEGER NOT NULL, note TEXT, \
            exact INTEGER NOT NULL, PRIMARY KEY (year, number)) STRICT, WITHOUT ROWID",
        postgres: "CREATE TABLE figures (year BIGINT NOT NULL, number BIGINT NOT NULL, note TEXT, \
            exact BOOLEAN NOT NULL, PRIMARY KEY (year, number)) PARTITION BY RANGE (year); \
            CREATE INDEX figures_by_number ON figures (number)",
    }],
};

const COLUMNS: [&str; 4] = ["year", "number", "note", "exact"];

fn figures(engine: Engine, year: i64, numbers: std::ops::Range<i64>) -> Bulk {
    let mut bulk = Bulk::new(engine, "figures", &COLUMNS, 0);
    for number in numbers {
        let note = (number % 3 == 0).then(|| format!("{number}, \"\\N\"\t\n"));
        bulk.push([
            Value::from(year),
            Value::from(number),
            Value::from(note),
            Value::from(number % 2 == 0),
        ]);
    }
    bulk
}

async fn load(database: &Database, year: i16, numbers: std::ops::Range<i64>) -> Result<u64, Error> {
    database
        .write(move |tx| {
            let bulk = figures(tx.engine(), year.into(), numbers.clone());
            Box::pin(async move {
                tx.ensure_year("figures", year).await?;
                tx.load(&bulk).await
            })
        })
        .await
}

async fn one<R: storage::Row + 'static>(database: &Database, text: &'static str) -> R {
    database
        .read(move |tx| Box::pin(async move { tx.one::<R>(text, Vec::new()).await }))
        .await
        .unwrap()
}

#[tokio::test]
async fn any_number_of_rows_is_loaded_as_it_is() {
    testing::each_engine("bulk", &[&TABLES], async |database| {
        // None, less than one statement, one exactly, and more.
        for (year, rows) in [(2020, 0), (2021, 7), (2022, 500), (2023, 12_345)] {
            assert_eq!(
                load(&database, year, -1..rows - 1).await,
                Ok(rows.unsigned_abs())
            );
        }
        let (rows, least, notes): (i64, i64, i64) = one(
            &database,
            "SELECT count(*), min(number), count(note) FROM figures WHERE exact = (number % 2 = 0)",
        )
        .await;
        assert_eq!((rows, least, notes), (12_852, -1, 4_284));
        let (note,): (String,) = one(
            &database,
            "SELECT note FROM figures WHERE year = 2023 AND number = 9999",
        )
        .await;
        assert_eq!(note, "9999, \"\\N\"\t\n");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_there_already_fails_the_load_and_leaves_nothing_of_it() {
    testing::each_engine("bulk", &[&TABLES], async |database| {
        assert_eq!(load(&database, 2022, 5_000..5_001).await, Ok(1));
        assert_eq!(load(&database, 2022, 0..10_000).await, Err(Error::Conflict));
        assert_eq!(
            one::<(i64,)>(&database, "SELECT count(*) FROM figures").await,
            (1,)
        );
        assert_eq!(load(&database, 2022, 0..5_000).await, Ok(5_000));
    })
    .await;
}

#[tokio::test]
async fn parts_are_made_once_by_however_many() {
    testing::each_engine("bulk", &[&TABLES], async |database| {
        let loads = (0..4).map(|from| load(&database, 2022, from * 10..from * 10 + 10));
        for loaded in futures::future::join_all(loads).await {
            assert_eq!(loaded, Ok(10));
        }
        if database.engine() == Engine::Postgres {
            let parts: (i64,) = one(
                &database,
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'figures'::regclass",
            )
            .await;
            assert_eq!(parts, (1,));
        }
    })
    .await;
}
