//! `accord roadmaps import` and `export`: a plan as a ministry keeps it, brought in, taken out and brought in again.

mod agreeing;
mod large;
mod whole;

use std::path::Path;
use std::process::Output;

use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;

use crate::process::{Running, run, stderr, stdout};

const ROADMAPS: &str = r#"[{"as": "UZ", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "test", "partnership": {"parties": ["UZ", "KZ"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}},
  {"as": "UZ", "call": "accord.roadmaps.v1.RoadmapService/CreateRoadmap", "request": {
    "parent": "partnerships/test", "roadmapId": "first", "roadmap": {"titles": [{"languageCode": "en", "text": "First"}],
        "sides": [{"party": "UZ", "regionCode": "UZ-TO"}, {"party": "KZ", "regionCode": "KZ-YUZ"}],
        "signingDate": {"year": 2021, "month": 12, "day": 6},
        "period": {"startDate": {"year": 2022, "month": 1, "day": 1}, "endDate": {"year": 2023, "month": 12, "day": 31}}}}},
  {"as": "UZ", "call": "accord.roadmaps.v1.RoadmapService/CreateRoadmap", "request": {
    "parent": "partnerships/test", "roadmapId": "second", "roadmap": {"titles": [{"languageCode": "en", "text": "Second"}],
        "sides": [{"party": "UZ", "regionCode": "UZ-TO"}, {"party": "KZ", "regionCode": "KZ-YUZ"}],
        "signingDate": {"year": 2021, "month": 12, "day": 6},
        "period": {"startDate": {"year": 2022, "month": 1, "day": 1}, "endDate": {"year": 2023, "month": 12, "day": 31}}}}}]"#;

/// A plan with a title over the table, a header of two rows, sections, merged rows and lists in cells.
fn plan(path: &Path, last_deadline: &str) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    let mut merge = |block: (u32, u16, u32, u16), text: &str| {
        sheet
            .merge_range(block.0, block.1, block.2, block.3, text, &plain)
            .unwrap();
    };
    merge((0, 0, 0, 5), "ДОРОЖНАЯ КАРТА");
    merge((2, 0, 3, 0), "№ п/п");
    merge((2, 1, 3, 1), "Наименование мероприятий");
    merge((2, 2, 3, 2), "Срок исполнения");
    merge((2, 3, 2, 4), "Ответственные исполнители");
    merge((2, 5, 3, 5), "Примечание");
    merge((4, 0, 4, 5), "I. Торговля");
    merge((7, 0, 7, 5), "II. Транспорт");
    let rows: [(u32, [&str; 5]); 5] = [
        (
            3,
            ["", "", "", "узбекская сторона", "казахстанская сторона"],
        ),
        (
            5,
            [
                "1",
                "Провести форум регионов",
                "II квартал 2022 г.",
                "Хокимият; МИВТ",
                "Акимат",
            ],
        ),
        (
            6,
            [
                "2",
                "1) Открыть торговый дом\n2) Открыть склад",
                "1) 2022 год\n2) I полугодие 2023 г.",
                "МИВТ",
                "",
            ],
        ),
        (
            8,
            [
                "3",
                "Запустить автобусный рейс",
                "1 июля 2022 г.",
                "Минтранс",
                "Минтранс",
            ],
        ),
        (9, ["4", "Подготовить отчёт", last_deadline, "", "Акимат"]),
    ];
    sheet.write_string(5, 5, "важно").unwrap();
    for (row, cells) in rows {
        for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// A server with two drafts, and calls to it with the token of one side.
struct Place {
    folder: tempfile::TempDir,
    server: Running,
    token: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let calls = folder.path().join("roadmaps.json");
        std::fs::write(&calls, ROADMAPS).unwrap();
        let server = Running::start(&["serve", "--data-dir", &data]);
        let token = server.party_token(folder.path(), "UZ");
        let place = Self {
            folder,
            server,
            token,
        };
        let applied = place.accord(&["apply", &calls.display().to_string()]);
        assert!(applied.status.success(), "{}", stderr(&applied));
        place
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn accord(&self, arguments: &[&str]) -> Output {
        let address = self.server.address();
        let client = ["--address", &address, "--token-file", &self.token];
        run(&[arguments, &client].concat())
    }

    fn import(&self, name: &str, roadmap: &str, more: &[&str]) -> Output {
        self.accord(&[&["roadmaps", "import", roadmap, &self.file(name)], more].concat())
    }

    /// A plan whose last deadline is written like this.
    fn plan(&self, name: &str, last_deadline: &str) {
        plan(&self.folder.path().join(name), last_deadline);
    }

    fn measures(&self, roadmap: &str) -> Value {
        let list = ["roadmaps", "measures", roadmap, "--partnership", "test"];
        self.server.json(&list)["measures"].clone()
    }
}

#[test]
fn a_row_that_cannot_be_read_stops_the_plan_and_is_told_with_its_place() {
    let place = Place::new();
    place.plan("bad.xlsx", "по готовности");
    let asked = place.import("bad.xlsx", "first", &[]);
    assert!(
        stderr(&asked).contains("--titles-in ru"),
        "{}",
        stderr(&asked)
    );
    let refused = place.import("bad.xlsx", "first", &["--titles-in", "ru"]);
    assert!(!refused.status.success());
    let said = stdout(&refused);
    for part in [
        "1 bad",
        "10",
        "3 Срок исполнения",
        "\"готовности\" is not understood",
        "4 good and not taken",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(place.measures("first"), Value::Null);
    let taken = place.import(
        "bad.xlsx",
        "first",
        &["--titles-in", "ru", "--skip-bad-rows"],
    );
    assert!(stdout(&taken).contains("4 accepted"), "{}", stdout(&taken));
}

#[test]
fn a_plan_is_taken_and_left_alone_the_second_time() {
    let place = Place::new();
    place.plan("good.xlsx", "2022-2023 годы");
    let rehearsed = place.import("good.xlsx", "first", &["--titles-in", "ru", "--dry-run"]);
    let said = stdout(&rehearsed);
    assert!(said.contains("Measures: 5 would be taken."), "{said}");
    assert_eq!(place.measures("first"), Value::Null);
    for told in ["Measures: 5 accepted.", "Measures: 5 already there."] {
        let taken = place.import("good.xlsx", "first", &["--titles-in", "ru"]);
        assert!(
            stdout(&taken).contains(told),
            "{}{}",
            stdout(&taken),
            stderr(&taken)
        );
    }
    let first = place.measures("first");
    assert_eq!(first[0]["notes"][0]["text"], "важно");
    assert_eq!(first[1]["titles"][0]["text"], "Открыть торговый дом");
    assert_eq!(first[2]["deadline"]["halfYear"]["half"], 1);
    assert_eq!(first[3]["section"], "II. Транспорт");
    assert_eq!(first[4]["startDate"]["year"], 2022);
}

#[test]
fn what_is_written_out_is_read_back_as_it_was() {
    let place = Place::new();
    place.plan("plan.xlsx", "2022-2023 годы");
    let taken = place.import("plan.xlsx", "first", &["--titles-in", "ru"]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    for form in ["csv", "xlsx"] {
        let name = format!("out.{form}");
        let export = [
            "roadmaps",
            "export",
            "first",
            "--format",
            form,
            "--output-file",
        ];
        let written = place.accord(&[&export[..], &[&place.file(&name)]].concat());
        assert!(written.status.success(), "{}", stderr(&written));
        let back = place.import(&name, "first", &[]);
        let told = "Measures: 5 already there.";
        assert!(
            stdout(&back).contains(told),
            "{form}: {}{}",
            stdout(&back),
            stderr(&back)
        );
    }
    let other = place.import("out.xlsx", "second", &[]);
    assert!(
        stdout(&other).contains("Measures: 5 accepted."),
        "{}",
        stderr(&other)
    );
    let (first, second) = (place.measures("first"), place.measures("second"));
    let pairs = first
        .as_array()
        .unwrap()
        .iter()
        .zip(second.as_array().unwrap());
    for (one, two) in pairs {
        for field in [
            "titles",
            "section",
            "executors",
            "deadline",
            "startDate",
            "workingDays",
            "weight",
            "orderNumber",
            "notes",
        ] {
            assert_eq!(one[field], two[field], "{field}");
        }
    }
}

#[test]
fn dependencies_are_brought_in_and_taken_out_and_a_cycle_is_refused() {
    let place = Place::new();
    let header = "id,title:en,deadline,predecessors,working_days\n";
    let plan = |name: &str, rows: &str| {
        std::fs::write(place.folder.path().join(name), format!("{header}{rows}")).unwrap();
    };
    plan("round.csv", "a,A,2022,b,\nb,B,2022,a,\n");
    let refused = place.import("round.csv", "first", &[]);
    assert!(!refused.status.success());
    let said = stdout(&refused);
    for part in ["DEPENDENCY_CYCLE", "a → b → a"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    plan("lost.csv", "a,A,2022,,\nb,B,2022,z,\n");
    let said = stdout(&place.import("lost.csv", "first", &[]));
    for part in ["PREDECESSOR_NOT_FOUND", "4 predecessors"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    plan("hindered.csv", "a,A,по готовности,,\nb,B,2022,a,\n");
    let said = stdout(&place.import("hindered.csv", "first", &[]));
    assert!(
        said.contains("depends on a in row 2, which is bad"),
        "{said}"
    );
    plan(
        "good.csv",
        "a,A,2022,c FF-2ed,10\nb,B,2022,a; c SS,\nc,C,2022,,5\n",
    );
    let taken = place.import("good.csv", "first", &[]);
    assert!(
        stdout(&taken).contains("Measures: 3 accepted."),
        "{}",
        stderr(&taken)
    );
    let measures = place.measures("first");
    assert_eq!(measures[1]["dependencies"].as_array().unwrap().len(), 2);
    let export = [
        "roadmaps",
        "export",
        "first",
        "--format",
        "csv",
        "--output-file",
    ];
    let written = place.accord(&[&export[..], &[&place.file("out.csv")]].concat());
    assert!(written.status.success(), "{}", stderr(&written));
    let back = place.import("out.csv", "first", &[]);
    assert!(
        stdout(&back).contains("Measures: 3 already there."),
        "{}",
        stdout(&back)
    );
}

#[test]
fn a_plan_of_several_batches_depends_across_them() {
    use std::fmt::Write as _;

    let place = Place::new();
    let mut plan = "id,title:en,deadline,predecessors\n".to_owned();
    for number in 1..=1_200 {
        // The first depends on the last, and the others on the one before.
        let on = match number {
            1 => "m-1200".to_owned(),
            2 => String::new(),
            number => format!("m-{}", number - 1),
        };
        writeln!(plan, "m-{number},Measure {number},2022,{on}").unwrap();
    }
    std::fs::write(place.file("large.csv"), plan).unwrap();
    let taken = place.import("large.csv", "first", &[]);
    let told = "Measures: 1200 accepted.";
    assert!(
        stdout(&taken).contains(told),
        "{}{}",
        stdout(&taken),
        stderr(&taken)
    );
}
