//! Measures from the rows of a plan.
//!
//! - A row whose cells are one merged block, or a numbered heading alone in its row, is the section of the measures below it.
//! - Rows that share a merged title are one measure: what their other cells say is put together.
//! - A title that is a list, numbered from 1, is several measures. A cell with the same numbers is shared out among them, as is a
//!   deadline with a line for each; what any other cell says holds for all.

mod cells;
mod list;

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1 as pb;

use super::grid::{Cell, Grid, Row, Value};
use super::header::{Column, Header};
use super::{Field, shown};
use crate::register::{CELL_INVALID, Place, Problem};

/// A measure of a plan, and where it stands.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The row on which it begins.
    pub line: u64,
    /// The id that it gets.
    pub id: String,
    /// What the plan says of it.
    pub measure: pb::Measure,
}

/// What came of the rows.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Measures that can be read.
    pub measures: Vec<Planned>,
    /// What is wrong with the others: the row's id or number, and the problem.
    pub problems: Vec<(String, Problem)>,
    /// What was taken in a way that may not have been meant.
    pub notices: Vec<Problem>,
    /// The sections, in their order.
    pub sections: Vec<String>,
}

/// The stable reason of a notice.
pub const DOUBTFUL: &str = "DOUBTFUL";

/// What several rows say of one measure or several.
struct Group<'a> {
    rows: Vec<&'a Row>,
    section: String,
}

/// Makes measures of the rows below a header.
#[must_use]
pub fn read(grid: &Grid, header: &Header) -> Outcome {
    let mut outcome = Outcome::default();
    let mut reader = Reader {
        header,
        title: header
            .columns
            .iter()
            .find(|column| matches!(column.field, Field::Title(_)))
            .map_or(0, |column| column.index),
        outcome: &mut outcome,
    };
    let rows = grid.rows.get(header.first_row..).unwrap_or_default();
    let groups = reader.groups(rows);
    let mut drafts = Vec::new();
    for group in groups {
        drafts.extend(reader.measures(&group));
    }
    give_ids(&mut drafts, &mut outcome);
    outcome
}

/// A measure whose id is not known yet.
struct Draft {
    line: u64,
    id: Option<String>,
    number: Option<String>,
    /// Which of the measures of its rows it is, from 1; 0 for the only one.
    part: usize,
    measure: Result<pb::Measure, Vec<Problem>>,
}

struct Reader<'a> {
    header: &'a Header,
    title: usize,
    outcome: &'a mut Outcome,
}

impl Reader<'_> {
    /// Puts rows together that are of one measure, under their sections.
    fn groups<'a>(&mut self, rows: &'a [Row]) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut section = String::new();
        for (index, row) in rows.iter().enumerate() {
            if index == 0 && is_of_column_numbers(row) {
                continue;
            }
            if let Some(heading) = self.heading(row) {
                if heading != section {
                    section = heading;
                    self.outcome.sections.push(section.clone());
                }
                continue;
            }
            let title = row.cell(self.title);
            let goes_on = groups.last().is_some_and(|group| {
                let above = group.rows.last().map(|above| above.cell(self.title).block);
                title.block.is_some() && above == Some(title.block)
            });
            let is_rest = title.is_empty() && self.says_no_more_than_bodies(row);
            match groups.last_mut() {
                Some(group) if goes_on || is_rest => {
                    if is_rest {
                        self.outcome.notices.push(Problem::of_row(
                            row.line,
                            DOUBTFUL,
                            "has no measure of its own and was taken with the one above",
                        ));
                    }
                    group.rows.push(row);
                }
                _ => groups.push(Group {
                    rows: vec![row],
                    section: section.clone(),
                }),
            }
        }
        groups
    }

    /// The section that a row begins, if it is the heading of one.
    fn heading(&self, row: &Row) -> Option<String> {
        let filled: Vec<&Cell> = row.cells.iter().filter(|cell| !cell.is_empty()).collect();
        let first = filled.first()?;
        let text = one_line(&first.text());
        let is_block =
            |column: usize| first.block.is_some() && row.cell(column).block == first.block;
        let deadline = self.column(|field| *field == Field::Deadline)?;
        if first.block.is_some_and(|block| block.height() == 1)
            && is_block(self.title)
            && is_block(deadline)
        {
            return Some(text);
        }
        (filled.len() == 1 && first.block.is_none() && list::is_heading(&text)).then_some(text)
    }

    /// Whether only columns of bodies, results and forms have anything in a row.
    fn says_no_more_than_bodies(&self, row: &Row) -> bool {
        self.header.columns.iter().all(|column| {
            row.cell(column.index).is_empty()
                || matches!(
                    column.field,
                    Field::Bodies(_)
                        | Field::LeadBody(_)
                        | Field::CoExecutingBodies(_)
                        | Field::ExpectedResult
                        | Field::FormOfCompletion
                )
        })
    }

    fn column(&self, is: impl Fn(&Field) -> bool) -> Option<usize> {
        let found = self.header.columns.iter().find(|column| is(&column.field));
        found.map(|column| column.index)
    }

    /// The measures of some rows.
    fn measures(&mut self, group: &Group<'_>) -> Vec<Draft> {
        let line = group.rows.first().map_or(0, |row| row.line);
        let mut count = 0;
        for column in &self.header.columns {
            if matches!(column.field, Field::Title(_))
                && let Some(items) = list::numbered(&Self::text(group, column.index))
            {
                count = count.max(items.len());
            }
        }
        let text = |is: &dyn Fn(&Field) -> bool| {
            let column = self.column(is)?;
            Some(Self::text(group, column)).filter(|text| !text.is_empty())
        };
        let id = text(&|field| *field == Field::Id);
        let number = text(&|field| *field == Field::Number);
        (0..count.max(1))
            .map(|part| Draft {
                line,
                id: id.clone(),
                number: number.clone(),
                part: if count > 0 { part + 1 } else { 0 },
                measure: self.measure(group, part, count),
            })
            .collect()
    }

    /// What the rows of a group say in a column, each thing once.
    fn text(group: &Group<'_>, column: usize) -> String {
        let mut said = Vec::new();
        let mut known = BTreeSet::new();
        for row in &group.rows {
            let text = row.cell(column).text();
            if !text.is_empty() && known.insert(text.clone()) {
                said.push(text);
            }
        }
        said.join("\n")
    }

    /// The measure that is one part of a group, or all of it.
    fn measure(
        &mut self,
        group: &Group<'_>,
        part: usize,
        count: usize,
    ) -> Result<pb::Measure, Vec<Problem>> {
        let line = group.rows.first().map_or(0, |row| row.line);
        let mut filled = cells::Filled::new(&group.section);
        let mut problems = Vec::new();
        for column in &self.header.columns {
            let values: Vec<Value> = group
                .rows
                .iter()
                .map(|row| row.cell(column.index).value)
                .filter(|value| *value != Value::Empty)
                .collect();
            let place = Place {
                number: column.index + 1,
                name: column.name.clone(),
            };
            let bad = |description: String| Problem {
                line,
                column: Some(place.clone()),
                reason: CELL_INVALID.to_owned(),
                description,
            };
            if let Some(broken) = values.iter().find_map(|value| match value {
                Value::Broken(error) => Some(error),
                _ => None,
            }) {
                problems.push(bad(format!("holds the error {broken} of a formula")));
                continue;
            }
            if let Some(error) = contradiction(group, column).filter(|_| count < 2) {
                problems.push(bad(error));
                continue;
            }
            let whole = Self::text(group, column.index);
            let own = list::share(&whole, part, count, column.field == Field::Deadline);
            match filled.take(&column.field, &values, own) {
                Ok(None) => {}
                Ok(Some(doubt)) => self.outcome.notices.push(Problem {
                    reason: DOUBTFUL.to_owned(),
                    ..bad(doubt)
                }),
                Err(description) => problems.push(bad(description)),
            }
        }
        let measure = filled.finish().map_err(|missing| {
            Problem::of_row(line, "FIELD_REQUIRED", format!("has no {missing}"))
        });
        match measure {
            Ok(measure) if problems.is_empty() => Ok(measure),
            Ok(_) => Err(problems),
            Err(missing) => {
                // A deadline that cannot be read is not missing as well.
                if problems.is_empty() {
                    problems.push(missing);
                }
                Err(problems)
            }
        }
    }
}

/// What rows of one measure say differently in a column that can say one thing only.
fn contradiction(group: &Group<'_>, column: &Column) -> Option<String> {
    let is_single = matches!(
        column.field,
        Field::Deadline | Field::StartDate | Field::Weight | Field::WorkingDays
    );
    let mut said = group
        .rows
        .iter()
        .map(|row| (row.line, one_line(&row.cell(column.index).text())))
        .filter(|(_, text)| is_single && !text.is_empty());
    let (first_line, first) = said.next()?;
    let (line, other) = said.find(|(_, text)| *text != first)?;
    Some(format!(
        "is \"{}\" in row {first_line} and \"{}\" in row {line}, which are one measure by their merged title",
        shown(&first),
        shown(&other)
    ))
}

/// Gives measures their ids and places: by the file's own, by its numbers if each stands there once, else by counting.
fn give_ids(drafts: &mut Vec<Draft>, outcome: &mut Outcome) {
    let numbers: Vec<Option<String>> = drafts
        .iter()
        .map(|draft| cells::id_of_number(draft.number.as_deref()?, draft.part))
        .collect();
    let known: BTreeSet<&String> = numbers.iter().flatten().collect();
    let are_ids = known.len() == drafts.len();
    for (index, draft) in std::mem::take(drafts).into_iter().enumerate() {
        let of_file = draft.id.map(|id| match draft.part {
            0 => id,
            part => format!("{id}-{part}"),
        });
        let of_number = numbers.get(index).cloned().flatten().filter(|_| are_ids);
        let id = of_file
            .or(of_number)
            .unwrap_or_else(|| format!("m-{}", index + 1));
        match draft.measure {
            Ok(mut measure) => {
                measure.order_number = i32::try_from(index + 1).unwrap_or(i32::MAX);
                outcome.measures.push(Planned {
                    line: draft.line,
                    id,
                    measure,
                });
            }
            Err(problems) => {
                let problems = problems.into_iter().map(|problem| (id.clone(), problem));
                outcome.problems.extend(problems);
            }
        }
    }
}

/// The row under a header that counts its columns: `1 2 3 4`.
fn is_of_column_numbers(row: &Row) -> bool {
    let texts: Vec<String> = row.cells.iter().map(Cell::text).collect();
    let filled: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
    filled.len() > 2
        && filled
            .iter()
            .enumerate()
            .all(|(index, text)| **text == (index + 1).to_string())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
