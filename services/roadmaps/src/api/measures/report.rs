//! `ReportMeasure`.

use accord_proto::roadmaps::v1::{Measure, ReportMeasureRequest};
use fault::Fault;
use tonic::Request;

use super::{super::convert, Service, speak};
use crate::domain::{completion::Action, measure::Word};

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<ReportMeasureRequest>,
) -> Result<Measure, Fault> {
    let today = service.clock.today();
    // East of UTC it may already be tomorrow.
    let latest = today.tomorrow().unwrap_or(today);
    speak::run(service, request, |given| {
        let claim = convert::word::claim(
            &given.evidence,
            given.completion_date.as_ref(),
            &given.note,
            today,
            latest,
        )?;
        Ok(Word {
            action: Action::Report,
            revision: None,
            reason: String::new(),
            claim: Some(claim),
        })
    })
    .await
}
