//! Stages of completion, and the rules of their scale.

use accord_proto::roadmaps::v1 as contract;
use jiff::civil::Date;

use super::{measure_state, progress::tally};
use crate::domain::{
    measure::Measure,
    progress::Told,
    stage::{self, Rule, Stage, StageFigures, Stages},
};

/// Writes the rules by which an answer was rated.
pub(in crate::api) fn scale() -> contract::CompletionScale {
    contract::CompletionScale {
        edition: stage::EDITION,
        rules: stage::RULES.iter().map(rule).collect(),
        source_uris: stage::SOURCES.map(str::to_owned).to_vec(),
    }
}

fn rule(rule: &Rule) -> contract::CompletionStageRule {
    contract::CompletionStageRule {
        stage: word(rule.stage),
        measure_rule: rule.of_measure.to_owned(),
        set_rule: rule.of_set.to_owned(),
        least_share_ppm: rule.least_share.map(|(ppm, _)| ppm),
        counted_from: rule.least_share.map_or(0, |(_, stage)| word(stage)),
    }
}

fn word(stage: Stage) -> i32 {
    let stage = match stage {
        Stage::NoEvidence => contract::CompletionStage::NoEvidence,
        Stage::NotStarted => contract::CompletionStage::NotStarted,
        Stage::Limited => contract::CompletionStage::Limited,
        Stage::Substantial => contract::CompletionStage::Substantial,
        Stage::Complete => contract::CompletionStage::Complete,
    };
    stage.into()
}

/// Writes the stages of a roadmap into an answer that has all else.
pub(in crate::api) fn write(stages: Stages, answer: &mut contract::RoadmapStages) {
    answer.total = Some(figures(stages.total));
    answer.sections = stages
        .sections
        .into_iter()
        .map(|(section, of_section)| contract::SectionStages {
            section,
            figures: Some(figures(of_section)),
        })
        .collect();
}

fn figures(figures: StageFigures) -> contract::CompletionStageFigures {
    let [no_evidence, not_started, limited, substantial, complete] =
        figures.stages.map(tally).map(Some);
    contract::CompletionStageFigures {
        stage: figures.stage().map_or(0, word),
        agreed: Some(tally(figures.agreed)),
        no_evidence,
        not_started,
        limited,
        substantial,
        complete,
    }
}

/// Writes the stage of a measure as it stood, with its deadline looked at on a day.
pub(in crate::api) fn of_measure(
    measure: &Measure,
    told: &Told,
    on: Date,
) -> contract::MeasureStage {
    contract::MeasureStage {
        measure: measure.name.to_string(),
        section: told.stakes().section.clone(),
        weight: told.stakes().weight,
        state: measure_state(told.state()),
        stage: stage::stage_of(told, on).map_or(0, word),
    }
}
