//! The formats of files, and what whoever sends a file says because the file does not.

use crate::domain::cell::Flow;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Accord's own CSV.
    Csv,
    /// SDMX-CSV 2.0.
    SdmxCsv,
    /// CSV as UN Comtrade Plus delivers it.
    ComtradeCsv,
    /// A wide table of the Uzbek statistics agency (SIAT): a row a country, a column a period.
    SiatCsv,
    /// The same as JSON, with what the table is about.
    SiatJson,
}

/// The party whose agency publishes the SIAT tables.
pub const SIAT_REPORTER: &str = "UZ";

impl Format {
    /// Tells whether it is a table of the Uzbek statistics agency.
    #[must_use]
    pub fn is_siat(self) -> bool {
        matches!(self, Self::SiatCsv | Self::SiatJson)
    }

    /// Tells whether a file can leave out in which direction its trade goes.
    #[must_use]
    pub fn may_lack_flow(self) -> bool {
        matches!(self, Self::SdmxCsv | Self::SiatCsv | Self::SiatJson)
    }
}

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its format.
    pub format: Format,
    /// The flow of rows that name none.
    pub flow: Option<Flow>,
    /// The power of ten that the values of a SIAT table count in.
    pub unit_mult: Option<u32>,
    /// Whether columns of months and quarters of a SIAT table count from January on.
    pub cumulative: Option<bool>,
}

impl Reading {
    /// Reads Accord's own CSV.
    pub const CSV: Reading = Reading {
        format: Format::Csv,
        flow: None,
        unit_mult: None,
        cumulative: None,
    };
}
