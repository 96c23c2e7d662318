//! Every format: complete, exact, and readable by the readers of its library.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use accord_proto::trade::v1::{
    Flow, HsEdition, Observation, ObservationStatus, Period, Precision, Qualifier, ReleaseUse,
    Scope, StreamObservationsResponse, Valuation, Window,
};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, RecordBatch};
use arrow_ipc::reader::StreamReader;
use serde_json::Value;

use super::*;

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Out for Memory {
    fn finish(self: Box<Self>) -> Result<(), Error> {
        Ok(())
    }
}

/// A pipe whose reader has gone away after some bytes.
struct Gone(usize);

impl Write for Gone {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Out for Gone {
    fn finish(self: Box<Self>) -> Result<(), Error> {
        Ok(())
    }
}

const FORMS: [Form; 5] = [
    Form::Csv,
    Form::SdmxCsv,
    Form::SdmxJson,
    Form::Parquet,
    Form::Arrow,
];

fn head() -> Head {
    Head {
        partnership: "partnerships/uz-kz".into(),
        known_time: "2024-06-01T00:00:00Z".parse().unwrap(),
        criteria: vec![("reporter", "UZ".into())],
    }
}

fn observation(window: Window, month: i32) -> Observation {
    Observation {
        reporter: "UZ".into(),
        partner: "KZ".into(),
        flow: Flow::Export.into(),
        commodity: "TOTAL".into(),
        period: Some(Period {
            window: window.into(),
            year: 2024,
            month,
        }),
        value_cents: Some(12_340),
        status: ObservationStatus::Normal.into(),
        precision: Some(Precision {
            qualifier: Qualifier::Exact.into(),
            ..Precision::default()
        }),
        ..Observation::default()
    }
}

/// A figure of each kind, in pieces of two releases.
fn pieces() -> Vec<StreamObservationsResponse> {
    let plain = observation(Window::Month, 3);
    let detailed = Observation {
        commodity: "010121".into(),
        hs_edition: HsEdition::H6.into(),
        region: "UZ-TK".into(),
        net_weight_grams: Some(1_500),
        flow: Flow::Import.into(),
        ..observation(Window::Quarter, 6)
    };
    let rounded = Observation {
        value_cents: Some(100_000_000_000_000_000),
        flow: Flow::Turnover.into(),
        status: ObservationStatus::Provisional.into(),
        precision: Some(Precision {
            qualifier: Qualifier::LowerBound.into(),
            unit_cents: 1_000_000_000,
            as_published: "=more than \"3.5\", млрд".into(),
        }),
        ..observation(Window::JanuaryToMonth, 11)
    };
    let missing = Observation {
        value_cents: None,
        status: ObservationStatus::MissingSuppressed.into(),
        ..observation(Window::Year, 12)
    };
    let cited = |id: &str, scope: Scope| ReleaseUse {
        release: format!("partnerships/uz-kz/releases/{id}"),
        display_name: format!("Bulletin {id}"),
        publisher: "Statistics".into(),
        publish_time: Some(prost_types::Timestamp {
            seconds: 1_704_067_200,
            nanos: 0,
        }),
        scope: scope.into(),
        export_valuation: Valuation::Fob.into(),
        import_valuation: Valuation::Cif.into(),
        ..ReleaseUse::default()
    };
    let piece = |id: &str, scope, observations| StreamObservationsResponse {
        observations,
        release: format!("partnerships/uz-kz/releases/{id}"),
        release_use: Some(cited(id, scope)),
        ..StreamObservationsResponse::default()
    };
    vec![
        piece("first", Scope::Goods, vec![plain, detailed]),
        piece("second", Scope::NotStated, vec![rounded, missing]),
        StreamObservationsResponse {
            complete: true,
            ..StreamObservationsResponse::default()
        },
    ]
}

/// The bytes of a file of these pieces, whose size and checksum are right.
fn file(form: Form, pieces: &[StreamObservationsResponse]) -> Vec<u8> {
    let memory = Memory::default();
    let mut file = File::begin(form, Sink::new(Box::new(memory.clone())), &head()).unwrap();
    for piece in pieces {
        file.write(piece).unwrap();
    }
    let figures: usize = pieces.iter().map(|piece| piece.observations.len()).sum();
    assert_eq!(file.count(), figures as u64);
    let (bytes, sha256) = file.finish().unwrap().finish().unwrap();
    let written = memory.0.lock().unwrap().clone();
    assert_eq!(bytes, written.len() as u64);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&written);
    assert_eq!(sha256, hex::encode(digest));
    written
}

fn text(form: Form) -> String {
    String::from_utf8(file(form, &pieces())).unwrap()
}

fn parquet_reader(bytes: Vec<u8>) -> ParquetRecordBatchReaderBuilder<std::fs::File> {
    let mut disk = tempfile::tempfile().unwrap();
    disk.write_all(&bytes).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(disk).unwrap()
}

fn parquet_batches(bytes: Vec<u8>) -> Vec<RecordBatch> {
    let batches = parquet_reader(bytes).build().unwrap();
    batches.map(Result::unwrap).collect()
}

fn arrow_batches(bytes: &[u8]) -> Vec<RecordBatch> {
    let reader = StreamReader::try_new(bytes, None).unwrap();
    reader.map(Result::unwrap).collect()
}

#[test]
fn csv_has_every_column_that_an_import_takes() {
    assert_eq!(
        text(Form::Csv),
        "\
reporter,partner,flow,period,commodity,hs_edition,region,value_usd,net_weight_kg,status,qualifier,rounded_to_usd,as_published
UZ,KZ,export,2024-03,TOTAL,,,123.4,,A,exact,,
UZ,KZ,import,2024-Q2,010121,H6,UZ-TK,123.4,1.5,A,exact,,
UZ,KZ,turnover,2024-01/2024-11,TOTAL,,,1000000000000000,,P,lower_bound,10000000,\"'=more than \"\"3.5\"\", млрд\"
UZ,KZ,export,2024,TOTAL,,,,,Q,exact,,
"
    );
}

#[test]
fn sdmx_csv_names_its_dataflow_and_codes_every_dimension() {
    assert_eq!(
        text(Form::SdmxCsv),
        "\
STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,REGION,TRADE_FLOW,CLASSIFICATION,COMMODITY,TIME_PERIOD,OBS_VALUE,NET_WEIGHT,UNIT_MEASURE,UNIT_MULT,OBS_STATUS,PRECISION,ROUNDING_UNIT,VALUATION,SCOPE,RELEASE,PUBLISH_TIME,AS_PUBLISHED
dataflow,ACCORD:TRADE(1.0.0),I,M,UZ,KZ,_T,X,_Z,_T,2024-03,123.4,,USD,0,A,EXACT,,FOB,G,first,2024-01-01T00:00:00Z,
dataflow,ACCORD:TRADE(1.0.0),I,Q,UZ,KZ,UZ-TK,M,H6,010121,2024-Q2,123.4,1.5,USD,0,A,EXACT,,CIF,G,first,2024-01-01T00:00:00Z,
dataflow,ACCORD:TRADE(1.0.0),I,_O,UZ,KZ,_T,T,_Z,_T,2024-01-01/P11M,1000000000000000,,USD,0,P,LOWER_BOUND,10000000,_Z,_U,second,2024-01-01T00:00:00Z,\"'=more than \"\"3.5\"\", млрд\"
dataflow,ACCORD:TRADE(1.0.0),I,A,UZ,KZ,_T,X,_Z,_T,2024,,,USD,0,Q,EXACT,,FOB,_U,second,2024-01-01T00:00:00Z,
"
    );
}

/// What an observation of SDMX-JSON says: its codes by dimension and attribute, and its measures.
fn told(message: &Value, key: &str) -> Vec<(String, Value)> {
    let structure = &message["data"]["structures"][0];
    let observation = message["data"]["dataSets"][0]["observations"][key]
        .as_array()
        .unwrap();
    let list = |path: &Value| path.as_array().unwrap().clone();
    let id = |component: &Value| component["id"].as_str().unwrap().to_owned();
    let meaning = |component: &Value, place: usize| {
        let value = &component["values"][place];
        value
            .get("id")
            .or_else(|| value.get("value"))
            .unwrap()
            .clone()
    };
    let mut told = Vec::new();
    let dimensions = list(&structure["dimensions"]["observation"]);
    for (position, (dimension, place)) in dimensions.iter().zip(key.split(':')).enumerate() {
        assert_eq!(dimension["keyPosition"], position);
        told.push((id(dimension), meaning(dimension, place.parse().unwrap())));
    }
    let measures = list(&structure["measures"]["observation"]);
    let attributes = list(&structure["attributes"]["observation"]);
    assert_eq!(observation.len(), measures.len() + attributes.len());
    for (component, value) in measures.iter().chain(&attributes).zip(observation) {
        let value = match component.get("values") {
            Some(_) => meaning(component, usize::try_from(value.as_u64().unwrap()).unwrap()),
            None => value.clone(),
        };
        told.push((id(component), value));
    }
    told
}

#[test]
fn sdmx_json_tells_each_figure_by_its_structure() {
    let text = text(Form::SdmxJson);
    let message: Value = serde_json::from_str(&text).unwrap();
    let set = &message["data"]["dataSets"][0];
    let keys: Vec<&String> = set["observations"].as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 4);
    let find = |name: &str, wanted: &str| {
        let told = keys.iter().map(|key| told(&message, key));
        let mut matching = told.filter(|told| told.contains(&(name.to_owned(), wanted.into())));
        matching.next().unwrap()
    };
    let has = |told: &[(String, Value)], name: &str, value: Value| {
        let found = told.iter().find(|(id, _)| id == name);
        assert_eq!(found, Some(&(name.to_owned(), value)));
    };
    let detailed = find("REGION", "UZ-TK");
    for (name, value) in [
        ("FREQ", "Q"),
        ("REF_AREA", "UZ"),
        ("COUNTERPART_AREA", "KZ"),
        ("TRADE_FLOW", "M"),
        ("CLASSIFICATION", "H6"),
        ("COMMODITY", "010121"),
        ("TIME_PERIOD", "2024-Q2"),
        ("VALUATION", "CIF"),
        ("RELEASE", "first"),
    ] {
        has(&detailed, name, value.into());
    }
    has(&detailed, "OBS_VALUE", serde_json::json!(123.4));
    has(&detailed, "NET_WEIGHT", serde_json::json!(1.5));
    has(&detailed, "ROUNDING_UNIT", Value::Null);
    let bound = find("TIME_PERIOD", "2024-01-01/P11M");
    has(&bound, "PRECISION", "LOWER_BOUND".into());
    has(&bound, "ROUNDING_UNIT", 10_000_000.into());
    has(&bound, "AS_PUBLISHED", "=more than \"3.5\", млрд".into());
    assert!(
        text.contains(": [1000000000000000, null,"),
        "digit by digit: {text}"
    );
    let missing = find("OBS_STATUS", "Q");
    has(&missing, "OBS_VALUE", Value::Null);
}

/// What the published schema of SDMX-JSON 2.0.0 asks of a data message, as far as it is about what we write.
fn keeps_to_the_schema(message: &Value) {
    let is_id = |value: &Value| {
        value.as_str().is_some_and(|id| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_@$-".contains(c);
            !id.is_empty() && id.chars().all(allowed)
        })
    };
    let only = |value: &Value, known: &[&str]| {
        for key in value.as_object().unwrap().keys() {
            assert!(known.contains(&key.as_str()), "{key}");
        }
    };
    only(message, &["meta", "data", "errors"]);
    let meta = &message["meta"];
    assert!(is_id(&meta["id"]) && is_id(&meta["sender"]["id"]));
    assert!(
        meta["prepared"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok()
    );
    only(&message["data"], &["structures", "dataSets"]);
    let set = &message["data"]["dataSets"][0];
    assert_eq!(set["action"], "Information");
    let link = &set["links"][0];
    assert!(link["rel"] == "dataflow" && link["urn"].as_str().unwrap().starts_with("urn:sdmx:"));
    for (key, values) in set["observations"].as_object().unwrap() {
        assert!(
            key.split(':').all(|place| place.parse::<usize>().is_ok()),
            "{key}"
        );
        let values = values.as_array().unwrap();
        assert!(
            values
                .iter()
                .all(|value| !value.is_object() && !value.is_array())
        );
    }
    let structure = &message["data"]["structures"][0];
    only(
        &structure["dimensions"],
        &["dataSet", "series", "observation"],
    );
    only(&structure["measures"], &["observation"]);
    only(
        &structure["attributes"],
        &["dataSet", "dimensionGroup", "series", "observation"],
    );
    let dimensions = structure["dimensions"]["observation"].as_array().unwrap();
    let attributes = &structure["attributes"];
    let levels = ["dataSet", "observation"].map(|level| attributes[level].as_array().unwrap());
    let attributes: Vec<&Value> = levels.into_iter().flatten().collect();
    for component in dimensions.iter().chain(attributes.iter().copied()) {
        assert!(is_id(&component["id"]));
        let Some(values) = component.get("values") else {
            assert!(component["format"]["dataType"].is_string());
            continue;
        };
        let values = values.as_array().unwrap();
        assert!(!values.is_empty(), "{component}");
        for value in values {
            let coded = is_id(&value["id"]) && value["name"].is_string();
            assert!(coded != value.get("value").is_some(), "{value}");
        }
        let distinct: std::collections::HashSet<String> =
            values.iter().map(Value::to_string).collect();
        assert_eq!(distinct.len(), values.len());
    }
    for attribute in attributes {
        let relationship = attribute["relationship"].as_object().unwrap();
        assert_eq!(relationship.len(), 1);
        assert!(relationship.contains_key("observation") || relationship.contains_key("dataflow"));
    }
}

#[test]
fn sdmx_json_keeps_to_its_schema_with_figures_and_without() {
    let full = text(Form::SdmxJson);
    keeps_to_the_schema(&serde_json::from_str(&full).unwrap());
    let empty: Value = serde_json::from_slice(&file(Form::SdmxJson, &[])).unwrap();
    keeps_to_the_schema(&empty);
    assert_eq!(
        empty["data"]["dataSets"][0]["observations"],
        serde_json::json!({})
    );
}

#[test]
fn parquet_and_arrow_have_the_same_typed_columns() {
    let parquet = file(Form::Parquet, &pieces());
    let arrow = arrow_batches(&file(Form::Arrow, &pieces()));
    let batches = parquet_batches(parquet);
    let batch = &batches[0];
    assert_eq!((batches.len(), arrow.len()), (1, 1));
    assert_eq!(batch.schema().fields(), arrow[0].schema().fields());
    assert_eq!(batch.columns(), arrow[0].columns());
    let column = |name: &str| batch.column_by_name(name).unwrap();
    let cents = column("value_cents").as_primitive::<Int64Type>();
    assert_eq!(cents.value(2), 100_000_000_000_000_000);
    assert!(cents.is_null(3) && column("value_usd").is_null(3));
    let dollars = column("value_usd").as_primitive::<Decimal128Type>();
    assert_eq!(dollars.value_as_string(0), "123.40");
    let end = column("period_end").as_primitive::<Date32Type>();
    assert_eq!(end.value_as_date(1).unwrap().to_string(), "2024-06-30");
    assert_eq!(column("commodity").as_string::<i32>().value(1), "010121");
    assert_eq!(
        column("as_published").as_string::<i32>().value(2),
        "=more than \"3.5\", млрд"
    );
    let valuation = column("valuation").as_string::<i32>();
    assert!(valuation.value(1) == "CIF" && valuation.is_null(2));
    let time = column("publish_time").as_primitive::<TimestampMicrosecondType>();
    assert_eq!(time.value(0), 1_704_067_200_000_000);
    let metadata = arrow[0].schema().metadata().clone();
    assert_eq!(metadata["accord.known_time"], "2024-06-01T00:00:00Z");
    assert_eq!(metadata["accord.reporter"], "UZ");
    let reader = parquet_reader(file(Form::Parquet, &pieces()));
    assert_eq!(*reader.schema().metadata(), metadata);
}

#[test]
fn a_long_file_has_every_figure_in_every_format() {
    const PIECES: usize = 140;
    let mut piece = pieces().remove(0);
    piece.observations = vec![observation(Window::Month, 3); 1_000];
    let pieces = vec![piece; PIECES];
    let rows =
        |batches: Vec<RecordBatch>| -> usize { batches.iter().map(RecordBatch::num_rows).sum() };
    assert_eq!(
        rows(parquet_batches(file(Form::Parquet, &pieces))),
        PIECES * 1_000
    );
    assert_eq!(
        rows(arrow_batches(&file(Form::Arrow, &pieces))),
        PIECES * 1_000
    );
    for form in [Form::Csv, Form::SdmxCsv] {
        let text = String::from_utf8(file(form, &pieces)).unwrap();
        assert_eq!(text.lines().count(), PIECES * 1_000 + 1);
    }
}

#[test]
fn an_empty_file_is_a_file() {
    for form in FORMS {
        assert!(!file(form, &[]).is_empty());
    }
    assert_eq!(parquet_batches(file(Form::Parquet, &[])).len(), 0);
    assert_eq!(arrow_batches(&file(Form::Arrow, &[])).len(), 0);
}

#[test]
fn a_pipe_that_closes_is_seen_as_one_in_every_format() {
    for form in FORMS {
        for room in [0, 700] {
            let file = File::begin(form, Sink::new(Box::new(Gone(room))), &head());
            let done = file.and_then(|mut file| {
                for piece in &vec![pieces().remove(0); 20] {
                    file.write(piece)?;
                }
                file.finish()
            });
            let Err(Error::Output(error)) = done else {
                panic!("{form:?} with room for {room} bytes");
            };
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{form:?} {room}");
        }
    }
}

#[test]
fn what_this_version_does_not_know_is_refused() {
    let wrong: [fn(&mut Observation); 6] = [
        |figure| figure.flow = 99,
        |figure| figure.status = 99,
        |figure| figure.period = None,
        |figure| figure.period.as_mut().unwrap().month = 13,
        |figure| figure.commodity = "0101".into(),
        |figure| figure.precision = None,
    ];
    for change in wrong {
        let mut piece = pieces().remove(0);
        change(&mut piece.observations[0]);
        let sink = Sink::new(Box::new(Memory::default()));
        let mut file = File::begin(Form::Csv, sink, &head()).unwrap();
        assert!(file.write(&piece).is_err());
    }
    let mut piece = pieces().remove(0);
    piece.release_use = None;
    let sink = Sink::new(Box::new(Memory::default()));
    let mut file = File::begin(Form::Csv, sink, &head()).unwrap();
    assert!(file.write(&piece).is_err());
}
