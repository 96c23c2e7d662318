//! Figures as files: every format that `accord trade export` writes, figure by figure as they arrive.
//!
//! A writer keeps no more than a batch of figures, whatever the length of the file.

mod arrow;
mod columns;
mod csv;
mod figure;
mod parquet;
mod sdmx;
mod sdmx_csv;
mod sdmx_json;
mod sink;

use accord_proto::trade::v1::StreamObservationsResponse;

pub use sink::{Out, Sink};

use crate::error::Error;
use figure::Figure;
use sink::Trouble;

/// A format of files of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Accord's own CSV, which an import takes
    Csv,
    /// SDMX-CSV 2.0
    SdmxCsv,
    /// SDMX-JSON 2.0, flat
    SdmxJson,
    /// Apache Parquet, compressed by Snappy
    Parquet,
    /// Apache Arrow, as an IPC stream
    Arrow,
}

impl Form {
    /// Whether it is text, which a terminal can show.
    #[must_use]
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Parquet | Self::Arrow)
    }
}

/// What a file says about itself.
#[derive(Debug, Clone)]
pub struct Head {
    /// The partnership, by its full name.
    pub partnership: String,
    /// The moment as of which the figures stand.
    pub known_time: jiff::Timestamp,
    /// What was asked for beside that, as pairs of option and value.
    pub criteria: Vec<(&'static str, String)>,
}

/// A file in the making.
trait Writer {
    /// Adds a figure.
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error>;

    /// Writes what is left, and returns what the file was written to.
    fn finish(self: Box<Self>) -> Result<Sink, Error>;
}

/// A file of figures in the making.
pub struct File {
    writer: Box<dyn Writer>,
    trouble: Trouble,
    /// How many figures it has.
    count: u64,
}

impl File {
    /// Begins a file.
    pub fn begin(form: Form, sink: Sink, head: &Head) -> Result<Self, Error> {
        let trouble = sink.trouble();
        let writer = begin(form, sink, head).map_err(|error| trouble.behind(error))?;
        Ok(Self {
            writer,
            trouble,
            count: 0,
        })
    }

    /// Adds the figures of a piece of an export.
    pub fn write(&mut self, piece: &StreamObservationsResponse) -> Result<(), Error> {
        for observation in &piece.observations {
            let figure = Figure::of(observation, piece.release_use.as_ref(), &piece.release)?;
            let written = self.writer.write(&figure);
            written.map_err(|error| self.trouble.behind(error))?;
            self.count += 1;
        }
        Ok(())
    }

    /// How many figures it has so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Ends the file, and returns what it was written to.
    pub fn finish(self) -> Result<Sink, Error> {
        let finished = self.writer.finish();
        finished.map_err(|error| self.trouble.behind(error))
    }
}

fn begin(form: Form, sink: Sink, head: &Head) -> Result<Box<dyn Writer>, Error> {
    Ok(match form {
        Form::Csv => Box::new(csv::Csv::begin(sink)?),
        Form::SdmxCsv => Box::new(sdmx_csv::SdmxCsv::begin(sink)?),
        Form::SdmxJson => Box::new(sdmx_json::SdmxJson::begin(sink, head)?),
        Form::Parquet => Box::new(parquet::Parquet::begin(sink, head)?),
        Form::Arrow => Box::new(arrow::Arrow::begin(sink, head)?),
    })
}

#[cfg(test)]
mod tests;
