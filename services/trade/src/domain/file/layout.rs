//! Foreign formats: how a record of theirs becomes a row of Accord's own CSV, to be read like any other.

use super::{
    Problem, Reason,
    columns::{self, Column, Columns, KNOWN_COLUMNS},
    comtrade::Comtrade,
    format::{Format, Reading},
    records::Record,
    row,
    sdmx::Sdmx,
    siat::Siat,
};
use crate::domain::{
    cell::{Flow, WORLD},
    country,
    decimal::{self, CENT_DIGITS},
    release::Publication,
};

/// What the header line of a file says about its rows.
#[derive(Debug)]
pub(super) enum Layout {
    /// Rows are in Accord's own format.
    Own(Box<Columns>),
    Sdmx(Box<Sdmx>),
    Comtrade(Box<Comtrade>),
    Siat(Box<Siat>),
}

/// A row in the making: a text for each column of Accord's own format.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub texts: [String; KNOWN_COLUMNS],
    /// What is doubtful about it: the reason, the column and a description.
    pub doubts: Vec<(Reason, Column, String)>,
    /// The number and name of the column, where a line has several figures.
    pub column: Option<(u32, String)>,
}

impl Draft {
    /// Sets the text of a column.
    pub(super) fn set(&mut self, column: Column, text: impl Into<String>) {
        if let Some(place) = self.texts.get_mut(column as usize) {
            *place = text.into();
        }
    }

    /// Sets an amount of money times 10^`unit_mult` as a program prints it. What is finer than a cent is
    /// rounded, and said to be. What is no number stands as it is, to be reported.
    pub(super) fn set_money(&mut self, text: &str, unit_mult: u32) {
        match decimal::parse_rounded(text, unit_mult, CENT_DIGITS) {
            Ok((cents, is_rounded)) => {
                self.set(Column::ValueUsd, decimal::dollars(cents).to_string());
                self.set(Column::UnitMult, "");
                if is_rounded {
                    self.set(Column::Qualifier, "rounded");
                    self.set(Column::RoundedToUsd, "0.01");
                }
            }
            Err(_) => self.set(Column::ValueUsd, text),
        }
    }

    /// Returns the row, read from `record`.
    pub(super) fn to_record(&self, record: &Record) -> Record {
        let end = (record.end_bytes, record.end_lines);
        Record::of(record.line, end, &self.texts, None)
    }
}

/// What a record of a foreign format becomes.
#[derive(Debug)]
pub(super) enum Adapted {
    Row(Box<Draft>),
    /// Several figures, and reasons for the places that have none.
    Rows(Vec<Result<Draft, Reason>>),
    LeftOut(Reason),
    Bad(Vec<Problem>),
}

impl Layout {
    /// Reads the header line; `doubts` gets what is doubtful about it.
    pub(super) fn open(
        reading: &Reading,
        header: &Record,
        doubts: &mut Vec<Problem>,
    ) -> Result<Self, Vec<Problem>> {
        let names = columns::names(header)?;
        Self::of_names(reading, &names, doubts)
    }

    /// Finds the columns with these names.
    pub(super) fn of_names(
        reading: &Reading,
        names: &[String],
        doubts: &mut Vec<Problem>,
    ) -> Result<Self, Vec<Problem>> {
        Ok(match reading.format {
            Format::Csv => Self::Own(Box::new(Columns::from_names(names)?)),
            Format::SdmxCsv => Self::Sdmx(Box::new(Sdmx::open(names, reading, doubts)?)),
            Format::ComtradeCsv => Self::Comtrade(Box::new(Comtrade::open(names, doubts)?)),
            Format::SiatCsv => Self::Siat(Box::new(Siat::of_header(names, reading)?)),
            Format::SiatJson => Self::Siat(Box::new(Siat::of_memory(names, reading))),
        })
    }

    /// Returns what must be kept to go on in the middle of the file: nothing as long as no row can be read.
    pub(super) fn memory(&self) -> Vec<String> {
        match self {
            Self::Own(columns) => columns.names(),
            Self::Sdmx(sdmx) => sdmx.names().iter().map(|name| keepable(name)).collect(),
            Self::Comtrade(comtrade) => {
                comtrade.names().iter().map(|name| keepable(name)).collect()
            }
            Self::Siat(siat) => siat.memory().iter().map(|name| keepable(name)).collect(),
        }
    }
}

/// A name as the database keeps it: in a list that is joined by commas and has no empty members.
fn keepable(name: &str) -> String {
    if name.is_empty() {
        "_".to_owned()
    } else {
        columns::printable(&name.replace(',', " "))
    }
}

/// Returns the text of a field, without spaces around it.
pub(super) fn text(record: &Record, position: Option<usize>) -> String {
    let field = position.and_then(|position| record.field(position));
    String::from_utf8_lossy(field.unwrap_or_default())
        .trim()
        .to_owned()
}

/// Returns what is wrong with a record as such, or with the number of its fields.
pub(super) fn misshapen(record: &Record, wanted: usize) -> Option<Vec<Problem>> {
    row::misshapen(record, wanted).map(|problem| vec![problem])
}

/// Finds the column that has one of these names, in any case.
pub(super) fn find(names: &[String], known: &[&str]) -> Option<usize> {
    known.iter().find_map(|known| {
        names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(known))
    })
}

/// Returns where a column stands, for reports.
pub(super) fn origin(names: &[String], position: Option<usize>) -> (u32, String) {
    let Some((position, name)) = position.and_then(|at| Some((at, names.get(at)?))) else {
        return (0, String::new());
    };
    let number = u32::try_from(position + 1).unwrap_or(0);
    (number, columns::printable(name))
}

/// Returns the country of a code, or the world where the code is one of `world`: formats write it differently, and
/// what is the world in one is the rest of it in another.
pub(super) fn area(code: &str, world: &[&str]) -> Option<String> {
    if world.contains(&code) {
        return Some(WORLD.to_owned());
    }
    country::alpha_2(code)
}

/// Returns why figures of this reporter are not for the release; what is no code of a country or the world is left
/// to be reported.
pub(super) fn other_reporter(
    publication: &Publication,
    code: &str,
    world: &[&str],
) -> Option<Reason> {
    let other = area(code, world).is_some_and(|area| area != publication.reporter);
    other.then_some(Reason::OtherReporter)
}

/// Returns the partner, or why figures about it are not for the release. Groups of countries have codes too,
/// which are those of no country.
pub(super) fn partner(
    publication: &Publication,
    code: &str,
    world: &[&str],
) -> Result<String, Reason> {
    let covered = &publication.coverage.partners;
    match area(code, world) {
        Some(area) if covered.contains(&area) => Ok(area),
        Some(_) => Err(Reason::OtherPartner),
        None if is_group(code) => Err(Reason::OtherPartner),
        None => Ok(code.to_owned()),
    }
}

fn is_group(code: &str) -> bool {
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=12).contains(&code.len()) && code.bytes().all(is_code)
}

/// Returns why figures of this flow are not for the release.
pub(super) fn other_flow(publication: &Publication, word: &str) -> Option<Reason> {
    let flows = &publication.coverage.flows;
    let flow: Flow = word.parse().ok()?;
    (!flows.is_empty() && !flows.contains(&flow)).then_some(Reason::OtherFlow)
}
