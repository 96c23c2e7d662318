//! How the engines run a query, for tests that an index serves it.
//!
//! PostgreSQL reads tables as small as those of tests from end to end, whatever the index, and is only asked about
//! tables that were filled.

use std::sync::Mutex;

use aip::Sql;
use storage::{Database, Engine, Error};

storage::row! {
    /// A step of a query plan.
    struct Step {
        detail: String,
    }
}

/// Returns the steps in which SQLite runs a query on this service's tables.
pub(super) async fn of(mut sql: Sql) -> Vec<String> {
    sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
    let plan = Mutex::new(Vec::new());
    storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
        if database.engine() != Engine::Sqlite {
            return;
        }
        let sql = sql.clone();
        let steps: Vec<Step> = database
            .read(move |tx| {
                let sql = sql.clone();
                Box::pin(async move { tx.all(sql, Vec::new()).await })
            })
            .await
            .unwrap();
        let details = steps.into_iter().map(|step| step.detail);
        plan.lock().unwrap().extend(details);
    })
    .await;
    plan.into_inner().unwrap()
}

/// Enough rows that no planner prefers to read them all: a hundred roadmaps of a hundred measures, a tenth of them open, each
/// with three bodies of many. Each statement runs on both engines.
const FILL: &[&str] = &[
    "INSERT INTO roadmaps (uid, name, partnership, titles, period_start_day, period_end_day, sources, plan_revision, \
     state, revision, created_us, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) \
     SELECT 'r' || CAST(i AS TEXT), 'r' || CAST(i AS TEXT), 'uz-kz', '[]', 0, 9999, '[]', 1, 2, 1, 0, 0 FROM n",
    "INSERT INTO roadmap_sides (roadmap_uid, position, party, region_code, region_name, signing_body) \
     SELECT uid, 0, 'UZ', '', '', '' FROM roadmaps UNION ALL SELECT uid, 1, 'KZ', '', '', '' FROM roadmaps",
    "INSERT INTO measures (uid, name, roadmap_uid, partnership, titles, section, order_number, expected_result, \
     form_of_completion, executors, deadline_form, deadline_day, weight, state, reports, words, events, revision, \
     created_us, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
     SELECT 'm' || CAST(i AS TEXT), 'm' || CAST(i AS TEXT), 'r' || CAST(i / 100 AS TEXT), 'uz-kz', '[]', '', i, '', \
     '', '[]', 1, 18000 + i % 900, 1, 1, 0, '', 1, 1, i, i FROM n",
    "INSERT INTO measure_bodies (measure_uid, party, body, leads) \
     SELECT uid, 'UZ', 'body ' || CAST(order_number % 4 AS TEXT), TRUE FROM measures",
    "INSERT INTO deadlines (carrier, last_day, measure_name, measure_uid, is_open) \
     SELECT 'uz-kz', deadline_day, name, uid, order_number / 4 % 10 = 0 FROM measures \
     UNION ALL SELECT 'uz-kz p:UZ', deadline_day, name, uid, order_number / 4 % 10 = 0 FROM measures \
     UNION ALL SELECT 'uz-kz b:body ' || CAST(order_number % 4 AS TEXT), deadline_day, name, uid, \
     order_number / 4 % 10 = 0 FROM measures",
    "INSERT INTO reminder_queue (measure_uid, last_day, revision, look_day, leads) \
     SELECT uid, deadline_day, 1, deadline_day - 30, '' FROM measures",
    "ANALYZE",
];

/// Enters [`FILL`].
pub(super) async fn fill(database: &Database) {
    let filled: Result<(), Error> = database
        .write(|tx| {
            Box::pin(async move {
                for text in FILL {
                    tx.execute(*text, vec![]).await?;
                }
                Ok(())
            })
        })
        .await;
    filled.unwrap();
}

/// Returns the plan of a query as the database tells it.
pub(super) async fn on(database: &Database, query: Sql) -> String {
    let engine = database.engine();
    let plan: Result<String, Error> = database
        .read(move |tx| {
            let query = query.clone();
            Box::pin(async move {
                let prefix = match engine {
                    Engine::Sqlite => "EXPLAIN QUERY PLAN ",
                    Engine::Postgres => "EXPLAIN ",
                };
                let query = Sql {
                    text: format!("{prefix}{}", query.text),
                    args: query.args,
                };
                Ok(match engine {
                    Engine::Sqlite => {
                        let lines: Vec<Step> = tx.all(query, vec![]).await?;
                        let lines: Vec<String> =
                            lines.into_iter().map(|line| line.detail).collect();
                        lines.join("\n")
                    }
                    Engine::Postgres => {
                        let lines: Vec<(String,)> = tx.all(query, vec![]).await?;
                        let lines: Vec<String> = lines.into_iter().map(|(line,)| line).collect();
                        lines.join("\n")
                    }
                })
            })
        })
        .await;
    plan.unwrap()
}
