//! What trade is made of, from the command line: groups, breakdowns, and what changed between releases.

use serde_json::Value;

use crate::process::{Running, run, stderr, stdout};

const CALLS: &str = r#"[{"as": "XA", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "xa-xb", "partnership": {"parties": ["XA", "XB"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}},
  {"as": "XA", "call": "accord.trade.v1.ReleaseService/CreateRelease", "request": {
    "parent": "partnerships/xa-xb", "releaseId": "first", "release": {"displayName": "First figures",
        "reporter": "XA", "publisher": "Counting office", "publishTime": "2024-01-01T00:00:00Z",
        "publishTimeBasis": "PUBLISH_TIME_BASIS_STATED", "hsEdition": "HS_EDITION_H6",
        "coverage": {"completeness": "COMPLETENESS_PARTIAL", "partners": ["XB"]}}}},
  {"as": "XA", "call": "accord.trade.v1.ReleaseService/CreateRelease", "request": {
    "parent": "partnerships/xa-xb", "releaseId": "second", "release": {"displayName": "Second figures",
        "reporter": "XA", "publisher": "Counting office", "publishTime": "2024-02-01T00:00:00Z",
        "publishTimeBasis": "PUBLISH_TIME_BASIS_STATED", "hsEdition": "HS_EDITION_H6",
        "coverage": {"completeness": "COMPLETENESS_PARTIAL", "partners": ["XB"]}}}}]"#;

/// Millions of dollars; a kilogram a dollar.
const FIRST: &str = "\
flow,period,commodity,value_usd,unit_mult,net_weight_kg
X,2022,TOTAL,10,6,
M,2022,TOTAL,10,6,
X,2022,27,6,6,6000000
M,2022,27,1,6,1000000
X,2022,01,3,6,
M,2022,01,0,6,
X,2023,TOTAL,16,6,
M,2023,TOTAL,14,6,
X,2023,27,12,6,6000000
M,2023,27,3,6,3000000
X,2023,85,4,6,4000000
M,2023,85,0,6,
";

const SECOND: &str = "flow,period,commodity,value_usd,unit_mult\nX,2023,27,11,6\nX,2023,90,1,6\n";

/// A server with both releases, the second of which is published when asked for.
pub(crate) struct Office {
    pub(crate) server: Running,
    folder: tempfile::TempDir,
    pub(crate) token: String,
}

impl Office {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data").display().to_string();
        let server = Running::start(&["serve", "--data-dir", &data_dir]);
        let token = server.party_token(folder.path(), "XA");
        let office = Self {
            server,
            folder,
            token,
        };
        let calls = office.write("calls.json", CALLS);
        office.good(&["apply", &calls]);
        office.publish("first", FIRST);
        office
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn publish(&self, release: &str, text: &str) {
        let file = self.write(&format!("{release}.csv"), text);
        self.good(&["trade", "import", &file, "--release", release, "--publish"]);
    }

    #[track_caller]
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        self.good_as(&self.token, arguments)
    }

    /// A token of a party.
    pub(crate) fn token_of(&self, party: &str) -> String {
        self.server.party_token(self.folder.path(), party)
    }

    #[track_caller]
    pub(crate) fn good_as(&self, token: &str, arguments: &[&str]) -> String {
        let address = self.server.address();
        let access = ["--address", &address, "--token-file", token];
        let output = run(&[arguments, &access].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }
}

#[track_caller]
pub(crate) fn has(text: &str, parts: &[&str]) {
    // Columns may be wider apart than here.
    let squeezed: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let squeezed = squeezed.join("\n");
    for part in parts {
        assert!(squeezed.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn turnover_by_groups_has_shares_growth_contributions_indices_and_unit_values() {
    let office = Office::open();
    let ask = [
        "trade",
        "turnover",
        "--method",
        "as-reported",
        "--reporter",
        "XA",
        "--group-by",
        "commodity",
        "--level",
        "chapter",
        "--base",
        "2022",
    ];
    let text = office.good(&ask);
    has(
        &text,
        &[
            // The whole grows from 20 to 30 million, chapter 27 from 7 to 15 of these.
            "2023 30.0 exact 50.0 % 150.0 % first",
            "27 (H6)\n",
            "2023 15.0 50.0 % 114.3 % 114.3 % 40.0 % 214.3 % 1,667",
            "85 (H6)\n",
        ],
    );
    let csv = office.good(&[&ask[..], &["-o", "csv"]].concat());
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 1 + 2 + 3 * 2, "{csv}");
    assert!(
        csv.contains("2023,as reported by,XA,XB,3000000000,,exact,0,500000,500000,"),
        "{csv}"
    );
    let by_flow = [&ask[..6], &["--group-by", "flow", "--from", "2023"]].concat();
    has(
        &office.good(&by_flow),
        &["export\n", "2023 16.0 53.3 %", "import\n"],
    );
    let refused = run(&[&ask[..6], &["--commodity", "27"]].concat());
    assert_eq!(refused.status.code(), Some(2), "a code needs its edition");
    assert!(office.server.terminate().success());
}

#[test]
fn a_breakdown_tells_the_largest_the_rest_what_is_new_and_what_is_gone() {
    let office = Office::open();
    // Only a complete release tells that what it leaves out was not traded.
    let whole = office.write("whole.csv", FIRST);
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
        "2023-12-31",
    ];
    let about = [
        "--release",
        "whole",
        "--reporter",
        "XA",
        "--hs-edition",
        "h6",
    ];
    let published = ["--publish-time", "2024-06-01", "--publish"];
    let import = ["trade", "import", &whole];
    office.good(&[&import[..], &about, &covered, &published].concat());
    let ask = [
        "trade",
        "breakdown",
        "2023",
        "--method",
        "as-reported",
        "--reporter",
        "XA",
        "--by",
        "chapter",
    ];
    let text = office.good(&ask);
    has(
        &text,
        &[
            "Trade XA-XB in 2023, beside 2022",
            // From 7 to 15 of 19, where there were 10.
            "27 (H6) 15.0 78.9 % 7.0 114.3 % 80.0 % 1,667",
            "85 (H6) 4.0 21.1 % 0.0 40.0 % 1,000 new",
            "total 19.0",
            "Parts 2",
            "Gone, the largest first",
            "01 (H6) 0.0 0.0 % 3.0 -100.0 % -30.0 % gone",
        ],
    );
    let top: Value = {
        let ask = [&ask[..], &["--top", "1", "--flow", "export", "-o", "json"]].concat();
        serde_json::from_str(&office.good(&ask)).unwrap()
    };
    assert_eq!(top["rows"].as_array().unwrap().len(), 1);
    assert_eq!(top["rest"]["valueCents"], "400000000");
    let lines = office.good(&[&ask[..], &["-o", "csv"]].concat());
    let kinds: Vec<&str> = lines
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(kinds, ["part", "part", "rest", "total", "loss"]);
    let address = office.server.address();
    let refused = run(&[
        "trade",
        "breakdown",
        "2023",
        "--by",
        "region",
        "--address",
        &address,
        "--token-file",
        &office.token,
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("add --method"),
        "{}",
        stderr(&refused)
    );
    assert!(office.server.terminate().success());
}

#[test]
fn two_releases_are_compared_figure_by_figure() {
    let office = Office::open();
    office.publish("second", SECOND);
    let text = office.good(&["trade", "compare", "first", "second"]);
    has(
        &text,
        &[
            "2023 export 27 H6 XB 12,000,000.00 11,000,000.00 changed",
            "2023 export 90 H6 XB - 1,000,000.00 new",
            "2023 import 27 H6 XB 3,000,000.00 - not repeated",
            "first and second differ in 13 figures.",
        ],
    );
    let json = office.good(&["trade", "compare", "first", "second", "-o", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), 13);
    let some = office.good(&[
        "trade", "compare", "first", "second", "--limit", "2", "-o", "json",
    ]);
    let some: Value = serde_json::from_str(&some).unwrap();
    assert_eq!(some["changes"].as_array().unwrap().len(), 2);
    assert!(some["nextPageToken"].is_string());
    assert!(office.server.terminate().success());
}

#[test]
fn a_figure_is_explained_down_to_what_was_published() {
    let office = Office::open();
    office.publish("second", SECOND);
    let ask = [
        "trade",
        "explain",
        "--period",
        "2023",
        "--method",
        "as-reported-by",
        "--reporter",
        "XA",
    ];
    has(
        &office.good(&ask),
        &[
            "Trade XA-XB in 2023, as known at",
            "USD 30,000,000.00",
            "1 trade of XA in 2023: exports and imports added up 30,000,000.00",
            "1.1 exports of XA in 2023, as published 16,000,000.00",
            "1.2 2023 import TOTAL 14,000,000.00 first",
        ],
    );
    let group = [&ask[..], &["--group", "27", "--edition", "H6"]].concat();
    has(
        &office.good(&group),
        &[
            "USD 14,000,000.00",
            "1.1 2023 export 27 H6 11,000,000.00 second",
            "first has 12,000,000.00 for 2023: superseded by second",
        ],
    );
    let row = [&group[..], &["--breakdown", "--flow", "export"]].concat();
    has(&office.good(&row), &["USD 11,000,000.00"]);
    let json: Value = {
        let ask = [&group[..], &["--limit", "1", "-o", "json"]].concat();
        serde_json::from_str(&office.good(&ask)).unwrap()
    };
    assert_eq!(json["valueCents"], "1400000000");
    assert_eq!(json["totalSize"], "2");
    assert_eq!(json["cells"].as_array().unwrap().len(), 1);
    assert!(json["nextPageToken"].is_string());
    let csv = office.good(&[&group[..], &["-o", "csv"]].concat());
    let kinds: Vec<&str> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap())
        .collect();
    assert_eq!(kinds, ["taken", "other", "taken"]);
    let address = office.server.address();
    let access = ["--address", &address, "--token-file", &office.token];
    let refused = run(&[&ask[..4], &access].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("add --method"),
        "{}",
        stderr(&refused)
    );
    assert!(office.server.terminate().success());
}
