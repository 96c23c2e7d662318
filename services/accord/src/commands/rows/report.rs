//! What became of every row, for people and for programs.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde_json::json;

use crate::commands::target::Target;
use crate::error::Error;
use crate::register::Problem;
use crate::render::{Block, Column, Format, Page, Table, formula};

/// So many problems are shown on a page; a report file and the other forms have all of them.
const SHOWN: usize = 50;

/// Which file a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::commands) enum Part {
    /// The file of documents.
    Documents,
    /// The file of acts.
    Acts,
    /// The plan of a roadmap.
    Measures,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Acts => "acts",
            Self::Measures => "measures",
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum Fate {
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
pub(in crate::commands) struct Report {
    entries: BTreeMap<(Part, u64, String), Entry>,
    /// What there may be rows of.
    parts: &'static [Part],
    /// What was taken in a way that may not have been meant.
    notices: Vec<Problem>,
    is_rehearsal: bool,
    /// Whether bad rows have stopped the good ones.
    is_refused: bool,
    /// Whether the writing ended before its end.
    is_broken: bool,
}

impl Report {
    /// An empty report.
    pub(in crate::commands) fn new(parts: &'static [Part], is_rehearsal: bool) -> Self {
        Self {
            entries: BTreeMap::new(),
            parts,
            notices: Vec::new(),
            is_rehearsal,
            is_refused: false,
            is_broken: false,
        }
    }

    /// Tells what became of a row; a bad one keeps all of its problems.
    pub(in crate::commands) fn tell(&mut self, part: Part, line: u64, id: &str, fate: Fate) {
        // A document or an act has its line for itself; a line of a plan may have several measures.
        let key = match part {
            Part::Documents | Part::Acts => (part, line, String::new()),
            Part::Measures => (part, line, id.to_owned()),
        };
        match self.entries.get_mut(&key) {
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
                self.entries.insert(key, entry);
            }
        }
    }

    /// Tells that a row is bad.
    pub(in crate::commands) fn bad(
        &mut self,
        part: Part,
        line: u64,
        id: &str,
        problems: Vec<Problem>,
    ) {
        self.tell(part, line, id, Fate::Bad(problems));
    }

    /// Tells what was taken in a way that may not have been meant.
    pub(in crate::commands) fn notice(&mut self, notice: Problem) {
        self.notices.push(notice);
    }

    /// Whether nothing is told.
    pub(in crate::commands) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.notices.is_empty()
    }

    /// How many rows are bad.
    pub(in crate::commands) fn bad_count(&self) -> usize {
        let is_bad = |entry: &&Entry| matches!(entry.fate, Fate::Bad(_));
        self.entries.values().filter(is_bad).count()
    }

    /// How many good rows of a file have not been written.
    pub(in crate::commands) fn waiting_count(&self, part: Part) -> usize {
        self.count(part, &Fate::Waiting)
    }

    /// Tells that bad rows have stopped the good ones.
    pub(in crate::commands) fn refuse(&mut self) {
        self.is_refused = true;
    }

    /// Tells that nothing more will be written.
    pub(in crate::commands) fn give_up_waiting(&mut self) {
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
    pub(in crate::commands) fn print(&self, format: Format) -> Result<(), Error> {
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
    pub(in crate::commands) fn write_rows(&self, mut target: Target) -> Result<(), Error> {
        self.rows(&mut target)?;
        target.finish()
    }

    fn page(&self) -> Page {
        let mut blocks = Vec::new();
        for part in self.parts.iter().copied() {
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
        let bad = self.problems();
        let bad = bad.map(|(entry, problem)| (entry.part, entry.id.as_str(), problem));
        push_problems(&mut blocks, "Bad rows", bad.collect());
        let part = self.parts.first().copied().unwrap_or(Part::Documents);
        let notices = self.notices.iter().map(|notice| (part, "", notice));
        push_problems(&mut blocks, "To look at", notices.collect());
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
        let notices: Vec<_> = self
            .notices
            .iter()
            .map(|notice| {
                json!({
                    "line": notice.line,
                    "columnNumber": notice.column.as_ref().map(|column| column.number),
                    "column": notice.column.as_ref().map(|column| &column.name),
                    "description": notice.description,
                })
            })
            .collect();
        let mut report = serde_json::Map::new();
        report.insert("dryRun".to_owned(), self.is_rehearsal.into());
        for one in self.parts {
            report.insert(one.word().to_owned(), part(*one));
        }
        report.insert("problems".to_owned(), problems.into());
        if !notices.is_empty() {
            report.insert("notices".to_owned(), notices.into());
        }
        report.into()
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
        for notice in &self.notices {
            let column = notice.column.as_ref();
            let part = self.parts.first().copied().unwrap_or(Part::Documents);
            rows.push([
                part.word().to_owned(),
                notice.line.to_string(),
                String::new(),
                "to_look_at".to_owned(),
                column.map_or(String::new(), |column| column.number.to_string()),
                column.map_or(String::new(), |column| column.name.clone()),
                notice.reason.clone(),
                notice.description.clone(),
            ]);
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

/// Appends a table of problems under a heading, if there are any.
fn push_problems(blocks: &mut Vec<Block>, heading: &str, problems: Vec<(Part, &str, &Problem)>) {
    if problems.is_empty() {
        return;
    }
    let mut table = Table::new(vec![
        Column::text("FILE"),
        Column::number("LINE"),
        Column::text("COLUMN"),
        Column::text("ID"),
        Column::text("REASON"),
    ]);
    let more = problems.len().saturating_sub(SHOWN);
    for (part, id, problem) in problems.into_iter().take(SHOWN) {
        let column = problem.column.as_ref();
        table.push_with_notes(
            vec![
                part.word().to_owned(),
                problem.line.to_string(),
                column.map_or(String::new(), |column| {
                    format!("{} {}", column.number, column.name)
                }),
                id.to_owned(),
                problem.reason.clone(),
            ],
            &[&problem.description],
        );
    }
    blocks.push(Block::Heading(heading.into()));
    blocks.push(Block::Table(table));
    if more > 0 {
        blocks.push(Block::Text(format!(
            "And {more} more: --report FILE has all of them."
        )));
    }
}

#[cfg(test)]
mod tests;
