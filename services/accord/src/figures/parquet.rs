//! Apache Parquet: the columns of [`Columns`] in row groups, compressed by Snappy, which every reader knows.

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::RecordBatch;

use super::columns::{self, Columns};
use super::figure::Figure;
use super::{Head, Sink, Writer};
use crate::error::Error;

/// How many figures a row group has: it stays in memory, encoded, until it is full.
const FIGURES_IN_GROUP: usize = 131_072;

/// A Parquet file.
pub(super) struct Parquet {
    columns: Columns,
    out: ArrowWriter<Sink>,
}

impl Parquet {
    pub(super) fn begin(sink: Sink, head: &Head) -> Result<Self, Error> {
        let columns = Columns::new(head);
        let pairs = columns::metadata(head).into_iter();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(FIGURES_IN_GROUP))
            .set_created_by(concat!("accord ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(
                pairs
                    .map(|(key, value)| KeyValue::new(key, value))
                    .collect(),
            ))
            .build();
        let out = ArrowWriter::try_new(sink, columns.schema(), Some(properties)).map_err(failed)?;
        Ok(Self { columns, out })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.out.write(batch).map_err(failed)
    }
}

impl Writer for Parquet {
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error> {
        match self
            .columns
            .push(figure)
            .map_err(|error| failed(error.into()))?
        {
            Some(batch) => self.add(&batch),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, Error> {
        let rest = self.columns.take().map_err(|error| failed(error.into()))?;
        if rest.num_rows() > 0 {
            self.add(&rest)?;
        }
        self.out.into_inner().map_err(failed)
    }
}

fn failed(error: ParquetError) -> Error {
    Error::Failed(error.to_string())
}
