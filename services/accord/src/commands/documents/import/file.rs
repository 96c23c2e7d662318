//! The rows of one file: those that can be read, and what is wrong with the others.

use std::collections::HashMap;
use std::path::Path;

use crate::commands::rows::report::{Part, Report};
use crate::error::Error;
use crate::register::file::Record;
use crate::register::{Columns, Place, Problem, file};

/// Reads the header of a file.
type ReadHeader<F> = fn(u64, &[String]) -> Result<Columns<F>, Vec<Problem>>;
/// Reads one row.
type ReadRow<F, R> = fn(&str, &Columns<F>, u64, &[String]) -> Result<R, Vec<Problem>>;

/// Reads a file; rows that cannot be read go to the report. A header that is wrong ends the import.
pub(super) fn read<F: Clone + PartialEq, R>(
    parent: &str,
    path: &Path,
    part: Part,
    report: &mut Report,
    header: ReadHeader<F>,
    row: ReadRow<F, R>,
) -> Result<(Columns<F>, Vec<R>), Error> {
    let (first, records) = file::open(path)?;
    let names = first
        .cells
        .map_err(|problem| Error::file(path, describe(&problem)))?;
    let columns = header(first.line, &names).map_err(|problems| {
        let said: Vec<String> = problems.iter().map(describe).collect();
        Error::file(path, said.join("\n  "))
    })?;
    let id = names.iter().position(|name| name.trim() == "id");
    let mut rows = Vec::new();
    for record in records {
        let line = record.line;
        let known = record.cells.as_ref().ok();
        let id = known
            .and_then(|cells| cells.get(id?))
            .map_or(String::new(), |id| id.trim().to_owned());
        let result = cells(&columns, &names, record)
            .map_err(|problem| vec![problem])
            .and_then(|cells| row(parent, &columns, line, &cells));
        match result {
            Ok(row) => rows.push(row),
            Err(problems) => report.bad(part, line, &id, problems),
        }
    }
    Ok((columns, rows))
}

/// The cells of a record, one for each column.
fn cells<F: Clone + PartialEq>(
    columns: &Columns<F>,
    names: &[String],
    record: Record,
) -> Result<Vec<String>, Problem> {
    let mut cells = record.cells.map_err(|mut problem| {
        if let Some(place) = &mut problem.column {
            place.name = names.get(place.number - 1).cloned().unwrap_or_default();
        }
        problem
    })?;
    // Programs for tables write empty cells after the last column.
    while cells.len() > columns.count() && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    if cells.len() == columns.count() {
        return Ok(cells);
    }
    Err(Problem::of_row(
        record.line,
        crate::register::FILE_INVALID,
        format!(
            "has {} cells, and the header has {}",
            cells.len(),
            columns.count()
        ),
    ))
}

/// A problem in one line.
pub(super) fn describe(problem: &Problem) -> String {
    match &problem.column {
        Some(column) => format!(
            "line {}, column {} ({}): {}",
            problem.line, column.number, column.name, problem.description
        ),
        None => format!("line {}: {}", problem.line, problem.description),
    }
}

/// Takes out the rows whose key another row had before.
pub(super) fn without_repeated<R>(
    rows: Vec<R>,
    key: impl Fn(&R) -> Option<String>,
    line: impl Fn(&R) -> u64,
    column: Option<&Place>,
    mut bad: impl FnMut(&R, Problem),
) -> Vec<R> {
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(key) = key(&row) else {
            kept.push(row);
            continue;
        };
        if let Some(before) = first.get(&key) {
            bad(
                &row,
                Problem {
                    line: line(&row),
                    column: column.cloned(),
                    reason: "DUPLICATE_VALUE".to_owned(),
                    description: format!("\"{key}\" stands on line {before} too"),
                },
            );
        } else {
            first.insert(key, line(&row));
            kept.push(row);
        }
    }
    kept
}
