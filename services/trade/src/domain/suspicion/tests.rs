//! Figures that agree, and figures that do not.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    cell::{Cell, Commodity, Flow, HsEdition},
    observation::{Precision, Status},
};

fn figure(code: &str, period: &str, dollars: i64) -> Observation {
    Observation {
        line: 2,
        column: 0,
        cell: Cell {
            partner: "KZ".to_owned(),
            flow: Flow::Export,
            commodity: Commodity::parse(code, HsEdition::new(6)).unwrap(),
            region: String::new(),
            period: period.parse().unwrap(),
        },
        value_cents: Some(dollars * 100),
        net_weight_grams: None,
        status: Status::NORMAL,
        precision: Precision {
            qualifier: Qualifier::Exact,
            unit_cents: 0,
        },
        as_published: String::new(),
    }
}

fn reasons(has_all: bool, figures: &[Observation]) -> Vec<Reason> {
    let mut examiner = Examiner::new(has_all);
    for figure in figures {
        examiner.take(figure);
    }
    examiner.finish();
    let found = examiner.found();
    found.into_iter().map(|problem| problem.reason).collect()
}

#[test]
fn codes_that_add_up_to_more_are_doubtful_and_to_less_where_all_are_there() {
    let tree = |heading, second| {
        [
            figure("TOTAL", "2022", 1_000),
            figure("27", "2022", 600),
            figure("2701", "2022", heading),
            figure("270111", "2022", 200),
            figure("2702", "2022", second),
        ]
    };
    assert!(reasons(false, &tree(200, 400)).is_empty());
    assert_eq!(reasons(false, &tree(200, 405)), [Reason::CodesExceed]);
    assert!(reasons(false, &tree(200, 300)).is_empty());
    // The total has one chapter, which is less.
    assert_eq!(
        reasons(true, &tree(200, 300)),
        [Reason::CodesBelow, Reason::CodesBelow]
    );
    // A code without any below it is no sum.
    assert_eq!(reasons(true, &tree(200, 400)), [Reason::CodesBelow]);
}

#[test]
fn what_is_missing_below_makes_no_sum_too_small() {
    let mut secret = figure("28", "2022", 0);
    secret.value_cents = None;
    let tree = [
        figure("TOTAL", "2022", 1_000),
        figure("27", "2022", 600),
        secret,
    ];
    assert!(reasons(true, &tree).is_empty());
}

#[test]
fn editions_are_added_up_apart() {
    let mut older = figure("27", "2022", 1_000);
    older.cell.commodity = Commodity::parse("27", HsEdition::new(5)).unwrap();
    let tree = [
        figure("TOTAL", "2022", 1_000),
        older,
        figure("27", "2022", 1_000),
    ];
    assert!(reasons(true, &tree).is_empty());
}

#[test]
fn rounded_figures_may_differ_by_half_their_units() {
    let mut total = figure("TOTAL", "2022", 1_000);
    total.precision = Precision {
        qualifier: Qualifier::Rounded,
        unit_cents: 20_000,
    };
    let with = |dollars| [total.clone(), figure("27", "2022", dollars)];
    assert!(reasons(false, &with(1_101)).is_empty());
    assert_eq!(reasons(false, &with(1_102)), [Reason::CodesExceed]);
    total.precision.qualifier = Qualifier::LowerBound;
    assert!(reasons(false, &[total, figure("27", "2022", 5_000)]).is_empty());
}

fn months(values: &[i64]) -> Vec<Observation> {
    let months = (1..).zip(values);
    months
        .map(|(month, value)| figure("TOTAL", &format!("2022-{month:02}"), *value))
        .collect()
}

#[test]
fn months_that_disagree_with_their_year_or_quarter_are_doubtful() {
    let with = |values: &[i64], period: &str, total| {
        let mut figures = months(values);
        figures.push(figure("TOTAL", period, total));
        reasons(false, &figures)
    };
    let year = [10; 12];
    assert!(with(&year, "2022", 120).is_empty());
    assert_eq!(with(&year, "2022", 90), [Reason::PeriodsExceed]);
    assert_eq!(with(&year, "2022", 150), [Reason::PeriodsBelow]);
    assert!(with(&year[..11], "2022", 150).is_empty());
    assert_eq!(with(&year[..11], "2022", 90), [Reason::PeriodsExceed]);
    assert_eq!(with(&year[..3], "2022-Q1", 90), [Reason::PeriodsBelow]);
    assert!(with(&year[..3], "2022-Q2", 90).is_empty());
    assert_eq!(
        with(&year[..3], "2022-01/2022-02", 90),
        [Reason::PeriodsBelow]
    );
    assert!(with(&[], "2022", 90).is_empty());
}

#[test]
fn a_cumulative_figure_that_falls_and_a_year_unlike_its_months_are_doubtful() {
    let falling = [
        figure("TOTAL", "2022-01/2022-02", 20),
        figure("TOTAL", "2022-01/2022-03", 15),
    ];
    assert_eq!(reasons(false, &falling), [Reason::CumulativeFalls]);
    let twice = [
        figure("TOTAL", "2022", 100),
        figure("TOTAL", "2022-01/2022-12", 90),
    ];
    assert_eq!(reasons(false, &twice), [Reason::PeriodsBelow]);
}

#[test]
fn a_value_of_a_tonne_that_is_far_off_is_doubtful() {
    let weigh = |code: &str, last: i64| {
        let mut figures: Vec<_> = (1..=7)
            .map(|month| figure(code, &format!("2022-{month:02}"), 1_000))
            .collect();
        for figure in &mut figures {
            figure.net_weight_grams = Some(1_000_000);
        }
        figures[6].net_weight_grams = Some(last);
        reasons(false, &figures)
    };
    assert!(weigh("2701", 9_000_000).is_empty());
    assert_eq!(weigh("2701", 11_000_000), [Reason::UnitValueFar]);
    assert_eq!(weigh("2701", 90_000), [Reason::UnitValueFar]);
    assert!(weigh("27", 90_000).is_empty());
}

#[test]
fn of_an_even_number_of_months_the_median_is_the_mean_of_the_middle_two() {
    let far = |values: &[i64]| {
        let months = (1..).zip(values);
        let figures: Vec<_> = months
            .map(|(month, value)| {
                let mut figure = figure("2701", &format!("2022-{month:02}"), *value);
                figure.net_weight_grams = Some(1_000_000);
                figure
            })
            .collect();
        reasons(false, &figures)
    };
    // The median is 550: a tenth of it is 55, and ten times 5,500.
    assert!(far(&[100, 100, 100, 1_000, 1_000, 5_500]).is_empty());
    assert_eq!(
        far(&[100, 100, 100, 1_000, 1_000, 5_600]),
        [Reason::UnitValueFar]
    );
    assert_eq!(
        far(&[54, 100, 100, 1_000, 1_000, 1_000]),
        [Reason::UnitValueFar]
    );
    assert!(far(&[56, 100, 100, 1_000, 1_000, 1_000]).is_empty());
}

proptest! {
    #[test]
    fn what_adds_up_is_never_doubtful(values in proptest::collection::vec(0_i64..1_000_000, 12)) {
        let mut figures = months(&values);
        for quarter in 0..4 {
            let sum = values[quarter * 3..quarter * 3 + 3].iter().sum();
            figures.push(figure("TOTAL", &format!("2022-Q{}", quarter + 1), sum));
        }
        figures.push(figure("TOTAL", "2022", values.iter().sum()));
        for last in 1..=12 {
            let period = format!("2022-01/2022-{last:02}");
            figures.push(figure("TOTAL", &period, values[..last].iter().sum()));
        }
        prop_assert_eq!(reasons(true, &figures), []);
    }
}
