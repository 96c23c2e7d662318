//! The engines answer lists of classifications from their indexes, and read and sort no more than one edition.

use aip::{Field, Kind, ListRequest, Schema};
use storage::{Database, Engine};

use super::*;
use crate::store::correspondences;

/// Seven editions, or six concordances, of as many rows as real ones.
const FILL: &[&str] = &[
    "INSERT INTO classification_items (edition, position, code, level, parent_code, name, search_text, name_edition) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 6999), \
     e (edition) AS (SELECT 0 UNION ALL SELECT edition + 1 FROM e WHERE edition < 6) \
     SELECT edition, CAST(100000 + i AS TEXT), CAST(100000 + i AS TEXT), 4, CAST(1000 + i / 5 AS TEXT), \
     'Goods', ' goods of kind ' || CAST(i AS TEXT), 6 FROM e CROSS JOIN n",
    "INSERT INTO correspondences (earlier_edition, pair, earlier_code, later_code, relationship) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 6999), \
     e (edition) AS (SELECT 0 UNION ALL SELECT edition + 1 FROM e WHERE edition < 5) \
     SELECT edition, CAST(100000 + i AS TEXT) || CAST(200000 + i AS TEXT), CAST(100000 + i AS TEXT), \
     CAST(200000 + i AS TEXT), 1 FROM e CROSS JOIN n",
    "ANALYZE",
];

static SCHEMA: Schema = Schema {
    fields: &[
        field("parent_code", "i.parent_code"),
        field("later_code", "c.later_code"),
    ],
};

const fn field(path: &'static str, column: &'static str) -> Field {
    Field {
        path,
        kind: Kind::Text,
        column,
        sortable: false,
    }
}

fn listing(filter: &str) -> Listing {
    let request = ListRequest {
        page_size: 50,
        page_token: "",
        filter,
        order_by: "",
        bound_to: b"",
    };
    Listing::parse(&SCHEMA, &request).unwrap()
}

async fn plan(database: &Database, mut sql: Sql) -> String {
    let engine = database.engine();
    let explain = match engine {
        Engine::Sqlite => "EXPLAIN QUERY PLAN ",
        Engine::Postgres => "EXPLAIN ",
    };
    sql.text.insert_str(0, explain);
    let lines: Vec<String> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move {
                Ok::<_, Error>(match engine {
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
        .await
        .unwrap();
    lines.join("\n")
}

#[tokio::test]
async fn lists_go_by_an_index_and_do_not_sort() {
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        for text in FILL {
            database
                .write(move |tx| Box::pin(async move { tx.execute(*text, Vec::new()).await }))
                .await
                .unwrap();
        }
        let edition = HsEdition::new(5).unwrap();
        let found = found_by(&["kind".to_owned(), "77".to_owned()]);
        let code = found_by(&["1001".to_owned()]);
        let parent = listing("parent_code = \"1700\"");
        let (all, later) = (listing(""), listing("later_code = \"203000\""));
        for (name, sql, index) in [
            (
                "all",
                list_sql(edition, &all, &[]),
                ["PRIMARY KEY", "classification_items_pkey"],
            ),
            (
                "words",
                list_sql(edition, &all, &found),
                ["PRIMARY KEY", "classification_items_pkey"],
            ),
            (
                "code",
                list_sql(edition, &all, &code),
                ["PRIMARY KEY", "classification_items_pkey"],
            ),
            (
                "parent",
                list_sql(edition, &parent, &[]),
                ["classification_items_by_parent"; 2],
            ),
            (
                "pairs",
                correspondences::list_sql(edition, &all),
                ["PRIMARY KEY", "correspondences_pkey"],
            ),
            (
                "later",
                correspondences::list_sql(edition, &later),
                ["correspondences_by_later"; 2],
            ),
        ] {
            let plan = plan(&database, sql).await;
            let expected = match database.engine() {
                Engine::Sqlite => index[0],
                Engine::Postgres => index[1],
            };
            assert!(plan.contains(expected), "{name}: {plan}");
            // Few entries have rare words: PostgreSQL then sorts what it found in the edition.
            let sorts: &[&str] = if name == "words" {
                &[]
            } else {
                &["Sort", "TEMP B-TREE"]
            };
            for bad in sorts.iter().chain(&["Seq Scan", "SCAN"]) {
                assert!(!plan.contains(bad), "{name}: {plan}");
            }
        }
    })
    .await;
}
