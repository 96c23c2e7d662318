//! Accord's own CSV: a header line, then one figure a row, read as the bytes arrive.

pub mod columns;
mod guard;
pub mod records;
pub mod row;
pub mod sheet;

use std::fmt;

/// One problem of one row, or of the header line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line on which the row begins; the header is line 1.
    pub line: i64,
    /// The column, from 1; 0 for the row as a whole.
    pub column: u32,
    /// The column's name in the header; empty for the row as a whole.
    pub column_name: String,
    /// What kind of problem it is.
    pub reason: Reason,
    /// What is wrong, for people.
    pub description: String,
}

/// What kind of problem a row or a header line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The header line names no such column of this format.
    UnknownColumn,
    /// The header line names a column twice.
    DuplicateColumn,
    /// The header line lacks a column, or the file has no header line.
    MissingColumn,
    /// The row has more or fewer fields than the header line.
    FieldCount,
    /// A quoted field does not end, or goes on after its end.
    QuoteInvalid,
    /// The row is longer than 65,536 bytes.
    RecordTooLong,
    /// The field, or the whole file, is not UTF-8.
    NotUtf8,
    /// The text has control characters or is too long.
    TextInvalid,
    /// The row is of another reporter than the release.
    ReporterMismatch,
    /// The release covers several partners and the row names none.
    PartnerRequired,
    /// The partner is no country code.
    PartnerInvalid,
    /// The flow is not known.
    FlowInvalid,
    /// The period is malformed.
    PeriodInvalid,
    /// The period begins after the publication, or after tomorrow.
    PeriodInFuture,
    /// The commodity is no HS code.
    CommodityInvalid,
    /// The edition is not known, or missing beside a code.
    HsEditionInvalid,
    /// The region is no region of the reporter.
    RegionInvalid,
    /// A code of a region of another time.
    RegionNotInPeriod,
    /// The value is missing, though the status says that there is one.
    ValueRequired,
    /// The value is there, though the status says that it is missing.
    ValueNotAllowed,
    /// The value is no decimal number.
    ValueInvalid,
    /// The value has parts of a cent.
    ValueTooPrecise,
    /// The value is too large.
    ValueOutOfRange,
    /// The unit multiplier is not 0 to 12.
    UnitMultInvalid,
    /// The weight is no decimal number of kilograms and grams.
    WeightInvalid,
    /// The status is not in `CL_OBS_STATUS`.
    StatusInvalid,
    /// The qualifier is not known.
    QualifierInvalid,
    /// The unit of rounding is missing beside a rounded figure or a bound.
    RoundingRequired,
    /// The unit of rounding is no positive amount, or stands beside an exact figure.
    RoundingInvalid,
    /// The release does not cover the row's partner, flow, window or days.
    OutsideCoverage,
    /// The release has a figure for the same cell already.
    DuplicateCell,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 31] = [
        Self::UnknownColumn,
        Self::DuplicateColumn,
        Self::MissingColumn,
        Self::FieldCount,
        Self::QuoteInvalid,
        Self::RecordTooLong,
        Self::NotUtf8,
        Self::TextInvalid,
        Self::ReporterMismatch,
        Self::PartnerRequired,
        Self::PartnerInvalid,
        Self::FlowInvalid,
        Self::PeriodInvalid,
        Self::PeriodInFuture,
        Self::CommodityInvalid,
        Self::HsEditionInvalid,
        Self::RegionInvalid,
        Self::RegionNotInPeriod,
        Self::ValueRequired,
        Self::ValueNotAllowed,
        Self::ValueInvalid,
        Self::ValueTooPrecise,
        Self::ValueOutOfRange,
        Self::UnitMultInvalid,
        Self::WeightInvalid,
        Self::StatusInvalid,
        Self::QualifierInvalid,
        Self::RoundingRequired,
        Self::RoundingInvalid,
        Self::OutsideCoverage,
        Self::DuplicateCell,
    ];

    /// Returns the reason as reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownColumn => "UNKNOWN_COLUMN",
            Self::DuplicateColumn => "DUPLICATE_COLUMN",
            Self::MissingColumn => "MISSING_COLUMN",
            Self::FieldCount => "FIELD_COUNT_INVALID",
            Self::QuoteInvalid => "QUOTE_INVALID",
            Self::RecordTooLong => "RECORD_TOO_LONG",
            Self::NotUtf8 => "NOT_UTF8",
            Self::TextInvalid => "TEXT_INVALID",
            Self::ReporterMismatch => "REPORTER_MISMATCH",
            Self::PartnerRequired => "PARTNER_REQUIRED",
            Self::PartnerInvalid => "PARTNER_INVALID",
            Self::FlowInvalid => "FLOW_INVALID",
            Self::PeriodInvalid => "PERIOD_INVALID",
            Self::PeriodInFuture => "PERIOD_IN_FUTURE",
            Self::CommodityInvalid => "COMMODITY_INVALID",
            Self::HsEditionInvalid => "HS_EDITION_INVALID",
            Self::RegionInvalid => "REGION_INVALID",
            Self::RegionNotInPeriod => "REGION_NOT_IN_PERIOD",
            Self::ValueRequired => "VALUE_REQUIRED",
            Self::ValueNotAllowed => "VALUE_NOT_ALLOWED",
            Self::ValueInvalid => "VALUE_INVALID",
            Self::ValueTooPrecise => "VALUE_TOO_PRECISE",
            Self::ValueOutOfRange => "VALUE_OUT_OF_RANGE",
            Self::UnitMultInvalid => "UNIT_MULT_INVALID",
            Self::WeightInvalid => "WEIGHT_INVALID",
            Self::StatusInvalid => "STATUS_INVALID",
            Self::QualifierInvalid => "QUALIFIER_INVALID",
            Self::RoundingRequired => "ROUNDING_REQUIRED",
            Self::RoundingInvalid => "ROUNDING_INVALID",
            Self::OutsideCoverage => "OUTSIDE_COVERAGE",
            Self::DuplicateCell => "DUPLICATE_CELL",
        }
    }

    /// Returns the reason of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if self.column > 0 {
            write!(f, ", column {} ({})", self.column, self.column_name)?;
        }
        write!(f, ": {}", self.description)
    }
}
