//! What stays: after a power cut, after an orderly end, and what does not stay after a demo.

use std::path::Path;

use crate::process::{Running, run, stderr};

/// The folder of the fictional sample.
const FICTIONAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/fictional");

#[test]
fn what_was_answered_survives_a_power_cut() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let running = Running::start(&["serve", "--data-dir", &data_dir]);
    let address = running.address();
    let applied = run(&[
        "apply",
        FICTIONAL,
        "--data-dir",
        &data_dir,
        "--address",
        &address,
    ]);
    assert!(applied.status.success(), "{}", stderr(&applied));
    let questions = [
        &["documents", "list"][..],
        &["documents", "acts", "lamp-oil"],
        &["trade", "releases"],
        &["roadmaps", "measures", "lantern-towns"],
        &["ledger", "list", "roadmaps"],
    ];
    let before = questions.map(|question| running.json(question));
    running.kill();

    let again = Running::start(&["serve", "--data-dir", &data_dir]);
    for (question, before) in questions.iter().zip(before) {
        assert_eq!(again.json(question), before, "{question:?}");
    }
    assert!(again.terminate().success());
}

#[test]
fn a_demo_on_its_own_directory_leaves_nothing_behind() {
    let running = Running::start(&["demo", "--sample", "none"]);
    let data_dir = running.told("data_dir").to_owned();
    assert!(Path::new(&data_dir).is_dir());
    assert_eq!(running.terminate().code(), Some(0));
    assert!(!Path::new(&data_dir).exists());
}

#[test]
fn a_demo_finds_its_sample_again() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let demo = ["demo", "--sample", "fictional", "--data-dir", &data_dir];
    let entries = |running: &Running| {
        ["documents", "trade", "roadmaps"].map(|log| running.json(&["ledger", "list", log]))
    };
    let first = Running::start(&demo);
    let before = entries(&first);
    assert!(first.terminate().success());
    let second = Running::start(&demo);
    assert_eq!(entries(&second), before);
    assert!(second.terminate().success());
}

#[cfg(unix)]
#[test]
fn secrets_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let running = Running::start(&["serve", "--data-dir", &data_dir.display().to_string()]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(Path::new(running.told("token_file"))), 0o600);
    assert!(running.terminate().success());
}
