//! Apache Arrow as an IPC stream: the columns of [`Columns`], batch after batch.

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;

use super::columns::Columns;
use super::figure::Figure;
use super::{Head, Sink, Writer};
use crate::error::Error;

/// An Arrow stream.
pub(super) struct Arrow {
    columns: Columns,
    out: StreamWriter<Sink>,
}

impl Arrow {
    pub(super) fn begin(sink: Sink, head: &Head) -> Result<Self, Error> {
        let columns = Columns::new(head);
        let out = StreamWriter::try_new(sink, &columns.schema()).map_err(failed)?;
        Ok(Self { columns, out })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.out.write(batch).map_err(failed)
    }
}

impl Writer for Arrow {
    fn write(&mut self, figure: &Figure<'_>) -> Result<(), Error> {
        match self.columns.push(figure).map_err(failed)? {
            Some(batch) => self.add(&batch),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, Error> {
        let rest = self.columns.take().map_err(failed)?;
        if rest.num_rows() > 0 {
            self.add(&rest)?;
        }
        self.out.finish().map_err(failed)?;
        self.out.into_inner().map_err(failed)
    }
}

fn failed(error: ArrowError) -> Error {
    Error::Failed(error.to_string())
}
