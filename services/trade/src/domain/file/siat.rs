//! Tables of the Uzbek statistics agency (SIAT), as CSV and as JSON: a row a partner, a column a period.
//!
//! A table does not say in which direction its trade goes, the CSV not even in which unit it counts; rows
//! have the partner's M49 code, `0` for the rest of the world. Values are printed to a tenth or hundredth of
//! their unit with zeros at the end cut off, so each is taken as rounded to its last place.

use super::{
    Problem, Reason,
    columns::{Column, Columns, Origins, whole_line},
    format::Reading,
    json::{DATA, IN_LIST, METADATA},
    layout::{Adapted, Draft, find, misshapen, origin, partner},
    records::{Flaw, Record},
};
use crate::domain::{decimal, period::Period, release::Publication};

/// The column of the partner's code.
const CODE: &str = "Code";
/// How the columns of its names begin, in whatever language.
const NAMES: &str = "Klassifikator";
/// The name of the unit among what a JSON says about its table.
const UNIT: &str = "Unit of measurement";
/// What stands where there is no figure.
const NO_FIGURE: [&str; 6] = ["", "-", "–", "...", "…", "x"];

/// Words of the languages of the tables that say how many dollars are counted at a time.
const SCALES: [(u32, &[&str]); 3] = [
    (3, &["thousand", "thous", "тыс", "ming", "минг"]),
    (6, &["million", "mln", "млн", "миллион"]),
    (
        9,
        &["billion", "bln", "mlrd", "млрд", "миллиард", "milliard"],
    ),
];

/// One table.
#[derive(Debug)]
pub(super) struct Siat {
    /// The header line of a CSV; none of a JSON.
    header: Vec<String>,
    columns: Columns,
    flow: String,
    unit_mult: Option<u32>,
    cumulative: Option<bool>,
    is_begun: bool,
    is_in_list: bool,
}

impl Siat {
    /// Finds the columns of a CSV.
    pub(super) fn of_header(names: &[String], reading: &Reading) -> Result<Self, Vec<Problem>> {
        let mut siat = Self::new(reading);
        let mut problems = Vec::new();
        if find(names, &[CODE]).is_none() {
            problems.push(whole_line(
                Reason::MissingColumn,
                format!("the column {CODE} is missing, so this is no table of the agency"),
            ));
        }
        let mut periods = 0;
        for (index, name) in names.iter().enumerate() {
            let (column, column_name) = origin(names, Some(index));
            match siat.label(name) {
                Label::Text => {}
                Label::Period(_) => periods += 1,
                Label::Unknown(reason, description) => problems.push(Problem {
                    line: 1,
                    column,
                    column_name,
                    reason,
                    description,
                }),
            }
        }
        if periods == 0 && problems.is_empty() {
            problems.push(whole_line(
                Reason::MissingColumn,
                "there is no column of a period, such as 2022".to_owned(),
            ));
        }
        names.clone_into(&mut siat.header);
        siat.columns = Columns::of_foreign(Self::origins(names));
        if problems.is_empty() {
            Ok(siat)
        } else {
            Err(problems)
        }
    }

    /// Starts a JSON, or goes on in one of which `memory` was kept.
    pub(super) fn of_memory(memory: &[String], reading: &Reading) -> Self {
        let mut siat = Self::new(reading);
        siat.columns = Columns::of_foreign(Self::origins(&[CODE.to_owned()]));
        if let Some(unit_mult) = memory.get(1).and_then(|word| word.parse().ok()) {
            siat.unit_mult = Some(unit_mult);
            siat.is_begun = true;
        }
        siat.is_in_list = memory.iter().any(|word| word == IN_LIST);
        siat
    }

    fn new(reading: &Reading) -> Self {
        Self {
            header: Vec::new(),
            columns: Columns::of_foreign(Origins::default()),
            flow: reading.flow.map_or("", |flow| flow.as_str()).to_owned(),
            unit_mult: reading.unit_mult,
            cumulative: reading.cumulative,
            is_begun: false,
            is_in_list: false,
        }
    }

    /// Problems of the partner stand in the column of its code; those of a figure are moved to its column.
    fn origins(names: &[String]) -> Origins {
        let mut origins = Origins::default();
        if let Some(place) = origins.get_mut(Column::Partner as usize) {
            *place = origin(names, find(names, &[CODE]));
        }
        origins
    }

    /// Returns the columns of rows.
    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Returns what must be kept to go on in the middle of the file.
    pub(super) fn memory(&self) -> Vec<String> {
        if !self.header.is_empty() || !self.is_begun {
            return self.header.clone();
        }
        let unit_mult = self.unit_mult.unwrap_or_default().to_string();
        let mut memory = vec![DATA.to_owned(), unit_mult];
        if self.is_in_list {
            memory.push(IN_LIST.to_owned());
        }
        memory
    }

    /// Says that the file is a list around the table.
    pub(super) fn set_in_list(&mut self, is_in_list: bool) {
        self.is_in_list = is_in_list;
    }

    /// Takes what a JSON says about its table, or its first row. Answers true for the former; fails when
    /// nothing of the table can be read.
    pub(super) fn describe(&mut self, record: &Record) -> Result<bool, Vec<Problem>> {
        let fields = texts(record);
        let is_row = fields.first().is_some_and(|kind| kind == DATA);
        let is_said = fields.first().is_some_and(|kind| kind == METADATA);
        if is_said {
            let value = |name: &str| {
                let at = fields
                    .iter()
                    .skip(1)
                    .step_by(2)
                    .position(|known| known == name)?;
                fields.get(2 * at + 2).map(String::as_str)
            };
            if value("name_en").is_some_and(|name| name.trim().eq_ignore_ascii_case(UNIT)) {
                let words = ["value_en", "value_ru", "value_uz"]
                    .map(|name| value(name).unwrap_or_default());
                self.unit(words)?;
            }
            return Ok(true);
        }
        if is_row && !self.is_begun {
            if self.unit_mult.is_none() {
                let description =
                    "the file does not say in which unit it counts; set header.unit_mult";
                return Err(vec![whole_line(
                    Reason::UnitInvalid,
                    description.to_owned(),
                )]);
            }
            self.is_begun = true;
        }
        Ok(false)
    }

    fn unit(&mut self, words: [&str; 3]) -> Result<(), Vec<Problem>> {
        let refused = |description: String| Err(vec![whole_line(Reason::UnitInvalid, description)]);
        let said = words.into_iter().find(|word| !word.is_empty());
        let Some(said) = said else {
            return Ok(());
        };
        let Some(exponent) = dollars(said) else {
            return refused(format!("the table counts in \"{said}\", not in US dollars"));
        };
        match self.unit_mult {
            Some(given) if given != exponent => refused(format!(
                "the table counts in \"{said}\", which is 10^{exponent}, but header.unit_mult is {given}"
            )),
            _ => {
                self.unit_mult = Some(exponent);
                Ok(())
            }
        }
    }

    /// Makes rows of a record: one for each period.
    pub(super) fn adapt(&self, record: &Record, publication: &Publication) -> Adapted {
        let wanted = if self.header.is_empty() {
            record.len()
        } else {
            self.header.len()
        };
        if let Some(problems) = misshapen(record, wanted) {
            return Adapted::Bad(problems);
        }
        let cells = self.cells(record);
        let code = cells
            .iter()
            .find(|(_, name, _)| name.eq_ignore_ascii_case(CODE))
            .map(|(.., text)| text.clone());
        let Some(code) = code else {
            return Adapted::Bad(vec![Problem {
                line: record.line,
                column: 0,
                column_name: String::new(),
                reason: Reason::MissingColumn,
                description: format!("the row has no {CODE}"),
            }]);
        };
        // Its 0 is no world but the countries that have no row.
        let partner = match partner(publication, &code, &[]) {
            Ok(partner) => partner,
            Err(reason) => return Adapted::LeftOut(reason),
        };
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        for (column, name, text) in cells {
            match self.label(&name) {
                Label::Text => {}
                Label::Unknown(reason, description) => problems.push(Problem {
                    line: record.line,
                    column,
                    column_name: super::columns::printable(&name),
                    reason,
                    description,
                }),
                Label::Period(_) if NO_FIGURE.contains(&text.as_str()) => {
                    rows.push(Err(Reason::EmptyCell));
                }
                Label::Period(period) => {
                    rows.push(Ok(self.figure(&partner, &period, &text, (column, name))));
                }
            }
        }
        if problems.is_empty() {
            Adapted::Rows(rows)
        } else {
            Adapted::Bad(problems)
        }
    }

    /// The fields of a row with the numbers and names of their columns.
    fn cells(&self, record: &Record) -> Vec<(u32, String, String)> {
        let fields = texts(record);
        let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
        if self.header.is_empty() {
            let names = fields.iter().skip(1).step_by(2);
            let values = fields.iter().skip(2).step_by(2);
            return names
                .zip(values)
                .enumerate()
                .map(|(index, (name, text))| (number(index), name.clone(), text.clone()))
                .collect();
        }
        self.header
            .iter()
            .zip(fields)
            .enumerate()
            .map(|(index, (name, text))| (number(index), name.clone(), text))
            .collect()
    }

    fn figure(&self, partner: &str, period: &str, text: &str, column: (u32, String)) -> Draft {
        let unit_mult = self.unit_mult.unwrap_or_default();
        let mut draft = Draft {
            column: Some(column),
            ..Draft::default()
        };
        draft.set(Column::Partner, partner);
        draft.set(Column::Flow, self.flow.as_str());
        draft.set(Column::Period, period);
        draft.set_money(text, unit_mult);
        if decimal::parse_rounded(text, unit_mult, 0).is_ok() {
            draft.set(Column::Qualifier, "rounded");
            draft.set(Column::RoundedToUsd, last_place(text, unit_mult));
            let unit = match unit_mult {
                0 => "USD".to_owned(),
                3 => "thousand USD".to_owned(),
                6 => "million USD".to_owned(),
                9 => "billion USD".to_owned(),
                power => format!("times 10^{power} USD"),
            };
            draft.set(Column::AsPublished, format!("{text} {unit}"));
        }
        draft
    }

    fn label(&self, name: &str) -> Label {
        if name.eq_ignore_ascii_case(CODE) || name.starts_with(NAMES) {
            return Label::Text;
        }
        // The M of months is a Cyrillic one.
        let plain = name.trim().replace("-\u{41c}", "-").replace("-M", "-");
        let Ok(period) = plain.parse::<Period>() else {
            let description =
                "is neither Code, a Klassifikator nor a period such as 2022 or 2022-M03";
            return Label::Unknown(Reason::UnknownColumn, description.to_owned());
        };
        let (year, month) = (period.year(), period.last_month());
        match (plain.contains('-'), self.cumulative) {
            (false, _) | (true, Some(false)) => Label::Period(plain),
            (true, Some(true)) => Label::Period(format!("{year:04}-01/{year:04}-{month:02}")),
            (true, None) => {
                let description = "is less than a year: header.cumulative must say whether it counts from January on";
                Label::Unknown(Reason::PeriodInvalid, description.to_owned())
            }
        }
    }
}

/// What a column is.
enum Label {
    /// The code or a name of the partner.
    Text,
    /// A period, as Accord writes it.
    Period(String),
    /// Nothing that can be read.
    Unknown(Reason, String),
}

/// The unit of the last place of a number times 10^`unit_mult`, in dollars; at least a cent.
fn last_place(text: &str, unit_mult: u32) -> String {
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let decimals = u32::try_from(decimals).unwrap_or(u32::MAX);
    match unit_mult.checked_sub(decimals) {
        Some(zeros) => 10_u64
            .checked_pow(zeros)
            .map_or_else(String::new, |unit| unit.to_string()),
        None if decimals == unit_mult + 1 => "0.1".to_owned(),
        None => "0.01".to_owned(),
    }
}

/// Returns the power of ten in which a unit counts dollars; none when it counts something else.
fn dollars(unit: &str) -> Option<u32> {
    let unit = unit.to_lowercase();
    let is_dollars = ["dollar", "долл", "usd"]
        .iter()
        .any(|word| unit.contains(word));
    let scale = SCALES
        .iter()
        .find(|(_, words)| words.iter().any(|word| unit.contains(word)));
    is_dollars.then(|| scale.map_or(0, |(exponent, _)| *exponent))
}

fn texts(record: &Record) -> Vec<String> {
    record
        .fields()
        .map(|field| String::from_utf8_lossy(field).trim().to_owned())
        .collect()
}

/// Tells whether a record says that the file is no table at all.
pub(super) fn is_broken(record: &Record) -> bool {
    record.flaw == Some(Flaw::Json) && record.is_empty()
}
