//! Measures from the rows of a plan.
//!
//! - A row whose cells are one merged block, or a numbered heading alone in its row, is the section of the measures below it.
//! - Rows that share a merged title are one measure: what their other cells say is put together.
//! - A title that is a list is several measures. A cell with as many items is shared out among them, as is a deadline with a
//!   line for each; what any other cell says holds for all.
//!
//! In a table of this program each row is one measure, and its cells hold what they hold to the letter.

mod cells;
mod group;
mod heading;
mod ids;
mod list;

use accord_proto::roadmaps::v1 as pb;
use group::Group;

use super::Field;
use super::grid::{Cell, Grid, Row, Value};
use super::header::{Column, Header};
use crate::register::{CELL_INVALID, Place, Problem};

/// A measure of a plan, and where it stands.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The row on which it begins.
    pub line: u64,
    /// The id that it gets.
    pub id: String,
    /// Which of the measures of the plan it is, from 1.
    pub place: i32,
    /// What the plan says of it; without an order number unless the plan has a column for them.
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
    /// What can be read of the others, so that all that is wrong with them can be told at once.
    pub partial: Vec<Planned>,
}

/// The stable reason of a notice.
pub const DOUBTFUL: &str = "DOUBTFUL";

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
    ids::give(drafts, header, &mut outcome);
    outcome
}

/// A measure whose id is not known yet.
struct Draft {
    line: u64,
    section: String,
    id: Option<String>,
    number: Option<String>,
    /// Which of the measures of its rows it is, from 1; 0 for the only one.
    part: usize,
    /// As much as can be read.
    measure: pb::Measure,
    problems: Vec<Problem>,
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
            if self.header.is_own {
                groups.push(Group {
                    rows: vec![row],
                    section: String::new(),
                });
                continue;
            }
            if index == 0 && is_of_column_numbers(row) {
                continue;
            }
            if let Some(heading) = self.heading(row) {
                section = heading;
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
        (filled.len() == 1 && first.block.is_none() && heading::is_one(&text)).then_some(text)
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
                && !self.header.is_own
                && let Ok(Some(list)) = list::of(&group.text(column.index))
            {
                count = count.max(list.items.len());
            }
        }
        let text = |is: &dyn Fn(&Field) -> bool| {
            let column = self.column(is)?;
            Some(group.text(column)).filter(|text| !text.is_empty())
        };
        let id = text(&|field| *field == Field::Id);
        let number = text(&|field| *field == Field::Number)
            .or_else(|| text(&|field| *field == Field::OrderNumber));
        (0..count.max(1))
            .map(|part| {
                let (measure, problems) = self.measure(group, part, count);
                Draft {
                    line,
                    section: group.section.clone(),
                    id: id.clone(),
                    number: number.clone(),
                    part: if count > 0 { part + 1 } else { 0 },
                    measure,
                    problems,
                }
            })
            .collect()
    }

    /// As much of the measure that is one part of a group, or all of it, as can be read, and what is wrong with the rest.
    fn measure(
        &mut self,
        group: &Group<'_>,
        part: usize,
        count: usize,
    ) -> (pb::Measure, Vec<Problem>) {
        let line = group.rows.first().map_or(0, |row| row.line);
        let header = self.header;
        let mut filled = cells::Filled::new(&group.section, header.is_own);
        let mut problems = Vec::new();
        let mut unread: Vec<&Field> = Vec::new();
        for column in &header.columns {
            let told = |reason: &str, description: String| Problem {
                line,
                column: Some(Place {
                    number: column.index + 1,
                    name: column.name.clone(),
                }),
                reason: reason.to_owned(),
                description,
            };
            match self.cell(&mut filled, group, column, (part, count)) {
                Ok(doubts) => {
                    self.notice(doubts.map(|doubt| told(DOUBTFUL, doubt)));
                }
                Err(description) => {
                    problems.push(told(CELL_INVALID, description));
                    unread.push(&column.field);
                }
            }
        }
        if let Some(count) = cells::too_long_section(&group.section) {
            problems.push(Problem::of_row(
                line,
                CELL_INVALID,
                format!(
                    "the heading of its section has {count} characters, and a section at most 200"
                ),
            ));
        }
        let (measure, missing) = filled.finish();
        // What cannot be read is not missing as well.
        let missing = missing
            .into_iter()
            .filter(|missing| !unread.iter().any(|field| is_called(field, missing)));
        problems.extend(
            missing.map(|missing| {
                Problem::of_row(line, "FIELD_REQUIRED", format!("has no {missing}"))
            }),
        );
        (measure, problems)
    }

    /// Tells what is doubtful once, though it holds for several measures of a row.
    fn notice(&mut self, notice: Option<Problem>) {
        let notices = &mut self.outcome.notices;
        notices.extend(notice.filter(|notice| {
            let of_row = notices
                .iter()
                .rev()
                .take_while(|one| one.line == notice.line);
            !of_row.into_iter().any(|one| one == notice)
        }));
    }

    /// Takes what the rows of a group say in a column. Returns what is doubtful in it; the error says what cannot be read.
    fn cell(
        &self,
        filled: &mut cells::Filled,
        group: &Group<'_>,
        column: &Column,
        (part, count): (usize, usize),
    ) -> Result<Option<String>, String> {
        let values: Vec<Value> = group
            .rows
            .iter()
            .map(|row| row.cell(column.index).value)
            .filter(|value| *value != Value::Empty)
            .collect();
        let broken = values.iter().find_map(|value| match value {
            Value::Broken(error) => Some(error),
            _ => None,
        });
        if let Some(error) = broken {
            return Err(format!("holds the error {error} of a formula"));
        }
        if let Some(error) = group.contradiction(column).filter(|_| count < 2) {
            return Err(error);
        }
        let (own, doubt) = self.share(group, column, part, count)?;
        let other = filled.take(&column.field, &values, own)?;
        // What is told of the whole cell is told once.
        Ok(doubt.filter(|_| part == 0).or(other))
    }

    /// What a cell says of one of the measures of its rows, and what is doubtful in that. The error says what is wrong with
    /// the list that it is.
    fn share(
        &self,
        group: &Group<'_>,
        column: &Column,
        part: usize,
        count: usize,
    ) -> Result<(String, Option<String>), String> {
        if self.header.is_own {
            let raw = group.rows.first().map(|row| row.cell(column.index).raw());
            return Ok((raw.unwrap_or_default(), None));
        }
        let whole = group.text(column.index);
        let is_title = matches!(column.field, Field::Title(_));
        let is_list = is_title && list::of(&whole)?.is_some();
        Ok(match column.field {
            Field::Id | Field::Number | Field::OrderNumber | Field::Section | Field::Ignored => {
                (whole, None)
            }
            _ if is_title && list::is_like_one(&whole) => (
                whole,
                Some("may be a list; it was taken as one measure".to_owned()),
            ),
            _ if is_title && count > 1 && !is_list && !whole.is_empty() => (
                whole,
                Some(format!(
                    "is no list, and the title in another column has {count} items; each of the measures got all of it"
                )),
            ),
            _ => list::share(&whole, part, count, column.field == Field::Deadline),
        })
    }
}

/// Whether a field is what a measure lacks.
fn is_called(field: &Field, missing: &str) -> bool {
    match field {
        Field::Title(_) => missing == "title",
        Field::Deadline => missing == "deadline",
        _ => false,
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
