//! What became of targets, in the contract.

use accord_proto::trade::v1::{self, target_outcome};

use super::{date, enums, target};
use crate::{
    api::targets::outcomes::Ended,
    domain::outcome::{Occasion, Outcome},
};

/// Shows what became of a target.
pub(crate) fn show(outcomes: &[Outcome]) -> Vec<v1::TargetOutcome> {
    outcomes.iter().map(show_outcome).collect()
}

/// Shows an earlier target and what became of it.
pub(crate) fn show_ended(ended: &Ended) -> v1::EarlierTarget {
    v1::EarlierTarget {
        target: Some(target::show(&ended.target)),
        outcomes: show(&ended.outcomes),
    }
}

fn show_outcome(outcome: &Outcome) -> v1::TargetOutcome {
    let occasion = match outcome.occasion {
        Occasion::Superseded => target_outcome::Occasion::Superseded,
        Occasion::Due => target_outcome::Occasion::Due,
    };
    v1::TargetOutcome {
        occasion: occasion as i32,
        date: Some(date(outcome.date)),
        measured_year: outcome.measured_year.map_or(0, i32::from),
        attained_cents: outcome.attained_cents,
        attained_share_ppm: outcome.attained_share_ppm,
        missed_by_cents: outcome.missed_by_cents,
        qualifier: outcome.qualifier.map_or(0, enums::show_qualifier),
    }
}
