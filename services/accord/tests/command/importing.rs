//! `accord trade import`: files of figures in every format, refused whole or taken whole.

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
    assert_eq!(refused.status.code(), Some(3));
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

const PARTIES: &str = r#"[{"as": "UZ", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "uz-kz", "partnership": {"parties": ["UZ", "KZ"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}}]"#;

const SIAT: &str = "\u{feff}Code,Klassifikator,Klassifikator_ru,Klassifikator_en,2021,2022\n\
    004,Afg'oniston,Афганистан,Afghanistan,1.0,2.0\n398,Qozog'iston,Казахстан,Kazakhstan,1178376.7,1407547.5\n";

const DOUBTFUL: &str = "flow,period,commodity,hs_edition,value_usd,net_weight_kg\n\
    M,2022,TOTAL,,100,\nM,2022,27,H6,150,\nM,2022,28,H6,0,5\n";

#[test]
fn foreign_files_make_a_release_and_say_what_is_left_out_or_doubtful() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let data_dir = folder.path().join("data").display().to_string();
    let calls = path("calls.json", PARTIES);
    let siat = path("table.csv", SIAT);
    let doubtful = path("imports.csv", DOUBTFUL);
    let zipped = path("zipped.csv", "PK\u{3}\u{4}");
    let report = folder.path().join("report.csv");
    let report_name = report.display().to_string();

    let server = Running::start(&["serve", "--data-dir", &data_dir]);
    let (address, token) = (server.address(), server.party_token(folder.path(), "UZ"));
    let place = ["--address", &address, "--token-file", &token];
    let applied = run(&[&["apply", &calls], &place[..]].concat());
    assert!(applied.status.success(), "{}", stderr(&applied));
    let import = |more: &[&str]| run(&[&["trade", "import"], more, &place[..]].concat());

    let unsaid = import(&[&siat, "--reporter", "UZ"]);
    assert_eq!(unsaid.status.code(), Some(2));
    for part in ["--flow", "--unit-mult"] {
        assert!(stderr(&unsaid).contains(part), "{}", stderr(&unsaid));
    }
    let wrapped = import(&[&zipped, "--reporter", "UZ"]);
    assert_eq!(wrapped.status.code(), Some(3), "{}", stderr(&wrapped));

    let said = [
        siat.as_str(),
        &doubtful,
        "--reporter",
        "UZ",
        "--flow",
        "export",
        "--unit-mult",
        "3",
        "--publish-time",
        "2024-07-01T00:00:00Z",
    ];
    let with = |more: &[&'static str]| import(&[&said[..], more].concat());
    let checked = with(&["--dry-run", "--deny-suspicious"]);
    assert_eq!(checked.status.code(), Some(4), "{}", stderr(&checked));
    assert!(
        stdout(&checked).contains("Nothing was changed"),
        "{}",
        stdout(&checked)
    );
    assert_eq!(
        server.json(&["trade", "releases"])["releases"],
        serde_json::Value::Null
    );

    let taken = import(&[&said[..], &["--publish", "--report", &report_name]].concat());
    assert!(taken.status.success(), "{}", stderr(&taken));
    let said_about = stdout(&taken);
    for part in [
        "siat-csv",
        "OTHER_PARTNER",
        "CODES_EXCEED_TOTAL",
        "ZERO_VALUE_WITH_WEIGHT",
        "is published",
    ] {
        assert!(said_about.contains(part), "{part}: {said_about}");
    }
    let written = std::fs::read_to_string(&report).unwrap();
    let kinds: Vec<&str> = written
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert_eq!(kinds, ["left_out", "suspicious", "suspicious"], "{written}");
    let release = server.json(&["trade", "releases"]);
    assert_eq!(release["releases"][0]["observationCount"], "5");
    assert_eq!(release["releases"][0]["state"], "STATE_PUBLISHED");

    let again = with(&["--publish"]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(server.terminate().success());
}
