//! Schemas are applied once, forward only, and a foreign history is refused.

use storage::{
    Database, Error, Migrations, OpenError, Step,
    testing::{TestDatabase, databases},
};

use crate::{MIGRATIONS, SCHEMA, insert, names};

const fn step(version: i64, text: &'static str) -> Step {
    Step {
        version,
        name: "step",
        sqlite: text,
        postgres: text,
    }
}

static ONE: Migrations = Migrations {
    component: "one",
    steps: &[step(1, "CREATE TABLE one_a (id TEXT)")],
};
static ONE_NEXT: Migrations = Migrations {
    component: "one",
    steps: &[
        step(1, "CREATE TABLE one_a (id TEXT)"),
        step(2, "CREATE TABLE one_b (id TEXT)"),
    ],
};
static ONE_CHANGED: Migrations = Migrations {
    component: "one",
    steps: &[step(1, "CREATE TABLE one_a (other TEXT)")],
};
static ONE_BROKEN: Migrations = Migrations {
    component: "one",
    steps: &[
        step(1, "CREATE TABLE one_a (id TEXT)"),
        step(
            2,
            "CREATE TABLE one_c (id TEXT); CREATE TABEL one_d (id TEXT)",
        ),
    ],
};

#[tokio::test]
async fn opening_again_changes_nothing() {
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        insert(&opened.database, "a", 1).await.unwrap();
        let again = opened.reopen().await;
        assert_eq!(names(&again).await, ["a"]);
        again.close().await;
        opened.remove().await;
    }
}

#[tokio::test]
async fn components_share_a_database_and_grow_apart() {
    for opened in databases(SCHEMA, &[&MIGRATIONS, &ONE]).await {
        assert!(has_table(&opened.database, "one_a").await);
        assert!(!has_table(&opened.database, "one_b").await);
        let grown = opened.reopen_with(&[&ONE_NEXT, &MIGRATIONS]).await.unwrap();
        assert!(has_table(&grown, "one_b").await);
        grown.close().await;
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    for opened in databases(SCHEMA, &[&ONE_NEXT]).await {
        let error = refused(&opened, &[&ONE]).await;
        assert!(
            matches!(&error, OpenError::Newer { component, found: 2, known: 1 } if component == "one"),
            "{error}"
        );
        let error = refused(&opened, &[&MIGRATIONS]).await;
        assert!(
            matches!(
                error,
                OpenError::Newer {
                    found: 2,
                    known: 0,
                    ..
                }
            ),
            "{error}"
        );
        assert!(!error.to_string().contains('\n'));
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    for opened in databases(SCHEMA, &[&ONE]).await {
        let error = refused(&opened, &[&ONE_CHANGED]).await;
        assert!(
            matches!(error, OpenError::Changed { version: 1, .. }),
            "{error}"
        );
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_failing_migration_leaves_the_database_as_it_was() {
    for opened in databases(SCHEMA, &[&ONE]).await {
        let error = refused(&opened, &[&ONE_BROKEN]).await;
        assert!(
            matches!(error, OpenError::Migration { version: 2, .. }),
            "{error}"
        );
        assert!(!has_table(&opened.database, "one_c").await);
        opened.reopen().await.close().await;
        opened.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_together_migrate_once() {
    for opened in databases(SCHEMA, &[]).await {
        let newest: [&'static Migrations; 2] = [&MIGRATIONS, &ONE_NEXT];
        let starts = (0..4).map(|_| opened.reopen_with(&newest));
        for started in futures::future::join_all(starts).await {
            started.unwrap().close().await;
        }
        opened.remove().await;
    }
}

async fn refused(opened: &TestDatabase, migrations: &[&'static Migrations]) -> OpenError {
    opened
        .reopen_with(migrations)
        .await
        .expect_err("must be refused")
}

async fn has_table(database: &Database, table: &'static str) -> bool {
    let text = format!("SELECT count(*) FROM {table}");
    let found: Result<(i64,), Error> = database
        .read(move |tx| {
            let sql = storage::Sql {
                text: text.clone(),
                args: Vec::new(),
            };
            Box::pin(async move { tx.one(sql, vec![]).await })
        })
        .await;
    found.is_ok()
}

#[tokio::test]
async fn the_two_dialects_make_the_same_tables() {
    storage::testing::same_schema(SCHEMA, &[&MIGRATIONS]).await;
}
