//! SDMX-CSV 2.0: one observation a row, with the codes of concepts for column names.
//!
//! Columns are found by the concepts of the SDMX cross-domain guidelines and their usual other names,
//! whatever the data structure. Names may have labels behind them (`REF_AREA: Reference area`), and then
//! values too.

use super::{
    Problem, Reason,
    columns::{Column, Columns, Origins, printable, whole_line},
    format::Reading,
    layout::{
        Adapted, Draft, area, find, misshapen, origin, other_flow, other_reporter, partner, text,
    },
    records::Record,
};
use crate::domain::{
    cell::{Flow, TOTAL},
    decimal::{self, GRAM_DIGITS},
    release::Publication,
};

/// The concepts that become columns, with the names under which they come.
const CONCEPTS: [(Column, &[&str]); 14] = [
    (Column::Reporter, &["REF_AREA", "REPORTER"]),
    (Column::Partner, &["COUNTERPART_AREA", "PARTNER"]),
    (Column::Flow, &["TRADE_FLOW", "FLOW"]),
    (Column::Period, &["TIME_PERIOD"]),
    (Column::Commodity, &["COMMODITY", "PRODUCT"]),
    (
        Column::HsEdition,
        &["HS_EDITION", "COMMODITY_CLASSIFICATION", "CLASSIFICATION"],
    ),
    (Column::Region, &["REGION"]),
    (Column::ValueUsd, &["OBS_VALUE"]),
    (Column::UnitMult, &["UNIT_MULT"]),
    (Column::NetWeightKg, &["NET_WEIGHT_KG", "NET_WEIGHT"]),
    (Column::Status, &["OBS_STATUS"]),
    (Column::Qualifier, &["QUALIFIER", "PRECISION"]),
    (Column::RoundedToUsd, &["ROUNDED_TO_USD", "ROUNDING_UNIT"]),
    (Column::AsPublished, &["AS_PUBLISHED"]),
];

/// Columns that say nothing about a figure that must be kept, or what the release says.
const WITHOUT_MEANING: [&str; 13] = [
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "DATAFLOW",
    "SERIES_KEY",
    "OBS_KEY",
    "DECIMALS",
    "CONF_STATUS",
    "OBS_CONF",
    "VALUATION",
    "SCOPE",
    "RELEASE",
    "PUBLISH_TIME",
];

/// The code of exports and imports together, as UN Comtrade has it.
const BOTH_FLOWS: &str = "T";

/// Codes that say that a dimension is not broken down, or does not apply.
const NOT_BROKEN_DOWN: [&str; 4] = ["_T", "_Z", "_X", "W0"];

/// The codes of the world: of the list `CL_AREA`, and of totals in any list.
const WORLD: [&str; 2] = ["W0", "_T"];

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Sdmx {
    names: Vec<String>,
    columns: Columns,
    positions: [Option<usize>; CONCEPTS.len()],
    action: Option<usize>,
    frequency: Option<usize>,
    unit: Option<usize>,
    currency: Option<usize>,
    has_labels: bool,
    flow: String,
}

impl Sdmx {
    /// Finds the columns with these names; `doubts` gets those that mean nothing here.
    pub(super) fn open(
        names: &[String],
        reading: &Reading,
        doubts: &mut Vec<Problem>,
    ) -> Result<Self, Vec<Problem>> {
        let ids: Vec<String> = names.iter().map(|name| id(name).to_owned()).collect();
        let positions = CONCEPTS.map(|(_, known)| find(&ids, known));
        let origins: Origins = positions.map(|position| origin(&ids, position));
        let sdmx = Self {
            action: find(&ids, &["ACTION"]),
            frequency: find(&ids, &["FREQ"]),
            unit: find(&ids, &["UNIT_MEASURE"]),
            currency: find(&ids, &["CURRENCY"]),
            has_labels: names.iter().any(|name| name.contains(": ")),
            flow: reading.flow.map_or("", |flow| flow.as_str()).to_owned(),
            columns: Columns::of_foreign(origins),
            names: names.to_vec(),
            positions,
        };
        let problems = sdmx.problems(&ids);
        if !problems.is_empty() {
            return Err(problems);
        }
        doubts.extend(sdmx.unknown(&ids));
        Ok(sdmx)
    }

    fn problems(&self, ids: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if find(ids, &["STRUCTURE", "DATAFLOW"]).is_none() {
            let description = "the column STRUCTURE is missing, so this is no SDMX-CSV";
            problems.push(whole_line(Reason::MissingColumn, description.to_owned()));
        }
        let has_flow = self.at(Column::Flow).is_some() || !self.flow.is_empty();
        for (is_there, what) in [
            (self.at(Column::Period).is_some(), "the column TIME_PERIOD"),
            (self.at(Column::ValueUsd).is_some(), "the column OBS_VALUE"),
            (has_flow, "the column TRADE_FLOW, or else header.flow,"),
        ] {
            if !is_there {
                let description = format!("{what} is missing");
                problems.push(whole_line(Reason::MissingColumn, description));
            }
        }
        for (index, name) in ids.iter().enumerate() {
            let is_first = ids.iter().position(|other| other == name) == Some(index);
            // An empty name is kept as an underscore.
            if !is_first && !["", "_"].contains(&name.as_str()) {
                let (column, column_name) = origin(ids, Some(index));
                problems.push(Problem {
                    line: 1,
                    column,
                    column_name,
                    reason: Reason::DuplicateColumn,
                    description: "stands there twice".to_owned(),
                });
            }
        }
        problems
    }

    /// Says which columns mean nothing here.
    fn unknown(&self, ids: &[String]) -> Vec<Problem> {
        let known = [self.action, self.frequency, self.unit, self.currency];
        let is_known = |index: usize, name: &str| {
            self.positions.contains(&Some(index))
                || known.contains(&Some(index))
                || WITHOUT_MEANING.contains(&name)
        };
        ids.iter()
            .enumerate()
            .filter(|(index, name)| !name.is_empty() && !is_known(*index, name))
            .map(|(index, name)| Problem {
                line: 1,
                column: u32::try_from(index + 1).unwrap_or(u32::MAX),
                column_name: printable(name),
                reason: Reason::ColumnIgnored,
                description: "is no concept of a trade figure; its values were not looked at"
                    .to_owned(),
            })
            .collect()
    }

    /// Returns the names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the columns of rows.
    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    fn at(&self, column: Column) -> Option<usize> {
        self.positions.get(column as usize).copied().flatten()
    }

    /// Makes a row of a record.
    pub(super) fn adapt(&self, record: &Record, publication: &Publication) -> Adapted {
        if let Some(problems) = misshapen(record, self.names.len()) {
            return Adapted::Bad(problems);
        }
        let reporter = self.code(record, self.at(Column::Reporter));
        if let Some(reason) = other_reporter(publication, &reporter, &WORLD) {
            return Adapted::LeftOut(reason);
        }
        let partner = match self.code(record, self.at(Column::Partner)) {
            code if code.is_empty() => Ok(code),
            code => partner(publication, &code, &WORLD),
        };
        let flow = match self.code(record, self.at(Column::Flow)) {
            word if word.is_empty() => self.flow.clone(),
            word if word == BOTH_FLOWS => Flow::Turnover.as_str().to_owned(),
            word => word,
        };
        let partner = match (partner, other_flow(publication, &flow)) {
            (Err(reason), _) | (_, Some(reason)) => return Adapted::LeftOut(reason),
            (Ok(partner), None) => partner,
        };
        let problems = self.refused(record);
        if !problems.is_empty() {
            return Adapted::Bad(problems);
        }
        let mut draft = Draft::default();
        draft.set(
            Column::Reporter,
            area(&reporter, &WORLD).unwrap_or(reporter),
        );
        draft.set(Column::Partner, partner);
        draft.set(Column::Flow, flow);
        self.rest(record, &mut draft);
        Adapted::Row(Box::new(draft))
    }

    /// Sets what is neither reporter, partner nor flow.
    fn rest(&self, record: &Record, draft: &mut Draft) {
        draft.set(
            Column::Period,
            period(&text(record, self.at(Column::Period))),
        );
        let commodity = self.code(record, self.at(Column::Commodity));
        let is_total = NOT_BROKEN_DOWN.contains(&commodity.as_str());
        draft.set(Column::Commodity, if is_total { TOTAL } else { &commodity });
        for column in [Column::HsEdition, Column::Region] {
            let code = self.code(record, self.at(column));
            let is_whole = NOT_BROKEN_DOWN.contains(&code.as_str());
            draft.set(column, if is_whole { "" } else { &code });
        }
        for column in [Column::Status, Column::Qualifier, Column::UnitMult] {
            draft.set(column, self.code(record, self.at(column)));
        }
        for column in [Column::RoundedToUsd, Column::AsPublished] {
            draft.set(column, text(record, self.at(column)));
        }
        let weight = text(record, self.at(Column::NetWeightKg));
        draft.set(Column::NetWeightKg, printed_weight(&weight));
        self.value(record, draft);
    }

    /// Sets the value: exactly where it can be, else as a program has printed it.
    fn value(&self, record: &Record, draft: &mut Draft) {
        let value = text(record, self.at(Column::ValueUsd));
        if value == "NaN" {
            return;
        }
        let unit_mult = self.code(record, self.at(Column::UnitMult));
        let is_free = self.code(record, self.at(Column::Qualifier)).is_empty();
        let exponent = match unit_mult.as_str() {
            "" => Some(0),
            digits => digits.parse().ok().filter(|exponent| *exponent <= 12),
        };
        match exponent {
            Some(exponent) if is_free => draft.set_money(&value, exponent),
            _ => draft.set(Column::ValueUsd, value),
        }
    }

    /// Says what cannot be a figure of a release.
    fn refused(&self, record: &Record) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |position, reason, description: String| {
            let (column, column_name) = origin(&self.names, position);
            problems.push(Problem {
                line: record.line,
                column,
                column_name: id(&column_name).to_owned(),
                reason,
                description,
            });
        };
        let action = self.code(record, self.action);
        if !["", "I", "A", "M", "R"].contains(&action.as_str()) {
            let description = "is none of I, A, M, R: a release only has figures";
            report(self.action, Reason::ActionInvalid, description.to_owned());
        }
        for position in [self.unit, self.currency] {
            if !["", "USD"].contains(&self.code(record, position).as_str()) {
                let description = "is not USD: figures are US dollars";
                report(position, Reason::UnitInvalid, description.to_owned());
            }
        }
        let frequency = self.code(record, self.frequency);
        let period = period(&text(record, self.at(Column::Period)));
        if !fits(&frequency, &period) {
            let description = format!("{period} is not a period of the frequency {frequency}");
            report(self.at(Column::Period), Reason::PeriodInvalid, description);
        }
        problems
    }

    /// Returns the code in a field, without its label.
    fn code(&self, record: &Record, position: Option<usize>) -> String {
        let mut text = text(record, position);
        if self.has_labels
            && let Some(end) = text.find(": ")
        {
            text.truncate(end);
        }
        text
    }
}

/// Returns the concept in a name: without its label, and without the separator of lists.
fn id(name: &str) -> &str {
    let id = name.split(": ").next().unwrap_or_default();
    id.split('[').next().unwrap_or_default().trim()
}

/// Writes a period of SDMX as ours: `2022-M03`, `2022-A1` and the range `2022-01-01/P3M`.
fn period(text: &str) -> String {
    if let Some((year, month)) = text.split_once("-M") {
        return format!("{year}-{month}");
    }
    if let Some(year) = text.strip_suffix("-A1") {
        return year.to_owned();
    }
    let range = text
        .split_once("-01-01/P")
        .and_then(|(year, length)| Some((year, length.strip_suffix('M')?)));
    match range.and_then(|(year, months)| Some((year, months.parse::<u8>().ok()?))) {
        Some((year, months)) => format!("{year}-01/{year}-{months:02}"),
        None => text.strip_suffix("-01-01/P1Y").unwrap_or(text).to_owned(),
    }
}

/// Tells whether a period is one of the frequency; January to a month can be of any.
fn fits(frequency: &str, period: &str) -> bool {
    let is_quarter = period.contains("-Q");
    let is_year = !period.contains('-');
    match frequency {
        _ if period.contains('/') => true,
        "A" => is_year,
        "Q" => is_quarter,
        "M" => !is_quarter && !is_year,
        _ => true,
    }
}

/// A weight as a program prints it, to the gram; what is no number stands as it is.
pub(super) fn printed_weight(text: &str) -> String {
    match decimal::parse_rounded(text, 0, GRAM_DIGITS) {
        Ok((units, _)) => decimal::Decimal {
            units,
            digits: GRAM_DIGITS,
        }
        .to_string(),
        Err(_) => text.to_owned(),
    }
}
