//! `kill -9` at any moment loses nothing that was acknowledged, and the next start needs no repair.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use storage::{Database, Options};

use crate::{MIGRATIONS, SCHEMA, insert, names};

/// Set for the process that is killed: the database it writes to.
const VICTIM: &str = "ACCORD_TEST_STORAGE_VICTIM";

async fn open(file: &Path) -> Database {
    let url = format!("sqlite://{}", file.display());
    let options = Options {
        url,
        schema: SCHEMA,
        max_connections: 1,
    };
    Database::open(&options, &[&MIGRATIONS]).await.unwrap()
}

/// Not a test of its own: what the killed process runs. It says each row once it is acknowledged.
#[tokio::test]
async fn victim() {
    let Ok(file) = env::var(VICTIM) else { return };
    let database = open(Path::new(&file)).await;
    for row in 0..u32::MAX {
        insert(&database, &format!("{row:08}"), 1).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "row {row:08}")
            .and_then(|()| out.flush())
            .unwrap();
    }
}

#[tokio::test]
async fn acknowledged_rows_survive_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("victim.db");
    let mut acknowledged = Vec::new();
    for round in 1..=3 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "durability::victim",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(VICTIM, &file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut rows = said
            .map_while(Result::ok)
            .filter_map(|line| line.split_once("row ").map(|(_, row)| row.to_owned()));
        acknowledged.extend(rows.by_ref().take(20 * round));
        child.kill().unwrap();
        // What was said but not yet read counts too.
        acknowledged.extend(rows);
        child.wait().unwrap();
        let database = open(&file).await;
        let stored = names(&database).await;
        for row in &acknowledged {
            assert!(stored.contains(row), "{row} was acknowledged and is lost");
        }
        let cleared: Result<u64, storage::Error> = database
            .write(|tx| Box::pin(async move { tx.execute("DELETE FROM items", vec![]).await }))
            .await;
        cleared.unwrap();
        acknowledged.clear();
        database.close().await;
    }
}
