//! `PurgeDocuments`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use tonic::Request;

use crate::api::{Api, fault as faults};

/// Is not built yet.
pub(in crate::api) async fn run(
    _: &Api,
    _: Request<pb::PurgeDocumentsRequest>,
) -> Result<pb::PurgeDocumentsResponse, Fault> {
    Err(faults::not_built())
}
