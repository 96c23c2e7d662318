//! Files of figures in the formats that can be imported, read as the bytes arrive.
//!
//! A *source* cuts the bytes into records; a *layout* turns the records of a foreign format into rows of
//! Accord's own CSV, which are then read alike; a *sheet* is the file as a whole.

pub mod columns;
mod comtrade;
pub mod format;
mod guard;
pub mod json;
pub mod layout;
pub mod records;
pub mod row;
mod sdmx;
pub mod sheet;
mod siat;
pub mod source;
pub mod tally;

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

/// Declares the kinds of what is reported about rows, with the names that reports give them.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// What kind of problem a row or a header line has, why it was left out, or what is doubtful about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Self::$variant),*];

            /// Returns the reason as reports name it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

reasons! {
    /// The header line names no such column of this format.
    UnknownColumn = "UNKNOWN_COLUMN",
    /// The header line names a column twice.
    DuplicateColumn = "DUPLICATE_COLUMN",
    /// The header line lacks a column, or the file has no header line.
    MissingColumn = "MISSING_COLUMN",
    /// The row has more or fewer fields than the header line.
    FieldCount = "FIELD_COUNT_INVALID",
    /// A quoted field does not end, or goes on after its end.
    QuoteInvalid = "QUOTE_INVALID",
    /// The row is longer than 65,536 bytes.
    RecordTooLong = "RECORD_TOO_LONG",
    /// The field, or the whole file, is not UTF-8.
    NotUtf8 = "NOT_UTF8",
    /// The text has control characters or is too long.
    TextInvalid = "TEXT_INVALID",
    /// The row is of another reporter than the release.
    ReporterMismatch = "REPORTER_MISMATCH",
    /// The release covers several partners and the row names none.
    PartnerRequired = "PARTNER_REQUIRED",
    /// The partner is no country code.
    PartnerInvalid = "PARTNER_INVALID",
    /// The flow is not known.
    FlowInvalid = "FLOW_INVALID",
    /// The period is malformed.
    PeriodInvalid = "PERIOD_INVALID",
    /// The period begins after the publication, or after tomorrow.
    PeriodInFuture = "PERIOD_IN_FUTURE",
    /// The commodity is no HS code.
    CommodityInvalid = "COMMODITY_INVALID",
    /// The edition is not known, or missing beside a code.
    HsEditionInvalid = "HS_EDITION_INVALID",
    /// The region is no region of the reporter.
    RegionInvalid = "REGION_INVALID",
    /// A code of a region of another time.
    RegionNotInPeriod = "REGION_NOT_IN_PERIOD",
    /// The value is missing, though the status says that there is one.
    ValueRequired = "VALUE_REQUIRED",
    /// The value is there, though the status says that it is missing.
    ValueNotAllowed = "VALUE_NOT_ALLOWED",
    /// The value is no decimal number.
    ValueInvalid = "VALUE_INVALID",
    /// The value has parts of a cent.
    ValueTooPrecise = "VALUE_TOO_PRECISE",
    /// The value is too large.
    ValueOutOfRange = "VALUE_OUT_OF_RANGE",
    /// The unit multiplier is not 0 to 12.
    UnitMultInvalid = "UNIT_MULT_INVALID",
    /// The weight is no decimal number of kilograms and grams.
    WeightInvalid = "WEIGHT_INVALID",
    /// The status is not in `CL_OBS_STATUS`.
    StatusInvalid = "STATUS_INVALID",
    /// The qualifier is not known.
    QualifierInvalid = "QUALIFIER_INVALID",
    /// The unit of rounding is missing beside a rounded figure or a bound.
    RoundingRequired = "ROUNDING_REQUIRED",
    /// The unit of rounding is no positive amount, or stands beside an exact figure.
    RoundingInvalid = "ROUNDING_INVALID",
    /// The release does not cover the row's partner, flow, window or days.
    OutsideCoverage = "OUTSIDE_COVERAGE",
    /// The release has a figure for the same cell already.
    DuplicateCell = "DUPLICATE_CELL",
    /// The file has more lines than can be told apart.
    FileTooLong = "FILE_TOO_LONG",
    /// What should be JSON is not, or is not built like a table of the Uzbek agency.
    JsonInvalid = "JSON_INVALID",
    /// The row takes figures away, which a release cannot.
    ActionInvalid = "ACTION_INVALID",
    /// The figure is not money in US dollars.
    UnitInvalid = "UNIT_INVALID",
    /// The value is below zero.
    ValueNegative = "VALUE_NEGATIVE",
    /// The value has separators between its digits.
    ValueSeparated = "VALUE_HAS_SEPARATORS",

    // Why rows that are good in themselves are left out: they are not for the release.
    /// The row is of another reporter than the release.
    OtherReporter = "OTHER_REPORTER",
    /// The row is about a partner that the release does not cover, or about a group of countries.
    OtherPartner = "OTHER_PARTNER",
    /// The row is about a flow that the release does not cover.
    OtherFlow = "OTHER_FLOW",
    /// The row is about a window or about days that the release does not cover.
    OtherPeriod = "OTHER_PERIOD",
    /// The row is a part by second partner, mode of transport or customs procedure of a figure that stands elsewhere.
    NotTotal = "NOT_A_TOTAL",
    /// The row stands for a whole level of codes, or for a code that is finer than subheadings.
    Aggregate = "AGGREGATE",
    /// The table has no figure there.
    EmptyCell = "EMPTY_CELL",

    // What is doubtful about rows that are taken.
    /// A column is not known, and was not looked at.
    ColumnIgnored = "COLUMN_IGNORED",
    /// The code had lost its leading zero.
    CodeRepaired = "CODE_REPAIRED",
    /// The figure is valued otherwise than the release says.
    ValuationDiffers = "VALUATION_DIFFERS",
    /// Goods of some weight are worth nothing.
    ZeroWithWeight = "ZERO_VALUE_WITH_WEIGHT",
    /// The period had not ended when the figure was published.
    PeriodNotEnded = "PERIOD_NOT_ENDED",
    /// The finer codes add up to more than the code that takes them in.
    CodesExceed = "CODES_EXCEED_TOTAL",
    /// The finer codes add up to less than the code that takes them in, though all of them are published.
    CodesBelow = "CODES_BELOW_TOTAL",
    /// The shorter periods add up to more than the period that they are parts of.
    PeriodsExceed = "PERIODS_EXCEED_TOTAL",
    /// The shorter periods add up to less than the period that they make up.
    PeriodsBelow = "PERIODS_BELOW_TOTAL",
    /// A figure from January on is smaller than that to an earlier month.
    CumulativeFalls = "CUMULATIVE_FALLS",
    /// The value of a tonne is far from that of the other months.
    UnitValueFar = "UNIT_VALUE_FAR_OFF",
    /// The nomenclature of the edition does not have the code.
    CodeUnknown = "CODE_UNKNOWN",
    /// A place has two codes in one period.
    RegionCodesMixed = "REGION_CODES_MIXED",
    /// Regions add up to more than the country.
    RegionsExceed = "REGIONS_EXCEED_TOTAL",
    /// Exports and imports add up to more than the turnover.
    FlowsExceed = "FLOWS_EXCEED_TOTAL",
    /// Exports and imports add up to less than the turnover.
    FlowsBelow = "FLOWS_BELOW_TOTAL",
    /// Re-exports are more than the exports that they are a part of, or re-imports more than imports.
    PartExceeds = "RE_TRADE_EXCEEDS_TRADE",
}

impl Reason {
    /// Returns the reason of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.as_str() == name)
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
