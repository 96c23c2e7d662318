//! What an import says about rows, on the page.

use accord_proto::trade::v1::{Import, RowReport, RowTally};
use serde::Serialize;

use super::Outcome;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

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
pub(super) struct Finding<'a> {
    pub(super) file: &'a str,
    /// `skipped`, `left_out` or `suspicious`.
    pub(super) kind: &'static str,
    /// How many rows; 1 for a single row.
    pub(super) count: i64,
    pub(super) line: i64,
    pub(super) column: i32,
    pub(super) column_name: &'a str,
    pub(super) reason: &'a str,
    pub(super) description: &'a str,
}

/// What imports say of themselves, file by file: of each kind the first, and counts.
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

pub(super) fn single<'a>(file: &'a str, kind: &'static str, report: &'a RowReport) -> Finding<'a> {
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

pub(super) fn several<'a>(file: &'a str, kind: &'static str, tally: &'a RowTally) -> Finding<'a> {
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
