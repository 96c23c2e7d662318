//! Progress.

use accord_proto::roadmaps::v1 as contract;
use jiff::{Timestamp, civil::Date};

use super::{date, roadmap, time};
use crate::domain::{
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
        known_time: time(known),
        effective_date: date(effective),
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
    }
}

/// Writes the progress of a roadmap that was not recorded yet.
pub(in crate::api) fn unknown(
    of: &Roadmap,
    known: Timestamp,
    effective: Date,
) -> contract::RoadmapProgress {
    contract::RoadmapProgress {
        roadmap: of.name.to_string(),
        known_time: time(known),
        effective_date: date(effective),
        ..contract::RoadmapProgress::default()
    }
}

fn write_side(party: &str, side: SideFigures) -> contract::SideProgress {
    contract::SideProgress {
        party: party.to_owned(),
        activity: tally(side.activity),
        attested: tally(side.attested),
        awaiting_word: tally(side.awaiting_word),
        awaiting_answer: tally(side.awaiting_answer),
    }
}

fn figures(figures: Figures) -> contract::ProgressFigures {
    contract::ProgressFigures {
        agreed: tally(figures.agreed),
        activity: tally(figures.activity),
        attested: tally(figures.attested),
        overdue: tally(figures.overdue),
        late: tally(figures.late),
        planned: tally(figures.planned),
        in_progress: tally(figures.in_progress),
        reported: tally(figures.reported),
        returned: tally(figures.returned),
        disputed: tally(figures.disputed),
        cancelled: tally(figures.cancelled),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "message fields of the contract are options"
)]
fn tally(tally: Tally) -> Option<contract::Tally> {
    Some(contract::Tally {
        count: tally.count,
        weight: tally.weight,
    })
}
