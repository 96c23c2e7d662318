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
use tonic::Request;

use super::{super::convert, Service, any};
use crate::{
    api::{checked, fault as faults},
    domain::{
        name::RoadmapName,
        progress::{Progress, Step, Told},
        roadmap::Roadmap,
    },
    store,
};

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
                let roadmap = any(tx, &name).await?;
                if !view.knows(&roadmap) {
                    return Err(Fault::not_found(faults::ROADMAP, &name.to_string()));
                }
                let steps = store::events::steps(tx, &[roadmap.uid], view.known).await?;
                of(
                    &roadmap,
                    steps.get(&roadmap.uid).map_or(&[], Vec::as_slice),
                    view,
                )
            })
        })
        .await
}

/// As of when progress is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// What was recorded by then is known.
    pub(super) known: Timestamp,
    /// The day against which overdue measures are counted.
    pub(super) effective: Date,
}

impl View {
    /// Reads both clocks of a request, with their defaults.
    pub(super) fn read(
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

    /// Says whether a roadmap was recorded by then.
    pub(super) fn knows(self, roadmap: &Roadmap) -> bool {
        roadmap.created <= self.known
    }
}

/// Adds up the progress of a roadmap from what happened to its measures.
pub(super) fn of(
    roadmap: &Roadmap,
    measures: &[Vec<Step>],
    view: View,
) -> Result<RoadmapProgress, Fault> {
    let mut all_told = Vec::with_capacity(measures.len());
    for steps in measures {
        let told = Told::by(steps)
            .map_err(|inconsistent| Fault::internal(format!("{}: {inconsistent}", roadmap.name)))?;
        all_told.extend(told);
    }
    let progress = Progress::of(all_told, view.effective);
    Ok(convert::progress::write(
        roadmap,
        progress,
        view.known,
        view.effective,
    ))
}
