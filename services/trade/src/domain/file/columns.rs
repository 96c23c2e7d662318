//! The header line: which column of a file means what.

use super::{Problem, Reason, records::Record};

/// The columns that the format knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Must be the reporter of the release, where given.
    Reporter,
    /// The other side; may be left out when the release covers one partner.
    Partner,
    /// `EXPORT` or `X`, and so on.
    Flow,
    /// The period covered.
    Period,
    /// HS code or `TOTAL`; `TOTAL` when left out.
    Commodity,
    /// `H0` to `H6`; the release's when left out.
    HsEdition,
    /// ISO 3166-2; the whole country when left out.
    Region,
    /// The figure in dollars times 10^`unit_mult`.
    ValueUsd,
    /// The power of ten that the value counts in; 0 when left out.
    UnitMult,
    /// Net weight in kilograms.
    NetWeightKg,
    /// Code of `CL_OBS_STATUS`; `A` when left out.
    Status,
    /// `exact`, `rounded` or `lower_bound`; `exact` when left out.
    Qualifier,
    /// The unit in dollars that a rounded figure or a bound was stated in.
    RoundedToUsd,
    /// The words of the publication.
    AsPublished,
}

/// The columns, in the order in which they are declared, with their names and whether a file must have
/// them.
const KNOWN: [(Column, &str, bool); 14] = [
    (Column::Reporter, "reporter", false),
    (Column::Partner, "partner", false),
    (Column::Flow, "flow", true),
    (Column::Period, "period", true),
    (Column::Commodity, "commodity", false),
    (Column::HsEdition, "hs_edition", false),
    (Column::Region, "region", false),
    (Column::ValueUsd, "value_usd", true),
    (Column::UnitMult, "unit_mult", false),
    (Column::NetWeightKg, "net_weight_kg", false),
    (Column::Status, "status", false),
    (Column::Qualifier, "qualifier", false),
    (Column::RoundedToUsd, "rounded_to_usd", false),
    (Column::AsPublished, "as_published", false),
];

/// The byte-order marks of UTF-16, which spreadsheets call Unicode text.
const UTF_16_MARKS: [[u8; 2]; 2] = [[0xFF, 0xFE], [0xFE, 0xFF]];

/// The columns of one file, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    named: Vec<(Column, String)>,
    /// The place of each known column, for the rows.
    positions: [Option<usize>; KNOWN.len()],
    /// Where the columns stand in the file that the rows were made of, if not where they stand here.
    origins: Option<Box<Origins>>,
}

/// For each known column, the number and name of the column of a foreign file that it was read from; 0 and
/// an empty name for none.
pub type Origins = [(u32, String); KNOWN_COLUMNS];

/// How many columns the format knows.
pub const KNOWN_COLUMNS: usize = KNOWN.len();

impl Columns {
    /// Finds the columns with these names.
    pub fn from_names(names: &[String]) -> Result<Self, Vec<Problem>> {
        let mut columns: Vec<(Column, String)> = Vec::new();
        let mut problems = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let known = KNOWN.iter().find(|(_, known, _)| known == name);
            let problem = |reason, description: &str| Problem {
                line: 1,
                column: u32::try_from(index + 1).unwrap_or(u32::MAX),
                column_name: printable(name),
                reason,
                description: description.to_owned(),
            };
            match known {
                None => problems.push(problem(
                    Reason::UnknownColumn,
                    "is not a column of this format",
                )),
                Some((column, ..)) if columns.iter().any(|(other, _)| other == column) => {
                    problems.push(problem(Reason::DuplicateColumn, "stands there twice"));
                }
                Some((column, ..)) => columns.push((*column, name.clone())),
            }
        }
        for (column, name, required) in KNOWN {
            if required && !columns.iter().any(|(other, _)| *other == column) {
                let description = format!("the column {name} is missing");
                problems.push(whole_line(Reason::MissingColumn, description));
            }
        }
        if problems.is_empty() {
            let positions =
                KNOWN.map(|(known, ..)| columns.iter().position(|(column, _)| *column == known));
            Ok(Self {
                named: columns,
                positions,
                origins: None,
            })
        } else {
            Err(problems)
        }
    }

    /// Takes all columns in the order of [`Column`], for rows that were made of those of a foreign file.
    #[must_use]
    pub fn of_foreign(origins: Origins) -> Self {
        Self {
            named: KNOWN
                .map(|(column, name, _)| (column, name.to_owned()))
                .to_vec(),
            positions: KNOWN.map(|(column, ..)| Some(column as usize)),
            origins: Some(Box::new(origins)),
        }
    }

    /// Returns the number, from 1, and the name of a column as reports show them; 0 and an empty name when
    /// the file has no such column.
    #[must_use]
    pub fn place(&self, column: Column) -> (u32, &str) {
        let Some(origins) = &self.origins else {
            let Some(position) = self.position(column) else {
                return (0, "");
            };
            let number = u32::try_from(position + 1).unwrap_or(0);
            return (number, self.name_at(position));
        };
        origins
            .get(column as usize)
            .map_or((0, ""), |(number, name)| (*number, name.as_str()))
    }

    /// Returns how many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Tells whether there are none, which no file that can be read has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Returns the names, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.named.iter().map(|(_, name)| name.clone()).collect()
    }

    /// Returns the place of a column, from 0.
    #[must_use]
    pub fn position(&self, column: Column) -> Option<usize> {
        self.positions.get(column as usize).copied().flatten()
    }

    /// Returns the name of the column at a place, or an empty one.
    #[must_use]
    pub fn name_at(&self, position: usize) -> &str {
        self.named.get(position).map_or("", |(_, name)| name)
    }
}

/// Reads the names in a header line.
pub(super) fn names(header: &Record) -> Result<Vec<String>, Vec<Problem>> {
    let first = header.field(0).unwrap_or_default();
    if UTF_16_MARKS.iter().any(|mark| first.starts_with(mark)) {
        let description = "the file is UTF-16; save it as UTF-8".to_owned();
        return Err(vec![whole_line(Reason::NotUtf8, description)]);
    }
    if header.flaw.is_some() {
        let description = "is not a line of comma-separated names".to_owned();
        return Err(vec![whole_line(Reason::QuoteInvalid, description)]);
    }
    Ok(header
        .fields()
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .collect())
}

/// Returns the beginning of a name that a file brought, without its control characters: it is shown
/// and stored, and PostgreSQL keeps no NUL.
pub(super) fn printable(name: &str) -> String {
    name.chars()
        .take(100)
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

pub(super) fn whole_line(reason: Reason, description: String) -> Problem {
    Problem {
        line: 1,
        column: 0,
        column_name: String::new(),
        reason,
        description,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &str) -> Result<Columns, Vec<Problem>> {
        let names: Vec<String> = header.split(',').map(str::to_owned).collect();
        Columns::from_names(&names)
    }

    #[test]
    fn columns_stand_in_any_order() {
        let columns = parse("value_usd,period,flow").unwrap();
        assert_eq!(columns.position(Column::Flow), Some(2));
        assert_eq!(columns.position(Column::Region), None);
        assert_eq!(columns.name_at(0), "value_usd");
    }

    #[test]
    fn names_are_reported_without_control_characters() {
        let problems = parse("flow,period,value_usd,a\0b").unwrap_err();
        assert_eq!(problems[0].column_name, "a\u{fffd}b");
    }

    #[test]
    fn every_problem_of_the_header_is_reported() {
        let problems = parse("flow,flow,valeu_usd").unwrap_err();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.column, problem.reason))
            .collect();
        assert_eq!(
            found,
            [
                (2, Reason::DuplicateColumn),
                (3, Reason::UnknownColumn),
                (0, Reason::MissingColumn),
                (0, Reason::MissingColumn),
            ]
        );
    }
}
