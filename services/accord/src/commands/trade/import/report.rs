//! What an import says about rows: on the page, and all of it in a file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use accord_proto::trade::v1::{Import, RowReport, RowTally};
use serde::Serialize;

use super::Outcome;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, formula, value};

/// The reasons for which a file is refused because of what is in it.
pub(super) const IS_CONTENT: [&str; 4] = [
    "IMPORT_ROWS_INVALID",
    "IMPORT_COLUMNS_INVALID",
    "IMPORT_NOTHING_TAKEN",
    "IMPORT_CONTENT_MISMATCH",
];

/// How many rows of a kind are shown on the page.
const SHOWN: usize = 20;

/// One thing that was found.
#[derive(Debug, Serialize)]
struct Finding<'a> {
    file: &'a str,
    /// `skipped`, `left_out` or `suspicious`.
    kind: &'static str,
    /// How many rows; 1 for a single row.
    count: i64,
    line: i64,
    column: i32,
    column_name: &'a str,
    reason: &'a str,
    description: &'a str,
}

/// Everything that was found, file by file.
fn findings(outcomes: &[Outcome]) -> Vec<Finding<'_>> {
    let mut lines = Vec::new();
    for Outcome { file, import, .. } in outcomes {
        lines.extend(
            import
                .reports
                .iter()
                .map(|report| single(file, "skipped", report)),
        );
        lines.extend(
            import
                .left_out
                .iter()
                .map(|tally| several(file, "left_out", tally)),
        );
        lines.extend(
            import
                .suspicions
                .iter()
                .map(|report| single(file, "suspicious", report)),
        );
        lines.extend(unlisted(import).map(|tally| several(file, "suspicious", tally)));
    }
    lines
}

/// The kinds of doubts of which not all are listed one by one.
fn unlisted(import: &Import) -> impl Iterator<Item = &RowTally> {
    import.suspicious.iter().filter(|tally| {
        let listed = import
            .suspicions
            .iter()
            .filter(|report| report.reason == tally.reason)
            .count();
        i64::try_from(listed).is_ok_and(|listed| listed < tally.count)
    })
}

fn single<'a>(file: &'a str, kind: &'static str, report: &'a RowReport) -> Finding<'a> {
    Finding {
        file,
        kind,
        count: 1,
        line: report.line,
        column: report.column,
        column_name: &report.column_name,
        reason: &report.reason,
        description: &report.description,
    }
}

fn several<'a>(file: &'a str, kind: &'static str, tally: &'a RowTally) -> Finding<'a> {
    Finding {
        file,
        kind,
        count: tally.count,
        line: tally.first_line,
        column: 0,
        column_name: "",
        reason: &tally.reason,
        description: "all of this reason together; the line is that of the first",
    }
}

/// Writes everything that was found to a file.
pub(super) fn write(path: &Path, outcomes: &[Outcome]) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| Error::file(path, error);
    let file = File::create(path).map_err(|error| failed(&error))?;
    let mut out = BufWriter::new(file);
    let lines = findings(outcomes);
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        serde_json::to_writer_pretty(&mut out, &lines).map_err(|error| failed(&error))?;
        return out.flush().map_err(|error| failed(&error));
    }
    let mut writer = csv::Writer::from_writer(out);
    let header = [
        "file",
        "kind",
        "count",
        "line",
        "column",
        "column_name",
        "reason",
        "description",
    ];
    writer
        .write_record(header)
        .map_err(|error| failed(&error))?;
    for line in lines {
        let cells = [
            formula::guarded(line.file).into_owned(),
            line.kind.to_owned(),
            line.count.to_string(),
            line.line.to_string(),
            line.column.to_string(),
            formula::guarded(line.column_name).into_owned(),
            line.reason.to_owned(),
            formula::guarded(line.description).into_owned(),
        ];
        writer.write_record(cells).map_err(|error| failed(&error))?;
    }
    writer.flush().map_err(|error| failed(&error))
}

/// Shows what became of the files.
pub(super) fn view(outcomes: &[Outcome], what_now: String) -> View {
    let mut table = Table::new(vec![
        Column::prose("FILE"),
        Column::text("FORMAT"),
        Column::number("ROWS"),
        Column::number("SKIPPED"),
        Column::number("LEFT OUT"),
        Column::number("DOUBTFUL"),
        Column::text("IMPORT"),
    ]);
    let mut sheet = Sheet::new(&[
        "file",
        "format",
        "name",
        "state",
        "accepted_count",
        "skipped_count",
        "left_out_count",
        "suspicious_count",
    ]);
    for outcome in outcomes {
        let Outcome { file, import, .. } = outcome;
        let counts = [
            import.accepted_count,
            import.skipped_count,
            import.left_out_count,
            import.suspicious_count,
        ]
        .map(|count| count.to_string());
        let word = if outcome.refusal.is_some() {
            "refused"
        } else {
            ""
        };
        let id = if word.is_empty() {
            value::id(&import.name)
        } else {
            word
        };
        let format = outcome.format.word().to_owned();
        let mut row = vec![file.clone(), format.clone()];
        row.extend(counts.clone());
        row.push(id.to_owned());
        table.push(row);
        let state = value::words(import.state().as_str_name(), "STATE_");
        let mut row = vec![file.clone(), format, import.name.clone(), state];
        row.extend(counts);
        sheet.push(row);
    }
    let mut page = Page::new(vec![Block::Table(table), Block::Text(what_now)]);
    for (heading, kind) in [
        ("Skipped rows", "skipped"),
        ("Left out, because not for the release", "left_out"),
        ("Doubtful rows", "suspicious"),
    ] {
        push(&mut page, heading, outcomes, kind);
    }
    let imports: Vec<Import> = outcomes
        .iter()
        .map(|outcome| outcome.import.clone())
        .collect();
    View {
        answer: Answer::several(&imports),
        page,
        sheet,
    }
}

fn push(page: &mut Page, heading: &str, outcomes: &[Outcome], kind: &str) {
    let lines: Vec<Finding<'_>> = findings(outcomes)
        .into_iter()
        .filter(|line| line.kind == kind)
        .collect();
    if lines.is_empty() {
        return;
    }
    let mut table = Table::new(vec![
        Column::prose("FILE"),
        Column::number("LINE"),
        Column::text("COLUMN"),
        Column::text("REASON"),
        Column::prose("PROBLEM"),
    ]);
    for line in lines.iter().take(SHOWN) {
        let description = if line.count > 1 || kind == "left_out" {
            format!("{} in all; the line is that of the first", line.count)
        } else {
            line.description.to_owned()
        };
        let column = match (line.column_name, line.column) {
            ("", 0) => String::new(),
            ("", number) => number.to_string(),
            (name, _) => name.to_owned(),
        };
        table.push(vec![
            line.file.to_owned(),
            line.line.to_string(),
            column,
            line.reason.to_owned(),
            description,
        ]);
    }
    page.push(Block::Heading(heading.to_owned()));
    page.push(Block::Table(table));
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        page.push(Block::Text(format!(
            "and {more} more; --report FILE writes them to a file"
        )));
    }
}
