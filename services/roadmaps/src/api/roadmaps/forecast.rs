//! `GetRoadmapForecast`.

use accord_proto::roadmaps::v1::{GetRoadmapForecastRequest, RoadmapForecast};
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tonic::Request;

use super::{
    super::convert,
    Service,
    progress::{self, View},
};
use crate::{
    api::{checked, fault as faults},
    domain::{
        forecast::{Forecast, Known},
        name::RoadmapName,
        progress::{Progress, Told},
        refusal::Refusal,
        roadmap::{Roadmap, State},
        side::Side,
    },
    store,
};

/// The contract's limits and default.
const WEEKS: std::ops::RangeInclusive<usize> = 8..=260;
const DEFAULT_WEEKS: usize = 26;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapForecastRequest>,
) -> Result<RoadmapForecast, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        None,
        &service.clock,
    ));
    let weeks = violations.take(weeks(request.history_weeks));
    let ((name, view), weeks) = checked(name.zip(view).zip(weeks), violations)?;
    let found = service.database.read(move |tx| {
        let name = name.clone();
        Box::pin(async move {
            let roadmap = view.roadmap(tx, &name).await?;
            let mut steps = store::events::steps(tx, &[roadmap.uid], view.known).await?;
            let steps = steps.remove(&roadmap.uid).unwrap_or_default();
            let told = progress::told(&roadmap, &steps)?;
            Ok::<_, Fault>((roadmap, told))
        })
    });
    let (roadmap, told) = found.await?;
    // Millions of draws: not on a thread that others wait for.
    tokio::task::spawn_blocking(move || answer(&roadmap, &told, view, weeks))
        .await
        .map_err(|error| Fault::internal(format!("a forecast ended: {error}")))?
}

fn weeks(given: i32) -> Result<usize, Violation> {
    match usize::try_from(given) {
        Ok(0) => Ok(DEFAULT_WEEKS),
        Ok(weeks) if WEEKS.contains(&weeks) => Ok(weeks),
        _ => Err(Violation::new(
            "history_weeks",
            "VALUE_OUT_OF_RANGE",
            "must be 8 to 260, or 0 for 26",
        )),
    }
}

fn answer(
    roadmap: &Roadmap,
    told: &[Told],
    view: View,
    weeks: usize,
) -> Result<RoadmapForecast, Fault> {
    let adopted = adoption(roadmap, view.known)?;
    let total = Progress::of(told, view.effective).total;
    let attested: Vec<Date> = told.iter().filter_map(Told::attested).map(day).collect();
    // What was carried over is done, if at all, in the following roadmap.
    let remaining = total.agreed.count - total.attested.count - total.carried_over.count;
    let mut answer = RoadmapForecast {
        roadmap: roadmap.name.to_string(),
        known_time: Some(convert::time(view.known)),
        agreed_count: total.agreed.count,
        remaining_count: remaining,
        ..RoadmapForecast::default()
    };
    if remaining == 0 {
        answer.finish_date = attested.into_iter().max().map(convert::date);
        return Ok(answer);
    }
    let known = Known {
        adopted: day(adopted),
        today: day(view.known),
        period_end: roadmap.plan.period.end,
        attested,
        remaining,
    };
    let forecast =
        Forecast::of(&known, weeks).map_err(|found| convert::forecast::too_thin(roadmap, found))?;
    convert::forecast::write(&forecast, &mut answer);
    Ok(answer)
}

/// Returns when a roadmap was adopted that was being carried out at a moment.
fn adoption(roadmap: &Roadmap, known: Timestamp) -> Result<Timestamp, Fault> {
    let state = roadmap.state_at(known);
    match roadmap.adopted() {
        Some(adopted) if state == State::Adopted => Ok(adopted),
        _ => Err(faults::refused(
            &Refusal::NotAdopted { state },
            &roadmap.name.to_string(),
            roadmap.party(Side::First),
        )),
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
