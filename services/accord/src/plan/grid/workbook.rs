//! Tables in the workbooks of Office Open XML.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use jiff::civil::Date;

use super::{Block, Cell, Grid, MAX_COLUMNS, MAX_ROWS, Row, Value};

type Book = Xlsx<Cursor<Vec<u8>>>;

/// Values by row and column.
type Values = BTreeMap<u32, BTreeMap<u32, Value>>;

/// Reads a sheet: the one named, or the first that has any cell.
pub(super) fn read(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Grid, String> {
    let mut book: Book = Xlsx::new(Cursor::new(bytes))
        .map_err(|error| format!("is no workbook that can be read: {error}"))?;
    let names = book.sheet_names();
    let wanted: Vec<String> = match sheet {
        Some(sheet) if names.iter().any(|name| name == sheet) => vec![sheet.to_owned()],
        Some(sheet) => {
            let names = names.join("\", \"");
            return Err(format!(
                "has no sheet \"{sheet}\"; its sheets are \"{names}\""
            ));
        }
        None => names,
    };
    let mut found: Option<Grid> = None;
    for name in wanted {
        let of_sheet = |error: String| format!("sheet \"{name}\": {error}");
        let values = values(&mut book, &name).map_err(of_sheet)?;
        match &mut found {
            _ if values.is_empty() => {}
            Some(grid) => grid.other_sheets.push(name),
            None => {
                let blocks = blocks(&mut book, &name).map_err(of_sheet)?;
                found = Some(Grid {
                    rows: rows(&values, blocks),
                    sheet: name,
                    other_sheets: Vec::new(),
                });
            }
        }
    }
    Ok(found.unwrap_or_default())
}

/// Reads the cells of a sheet one by one: what a file says of its own size is not believed.
fn values(book: &mut Book, sheet: &str) -> Result<Values, String> {
    let mut cells = book
        .worksheet_cells_reader(sheet)
        .map_err(|error| error.to_string())?;
    let mut values = Values::new();
    while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        let value = value(&Data::from(cell.get_value().clone()));
        if value == Value::Empty {
            continue;
        }
        let is_within =
            |number: u32, most: usize| usize::try_from(number).is_ok_and(|one| one < most);
        if !is_within(row, MAX_ROWS) || !is_within(column, MAX_COLUMNS) {
            return Err(format!(
                "has a cell in row {}, column {}; a plan has at most {MAX_ROWS} rows and {MAX_COLUMNS} columns",
                u64::from(row) + 1,
                u64::from(column) + 1
            ));
        }
        values.entry(row).or_default().insert(column, value);
    }
    Ok(values)
}

/// The merged blocks of a sheet, by their first rows.
fn blocks(book: &mut Book, sheet: &str) -> Result<Vec<Block>, String> {
    let merged = book
        .merge_cells_by_sheet_name(sheet)
        .map_err(|error| format!("merged cells cannot be read: {error}"))?;
    let mut blocks: Vec<Block> = merged
        .iter()
        .map(|block| Block {
            first: block.start,
            last: block.end,
        })
        .filter(|block| block.first.0 <= block.last.0 && block.first.1 <= block.last.1)
        .collect();
    blocks.sort_unstable_by_key(|block| block.first);
    Ok(blocks)
}

/// Puts values into rows; every cell of a merged block has the value of its first.
fn rows(values: &Values, blocks: Vec<Block>) -> Vec<Row> {
    let last_column = values
        .values()
        .filter_map(|row| row.last_key_value())
        .map(|(column, _)| *column)
        .max()
        .unwrap_or(0);
    let (Some(top), Some(bottom)) = (values.keys().next(), values.keys().next_back()) else {
        return Vec::new();
    };
    let at = |row: u32, column: u32| {
        let found = values.get(&row).and_then(|row| row.get(&column));
        found.cloned().unwrap_or_default()
    };
    let mut blocks = blocks.into_iter().peekable();
    let mut open: Vec<Block> = Vec::new();
    let mut rows = Vec::new();
    for row in *top..=*bottom {
        open.retain(|block| block.last.0 >= row);
        while let Some(block) = blocks.next_if(|block| block.first.0 <= row) {
            if block.last.0 >= row {
                open.push(block);
            }
        }
        let cells: Vec<Cell> = (0..=last_column)
            .map(|column| {
                let block = open
                    .iter()
                    .find(|block| (block.first.1..=block.last.1).contains(&column));
                let (from_row, from_column) = block.map_or((row, column), |block| block.first);
                Cell {
                    value: at(from_row, from_column),
                    block: block.copied(),
                }
            })
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row {
                line: u64::from(row) + 1,
                cells,
            });
        }
    }
    rows
}

fn value(data: &Data) -> Value {
    match data {
        Data::Empty => Value::Empty,
        Data::String(text) | Data::DurationIso(text) => Value::of_text(text),
        Data::DateTimeIso(text) => match text.get(..10).and_then(|day| day.parse().ok()) {
            Some(day) => Value::Day(day),
            None => Value::of_text(text),
        },
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            let date = i16::try_from(year)
                .ok()
                .zip(i8::try_from(month).ok())
                .zip(i8::try_from(day).ok())
                .and_then(|((year, month), day)| Date::new(year, month, day).ok());
            match date.filter(|_| time.is_datetime()) {
                Some(day) => Value::Day(day),
                None => Value::of_text(&time.as_f64().to_string()),
            }
        }
        Data::Error(error) => Value::Broken(error.to_string()),
        Data::Int(_) | Data::Float(_) | Data::Bool(_) => {
            Value::of_text(&data.as_string().unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    fn book() -> Vec<u8> {
        let mut book = Workbook::new();
        book.add_worksheet().set_name("empty").unwrap();
        let sheet = book.add_worksheet();
        sheet.set_name("plan").unwrap();
        let plain = Format::new();
        sheet.merge_range(1, 0, 1, 2, "I. Trade", &plain).unwrap();
        sheet.write_string(2, 0, " a\r\nb ").unwrap();
        sheet.write_number(2, 1, 2022).unwrap();
        let day = ExcelDateTime::from_ymd(2022, 12, 31).unwrap();
        let format = Format::new().set_num_format("dd.mm.yyyy");
        sheet
            .write_datetime_with_format(2, 2, &day, &format)
            .unwrap();
        sheet.merge_range(3, 1, 4, 1, "shared", &plain).unwrap();
        sheet.write_string(3, 0, "c").unwrap();
        sheet.write_string(4, 0, "d").unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn merged_cells_have_the_value_of_their_first_and_days_are_days() {
        let grid = read(book(), None).unwrap();
        assert_eq!(grid.sheet, "plan");
        let lines: Vec<u64> = grid.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        let texts: Vec<String> = grid.rows[0].cells.iter().map(Cell::text).collect();
        assert_eq!(texts, ["I. Trade"; 3]);
        assert_eq!(grid.rows[0].cells[2].block.unwrap().width(), 3);
        assert_eq!(grid.rows[1].cells[0].text(), "a\nb");
        assert_eq!(grid.rows[1].cells[1].text(), "2022");
        assert_eq!(
            grid.rows[1].cells[2].value,
            Value::Day("2022-12-31".parse().unwrap())
        );
        assert_eq!(grid.rows[3].cells[1].text(), "shared");
        assert_eq!(grid.rows[3].cells[1].block.unwrap().height(), 2);
    }

    #[test]
    fn a_sheet_that_is_not_there_is_told_with_those_that_are() {
        assert_eq!(
            read(book(), Some("x")).unwrap_err(),
            "has no sheet \"x\"; its sheets are \"empty\", \"plan\""
        );
        let error = read(b"PK\x03\x04 no workbook".to_vec(), None).unwrap_err();
        assert!(
            error.starts_with("is no workbook that can be read"),
            "{error}"
        );
    }

    #[test]
    fn a_cell_far_away_is_refused_and_not_made_room_for() {
        let mut book = Workbook::new();
        book.add_worksheet()
            .write_string(1_048_575, 16_383, "x")
            .unwrap();
        let error = read(book.save_to_buffer().unwrap(), None).unwrap_err();
        assert!(error.contains("row 1048576, column 16384"), "{error}");
    }
}
