//! `GetRoadmapProgress`, and what it shares with its batch.

use accord_proto::{
    google::r#type,
    roadmaps::v1::{GetRoadmapProgressRequest, RoadmapProgress},
};
use aip::{Violation, Violations};
use clock::Clock;
use fault::Fault;
use identity::Caller;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use storage::Tx;
use tonic::Request;

use super::{super::convert, Service, any};
use crate::{
    api::{checked, fault as faults},
    domain::{
        bodies::Bodies,
        name::RoadmapName,
        progress::{Inconsistent, Progress, Step, Told},
        roadmap::{Roadmap, State},
    },
    store,
};

/// The contract's limit.
const MOST_BODIES: usize = 1_000;

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<GetRoadmapProgressRequest>,
) -> Result<RoadmapProgress, Fault> {
    Caller::of(&request)?.may_read()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let name = violations.take(RoadmapName::parse("name", &request.name));
    let view = violations.take(View::read(
        request.known_time.as_ref(),
        request.effective_date.as_ref(),
        &service.clock,
    ));
    let (name, view) = checked(name.zip(view), violations)?;
    service
        .database
        .read(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let roadmap = view.roadmap(tx, &name).await?;
                let steps = store::events::steps_with_bodies(tx, roadmap.uid, view.known).await?;
                let told = told(&roadmap, &steps)?;
                let mut bodies = Bodies::of(&told, roadmap.parties(), view.binding(&roadmap));
                let omitted = bodies.truncate(MOST_BODIES);
                let mut answer = of(&roadmap, &told, view);
                convert::progress::add_bodies(&mut answer, &roadmap, bodies, omitted);
                Ok(answer)
            })
        })
        .await
}

/// As of when progress is asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct View {
    /// What was recorded by then is known.
    pub(in crate::api) known: Timestamp,
    /// The day against which overdue measures are counted.
    pub(in crate::api) effective: Date,
}

impl View {
    /// Reads both clocks of a request, with their defaults.
    pub(in crate::api) fn read(
        known_time: Option<&prost_types::Timestamp>,
        effective_date: Option<&r#type::Date>,
        clock: &Clock,
    ) -> Result<Self, Violation> {
        let now = clock.now();
        let known = aip::convert::optional_time("known_time", known_time)?.unwrap_or(now);
        if known > now {
            return Err(Violation::new(
                "known_time",
                "DATE_IN_FUTURE",
                "must not be in the future",
            ));
        }
        let effective = aip::convert::optional_date("effective_date", effective_date)?;
        let effective = effective.unwrap_or_else(|| known.to_zoned(TimeZone::UTC).date());
        Ok(Self { known, effective })
    }

    /// Returns the day against which overdue measures of a roadmap are counted: the first of all for a draft, whose deadlines bind
    /// nobody yet.
    pub(in crate::api) fn binding(self, roadmap: &Roadmap) -> Date {
        match roadmap.state_at(self.known) {
            State::Draft => Date::MIN,
            State::Adopted | State::Closed => self.effective,
        }
    }

    /// Says whether a roadmap was recorded by then.
    pub(in crate::api) fn knows(self, roadmap: &Roadmap) -> bool {
        roadmap.created <= self.known
    }

    /// Reads a roadmap, deleted or not; `NOT_FOUND` when there was none by then.
    pub(in crate::api) async fn roadmap(
        self,
        tx: &mut Tx,
        name: &RoadmapName,
    ) -> Result<Roadmap, Fault> {
        let roadmap = any(tx, name).await?;
        if self.knows(&roadmap) {
            Ok(roadmap)
        } else {
            Err(Fault::not_found(faults::ROADMAP, &name.to_string()))
        }
    }
}

/// Tells a roadmap's measures from what happened to them.
pub(super) fn told(roadmap: &Roadmap, measures: &[Vec<Step>]) -> Result<Vec<Told>, Fault> {
    let mut all_told = Vec::with_capacity(measures.len());
    for steps in measures {
        let told = Told::by(steps).map_err(|found| inconsistent(roadmap, found))?;
        all_told.extend(told);
    }
    Ok(all_told)
}

/// Events of a roadmap's measures that do not follow the rules.
pub(super) fn inconsistent(roadmap: &Roadmap, found: Inconsistent) -> Fault {
    Fault::internal(format!("{}: {found}", roadmap.name))
}

/// Adds up the progress of a roadmap from its measures.
pub(super) fn of(roadmap: &Roadmap, told: &[Told], view: View) -> RoadmapProgress {
    let progress = Progress::of(told, view.binding(roadmap));
    convert::progress::write(roadmap, progress, view.known, view.effective)
}
