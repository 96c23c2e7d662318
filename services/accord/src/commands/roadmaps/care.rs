//! What every change shares: options, and the names of measures as people type them.

use crate::client::Connection;
use crate::error::Error;
use crate::names;

/// Options of every change.
#[derive(Debug, clap::Args)]
pub(super) struct Care {
    /// Changes only this version.
    #[arg(long, value_name = "ETAG", default_value = "")]
    pub(super) etag: String,
    /// Names this call and its retries, so that they have one effect.
    #[arg(long, value_name = "UUID4", default_value = "")]
    pub(super) request_id: String,
    /// Only checks whether it could be done.
    #[arg(long)]
    pub(super) check: bool,
}

/// Returns the full name of a roadmap's child given as `ROADMAP/ID`, such as a baseline.
pub(super) async fn child(
    connection: &Connection,
    partnership: Option<&str>,
    collection: &str,
    given: &str,
) -> Result<String, Error> {
    match given.split('/').collect::<Vec<_>>().as_slice() {
        [roadmap, id] => {
            let roadmap = names::resource(connection, partnership, "roadmaps", roadmap).await?;
            Ok(format!("{roadmap}/{collection}/{id}"))
        }
        [_] => Err(Error::Usage(format!(
            "\"{given}\" does not say of which roadmap; write it as ROADMAP/{given}"
        ))),
        _ => names::resource(connection, partnership, collection, given).await,
    }
}

/// Returns the full name of a measure given as `ROADMAP/MEASURE`.
pub(super) async fn measure(
    connection: &Connection,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    child(connection, partnership, "measures", given).await
}
