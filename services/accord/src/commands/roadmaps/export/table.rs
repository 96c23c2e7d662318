//! The measures of a roadmap as CSV.

use std::io::Write;

use accord_proto::roadmaps::v1::{Measure, Roadmap};

use crate::error::Error;
use crate::plan::columns::Columns;
use crate::render::formula;

/// Writes a header and a row for each measure.
pub(super) fn write(
    out: &mut dyn Write,
    roadmap: &Roadmap,
    measures: &[Measure],
) -> Result<(), Error> {
    let columns = Columns::of(measures, &super::parties(roadmap));
    let mut out = csv::Writer::from_writer(out);
    let rows = measures.iter().map(|measure| columns.row(measure));
    for row in std::iter::once(columns.header()).chain(rows) {
        out.write_record(formula::guarded_row(&row))
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => Error::Output(error),
                other => Error::Failed(format!("{other:?}")),
            })?;
    }
    Ok(out.flush()?)
}
