//! Documents and acts as rows of CSV: what `accord documents export` writes is what `accord documents import` reads.
//!
//! A file has a header line with the names of its columns, in any order; columns that are not needed can be left out. A cell
//! that holds several things has `|` between them, and `\|` stands for a `|` in one of them. Clauses are written in words, such
//! as `30 days after last notification`.

pub mod act;
pub mod cell;
pub mod document;
pub mod file;
pub mod name;
pub mod rules;

/// What is wrong with one cell, or with a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line on which the row begins, counted from 1.
    pub line: u64,
    /// The cell; none when the row as a whole is meant.
    pub column: Option<Place>,
    /// The stable reason: one of the contract's, or one of the file's own.
    pub reason: String,
    /// What is wrong, in words.
    pub description: String,
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number, counted from 1.
    pub number: usize,
    /// Its name in the header.
    pub name: String,
}

impl Problem {
    /// A problem of a whole row.
    pub fn of_row(line: u64, reason: &str, description: impl Into<String>) -> Self {
        Self {
            line,
            column: None,
            reason: reason.to_owned(),
            description: description.into(),
        }
    }
}

/// A cell is not written as its column asks for.
pub const CELL_INVALID: &str = "CELL_INVALID";
/// The file is not CSV in UTF-8.
pub const FILE_INVALID: &str = "FILE_INVALID";
/// The header names a column that there is not, twice, or not at all.
pub const HEADER_INVALID: &str = "HEADER_INVALID";

/// The columns of a file, each with the field that it fills.
#[derive(Debug, Clone)]
pub struct Columns<F> {
    fields: Vec<(F, String)>,
}

/// The name of a field that there must be, and how it is told.
type Required<'a, F> = (&'a str, &'a dyn Fn(&F) -> bool);

impl<F: Clone + PartialEq> Columns<F> {
    /// Reads a header. `field` knows the names; `required` are the fields that there must be.
    pub fn read(
        line: u64,
        header: &[String],
        field: impl Fn(&str) -> Option<F>,
        required: &[Required<'_, F>],
        known: &str,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut fields: Vec<(F, String)> = Vec::new();
        for (index, name) in header.iter().enumerate() {
            let mut wrong = |description: String| {
                problems.push(Problem {
                    line,
                    column: Some(Place {
                        number: index + 1,
                        name: name.clone(),
                    }),
                    reason: HEADER_INVALID.to_owned(),
                    description,
                });
            };
            match field(name.trim()) {
                None => wrong(format!("is no column; the columns are {known}")),
                Some(field) if fields.iter().any(|(other, _)| *other == field) => {
                    wrong("stands in the header twice".to_owned());
                }
                Some(field) => fields.push((field, name.trim().to_owned())),
            }
        }
        for (name, is) in required {
            // A header with unknown names may have meant this one by one of them: both are told.
            if !fields.iter().any(|(field, _)| is(field)) {
                problems.push(Problem::of_row(
                    line,
                    HEADER_INVALID,
                    format!("the header has no column {name}"),
                ));
            }
        }
        if problems.is_empty() {
            Ok(Self { fields })
        } else {
            Err(problems)
        }
    }

    /// How many columns there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.fields.len()
    }

    /// The fields of the columns, in their order.
    pub fn fields(&self) -> impl Iterator<Item = &F> {
        self.fields.iter().map(|(field, _)| field)
    }

    /// Where a field stands in the file.
    #[must_use]
    pub fn place(&self, field: &F) -> Option<Place> {
        let index = self.fields.iter().position(|(other, _)| other == field)?;
        Some(Place {
            number: index + 1,
            name: self.fields[index].1.clone(),
        })
    }
}
