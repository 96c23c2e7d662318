//! `accord trade import`: files of figures, refused whole or taken whole.

use crate::process::{Running, run, stderr, stdout};

const RELEASE: &str = r#"[{"as": "XA", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "xa-xb", "partnership": {"parties": ["XA", "XB"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}},
  {"as": "XA", "call": "accord.trade.v1.ReleaseService/CreateRelease", "request": {
    "parent": "partnerships/xa-xb", "releaseId": "first", "release": {"displayName": "First figures",
        "reporter": "XA", "publisher": "Counting office", "publishTime": "2024-01-01T00:00:00Z",
        "publishTimeBasis": "PUBLISH_TIME_BASIS_STATED",
        "coverage": {"completeness": "COMPLETENESS_PARTIAL", "partners": ["XB"]}}}}]"#;

#[test]
fn a_bad_row_refuses_the_file_unless_it_may_be_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data").display().to_string();
    let calls = folder.path().join("calls.json");
    std::fs::write(&calls, RELEASE).unwrap();
    let figures = folder.path().join("figures.csv");
    std::fs::write(
        &figures,
        "flow,period,value_usd\nexport,2022,100\nimport,2022,much\n",
    )
    .unwrap();

    let server = Running::start(&["serve", "--data-dir", &data_dir]);
    let (address, token) = (server.address(), server.party_token(folder.path(), "XA"));
    let applied = run(&[
        "apply",
        &calls.display().to_string(),
        "--address",
        &address,
        "--token-file",
        &token,
    ]);
    assert!(applied.status.success(), "{}", stderr(&applied));

    let figures = figures.display().to_string();
    let import = |more: &[&str]| {
        let import = ["trade", "import", &figures, "--release", "first"];
        run(&[
            &import,
            &["--address", &address, "--token-file", &token][..],
            more,
        ]
        .concat())
    };
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    for part in [
        "IMPORT_ROWS_INVALID",
        "line 3",
        "value_usd",
        "not a decimal number",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let again = import(&[]);
    assert!(
        stderr(&again).contains("IMPORT_ROWS_INVALID"),
        "{}",
        stderr(&again)
    );
    let release = server.json(&["trade", "releases"]);
    assert_eq!(
        release["releases"][0]["observationCount"]
            .as_str()
            .unwrap_or("0"),
        "0"
    );

    let taken = import(&["--skip-bad-rows", "--publish"]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    assert!(
        stdout(&taken).contains("Skipped rows"),
        "{}",
        stdout(&taken)
    );
    let again = import(&["--skip-bad-rows", "--publish"]);
    assert!(again.status.success(), "{}", stderr(&again));
    let release = server.json(&["trade", "releases"]);
    assert_eq!(release["releases"][0]["state"], "STATE_PUBLISHED");
    assert_eq!(release["releases"][0]["observationCount"], "1");
    assert!(server.terminate().success());
}
