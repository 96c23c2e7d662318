//! The methods of turnover, growth and warnings.

use super::*;
use crate::domain::{
    observation::Observation,
    release::{Release, tests::release},
    vintage::tests::{figure, known, known_on},
};

fn question(method: Method, reporter: &str) -> Question {
    Question {
        method,
        reporter: reporter.to_owned(),
        partner: if reporter == "UZ" { "KZ" } else { "UZ" }.to_owned(),
        today: jiff::civil::date(2026, 11, 23),
    }
}

fn flows(reporter: &str, period: &str, total: i64, exports: i64, imports: i64) -> Vec<Observation> {
    [
        (Flow::Turnover, total),
        (Flow::Export, exports),
        (Flow::Import, imports),
    ]
    .into_iter()
    .filter(|(_, value)| *value > 0)
    .map(|(flow, value)| figure(reporter, flow, period, value))
    .collect()
}

/// The shape of the published figures of 2022, in whole millions.
fn year_2022() -> Vec<(Release, Vec<Observation>)> {
    let mut uz = release("uz-file", "UZ", "2024-11-26");
    uz.publication.scope = Scope::GoodsAndServices;
    vec![
        (
            release("uz-press", "UZ", "2023-02-01"),
            flows("UZ", "2022", 4600, 1400, 3200),
        ),
        (uz, flows("UZ", "2022", 0, 1408, 3243)),
        (
            release("kz-press", "KZ", "2023-10-05"),
            flows("KZ", "2022", 5000, 3700, 1300),
        ),
        (
            release("kz-file", "KZ", "2024-07-25"),
            flows("KZ", "2022", 4922, 3636, 1286),
        ),
    ]
}

fn millions(vintages: &Vintages, question: &Question, period: &str) -> Result<i64, Absence> {
    point(vintages, question, period.parse().unwrap())
        .amount
        .map(|amount| amount.cents / 100_000_000)
}

#[test]
fn the_four_answers_for_2022() {
    let vintages = known(year_2022());
    for (method, reporter, expected) in [
        (Method::AsReportedBy, "UZ", 4651),
        (Method::AsReportedBy, "KZ", 4922),
        (Method::ExportsOfBoth, "UZ", 5044),
        (Method::ExportsOfBoth, "KZ", 5044),
        (Method::ImportsOfBoth, "KZ", 4529),
    ] {
        let question = question(method, reporter);
        assert_eq!(
            millions(&vintages, &question, "2022"),
            Ok(expected),
            "{question:?}"
        );
    }
    let before = known_on(year_2022(), "2024-01-01");
    let question = question(Method::AsReportedBy, "KZ");
    assert_eq!(millions(&before, &question, "2022"), Ok(5000));
}

#[test]
fn a_published_total_stands_until_both_flows_are_of_later_vintages() {
    let question = question(Method::AsReportedBy, "UZ");
    let mut releases = vec![
        (
            release("a", "UZ", "2023-02-01"),
            flows("UZ", "2022", 10, 3, 5),
        ),
        (
            release("b", "UZ", "2023-03-01"),
            flows("UZ", "2022", 0, 4, 0),
        ),
    ];
    assert_eq!(
        millions(&known(releases.clone()), &question, "2022"),
        Ok(10)
    );
    releases.push((
        release("c", "UZ", "2023-04-01"),
        flows("UZ", "2022", 0, 0, 7),
    ));
    assert_eq!(
        millions(&known(releases.clone()), &question, "2022"),
        Ok(11)
    );
    releases.push((
        release("d", "UZ", "2023-05-01"),
        flows("UZ", "2022", 12, 0, 0),
    ));
    assert_eq!(millions(&known(releases), &question, "2022"), Ok(12));
}

#[test]
fn one_flow_alone_is_no_turnover() {
    let vintages = known(vec![(
        release("a", "UZ", "2023-02-01"),
        flows("UZ", "2022", 0, 3, 0),
    )]);
    for method in [Method::AsReportedBy, Method::ExportsOfBoth] {
        let question = question(method, "UZ");
        assert_eq!(
            millions(&vintages, &question, "2022"),
            Err(Absence::NotPublished)
        );
    }
}

#[test]
fn unlike_figures_are_never_added_in_silence() {
    let vintages = known(year_2022());
    let period = "2022".parse().unwrap();
    let exports = point(&vintages, &question(Method::ExportsOfBoth, "UZ"), period);
    let scopes = BTreeSet::from([Scope::Goods, Scope::GoodsAndServices]);
    assert_eq!(exports.warnings, [Warning::MixedScope(scopes)]);
    let reported = point(&vintages, &question(Method::AsReportedBy, "UZ"), period);
    let valuations = BTreeSet::from([Valuation::Fob, Valuation::Cif]);
    assert_eq!(reported.warnings, [Warning::MixedValuation(valuations)]);
    let total = point(&vintages, &question(Method::AsReportedBy, "KZ"), period);
    assert_eq!(total.warnings, []);
}

#[test]
fn growth_says_when_it_compares_unlike_figures() {
    let mut releases = year_2022();
    releases.push((
        release("uz-2023", "UZ", "2025-01-01"),
        flows("UZ", "2023", 5116, 0, 0),
    ));
    let vintages = known(releases);
    let point = point(
        &vintages,
        &question(Method::AsReportedBy, "UZ"),
        "2023".parse().unwrap(),
    );
    assert_eq!(point.growth_on_previous_ppm, Some(99_978));
    assert_eq!(point.growth_on_year_ppm, point.growth_on_previous_ppm);
    assert_eq!(
        point.warnings,
        [Warning::ComparedScope("2022".parse().unwrap())]
    );
}

#[test]
fn a_period_that_has_not_ended_and_a_provisional_figure_are_pointed_out() {
    let mut figures = flows("UZ", "2026", 9, 0, 0);
    figures[0].status = Status::try_from('F').unwrap();
    let vintages = known(vec![(release("f", "UZ", "2026-01-01"), figures)]);
    let point = point(
        &vintages,
        &question(Method::AsReportedBy, "UZ"),
        "2026".parse().unwrap(),
    );
    let forecast = Warning::Status(Status::try_from('F').unwrap());
    assert_eq!(point.warnings, [forecast, Warning::PeriodNotEnded]);
}

#[test]
fn months_of_different_releases_are_pointed_out_when_added_up() {
    let quarter = |name: &str, published: &str, months: std::ops::RangeInclusive<i32>| {
        let figures = months
            .flat_map(|month| flows("UZ", &format!("2024-{month:02}"), 0, 1, 1))
            .collect();
        (release(name, "UZ", published), figures)
    };
    let question = question(Method::AsReportedBy, "UZ");
    let period = "2024-Q1".parse().unwrap();
    let vintages = known(vec![quarter("a", "2024-05-01", 1..=3)]);
    assert!(
        !point(&vintages, &question, period)
            .warnings
            .contains(&Warning::MixedVintages)
    );
    let vintages = known(vec![
        quarter("a", "2024-05-01", 1..=2),
        quarter("b", "2024-06-01", 3..=3),
    ]);
    assert!(
        point(&vintages, &question, period)
            .warnings
            .contains(&Warning::MixedVintages)
    );
}
