//! The laws that a burn-up keeps, whatever the two sides do and whenever it is recorded.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::progress::{
    Progress,
    laws::{Try, live, steps, tries},
};

/// A life whose steps are recorded some days after one another.
#[derive(Clone, Debug)]
struct Life {
    weight: i64,
    tries: Vec<Try>,
    pauses: Vec<i64>,
}

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let one = (1..100_i64, tries(), prop::collection::vec(0..20_i64, 31));
    let one = one.prop_map(|(weight, tries, pauses)| Life {
        weight,
        tries,
        pauses,
    });
    prop::collection::vec(one, 0..8)
}

fn told(lives: &[Life]) -> Vec<Vec<Step>> {
    let told = |life: &Life| {
        let mut day = date(2022, 5, 20);
        let mut events = steps(&live("", life.weight, &life.tries).1);
        for (event, pause) in events.iter_mut().zip(&life.pauses) {
            day = day.saturating_add(pause.days());
            event.at = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
        }
        events
    };
    lives.iter().map(told).collect()
}

fn known_by(measures: &[Vec<Step>], last: Date) -> Vec<Vec<Step>> {
    let known = |event: &&Step| event.at.to_zoned(TimeZone::UTC).date() <= last;
    let of = |events: &Vec<Step>| events.iter().filter(known).cloned().collect();
    measures.iter().map(of).collect()
}

fn is_part(part: Tally, whole: Tally) -> bool {
    part.count <= whole.count && part.weight <= whole.weight
}

fn end_of(day: Date) -> Timestamp {
    let next = day.tomorrow().unwrap().to_zoned(TimeZone::UTC).unwrap();
    next.timestamp() - 1.microsecond()
}

proptest! {
    #[test]
    fn each_point_is_the_progress_of_its_day_and_the_changes_lead_from_one_to_the_next(
        lives in lives(), every in prop::sample::select(vec![Every::Week, Every::Month, Every::Quarter]),
    ) {
        let measures = told(&lives);
        let last = date(2023, 3, 17);
        let spans = every.steps(date(2022, 5, 1), last, 600).unwrap();
        let points = points(&measures, &spans, end_of(last)).unwrap();
        let mut scope = Tally::default();
        for point in &points {
            let known = known_by(&measures, point.days.last);
            let progress: Vec<Told> = known.iter().filter_map(|events| Told::by(events).unwrap()).collect();
            let total = Progress::of(&progress, point.days.last).total;
            prop_assert_eq!(point.then.agreed, total.agreed);
            prop_assert_eq!(point.then.activity, total.activity);
            prop_assert_eq!(point.then.attested, total.attested);
            let change = point.change;
            scope.count += change.added.count - change.removed.count;
            scope.weight += change.added.weight - change.removed.weight + change.reweighted.weight;
            prop_assert_eq!(scope, point.then.agreed);
            for figures in [point.then, point.now] {
                prop_assert!(is_part(figures.attested, figures.activity));
                prop_assert!(is_part(figures.activity, figures.agreed));
                prop_assert!(is_part(figures.due, figures.agreed));
            }
        }
    }

    #[test]
    fn what_was_known_then_never_changes_and_now_agrees_with_it_at_the_end(lives in lives()) {
        let measures = told(&lives);
        let last = date(2023, 3, 17);
        let spans = Every::Month.steps(date(2022, 5, 1), last, 600).unwrap();
        let all = points(&measures, &spans, end_of(last)).unwrap();
        let end = all.last().unwrap();
        prop_assert_eq!(end.then, end.now);
        for pair in all.windows(2) {
            prop_assert!(is_part(pair[0].now.activity, pair[1].now.activity));
            prop_assert!(is_part(pair[0].now.attested, pair[1].now.attested));
        }
        let (earlier, day) = (&spans[..5], spans[4].last);
        let before = points(&known_by(&measures, day), earlier, end_of(day)).unwrap();
        for (before, after) in before.iter().zip(&all) {
            prop_assert_eq!(before.then, after.then);
            prop_assert_eq!(before.change, after.change);
        }
    }

    #[test]
    fn steps_cover_every_day_once(
        every in prop::sample::select(vec![Every::Week, Every::Month, Every::Quarter]),
        start in 0..3_000_i64, length in 0..900_i64,
    ) {
        let first = date(2020, 1, 1).saturating_add(start.days());
        let last = first.saturating_add(length.days());
        let steps = every.steps(first, last, 600).unwrap();
        prop_assert_eq!(steps[0].first, first);
        prop_assert_eq!(steps[steps.len() - 1].last, last);
        for pair in steps.windows(2) {
            prop_assert_eq!(pair[0].last.tomorrow().unwrap(), pair[1].first);
            prop_assert_eq!(every.end(pair[0].first), pair[0].last);
        }
    }
}

#[test]
fn steps_end_on_sundays_and_with_months_and_quarters() {
    let ends = |every: Every| -> Vec<Date> {
        let steps = every.steps(date(2022, 2, 16), date(2022, 4, 2), 9).unwrap();
        steps.into_iter().map(|days| days.last).collect()
    };
    assert_eq!(
        ends(Every::Week)[..2],
        [date(2022, 2, 20), date(2022, 2, 27)]
    );
    let months = [date(2022, 2, 28), date(2022, 3, 31), date(2022, 4, 2)];
    assert_eq!(ends(Every::Month), months);
    assert_eq!(ends(Every::Quarter), [date(2022, 3, 31), date(2022, 4, 2)]);
    assert_eq!(
        Every::Week.steps(date(2022, 1, 1), date(2023, 1, 1), 9),
        None
    );
}

#[test]
fn a_completion_recorded_late_counts_from_its_day_as_known_now() {
    let report = Try {
        side: crate::domain::side::Side::First,
        action: crate::domain::completion::Action::Report,
        day: 10,
    };
    let mut events = steps(&live("", 3, &[report]).1);
    for (event, day) in events
        .iter_mut()
        .zip([date(2022, 5, 20), date(2022, 8, 15)])
    {
        event.at = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
    }
    let spans = Every::Month
        .steps(date(2022, 5, 1), date(2022, 8, 31), 9)
        .unwrap();
    let points = points(&[events], &spans, end_of(date(2022, 8, 31))).unwrap();
    let then: Vec<i64> = points
        .iter()
        .map(|point| point.then.activity.weight)
        .collect();
    let now: Vec<i64> = points
        .iter()
        .map(|point| point.now.activity.weight)
        .collect();
    assert_eq!(then, [0, 0, 0, 3]);
    assert_eq!(now, [0, 3, 3, 3]);
}
