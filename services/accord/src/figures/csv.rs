//! Accord's own CSV: the columns that an import takes, all of them, whether any row fills them or not.

use super::figure::{Figure, decimal};
use super::{Sink, Writer};
use crate::error::Error;
use crate::render::formula;

/// Cents have two decimals of a dollar, grams three of a kilogram.
const CENT_DIGITS: usize = 2;
const GRAM_DIGITS: usize = 3;

const COLUMNS: [&str; 13] = [
    "reporter",
    "partner",
    "flow",
    "period",
    "commodity",
    "hs_edition",
    "region",
    "value_usd",
    "net_weight_kg",
    "status",
    "qualifier",
    "rounded_to_usd",
    "as_published",
];

/// A file in Accord's own CSV.
pub(super) struct Csv {
    rows: Rows,
}

impl Csv {
    pub(super) fn begin(sink: Sink) -> Result<Self, Error> {
        let mut rows = Rows::new(sink);
        rows.write(&COLUMNS)?;
        Ok(Self { rows })
    }
}

impl Writer for Csv {
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error> {
        self.rows.write(&[
            figure.reporter,
            figure.partner,
            figure.flow_word(),
            &figure.period.text(),
            figure.commodity,
            figure.edition,
            figure.region,
            &dollars(figure.value_cents),
            &kilograms(figure.net_weight_grams),
            figure.status,
            figure.qualifier_word(),
            &dollars(figure.unit_cents),
            &formula::guarded(figure.as_published),
        ])
    }

    fn finish(self: Box<Self>) -> Result<Sink, Error> {
        self.rows.finish()
    }
}

/// An exact amount in US dollars; nothing for none.
pub(super) fn dollars(cents: Option<i64>) -> String {
    cents.map_or_else(String::new, |cents| decimal(cents, CENT_DIGITS))
}

/// An exact weight in kilograms; nothing for none.
pub(super) fn kilograms(grams: Option<i64>) -> String {
    grams.map_or_else(String::new, |grams| decimal(grams, GRAM_DIGITS))
}

/// Rows of comma-separated values by RFC 4180.
pub(super) struct Rows {
    out: ::csv::Writer<Sink>,
}

impl Rows {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            out: ::csv::Writer::from_writer(sink),
        }
    }

    pub(super) fn write(&mut self, cells: &[&str]) -> Result<(), Error> {
        self.out
            .write_record(cells)
            .map_err(|error| match error.into_kind() {
                ::csv::ErrorKind::Io(error) => Error::Output(error),
                other => Error::Failed(format!("{other:?}")),
            })
    }

    pub(super) fn finish(self) -> Result<Sink, Error> {
        self.out
            .into_inner()
            .map_err(|error| Error::Output(error.into_error()))
    }
}
