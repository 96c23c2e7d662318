//! The files of an import: their formats, and what is sent of them.

use std::path::Path;

use accord_proto::trade::v1::Flow;
use tempfile::NamedTempFile;

use super::Args;
use crate::error::Error;
use crate::import::format::Format;
use crate::import::{Reading, Upload, parquet};

/// A file to be imported.
#[derive(Debug)]
pub(super) struct Input {
    /// The file, as named on the command line.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// How the service is to read what is sent.
    pub reading: Reading,
    /// What is sent.
    pub upload: Upload,
    /// What a Parquet file was turned into; it goes with this.
    _converted: Option<NamedTempFile>,
}

impl Input {
    /// Recognises a file and makes it ready to be sent.
    pub(super) fn open(path: &Path, args: &Args) -> Result<Self, Error> {
        let name = path.display().to_string();
        let format = match args.format {
            Some(format) => format,
            None => Format::of_file(path)?,
        };
        let (upload, sent_as, converted) = if format == Format::Parquet {
            let converted = parquet::convert(path)?;
            if !converted.left_out.is_empty() {
                eprintln!(
                    "{name}: {rows} rows; columns that no import takes are left out: {columns}",
                    rows = converted.rows,
                    columns = converted.left_out.join(", ")
                );
            }
            let upload = Upload::of_file(converted.file.path())?;
            (upload, converted.format, Some(converted.file))
        } else {
            (Upload::of_file(path)?, format, None)
        };
        Ok(Self {
            reading: reading(&name, sent_as, args)?,
            name,
            format,
            upload,
            _converted: converted,
        })
    }
}

/// Takes from the options what the format needs, so that files of several formats can come together; what is needed and
/// missing is said before anything is sent.
fn reading(name: &str, format: Format, args: &Args) -> Result<Reading, Error> {
    let is_siat = matches!(format, Format::SiatCsv | Format::SiatJson);
    let may_lack_flow = is_siat || format == Format::SdmxCsv;
    let mut missing = Vec::new();
    if is_siat && args.flow.is_none() {
        missing.push("--flow export or --flow import, because the table does not say it");
    }
    if format == Format::SiatCsv && args.unit_mult.is_none() {
        missing.push("--unit-mult, the power of ten that it counts in (3 for thousand dollars)");
    }
    if !missing.is_empty() {
        return Err(Error::Usage(format!(
            "{name} is a table of the Uzbek statistics agency; add {}",
            missing.join(", and ")
        )));
    }
    Ok(Reading {
        format: format.contract(),
        flow: args
            .flow
            .filter(|_| may_lack_flow)
            .map_or(Flow::Unspecified, super::Direction::contract),
        unit_mult: args.unit_mult.filter(|_| is_siat),
        cumulative: args.cumulative.filter(|_| is_siat),
    })
}
