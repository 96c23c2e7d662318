//! `ProposeMeasureCancellation`.

use accord_proto::roadmaps::v1::{Measure, ProposeMeasureCancellationRequest};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ProposeMeasureCancellationRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::reason(&given.reason);
        speak::plain(Action::ProposeCancellation, reason)
    })
    .await
}
