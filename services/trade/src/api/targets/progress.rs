//! `GetTargetProgress`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{GetTargetProgressRequest, TargetProgress};
use aip::{Violations, convert as values};
use identity::Caller;
use jiff::{Timestamp, tz::TimeZone};
use tonic::Request;

use super::load;
use crate::{
    api::{
        Api, convert, fault,
        query::{invalid, read_policy, read_year, refuse_mixtures, reporters, vintages_in},
    },
    domain::{
        cell::Commodity,
        name::TargetName,
        period::YEARS,
        progress,
        target::{Measurement, Target},
        turnover::{Method, Question},
    },
    store::observations::Series,
};

/// A checked request.
struct Asked {
    name: TargetName,
    known: Timestamp,
    recorded_before: Option<Timestamp>,
    measurement: Option<Measurement>,
    year: Option<i16>,
    allows_mixtures: bool,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<GetTargetProgressRequest>,
) -> Result<TargetProgress, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = Arc::new(read(request.get_ref(), api.clock.now())?);
    let shared = Arc::clone(&asked);
    let (target, question, vintages) = api
        .database
        .read(move |tx| {
            let asked = Arc::clone(&shared);
            Box::pin(async move {
                let target = load(tx, &asked.name).await?;
                let question = question(&target, &asked)?;
                let series = series(&asked, &question);
                let vintages = vintages_in(tx, &series).await?;
                Ok::<_, Fault>((target, question, vintages))
            })
        })
        .await?;
    let progress = progress::measure(&target, &vintages, &question, asked.year);
    if !asked.allows_mixtures {
        refuse_mixtures(progress.measured.iter().chain(&progress.baseline))?;
    }
    let target = target.as_of(question.today);
    Ok(convert::target::show_progress(
        &target,
        &progress,
        &question,
        asked.known,
    ))
}

fn read(request: &GetTargetProgressRequest, now: Timestamp) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let name = violations.take(TargetName::parse("name", &request.name));
    let known = values::optional_time("known_time", request.known_time.as_ref());
    let known = violations.take(known).flatten().unwrap_or(now);
    let recorded_before = request.recorded_before.as_ref();
    let recorded_before = values::optional_time("recorded_before", recorded_before);
    let recorded_before = violations.take(recorded_before).flatten();
    let measurement = request.measurement.as_ref().and_then(|measurement| {
        convert::target::read_measurement(measurement)
            .map_err(|found| violations.merge_under("measurement", found))
            .ok()
    });
    let year = violations.take(read_year("measured_year", request.measured_year));
    let policy = request.mixed_scope_policy;
    let allows_mixtures = violations.take(read_policy("mixed_scope_policy", policy));
    violations.finish().map_err(invalid)?;
    match (name, year, allows_mixtures) {
        (Some(name), Some(year), Some(allows_mixtures)) => Ok(Asked {
            name,
            known,
            recorded_before,
            measurement,
            year,
            allows_mixtures,
        }),
        _ => Err(fault::unreported()),
    }
}

/// Turnover is measured between the two parties, from the reporter's side if there is one.
fn question(target: &Target, asked: &Asked) -> Result<Question, Fault> {
    let agreement = &target.agreement;
    let measurement = asked.measurement.as_ref().unwrap_or(&agreement.measurement);
    let [first, second] = agreement.parties.as_slice() else {
        return Err(Fault::internal(format!(
            "{} has not two parties",
            target.name
        )));
    };
    let (reporter, partner) = match (measurement.method, measurement.reporter.as_str()) {
        (Method::AsReportedBy, reporter) if reporter == second => (second, first),
        (Method::AsReportedBy, reporter) if reporter != first => {
            return Err(Fault::invalid_field(
                "measurement.reporter",
                "FIELD_INVALID",
                format!("must be {first} or {second}, between whom turnover is measured"),
            ));
        }
        _ => (first, second),
    };
    Ok(Question {
        method: measurement.method,
        reporter: reporter.clone(),
        partner: partner.clone(),
        today: asked.known.to_zoned(TimeZone::UTC).date(),
    })
}

fn series(asked: &Asked, question: &Question) -> Series {
    Series {
        partnership: asked.name.partnership.clone(),
        commodity: Commodity::Total,
        region: String::new(),
        reporters: reporters(question.method, &question.reporter, &question.partner),
        partners: [question.reporter.clone(), question.partner.clone()],
        years: (*YEARS.start(), *YEARS.end()),
        known: asked.known,
        recorded_before: asked.recorded_before,
    }
}
