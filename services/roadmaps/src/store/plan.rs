//! How SQLite runs a query, for tests that an index serves it.
//!
//! PostgreSQL reads tables as small as those of tests from end to end, whatever the index.

use std::sync::Mutex;

use aip::Sql;

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
        if database.engine() != storage::Engine::Sqlite {
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
