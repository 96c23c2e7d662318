//! `AcceptMeasureCancellation`.

use accord_proto::roadmaps::v1::{AcceptMeasureCancellationRequest, Measure};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<AcceptMeasureCancellationRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::note(&given.note);
        speak::plain(Action::AcceptCancellation, reason)
    })
    .await
}
