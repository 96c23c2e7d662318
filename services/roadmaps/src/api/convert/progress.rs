//! Progress.

use accord_proto::roadmaps::v1 as contract;
use jiff::{Timestamp, civil::Date};

use super::{date, roadmap, time};
use crate::domain::{
    bodies::Bodies,
    progress::{Figures, Progress, SideFigures, Tally},
    roadmap::Roadmap,
    side::Side,
};

/// Writes the progress of a roadmap as known at a moment, against a day.
pub(in crate::api) fn write(
    of: &Roadmap,
    progress: Progress,
    known: Timestamp,
    effective: Date,
) -> contract::RoadmapProgress {
    contract::RoadmapProgress {
        roadmap: of.name.to_string(),
        known_time: Some(time(known)),
        effective_date: Some(date(effective)),
        state: roadmap::state(of.state_at(known)),
        total: Some(figures(progress.total)),
        sides: Side::BOTH
            .into_iter()
            .map(|side| write_side(of.party(side), progress.sides[side.index()]))
            .collect(),
        sections: progress
            .sections
            .into_iter()
            .map(|(section, of_section)| contract::SectionProgress {
                section,
                figures: Some(figures(of_section)),
            })
            .collect(),
        ..contract::RoadmapProgress::default()
    }
}

/// Adds the figures of regions and bodies to the progress of a roadmap, of which some bodies were left out.
pub(in crate::api) fn add_bodies(
    to: &mut contract::RoadmapProgress,
    of: &Roadmap,
    found: Bodies,
    omitted: usize,
) {
    let regions = of.plan.places.iter().zip(found.regions);
    to.regions = regions
        .map(|(place, region)| contract::RegionProgress {
            party: place.party.clone(),
            region_code: place.region_code.clone(),
            region_name: place.region_name.clone(),
            figures: Some(figures(region)),
        })
        .collect();
    to.bodies = found
        .bodies
        .into_iter()
        .map(|(body, of_body)| contract::BodyProgress {
            party: body.party,
            body: body.name,
            leading: Some(figures(of_body.leading)),
            co_executing: Some(figures(of_body.co_executing)),
        })
        .collect();
    to.omitted_body_count = i32::try_from(omitted).unwrap_or(i32::MAX);
}

/// Writes the progress of a roadmap that was not recorded yet.
pub(in crate::api) fn unknown(
    of: &Roadmap,
    known: Timestamp,
    effective: Date,
) -> contract::RoadmapProgress {
    contract::RoadmapProgress {
        roadmap: of.name.to_string(),
        known_time: Some(time(known)),
        effective_date: Some(date(effective)),
        ..contract::RoadmapProgress::default()
    }
}

fn write_side(party: &str, side: SideFigures) -> contract::SideProgress {
    contract::SideProgress {
        party: party.to_owned(),
        activity: Some(tally(side.activity)),
        attested: Some(tally(side.attested)),
        awaiting_word: Some(tally(side.awaiting_word)),
        awaiting_answer: Some(tally(side.awaiting_answer)),
    }
}

fn figures(figures: Figures) -> contract::ProgressFigures {
    contract::ProgressFigures {
        agreed: Some(tally(figures.agreed)),
        activity: Some(tally(figures.activity)),
        attested: Some(tally(figures.attested)),
        overdue: Some(tally(figures.overdue)),
        late: Some(tally(figures.late)),
        planned: Some(tally(figures.planned)),
        in_progress: Some(tally(figures.in_progress)),
        reported: Some(tally(figures.reported)),
        returned: Some(tally(figures.returned)),
        disputed: Some(tally(figures.disputed)),
        cancelled: Some(tally(figures.cancelled)),
        superseded: Some(tally(figures.superseded)),
        carried_over: Some(tally(figures.carried_over)),
    }
}

pub(super) fn tally(tally: Tally) -> contract::Tally {
    contract::Tally {
        count: tally.count,
        weight: tally.weight,
    }
}
