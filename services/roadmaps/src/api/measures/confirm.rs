//! `ConfirmMeasure`.

use accord_proto::roadmaps::v1::{ConfirmMeasureRequest, Measure};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ConfirmMeasureRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::note(&given.note);
        speak::about_report(Action::Confirm, given.report_revision, reason)
    })
    .await
}
