//! Answers as known on past days: superseding, removal, withdrawal, and the strict reading.

use std::{fmt::Write as _, time::Duration};

use accord_proto::trade::v1::{
    Coverage, Flow, MissingReason, QuerySeriesRequest, Release, SeriesPoint, TurnoverMethod,
    Window, coverage::Completeness,
};

use crate::{
    bureau::{Bureau, at, date, on_each_engine, release},
    figures::publish_all,
    series::year,
};

async fn point(bureau: &Bureau, of: i32, known: &str) -> SeriesPoint {
    let request = QuerySeriesRequest {
        partner: "KZ".to_owned(),
        known_time: Some(at(known)),
        ..year(TurnoverMethod::AsReportedBy, "UZ", of)
    };
    bureau.reader.query(request).await.unwrap().points.remove(0)
}

/// A complete release of yearly totals of 2020 to 2025.
fn complete(published: &str) -> Release {
    Release {
        coverage: Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Turnover as i32],
            windows: vec![Window::Year as i32],
            start_date: Some(date(2020, 1, 1)),
            end_date: Some(date(2025, 12, 31)),
            ..Coverage::default()
        }),
        ..release("UZ", published)
    }
}

fn totals(figures: &[(i32, i64)]) -> String {
    let mut csv = "flow,period,value_usd\n".to_owned();
    for (year, dollars) in figures {
        writeln!(csv, "turnover,{year},{dollars}").unwrap();
    }
    csv
}

#[tokio::test]
async fn a_complete_release_removes_and_its_withdrawal_restores() {
    on_each_engine(async |bureau| {
        let first = totals(&[(2022, 10), (2023, 20)]);
        bureau
            .publish("first", release("UZ", "2024-01-01"), &first)
            .await;
        let second = bureau
            .publish("second", complete("2024-02-01"), &totals(&[(2022, 11)]))
            .await;
        assert_eq!(
            point(&bureau, 2022, "2024-01-31").await.value_cents,
            Some(1_000)
        );
        assert_eq!(
            point(&bureau, 2022, "2024-02-01").await.value_cents,
            Some(1_100)
        );
        assert_eq!(
            point(&bureau, 2023, "2024-01-31").await.value_cents,
            Some(2_000)
        );
        let removed = point(&bureau, 2023, "2024-02-01").await;
        assert_eq!(removed.missing_reason(), MissingReason::Removed);

        bureau
            .uz
            .withdraw(&second.name, "2024-03-01")
            .await
            .unwrap();
        assert_eq!(
            point(&bureau, 2022, "2024-02-29").await.value_cents,
            Some(1_100)
        );
        let removed = point(&bureau, 2023, "2024-02-29").await;
        assert_eq!(removed.missing_reason(), MissingReason::Removed);
        assert_eq!(
            point(&bureau, 2022, "2024-03-01").await.value_cents,
            Some(1_000)
        );
        assert_eq!(
            point(&bureau, 2023, "2024-03-01").await.value_cents,
            Some(2_000)
        );
    })
    .await;
}

#[tokio::test]
async fn a_release_learnt_later_changes_no_answer_as_known_before_it() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let before = point(&bureau, 2022, "2025-01-01").await;
        let later = totals(&[(2022, 1), (2023, 2)]);
        bureau
            .publish("later", release("UZ", "2025-06-01"), &later)
            .await;
        assert_eq!(point(&bureau, 2022, "2025-01-01").await, before);
        assert_eq!(
            point(&bureau, 2022, "2025-06-01").await.value_cents,
            Some(100)
        );
    })
    .await;
}

#[tokio::test]
async fn the_strict_reading_leaves_out_what_was_recorded_later() {
    on_each_engine(async |bureau| {
        let first = totals(&[(2022, 10)]);
        bureau
            .publish("first", release("UZ", "2024-01-01"), &first)
            .await;
        bureau.clock.advance(Duration::from_hours(24));
        let second = totals(&[(2022, 11)]);
        bureau
            .publish("second", release("UZ", "2024-02-01"), &second)
            .await;
        let strict = |day: &str| QuerySeriesRequest {
            recorded_before: Some(at(day)),
            known_time: Some(at("2024-03-01")),
            ..year(TurnoverMethod::AsReportedBy, "UZ", 2022)
        };
        for (day, expected) in [
            ("2026-11-23", None),
            ("2026-11-24", Some(1_000)),
            ("2026-11-25", Some(1_100)),
        ] {
            let answer = bureau.reader.query(strict(day)).await.unwrap();
            assert_eq!(answer.points[0].value_cents, expected, "{day}");
        }
    })
    .await;
}

#[tokio::test]
async fn readers_see_all_of_a_release_or_nothing() {
    on_each_engine(async |bureau| {
        let created = bureau
            .uz
            .create("staged", release("UZ", "2024-01-01"))
            .await
            .unwrap();
        let header = crate::bureau::header(&created.name, "all");
        let csv = totals(&[(2022, 10), (2023, 20)]);
        bureau.uz.upload(header, &csv).await.unwrap();
        let staged = point(&bureau, 2022, "2024-02-01").await;
        assert_eq!(staged.missing_reason(), MissingReason::NotPublished);
        bureau.uz.publish(&created.name).await.unwrap();
        assert_eq!(
            point(&bureau, 2022, "2024-02-01").await.value_cents,
            Some(1_000)
        );
        assert_eq!(
            point(&bureau, 2023, "2024-02-01").await.value_cents,
            Some(2_000)
        );
    })
    .await;
}

#[tokio::test]
async fn a_figure_published_as_missing_is_missing() {
    on_each_engine(async |bureau| {
        let first = totals(&[(2022, 10)]);
        bureau
            .publish("first", release("UZ", "2024-01-01"), &first)
            .await;
        let suppressed = "flow,period,value_usd,status\nturnover,2022,,Q\n";
        bureau
            .publish("second", release("UZ", "2024-02-01"), suppressed)
            .await;
        let found = point(&bureau, 2022, "2024-03-01").await;
        assert_eq!(found.value_cents, None);
        assert_eq!(found.missing_reason(), MissingReason::PublishedAsMissing);
    })
    .await;
}
