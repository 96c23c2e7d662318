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

/// A server with a partnership of UZ and KZ and nothing else, and how a party calls it.
struct Fresh {
    folder: tempfile::TempDir,
    server: Running,
}

impl Fresh {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data").display().to_string();
        let server = Running::start(&["serve", "--data-dir", &data_dir]);
        let fresh = Self { folder, server };
        let calls = fresh.file("calls.json", PARTIES);
        let applied = fresh.as_party("UZ", &["apply", &calls]);
        assert!(applied.status.success(), "{}", stderr(&applied));
        fresh
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn as_party(&self, party: &str, arguments: &[&str]) -> std::process::Output {
        let (address, token) = (
            self.server.address(),
            self.server.party_token(self.folder.path(), party),
        );
        let place = ["--address", &address, "--token-file", &token];
        run(&[arguments, &place].concat())
    }
}

#[test]
fn a_release_declares_what_it_covers_and_is_published_on_the_day_itself() {
    let fresh = Fresh::start();
    let figures = fresh.file(
        "figures.csv",
        "flow,period,commodity,value_usd\nX,2022,27,100\nM,2022,27,9\n",
    );
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let today = today.to_string();
    let about = [
        "trade",
        "import",
        &figures,
        "--reporter",
        "UZ",
        "--release",
        "uz-2022",
        "--hs-edition",
        "h6",
        "--publish-time",
        &today,
    ];
    let unsaid = fresh.as_party("UZ", &[&about[..], &["--complete"]].concat());
    assert_eq!(unsaid.status.code(), Some(2), "{}", stderr(&unsaid));
    for part in [
        "--covers-flow",
        "--covers-window",
        "--covers-from",
        "--covers-to",
    ] {
        assert!(
            stderr(&unsaid).contains(part),
            "{part}: {}",
            stderr(&unsaid)
        );
    }
    let covered = [
        "--complete",
        "--by-commodity",
        "--covers-flow",
        "export",
        "--covers-flow",
        "import",
        "--covers-window",
        "year",
        "--covers-from",
        "2022-01-01",
        "--covers-to",
        "2022-12-31",
        "--publish",
    ];
    let taken = fresh.as_party("UZ", &[&about[..], &covered].concat());
    assert!(taken.status.success(), "{}", stderr(&taken));
    let release = &fresh.server.json(&["trade", "releases"])["releases"][0];
    assert_eq!(release["state"], "STATE_PUBLISHED");
    assert_eq!(
        release["coverage"],
        serde_json::json!({
            "completeness": "COMPLETENESS_COMPLETE", "partners": ["KZ"],
            "flows": ["FLOW_EXPORT", "FLOW_IMPORT"], "windows": ["WINDOW_YEAR"],
            "startDate": {"year": 2022, "month": 1, "day": 1}, "endDate": {"year": 2022, "month": 12, "day": 31},
            "byCommodity": true
        })
    );
    assert!(fresh.server.terminate().success());
}

#[test]
fn everything_that_was_found_is_written_to_the_report() {
    let fresh = Fresh::start();
    let codes: String = (1..=1_300)
        .map(|code| format!("X,2022,{code:05},1\n"))
        .collect();
    let bad: String = (1..=1_100).map(|_| "X,2022,27,much\n").collect();
    let figures = fresh.file(
        "figures.csv",
        &format!("flow,period,commodity,value_usd\n{codes}{bad}"),
    );
    let about = [
        "trade",
        "import",
        &figures,
        "--reporter",
        "UZ",
        "--release",
        "uz-2022",
        "--hs-edition",
        "h6",
        "--skip-bad-rows",
    ];
    for name in ["report.csv", "report.json"] {
        let report = fresh.folder.path().join(name);
        let report_name = report.display().to_string();
        let taken = fresh.as_party("UZ", &[&about[..], &["--report", &report_name]].concat());
        assert!(taken.status.success(), "{}", stderr(&taken));
        let written = std::fs::read_to_string(&report).unwrap();
        let count = |kind: &str| {
            if name == "report.json" {
                let found: Vec<serde_json::Value> = serde_json::from_str(&written).unwrap();
                found.iter().filter(|own| own["kind"] == kind).count()
            } else {
                let kinds = written.lines().filter_map(|line| line.split(',').nth(1));
                kinds.filter(|own| *own == kind).count()
            }
        };
        assert_eq!(
            (count("skipped"), count("suspicious")),
            (1_100, 1_300),
            "{name}"
        );
    }
    assert!(fresh.server.terminate().success());
}

#[test]
fn the_partnership_tells_the_parties_where_releases_cover_only_the_world() {
    let fresh = Fresh::start();
    for (party, csv) in [
        (
            "UZ",
            "flow,period,commodity,value_usd\nX,2024,TOTAL,9\nX,2024,27,9\nM,2024,TOTAL,5\nM,2024,84,5\n",
        ),
        (
            "KZ",
            "flow,period,commodity,value_usd\nX,2024,TOTAL,8\nX,2024,84,8\nM,2024,TOTAL,4\nM,2024,27,4\n",
        ),
    ] {
        let figures = fresh.file(&format!("{party}.csv"), csv);
        let taken = fresh.as_party(
            party,
            &[
                "trade",
                "import",
                &figures,
                "--reporter",
                party,
                "--partner",
                "W0",
                "--hs-edition",
                "h6",
                "--publish-time",
                "2025-06-30",
                "--publish",
            ],
        );
        assert!(taken.status.success(), "{}", stderr(&taken));
    }
    let told = fresh.as_party(
        "UZ",
        &["trade", "complementarity", "2024", "--by", "chapter"],
    );
    assert!(told.status.success(), "{}", stderr(&told));
    assert!(
        stdout(&told).contains("Trade complementarity of KZ and UZ in 2024"),
        "{}",
        stdout(&told)
    );
    assert!(fresh.server.terminate().success());
}
