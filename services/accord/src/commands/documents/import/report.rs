//! What became of every row, for people and for programs.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde_json::json;

use crate::commands::documents::target::Target;
use crate::error::Error;
use crate::register::Problem;
use crate::render::{Block, Column, Format, Page, Table, formula};

/// So many problems are shown on a page; a report file and the other forms have all of them.
const SHOWN: usize = 50;

/// Which file a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The file of documents.
    Documents,
    /// The file of acts.
    Acts,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Acts => "acts",
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is good, and has not been written.
    Waiting,
    /// It was written.
    Accepted,
    /// It was registered before, with the same content.
    AlreadyThere,
    /// It tells of a retracted act, which an import does not bring back.
    LeftOut,
    /// It is bad.
    Bad(Vec<Problem>),
}

/// One row.
#[derive(Debug)]
struct Entry {
    part: Part,
    line: u64,
    id: String,
    fate: Fate,
}

/// What became of the rows.
#[derive(Debug)]
pub(super) struct Report {
    entries: BTreeMap<(Part, u64), Entry>,
    is_rehearsal: bool,
    /// Whether bad rows have stopped the good ones.
    is_refused: bool,
    /// Whether the writing ended before its end.
    is_broken: bool,
}

impl Report {
    /// An empty report.
    pub(super) fn new(is_rehearsal: bool) -> Self {
        Self {
            entries: BTreeMap::new(),
            is_rehearsal,
            is_refused: false,
            is_broken: false,
        }
    }

    /// Tells what became of a row; a bad one keeps all of its problems.
    pub(super) fn tell(&mut self, part: Part, line: u64, id: &str, fate: Fate) {
        match self.entries.get_mut(&(part, line)) {
            Some(entry) => match (&mut entry.fate, fate) {
                (Fate::Bad(problems), Fate::Bad(more)) => problems.extend(more),
                (known, fate) => *known = fate,
            },
            None => {
                let entry = Entry {
                    part,
                    line,
                    id: id.to_owned(),
                    fate,
                };
                self.entries.insert((part, line), entry);
            }
        }
    }

    /// Tells that a row is bad.
    pub(super) fn bad(&mut self, part: Part, line: u64, id: &str, problems: Vec<Problem>) {
        self.tell(part, line, id, Fate::Bad(problems));
    }

    /// How many rows are bad.
    pub(super) fn bad_count(&self) -> usize {
        let is_bad = |entry: &&Entry| matches!(entry.fate, Fate::Bad(_));
        self.entries.values().filter(is_bad).count()
    }

    /// How many good rows of a file have not been written.
    pub(super) fn waiting_count(&self, part: Part) -> usize {
        self.count(part, &Fate::Waiting)
    }

    /// Tells that bad rows have stopped the good ones.
    pub(super) fn refuse(&mut self) {
        self.is_refused = true;
    }

    /// Tells that nothing more will be written.
    pub(super) fn give_up_waiting(&mut self) {
        self.is_broken = self
            .entries
            .values()
            .any(|entry| entry.fate == Fate::Waiting);
    }

    fn count(&self, part: Part, fate: &Fate) -> usize {
        self.entries
            .values()
            .filter(|entry| entry.part == part && entry.fate == *fate)
            .count()
    }

    fn bad_count_of(&self, part: Part) -> usize {
        let is_bad = |entry: &&Entry| entry.part == part && matches!(entry.fate, Fate::Bad(_));
        self.entries.values().filter(is_bad).count()
    }

    /// The word for rows that are good and not written.
    fn waiting_word(&self) -> &'static str {
        if self.is_refused || self.is_broken {
            "not_taken"
        } else {
            "acceptable"
        }
    }

    fn problems(&self) -> impl Iterator<Item = (&Entry, &Problem)> {
        self.entries.values().flat_map(|entry| match &entry.fate {
            Fate::Bad(problems) => problems.iter().map(|problem| (entry, problem)).collect(),
            _ => Vec::new(),
        })
    }

    /// Shows the report on standard output.
    pub(super) fn print(&self, format: Format) -> Result<(), Error> {
        let mut out = std::io::stdout().lock();
        match format {
            Format::Table => write!(out, "{}", self.page())?,
            Format::Json => writeln!(out, "{:#}", self.json())?,
            Format::Jsonl => writeln!(out, "{}", self.json())?,
            Format::Csv => self.rows(&mut out)?,
        }
        Ok(out.flush()?)
    }

    /// Writes what became of each row to a file.
    pub(super) fn write_rows(&self, mut target: Target) -> Result<(), Error> {
        self.rows(&mut target)?;
        target.finish()
    }

    fn page(&self) -> Page {
        let mut blocks = Vec::new();
        for part in [Part::Documents, Part::Acts] {
            let total = self
                .entries
                .values()
                .filter(|entry| entry.part == part)
                .count();
            if total == 0 {
                continue;
            }
            let waiting = match (self.is_refused || self.is_broken, self.is_rehearsal) {
                (true, _) => "good and not taken",
                (_, true) => "would be taken",
                _ => "waiting",
            };
            let counts = [
                (self.count(part, &Fate::Accepted), "accepted"),
                (self.waiting_count(part), waiting),
                (self.count(part, &Fate::AlreadyThere), "already there"),
                (self.count(part, &Fate::LeftOut), "retracted, left out"),
                (self.bad_count_of(part), "bad"),
            ];
            let counts = counts.iter().filter(|(count, _)| *count > 0);
            let counts: Vec<String> = counts
                .map(|(count, what)| format!("{count} {what}"))
                .collect();
            let mut word = part.word().to_owned();
            word[..1].make_ascii_uppercase();
            blocks.push(Block::Text(format!("{word}: {}.", counts.join(", "))));
        }
        if blocks.is_empty() {
            blocks.push(Block::Text("The files have no rows.".into()));
        }
        let mut table = Table::new(vec![
            Column::text("FILE"),
            Column::number("LINE"),
            Column::text("COLUMN"),
            Column::text("ID"),
            Column::text("REASON"),
        ]);
        for (entry, problem) in self.problems().take(SHOWN) {
            let column = problem.column.as_ref();
            table.push_with_notes(
                vec![
                    entry.part.word().to_owned(),
                    problem.line.to_string(),
                    column.map_or(String::new(), |column| {
                        format!("{} {}", column.number, column.name)
                    }),
                    entry.id.clone(),
                    problem.reason.clone(),
                ],
                &[&problem.description],
            );
        }
        if !table.is_empty() {
            blocks.push(Block::Heading("Bad rows".into()));
            blocks.push(Block::Table(table));
        }
        let more = self.problems().count().saturating_sub(SHOWN);
        if more > 0 {
            blocks.push(Block::Text(format!(
                "And {more} more: --report FILE has all of them."
            )));
        }
        Page::new(blocks)
    }

    fn json(&self) -> serde_json::Value {
        let part = |part: Part| {
            json!({
                "accepted": self.count(part, &Fate::Accepted),
                (if self.waiting_word() == "acceptable" { "acceptable" } else { "notTaken" }): self.waiting_count(part),
                "alreadyThere": self.count(part, &Fate::AlreadyThere),
                "leftOut": self.count(part, &Fate::LeftOut),
                "bad": self.bad_count_of(part),
            })
        };
        let problems: Vec<_> = self
            .problems()
            .map(|(entry, problem)| {
                json!({
                    "file": entry.part.word(),
                    "line": problem.line,
                    "columnNumber": problem.column.as_ref().map(|column| column.number),
                    "column": problem.column.as_ref().map(|column| &column.name),
                    "id": entry.id,
                    "reason": problem.reason,
                    "description": problem.description,
                })
            })
            .collect();
        json!({
            "dryRun": self.is_rehearsal,
            "documents": part(Part::Documents),
            "acts": part(Part::Acts),
            "problems": problems,
        })
    }

    /// One line for each row, and one for each problem of a bad row.
    fn rows(&self, out: &mut dyn std::io::Write) -> Result<(), Error> {
        let mut writer = csv::Writer::from_writer(out);
        let mut rows = vec![
            [
                "file",
                "line",
                "id",
                "outcome",
                "column_number",
                "column",
                "reason",
                "description",
            ]
            .map(str::to_owned),
        ];
        for entry in self.entries.values() {
            let row = |outcome: &str, problem: Option<&Problem>| {
                let column = problem.and_then(|problem| problem.column.as_ref());
                [
                    entry.part.word().to_owned(),
                    entry.line.to_string(),
                    entry.id.clone(),
                    outcome.to_owned(),
                    column.map_or(String::new(), |column| column.number.to_string()),
                    column.map_or(String::new(), |column| column.name.clone()),
                    problem.map_or(String::new(), |problem| problem.reason.clone()),
                    problem.map_or(String::new(), |problem| problem.description.clone()),
                ]
            };
            match &entry.fate {
                Fate::Waiting => rows.push(row(self.waiting_word(), None)),
                Fate::Accepted => rows.push(row("accepted", None)),
                Fate::AlreadyThere => rows.push(row("already_there", None)),
                Fate::LeftOut => rows.push(row("left_out", None)),
                Fate::Bad(problems) => {
                    rows.extend(problems.iter().map(|problem| row("bad", Some(problem))));
                }
            }
        }
        for row in &rows {
            writer
                .write_record(formula::guarded_row(row))
                .map_err(|error| match error.into_kind() {
                    csv::ErrorKind::Io(error) => Error::Output(error),
                    other => Error::Failed(format!("{other:?}")),
                })?;
        }
        Ok(writer.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Place;

    fn report() -> Report {
        let mut report = Report::new(false);
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
}
