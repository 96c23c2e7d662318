//! The passes against an oracle that looks at one day after the other, and what slack means by trying it out.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::domain::working_days::Table;

/// A Monday in a month with holidays and moved days in both states: 2022-02-28.
const FIRST: i64 = 19_051;
const MOMENT: Moment = Moment {
    not_before: FIRST,
    data_date: Some(FIRST),
};

static CALENDARS: LazyLock<[Calendar; 4]> = LazyLock::new(|| {
    let states: [&[&str]; 4] = [&["UZ"], &["KZ"], &["UZ", "KZ"], &["XA"]];
    states.map(|states| Calendar::of(states, Table::shipped()))
});

/// The day `count` working days after the first working day that is not before `day`.
fn after(calendar: &Calendar, day: i64, count: i64) -> i64 {
    let mut at = day;
    while !calendar.works(at) {
        at += 1;
    }
    let step = count.signum();
    for _ in 0..count.abs() {
        at += step;
        while !calendar.works(at) {
            at += step;
        }
    }
    at
}

/// The early days as the definitions say, day by day, until nothing moves any more.
fn naive(network: &Network, slip: Option<(usize, i64)>) -> Vec<(i64, i64)> {
    let mut days = vec![(i64::MIN, i64::MIN); network.tasks().len()];
    for _ in 0..=network.tasks().len() {
        for index in 0..days.len() {
            days[index] = naive_one(network, index, &days, slip);
        }
    }
    days
}

fn naive_one(
    network: &Network,
    index: usize,
    days: &[(i64, i64)],
    slip: Option<(usize, i64)>,
) -> (i64, i64) {
    let (task, calendar) = (network.tasks()[index], network.calendar(index));
    let last_of = |first: i64| after(calendar, first, task.duration - 1);
    let mut last = match task.progress {
        Progress::Finished { started, on } => return (started, on),
        Progress::Started { on } => last_of(on).max(after(calendar, FIRST, 0)),
        Progress::NotStarted => last_of(FIRST.max(task.planned_start.unwrap_or(FIRST))),
    };
    for link in network.links().iter().filter(|link| link.to == index) {
        let (start, finish) = days[link.from];
        if start == i64::MIN || (link.kind.is_to_start() && !task.is_not_started()) {
            continue;
        }
        let (calendar_lag, working_lag) = match link.lag {
            Lag::Calendar(days) => (days, 0),
            Lag::Working(days) => (0, days),
        };
        let bound = match link.kind {
            Kind::FinishToStart => last_of(after(calendar, finish + 1 + calendar_lag, working_lag)),
            Kind::StartToStart => last_of(after(calendar, start + calendar_lag, working_lag)),
            Kind::FinishToFinish => after(calendar, finish + calendar_lag, working_lag),
            Kind::StartToFinish => after(calendar, start + calendar_lag, working_lag - 1),
        };
        last = last.max(bound);
    }
    if let Some((_, by)) = slip.filter(|(slipping, _)| *slipping == index) {
        last = after(calendar, last, by);
    }
    match task.progress {
        Progress::Started { on } => (on, last),
        _ => (after(calendar, last, 1 - task.duration), last),
    }
}

fn lag() -> impl Strategy<Value = Lag> {
    prop_oneof![
        (-6_i64..=9).prop_map(Lag::Working),
        (-9_i64..=12).prop_map(Lag::Calendar)
    ]
}

fn task() -> impl Strategy<Value = Task> {
    let progress = prop_oneof![
        6 => Just(Progress::NotStarted),
        1 => (-20_i64..0).prop_map(|ago| Progress::Started { on: FIRST + ago }),
        1 => (-20_i64..0, 0_i64..15).prop_map(|(ago, took)| Progress::Finished {
            started: FIRST + ago - took, on: FIRST + ago,
        }),
    ];
    (
        0_usize..4,
        1_i64..=12,
        prop::option::of(0_i64..40),
        prop_oneof![
            3 => Just(None),
            1 => (0_i64..90).prop_map(Some),
            3 => (60_i64..250).prop_map(Some),
        ],
        progress,
    )
        .prop_map(|(calendar, duration, start, deadline, progress)| Task {
            calendar,
            duration,
            planned_start: start.map(|day| FIRST + day),
            deadline: deadline.map(|day| FIRST + day),
            progress,
        })
}

fn network() -> impl Strategy<Value = Network> {
    (2_usize..14)
        .prop_flat_map(|size| {
            let link = (0..size, 0..size, 0_usize..4, lag());
            (
                prop::collection::vec(task(), size),
                prop::collection::vec(link, 0..24),
                Just(()).prop_perturb(move |(), mut random| {
                    let mut places: Vec<usize> = (0..size).collect();
                    for at in (1..size).rev() {
                        places.swap(at, random.random_range(0..=at));
                    }
                    places
                }),
            )
        })
        .prop_map(|(tasks, links, places)| {
            let links = links
                .into_iter()
                .filter(|(a, b, ..)| a != b)
                // The order of the graph is not that of the list.
                .map(|(a, b, kind, lag)| Link {
                    from: places[a.min(b)],
                    to: places[a.max(b)],
                    kind: Kind::ALL[kind],
                    lag,
                })
                .collect();
            Network::new(tasks, links, CALENDARS.to_vec()).unwrap()
        })
}

fn days(early: &[Early]) -> Vec<(i64, i64)> {
    early
        .iter()
        .map(|early| (early.start, early.finish))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn early_days_are_those_of_the_definitions(
        network in network(), slipping in 0_usize..2, by in 0_i64..9,
    ) {
        prop_assert_eq!(days(&network.forward(MOMENT, None)), naive(&network, None));
        let slip = Some((slipping, by));
        prop_assert_eq!(days(&network.forward(MOMENT, slip)), naive(&network, slip));
    }

    #[test]
    fn total_slack_is_how_far_a_measure_slips_before_the_end_does(network in network()) {
        let solution = network.solve(MOMENT);
        let end = |slip| naive(&network, slip).iter().map(|(_, finish)| *finish).max();
        let whole = end(None);
        prop_assert_eq!(solution.finish(), whole);
        for task in 0..network.tasks().len() {
            match solution.total_slack(task) {
                None => prop_assert!(network.tasks()[task].is_finished()),
                Some(slack) => {
                    prop_assert!(slack >= 0);
                    prop_assert_eq!(end(Some((task, slack))), whole);
                    prop_assert!(end(Some((task, slack + 1))) > whole);
                }
            }
        }
    }

    #[test]
    fn free_slack_is_how_far_a_measure_slips_before_any_other_does(network in network()) {
        let solution = network.solve(MOMENT);
        let before = naive(&network, None);
        let others_stay = |task: usize, by: i64| {
            let now = naive(&network, Some((task, by)));
            (0..now.len()).all(|other| other == task || now[other] == before[other])
        };
        for task in 0..network.tasks().len() {
            let Some(free) = solution.free_slack[task] else {
                continue;
            };
            let total = solution.total_slack(task).unwrap_or_default();
            prop_assert!((0..=total).contains(&free));
            prop_assert!(others_stay(task, free));
            prop_assert!(free == total || !others_stay(task, free + 1));
        }
    }

    #[test]
    fn deadline_slack_is_how_far_a_measure_slips_before_a_deadline_is_missed(network in network()) {
        let solution = network.solve(MOMENT);
        let missed = |slip| {
            let days = naive(&network, slip);
            let late = (0..days.len()).filter(|task| {
                let task_is_open = !network.tasks()[*task].is_finished();
                let deadline = network.tasks()[*task].deadline;
                task_is_open && deadline.is_some_and(|deadline| days[*task].1 > deadline)
            });
            late.collect::<Vec<usize>>()
        };
        let already = missed(None);
        let unreachable = network.violations(&solution.early).into_iter().filter_map(|(task, found)| {
            matches!(found, Violation::DeadlineUnreachable { .. }).then_some(task)
        });
        prop_assert_eq!(&unreachable.collect::<Vec<usize>>(), &already);
        for task in 0..network.tasks().len() {
            match solution.deadline_slack(task) {
                Some(slack) if slack >= 0 => {
                    prop_assert!(missed(Some((task, slack))).len() == already.len());
                    // One that is missed for another reason holds nobody back from missing it too.
                    let more = missed(Some((task, slack + 1))).len() > already.len();
                    prop_assert!(more || !already.is_empty());
                }
                // Negative only where a deadline is missed: its own, or one of a measure that depends on it.
                Some(_) => prop_assert!(!already.is_empty()),
                None => prop_assert!(missed(Some((task, 400))).len() == already.len()),
            }
        }
    }

    #[test]
    fn the_critical_path_has_no_slack_and_leads_to_the_end(network in network()) {
        let solution = network.solve(MOMENT);
        let path = network.critical_path(&solution.early);
        let last = path.last().map(|task| solution.early[*task].finish);
        prop_assert_eq!(last, solution.finish());
        for pair in path.windows(2) {
            let link = solution.early[pair[1]].driver.map(|link| network.links()[link]);
            prop_assert_eq!(link.map(|link| link.from), Some(pair[0]));
        }
        // What a bound rounded up to the next working day leaves is slack too, so only the last one has none for sure.
        if let Some(last) = path.last() {
            let slack = solution.total_slack(*last);
            prop_assert!(slack.is_none_or(|slack| slack == 0));
        }
    }
}

#[test]
fn a_cycle_is_named() {
    let link = |from, to| Link {
        from,
        to,
        kind: Kind::FinishToStart,
        lag: Lag::Working(0),
    };
    let task = Task {
        calendar: 0,
        duration: 1,
        planned_start: None,
        deadline: None,
        progress: Progress::NotStarted,
    };
    let calendars = vec![Calendar::of(&[], Table::shipped())];
    let links = vec![link(0, 1), link(1, 2), link(2, 3), link(3, 1)];
    let Err(Cycle(mut cycle)) = Network::new(vec![task; 4], links, calendars.clone()) else {
        panic!("there is a cycle");
    };
    cycle.sort_unstable();
    assert_eq!(cycle, [1, 2, 3]);
    let own = Network::new(vec![task; 2], vec![link(1, 1)], calendars);
    assert_eq!(own.err(), Some(Cycle(vec![1])));
}
