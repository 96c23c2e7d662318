//! One row of a file as a figure of a release, or everything that is wrong with it.

use jiff::civil::Date;

use super::{
    Problem, Reason,
    columns::{Column, Columns},
    guard,
    records::{Flaw, Record},
};
use crate::domain::{
    cell::{Cell, Commodity, CommodityError, HsEdition, TOTAL, is_area, is_region_of},
    decimal::{self, CENT_DIGITS, GRAM_DIGITS},
    observation::{Observation, Precision, Qualifier, Status},
    period::{self, Period},
    region::{self, NotListed},
    release::Publication,
};

/// The longest `as_published`, in characters.
const MAX_WORDS: usize = 500;

/// The largest power of ten that a value may count in.
const MAX_EXPONENT: u32 = 12;

/// A good row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// The figure; its region by the present code of the place.
    pub figure: Observation,
    /// The code of the region as the row has it; empty for the whole country.
    pub region_code: String,
    /// What was repaired.
    pub repairs: Vec<Problem>,
}

/// Reads a row of a release that says `publication` about itself; its period must have begun by
/// `latest`.
pub fn parse(
    record: &Record,
    columns: &Columns,
    publication: &Publication,
    latest: Date,
) -> Result<Good, Vec<Problem>> {
    let mut row = Row {
        record,
        columns,
        problems: Vec::new(),
        repairs: Vec::new(),
    };
    if let Some(mut figure) = row.read(publication, latest)
        && row.problems.is_empty()
    {
        let region_code = figure.cell.region;
        figure.cell.region = region::present(&region_code);
        return Ok(Good {
            figure,
            region_code,
            repairs: row.repairs,
        });
    }
    row.problems.sort();
    Err(row.problems)
}

/// Reports that the release has a figure for this cell already.
#[must_use]
pub fn duplicate(figure: &Observation) -> Problem {
    Problem {
        line: figure.line,
        column: figure.column,
        column_name: String::new(),
        reason: Reason::DuplicateCell,
        description: format!("the release has a figure for {} already", figure.cell),
    }
}

/// Returns what is wrong with a record as such, or with the number of its fields.
#[must_use]
pub fn misshapen(record: &Record, wanted: usize) -> Option<Problem> {
    let given = record.len();
    let (reason, description) = match record.flaw {
        Some(Flaw::Quote) => (
            Reason::QuoteInvalid,
            "a quoted field does not end where a field must end".to_owned(),
        ),
        Some(Flaw::TooLong) => (
            Reason::RecordTooLong,
            "the row is longer than 65536 bytes".to_owned(),
        ),
        Some(Flaw::Json) => (
            Reason::JsonInvalid,
            "the row is no flat object of JSON".to_owned(),
        ),
        None if given != wanted => (
            Reason::FieldCount,
            format!("the row has {given} fields, the header line {wanted}"),
        ),
        None => return None,
    };
    Some(Problem {
        line: record.line,
        column: 0,
        column_name: String::new(),
        reason,
        description,
    })
}

/// Returns what is doubtful about a good row by itself: goods of some weight that are worth nothing, and a
/// period that had not ended by `latest`.
#[must_use]
pub fn doubts(figure: &Observation, columns: &Columns, latest: Date) -> Vec<Problem> {
    let mut doubts = Vec::new();
    let mut doubt = |column, reason, description| {
        let (number, name) = columns.place(column);
        doubts.push(Problem {
            line: figure.line,
            column: number,
            column_name: name.to_owned(),
            reason,
            description,
        });
    };
    let is_forecast = matches!(figure.status.code(), 'F' | 'E');
    if figure.cell.period.last_day() > latest && !is_forecast {
        let last_day = figure.cell.period.last_day();
        let description = format!("ends on {last_day}, after it was published");
        doubt(Column::Period, Reason::PeriodNotEnded, description);
    }
    let is_nothing =
        figure.value_cents == Some(0) && figure.precision.qualifier == Qualifier::Exact;
    let weight = figure.net_weight_grams.filter(|grams| *grams > 0);
    if let Some(grams) = weight.filter(|_| is_nothing) {
        let description = format!("is nothing, but {grams} grams were traded");
        doubt(Column::ValueUsd, Reason::ZeroWithWeight, description);
    }
    doubts
}

/// Reports that the file has two codes of one place in one period.
#[must_use]
pub fn mixed_region(figure: &Observation, columns: &Columns, codes: [&str; 2]) -> Problem {
    let (column, column_name) = columns.place(Column::Region);
    let [first, other] = codes;
    Problem {
        line: figure.line,
        column,
        column_name: column_name.to_owned(),
        reason: Reason::RegionCodesMixed,
        description: format!(
            "{other} is the same place as {first}, which the file has for {} too; both are taken as {}",
            figure.cell.period, figure.cell.region
        ),
    }
}

/// A row on the way to becoming a figure: the readers below keep every problem and go on.
struct Row<'a> {
    record: &'a Record,
    columns: &'a Columns,
    problems: Vec<Problem>,
    repairs: Vec<Problem>,
}

impl<'a> Row<'a> {
    /// Returns nothing when a problem left no figure to speak of; `problems` says what.
    fn read(&mut self, publication: &Publication, latest: Date) -> Option<Observation> {
        self.shape()?;
        self.reporter(publication);
        let partner = self.partner(publication);
        let flow = self.parsed(Column::Flow, Reason::FlowInvalid);
        let period = self.period(latest);
        let commodity = self.commodity(publication);
        let region = self.region(publication, period);
        let status = self.status();
        let value_cents = self.value(status);
        let net_weight_grams = self.weight();
        let precision = self.precision();
        let as_published = self.words();
        let cell = Cell {
            partner: partner?,
            flow: flow?,
            commodity: commodity?,
            region: region?,
            period: period?,
        };
        if !publication.coverage.admits(&cell) {
            self.report_row(
                Reason::OutsideCoverage,
                format!("the release does not cover {cell}"),
            );
        }
        Some(Observation {
            line: self.record.line,
            column: 0,
            cell,
            value_cents,
            net_weight_grams,
            status: status?,
            precision: precision?,
            as_published: as_published?,
        })
    }

    fn shape(&mut self) -> Option<()> {
        let problem = misshapen(self.record, self.columns.len());
        let is_good = problem.is_none();
        self.problems.extend(problem);
        is_good.then_some(())
    }

    fn reporter(&mut self, publication: &Publication) {
        let expected = publication.reporter.as_str();
        let given = self.text(Column::Reporter).unwrap_or_default();
        if !given.is_empty() && given != expected {
            let description = format!("is not {expected}, the reporter of the release");
            self.report(Column::Reporter, Reason::ReporterMismatch, description);
        }
    }

    fn partner(&mut self, publication: &Publication) -> Option<String> {
        let given = self.text(Column::Partner)?;
        match (given, publication.coverage.partners.as_slice()) {
            ("", [only]) => Some(only.clone()),
            ("", _) => {
                self.report(
                    Column::Partner,
                    Reason::PartnerRequired,
                    "must be given, because the release covers several partners".to_owned(),
                );
                None
            }
            (code, _) if is_area(code) => Some(code.to_owned()),
            _ => {
                self.report(
                    Column::Partner,
                    Reason::PartnerInvalid,
                    "is neither an ISO 3166-1 alpha-2 code nor W0, the world".to_owned(),
                );
                None
            }
        }
    }

    fn period(&mut self, latest: Date) -> Option<Period> {
        let text = self.text(Column::Period)?;
        let Ok(period) = text.parse::<Period>() else {
            let description = period::explain(text);
            self.report(Column::Period, Reason::PeriodInvalid, description);
            return None;
        };
        if period.first_day() > latest {
            let description =
                format!("begins after {latest}: it had not begun when it was published");
            self.report(Column::Period, Reason::PeriodInFuture, description);
        }
        Some(period)
    }

    fn commodity(&mut self, publication: &Publication) -> Option<Commodity> {
        let code = self.text(Column::Commodity)?;
        let given = self.text(Column::HsEdition)?;
        let edition = if given.is_empty() {
            publication.hs_edition
        } else {
            let number = given
                .strip_prefix('H')
                .and_then(|number| number.parse().ok());
            let edition = number.and_then(HsEdition::new);
            if edition.is_none() {
                let description = "is not an HS edition, H0 to H6".to_owned();
                self.report(Column::HsEdition, Reason::HsEditionInvalid, description);
                return None;
            }
            edition
        };
        let is_digits = code.bytes().all(|byte| byte.is_ascii_digit());
        let is_cut = is_digits && matches!(code.len(), 1 | 3 | 5);
        let code = if code.eq_ignore_ascii_case(TOTAL) {
            TOTAL.to_owned()
        } else if is_cut {
            format!("0{code}")
        } else {
            code.to_owned()
        };
        if is_cut {
            // Codes have two, four or six digits; a program that took one for a number cut off its zero.
            let (column, column_name) = self.columns.place(Column::Commodity);
            self.repairs.push(Problem {
                line: self.record.line,
                column,
                column_name: column_name.to_owned(),
                reason: Reason::CodeRepaired,
                description: format!("had lost its leading zero; taken as {code}"),
            });
        }
        Commodity::parse(&code, edition)
            .map_err(|error| {
                let (column, reason) = match error {
                    CommodityError::Code => (Column::Commodity, Reason::CommodityInvalid),
                    CommodityError::EditionMissing => (Column::Commodity, Reason::HsEditionInvalid),
                };
                self.report(column, reason, error.to_string());
            })
            .ok()
    }

    fn region(&mut self, publication: &Publication, period: Option<Period>) -> Option<String> {
        let region = self.text(Column::Region)?;
        if region.is_empty() {
            return Some(String::new());
        }
        if !is_region_of(&publication.reporter, region) {
            let description = format!("is not an ISO 3166-2 code of {}", publication.reporter);
            self.report(Column::Region, Reason::RegionInvalid, description);
            return None;
        }
        match period.map_or(Ok(()), |period| region::check(region, period)) {
            Ok(()) => return Some(region.to_owned()),
            Err(error @ NotListed::Unknown) => {
                self.report(Column::Region, Reason::RegionInvalid, error.to_string());
            }
            Err(error @ NotListed::NotInPeriod { .. }) => {
                self.report(Column::Region, Reason::RegionNotInPeriod, error.to_string());
            }
        }
        None
    }

    fn status(&mut self) -> Option<Status> {
        if self.text(Column::Status)?.is_empty() {
            return Some(Status::NORMAL);
        }
        self.parsed(Column::Status, Reason::StatusInvalid)
    }

    fn value(&mut self, status: Option<Status>) -> Option<i64> {
        let text = self.text(Column::ValueUsd)?;
        let exponent = self.exponent()?;
        match (text.is_empty(), status?.is_missing()) {
            (true, true) => None,
            (true, false) => {
                self.report(
                    Column::ValueUsd,
                    Reason::ValueRequired,
                    "must be given, because the status does not say that it is missing".to_owned(),
                );
                None
            }
            (false, true) => {
                self.report(
                    Column::ValueUsd,
                    Reason::ValueNotAllowed,
                    "must be empty, because the status says that it is missing".to_owned(),
                );
                None
            }
            (false, false) => decimal::parse(text, exponent, CENT_DIGITS)
                .map_err(|error| {
                    let reason = match error {
                        decimal::Error::Malformed => Reason::ValueInvalid,
                        decimal::Error::Negative => Reason::ValueNegative,
                        decimal::Error::Separated => Reason::ValueSeparated,
                        decimal::Error::TooPrecise => Reason::ValueTooPrecise,
                        decimal::Error::TooLarge => Reason::ValueOutOfRange,
                    };
                    self.report(Column::ValueUsd, reason, error.to_string());
                })
                .ok(),
        }
    }

    fn exponent(&mut self) -> Option<u32> {
        let text = self.text(Column::UnitMult)?;
        if text.is_empty() {
            return Some(0);
        }
        let exponent = text
            .parse()
            .ok()
            .filter(|exponent| *exponent <= MAX_EXPONENT);
        if exponent.is_none() {
            let description = "is not a power of ten from 0 to 12".to_owned();
            self.report(Column::UnitMult, Reason::UnitMultInvalid, description);
        }
        exponent
    }

    fn weight(&mut self) -> Option<i64> {
        let text = self.text(Column::NetWeightKg)?;
        if text.is_empty() {
            return None;
        }
        decimal::parse(text, 0, GRAM_DIGITS)
            .map_err(|error| {
                self.report(
                    Column::NetWeightKg,
                    Reason::WeightInvalid,
                    error.to_string(),
                );
            })
            .ok()
    }

    fn precision(&mut self) -> Option<Precision> {
        let word = self.text(Column::Qualifier)?;
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        let qualifier = match word {
            _ if is("") || is("exact") => Qualifier::Exact,
            _ if is("rounded") => Qualifier::Rounded,
            _ if is("lower_bound") => Qualifier::LowerBound,
            _ => {
                let description = "is none of exact, rounded, lower_bound".to_owned();
                self.report(Column::Qualifier, Reason::QualifierInvalid, description);
                return None;
            }
        };
        let unit = self.text(Column::RoundedToUsd)?;
        let unit_cents = match (qualifier, unit) {
            (Qualifier::Exact, "") => Some(0),
            (Qualifier::Exact, _) => {
                self.report(
                    Column::RoundedToUsd,
                    Reason::RoundingInvalid,
                    "must be empty beside an exact figure".to_owned(),
                );
                None
            }
            (Qualifier::Rounded | Qualifier::LowerBound, "") => {
                self.report(
                    Column::RoundedToUsd,
                    Reason::RoundingRequired,
                    "must say in which unit the figure was stated".to_owned(),
                );
                None
            }
            (Qualifier::Rounded | Qualifier::LowerBound, unit) => {
                let cents = decimal::parse(unit, 0, CENT_DIGITS).ok();
                let positive = cents.filter(|cents| *cents > 0);
                if positive.is_none() {
                    let description = "is not a positive amount in dollars".to_owned();
                    self.report(Column::RoundedToUsd, Reason::RoundingInvalid, description);
                }
                positive
            }
        };
        Some(Precision {
            qualifier,
            unit_cents: unit_cents?,
        })
    }

    fn words(&mut self) -> Option<String> {
        let words = guard::bare(self.text(Column::AsPublished)?);
        if words.chars().count() > MAX_WORDS || words.chars().any(char::is_control) {
            let description = "has control characters or more than 500 characters".to_owned();
            self.report(Column::AsPublished, Reason::TextInvalid, description);
            return None;
        }
        Some(words.to_owned())
    }

    fn parsed<T: std::str::FromStr>(&mut self, column: Column, reason: Reason) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        self.text(column)?
            .parse()
            .map_err(|error: T::Err| self.report(column, reason, error.to_string()))
            .ok()
    }

    /// Returns the text of a field without spaces around it; empty when the file has no such column.
    fn text(&mut self, column: Column) -> Option<&'a str> {
        let Some(position) = self.columns.position(column) else {
            return Some("");
        };
        let bytes = self.record.field(position)?;
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(text.trim());
        }
        self.report(column, Reason::NotUtf8, "is not UTF-8 text".to_owned());
        None
    }

    fn report(&mut self, column: Column, reason: Reason, description: String) {
        let (number, name) = self.columns.place(column);
        let problem = Problem {
            line: self.record.line,
            column: number,
            column_name: name.to_owned(),
            reason,
            description,
        };
        // A field that two readers look at is reported once.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn report_row(&mut self, reason: Reason, description: String) {
        self.problems.push(Problem {
            line: self.record.line,
            column: 0,
            column_name: String::new(),
            reason,
            description,
        });
    }
}

#[cfg(test)]
mod tests;
