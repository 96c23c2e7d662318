//! Which figure stands, and that the past does not change.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    cell::{Cell, Commodity},
    observation::{Precision, Qualifier, Status},
    period::Window,
    release::{
        Withdrawal,
        tests::{day, release},
    },
};

/// An exact figure of a reporter in a unit of million dollars.
pub(crate) fn figure(reporter: &str, flow: Flow, period: &str, millions: i64) -> Observation {
    Observation {
        line: 2,
        column: 0,
        cell: Cell {
            partner: if reporter == "UZ" { "KZ" } else { "UZ" }.to_owned(),
            flow,
            commodity: Commodity::Total,
            region: String::new(),
            period: period.parse().unwrap(),
        },
        value_cents: Some(millions * 100_000_000),
        net_weight_grams: None,
        status: Status::NORMAL,
        precision: Precision {
            qualifier: Qualifier::Exact,
            unit_cents: 0,
        },
        as_published: String::new(),
    }
}

/// Releases with their figures, all of which count for ever.
pub(crate) fn known(published: Vec<(Release, Vec<Observation>)>) -> Vintages {
    known_on(published, "2100-01-01")
}

/// Releases with their figures as known on a day.
pub(crate) fn known_on(published: Vec<(Release, Vec<Observation>)>, on: &str) -> Vintages {
    let (releases, figures): (Vec<_>, Vec<_>) = published.into_iter().unzip();
    let figures = releases
        .iter()
        .zip(figures)
        .flat_map(|(release, figures): (&Release, Vec<Observation>)| {
            let uid = release.uid.clone();
            figures.into_iter().map(move |figure| (uid.clone(), figure))
        })
        .collect();
    Vintages::as_known(releases, figures, day(on), None)
}

/// A complete release of yearly exports of 2020 to 2025.
fn complete(name: &str, published: &str) -> Release {
    let mut release = release(name, "UZ", published);
    let coverage = &mut release.publication.coverage;
    coverage.complete = true;
    coverage.flows = vec![Flow::Export];
    coverage.windows = vec![Window::Year];
    coverage.first_day = Some(jiff::civil::date(2020, 1, 1));
    coverage.last_day = Some(jiff::civil::date(2025, 12, 31));
    release
}

fn millions(vintages: &Vintages, period: &str) -> Result<i64, Absence> {
    vintages
        .latest("UZ", Flow::Export, period.parse().unwrap())
        .map(|published| published.value_cents / 100_000_000)
}

fn exports(period: &str, millions: i64) -> Observation {
    figure("UZ", Flow::Export, period, millions)
}

#[test]
fn a_later_release_supersedes_and_a_complete_one_removes() {
    let published = vec![
        (
            release("a", "UZ", "2024-01-01"),
            vec![exports("2022", 1), exports("2023", 2)],
        ),
        (complete("b", "2024-02-01"), vec![exports("2022", 3)]),
        (
            release("c", "UZ", "2024-03-01"),
            vec![exports("2023-Q1", 4)],
        ),
    ];
    let before = known_on(published.clone(), "2024-01-31");
    assert_eq!(
        (millions(&before, "2022"), millions(&before, "2023")),
        (Ok(1), Ok(2))
    );
    let after = known_on(published, "2024-03-01");
    assert_eq!(millions(&after, "2022"), Ok(3));
    assert_eq!(millions(&after, "2023"), Err(Absence::Removed));
    assert_eq!(millions(&after, "2023-Q1"), Ok(4));
    assert_eq!(millions(&after, "2021"), Err(Absence::NotPublished));
}

#[test]
fn a_withdrawal_restores_what_stood_before() {
    let mut withdrawn = complete("b", "2024-02-01");
    withdrawn.withdrawal = Some(Withdrawal {
        time: day("2024-03-01"),
        record_time: day("2024-03-02"),
        reason: "wrong file".to_owned(),
    });
    let published = vec![
        (
            release("a", "UZ", "2024-01-01"),
            vec![exports("2022", 1), exports("2023", 2)],
        ),
        (withdrawn, vec![exports("2022", 3)]),
    ];
    let during = known_on(published.clone(), "2024-02-29");
    assert_eq!(millions(&during, "2022"), Ok(3));
    assert_eq!(millions(&during, "2023"), Err(Absence::Removed));
    let after = known_on(published, "2024-03-01");
    assert_eq!(
        (millions(&after, "2022"), millions(&after, "2023")),
        (Ok(1), Ok(2))
    );
}

#[test]
fn equal_publication_times_are_ordered_by_recording_then_name() {
    let mut first = release("z", "UZ", "2024-01-01");
    let second = release("a", "UZ", "2024-01-01");
    let third = release("b", "UZ", "2024-01-01");
    first.publish_record_time = Some(day("2024-01-02"));
    let vintages = known(vec![
        (first.clone(), vec![exports("2022", 1)]),
        (third.clone(), vec![exports("2022", 3)]),
        (second.clone(), vec![exports("2022", 2)]),
    ]);
    assert_eq!(millions(&vintages, "2022"), Ok(1));
    let vintages = known(vec![
        (third, vec![exports("2022", 3)]),
        (second, vec![exports("2022", 2)]),
    ]);
    assert_eq!(millions(&vintages, "2022"), Ok(3));
}

#[test]
fn a_figure_published_as_missing_supersedes_a_value() {
    let mut missing = exports("2022", 0);
    missing.value_cents = None;
    let vintages = known(vec![
        (release("a", "UZ", "2024-01-01"), vec![exports("2022", 1)]),
        (release("b", "UZ", "2024-02-01"), vec![missing]),
    ]);
    assert_eq!(
        millions(&vintages, "2022"),
        Err(Absence::PublishedAsMissing)
    );
}

/// Releases published on different days of 2024, some complete, some withdrawn, with a few yearly
/// figures each.
fn any_releases() -> impl Strategy<Value = Vec<(Release, Vec<Observation>)>> {
    let one = (
        any::<bool>(),
        proptest::option::of(1..60_i64),
        proptest::collection::btree_map(2020..=2025_i16, 0..1000_i64, 1..4),
    );
    proptest::collection::vec(one, 1..8).prop_map(|releases| {
        releases
            .into_iter()
            .enumerate()
            .map(|(index, (is_complete, withdrawn_after, figures))| {
                let published = format!("2024-{:02}-01", index + 1);
                let name = format!("r{index}");
                let mut release = if is_complete {
                    complete(&name, &published)
                } else {
                    release(&name, "UZ", &published)
                };
                release.withdrawal = withdrawn_after.map(|days| {
                    let time = day(&published) + jiff::SignedDuration::from_hours(24 * days);
                    Withdrawal {
                        time,
                        record_time: time,
                        reason: String::new(),
                    }
                });
                let figures = figures
                    .into_iter()
                    .map(|(year, value)| exports(&year.to_string(), value))
                    .collect();
                (release, figures)
            })
            .collect()
    })
}

fn answers(vintages: &Vintages) -> Vec<Result<i64, Absence>> {
    (2020..=2025)
        .map(|year: i16| millions(vintages, &year.to_string()))
        .collect()
}

proptest! {
    #[test]
    fn the_order_in_which_releases_are_recorded_means_nothing(
        releases in any_releases(),
        seed in any::<prop::sample::Index>(),
        on in 1_usize..=12,
    ) {
        let mut other = releases.clone();
        let by = seed.index(other.len());
        other.rotate_left(by);
        other.reverse();
        let on = format!("2024-{on:02}-15");
        prop_assert_eq!(answers(&known_on(releases, &on)), answers(&known_on(other, &on)));
    }

    #[test]
    fn learning_a_later_release_changes_no_earlier_answer(releases in any_releases()) {
        for later in 1..releases.len() {
            let on = format!("2024-{later:02}-28");
            let fewer = known_on(releases[..later].to_vec(), &on);
            let all = known_on(releases.clone(), &on);
            prop_assert_eq!(answers(&fewer), answers(&all));
        }
    }

    #[test]
    fn after_its_withdrawal_a_release_might_as_well_not_exist(releases in any_releases()) {
        let on = "2025-06-01";
        let standing: Vec<_> = releases
            .iter()
            .filter(|(release, _)| release.withdrawal.is_none())
            .cloned()
            .collect();
        prop_assert_eq!(answers(&known_on(releases, on)), answers(&known_on(standing, on)));
    }

    #[test]
    fn a_figure_stands_only_if_the_last_counting_release_that_speaks_of_it_has_it(releases in any_releases()) {
        let vintages = known_on(releases.clone(), "2025-06-01");
        for year in 2020..=2025_i16 {
            let period: Period = year.to_string().parse().unwrap();
            let expected = releases
                .iter()
                .filter(|(release, _)| release.withdrawal.is_none())
                .filter_map(|(release, figures)| {
                    let own = figures.iter().find(|figure| figure.cell.period == period);
                    (own.is_some() || release.publication.coverage.complete)
                        .then(|| own.and_then(|figure| figure.value_cents))
                })
                .next_back()
                .flatten();
            let found = vintages.latest("UZ", Flow::Export, period).ok();
            prop_assert_eq!(found.map(|published| published.value_cents), expected);
        }
    }
}
