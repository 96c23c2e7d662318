//! Parquet files: turned into CSV with the same columns, because Parquet is read from its end.
//!
//! The CSV goes to a temporary file, a row group at a time. Columns that an export adds to those of Accord's own CSV are
//! understood (`value_cents`, `net_weight_grams`, `unit_cents`) or left out.
//!
//! Amounts that a program kept in floating point are read as the decimals that they were made from, and what is finer
//! than a cent is rounded and said to be. A number so large that its kind does not keep cents is refused.

mod float;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use parquet::basic::Type;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::SchemaDescriptor;
use tempfile::NamedTempFile;

use super::format::Format;
use crate::error::Error;

/// The columns of Accord's own CSV.
const OWN: [&str; 14] = [
    "reporter",
    "partner",
    "flow",
    "period",
    "commodity",
    "hs_edition",
    "region",
    "value_usd",
    "unit_mult",
    "net_weight_kg",
    "status",
    "qualifier",
    "rounded_to_usd",
    "as_published",
];

/// Columns in whole small units, with the column that they stand for and how many decimals that has more.
const SCALED: [(&str, &str, u32); 3] = [
    ("value_cents", "value_usd", 2),
    ("net_weight_grams", "net_weight_kg", 3),
    ("unit_cents", "rounded_to_usd", 2),
];

/// The columns of values: of our CSV, of SDMX-CSV and of UN Comtrade.
const VALUES: [&str; 5] = [
    "value_usd",
    "OBS_VALUE",
    "primaryValue",
    "fobvalue",
    "cifvalue",
];

/// The columns in which a rounded value says that it is.
const PRECISION: [&str; 2] = ["qualifier", "rounded_to_usd"];

/// A column of the CSV: its name, where it stands in the rows, and how many decimals it is to be divided by.
struct Source {
    name: String,
    position: usize,
    decimals: u32,
}

/// A Parquet file as CSV.
#[derive(Debug)]
pub struct Converted {
    /// The CSV; it goes when this is dropped.
    pub file: NamedTempFile,
    /// Which of the formats its columns are of.
    pub format: Format,
    /// How many rows it has.
    pub rows: u64,
    /// Columns that were left out.
    pub left_out: Vec<String>,
}

/// Turns a file into CSV.
pub fn convert(path: &Path) -> Result<Converted, Error> {
    let failed = |error: ParquetError| Error::Content(format!("{}: {error}", path.display()));
    let input = File::open(path).map_err(|error| Error::file(path, error))?;
    let reader = SerializedFileReader::new(input).map_err(failed)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<String> = schema
        .root_schema()
        .get_fields()
        .iter()
        .map(|field| field.name().to_owned())
        .collect();
    let of_export = || has(&names, "value_cents").then_some(Format::Csv);
    let format = Format::of_names(&names).or_else(of_export).ok_or_else(|| {
        Error::Content(format!(
            "{}: has none of the known sets of columns; it has {}",
            path.display(),
            names.join(", ")
        ))
    })?;
    let (sources, left_out) = sources(format, &names);
    let file = NamedTempFile::new().map_err(|error| Error::file("a temporary file", error))?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(file.as_file()));
    let rows = write(&reader, format == Format::Csv, &sources, &mut writer).map_err(|trouble| {
        match trouble {
            Trouble::Parquet(error) => failed(error),
            Trouble::Csv(error) => Error::file(file.path(), error),
            Trouble::Field(what) => Error::Content(format!("{}: {what}", path.display())),
        }
    })?;
    drop(writer);
    Ok(Converted {
        file,
        format,
        rows,
        left_out,
    })
}

enum Trouble {
    Parquet(ParquetError),
    Csv(csv::Error),
    Field(String),
}

impl From<ParquetError> for Trouble {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

impl From<csv::Error> for Trouble {
    fn from(error: csv::Error) -> Self {
        Self::Csv(error)
    }
}

fn write(
    reader: &SerializedFileReader<File>,
    is_own: bool,
    sources: &[Source],
    writer: &mut csv::Writer<impl Write>,
) -> Result<u64, Trouble> {
    let names = sources.iter().map(|source| source.name.as_str());
    // Values in floating point may have to be rounded, which needs columns to say so.
    let schema = reader.metadata().file_metadata().schema_descr();
    let is_free = is_own
        && sources.iter().any(|source| is_float_value(schema, source))
        && !sources
            .iter()
            .any(|source| PRECISION.contains(&source.name.as_str()));
    let added = if is_free { &PRECISION[..] } else { &[] };
    writer.write_record(names.chain(added.iter().copied()))?;
    let mut count = 0;
    for row in reader.get_row_iter(None)? {
        let row = row?;
        count += 1;
        let of_row = |what| Trouble::Field(format!("row {count}: {what}"));
        let places = places(&row, sources).map_err(of_row)?;
        let mut cells = sources
            .iter()
            .map(|source| cell(&row, source, places).map_err(of_row))
            .collect::<Result<Vec<_>, _>>()?;
        if is_own {
            let is_rounded = round(schema, sources, &mut cells);
            if is_free {
                let said = if is_rounded {
                    ["rounded", "0.01"]
                } else {
                    ["", ""]
                };
                cells.extend(said.map(str::to_owned));
            }
        }
        writer.write_record(cells)?;
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(count)
}

/// How many decimals a value has to the cent, unless the row says itself that it is not exact.
fn places(row: &Row, sources: &[Source]) -> Result<Option<usize>, String> {
    let text_of = |names: [&str; 2]| {
        let mut sources = sources.iter();
        let found = sources.find(|source| names.contains(&source.name.as_str()));
        let text = found.map(|source| cell(row, source, None)).transpose()?;
        Ok::<_, String>(text.unwrap_or_default())
    };
    let said = text_of(["qualifier", "PRECISION"])?;
    let is_exact = said.is_empty() || said.eq_ignore_ascii_case("exact");
    let unit_mult: usize = text_of(["unit_mult", "UNIT_MULT"])?
        .parse()
        .unwrap_or_default();
    Ok(is_exact.then_some(2 + unit_mult))
}

/// Tells whether a column has values in floating point.
fn is_float_value(schema: &SchemaDescriptor, source: &Source) -> bool {
    source.name == "value_usd" && is_float(schema, source)
}

fn is_float(schema: &SchemaDescriptor, source: &Source) -> bool {
    let column = schema.root_schema().get_fields().get(source.position);
    column.is_some_and(|column| {
        column.is_primitive() && matches!(column.get_physical_type(), Type::FLOAT | Type::DOUBLE)
    })
}

/// Rounds amounts in floating point to cents and grams; tells whether a value has lost anything. A row that says itself
/// how exact its value is is left as it is.
fn round(schema: &SchemaDescriptor, sources: &[Source], cells: &mut [String]) -> bool {
    let text_of = |name: &str, cells: &[String]| {
        let place = sources.iter().position(|source| source.name == name)?;
        cells.get(place).cloned()
    };
    let says_itself = text_of("qualifier", cells).is_some_and(|text| !text.is_empty());
    let unit_mult = text_of("unit_mult", cells).and_then(|text| text.parse::<usize>().ok());
    let mut is_rounded = false;
    for (source, cell) in sources.iter().zip(cells) {
        let places = match source.name.as_str() {
            "value_usd" if !says_itself => 2 + unit_mult.unwrap_or_default(),
            "net_weight_kg" => 3,
            _ => continue,
        };
        if is_float(schema, source)
            && let Some(rounded) = float::rounded(cell, places)
        {
            is_rounded |= source.name == "value_usd";
            *cell = rounded;
        }
    }
    is_rounded
}

fn has(names: &[String], known: &str) -> bool {
    names.iter().any(|name| name == known)
}

/// The columns of the CSV, and the names of those that it does not have.
fn sources(format: Format, names: &[String]) -> (Vec<Source>, Vec<String>) {
    let (mut sources, mut left_out) = (Vec::new(), Vec::new());
    for (position, name) in names.iter().enumerate() {
        let scaled = SCALED.iter().find(|(known, ..)| known == name);
        let (name, decimals) = match scaled {
            _ if format != Format::Csv => (name.as_str(), 0),
            Some((_, own, decimals)) if !has(names, own) => (*own, *decimals),
            None if OWN.contains(&name.as_str()) => (name.as_str(), 0),
            _ => {
                left_out.push(name.clone());
                continue;
            }
        };
        sources.push(Source {
            name: name.to_owned(),
            position,
            decimals,
        });
    }
    (sources, left_out)
}

/// Writes a field as CSV has it: numbers plain, and nothing for null.
///
/// A value is told to so many places, or is refused where its number does not tell it.
fn cell(row: &Row, source: &Source, places: Option<usize>) -> Result<String, String> {
    let field = row
        .get_column_iter()
        .nth(source.position)
        .map(|(_, field)| field)
        .ok_or("has too few fields")?;
    let places = places.filter(|_| VALUES.contains(&source.name.as_str()));
    let coarse = |value: f64, kind: &str| {
        format!(
            "{} is {value} in {kind} precision, which does not keep the cents of so large a number: write it as a decimal",
            source.name
        )
    };
    let text = match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bool(value) => value.to_string(),
        Field::Float16(value) => value.to_string(),
        Field::Float(value) if value.is_nan() => String::new(),
        Field::Double(value) if value.is_nan() => String::new(),
        Field::Float(value) => match places {
            Some(places) => {
                float::single(*value, places).ok_or_else(|| coarse(f64::from(*value), "single"))?
            }
            None => float::shortest(*value),
        },
        Field::Double(value) => match places {
            Some(places) => {
                float::double(*value, places).ok_or_else(|| coarse(*value, "double"))?
            }
            None => float::plain(*value),
        },
        Field::Bytes(bytes) => String::from_utf8(bytes.data().to_vec())
            .map_err(|_| format!("{} is not UTF-8 text", source.name))?,
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            return Err(format!("{} is not a plain value", source.name));
        }
        plain => plain.to_string(),
    };
    // An exact figure has no unit that it was rounded to.
    if source.decimals > 0 && source.name == "rounded_to_usd" && text == "0" {
        return Ok(String::new());
    }
    Ok(scale(&text, source.decimals))
}

/// Puts a decimal point before the last digits of a whole number.
fn scale(text: &str, decimals: u32) -> String {
    let Ok(number) = text.parse::<i64>() else {
        return text.to_owned();
    };
    if decimals == 0 {
        return text.to_owned();
    }
    let unit = 10_u64.pow(decimals);
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = (number.unsigned_abs() / unit, number.unsigned_abs() % unit);
    let width = usize::try_from(decimals).unwrap_or_default();
    format!("{sign}{whole}.{rest:0width$}")
}
