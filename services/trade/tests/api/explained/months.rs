//! Differences of cumulative figures, and months that are missing.

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    Coverage, FigureStep, Flow, Granularity, MissingReason, OtherFigure, QuerySeriesRequest,
    SeriesWarning, TurnoverMethod, Window, coverage::Completeness, figure_step::Operation,
    other_figure::Reason, series_warning::Kind,
};

use super::{explain, explain_all, of_series, text};
use crate::{
    bureau::{Bureau, at, date, on_each_engine, release},
    series::year,
};

/// Cumulative figures of 2023, of which June is first published in a later release.
async fn cumulative(bureau: &Bureau) {
    let mut csv = "flow,period,value_usd,as_published\n".to_owned();
    for (flow, monthly) in [("X", 10), ("M", 7)] {
        for month in [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12] {
            writeln!(
                csv,
                "{flow},2023-01/2023-{month:02},{},until {month}",
                monthly * month
            )
            .unwrap();
        }
    }
    bureau
        .publish("first", release("UZ", "2024-02-01"), &csv)
        .await;
    let csv = "flow,period,value_usd\nX,2023-01/2023-05,52\nX,2023-01/2023-06,66\n\
        M,2022-12,3\nX,2022-12,5\nX,2024-01,4\nM,2024-01,\n";
    let csv = csv.replace("M,2024-01,\n", "");
    bureau
        .publish("second", release("UZ", "2024-03-01"), &csv)
        .await;
}

#[tokio::test]
async fn cumulative_figures_are_explained_as_differences_in_one_release() {
    on_each_engine(async |bureau| {
        cumulative(&bureau).await;
        let question = QuerySeriesRequest {
            start_year: 2022,
            end_year: 2024,
            ..year(TurnoverMethod::AsReportedBy, "UZ", 0)
        };
        for granularity in [
            Granularity::Year,
            Granularity::HalfYear,
            Granularity::Quarter,
            Granularity::Month,
            Granularity::YearToDate,
            Granularity::RollingTwelveMonths,
        ] {
            for known in ["2024-02-15", "2026-01-01"] {
                let question = QuerySeriesRequest {
                    granularity: granularity as i32,
                    known_time: Some(at(known)),
                    ..question.clone()
                };
                assert!(explain_all(&bureau.reader, &question, 1).await >= 3);
            }
        }
        let question = QuerySeriesRequest {
            granularity: Granularity::Month as i32,
            ..question
        };
        // May less April of the first release, although May has been superseded.
        let found = explain(&bureau.reader, &of_series(&question, "2023-05", None)).await;
        let exports = &found.steps[1];
        assert_eq!(exports.operation(), Operation::Difference);
        assert_eq!(exports.value_cents, Some(1_000));
        assert_eq!(
            exports.description,
            "exports of UZ in 2023-05: of one release, the longer figure from January on less the shorter"
        );
        let cells: Vec<_> = found.cells.iter().map(|cell| cell.subtracted).collect();
        assert_eq!(cells, [false, true, false, true]);
        let other = &found.cells[0].other_figures[0];
        assert_eq!(other.reason(), Reason::NotUsed);
        assert_eq!(other.release, "partnerships/uz-kz/releases/second");
        let kinds: Vec<Kind> = found.warnings.iter().map(SeriesWarning::kind).collect();
        assert!(kinds.contains(&Kind::SupersededCumulative));

        // June has no imports: the release that has May and July does not have June.
        let found = explain(&bureau.reader, &of_series(&question, "2023-06", None)).await;
        assert_eq!(found.missing_reason(), MissingReason::NotPublished);
        let missing: Vec<_> = found
            .steps
            .iter()
            .filter(|step| step.operation() == Operation::Missing)
            .map(|step| (step.flow(), step.missing_reason()))
            .collect();
        assert_eq!(
            missing,
            [
                (Flow::Unspecified, MissingReason::NotPublished),
                (Flow::Turnover, MissingReason::NotPublished),
                (Flow::Import, MissingReason::NotPublished),
            ]
        );
        let imports = found.steps.last().unwrap();
        let others: Vec<_> = imports
            .other_figures
            .iter()
            .map(|other| (text(&other.observation.clone().unwrap().period.unwrap()), other.reason()))
            .collect();
        assert_eq!(others, [("2023-01/2023-05".to_owned(), Reason::NotUsed)]);
    })
    .await;
}

/// Months of 2023 of which four have no exports, each for another reason.
async fn publish_with_gaps(bureau: &Bureau) {
    let mut csv = "flow,period,value_usd,status\n".to_owned();
    for month in 1..=12 {
        for flow in ["X", "M"] {
            match (flow, month) {
                ("X", 5 | 6 | 9) => {}
                ("X", 8) => csv.push_str("X,2023-08,,Q\n"),
                _ => writeln!(csv, "{flow},2023-{month:02},10,A").unwrap(),
            }
        }
    }
    bureau
        .publish("months", release("UZ", "2024-02-01"), &csv)
        .await;
    let lost = "flow,period,value_usd,as_published\nX,2023-05,9,nine\n";
    let lost = bureau
        .publish("lost", release("UZ", "2024-02-10"), lost)
        .await;
    bureau.uz.withdraw(&lost.name, "2024-03-01").await.unwrap();
    let early = "flow,period,value_usd\nX,2023-06,6\n";
    bureau
        .publish("early", release("UZ", "2024-01-01"), early)
        .await;
    let mut complete = release("UZ", "2024-01-15");
    complete.coverage = Some(Coverage {
        completeness: Completeness::Complete as i32,
        partners: vec!["KZ".to_owned()],
        flows: vec![Flow::Export as i32],
        windows: vec![Window::Month as i32],
        start_date: Some(date(2023, 6, 1)),
        end_date: Some(date(2023, 7, 31)),
        ..Coverage::default()
    });
    let only = "flow,period,value_usd\nX,2023-07,11\n";
    bureau.publish("complete", complete, only).await;
    let late = "flow,period,value_usd\nX,2023-09,8\n";
    bureau
        .publish("late", release("UZ", "2024-05-01"), late)
        .await;
}

#[tokio::test]
async fn the_month_that_is_missing_is_named_and_why() {
    on_each_engine(async |bureau| {
        publish_with_gaps(&bureau).await;
        let question = QuerySeriesRequest {
            known_time: Some(at("2024-04-01")),
            ..year(TurnoverMethod::AsReportedBy, "UZ", 2023)
        };
        let found = explain(&bureau.reader, &of_series(&question, "2023", None)).await;
        assert_eq!(found.value_cents, None);
        let exports = found
            .steps
            .iter()
            .find(|step| step.flow() == Flow::Export)
            .unwrap();
        assert_eq!(
            exports.description,
            "exports of UZ in 2023: missing, only 8 of its 12 months are known"
        );
        let of_month = |step: &FigureStep| {
            let reasons = step.other_figures.iter().map(OtherFigure::reason);
            (
                step.start_date.unwrap().month,
                step.missing_reason(),
                reasons.collect::<Vec<_>>(),
            )
        };
        let gaps: Vec<_> = found
            .steps
            .iter()
            .filter(|step| step.parent == exports.number)
            .map(of_month)
            .collect();
        assert_eq!(
            gaps,
            [
                (5, MissingReason::NotPublished, vec![Reason::Withdrawn]),
                (6, MissingReason::Removed, vec![Reason::Removed]),
                (
                    8,
                    MissingReason::PublishedAsMissing,
                    vec![Reason::PublishedAsMissing]
                ),
                (
                    9,
                    MissingReason::NotPublished,
                    vec![Reason::NotYetPublished]
                ),
            ]
        );
        let removed = found
            .steps
            .iter()
            .find(|step| step.missing_reason() == MissingReason::Removed && step.period.is_none())
            .and_then(|step| step.other_figures.first());
        assert_eq!(
            removed.unwrap().later_release,
            "partnerships/uz-kz/releases/complete"
        );
        let withdrawn = &found.steps[usize::try_from(exports.number).unwrap()].other_figures[0];
        assert_eq!(withdrawn.withdraw_time, Some(at("2024-03-01")));
        let precision = withdrawn.observation.clone().unwrap().precision.unwrap();
        assert_eq!(precision.as_published, "nine");
        // Imports are known, and their twelve months stand below.
        assert_eq!(found.total_size, 12);
    })
    .await;
}
