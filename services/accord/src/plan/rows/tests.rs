mod telling;

use super::*;
use crate::plan::grid::{Block, Cell, Grid, Row, Value};
use crate::plan::{Field, Side, header};

fn cell(text: &str) -> Cell {
    let value = if text.is_empty() {
        Value::Empty
    } else {
        Value::Text(text.to_owned())
    };
    Cell { value, block: None }
}

fn grid(rows: &[&[&str]]) -> Grid {
    Grid {
        rows: rows
            .iter()
            .enumerate()
            .map(|(index, cells)| Row {
                line: index as u64 + 1,
                cells: cells.iter().map(|text| cell(text)).collect(),
            })
            .collect(),
        ..Grid::default()
    }
}

/// Merges a block of cells, given by its first and last row and column.
fn merge(grid: &mut Grid, first: (u32, u32), last: (u32, u32)) {
    let value = grid.rows[first.0 as usize].cells[first.1 as usize]
        .value
        .clone();
    for row in first.0..=last.0 {
        for column in first.1..=last.1 {
            grid.rows[row as usize].cells[column as usize] = Cell {
                value: value.clone(),
                block: Some(Block { first, last }),
            };
        }
    }
}

fn sides() -> Vec<Side> {
    vec![
        Side::new("UZ", "Ташкентская область"),
        Side::new("KZ", "Туркестанская область"),
    ]
}

fn outcome(grid: &Grid) -> Outcome {
    let header = header::find(grid, &sides(), &[], "ru").unwrap_or_else(|error| panic!("{error}"));
    read(grid, &header)
}

const HEADER: &[&str] = &[
    "№",
    "Наименование мероприятия",
    "Форма завершения",
    "Срок исполнения",
    "Ответственные исполнители (узбекская сторона)",
    "Ответственные исполнители (казахстанская сторона)",
];

fn title(planned: &Planned) -> &str {
    &planned.measure.titles[0].text
}

#[test]
fn a_plan_of_a_ministry_is_read() {
    let mut grid = grid(&[
        &["План мероприятий", "", "", "", "", ""],
        HEADER,
        &["1", "2", "3", "4", "5", "6"],
        &["I. Торговля", "", "", "", "", ""],
        &[
            "1",
            "Провести форум",
            "Протокол",
            "II квартал 2022 г.",
            "МИВТ; Хокимият",
            "Акимат",
        ],
        &[
            "2",
            "1) Открыть дом\n2) Открыть\nсклад",
            "Отчёт",
            "1) 2022 год\n2) I полугодие 2023",
            "МИВТ",
            "",
        ],
        &["II. Транспорт", "", "", "", "", ""],
        &["3", "Запустить рейс", "", "31.12.2022", "", "Минтранс"],
        &["", "", "", "", "", "КТЖ"],
    ]);
    merge(&mut grid, (0, 0), (0, 5));
    merge(&mut grid, (3, 0), (3, 5));
    merge(&mut grid, (6, 0), (6, 5));
    merge(&mut grid, (7, 1), (8, 1));
    let outcome = outcome(&grid);
    assert_eq!(outcome.problems, []);
    assert_eq!(outcome.notices, []);
    let read: Vec<(u64, &str, &str, &str)> = outcome
        .measures
        .iter()
        .map(|one| {
            (
                one.line,
                one.id.as_str(),
                title(one),
                one.measure.section.as_str(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            (5, "m-1", "Провести форум", "I. Торговля"),
            (6, "m-2-1", "Открыть дом", "I. Торговля"),
            (6, "m-2-2", "Открыть склад", "I. Торговля"),
            (8, "m-3", "Запустить рейс", "II. Транспорт"),
        ]
    );
    let first = &outcome.measures[0].measure;
    assert_eq!(first.executors[0].lead_body, "МИВТ");
    assert_eq!(first.executors[0].co_executing_bodies, ["Хокимият"]);
    assert_eq!(first.executors[1].party, "KZ");
    let deadlines: Vec<String> = outcome
        .measures
        .iter()
        .map(|one| {
            format!(
                "{:?}",
                one.measure
                    .deadline
                    .as_ref()
                    .unwrap()
                    .form
                    .as_ref()
                    .unwrap()
            )
        })
        .collect();
    assert!(
        deadlines[0].starts_with("Quarter(Quarter { year: 2022, quarter: 2 })"),
        "{deadlines:?}"
    );
    assert!(deadlines[1].starts_with("Year(2022)"), "{deadlines:?}");
    assert!(
        deadlines[2].starts_with("HalfYear(HalfYear { year: 2023, half: 1 })"),
        "{deadlines:?}"
    );
    assert_eq!(
        outcome.measures[3].measure.executors[0].co_executing_bodies,
        ["КТЖ"]
    );
}

#[test]
fn names_over_several_columns_take_those_below_them() {
    let mut grid = grid(&[
        &["T/r", "Tadbirlar nomi", "Muddati", "Mas'ul ijrochilar", ""],
        &["", "", "", "O'zbekiston tomonidan", "Qozog'iston tomonidan"],
        &["1", "Forum", "2022 yil II chorak", "Vazirlik", "Akimat"],
    ]);
    merge(&mut grid, (0, 0), (1, 0));
    merge(&mut grid, (0, 1), (1, 1));
    merge(&mut grid, (0, 2), (1, 2));
    merge(&mut grid, (0, 3), (0, 4));
    let header = header::find(&grid, &sides(), &[], "uz-Latn").unwrap();
    let fields: Vec<String> = header
        .columns
        .iter()
        .map(|one| one.field.to_string())
        .collect();
    assert_eq!(
        fields,
        [
            "number",
            "title:uz-Latn",
            "deadline",
            "bodies:UZ",
            "bodies:KZ"
        ]
    );
    let outcome = read(&grid, &header);
    assert_eq!(outcome.measures.len(), 1);
    assert_eq!(outcome.measures[0].measure.executors[1].lead_body, "Akimat");
}

#[test]
fn what_cannot_be_read_is_told_with_row_and_column_and_the_rest_is_read() {
    let mut grid = grid(&[
        HEADER,
        &["1", "A", "", "по готовности", "", ""],
        &["2", "B", "", "", "", ""],
        &["3", "C", "", "2022", "", ""],
        &["4", "D", "", "ежегодно до 2023 года", "МИВТ, Минтранс", ""],
        &["5", "E", "", "x", "", ""],
    ]);
    grid.rows[5].cells[3].value = Value::Broken("#REF!".to_owned());
    let outcome = outcome(&grid);
    let told: Vec<(u64, Option<usize>, &str)> = outcome
        .problems
        .iter()
        .map(|(_, problem)| {
            let column = problem.column.as_ref().map(|place| place.number);
            (problem.line, column, problem.description.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                2,
                Some(4),
                "\"по готовности\": \"готовности\" is not understood"
            ),
            (3, None, "has no deadline"),
            (6, Some(4), "holds the error #REF! of a formula"),
        ]
    );
    let ids: Vec<&str> = outcome.measures.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["m-3", "m-4"]);
    let notices: Vec<(u64, usize)> = outcome
        .notices
        .iter()
        .map(|notice| (notice.line, notice.column.as_ref().unwrap().number))
        .collect();
    assert_eq!(notices, [(5, 4), (5, 5)]);
}

#[test]
fn numbers_that_begin_anew_make_no_ids() {
    let outcome = outcome(&grid(&[
        HEADER,
        &["1", "A", "", "2022", "", ""],
        &["I. X", "", "", "", "", ""],
        &["1", "B", "", "2022", "", ""],
    ]));
    let ids: Vec<&str> = outcome.measures.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["m-1", "m-2"]);
    assert_eq!(outcome.measures[1].measure.section, "I. X");
}

#[test]
fn a_header_that_is_not_clear_is_not_guessed_at() {
    let find = |header_row: &[&str], chosen: &[(String, Field)]| {
        header::find(&grid(&[header_row]), &sides(), chosen, "ru")
            .map(|header| header.columns.len())
    };
    let error = find(&["Мероприятие", "Срок", "Исполнители"], &[]).unwrap_err();
    assert!(
        error.contains("does not say whose bodies they are"),
        "{error}"
    );
    let chosen = [("исполнители".to_owned(), Field::Bodies("UZ".to_owned()))];
    assert_eq!(
        find(&["Мероприятие", "Срок", "Исполнители"], &chosen),
        Ok(3)
    );
    let ignored = [("Исполнители".to_owned(), Field::Ignored)];
    assert_eq!(
        find(&["Мероприятие", "Срок", "Исполнители"], &ignored),
        Ok(2)
    );
    let error = find(&["Мероприятие", "Срок", "Срок сдачи"], &[]).unwrap_err();
    assert!(error.contains("would both be deadline"), "{error}");
    let error = find(&["Мероприятие", "Срок и ожидаемый результат"], &[]).unwrap_err();
    assert!(error.contains("no header was found"), "{error}");
    let error = find(&["Мероприятие", "Срок"], &chosen).unwrap_err();
    assert!(
        error.contains("there is no column \"исполнители\""),
        "{error}"
    );
}

#[test]
fn two_deadlines_under_one_merged_title_are_refused_with_both_rows() {
    let mut grid = grid(&[
        HEADER,
        &["1", "A", "акт", "I квартал 2022 г.", "x", "y"],
        &["", "", "приказ", "II квартал 2022 г.", "x", "y"],
    ]);
    merge(&mut grid, (1, 1), (2, 1));
    let outcome = outcome(&grid);
    assert!(outcome.measures.is_empty());
    let (_, problem) = &outcome.problems[0];
    assert_eq!(problem.column.as_ref().unwrap().number, 4);
    assert_eq!(
        problem.description,
        "is \"I квартал 2022 г.\" in row 2 and \"II квартал 2022 г.\" in row 3, which are one measure by their merged title"
    );
}
