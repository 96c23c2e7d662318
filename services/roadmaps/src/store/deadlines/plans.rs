//! What both engines do to list deadlines and to find those that wait for a reminder: all by index, without sorting.

use aip::ListRequest;
use jiff::civil::date;
use storage::{Database, Engine, testing};

use super::*;
use crate::{MIGRATIONS, SCHEMA, store::fields};

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
     '', '[]', 1, 18000 + i % 900, 1, 1, 0, '', 1, 1, 0, 0 FROM n",
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

storage::row! {
    /// One line of a plan, on SQLite.
    struct SqlitePlan {
        detail: String,
    }
}

async fn fill(database: &Database) {
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

async fn plan(database: &Database, query: Sql) -> String {
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
                        let lines: Vec<SqlitePlan> = tx.all(query, vec![]).await?;
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

/// A page far smaller than what follows it: fewer rows than a page are sorted sooner than read in order.
fn listing(order_by: &str) -> Listing {
    let request = ListRequest {
        page_size: 5,
        order_by,
        ..ListRequest::default()
    };
    Listing::parse(&fields::DEADLINES, &request).unwrap()
}

fn asked(body: &str, party: &str, with_closed: bool) -> Asked {
    Asked {
        partnership: "uz-kz".to_owned(),
        first: Some(date(2019, 6, 1)),
        last: Some(date(2020, 6, 1)),
        body: body.to_owned(),
        party: party.to_owned(),
        with_closed,
    }
}

/// Neither engine sorts rows or reads a table from end to end; the few sides of a roadmap are joined as the engine likes.
fn goes_by(plan: &str, engine: Engine, index: &str) {
    assert!(plan.contains(index), "{plan}");
    match engine {
        Engine::Sqlite => {
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            assert!(
                !plan.contains("SCAN d") && !plan.contains("SCAN m"),
                "{plan}"
            );
        }
        Engine::Postgres => {
            assert!(!plan.contains("Seq Scan on measures"), "{plan}");
            assert!(!plan.contains("Seq Scan on deadlines"), "{plan}");
            assert!(!plan.contains("Sort Key"), "{plan}");
        }
    }
}

#[tokio::test]
async fn deadlines_are_listed_in_the_order_of_an_index() {
    testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let engine = database.engine();
        for (body, party) in [("", ""), ("", "UZ"), ("body 3", ""), ("body 3", "UZ")] {
            for order in ["last_day", "last_day desc"] {
                let first = listing(order);
                let after = first.going_on_after(vec![18_300.into(), "m1234".into()]);
                for listing in [first, after] {
                    let open = list_sql(&listing, &asked(body, party, false));
                    let all = list_sql(&listing, &asked(body, party, true));
                    let plan_of_open = plan(&database, open).await;
                    goes_by(&plan_of_open, engine, "deadlines_open");
                    let plan_of_all = plan(&database, all).await;
                    goes_by(&plan_of_all, engine, "deadlines_all");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_reminder_is_found_by_its_day() {
    testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let sql = |text: &str, args: Vec<Value>| Sql {
            text: text.to_owned(),
            args,
        };
        let wait = sql(queries::REMINDERS_WAIT, args![17_990]);
        let due = sql(queries::DUE_REMINDERS, args![17_990, 200]);
        for query in [wait, due] {
            let plan = plan(&database, query).await;
            assert!(plan.contains("reminder_queue_by_day"), "{plan}");
        }
    })
    .await;
}
