//! The register from the command line: bulk import and export, the sheet of a document, what is found, owed and coming.

use std::process::Output;

use serde_json::Value;

use crate::process::{Running, run, stderr, stdout};

const PARTNERSHIP: &str = r#"[{"as": "XA", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "xa-xb", "partnership": {"parties": ["XA", "XB"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}}]"#;

/// A server with an empty register, and tokens of both parties.
struct Office {
    server: Running,
    folder: tempfile::TempDir,
    xa: String,
    xb: String,
}

impl Office {
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data").display().to_string();
        let serve = ["serve", "--data-dir", &data_dir];
        let server = Running::start(&[&serve, settings].concat());
        let (xa, xb) = (
            server.party_token(folder.path(), "XA"),
            server.party_token(folder.path(), "XB"),
        );
        let office = Self {
            server,
            folder,
            xa,
            xb,
        };
        let file = office.write("partnership.json", PARTNERSHIP);
        let output = office.as_xa(&["apply", &file]);
        assert!(output.status.success(), "{}", stderr(&output));
        office
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Runs a command with the token of XA.
    fn as_xa(&self, arguments: &[&str]) -> Output {
        let address = self.server.address();
        run(&[
            arguments,
            &["--address", &address, "--token-file", &self.xa],
        ]
        .concat())
    }

    /// Runs a command with the tokens of both parties.
    fn as_both(&self, arguments: &[&str]) -> Output {
        let address = self.server.address();
        let (xa, xb) = (format!("XA={}", self.xa), format!("XB={}", self.xb));
        let tokens = ["--address", &address, "--token", &xa, "--token", &xb];
        run(&[arguments, &tokens].concat())
    }
}

fn good(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}{}",
        stdout(output),
        stderr(output)
    );
    stdout(output)
}

/// `name`s of what JSON Lines hold.
fn names(lines: &str) -> Vec<String> {
    let value = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    lines
        .lines()
        .map(|line| value(line)["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_bad_row_is_told_and_nothing_is_taken_unless_they_may_be_skipped() {
    let office = Office::open();
    let file = office.write(
        "documents.csv",
        "\u{feff}id;title:en;type;level;parties;relations;signature_date\r\n\
         treaty;A treaty;treaty;interstate;XA|XB;implements plan;2022-05-04\r\n\
         plan;A plan;plan;interstate;XA|XB;;\r\n\
         stranger;Of strangers;treaty;interstate;XA|XC;;\r\n\
         Loud;Too loud;treaty;interstate;XA|XB;;\r\n\
         late;Of no day;treaty;interstate;XA|XB;;2022-02-30\r\n\
         annex;An annex;protocol;interstate;XA|XB;annex_of stranger;\r\n",
    );
    let report = office.path("report.csv");
    let refused = office.as_xa(&["documents", "import", &file, "--report", &report]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("4 rows are bad; nothing was taken"),
        "{}",
        stderr(&refused)
    );
    let shown = stdout(&refused);
    for part in [
        "NOT_A_PARTY",
        "ID_INVALID",
        "CELL_INVALID",
        "REFERENCE_NOT_FOUND",
        "7 signature_date",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let rows = office.read("report.csv");
    assert!(
        rows.contains("documents,4,stranger,bad,5,parties,NOT_A_PARTY,"),
        "{rows}"
    );
    assert!(rows.contains("documents,2,treaty,not_taken,"), "{rows}");
    assert_eq!(good(&office.as_xa(&["documents", "export"])), "");

    let taken = good(&office.as_xa(&[
        "documents",
        "import",
        &file,
        "--skip-bad-rows",
        "-o",
        "json",
    ]));
    let taken: Value = serde_json::from_str(&taken).unwrap();
    assert_eq!(taken["documents"]["accepted"], 2, "{taken}");
    assert_eq!(taken["problems"].as_array().unwrap().len(), 4, "{taken}");
    let again = good(&office.as_xa(&["documents", "import", &file, "--skip-bad-rows"]));
    assert!(again.contains("2 already there, 4 bad"), "{again}");

    let other = office.write(
        "other.csv",
        "id,title:en,type,level,parties\ntreaty,Another,treaty,interstate,XA|XB\n",
    );
    let refused = office.as_xa(&["documents", "import", &other, "--dry-run"]);
    assert!(
        stdout(&refused).contains("differs in title:en"),
        "{}",
        stdout(&refused)
    );
    assert!(office.server.terminate().success());
}

/// The fictional sample, written out and read into an empty register: the same documents, and the same acts.
#[test]
fn what_is_exported_comes_back() {
    let sample = Running::start(&["demo", "--sample", "fictional"]);
    let office = Office::open();
    let (documents, acts) = (office.path("documents.csv"), office.path("acts.csv"));
    let csv = ["documents", "export", "--format", "csv"];
    sample.answer(&[&csv[..], &["--output-file", &documents, "--acts", &acts]].concat());
    let rehearsal = good(&office.as_both(&[
        "documents",
        "import",
        &documents,
        "--acts",
        &acts,
        "--dry-run",
    ]));
    assert!(rehearsal.contains("would be taken"), "{rehearsal}");
    assert_eq!(
        good(&office.as_xa(&["documents", "export"])),
        "",
        "a rehearsal changes nothing"
    );
    let taken = good(&office.as_both(&["documents", "import", &documents, "--acts", &acts]));
    assert!(
        taken.contains("Documents: ") && taken.contains(" accepted"),
        "{taken}"
    );

    let exported = |address: &str, token: &str, what: &[&str]| {
        good(&run(&[
            &[
                "documents",
                "export",
                "--address",
                address,
                "--token-file",
                token,
            ],
            what,
        ]
        .concat()))
    };
    let there = exported(&sample.address(), sample.told("token_file"), &csv[2..]);
    let here = exported(&office.server.address(), &office.xa, &csv[2..]);
    assert_eq!(here, there, "the same documents");
    let lines = exported(&office.server.address(), &office.xa, &["--with-acts"]);
    assert_eq!(
        names(&lines),
        standing(&exported(
            &sample.address(),
            sample.told("token_file"),
            &["--with-acts"]
        ))
    );
    let again = good(&office.as_both(&["documents", "import", &documents, "--acts", &acts]));
    assert!(
        again.contains("already there") && !again.contains("accepted"),
        "{again}"
    );
    assert!(office.server.terminate().success());
    assert!(sample.terminate().success());
}

/// Cells that a spreadsheet would run are written with a guard, and come back without: the same file again.
#[test]
fn what_a_spreadsheet_would_run_is_guarded_and_comes_back() {
    let (first, second) = (Office::open(), Office::open());
    let file = first.write(
        "given.csv",
        "id,title:en,title:ru,type,level,parties,signature_place,entry_into_force,entry_clause\n\
         a,\"'=HYPERLINK(\"\"https://fictional.example\"\")\",'+7,treaty,interstate,XA|XB,'@home,unknown,'-\n\
         b,''=kept,'plain',treaty,interstate,XA|XB,-5,unknown,\n",
    );
    good(&first.as_xa(&["documents", "import", &file]));
    let lines = good(&first.as_xa(&["documents", "export"]));
    let a: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let text = "=HYPERLINK(\"https://fictional.example\")";
    assert_eq!(a["titles"][0]["text"], text);
    assert_eq!(a["signaturePlace"], "@home");

    let csv = ["documents", "export", "--format", "csv"];
    let exported = good(&first.as_xa(&csv));
    assert!(exported.contains("a,\"'=HYPERLINK("), "{exported}");
    for cell in ["'@home", "'-", "''=kept", ",'plain',", ",-5,"] {
        assert!(exported.contains(cell), "{cell}: {exported}");
    }
    let file = second.write("exported.csv", &exported);
    good(&second.as_xa(&["documents", "import", &file]));
    assert_eq!(good(&second.as_xa(&csv)), exported);
    let listed = good(&second.as_xa(&["documents", "list", "-o", "csv"]));
    assert!(listed.contains("\"'=HYPERLINK("), "{listed}");
    assert!(first.server.terminate().success());
    assert!(second.server.terminate().success());
}

/// The names of the documents and of the acts that were not retracted.
fn standing(lines: &str) -> Vec<String> {
    let kept = lines
        .lines()
        .filter(|line| !line.contains("\"retractTime\""));
    names(&kept.collect::<Vec<_>>().join("\n"))
}

#[test]
fn documents_that_refer_to_each_other_in_a_circle_are_taken_whole() {
    let office = Office::open();
    let file = office.write(
        "circle.csv",
        "id,title:en,type,level,parties,relations\n\
         a,A,treaty,interstate,XA|XB,regulates b\n\
         b,B,treaty,interstate,XA|XB,regulates a\n",
    );
    let taken = good(&office.as_xa(&["documents", "import", &file]));
    assert!(taken.contains("2 accepted"), "{taken}");
    let csv = good(&office.as_xa(&["documents", "export", "--format", "csv"]));
    assert!(
        csv.contains("regulates b") && csv.contains("regulates a"),
        "{csv}"
    );
    let again = good(&office.as_xa(&["documents", "import", &file]));
    assert!(again.contains("2 already there"), "{again}");
    let round = office.write(
        "round.csv",
        "id,title:en,type,level,parties,relations\nc,C,treaty,interstate,XA|XB,amends d\nd,D,treaty,interstate,XA|XB,amends c\n",
    );
    let refused = office.as_xa(&["documents", "import", &round]);
    assert!(
        stdout(&refused).contains("RELATION_CYCLE"),
        "{}",
        stdout(&refused)
    );
    assert!(office.server.terminate().success());
}

#[test]
fn a_party_s_acts_need_its_own_token() {
    let office = Office::open();
    let documents = office.write(
        "d.csv",
        "id,title:en,type,level,parties\nt,T,treaty,interstate,XA|XB\n",
    );
    let acts = office.write(
        "a.csv",
        "document,id,party,kind,date,source\n\
         t,xa-signature,XA,signature,2022-05-04,https://fictional.example/\n\
         t,xb-signature,XB,signature,2022-05-04,https://fictional.example/\n",
    );
    let refused = office.as_xa(&["documents", "import", &documents, "--acts", &acts]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stdout(&refused).contains("--token XB=FILE"),
        "{}",
        stdout(&refused)
    );
    assert_eq!(
        good(&office.as_xa(&["documents", "export"])),
        "",
        "neither documents nor acts were taken"
    );
    let taken = good(&office.as_both(&["documents", "import", &documents, "--acts", &acts]));
    assert!(taken.contains("Acts: 2 accepted."), "{taken}");
    assert!(office.server.terminate().success());
}

/// A text goes up, is listed, comes down as it was, in ranges too, and its words are found in the other script.
#[test]
fn a_text_goes_up_and_comes_down_as_it_was() {
    let office = Office::open();
    let documents = office.write(
        "d.csv",
        "id,title:en,type,level,parties\nt,T,treaty,interstate,XA|XB\n",
    );
    good(&office.as_xa(&["documents", "import", &documents]));
    let file = office.write("text.txt", &"Чироқлар тўғрисида шартнома. ".repeat(20_000));
    let upload = [
        "documents",
        "upload",
        "t/uz-Cyrl",
        &file,
        "--authentic",
        "--original-of",
        "XA",
    ];
    let first = good(&office.as_xa(&upload));
    assert!(first.contains("is a version of the text now"), "{first}");
    let again = good(&office.as_xa(&upload));
    assert!(again.contains("already"), "{again}");
    let texts = good(&office.as_xa(&["documents", "texts", "t"]));
    assert!(
        texts.contains("uz-Cyrl") && texts.contains("incomplete"),
        "{texts}"
    );
    let versions = good(&office.as_xa(&["documents", "texts", "t", "uz-Cyrl"]));
    assert!(
        versions.contains("v1") && versions.contains("intact"),
        "{versions}"
    );

    let down = office.path("down.txt");
    good(&office.as_xa(&["documents", "download", "t/uz-Cyrl", "--output-file", &down]));
    assert!(
        office.read("down.txt") == office.read("text.txt"),
        "the same bytes"
    );
    let range = good(&office.as_xa(&["documents", "download", "t/uz-Cyrl/v1", "--range", "0-15"]));
    assert_eq!(range, "Чироқлар");
    let beyond = office.as_xa(&["documents", "download", "t/uz-Cyrl", "--range", "99999999-"]);
    assert!(
        stderr(&beyond).contains("READ_OFFSET_INVALID"),
        "{}",
        stderr(&beyond)
    );
    assert!(
        found(&office, "shartnoma"),
        "words are taken from a text in the background"
    );
    let nameless = office.write("text.unknown", "x");
    assert_eq!(
        office
            .as_xa(&["documents", "upload", "t/ru", &nameless])
            .status
            .code(),
        Some(2)
    );
    assert!(office.server.terminate().success());
}

#[test]
fn an_operator_says_how_large_a_text_may_be() {
    let office = Office::open_with(&["--text-max-bytes", "1000"]);
    let documents = office.write(
        "d.csv",
        "id,title:en,type,level,parties\nt,T,treaty,interstate,XA|XB\n",
    );
    good(&office.as_xa(&["documents", "import", &documents]));
    let small = office.write("small.txt", &"a".repeat(1_000));
    good(&office.as_xa(&["documents", "upload", "t/en", &small]));
    let large = office.write("large.txt", &"a".repeat(1_001));
    let refused = office.as_xa(&["documents", "upload", "t/ru", &large]);
    assert!(!refused.status.success());
    assert!(stderr(&refused).contains("1000"), "{}", stderr(&refused));
    assert!(office.server.terminate().success());
}

/// Whether a word is found within the time that the background work may take.
fn found(office: &Office, word: &str) -> bool {
    (0..100).any(|_| {
        let found = good(&office.as_xa(&["documents", "search", word, "--in", "texts"]));
        if !found.contains("1 document") {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        found.contains("uz-cyrl v1: ") && found.contains("*шартнома*")
    })
}

#[test]
fn a_deleted_document_can_be_brought_back() {
    let office = Office::open();
    let documents = office.write(
        "d.csv",
        "id,title:en,type,level,parties,relations\nt,T,treaty,interstate,XA|XB,\nu,U,protocol,interstate,XA|XB,amends t\n",
    );
    good(&office.as_xa(&["documents", "import", &documents]));
    let referred = office.as_xa(&["documents", "delete", "t"]);
    let said = stderr(&referred);
    assert!(
        said.contains("DOCUMENT_REFERENCED") && said.contains("--force"),
        "{said}"
    );
    good(&office.as_xa(&["documents", "delete", "t", "--force"]));
    let relations = good(&office.as_xa(&["documents", "relations", "u"]));
    assert!(
        relations.contains("amends") && relations.contains("deleted"),
        "{relations}"
    );
    let refused = office.as_xa(&["documents", "import", &documents]);
    assert!(
        stdout(&refused).contains("DOCUMENT_DELETED"),
        "{}",
        stdout(&refused)
    );
    good(&office.as_xa(&["documents", "undelete", "t"]));
    let purge = office.server.answer(&["documents", "purge"]);
    assert!(
        purge.contains("No deleted document's 30 days are over"),
        "{purge}"
    );
    assert!(office.server.terminate().success());
}

/// What the sample's own questions are, asked of one demo because loading it is the slow part.
#[test]
fn the_sample_is_searched_printed_and_foreseen() {
    let demo = Running::start(&["demo", "--sample", "fictional"]);
    let sheet = demo.answer(&["documents", "sheet", "treaty-two-lighthouses"]);
    for part in [
        "# Treaty of the Two Lighthouses",
        "## Acts",
        "## Both sides",
        "## How this follows",
    ] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("sheet.html");
    let file = html.display().to_string();
    demo.answer(&[
        "documents",
        "sheet",
        "ferry-timetable",
        "--format",
        "html",
        "--on",
        "2021-01-01",
        "--output-file",
        &file,
    ]);
    let html = std::fs::read_to_string(&html).unwrap();
    assert!(
        html.contains("<strong>In force</strong> on 2021-01-01"),
        "{html}"
    );
    let timeline = demo.answer(&[
        "documents",
        "status",
        "treaty-two-lighthouses",
        "--timeline",
    ]);
    assert!(
        timeline.contains("Both sides") && timeline.contains("signed"),
        "{timeline}"
    );

    let found = demo.answer(&["documents", "search", "lighthouse"]);
    assert!(
        found.contains("treaty-two-lighthouses") && found.contains("*Lighthouse"),
        "{found}"
    );
    let sectors = demo.json(&["documents", "sectors"]);
    assert!(
        sectors["sectors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|sector| sector["sector"] == "transport")
    );
    let pending = demo.json(&["documents", "pending", "--on", "2026-06-01"]);
    assert!(!pending["pendingProcedures"].as_array().unwrap().is_empty());
    let events = demo.answer(&[
        "documents",
        "calendar",
        "--from",
        "2020-01-01",
        "--to",
        "2035-12-31",
        "-o",
        "csv",
    ]);
    assert!(events.contains("ferry-timetable"), "{events}");
    let calendar = demo.answer(&[
        "documents",
        "calendar",
        "--from",
        "2020-01-01",
        "--ical",
        "-",
    ]);
    assert!(
        calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains("BEGIN:VEVENT"),
        "{calendar}"
    );
    assert!(demo.terminate().success());
}
