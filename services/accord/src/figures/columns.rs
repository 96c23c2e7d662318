//! Figures as columns of Arrow, in batches: what Parquet and Arrow files are made of.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Decimal128Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use jiff::civil::Date;

use super::Head;
use super::figure::Figure;

/// How many figures a batch has at most.
const FIGURES: usize = 8_192;
/// Digits of a value in dollars: values have at most 10^17 cents.
const VALUE_DIGITS: u8 = 18;
/// Decimals of a dollar.
const CENT_DIGITS: i8 = 2;
/// Times are in UTC.
const ZONE: &str = "UTC";
/// The day that is day 0.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A batch of figures in the making.
pub(super) struct Columns {
    schema: SchemaRef,
    count: usize,
    reporter: StringBuilder,
    partner: StringBuilder,
    flow: StringBuilder,
    commodity: StringBuilder,
    hs_edition: StringBuilder,
    region: StringBuilder,
    window: StringBuilder,
    period: StringBuilder,
    period_start: Date32Builder,
    period_end: Date32Builder,
    value_cents: Int64Builder,
    value_usd: Decimal128Builder,
    net_weight_grams: Int64Builder,
    status: StringBuilder,
    qualifier: StringBuilder,
    unit_cents: Int64Builder,
    as_published: StringBuilder,
    scope: StringBuilder,
    valuation: StringBuilder,
    release: StringBuilder,
    publish_time: TimestampMicrosecondBuilder,
}

impl Columns {
    pub(super) fn new(head: &Head) -> Self {
        let text = StringBuilder::new;
        Self {
            schema: schema(head),
            count: 0,
            reporter: text(),
            partner: text(),
            flow: text(),
            commodity: text(),
            hs_edition: text(),
            region: text(),
            window: text(),
            period: text(),
            period_start: Date32Builder::new(),
            period_end: Date32Builder::new(),
            value_cents: Int64Builder::new(),
            value_usd: Decimal128Builder::new().with_data_type(value_type()),
            net_weight_grams: Int64Builder::new(),
            status: text(),
            qualifier: text(),
            unit_cents: Int64Builder::new(),
            as_published: text(),
            scope: text(),
            valuation: text(),
            release: text(),
            publish_time: TimestampMicrosecondBuilder::new().with_timezone(ZONE),
        }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Adds a figure, and returns the batch when it is full.
    pub(super) fn push(&mut self, figure: &Figure<'_>) -> Result<Option<RecordBatch>, ArrowError> {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        self.reporter.append_value(figure.reporter);
        self.partner.append_value(figure.partner);
        self.flow.append_value(figure.flow_word());
        self.commodity.append_value(figure.commodity);
        self.hs_edition.append_option(some(figure.edition));
        let region = Some(figure.region).filter(|region| !region.is_empty());
        self.region.append_option(region);
        self.window.append_value(figure.period.window_word());
        self.period.append_value(figure.period.text());
        let days = figure.period.days();
        self.period_start
            .append_option(days.and_then(|(first, _)| day(first)));
        self.period_end
            .append_option(days.and_then(|(_, last)| day(last)));
        self.value_cents.append_option(figure.value_cents);
        self.value_usd
            .append_option(figure.value_cents.map(i128::from));
        self.net_weight_grams.append_option(figure.net_weight_grams);
        self.status.append_value(figure.status);
        self.qualifier.append_value(figure.qualifier_word());
        self.unit_cents.append_option(figure.unit_cents);
        let words = Some(figure.as_published).filter(|words| !words.is_empty());
        self.as_published.append_option(words);
        self.scope.append_option(some(figure.scope()));
        self.valuation.append_option(some(figure.valuation()));
        self.release.append_value(figure.release);
        let published = figure.publish_time().map(jiff::Timestamp::as_microsecond);
        self.publish_time.append_option(published);
        self.count += 1;
        if self.count < FIGURES {
            return Ok(None);
        }
        self.take().map(Some)
    }

    /// Returns what there is, and begins a new batch.
    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.count = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.reporter.finish()),
            Arc::new(self.partner.finish()),
            Arc::new(self.flow.finish()),
            Arc::new(self.commodity.finish()),
            Arc::new(self.hs_edition.finish()),
            Arc::new(self.region.finish()),
            Arc::new(self.window.finish()),
            Arc::new(self.period.finish()),
            Arc::new(self.period_start.finish()),
            Arc::new(self.period_end.finish()),
            Arc::new(self.value_cents.finish()),
            Arc::new(self.value_usd.finish()),
            Arc::new(self.net_weight_grams.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.qualifier.finish()),
            Arc::new(self.unit_cents.finish()),
            Arc::new(self.as_published.finish()),
            Arc::new(self.scope.finish()),
            Arc::new(self.valuation.finish()),
            Arc::new(self.release.finish()),
            Arc::new(self.publish_time.finish()),
        ];
        RecordBatch::try_new(self.schema(), columns)
    }
}

fn value_type() -> DataType {
    DataType::Decimal128(VALUE_DIGITS, CENT_DIGITS)
}

/// The columns in the order of [`Columns::take`]; what they do not say is in the metadata.
fn schema(head: &Head) -> SchemaRef {
    let needed = |name: &str, kind| Field::new(name, kind, false);
    let optional = |name: &str, kind| Field::new(name, kind, true);
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some(ZONE.into()));
    let fields = vec![
        needed("reporter", DataType::Utf8),
        needed("partner", DataType::Utf8),
        needed("flow", DataType::Utf8),
        needed("commodity", DataType::Utf8),
        optional("hs_edition", DataType::Utf8),
        optional("region", DataType::Utf8),
        needed("window", DataType::Utf8),
        needed("period", DataType::Utf8),
        needed("period_start", DataType::Date32),
        needed("period_end", DataType::Date32),
        optional("value_cents", DataType::Int64),
        optional("value_usd", value_type()),
        optional("net_weight_grams", DataType::Int64),
        needed("status", DataType::Utf8),
        needed("qualifier", DataType::Utf8),
        optional("unit_cents", DataType::Int64),
        optional("as_published", DataType::Utf8),
        optional("scope", DataType::Utf8),
        optional("valuation", DataType::Utf8),
        needed("release", DataType::Utf8),
        optional("publish_time", time),
    ];
    let metadata: HashMap<String, String> = metadata(head).into_iter().collect();
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

/// What a file says about itself, as pairs of key and value.
pub(super) fn metadata(head: &Head) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("accord.partnership".to_owned(), head.partnership.clone()),
        ("accord.known_time".to_owned(), head.known_time.to_string()),
        ("accord.columns".to_owned(), "1".to_owned()),
    ];
    let criteria = head.criteria.iter();
    pairs.extend(criteria.map(|(option, value)| (format!("accord.{option}"), value.clone())));
    pairs
}

/// A day as Arrow counts them.
fn day(date: Date) -> Option<i32> {
    (date - EPOCH).get_days().into()
}
