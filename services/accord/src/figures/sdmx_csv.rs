//! SDMX-CSV 2.0 (field guide of the SDMX technical working group): one observation a row, codes only.

use super::csv::{Rows, dollars, kilograms};
use super::figure::Figure;
use super::{Sink, Writer, sdmx};
use crate::error::Error;
use crate::render::formula;

/// Beside the dimensions: which structure, and what to do with the row.
const BEFORE: [&str; 3] = ["STRUCTURE", "STRUCTURE_ID", "ACTION"];
/// Measures, then attributes.
const BEHIND: [&str; 12] = [
    "OBS_VALUE",
    "NET_WEIGHT",
    "UNIT_MEASURE",
    "UNIT_MULT",
    "OBS_STATUS",
    "PRECISION",
    "ROUNDING_UNIT",
    "VALUATION",
    "SCOPE",
    "RELEASE",
    "PUBLISH_TIME",
    "AS_PUBLISHED",
];

/// A file in SDMX-CSV.
pub(super) struct SdmxCsv {
    rows: Rows,
}

impl SdmxCsv {
    pub(super) fn begin(sink: Sink) -> Result<Self, Error> {
        let mut rows = Rows::new(sink);
        let dimensions = sdmx::DIMENSIONS.map(|(id, _)| id);
        rows.write(&[&BEFORE[..], &dimensions, &BEHIND].concat())?;
        Ok(Self { rows })
    }
}

impl Writer for SdmxCsv {
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error> {
        let published = figure
            .publish_time()
            .map_or_else(String::new, |time| time.to_string());
        let cells = [
            &["dataflow", sdmx::DATAFLOW, "I"],
            &sdmx::codes(figure)[..],
            &[
                &sdmx::time_period(figure.period),
                &dollars(figure.value_cents),
                &kilograms(figure.net_weight_grams),
                "USD",
                "0",
                figure.status,
                sdmx::precision(figure.qualifier),
                &dollars(figure.unit_cents),
                sdmx::valuation(figure),
                sdmx::scope(figure),
                figure.release_id(),
                &published,
                &formula::guarded(figure.as_published),
            ],
        ];
        self.rows.write(&cells.concat())
    }

    fn finish(self: Box<Self>) -> Result<Sink, Error> {
        self.rows.finish()
    }
}
