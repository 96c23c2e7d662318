//! `StartMeasure`.

use accord_proto::roadmaps::v1::{Measure, StartMeasureRequest};
use fault::Fault;
use tonic::Request;

use super::{super::convert::word, Service, speak};
use crate::domain::completion::Action;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<StartMeasureRequest>,
) -> Result<Measure, Fault> {
    speak::run(service, request, |given| {
        let reason = word::note(&given.note);
        speak::plain(Action::Start, reason)
    })
    .await
}
