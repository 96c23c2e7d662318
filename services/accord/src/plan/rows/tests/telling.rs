//! What an import tells of cells that are doubtful, repeated, too long or wrong.

use super::*;
use crate::register::Problem;

/// The line, the column and the words of notices.
fn notices(outcome: &Outcome) -> Vec<(u64, usize, &str)> {
    let of = |problem: &Problem| problem.column.as_ref().map_or(0, |place| place.number);
    outcome
        .notices
        .iter()
        .map(|one| (one.line, of(one), one.description.as_str()))
        .collect()
}

#[test]
fn lists_of_unlike_length_are_told_with_their_cells() {
    let outcome = outcome(&grid(&[
        HEADER,
        &[
            "5",
            "Меры:\n1) X;\n2) Y;\n3) Z",
            "1) акт\n2) приказ",
            "2022",
            "A\nB\nC",
            "D",
        ],
        &["6", "- X;\n- Y;", "акт", "2022", "", ""],
        &["7", "Провести\n- X\n- Y", "акт", "2022", "", ""],
    ]));
    assert_eq!(outcome.problems, []);
    let titles: Vec<&str> = outcome.measures.iter().map(title).collect();
    assert_eq!(
        titles,
        [
            "Меры: X",
            "Меры: Y",
            "Меры: Z",
            "X",
            "Y",
            "Провести - X - Y"
        ]
    );
    assert_eq!(
        notices(&outcome),
        [
            (
                2,
                3,
                "has 2 items and the title has 3; each of the 3 measures got all of them"
            ),
            (
                2,
                5,
                "has as many lines as the title has items, and no numbers; each of the 3 measures got all of them"
            ),
            (4, 2, "may be a list; it was taken as one measure"),
        ]
    );
}

#[test]
fn a_list_with_an_item_out_of_turn_is_a_bad_cell_and_no_measure_is_lost_in_it() {
    let outcome = outcome(&grid(&[
        HEADER,
        &["1", "1) X;\n2) Y;\n4) Z", "", "2022", "", ""],
        &["2", "A", "", "2022", "1) B\n3) C", ""],
        &["3", "1) D\n2) E", "1) акт\n1) приказ", "2022", "", ""],
        &["4", "1) F\n2) G\nв) H", "", "2022", "", ""],
    ]));
    let told: Vec<(u64, usize, &str)> = outcome
        .problems
        .iter()
        .map(|(_, one)| {
            let column = one.column.as_ref().map_or(0, |place| place.number);
            (one.line, column, one.description.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, 2, "\"4) Z\" is out of turn after \"2) Y;\" in its list"),
            (3, 5, "\"3) C\" is out of turn after \"1) B\" in its list"),
        ]
    );
    let titles: Vec<&str> = outcome.measures.iter().map(title).collect();
    assert_eq!(titles, ["D", "E", "F", "G в) H"]);
    assert_eq!(
        notices(&outcome),
        [
            (
                4,
                3,
                "\"1) приказ\" is out of turn after \"1) акт\" in its list; each of the 2 measures got all of it"
            ),
            (
                5,
                2,
                "\"в) H\" may be an item of its list; it was taken with the one before"
            ),
        ]
    );
}

#[test]
fn what_stands_there_twice_is_told() {
    let outcome = outcome(&grid(&[
        HEADER,
        &["1", "A", "", "2022", "", ""],
        &["1", "A", "", "2022", "", ""],
        &["I. X", "", "", "", "", ""],
        &["1", "B", "", "2022", "", ""],
    ]));
    assert_eq!(outcome.measures.len(), 3);
    assert_eq!(
        notices(&outcome),
        [
            (3, 1, "\"1\" is the number of row 2 too; both were taken"),
            (3, 0, "says the same as row 2; both were taken"),
        ]
    );
}

#[test]
fn an_id_that_stands_there_twice_is_refused_in_both_rows() {
    let outcome = outcome(&grid(&[
        &["id", "title:ru", "deadline"],
        &["m-1", "A", "2022"],
        &["m-2", "B", "2022"],
        &["m-1", "C", "2022"],
    ]));
    let told: Vec<(u64, &str)> = outcome
        .problems
        .iter()
        .map(|(_, problem)| (problem.line, problem.description.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "\"m-1\" is the id of row 4 too"),
            (4, "\"m-1\" is the id of row 2 too"),
        ]
    );
    assert_eq!(outcome.measures.len(), 1);
}

#[test]
fn a_cell_of_great_length_is_told_in_few_words() {
    let long = "я".repeat(1_000_000);
    let outcome = outcome(&grid(&[
        &["id", "title:ru", "deadline", "weight"],
        &["m-1", &long, &long, "x"],
        &[&long, "A", "2022", "1"],
        &["m-3", "A", &format!("2022 {}", "я".repeat(900)), "1"],
    ]));
    assert!(outcome.measures.is_empty());
    let told: Vec<&str> = outcome
        .problems
        .iter()
        .map(|(_, problem)| problem.description.as_str())
        .collect();
    assert_eq!(told[0], "has 1000000 characters, and title:ru at most 2000");
    assert_eq!(told[1], "has 1000000 characters, and deadline at most 1000");
    assert_eq!(told[2], "\"x\" is no whole number from 1");
    assert_eq!(told[3], "has 1000000 characters, and id at most 1000");
    assert!(
        told.iter().all(|text| text.chars().count() < 400),
        "{told:?}"
    );
    assert!(
        outcome
            .problems
            .iter()
            .all(|(id, _)| id.chars().count() <= 101)
    );
}

#[test]
fn all_that_is_wrong_with_a_row_is_told_at_once() {
    let outcome = outcome(&grid(&[
        &["id", "title:ru", "deadline", "weight", "order_number"],
        &["m-1", "", "с 2022 г.", "x", "0"],
        &["m-2", "", "", "1", "7"],
    ]));
    let columns: Vec<(u64, usize)> = outcome
        .problems
        .iter()
        .map(|(_, one)| {
            (
                one.line,
                one.column.as_ref().map_or(0, |place| place.number),
            )
        })
        .collect();
    assert_eq!(columns, [(2, 3), (2, 4), (2, 5), (2, 0), (3, 0), (3, 0)]);
}

#[test]
fn remarks_are_notes_and_an_order_number_is_kept() {
    for name in ["Примечание", "Izoh", "Изоҳ", "Ескерту", "Notes", "Remarks"] {
        let outcome = outcome(&grid(&[
            &["order_number", "Мероприятие", "Срок", name],
            &["70", "A", "2022", "важно"],
        ]));
        let measure = &outcome.measures[0].measure;
        assert_eq!(measure.notes[0].text, "важно", "{name}");
        assert_eq!(measure.order_number, 70);
    }
}
