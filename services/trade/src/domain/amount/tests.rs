//! Amounts: direct, by difference inside one release, and by summing up.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    period::Window,
    release::tests::release,
    vintage::tests::{figure, known},
};

const MILLION: i64 = 100_000_000;

fn exports(vintages: &Vintages, period: &str) -> Result<i64, Absence> {
    amount(vintages, "UZ", Flow::Export, period.parse().unwrap())
        .map(|amount| amount.cents / MILLION)
}

fn export(period: &str, millions: i64) -> crate::domain::observation::Observation {
    figure("UZ", Flow::Export, period, millions)
}

#[test]
fn months_come_from_the_difference_of_cumulative_figures_of_one_release() {
    let vintages = known(vec![
        (
            release("may", "UZ", "2024-06-01"),
            vec![export("2024-01/2024-04", 40), export("2024-01/2024-05", 55)],
        ),
        (
            release("june", "UZ", "2024-07-01"),
            vec![export("2024-01/2024-05", 60), export("2024-01/2024-06", 75)],
        ),
    ]);
    assert_eq!(exports(&vintages, "2024-05"), Ok(15));
    assert_eq!(exports(&vintages, "2024-06"), Ok(15));
    assert_eq!(exports(&vintages, "2024-04"), Err(Absence::NotDecumulable));
    let may = amount(&vintages, "UZ", Flow::Export, "2024-05".parse().unwrap()).unwrap();
    assert!(may.superseded);
    assert_eq!(
        may.parts
            .iter()
            .map(|part| part.subtracted)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let june = amount(&vintages, "UZ", Flow::Export, "2024-06".parse().unwrap()).unwrap();
    assert!(!june.superseded);
}

#[test]
fn cumulative_figures_of_two_releases_are_never_subtracted() {
    let vintages = known(vec![
        (
            release("apr", "UZ", "2024-05-01"),
            vec![export("2024-01/2024-04", 40)],
        ),
        (
            release("may", "UZ", "2024-06-01"),
            vec![export("2024-01/2024-05", 55)],
        ),
    ]);
    assert_eq!(exports(&vintages, "2024-05"), Err(Absence::NotDecumulable));
    assert_eq!(exports(&vintages, "2024-Q2"), Err(Absence::NotDecumulable));
}

#[test]
fn january_the_first_quarter_and_the_year_come_straight_from_cumulative_figures() {
    let cumulative = ["2024-01/2024-01", "2024-01/2024-03", "2024-01/2024-12"];
    let figures = cumulative.map(|period| export(period, 7)).to_vec();
    let vintages = known(vec![(release("r", "UZ", "2025-02-01"), figures)]);
    for period in ["2024-01", "2024-Q1", "2024"] {
        assert_eq!(exports(&vintages, period), Ok(7), "{period}");
    }
}

#[test]
fn the_later_of_a_yearly_and_a_january_to_december_figure_stands() {
    let mut releases = vec![
        (
            release("a", "UZ", "2025-02-01"),
            vec![export("2024-01/2024-12", 7)],
        ),
        (release("b", "UZ", "2025-03-01"), vec![export("2024", 8)]),
    ];
    assert_eq!(exports(&known(releases.clone()), "2024"), Ok(8));
    releases[1].0 = release("b", "UZ", "2025-01-01");
    assert_eq!(exports(&known(releases), "2024"), Ok(7));
}

#[test]
fn a_year_is_the_sum_of_its_months_only_when_all_are_there() {
    let months: Vec<_> = (1..=12)
        .map(|month| export(&format!("2024-{month:02}"), month))
        .collect();
    let all = known(vec![(release("r", "UZ", "2025-02-01"), months.clone())]);
    assert_eq!(exports(&all, "2024"), Ok(78));
    assert_eq!(exports(&all, "2024-Q2"), Ok(15));
    let eleven = known(vec![(
        release("r", "UZ", "2025-02-01"),
        months[1..].to_vec(),
    )]);
    assert_eq!(exports(&eleven, "2024"), Err(Absence::NotPublished));
}

#[test]
fn rounding_is_carried_and_lower_bounds_are_not_subtracted() {
    let mut longer = export("2024-01/2024-05", 55);
    let mut shorter = export("2024-01/2024-04", 40);
    for figure in [&mut longer, &mut shorter] {
        figure.precision.qualifier = Qualifier::Rounded;
        figure.precision.unit_cents = MILLION + 1;
    }
    let release = release("may", "UZ", "2024-06-01");
    let vintages = known(vec![(
        release.clone(),
        vec![longer.clone(), shorter.clone()],
    )]);
    let may = amount(&vintages, "UZ", Flow::Export, "2024-05".parse().unwrap()).unwrap();
    assert_eq!(may.qualifier(), Qualifier::Rounded);
    assert_eq!(may.uncertainty_cents(), MILLION + 2);
    shorter.precision.qualifier = Qualifier::LowerBound;
    let vintages = known(vec![(release.clone(), vec![longer.clone(), shorter])]);
    assert_eq!(
        exports(&vintages, "2024-05"),
        Err(Absence::DifferenceUnusable)
    );
    let larger = export("2024-01/2024-04", 56);
    let vintages = known(vec![(release, vec![longer, larger])]);
    assert_eq!(
        exports(&vintages, "2024-05"),
        Err(Absence::DifferenceUnusable)
    );
}

proptest! {
    #[test]
    fn cumulating_and_taking_apart_round_trips(months in proptest::collection::vec(0_i64..1_000, 12)) {
        let mut so_far = 0;
        let figures = months
            .iter()
            .zip(1..)
            .map(|(value, month)| {
                so_far += value;
                export(&format!("2024-01/2024-{month:02}"), so_far)
            })
            .collect();
        let vintages = known(vec![(release("r", "UZ", "2025-01-20"), figures)]);
        for (value, month) in months.iter().zip(1..) {
            prop_assert_eq!(exports(&vintages, &format!("2024-{month:02}")), Ok(*value));
        }
        prop_assert_eq!(exports(&vintages, "2024"), Ok(so_far));
    }

    #[test]
    fn both_figures_of_a_difference_are_of_one_release(
        given in proptest::collection::vec(proptest::collection::btree_map(1_i8..=12, 0_i64..9, 1..6), 1..5),
    ) {
        let releases = given
            .iter()
            .enumerate()
            .map(|(index, figures)| {
                let published = format!("2025-{:02}-01", index + 1);
                let figures = figures
                    .iter()
                    .map(|(month, value)| {
                        export(&format!("2024-01/2024-{month:02}"), i64::from(*month) * 10 + value)
                    })
                    .collect();
                (release(&format!("r{index}"), "UZ", &published), figures)
            })
            .collect();
        let vintages = known(releases);
        for month in 2..=12 {
            let period = Period::new(Window::Month, 2024, month).unwrap();
            if let Ok(amount) = amount(&vintages, "UZ", Flow::Export, period) {
                prop_assert_eq!(amount.parts.len(), 2);
                prop_assert_eq!(amount.parts[0].published.rank, amount.parts[1].published.rank);
            } else {
                let has_both = given
                    .iter()
                    .any(|figures| figures.contains_key(&month) && figures.contains_key(&(month - 1)));
                prop_assert!(!has_both);
            }
        }
    }
}
