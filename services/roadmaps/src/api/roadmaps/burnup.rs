//! `GetRoadmapBurnup`.

use accord_proto::roadmaps::v1::{GetRoadmapBurnupRequest, RoadmapBurnup};
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use jiff::{civil::Date, tz::TimeZone};
use tonic::Request;

use super::{
    super::convert,
    Service,
    progress::{self, View},
};
use crate::{
    api::checked,
    domain::{
        burnup::{self, Days, Every},
        name::RoadmapName,
        roadmap::Roadmap,
    },
    store,
};

/// The contract's limit: more than ten years of weeks.
const MOST_POINTS: usize = 600;

/// Which points are asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    view: View,
    every: Every,
    first: Option<Date>,
    last: Option<Date>,
}

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapBurnupRequest>,
) -> Result<RoadmapBurnup, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let asked = Asked::read(&request, service, &mut violations);
    let (name, asked) = checked(name.zip(asked), violations)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = asked.view.roadmap(tx, &name).await?;
                let days = asked.days(&roadmap)?;
                let known = asked.view.known;
                let mut steps = store::events::steps(tx, &[roadmap.uid], known).await?;
                let steps = steps.remove(&roadmap.uid).unwrap_or_default();
                let points = burnup::points(&steps, &days, known)
                    .map_err(|found| progress::inconsistent(&roadmap, found))?;
                Ok(convert::burnup::write(
                    &roadmap,
                    asked.every,
                    &points,
                    known,
                ))
            })
        })
        .await
}

impl Asked {
    fn read(
        request: &GetRoadmapBurnupRequest,
        service: &Service,
        violations: &mut Violations,
    ) -> Option<Self> {
        let known_time = request.known_time.as_ref();
        let view = violations.take(View::read(known_time, None, &service.clock));
        let every = violations.take(convert::burnup::step(request.step));
        let mut date =
            |field, given: Option<&_>| violations.take(aip::convert::optional_date(field, given));
        let first = date("start_date", request.start_date.as_ref());
        let last = date("end_date", request.end_date.as_ref());
        let asked = Self {
            view: view?,
            every: every?,
            first: first?,
            last: last?,
        };
        let today = asked.today();
        if let Some(last) = asked.last.filter(|last| *last > today) {
            let text = format!("must not be after {today}, the day of known_time, but is {last}");
            violations.push("end_date", "DATE_IN_FUTURE", text);
        }
        if let (Some(first), Some(last)) = (asked.first, asked.last)
            && last < first
        {
            violations.push("end_date", "PERIOD_INVALID", "is before start_date");
        }
        Some(asked)
    }

    fn today(&self) -> Date {
        self.view.known.to_zoned(TimeZone::UTC).date()
    }

    /// Parts the days that were asked for into steps.
    fn days(&self, roadmap: &Roadmap) -> Result<Vec<Days>, Violations> {
        let recorded = roadmap.created.to_zoned(TimeZone::UTC).date();
        let begin = || roadmap.plan.period.start.min(recorded);
        let first = self.first.unwrap_or_else(begin);
        let last = self.last.unwrap_or_else(|| self.today());
        self.every
            .steps(first, last.max(first), MOST_POINTS)
            .ok_or_else(|| {
                let text = format!(
                    "is too short: {first} to {last} would have more than {MOST_POINTS} points; ask for fewer days or longer steps"
                );
                Violation::new("step", "VALUE_OUT_OF_RANGE", text).into()
            })
    }
}
