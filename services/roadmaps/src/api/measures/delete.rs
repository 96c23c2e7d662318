//! `DeleteMeasure`.

use accord_proto::roadmaps::v1::{DeleteMeasureRequest, Measure};
use fault::Fault;
use tonic::Request;

use super::{
    super::begin,
    Service,
    presence::{self, Way},
};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/DeleteMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<DeleteMeasureRequest>,
) -> Result<Measure, Fault> {
    let begun = begin(METHOD, request)?;
    let DeleteMeasureRequest { name, etag, .. } = &begun.given;
    presence::run(
        service,
        begun.call,
        name,
        etag,
        Way::Delete {
            force: begun.given.force,
        },
        begun.violations,
    )
    .await
}
