//! Starts that cannot be, and the one clear message for each.

use std::net::TcpListener;
use std::path::Path;

use crate::process::{Running, accord, run, stderr};
use storage::{Database, Migrations, Options, Step};

/// The message of a start that must fail with `code`, in one line and without a backtrace.
fn refused(arguments: &[&str], code: i32) -> String {
    let output = run(&[
        arguments,
        &[
            "--admin-listen",
            "127.0.0.1:0",
            "--output",
            "json",
            "--log",
            "off",
        ],
    ]
    .concat());
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[test]
fn a_port_in_use_is_named_with_the_setting_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(&["demo", "--sample", "none", "--listen", &address], 1);
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_certificate_that_anybody_could_name_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data").display().to_string();
    let anywhere = ["--listen", "0.0.0.0:0", "--allow-plaintext"];
    let serve = ["serve", "--data-dir", &data_dir];
    let trusting = ["--auth-trust-client-cert"];
    let said = refused(&[&serve[..], &anywhere, &trusting].concat(), 2);
    assert!(said.contains("ACCORD_TLS_CLIENT_CA"), "{said}");
    assert!(!folder.path().join("data").exists(), "it left a trace");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let below = file.join("data").display().to_string();
    let said = refused(
        &["serve", "--data-dir", &below, "--listen", "127.0.0.1:0"],
        1,
    );
    assert!(
        said.contains(&below) && said.contains("--data-dir"),
        "{said}"
    );
}

#[test]
fn a_second_process_on_the_same_directory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let first = Running::start(&["serve", "--data-dir", &data_dir]);
    let said = refused(
        &["serve", "--data-dir", &data_dir, "--listen", "127.0.0.1:0"],
        1,
    );
    assert!(said.contains("another accord"), "{said}");
    assert!(first.terminate().success());
}

#[test]
fn a_database_from_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    make_newer_database(&folder.path().join("documents.sqlite"));
    let data_dir = folder.path().display().to_string();
    let said = refused(
        &["serve", "--data-dir", &data_dir, "--listen", "127.0.0.1:0"],
        1,
    );
    assert!(said.contains("newer"), "{said}");
}

/// A database as the next version of the documents service would leave it.
fn make_newer_database(path: &Path) {
    let known = documents::TABLES.steps.iter().map(|step| Step {
        version: step.version,
        name: step.name,
        sqlite: step.sqlite,
        postgres: step.postgres,
    });
    let next = Step {
        version: i64::try_from(documents::TABLES.steps.len()).unwrap() + 1,
        name: "later",
        sqlite: "CREATE TABLE later (a INTEGER) STRICT",
        postgres: "",
    };
    let steps: Vec<Step> = known.chain([next]).collect();
    // Schemas live as long as the program.
    let newer: &'static Migrations = Box::leak(Box::new(Migrations {
        component: documents::TABLES.component,
        steps: steps.leak(),
    }));
    let options = Options {
        url: format!("sqlite://{}", path.display()),
        schema: documents::SCHEMA,
        max_connections: 2,
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let database = Database::open(&options, &[&ledger::MIGRATIONS, newer]).await;
        database.unwrap().close().await;
    });
}

#[test]
fn wrong_settings_end_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("accord.toml");
    std::fs::write(&config, "colour = \"green\"\n").unwrap();
    let config = config.display().to_string();
    let data_dir = folder.path().join("data").display().to_string();
    for (arguments, part) in [
        (&["--listen", "0.0.0.0:0"][..], "--tls-cert"),
        (
            &["--listen", "0.0.0.0:0", "--allow-plaintext"],
            "--allow-own-issuer",
        ),
        (&["--listen", "nonsense"], "nonsense"),
        (
            &["--config", "/nowhere/accord.toml"],
            "/nowhere/accord.toml",
        ),
        (&["--config", &config], "colour"),
        (
            &["--listen", "127.0.0.1:0", "--tls-cert", "/nowhere"],
            "--tls-key",
        ),
        (
            &["--listen", "127.0.0.1:0", "--auth-issuer", "x"],
            "--auth-jwks",
        ),
    ] {
        let said = refused(
            &[&["serve", "--data-dir", &data_dir], arguments].concat(),
            2,
        );
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[test]
fn settings_come_from_a_file_and_from_variables() {
    let folder = tempfile::tempdir().unwrap();
    let from_file = folder.path().join("from-file");
    let config = folder.path().join("accord.toml");
    std::fs::write(
        &config,
        format!("data-dir = {:?}\n", from_file.display().to_string()),
    )
    .unwrap();
    let running = Running::start(&["serve", "--config", &config.display().to_string()]);
    assert_eq!(
        running.told("data_dir"),
        from_file.canonicalize().unwrap().display().to_string()
    );
    assert!(running.terminate().success());

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = accord()
        .args(["demo", "--sample", "none"])
        .env("ACCORD_LISTEN", &address)
        .output()
        .unwrap();
    assert!(stderr(&output).contains(&address), "{}", stderr(&output));
}
