//! `DeclineMeasureCancellation`.

use accord_proto::roadmaps::v1::{DeclineMeasureCancellationRequest, Measure};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<DeclineMeasureCancellationRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::reason(&given.reason);
        speak::plain(Action::DeclineCancellation, reason)
    })
    .await
}
