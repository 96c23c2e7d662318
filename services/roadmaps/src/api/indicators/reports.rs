//! `GetIndicatorReports`.

use accord_proto::roadmaps::v1::{
    GetIndicatorReportsRequest, GetIndicatorReportsResponse, IndicatorReport,
};
use aip::Violations;
use fault::Fault;
use host::OnBehalf;
use identity::Caller;
use jiff::Timestamp;
use tonic::Request;

use crate::{
    api::{Service, checked, convert, measures, references},
    domain::{
        indicator::{self, Actual},
        measure::Measure,
        name::MeasureName,
    },
    store,
};

/// How many words one answer has at most.
const MAX_WORDS: usize = 10_000;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetIndicatorReportsRequest>,
) -> Result<GetIndicatorReportsResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let on_behalf = OnBehalf::of(&request);
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(MeasureName::parse("measure", &request.measure));
    let known = violations.take(convert::known(
        request.known_time.as_ref(),
        service.clock.now(),
    ));
    let (name, known) = checked(name.zip(known), violations)?;
    let (measure, words) = read(service, name, known).await?;
    if words.len() > MAX_WORDS {
        let name = measure.name.to_string();
        let message = format!("{name} has more values than one answer holds; list them");
        return Err(
            Fault::failed_precondition("TOO_MANY_VALUES", message.as_str())
                .with_precondition("TOO_MANY_VALUES", name.as_str(), message)
                .with_metadata("resource", name)
                .with_metadata("limit", MAX_WORDS.to_string()),
        );
    }
    let known_words = indicator::side_by_side(words);
    let mut indicator_reports: Vec<IndicatorReport> = Vec::new();
    for indicator in &measure.plan.details.indicators {
        let trade_value = match &indicator.reading {
            None => None,
            Some(reading) => {
                let progress =
                    references::target_progress(service, &on_behalf, &reading.target, known);
                let progress = progress.await?;
                Some(convert::indicator::trade_value(reading.figure, progress))
            }
        };
        indicator_reports.push(convert::indicator::report(
            indicator,
            known_words.get(&indicator.id),
            &measure,
            trade_value,
        ));
    }
    Ok(GetIndicatorReportsResponse { indicator_reports })
}

async fn read(
    service: &Service,
    name: MeasureName,
    known: Timestamp,
) -> Result<(Measure, Vec<Actual>), Fault> {
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let measure = measures::any(tx, &name).await?;
                let words = store::actuals::newest(tx, measure.uid, known, MAX_WORDS).await?;
                Ok((measure, words))
            })
        })
        .await
}
