//! What cannot be opened says why, in one line.

use std::fs;

use storage::{Database, Engine, Error, OpenError, Options, testing::databases};

use crate::{MIGRATIONS, SCHEMA};

async fn open(url: String) -> OpenError {
    let options = Options {
        url,
        schema: SCHEMA,
        max_connections: 1,
    };
    let error = Database::open(&options, &[&MIGRATIONS])
        .await
        .expect_err("must be refused");
    let message = error.to_string();
    assert!(
        !message.contains('\n') && !message.contains("secret"),
        "{message}"
    );
    error
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open(format!("sqlite://{}/below/trade.db", file.display())).await;
    assert!(
        matches!(&error, OpenError::Directory { path, .. } if path.starts_with(&file)),
        "{error}"
    );
}

#[tokio::test]
async fn a_directory_in_place_of_the_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let error = open(format!("sqlite://{}", directory.path().display())).await;
    assert!(matches!(error, OpenError::Directory { .. }), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trade.db");
    fs::write(&file, "period,flow,value\n".repeat(100)).unwrap();
    let error = open(format!("sqlite://{}", file.display())).await;
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_missing_directory_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a/b/trade.db");
    let url = format!("sqlite://{}", file.display());
    let options = Options {
        url,
        schema: SCHEMA,
        max_connections: 1,
    };
    Database::open(&options, &[&MIGRATIONS])
        .await
        .unwrap()
        .close()
        .await;
    assert!(file.is_file());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_its_password() {
    let error = open("postgres://accord:secret@127.0.0.1:1/accord".to_owned()).await;
    assert!(
        matches!(&error, OpenError::Unreachable { server, .. } if server == "127.0.0.1:1/accord"),
        "{error}"
    );
}

#[tokio::test]
async fn a_role_that_may_not_create_the_schema_is_told_so() {
    const ROLE: &str = "DO $$ BEGIN CREATE ROLE accord_test_powerless; \
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
    for opened in databases(SCHEMA, &[&MIGRATIONS]).await {
        if opened.engine() == Engine::Postgres {
            let made: Result<u64, Error> = opened
                .database
                .write(|tx| Box::pin(async move { tx.execute(ROLE, vec![]).await }))
                .await;
            made.unwrap();
            let url = &opened.options.url;
            let mark = if url.contains('?') { '&' } else { '?' };
            let options = Options {
                url: format!("{url}{mark}options[role]=accord_test_powerless"),
                schema: "never_made",
                max_connections: 1,
            };
            let error = Database::open(&options, &[]).await.unwrap_err().to_string();
            assert!(
                error.contains("may not create it (permission denied") && !error.contains('\n'),
                "{error}"
            );
        }
        opened.remove().await;
    }
}

#[tokio::test]
async fn a_bad_url_is_refused() {
    for url in ["trade.db", "mysql://localhost/x", "sqlite://"] {
        assert!(
            matches!(open(url.to_owned()).await, OpenError::BadUrl(_)),
            "{url}"
        );
    }
}
