//! Progress towards targets.

use jiff::civil::date;

use super::*;
use crate::domain::{
    cell::Flow,
    observation::Observation,
    release::{
        Release,
        tests::{day, release},
    },
    target::{Agreement, Baseline, Measurement, Supersession},
    turnover::Method,
    vintage::tests::{figure, known, known_on},
};

fn target(due: i16, adopted: Date) -> Target {
    Target {
        name: format!("partnerships/uz-kz/targets/by-{due}"),
        uid: String::new(),
        revision: 1,
        agreement: Agreement {
            display_name: "Ten billion".to_owned(),
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
            value_cents: 1_000_000_000_000,
            due_date: date(due, 12, 31),
            baseline: Baseline {
                year: 2021,
                value_cents: None,
            },
            measurement: Measurement {
                method: Method::AsReportedBy,
                reporter: "UZ".to_owned(),
            },
            adopt_date: adopted,
            basis_document: String::new(),
            basis_note: String::new(),
            source_uri: String::new(),
        },
        recorder: "uz-stat".to_owned(),
        predecessor: String::new(),
        supersession: None,
        create_time: day("2021-12-06"),
        update_time: day("2021-12-06"),
    }
}

fn question(reporter: &str, today: Date) -> Question {
    Question {
        method: Method::AsReportedBy,
        reporter: reporter.to_owned(),
        partner: if reporter == "UZ" { "KZ" } else { "UZ" }.to_owned(),
        today,
    }
}

fn turnover(period: &str, dollars: i64) -> Observation {
    let mut figure = figure("UZ", Flow::Turnover, period, 0);
    figure.value_cents = Some(dollars * 100);
    figure
}

fn published() -> Vec<(Release, Vec<Observation>)> {
    vec![
        (
            release("file", "UZ", "2024-11-26"),
            vec![
                turnover("2021", 3_920_556_750),
                turnover("2022", 4_651_056_560),
            ],
        ),
        (
            release("press", "UZ", "2026-02-01"),
            vec![turnover("2025", 4_970_000_000)],
        ),
    ]
}

#[test]
fn ten_billion_by_2030_as_known_today() {
    let vintages = known(published());
    let progress = measure(
        &target(2030, date(2025, 3, 15)),
        &vintages,
        &question("UZ", date(2026, 11, 23)),
        None,
    );
    assert_eq!(progress.measured.as_ref().unwrap().period.year(), 2025);
    assert_eq!(progress.attained_share_ppm, Some(497_000));
    assert_eq!(progress.years_remaining, 5);
    assert_eq!(progress.required_growth_ppm, Some(150_082));
    assert_eq!(progress.growth_so_far_ppm, Some(61_090));
    assert_eq!(progress.warnings, []);
}

#[test]
fn the_first_target_as_known_before_it_was_superseded() {
    let mut first = target(2026, date(2021, 12, 6));
    first.supersession = Some(Supersession {
        successor: "next".to_owned(),
        date: date(2025, 3, 15),
    });
    let vintages = known_on(published(), "2025-01-01");
    let before = measure(&first, &vintages, &question("UZ", date(2025, 1, 1)), None);
    assert_eq!(before.measured.as_ref().unwrap().period.year(), 2022);
    assert_eq!(before.years_remaining, 4);
    assert_eq!(before.warnings, [Notice::LaterYearMissing(2024)]);
    let vintages = known(published());
    let after = measure(&first, &vintages, &question("UZ", date(2026, 11, 23)), None);
    assert_eq!(after.warnings, [Notice::Superseded("next".to_owned())]);
}

#[test]
fn a_year_asked_for_may_have_no_value_and_an_adopted_day_may_not_have_come() {
    let vintages = known(published());
    let progress = measure(
        &target(2030, date(2025, 3, 15)),
        &vintages,
        &question("UZ", date(2024, 1, 1)),
        Some(2023),
    );
    assert!(progress.measured.unwrap().amount.is_err());
    assert_eq!(progress.attained_cents, None);
    assert_eq!(progress.required_growth_ppm, None);
    assert_eq!(progress.warnings, [Notice::NotAdopted(date(2025, 3, 15))]);
}

#[test]
fn another_reporter_is_pointed_out_and_no_figures_give_no_year() {
    let vintages = known(published());
    let progress = measure(
        &target(2030, date(2025, 3, 15)),
        &vintages,
        &question("KZ", date(2026, 11, 23)),
        None,
    );
    assert!(progress.measured.is_none());
    assert_eq!(progress.years_remaining, 0);
    assert_eq!(progress.warnings, [Notice::MethodOverridden]);
}

#[test]
fn a_stated_baseline_takes_the_place_of_the_series() {
    let mut target = target(2030, date(2025, 3, 15));
    target.agreement.baseline.value_cents = Some(497_000_000_000);
    let vintages = known(published());
    let progress = measure(
        &target,
        &vintages,
        &question("UZ", date(2026, 11, 23)),
        None,
    );
    assert!(progress.baseline.is_none());
    assert_eq!(progress.growth_so_far_ppm, Some(0));
}
