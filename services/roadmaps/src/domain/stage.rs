//! A scale of five stages for publication, from recorded words and evidence of both sides.
//!
//! The words are those of the completion indicator of the Open Government Partnership's Independent Reporting
//! Mechanism, <https://www.opengovpartnership.org/glossary/completion/>; the rules are this service's, as [`RULES`] tell
//! with every answer. Whoever changes a rule counts up [`EDITION`].

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    completion::State,
    progress::{Tally, Told},
};

/// The edition of the rules.
pub const EDITION: i32 = 1;

/// Where the scale comes from.
pub const SOURCES: [&str; 1] = ["https://www.opengovpartnership.org/glossary/completion/"];

/// The share of a set, by weight in parts per million, that makes its completion substantial.
const SUBSTANTIAL_PPM: i64 = 500_000;

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It cannot be told.
    NoEvidence,
    /// Not begun, and not due yet.
    NotStarted,
    /// Begun, and not shown to be done.
    Limited,
    /// Shown to be done by one side.
    Substantial,
    /// Confirmed by the other side.
    Complete,
}

impl Stage {
    /// Every stage, from the first to the last.
    pub const ALL: [Self; 5] = [
        Self::NoEvidence,
        Self::NotStarted,
        Self::Limited,
        Self::Substantial,
        Self::Complete,
    ];
}

/// When a stage holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stage.
    pub stage: Stage,
    /// For a measure.
    pub of_measure: &'static str,
    /// For a set of measures.
    pub of_set: &'static str,
    /// Which share by weight, in parts per million, must have reached which stage or a later one.
    pub least_share: Option<(i64, Stage)>,
}

/// The rules of [`stage_of`] and [`StageFigures::stage`], in words.
pub const RULES: [Rule; 5] = [
    Rule {
        stage: Stage::NoEvidence,
        of_measure: "Neither side has said anything of the measure and its deadline is over, or the other side disputes the report, or both sides carried it over into a following roadmap, which counts it from then on.",
        of_set: "No agreed measure has reached limited completion, and at least one is without evidence.",
        least_share: None,
    },
    Rule {
        stage: Stage::NotStarted,
        of_measure: "Neither side has said that it began, and its deadline is not over.",
        of_set: "No agreed measure has reached limited completion, and none is without evidence.",
        least_share: None,
    },
    Rule {
        stage: Stage::Limited,
        of_measure: "A side has said that it began and no report stands, or the other side returned the report for revision.",
        of_set: "At least one agreed measure has reached limited completion.",
        least_share: None,
    },
    Rule {
        stage: Stage::Substantial,
        of_measure: "One side reported it with evidence, and the other has not given its word on that report.",
        of_set: "At least half of the agreed measures, by weight, have reached substantial completion.",
        least_share: Some((SUBSTANTIAL_PPM, Stage::Substantial)),
    },
    Rule {
        stage: Stage::Complete,
        of_measure: "One side reported it with evidence, and the other confirmed the same revision of the report.",
        of_set: "All agreed measures are complete.",
        least_share: Some((1_000_000, Stage::Complete)),
    },
];

/// Returns the stage of a measure as it stood, with its deadline looked at on a day; nothing when it is not agreed.
#[must_use]
pub fn stage_of(told: &Told, on: Date) -> Option<Stage> {
    if !told.is_agreed() {
        return None;
    }
    match told.completion.state {
        State::Planned if told.stakes.last_day < on => Some(Stage::NoEvidence),
        State::Planned => Some(Stage::NotStarted),
        State::InProgress | State::Returned => Some(Stage::Limited),
        State::Reported => Some(Stage::Substantial),
        State::Disputed | State::CarriedOver => Some(Stage::NoEvidence),
        State::Complete => Some(Stage::Complete),
        State::Cancelled | State::Superseded => None,
    }
}

/// How many measures of a set are at each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageFigures {
    /// All of them.
    pub agreed: Tally,
    /// By stage, in the order of [`Stage::ALL`].
    pub stages: [Tally; 5],
}

/// The stages of a roadmap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// All measures.
    pub total: StageFigures,
    /// By section.
    pub sections: BTreeMap<String, StageFigures>,
}

impl StageFigures {
    fn add(&mut self, stage: Stage, weight: i64) {
        self.agreed.add(weight);
        for (at, tally) in Stage::ALL.iter().zip(&mut self.stages) {
            if *at == stage {
                tally.add(weight);
            }
        }
    }

    /// The weight of the measures that have reached a stage or a later one.
    fn reached(&self, stage: Stage) -> i64 {
        let stages = Stage::ALL.iter().zip(&self.stages);
        let reached = stages.filter(|(at, _)| **at >= stage);
        reached.map(|(_, tally)| tally.weight).sum()
    }

    /// Returns the stage of the set; nothing when it is empty.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        if self.agreed.count == 0 {
            return None;
        }
        let has = |ppm: i64, stage| {
            i128::from(self.reached(stage)) * 1_000_000
                >= i128::from(self.agreed.weight) * i128::from(ppm)
        };
        let by_share = RULES
            .iter()
            .rev()
            .find(|rule| rule.least_share.is_some_and(|(ppm, stage)| has(ppm, stage)));
        Some(match by_share {
            Some(rule) => rule.stage,
            None if self.reached(Stage::Limited) > 0 => Stage::Limited,
            None if self.reached(Stage::NotStarted) == self.agreed.weight => Stage::NotStarted,
            None => Stage::NoEvidence,
        })
    }
}

impl Stages {
    /// Adds up measures as they stood, with their deadlines looked at on a day.
    pub fn of<'a>(measures: impl IntoIterator<Item = &'a Told>, on: Date) -> Self {
        let mut stages = Self::default();
        for measure in measures {
            let Some(stage) = stage_of(measure, on) else {
                continue;
            };
            let weight = measure.stakes.weight;
            stages.total.add(stage, weight);
            let section = measure.stakes.section.clone();
            stages
                .sections
                .entry(section)
                .or_default()
                .add(stage, weight);
        }
        stages
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::progress::{
        Progress,
        laws::{live, steps, tries},
    };

    fn figures(weights: [i64; 5]) -> StageFigures {
        let mut figures = StageFigures::default();
        for (stage, weight) in Stage::ALL.into_iter().zip(weights) {
            if weight > 0 {
                figures.add(stage, weight);
            }
        }
        figures
    }

    #[test]
    fn a_set_is_at_the_last_stage_whose_rule_holds() {
        for (weights, expected) in [
            ([0, 0, 0, 0, 0], None),
            ([0, 0, 0, 0, 7], Some(Stage::Complete)),
            ([0, 0, 0, 1, 999_999], Some(Stage::Substantial)),
            ([1, 0, 0, 0, 1], Some(Stage::Substantial)),
            ([1, 1, 0, 1, 0], Some(Stage::Limited)),
            ([99, 0, 1, 0, 0], Some(Stage::Limited)),
            ([0, 5, 0, 0, 0], Some(Stage::NotStarted)),
            ([1, 5, 0, 0, 0], Some(Stage::NoEvidence)),
        ] {
            assert_eq!(figures(weights).stage(), expected, "{weights:?}");
        }
    }

    #[test]
    fn silence_is_not_started_until_the_deadline_and_no_evidence_after_it() {
        let told = Told::by(&steps(&live("", 1, &[]).1)).unwrap().unwrap();
        let stage = |day| stage_of(&told, date(2022, 6, day));
        assert_eq!(stage(14), Some(Stage::NotStarted));
        assert_eq!(stage(15), Some(Stage::NoEvidence));
    }

    proptest! {
        #[test]
        fn stages_add_up_and_complete_is_what_both_attested(
            lives in prop::collection::vec(("[ab]?", 1..100_i64, tries()), 0..12),
        ) {
            let told: Vec<Told> = lives
                .iter()
                .filter_map(|(section, weight, tries)| Told::by(&steps(&live(section, *weight, tries).1)).unwrap())
                .collect();
            let on = date(2022, 7, 1);
            let (stages, progress) = (Stages::of(&told, on), Progress::of(&told, on));
            let [.., substantial, complete] = stages.total.stages;
            prop_assert_eq!(stages.total.agreed, progress.total.agreed);
            prop_assert_eq!(complete, progress.total.attested);
            prop_assert_eq!(substantial, progress.total.reported);
            let sum: i64 = stages.total.stages.iter().map(|tally| tally.count).sum();
            prop_assert_eq!(sum, stages.total.agreed.count);
            let sections: i64 = stages.sections.values().map(|section| section.agreed.weight).sum();
            prop_assert_eq!(sections, stages.total.agreed.weight);
            if stages.total.stage() == Some(Stage::Complete) {
                prop_assert_eq!(progress.total.attested, progress.total.agreed);
            }
        }
    }
}
