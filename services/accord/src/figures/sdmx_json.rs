//! SDMX-JSON 2.0 (data message of the SDMX technical working group), flat: every dimension at the observation.
//!
//! Observations name their codes by position. The lists of codes stand behind them, because only then are they known;
//! they are what stays in memory, and no longer than the code lists that the figures use.

use std::collections::HashMap;
use std::io::Write as _;

use serde_json::{Value, json};

use super::csv::{dollars, kilograms};
use super::figure::{Figure, Span};
use super::{Head, Sink, Writer, sdmx};
use crate::error::Error;

/// Where the schema of such messages is published.
const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json";
/// The dataflow as a resource of SDMX.
const DATAFLOW_URN: &str = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ACCORD:TRADE(1.0.0)";

/// The codes that figures use, in the order of their first use.
#[derive(Default)]
struct Codes {
    places: HashMap<String, usize>,
    described: Vec<Value>,
}

impl Codes {
    /// The place of a code; a new one is described.
    fn place(&mut self, code: &str, describe: impl FnOnce() -> Value) -> usize {
        if let Some(place) = self.places.get(code) {
            return *place;
        }
        let place = self.described.len();
        self.places.insert(code.to_owned(), place);
        self.described.push(describe());
        place
    }

    /// The place of a code that has no more than a name.
    fn named(&mut self, code: &str, name: &str) -> usize {
        self.place(code, || json!({"id": code, "name": name}))
    }
}

/// A message in SDMX-JSON.
pub(super) struct SdmxJson {
    out: Sink,
    known_time: String,
    count: u64,
    dimensions: [Codes; 8],
    status: Codes,
    precision: Codes,
    valuation: Codes,
    scope: Codes,
    release: Codes,
}

impl SdmxJson {
    pub(super) fn begin(mut out: Sink, head: &Head) -> Result<Self, Error> {
        let meta = json!({
            "schema": SCHEMA,
            "id": uuid::Uuid::new_v4().hyphenated().to_string(),
            "prepared": jiff::Timestamp::now().to_string(),
            "test": false,
            "contentLanguages": ["en"],
            "sender": {"id": "ACCORD", "name": format!("Accord, {}", head.partnership)},
        });
        let links = json!([{"rel": "dataflow", "urn": DATAFLOW_URN}]);
        // Each observation is a line, so that a file can be looked at.
        write!(
            out,
            "{{\"meta\": {meta},\n\"data\": {{\"dataSets\": [{{\"structure\": 0, \"action\": \"Information\", \
             \"links\": {links}, \"annotations\": [0], \"attributes\": [0, 0], \"observations\": {{"
        )?;
        Ok(Self {
            out,
            known_time: head.known_time.to_string(),
            count: 0,
            dimensions: Default::default(),
            status: Codes::default(),
            precision: Codes::default(),
            valuation: Codes::default(),
            scope: Codes::default(),
            release: Codes::default(),
        })
    }

    /// The places of the codes of all dimensions, as the key of an observation.
    fn key(&mut self, figure: &Figure<'_>) -> String {
        let codes = sdmx::codes(figure);
        let period = sdmx::time_period(figure.period);
        let mut places = Vec::with_capacity(self.dimensions.len());
        for ((codes, (id, _)), code) in self
            .dimensions
            .iter_mut()
            .zip(sdmx::DIMENSIONS)
            .zip(codes.into_iter().chain([period.as_str()]))
        {
            let place = match id {
                "FREQ" => codes.named(code, sdmx::frequency_name(code)),
                "TRADE_FLOW" => codes.named(code, sdmx::flow_name(code)),
                "TIME_PERIOD" => codes.place(code, || period_value(code, figure.period)),
                _ => codes.named(code, sdmx::name(code)),
            };
            places.push(place.to_string());
        }
        places.join(":")
    }

    /// The structure that the observations are read by.
    fn structure(self) -> (Sink, Value) {
        let some = |list: Vec<Value>| if self.count == 0 { Vec::new() } else { list };
        let dimensions = self
            .dimensions
            .into_iter()
            .zip(sdmx::DIMENSIONS)
            .enumerate();
        let dimensions = dimensions.map(|(position, (codes, (id, name)))| {
            json!({"id": id, "name": name, "keyPosition": position, "values": codes.described})
        });
        let number = |id, name| json!({"id": id, "name": name, "format": {"dataType": "Decimal", "minOccurs": 0}});
        let coded = |id, name, codes: Codes| json!({"id": id, "name": name, "relationship": {"observation": {}}, "values": codes.described});
        let open = |id, name, kind| json!({"id": id, "name": name, "relationship": {"observation": {}}, "format": {"dataType": kind}});
        let constant = |id, name, code, means| {
            json!({"id": id, "name": name, "relationship": {"dataflow": {}},
                "values": [{"id": code, "name": means}]})
        };
        let structure = json!({
            "dataSets": [0],
            "links": [{"rel": "dataflow", "urn": DATAFLOW_URN}],
            "name": "Trade between parties, as published",
            "dimensions": {"dataSet": [], "series": [], "observation": some(dimensions.collect())},
            "measures": {"observation": [
                number("OBS_VALUE", "Value in US dollars"),
                number("NET_WEIGHT", "Net weight in kilograms"),
            ]},
            "attributes": {
                "dataSet": [
                    constant("UNIT_MEASURE", "Unit of measure", "USD", "US dollar"),
                    constant("UNIT_MULT", "Unit multiplier", "0", "Units"),
                ],
                "dimensionGroup": [],
                "series": [],
                "observation": some(vec![
                    coded("OBS_STATUS", "Observation status", self.status),
                    coded("PRECISION", "How exactly the value was published", self.precision),
                    open("ROUNDING_UNIT", "Unit of a rounded value or a bound in US dollars", "Decimal"),
                    coded("VALUATION", "Valuation", self.valuation),
                    coded("SCOPE", "What is counted", self.scope),
                    coded("RELEASE", "Release", self.release),
                    open("AS_PUBLISHED", "Words of the publication", "String"),
                ]),
            },
            "annotations": [{"id": "KNOWN_TIME", "type": "accord", "title": "As known at", "value": self.known_time}],
        });
        (self.out, structure)
    }
}

impl Writer for SdmxJson {
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error> {
        let key = self.key(figure);
        let separator = if self.count == 0 { "\n" } else { ",\n" };
        let status = self
            .status
            .named(figure.status, sdmx::status_name(figure.status));
        let precision = sdmx::precision(figure.qualifier);
        let precision = self.precision.named(precision, sdmx::name(precision));
        let valuation = sdmx::valuation(figure);
        let valuation = self.valuation.named(valuation, sdmx::name(valuation));
        let scope = sdmx::scope(figure);
        let scope = self.scope.named(scope, sdmx::name(scope));
        let release = self.release.place(figure.release, || release_value(figure));
        let words = match figure.as_published {
            "" => Value::Null,
            words => Value::from(words),
        };
        let line = format!(
            "{separator}\"{key}\": [{}, {}, {status}, {precision}, {}, {valuation}, {scope}, {release}, {words}]",
            number(dollars(figure.value_cents)),
            number(kilograms(figure.net_weight_grams)),
            number(dollars(figure.unit_cents)),
        );
        self.out.write_all(line.as_bytes())?;
        self.count += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Sink, Error> {
        let (mut out, structure) = self.structure();
        writeln!(out, "\n}}}}],\n\"structures\": [{structure}]}}}}")?;
        Ok(out)
    }
}

/// A decimal number as JSON has it, digit by digit; null for none.
fn number(text: String) -> String {
    if text.is_empty() {
        "null".to_owned()
    } else {
        text
    }
}

/// A period with its first and its last second.
fn period_value(text: &str, period: Span) -> Value {
    let mut value = json!({"value": text});
    if let (Some((first, last)), Some(value)) = (period.days(), value.as_object_mut()) {
        value.insert("start".to_owned(), json!(format!("{first}T00:00:00Z")));
        value.insert("end".to_owned(), json!(format!("{last}T23:59:59Z")));
    }
    value
}

/// A release with what a reader needs to cite it.
fn release_value(figure: &Figure<'_>) -> Value {
    let cited = figure.release_use;
    let name = match cited.display_name.as_str() {
        "" => figure.release_id(),
        name => name,
    };
    let time = figure.publish_time();
    let time = time.map_or_else(String::new, |time| time.to_string());
    let facts = [cited.publisher.as_str(), &time, &cited.source_uri];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    json!({"id": figure.release_id(), "name": name, "description": facts.join(", ")})
}
