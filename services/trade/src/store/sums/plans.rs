//! The plans of the questions about pages and figures, on tables with some rows in them.

use aip::{ListRequest, Listing, Schema, Sql};
use storage::{Database, Engine, Error, Tx, args};

use super::{
    MONTHS_OF_YEARS, NEVER, Pages, eclipsed::ECLIPSED, from, partial::BEHIND, whole::FIGURES,
};
use crate::store::{
    key::Key,
    observations::{ensure_year, list_sql},
};

/// Forty thousand figures of ten releases, a tenth of them eclipsed, and some pages.
const FILL: [&str; 4] = [
    "INSERT INTO observations (release, period_year, series, span, position, marks, unit_cents) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) \
     SELECT i % 10, 2023, i / 10 / 12 * 8, 101 + i / 10 % 12, i, 321, 0 FROM n",
    "INSERT INTO eclipses (release, period_year, series, span, from_us, to_us, later) \
     SELECT release, period_year, series, span, 1, 9, span FROM observations WHERE series % 80 = 0",
    "INSERT INTO sum_pages (release, level, period_year, series, at_us, last_span, body) \
     SELECT release, 2, period_year, series, span, 300, CAST('' AS BYTES) FROM observations WHERE release < 5",
    "INSERT INTO import_sums (release, level, period_year, series, import_number, before_batch, body) \
     SELECT release, 2, period_year, series, 1, span, CAST('' AS BYTES) FROM observations WHERE release < 5",
];

async fn fill(tx: &mut Tx) -> Result<(), Error> {
    let is_postgres = tx.engine() == Engine::Postgres;
    let bytes = if is_postgres { "BYTEA" } else { "BLOB" };
    for text in FILL {
        tx.execute(Sql::new(text.replace("BYTES", bytes)), Vec::new())
            .await?;
    }
    // PostgreSQL does this by itself, and SQLite never.
    if is_postgres {
        let analyze = "ANALYZE observations, eclipses, sum_pages, import_sums";
        tx.execute(analyze, Vec::new()).await?;
    }
    Ok(())
}

/// Returns the steps of a question's plan.
pub(in crate::store) async fn plan(database: &Database, mut sql: Sql) -> String {
    let engine = database.engine();
    let explain = match engine {
        Engine::Sqlite => "EXPLAIN QUERY PLAN ",
        Engine::Postgres => "EXPLAIN ",
    };
    sql.text.insert_str(0, explain);
    let lines: Result<Vec<String>, Error> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move {
                Ok(match engine {
                    Engine::Sqlite => {
                        let rows = tx.all::<(i64, i64, i64, String)>(sql, Vec::new()).await?;
                        rows.into_iter().map(|(.., detail)| detail).collect()
                    }
                    Engine::Postgres => {
                        let rows = tx.all::<(String,)>(sql, Vec::new()).await?;
                        rows.into_iter().map(|(line,)| line).collect()
                    }
                })
            })
        })
        .await;
    lines.unwrap().join("\n")
}

#[tokio::test]
async fn pages_and_figures_are_read_by_their_keys_and_not_sorted() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        database
            .write(|tx| Box::pin(ensure_year(tx, 2023)))
            .await
            .unwrap();
        database.write(|tx| Box::pin(fill(tx))).await.unwrap();
        let pages = Pages {
            level: MONTHS_OF_YEARS,
            releases: vec![1, 3],
            years: vec![2022, 2023],
            series: (0, 100),
            at_us: NEVER,
        };
        let listing = Listing::parse(&Schema { fields: &[] }, &ListRequest::default()).unwrap();
        let key = Key {
            year: 2023,
            series: 80,
            span: 101,
        };
        let limited = |text: &str| format!("{text} LIMIT 100");
        for (name, text, args, keys) in [
            (
                "pages",
                format!("SELECT body{}", from(&pages)),
                args![NEVER],
                ["sqlite_autoindex_sum_pages_1", "sum_pages_pkey"],
            ),
            (
                "partial pages",
                limited(BEHIND),
                args![1, 2, 2023, 80, 1, 0],
                ["sqlite_autoindex_import_sums_1", "import_sums_pkey"],
            ),
            (
                "figures",
                limited(FIGURES),
                args![1, 2023, 80, 101],
                ["PRIMARY KEY", "observations_2023_pkey"],
            ),
            (
                "listed figures",
                list_sql(1, &listing, Some(key)).text,
                Vec::new(),
                ["PRIMARY KEY", "observations_2023_pkey"],
            ),
            (
                "eclipsed",
                limited(ECLIPSED),
                args![1, 2023, 80, 101, 0],
                ["PRIMARY KEY", "eclipses_pkey"],
            ),
        ] {
            let plan = plan(&database, Sql { text, args }).await;
            let key = match database.engine() {
                Engine::Sqlite => keys[0],
                Engine::Postgres => keys[1],
            };
            assert!(plan.contains(key), "{name}: {plan}");
            for bad in ["Seq Scan", "SCAN", "Sort", "TEMP B-TREE"] {
                assert!(!plan.contains(bad), "{name}: {plan}");
            }
        }
    })
    .await;
}
