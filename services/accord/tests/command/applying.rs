//! `accord apply`: calls as data, each side's with its own token.

use std::path::Path;

use crate::process::{Running, run, stderr, stdout};

const PARTNERSHIP: &str = r#"[{"as": "XA", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "xa-xb", "partnership": {"parties": ["XA", "XB"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}}]"#;

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn files_are_checked_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let good = write(folder.path(), "1.json", PARTNERSHIP);
    let output = run(&["apply", "--check", &good]);
    assert!(output.status.success() && stdout(&output).contains("1 items"));
    write(
        folder.path(),
        "2.json",
        r#"[{"as": "XA", "call": "accord.documents.v1.DocumentService/CreateDocument",
        "request": {"document": {"titles": [{"languageCode": 7}]}}}]"#,
    );
    let output = run(&["apply", &folder.path().display().to_string()]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("2.json[0].request.document.titles[0].languageCode"),
        "{said}"
    );
}

#[test]
fn each_side_s_token_is_used_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data").display().to_string();
    let server = Running::start(&["serve", "--data-dir", &data_dir]);
    let file = write(folder.path(), "1.json", PARTNERSHIP);
    let (address, token) = (server.address(), server.party_token(folder.path(), "XA"));

    let other = server.party_token(folder.path(), "XB");
    let output = run(&[
        "apply",
        &file,
        "--address",
        &address,
        "--token",
        &format!("XB={other}"),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--token XA=FILE"),
        "{}",
        stderr(&output)
    );

    for _ in 0..2 {
        let pair = format!("XA={token}");
        let output = run(&["apply", &file, "--address", &address, "--token", &pair]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let entries = server.json(&["ledger", "list", "documents"]);
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1);
    assert_eq!(entries["entries"][0]["actor"]["agency"], "xa-test");
    assert!(server.terminate().success());
}
