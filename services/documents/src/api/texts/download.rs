//! `DownloadText`.

use accord_proto::documents::v1 as pb;
use fault::Fault;
use futures::stream::BoxStream;
use tonic::{Request, Status};

use crate::api::{Api, fault as faults};

/// The pieces of a file on its way out.
pub(in crate::api) type Pieces = BoxStream<'static, Result<pb::DownloadTextResponse, Status>>;

/// Is not built yet.
pub(in crate::api) async fn run(
    _: &Api,
    _: Request<pb::DownloadTextRequest>,
) -> Result<Pieces, Fault> {
    Err(faults::not_built())
}
