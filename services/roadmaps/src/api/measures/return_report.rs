//! `ReturnMeasure`.

use accord_proto::roadmaps::v1::{Measure, ReturnMeasureRequest};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ReturnMeasureRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::reason(&given.reason);
        speak::about_report(Action::Return, given.report_revision, reason)
    })
    .await
}
