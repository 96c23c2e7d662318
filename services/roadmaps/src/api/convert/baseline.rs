//! Frozen plans.

use accord_proto::roadmaps::v1 as contract;

use super::{date, measure, measure_state, time};
use crate::domain::{
    baseline::{Baseline, Frozen},
    name::RebaselineName,
};

/// Writes a baseline.
pub(in crate::api) fn write(baseline: &Baseline) -> contract::Baseline {
    contract::Baseline {
        name: baseline.name().to_string(),
        number: baseline.number,
        freeze_time: Some(time(baseline.frozen)),
        plan_revision: baseline.plan_revision,
        rebaseline: baseline.rebaseline.map_or(String::new(), |number| {
            RebaselineName::numbered(&baseline.roadmap, number).to_string()
        }),
        period: Some(contract::Period {
            start_date: Some(date(baseline.period.start)),
            end_date: Some(date(baseline.period.end)),
        }),
        measure_count: baseline.measures,
        total_weight: baseline.weight,
    }
}

/// Writes a measure of a baseline.
pub(in crate::api) fn write_measure(frozen: &Frozen) -> contract::BaselineMeasure {
    contract::BaselineMeasure {
        measure: Some(contract::Measure {
            name: frozen.name.to_string(),
            uid: frozen.uid.to_string(),
            state: measure_state(frozen.state),
            ..measure::write_plan(&frozen.plan)
        }),
    }
}
