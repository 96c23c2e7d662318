//! Burn-ups.

use accord_proto::roadmaps::v1 as contract;
use aip::Violation;
use jiff::Timestamp;

use super::{date, progress::tally, time};
use crate::domain::{
    burnup::{Change, Every, Figures, Point},
    roadmap::Roadmap,
};

/// Reads how long the steps are: months where that is not said.
pub(in crate::api) fn step(given: i32) -> Result<Every, Violation> {
    match contract::BurnupStep::try_from(given) {
        Ok(contract::BurnupStep::Unspecified | contract::BurnupStep::Month) => Ok(Every::Month),
        Ok(contract::BurnupStep::Week) => Ok(Every::Week),
        Ok(contract::BurnupStep::Quarter) => Ok(Every::Quarter),
        Err(_) => Err(Violation::new(
            "step",
            "VALUE_OUT_OF_RANGE",
            "must be a week, a month or a quarter",
        )),
    }
}

/// Writes the burn-up of a roadmap as known at a moment.
pub(in crate::api) fn write(
    of: &Roadmap,
    every: Every,
    points: &[Point],
    known: Timestamp,
) -> contract::RoadmapBurnup {
    let step = match every {
        Every::Week => contract::BurnupStep::Week,
        Every::Month => contract::BurnupStep::Month,
        Every::Quarter => contract::BurnupStep::Quarter,
    };
    contract::RoadmapBurnup {
        roadmap: of.name.to_string(),
        known_time: Some(time(known)),
        step: step.into(),
        points: points.iter().map(point).collect(),
    }
}

fn point(point: &Point) -> contract::BurnupPoint {
    contract::BurnupPoint {
        start_date: Some(date(point.days.first)),
        end_date: Some(date(point.days.last)),
        as_known_then: Some(figures(point.then)),
        as_known_now: Some(figures(point.now)),
        scope_change: Some(change(point.change)),
    }
}

fn figures(figures: Figures) -> contract::BurnupFigures {
    contract::BurnupFigures {
        agreed: Some(tally(figures.agreed)),
        due: Some(tally(figures.due)),
        activity: Some(tally(figures.activity)),
        attested: Some(tally(figures.attested)),
    }
}

fn change(change: Change) -> contract::ScopeChange {
    contract::ScopeChange {
        added: Some(tally(change.added)),
        removed: Some(tally(change.removed)),
        reweighted: Some(tally(change.reweighted)),
    }
}
