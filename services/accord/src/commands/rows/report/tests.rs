use super::*;
use crate::register::Place;

fn report() -> Report {
    let mut report = Report::new(&[Part::Documents, Part::Acts], false);
    report.tell(Part::Acts, 2, "a", Fate::LeftOut);
    report.tell(Part::Documents, 3, "y", Fate::Waiting);
    report.tell(Part::Documents, 2, "x", Fate::Waiting);
    let problem = Problem {
        line: 4,
        column: Some(Place {
            number: 5,
            name: "type".into(),
        }),
        reason: "CELL_INVALID".into(),
        description: "\"pact\" is none of treaty".into(),
    };
    report.bad(Part::Documents, 4, "z", vec![problem.clone()]);
    report.bad(
        Part::Documents,
        4,
        "z",
        vec![Problem {
            column: None,
            ..problem
        }],
    );
    report.tell(Part::Documents, 3, "y", Fate::Accepted);
    report
}

#[test]
fn rows_stand_in_the_order_of_the_files_with_every_problem() {
    let mut out = Vec::new();
    let mut report = report();
    report.give_up_waiting();
    report.rows(&mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\
file,line,id,outcome,column_number,column,reason,description
documents,2,x,not_taken,,,,
documents,3,y,accepted,,,,
documents,4,z,bad,5,type,CELL_INVALID,\"\"\"pact\"\" is none of treaty\"
documents,4,z,bad,,,CELL_INVALID,\"\"\"pact\"\" is none of treaty\"
acts,2,a,left_out,,,,
"
    );
}

#[test]
fn what_to_look_at_is_told_and_stops_nothing() {
    let mut report = Report::new(&[Part::Measures], true);
    report.tell(Part::Measures, 3, "m-1", Fate::Waiting);
    report.notice(Problem::of_row(3, "DOUBTFUL", "recurs"));
    assert_eq!(report.bad_count(), 0);
    assert_eq!(
        report.page().to_string(),
        "\
Measures: 1 would be taken.

To look at
FILE      LINE  COLUMN  ID  REASON
measures     3              DOUBTFUL
    recurs
"
    );
    assert_eq!(report.json()["notices"][0]["line"], 3);
    let mut out = Vec::new();
    report.rows(&mut out).unwrap();
    assert!(
        String::from_utf8(out)
            .unwrap()
            .ends_with("measures,3,,to_look_at,,,DOUBTFUL,recurs\n")
    );
}

#[test]
fn people_see_the_counts_and_the_bad_rows() {
    assert_eq!(
        report().page().to_string(),
        "\
Documents: 1 accepted, 1 waiting, 1 bad.
Acts: 1 retracted, left out.

Bad rows
FILE       LINE  COLUMN  ID  REASON
documents     4  5 type  z   CELL_INVALID
    \"pact\" is none of treaty
documents     4          z   CELL_INVALID
    \"pact\" is none of treaty
"
    );
}
