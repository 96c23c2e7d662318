//! `accord policy`: what it says of policies is what services do by them.

use std::fs;

use serde_json::Value;

use crate::process::{accord, stderr};

const GET: &str = "accord.documents.v1.DocumentService/GetDocument";

/// What `accord policy check` answers on an agency of Uzbekistan that reads a public document, with its exit code.
fn check(folder: &str, agency: &str) -> (Value, Option<i32>) {
    let output = accord()
        .args(["policy", "check", "--party", "UZ", "--role", "editor"])
        .args(["--agency", agency, "--method", GET])
        .args(["--resource-party", "UZ", "--access-level", "PUBLIC"])
        .args(["--policy-dir", folder, "-o", "json"])
        .output()
        .expect("the program starts");
    let answer = serde_json::from_slice(&output.stdout).expect("JSON");
    (answer, output.status.code())
}

#[test]
fn who_may_not_read_what_is_public_is_told_so_before_the_services_say_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let shown = accord().args(["policy", "show", "--out", path]).output();
    assert!(shown.unwrap().status.success());
    let own = "@id(\"press\") forbid (principal == Agency::\"uz-press\", action in Action::\"read\", resource)\n\
               when { resource has accessLevel && resource.accessLevel == AccessLevel::\"PUBLIC\" };";
    fs::write(folder.path().join("own.cedar"), own).unwrap();
    // Files that are there stay as they are, and the others are written.
    let some = ["administration.cedar", "recording.cedar"].map(|name| folder.path().join(name));
    fs::write(&some[0], "// ours\n").unwrap();
    fs::remove_file(&some[1]).unwrap();
    let again = accord()
        .args(["policy", "show", "--out", path])
        .output()
        .unwrap();
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(
        stderr(&again).contains("administration.cedar is there already"),
        "{}",
        stderr(&again)
    );
    assert_eq!(fs::read_to_string(&some[0]).unwrap(), "// ours\n");
    assert!(some[1].exists());
    let (answer, code) = check(path, "uz-press");
    assert_eq!((&answer["decision"], code), (&"deny".into(), Some(4)));
    for step in answer["steps"].as_array().unwrap() {
        assert_eq!(step["policies"][0]["id"], "press", "{step}");
    }
    let (answer, code) = check(path, "uz-registry");
    assert_eq!((&answer["decision"], code), (&"allow".into(), Some(0)));
}

#[test]
fn a_permit_on_one_rung_of_the_ladder_is_warned_of_and_check_tells_the_rung_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let shown = accord().args(["policy", "show", "--out", path]).output();
    assert!(shown.unwrap().status.success());
    let own = "@id(\"audit\")\npermit (principal == Agency::\"kz-audit\", action in Action::\"read\", resource)\n\
               when { resource has accessLevel && resource.accessLevel == AccessLevel::\"OFFICIAL\" };";
    fs::write(folder.path().join("own.cedar"), own).unwrap();
    let validated = accord()
        .args(["policy", "validate", path])
        .output()
        .unwrap();
    assert_eq!(validated.status.code(), Some(0));
    let warned = String::from_utf8(validated.stdout).unwrap();
    let output = accord()
        .args(["policy", "check", "--party", "KZ", "--role", "reader"])
        .args(["--agency", "kz-audit", "--method", GET])
        .args(["--resource-party", "UZ", "--access-level", "OFFICIAL"])
        .args(["--policy-dir", path, "-o", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    for text in [&warned, &stderr(&output)] {
        assert!(
            text.contains("warning: ") && text.contains("own.cedar:1:1:"),
            "{text}"
        );
        assert!(text.contains("other parties' OFFICIAL"), "{text}");
    }
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let why = answer["steps"][1]["why"].as_str().unwrap();
    assert!(why.contains("RESTRICTED"), "{why}");
    assert!(why.contains("permitted by no policy"), "{why}");
}

#[test]
fn a_policy_on_one_record_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let own = "@id(\"one\")\nforbid (principal, action, resource == Document::\"partnerships/uz-kz/documents/1\");";
    fs::write(folder.path().join("own.cedar"), own).unwrap();
    let output = accord()
        .args(["policy", "validate"])
        .arg(folder.path())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(3));
    let text = stderr(&output);
    assert!(
        text.contains("own.cedar:2:") && text.contains("one record"),
        "{text}"
    );
}
