//! What holds of every comparison.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::date};
use proptest::prelude::*;

use super::*;
use crate::domain::{
    deadline::Deadline,
    dependency::{Dependency, Kind, Lag},
    indicator::{Commitment, Details, Indicator},
    measure::Executors,
    name::DocumentName,
    title::Title,
};

fn planned(id: u8, days: i32, weight: i64, section: u8, state: State) -> Planned {
    let deadline = match days {
        0 => Deadline::permanent(),
        days => Deadline::day(date(2022, 1, 1).checked_add(days.days()).unwrap()),
    };
    Planned {
        name: MeasureName::new("p", "r", format!("m{id}")),
        plan: Plan {
            titles: Vec::new(),
            section: format!("{section}"),
            order_number: 1,
            expected_result: String::new(),
            form_of_completion: String::new(),
            executors: Vec::new(),
            starts_on: None,
            deadline,
            weight,
            details: Details::default(),
            working_days: None,
            dependencies: Vec::new(),
        },
        state,
    }
}

prop_compose! {
    fn a_measure(id: u8)(
        days in 0..20_i32,
        weight in 1..4_i64,
        section in 0..2_u8,
        state in 0..State::ALL.len(),
    ) -> Planned {
        planned(id, days, weight, section, State::ALL[state])
    }
}

fn a_plan() -> impl Strategy<Value = Vec<Planned>> {
    let measures: Vec<_> = (0..8_u8)
        .map(|id| prop::option::of(a_measure(id)))
        .collect();
    measures.prop_map(|measures| measures.into_iter().flatten().collect())
}

#[test]
fn each_part_of_a_plan_is_told_by_itself() {
    let base = planned(1, 5, 1, 0, State::Planned).plan;
    for (aspect, change) in CHANGES {
        let mut changed = base.clone();
        change(&mut changed);
        assert_eq!(differences(&base, &changed), [aspect]);
    }
}

fn weight(plan: &[Planned]) -> i64 {
    plan.iter().map(|measure| measure.plan.weight).sum()
}

/// Changes one part of a plan.
type Change = fn(&mut Plan);

fn note() -> Title {
    Title {
        language_code: "en".to_owned(),
        text: "A note".to_owned(),
    }
}

/// One change for each part of a plan.
const CHANGES: [(Aspect, Change); 14] = [
    (Aspect::Titles, |plan| plan.titles.push(note())),
    (Aspect::Section, |plan| plan.section.push('x')),
    (Aspect::OrderNumber, |plan| plan.order_number += 1),
    (Aspect::ExpectedResult, |plan| {
        plan.expected_result.push('x');
    }),
    (Aspect::FormOfCompletion, |plan| {
        plan.form_of_completion.push('x');
    }),
    (Aspect::Executors, |plan| {
        plan.executors.push(Executors {
            party: "UZ".to_owned(),
            lead_body: "A".to_owned(),
            co_executing_bodies: Vec::new(),
        });
    }),
    (Aspect::StartDate, |plan| {
        plan.starts_on = Some(date(2022, 1, 2));
    }),
    (Aspect::Deadline, |plan| {
        plan.deadline = Deadline::permanent();
    }),
    (Aspect::Weight, |plan| plan.weight += 1),
    (Aspect::Notes, |plan| plan.details.notes.push(note())),
    (Aspect::Indicators, |plan| {
        plan.details.indicators.push(Indicator {
            id: "length".to_owned(),
            titles: vec![note()],
            unit: "km".to_owned(),
            baseline: None,
            target: None,
            reading: None,
        });
    }),
    (Aspect::Commitments, |plan| {
        plan.details.commitments.push(Commitment {
            document: DocumentName::parse("document", "partnerships/p/documents/d").unwrap(),
            provision: String::new(),
        });
    }),
    (Aspect::WorkingDays, |plan| plan.working_days = Some(3)),
    (Aspect::Dependencies, |plan| {
        plan.dependencies.push(Dependency {
            predecessor: MeasureName::new("p", "r", "before".to_owned()),
            kind: Kind::FinishToStart,
            lag: Lag::Working(0),
        });
    }),
];

proptest! {
    #[test]
    fn what_was_changed_in_a_plan_is_told_and_nothing_else(
        chosen in prop::collection::vec(any::<bool>(), CHANGES.len()),
    ) {
        let base = planned(1, 5, 1, 0, State::Planned).plan;
        let mut changed = base.clone();
        let mut expected = Vec::new();
        for ((aspect, change), is_chosen) in CHANGES.iter().zip(chosen) {
            if is_chosen {
                change(&mut changed);
                expected.push(*aspect);
            }
        }
        prop_assert_eq!(differences(&base, &changed), expected.clone());
        prop_assert_eq!(differences(&changed, &base), expected);
    }

    #[test]
    fn a_plan_does_not_differ_from_itself(plan in a_plan()) {
        let (compared, totals) = compare(plan.clone(), plan.clone());
        prop_assert!(compared.iter().all(Variance::is_unchanged));
        prop_assert_eq!(totals.unchanged, i64::try_from(plan.len()).unwrap());
        prop_assert_eq!((totals.delayed, totals.advanced, totals.shift_days), (0, 0, 0));
    }

    #[test]
    fn totals_account_for_every_measure_of_both_plans(from in a_plan(), to in a_plan()) {
        let (compared, totals) = compare(from.clone(), to.clone());
        let kept = totals.changed + totals.unchanged;
        prop_assert_eq!(totals.removed + kept, i64::try_from(from.len()).unwrap());
        prop_assert_eq!(totals.added + kept, i64::try_from(to.len()).unwrap());
        prop_assert_eq!((totals.from_weight, totals.to_weight), (weight(&from), weight(&to)));
        let names: Vec<_> = compared.iter().map(|variance| variance.name.to_string()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        prop_assert_eq!(names, sorted);
    }

    #[test]
    fn the_other_way_round_everything_turns_over(from in a_plan(), to in a_plan()) {
        let (there, totals) = compare(from.clone(), to.clone());
        let (back, reverse) = compare(to, from);
        prop_assert_eq!((totals.added, totals.removed), (reverse.removed, reverse.added));
        prop_assert_eq!((totals.delayed, totals.advanced), (reverse.advanced, reverse.delayed));
        prop_assert_eq!(totals.shift_days, -reverse.shift_days);
        for (one, other) in there.iter().zip(&back) {
            prop_assert_eq!(one.shift_days(), other.shift_days().map(|days| -days));
        }
    }

    #[test]
    fn moves_add_up_over_a_plan_in_between(a in a_plan(), b in a_plan(), c in a_plan()) {
        let shifts = |from: &[Planned], to: &[Planned]| -> BTreeMap<String, i32> {
            let (compared, _) = compare(from.to_vec(), to.to_vec());
            let kept = compared.iter().filter(|variance| match &variance.fate {
                Fate::Kept { from, to, .. } => !from.plan.deadline.is_permanent() && !to.plan.deadline.is_permanent(),
                Fate::Added(_) | Fate::Removed(_) => false,
            });
            kept.map(|variance| (variance.name.to_string(), variance.shift_days().unwrap_or(0))).collect()
        };
        let (first, second, whole) = (shifts(&a, &b), shifts(&b, &c), shifts(&a, &c));
        for (name, days) in &first {
            if let (Some(more), Some(all)) = (second.get(name), whole.get(name)) {
                prop_assert_eq!(days + more, *all);
            }
        }
    }
}
