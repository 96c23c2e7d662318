//! What comes back of a plan that is taken out, and what is told of one that cannot be brought in.

use rust_xlsxwriter::Workbook;

use super::Place;
use crate::process::{stderr, stdout};

/// What a file of this program can say: a place that is not counted, notes, indicators, and blanks before a text.
const WHOLE: &str = "\
id,order_number,title:ru,title:uz-Latn,expected_result,lead_body:KZ,co_executing_bodies:KZ,deadline,note:ru,note:kk,indicators,commitments
ww,8,1) a; 2) b,'=Tadbir,  leading,1) Office,2) Bureau; C\\;D,2022 Q2,заметка,ескерту,len: title:ru=длина; unit=km; baseline=0; target=10,
aa,5,A,,,,,permanent,,,,
";

#[test]
fn the_whole_plan_of_a_measure_comes_back() {
    let place = Place::new();
    std::fs::write(place.file("whole.csv"), WHOLE).unwrap();
    let taken = place.import("whole.csv", "first", &[]);
    assert!(
        stdout(&taken).contains("Measures: 2 accepted."),
        "{}{}",
        stdout(&taken),
        stderr(&taken)
    );
    let first = place.measures("first");
    let ww = first
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["orderNumber"] == 8)
        .unwrap();
    assert_eq!(ww["titles"][0]["text"], "1) a; 2) b");
    assert_eq!(ww["expectedResult"], "  leading");
    assert_eq!(ww["indicators"][0]["target"], "10");
    assert_eq!(ww["notes"][1]["text"], "ескерту");
    assert_eq!(ww["executors"][0]["coExecutingBodies"][1], "C;D");
    for form in ["csv", "xlsx"] {
        let file = place.file(&format!("out.{form}"));
        let export = [
            "roadmaps",
            "export",
            "first",
            "--format",
            form,
            "--output-file",
            &file,
        ];
        let written = place.accord(&export);
        assert!(written.status.success(), "{}", stderr(&written));
        let back = place.import(&format!("out.{form}"), "first", &[]);
        assert!(
            stdout(&back).contains("Measures: 2 already there."),
            "{form}: {}{}",
            stdout(&back),
            stderr(&back)
        );
    }
    // A measure that differs is told with what differs.
    std::fs::write(place.file("other.csv"), WHOLE.replace("заметка", "другое")).unwrap();
    let said = stdout(&place.import("other.csv", "first", &[]));
    assert!(said.contains("differs in notes"), "{said}");
    let lines = place.accord(&[
        "roadmaps",
        "export",
        "first",
        "--output-file",
        &place.file("out.jsonl"),
    ]);
    assert!(lines.status.success(), "{}", stderr(&lines));
    let said = stderr(&place.import("out.jsonl", "first", &[]));
    assert!(said.contains("is JSON; plans are read from CSV"), "{said}");
}

#[test]
fn what_the_service_has_against_a_row_is_told_with_what_the_file_has() {
    let place = Place::new();
    let plan = "id,title:en,deadline,weight,start_date\na,A,2031-01-01,x,2022-01-01\nb,,с 2022,1,1999-01-01\n";
    std::fs::write(place.file("bad.csv"), plan).unwrap();
    let said = stdout(&place.import("bad.csv", "first", &["-o", "csv"]));
    for part in [
        "measures,2,a,bad,4,weight",
        "measures,2,a,bad,3,deadline",
        "measures,3,b,bad,3,deadline",
        "measures,3,b,bad,,,FIELD_REQUIRED",
        "measures,3,b,bad,5,start_date",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_sheet_that_was_not_read_is_told() {
    let place = Place::new();
    let mut book = Workbook::new();
    for name in ["Экономика", "Культура"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (column, text) in (0_u16..).zip(["№", "Мероприятия", "Срок"]) {
            sheet.write_string(0, column, text).unwrap();
        }
        for (column, text) in (0_u16..).zip(["1", name, "2022"]) {
            sheet.write_string(1, column, text).unwrap();
        }
    }
    book.save(place.file("two.xlsx")).unwrap();
    let said = stdout(&place.import("two.xlsx", "first", &["--titles-in", "ru"]));
    assert!(
        said.contains("sheet \"Экономика\" was read, and \"Культура\" not"),
        "{said}"
    );
    let said = stdout(&place.import(
        "two.xlsx",
        "second",
        &["--titles-in", "ru", "--sheet", "Культура"],
    ));
    assert!(
        said.contains("1 accepted") && !said.contains("was read, and"),
        "{said}"
    );
}

#[test]
fn a_body_written_otherwise_in_a_later_batch_stops_the_plan_before_anything_is_written() {
    use std::fmt::Write as _;

    let place = Place::new();
    let mut plan =
        "id,title:en,deadline,lead_body:KZ,co_executing_bodies:KZ,predecessors\n".to_owned();
    for number in 1..=1_100 {
        let (others, on) = match number {
            1 => ("Akimat", ""),
            1_090 => ("akimat", ""),
            1_100 => ("", "m-1090"),
            _ => ("", ""),
        };
        writeln!(
            plan,
            "m-{number},Measure {number},2022,Office,{others},{on}"
        )
        .unwrap();
    }
    std::fs::write(place.file("large.csv"), plan).unwrap();
    let refused = place.import("large.csv", "first", &["-o", "csv"]);
    let said = stdout(&refused);
    // The column is that of the body, and not that of the lead.
    for part in [
        "measures,1091,m-1090,bad,5,co_executing_bodies:KZ,BODY_SPELLING",
        "is written “Akimat” elsewhere; set --new-spelling if this is meant",
        "measures,1101,m-1100,bad,6,predecessors,PREDECESSOR_NOT_FOUND",
    ] {
        assert!(said.contains(part), "{part}: {said}{}", stderr(&refused));
    }
    assert_eq!(place.measures("first"), serde_json::Value::Null);
    let taken = place.import("large.csv", "first", &["--new-spelling"]);
    let told = "Measures: 1100 accepted.";
    assert!(stdout(&taken).contains(told), "{}", stderr(&taken));
    // What the partnership knows in both ways is no matter any more.
    let again = place.import("large.csv", "second", &[]);
    assert!(
        stdout(&again).contains(told),
        "{}{}",
        stdout(&again),
        stderr(&again)
    );
}

#[test]
fn a_new_body_that_is_near_to_a_known_one_is_told_and_taken() {
    let place = Place::new();
    let known = "id,title:en,deadline,lead_body:KZ\nm-1,A,2022,Harbour School\n";
    let plan = "id,title:en,deadline,lead_body:KZ,co_executing_bodies:KZ,lead_body:UZ
m-1,A,2022,Harbour School,Harbor School,Harbor School
m-2,B,2022,Harbour Schooll,Harbor School,
m-3,C,2022,Customs Office,School No. 12,
m-4,D,2022,Customs Ofice,School No. 13,
";
    std::fs::write(place.file("known.csv"), known).unwrap();
    std::fs::write(place.file("plan.csv"), plan).unwrap();
    let taken = place.import("known.csv", "first", &[]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    let report = place.file("report.csv");
    let taken = place.import("plan.csv", "second", &["--report", &report]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    let report = std::fs::read_to_string(report).unwrap();
    let told: Vec<&str> = report
        .lines()
        .filter(|line| line.contains("DOUBTFUL"))
        .collect();
    let wanted = [
        ("co_executing_bodies:KZ", "Harbor School", "Harbour School"),
        ("lead_body:KZ", "Harbour Schooll", "Harbour School"),
        ("lead_body:KZ", "Customs Ofice", "Customs Office"),
    ];
    assert_eq!(told.len(), wanted.len(), "{report}");
    for (line, (column, new, near)) in told.iter().zip(wanted) {
        assert!(line.contains(column), "{line}");
        let said = format!("\"\"{new}\"\" is new, and near to \"\"{near}\"\"");
        assert!(line.contains(&said), "{line}");
    }
    assert_eq!(place.measures("second").as_array().map(Vec::len), Some(4));
}
