//! Which format a file of figures has, by what is in it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use accord_proto::trade::v1::ImportFormat;

use crate::error::Error;

/// How much of a file is looked at; header lines are shorter.
const HEAD_BYTES: u64 = 64 * 1024;

/// Columns by which Accord's own CSV is known: those that every row of it needs.
const OWN_COLUMNS: [&str; 3] = ["flow", "period", "value_usd"];
/// Columns by which CSV of UN Comtrade is known.
const COMTRADE_COLUMNS: [&str; 3] = ["flowcode", "cmdcode", "primaryvalue"];

/// A format of files of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Accord's own CSV
    Csv,
    /// SDMX-CSV 2.0
    SdmxCsv,
    /// CSV of UN Comtrade Plus
    ComtradeCsv,
    /// A wide table of the Uzbek statistics agency (SIAT), as CSV
    SiatCsv,
    /// The same as JSON
    SiatJson,
    /// Apache Parquet with the columns of Accord's own CSV, of SDMX-CSV or of UN Comtrade
    Parquet,
}

impl Format {
    /// The format in the contract; Parquet is turned into one that has the same columns.
    #[must_use]
    pub fn contract(self) -> ImportFormat {
        match self {
            Self::Csv | Self::Parquet => ImportFormat::Csv,
            Self::SdmxCsv => ImportFormat::SdmxCsv,
            Self::ComtradeCsv => ImportFormat::ComtradeCsv,
            Self::SiatCsv => ImportFormat::SiatCsv,
            Self::SiatJson => ImportFormat::SiatJson,
        }
    }

    /// The format as people write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::SdmxCsv => "sdmx-csv",
            Self::ComtradeCsv => "comtrade-csv",
            Self::SiatCsv => "siat-csv",
            Self::SiatJson => "siat-json",
            Self::Parquet => "parquet",
        }
    }

    /// Recognises the format of a file.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let mut head = Vec::new();
        File::open(path)
            .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head))
            .map_err(|error| Error::file(path, error))?;
        Self::recognise(&head).map_err(|what| {
            Error::Content(format!(
                "{}: {what}\n  hint: --format says which format a file has",
                path.display()
            ))
        })
    }

    /// Recognises the format by the beginning of a file, or says what the file seems to be.
    pub fn recognise(head: &[u8]) -> Result<Self, String> {
        for (start, what) in [
            (
                b"\x1f\x8b".as_slice(),
                "is compressed by gzip; unpack it first",
            ),
            (
                b"PK",
                "is an archive or a workbook (ZIP); unpack it, or save its sheet as CSV",
            ),
            (
                b"\xd0\xcf\x11\xe0",
                "is a workbook of Excel; save its sheet as CSV",
            ),
            (b"ARROW1", "is Apache Arrow; write it as Parquet"),
        ] {
            if head.starts_with(start) {
                return Err(what.to_owned());
            }
        }
        if head.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with(['{', '[']) {
            return recognise_json(text);
        }
        Self::of_names(&header(text)).ok_or_else(|| {
            let first: String = text
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(80)
                .collect();
            format!("has a format that is not known; it begins with \"{first}\"")
        })
    }

    /// Recognises the format of a table by the names of its columns.
    #[must_use]
    pub fn of_names(names: &[String]) -> Option<Self> {
        let first = names.first().map(String::as_str).unwrap_or_default();
        let id = first.split(['[', ':']).next().unwrap_or_default().trim();
        let has = |known: &str| names.iter().any(|name| name.eq_ignore_ascii_case(known));
        if ["STRUCTURE", "DATAFLOW"].contains(&id) {
            Some(Self::SdmxCsv)
        } else if COMTRADE_COLUMNS.iter().all(|known| has(known)) {
            Some(Self::ComtradeCsv)
        } else if first.eq_ignore_ascii_case("Code")
            && names.iter().any(|name| name.starts_with("Klassifikator"))
        {
            Some(Self::SiatCsv)
        } else if OWN_COLUMNS.iter().any(|known| has(known)) {
            // What else is wrong with the header line the service says best.
            Some(Self::Csv)
        } else {
            None
        }
    }
}

fn recognise_json(text: &str) -> Result<Format, String> {
    if text.contains("\"dataSets\"") {
        return Err("is SDMX-JSON, which is not read; take SDMX-CSV".to_owned());
    }
    // The rows may stand behind more metadata than is looked at.
    if text.contains("\"metadata\"") || text.contains("\"Code\"") {
        Ok(Format::SiatJson)
    } else {
        Err("is JSON, but not a table of the Uzbek statistics agency".to_owned())
    }
}

fn header(text: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first
        .iter()
        .flatten()
        .map(|name| name.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_what_is_in_the_file() {
        for (head, format) in [
            ("\u{feff}period,flow,value_usd\nx", Format::Csv),
            ("flow,valeu_usd\n", Format::Csv),
            (
                "STRUCTURE,STRUCTURE_ID,ACTION,TIME_PERIOD\n",
                Format::SdmxCsv,
            ),
            ("\"STRUCTURE[;]\",STRUCTURE_ID\n", Format::SdmxCsv),
            (
                "typeCode,FlowCode,cmdCode,primaryValue\n",
                Format::ComtradeCsv,
            ),
            ("\u{feff}Code,Klassifikator,2022\n", Format::SiatCsv),
            (" [{\"metadata\": []", Format::SiatJson),
            ("PAR1\u{15}", Format::Parquet),
        ] {
            assert_eq!(Format::recognise(head.as_bytes()), Ok(format), "{head}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_to_be_what_it_is() {
        for (head, what) in [
            (b"\x1f\x8b\x08".as_slice(), "gzip"),
            (b"PK\x03\x04", "workbook"),
            (b"{\"dataSets\":", "SDMX-JSON"),
            (b"{\"a\":1}", "agency"),
            (b"a,b\n1,2\n", "a,b"),
            (b"", "not known"),
        ] {
            let said = Format::recognise(head).unwrap_err();
            assert!(said.contains(what), "{said}");
        }
    }
}
