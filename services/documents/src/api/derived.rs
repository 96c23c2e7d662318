//! What the register computes from documents and acts and keeps, so that lists and searches go by index.
//!
//! Every mutation calls [`refresh`] in its transaction, after its writes. Each part is kept by the module
//! that reads it.

use jiff::Timestamp;
use storage::{Error, Tx};

use crate::domain::DocumentName;

/// Brings what is derived from the named documents up to date, and what is derived from those that wait
/// for them.
#[expect(clippy::unused_async, reason = "the parts are being built")]
pub(super) async fn refresh(_: &mut Tx, _: Timestamp, _: &[DocumentName]) -> Result<(), Error> {
    Ok(())
}
