//! The laws that progress keeps, whatever the two sides do.

use jiff::{Timestamp, civil::date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    completion::Action,
    deadline::Deadline,
    event::Event,
    measure::{Claim, Measure, Plan, Speaker, Word},
    name::MeasureName,
};

/// What a side tries to do: most tries are refused, the others make a life.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Try {
    pub(in crate::domain) side: Side,
    pub(in crate::domain) action: Action,
    pub(in crate::domain) day: i8,
}

pub(in crate::domain) fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (0..2_usize, 0..Action::ALL.len(), 1..28_i8).prop_map(|(side, action, day)| Try {
        side: Side::BOTH[side],
        action: Action::ALL[action],
        day,
    });
    prop::collection::vec(one, 0..30)
}

fn plan(section: &str, weight: i64) -> Plan {
    Plan {
        titles: Vec::new(),
        section: section.to_owned(),
        order_number: 1,
        expected_result: String::new(),
        form_of_completion: String::new(),
        executors: Vec::new(),
        starts_on: None,
        deadline: Deadline::day(date(2022, 6, 14)),
        weight,
        details: crate::domain::indicator::Details::default(),
        working_days: None,
        dependencies: Vec::new(),
    }
}

/// Lives one measure: returns what it has become and everything that happened.
pub(in crate::domain) fn live(section: &str, weight: i64, tries: &[Try]) -> (Measure, Vec<Event>) {
    let speaker = |side| Speaker {
        side,
        agency: "agency".to_owned(),
    };
    let (mut measure, created) = Measure::create(
        Uuid::nil(),
        MeasureName::new("p", "r", "m"),
        ["UZ", "KZ"].map(str::to_owned),
        plan(section, weight),
        &speaker(Side::First),
        Timestamp::UNIX_EPOCH,
    );
    let mut events = vec![created];
    for given in tries {
        let word = Word {
            action: given.action,
            revision: Some(measure.completion.reports),
            reason: String::new(),
            claim: (given.action == Action::Report).then(|| Claim {
                evidence: Vec::new(),
                completed_on: date(2022, 6, given.day),
                note: String::new(),
            }),
        };
        let before = measure.clone();
        match measure.speak(&speaker(given.side), word, Timestamp::UNIX_EPOCH) {
            Ok(event) => events.push(event),
            Err(_) => assert_eq!(measure, before, "a refused word changed something"),
        }
    }
    (measure, events)
}

/// What progress needs of these events.
pub(in crate::domain) fn steps(events: &[Event]) -> Vec<Step> {
    let step = |event: &Event| Step {
        number: event.number,
        at: event.at,
        kind: event.kind,
        side: event.side,
        report_revision: event.report_revision,
        state: event.state,
        stakes: event.stakes.clone(),
        completed_on: event.claim.as_ref().map(|claim| claim.completed_on),
    };
    events.iter().map(step).collect()
}

fn sum(tallies: impl IntoIterator<Item = Tally>) -> Tally {
    tallies
        .into_iter()
        .fold(Tally::default(), |sum, tally| Tally {
            count: sum.count + tally.count,
            weight: sum.weight + tally.weight,
        })
}

fn is_part(part: Tally, whole: Tally) -> bool {
    part.count <= whole.count && part.weight <= whole.weight
}

proptest! {
    #[test]
    fn figures_add_up_and_attested_is_part_of_activity(
        lives in prop::collection::vec(("[ab]?", 1..100_i64, tries()), 0..12),
    ) {
        let told: Vec<Told> = lives
            .iter()
            .filter_map(|(section, weight, tries)| Told::by(&steps(&live(section, *weight, tries).1)).unwrap())
            .collect();
        prop_assert_eq!(told.len(), lives.len());
        let Progress { total, sides, sections } = Progress::of(&told, date(2022, 7, 1));

        prop_assert!(is_part(total.attested, total.activity));
        prop_assert!(is_part(total.activity, total.agreed));
        prop_assert!(is_part(total.late, total.attested));
        let open = [total.planned, total.in_progress, total.reported, total.returned, total.disputed];
        prop_assert_eq!(sum(open), total.overdue);
        prop_assert_eq!(sum([sum(open), total.attested]), total.agreed);
        let claimed = [total.reported, total.returned, total.disputed, total.attested];
        prop_assert_eq!(sum(claimed), total.activity);
        prop_assert_eq!(sum([total.agreed, total.cancelled]).count, i64::try_from(lives.len()).unwrap());

        prop_assert_eq!(sum(sides.map(|side| side.activity)), total.activity);
        prop_assert_eq!(sum(sides.map(|side| side.attested)), total.attested);
        prop_assert_eq!(sum(sides.map(|side| side.awaiting_word)), total.reported);
        prop_assert_eq!(
            sum(sides.map(|side| side.awaiting_answer)),
            sum([total.returned, total.disputed])
        );
        let of_sections = |figure: fn(&Figures) -> Tally| sum(sections.values().map(figure));
        prop_assert_eq!(of_sections(|figures| figures.agreed), total.agreed);
        prop_assert_eq!(of_sections(|figures| figures.activity), total.activity);
        prop_assert_eq!(of_sections(|figures| figures.attested), total.attested);
        prop_assert_eq!(of_sections(|figures| figures.overdue), total.overdue);
    }

    #[test]
    fn the_events_of_a_measure_tell_what_it_is(tries in tries()) {
        let (measure, events) = live("", 1, &tries);
        let told = Told::by(&steps(&events)).unwrap().unwrap();
        prop_assert_eq!(told.completion, measure.completion);
        let standing = measure.completion.standing.map(|report| (report.revision, report.by));
        prop_assert_eq!(standing, measure.report.map(|report| (report.revision, report.side)));
        prop_assert_eq!(measure.completion.proposal, measure.proposal.map(|proposal| proposal.side));
    }
}

#[test]
fn events_that_break_the_rules_are_noticed() {
    let report = Try {
        side: Side::First,
        action: Action::Report,
        day: 1,
    };
    let (_, mut events) = live("", 1, &[report]);
    events[1].side = Side::Second;
    events.push(Event {
        kind: Kind::Said(Action::Confirm),
        number: 3,
        ..events[1].clone()
    });
    assert_eq!(Told::by(&steps(&events)), Err(Inconsistent { number: 3 }));
    assert_eq!(
        Told::by(&steps(&events[1..])),
        Err(Inconsistent { number: 2 })
    );
}

#[test]
fn a_measure_done_after_its_deadline_is_late_and_one_done_before_is_not() {
    let life = |day| {
        let report = Try {
            side: Side::First,
            action: Action::Report,
            day,
        };
        let confirm = Try {
            side: Side::Second,
            action: Action::Confirm,
            day,
        };
        Told::by(&steps(&live("", 5, &[report, confirm]).1))
            .unwrap()
            .unwrap()
    };
    let progress = Progress::of(&[life(14), life(15)], date(2022, 7, 1));
    assert_eq!(
        progress.total.late,
        Tally {
            count: 1,
            weight: 5
        }
    );
    assert_eq!(
        progress.total.attested,
        Tally {
            count: 2,
            weight: 10
        }
    );
}

#[test]
fn overdue_begins_the_day_after_the_deadline() {
    let told = || Told::by(&steps(&live("", 1, &[]).1)).unwrap();
    assert_eq!(
        Progress::of(&told(), date(2022, 6, 14)).total.overdue.count,
        0
    );
    assert_eq!(
        Progress::of(&told(), date(2022, 6, 15)).total.overdue.count,
        1
    );
}
