//! Rows that are of one measure, or of the measures of one list.

use std::collections::BTreeSet;

use super::one_line;
use crate::plan::grid::Row;
use crate::plan::header::Column;
use crate::plan::{Field, shown};

/// What several rows say of one measure or several.
pub(super) struct Group<'a> {
    /// The rows, one at least.
    pub(super) rows: Vec<&'a Row>,
    /// The section under which they stand.
    pub(super) section: String,
}

impl Group<'_> {
    /// What the rows say in a column, each thing once.
    pub(super) fn text(&self, column: usize) -> String {
        let mut said = Vec::new();
        let mut known = BTreeSet::new();
        for row in &self.rows {
            let text = row.cell(column).text();
            if !text.is_empty() && known.insert(text.clone()) {
                said.push(text);
            }
        }
        said.join("\n")
    }

    /// What the rows say differently in a column that can say one thing only.
    pub(super) fn contradiction(&self, column: &Column) -> Option<String> {
        let is_single = matches!(
            column.field,
            Field::Deadline | Field::StartDate | Field::Weight | Field::WorkingDays
        );
        let mut said = self
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
}
