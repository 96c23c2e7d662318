//! The command line: what it takes, what it refuses, what it explains.

use crate::process::{accord, run, stderr, stdout};

#[test]
fn every_command_explains_itself_with_examples() {
    for command in [
        &["demo"][..],
        &["serve"],
        &["overview"],
        &["documents", "list"],
        &["documents", "get"],
        &["documents", "status"],
        &["documents", "acts"],
        &["documents", "search"],
        &["documents", "relations"],
        &["documents", "pending"],
        &["documents", "calendar"],
        &["documents", "sectors"],
        &["documents", "sheet"],
        &["documents", "texts"],
        &["documents", "upload"],
        &["documents", "download"],
        &["documents", "import"],
        &["documents", "export"],
        &["documents", "delete"],
        &["documents", "undelete"],
        &["documents", "purge"],
        &["trade", "turnover"],
        &["trade", "advantage"],
        &["trade", "complementarity"],
        &["trade", "target"],
        &["trade", "releases"],
        &["trade", "import"],
        &["trade", "reconcile"],
        &["trade", "convert"],
        &["trade", "explanations"],
        &["trade", "explanations", "list"],
        &["trade", "explanations", "add"],
        &["trade", "explanations", "accept"],
        &["trade", "explanations", "dispute"],
        &["trade", "explanations", "withdraw"],
        &["trade", "classifications"],
        &["trade", "classifications", "import"],
        &["trade", "classifications", "search"],
        &["trade", "classifications", "show"],
        &["trade", "classifications", "convert"],
        &["roadmaps", "list"],
        &["roadmaps", "progress"],
        &["roadmaps", "burnup"],
        &["roadmaps", "stages"],
        &["roadmaps", "forecast"],
        &["roadmaps", "measures"],
        &["roadmaps", "schedule"],
        &["roadmaps", "gantt"],
        &["roadmaps", "deadlines"],
        &["roadmaps", "calendar"],
        &["ledger", "list"],
        &["ledger", "watch"],
        &["apply"],
        &["policy"],
        &["policy", "check"],
        &["policy", "validate"],
        &["policy", "show"],
        &["token", "key"],
        &["token", "issue"],
        &["token", "inspect"],
    ] {
        let output = run(&[command, &["--help"]].concat());
        let help = stdout(&output);
        assert!(output.status.success(), "{command:?}");
        assert!(help.contains("Examples:"), "{command:?}: {help}");
        assert!(
            help.contains(&format!("accord {}", command.join(" "))),
            "{command:?}: {help}"
        );
    }
}

#[test]
fn a_wrong_command_line_ends_with_two_and_says_why() {
    for (arguments, part) in [
        (&["documents", "lst"][..], "lst"),
        (&["serve", "--colour"], "--colour"),
        (&["trade", "turnover", "--method", "guess"], "guess"),
        (
            &["documents", "status", "x", "--on", "2023-02-30"],
            "2023-02-30",
        ),
        (
            &["token", "issue", "--agency", "a", "--role", "king"],
            "king",
        ),
        (&["overview", "--address", "ftp://x"], "ftp://x"),
        (&["ledger", "watch", "weather"], "weather"),
        (&["documents", "search"], "WORD"),
        (&["documents", "download", "x/ru", "--range", "9-1"], "9-1"),
        (&["documents", "import"], "FILE"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains(part),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_token_says_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let key = run(&["token", "key", "--data-dir", &data_dir]);
    let settings = stdout(&key);
    for setting in [
        "ACCORD_AUTH_ISSUER=",
        "ACCORD_AUTH_AUDIENCE=",
        "ACCORD_AUTH_JWKS=",
    ] {
        assert!(settings.contains(setting), "{settings}");
    }
    let file = folder.path().join("uz.token").display().to_string();
    let issued = accord()
        .args([
            "token", "issue", "--agency", "uz-stat", "--party", "UZ", "--role", "editor", "--ttl",
            "2d",
        ])
        .args(["--out", &file])
        .env("ACCORD_DATA_DIR", &data_dir)
        .output()
        .unwrap();
    assert!(issued.status.success(), "{}", stderr(&issued));
    let shown = stdout(&run(&["token", "inspect", &file, "--data-dir", &data_dir]));
    for part in ["uz-stat", "UZ", "editor", "accepted by this data directory"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_token_that_no_service_would_take_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    run(&["token", "key", "--data-dir", &data_dir]);
    let output = run(&[
        "token",
        "issue",
        "--data-dir",
        &data_dir,
        "--agency",
        "ops",
        "--party",
        "UZ",
        "--role",
        "operator",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let missing = run(&["token", "issue", "--data-dir", "/nowhere", "--agency", "a"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("accord serve --data-dir /nowhere"));
}

#[test]
fn nobody_at_the_address_is_told_in_plain_words() {
    // The port is free: it was given to this test and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}");
    let output = run(&["overview", "--address", &address]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains(&address) && said.contains("accord demo"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2, "{said}");
}
