//! `UndeleteMeasure`.

use accord_proto::roadmaps::v1::{Measure, UndeleteMeasureRequest};
use fault::Fault;
use tonic::Request;

use super::{
    super::begin,
    Service,
    presence::{self, Way},
};

const METHOD: &str = "accord.roadmaps.v1.MeasureService/UndeleteMeasure";

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<UndeleteMeasureRequest>,
) -> Result<Measure, Fault> {
    let begun = begin(METHOD, request)?;
    let UndeleteMeasureRequest { name, etag, .. } = &begun.given;
    presence::run(
        service,
        begun.call,
        name,
        etag,
        Way::Undelete,
        begun.violations,
    )
    .await
}
