//! `GetTargetProgress`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetTargetProgressRequest, TargetProgress};
use aip::Violations;
use identity::Caller;
use jiff::Timestamp;
use tonic::Request;

use super::{
    load, outcomes,
    question::{self, Asked, Raw, complete},
};
use crate::{
    api::{
        Api, convert,
        query::{invalid, read_year, refuse_mixtures, vintages_in},
    },
    domain::progress,
};

pub(crate) async fn run(
    api: &Api,
    request: Request<GetTargetProgressRequest>,
) -> Result<TargetProgress, Fault> {
    Caller::of(&request)?.may_read()?;
    let (asked, year) = read(request.get_ref(), api.clock.now())?;
    let asked = Arc::new(asked);
    let shared = Arc::clone(&asked);
    let (target, question, vintages, ended) = api
        .database
        .read(move |tx| {
            let asked = Arc::clone(&shared);
            Box::pin(async move {
                let target = load(tx, &asked.name).await?;
                let question = asked.question(&target)?;
                let vintages = vintages_in(tx, &asked.series(&question)).await?;
                let ended = outcomes::of(tx, &asked, &target).await?;
                Ok::<_, Fault>((target, question, vintages, ended))
            })
        })
        .await?;
    let progress = progress::measure(&target, &vintages, &question, year);
    if !asked.allows_mixtures {
        refuse_mixtures(progress.measured.iter().chain(&progress.baseline))?;
    }
    let target = target.as_of(question.today);
    let mut shown = convert::target::show_progress(&target, &progress, &question, asked.known);
    let (outcomes, earlier) = ended;
    shown.outcomes = convert::outcome::show(&outcomes);
    shown.earlier_targets = earlier.iter().map(convert::outcome::show_ended).collect();
    Ok(shown)
}

fn read(request: &GetTargetProgressRequest, now: Timestamp) -> Result<(Asked, Option<i16>), Fault> {
    let mut violations = Violations::new();
    let raw = Raw {
        name: &request.name,
        known_time: request.known_time.as_ref(),
        recorded_before: request.recorded_before.as_ref(),
        measurement: request.measurement.as_ref(),
        mixed_scope_policy: request.mixed_scope_policy,
    };
    let asked = question::read(&raw, now, &mut violations);
    let year = violations.take(read_year("measured_year", request.measured_year));
    violations.finish().map_err(invalid)?;
    Ok((complete(asked)?, complete(year)?))
}
