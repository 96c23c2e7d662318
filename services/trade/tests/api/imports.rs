//! Files: what is taken, what is reported, and what is refused.

use accord_proto::trade::v1::{
    Coverage, ImportHeader, Qualifier, Release, Window, import, import_observations_request::Part,
};
use tonic::Code;

use crate::{
    bureau::{Bureau, header, on_each_engine, release},
    errors::{assert_fault, assert_violations, explain},
};

const GOOD: &str = "\u{feff}flow,period,value_usd,qualifier,rounded_to_usd,as_published\r\n\
    export,2022,\"1400000000.00\",rounded,100000000,\"$1.4 billion, about\"\r\n\
    \r\n\
    X,2022-Q1,350000000,,,\r\n\
    turnover,2022-01/2022-03,1000000000,lower_bound,1000000000,exceeded $1 billion\r\n";

async fn staged(bureau: &Bureau) -> Release {
    bureau
        .uz
        .create("staged", release("UZ", "2024-01-01"))
        .await
        .unwrap()
}

#[tokio::test]
async fn figures_are_kept_as_they_were_published() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let done = bureau
            .uz
            .upload(header(&release.name, "all"), GOOD)
            .await
            .unwrap();
        assert_eq!(done.state(), import::State::Done);
        assert_eq!((done.accepted_count, done.skipped_count), (3, 0));
        assert_eq!(done.received_bytes, i64::try_from(GOOD.len()).unwrap());
        assert_eq!(bureau.uz.import(&done.name).await.unwrap(), done);
        let figures = bureau.uz.observations(&release.name).await.unwrap();
        let first = &figures[0];
        assert_eq!((first.line, first.import_id.as_str()), (2, "all"));
        assert_eq!(
            (first.reporter.as_str(), first.partner.as_str()),
            ("UZ", "KZ")
        );
        assert_eq!(first.value_cents, Some(140_000_000_000));
        let precision = first.precision.as_ref().unwrap();
        assert_eq!(precision.qualifier(), Qualifier::Rounded);
        assert_eq!(precision.unit_cents, 10_000_000_000);
        assert_eq!(precision.as_published, "$1.4 billion, about");
        let windows: Vec<_> = figures
            .iter()
            .map(|figure| (figure.line, figure.period.unwrap().window()))
            .collect();
        assert_eq!(
            windows,
            [
                (2, Window::Year),
                (4, Window::Quarter),
                (5, Window::JanuaryToMonth)
            ]
        );
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            3
        );
    })
    .await;
}

#[tokio::test]
async fn a_bad_row_takes_nothing_and_is_reported_with_line_column_and_reason() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = "flow,period,value_usd\nX,2022,1\nX,2022-13,1.234\nM,2022,1\nM,2022,2\n";
        let status = bureau
            .uz
            .upload(header(&release.name, "bad"), csv)
            .await
            .unwrap_err();
        let explained = explain(&status);
        assert_eq!(
            (explained.code, explained.reason.as_str()),
            (Code::InvalidArgument, "IMPORT_ROWS_INVALID")
        );
        let problem = |field: &str, reason: &str| (field.to_owned(), reason.to_owned());
        assert_eq!(
            explained.violations,
            [
                problem("line 3, column 2 (period)", "PERIOD_INVALID"),
                problem("line 3, column 3 (value_usd)", "VALUE_TOO_PRECISE"),
                problem("line 5", "DUPLICATE_CELL"),
            ]
        );
        assert_eq!(explained.metadata["bad_rows"], "2");
        assert_eq!(explained.metadata["accepted_rows"], "2");
        let refused = bureau
            .uz
            .import(&explained.metadata["import"])
            .await
            .unwrap();
        assert_eq!(refused.state(), import::State::Refused);
        assert_eq!(refused.reports.len(), 3);
        assert_eq!((refused.reports[0].line, refused.reports[0].column), (3, 2));
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            0
        );
        assert!(
            bureau
                .uz
                .observations(&release.name)
                .await
                .unwrap()
                .is_empty()
        );
        let again = bureau.uz.upload(header(&release.name, "bad"), csv).await;
        assert_fault(again, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        let mended = "flow,period,value_usd\nX,2022,1\n";
        bureau
            .uz
            .upload(header(&release.name, "mended"), mended)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn bad_rows_are_skipped_when_asked_for_and_reported() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = "flow,period,value_usd\nX,2022,1\nX,2022,2\nsold,2022,1\nM,2022,1";
        let lenient = ImportHeader {
            skip_bad_rows: true,
            ..header(&release.name, "some")
        };
        let done = bureau.uz.upload(lenient, csv).await.unwrap();
        assert_eq!((done.accepted_count, done.skipped_count), (2, 2));
        let reports: Vec<_> = done
            .reports
            .iter()
            .map(|report| {
                (
                    report.line,
                    report.column_name.as_str(),
                    report.reason.as_str(),
                )
            })
            .collect();
        assert_eq!(
            reports,
            [(3, "", "DUPLICATE_CELL"), (4, "flow", "FLOW_INVALID")]
        );
        let lines: Vec<_> = bureau
            .uz
            .observations(&release.name)
            .await
            .unwrap()
            .iter()
            .map(|figure| figure.line)
            .collect();
        assert_eq!(lines, [2, 5]);
    })
    .await;
}

#[tokio::test]
async fn several_files_make_one_release_and_cells_stay_unique() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let first = "flow,period,value_usd\nX,2022,1\n";
        bureau
            .uz
            .upload(header(&release.name, "exports"), first)
            .await
            .unwrap();
        let second = "flow,period,value_usd\nM,2022,1\nX,2022,2\n";
        let result = bureau
            .uz
            .upload(header(&release.name, "imports"), second)
            .await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        assert_eq!(
            explained.violations,
            [("line 3".to_owned(), "DUPLICATE_CELL".to_owned())]
        );
        let third = "flow,period,value_usd\nM,2022,1\n";
        bureau
            .uz
            .upload(header(&release.name, "imports-2"), third)
            .await
            .unwrap();
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn a_bad_header_line_or_none_is_refused() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = "flow,flow,valeu_usd\nX,2022,1\n";
        let result = bureau.uz.upload(header(&release.name, "bad"), csv).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
        assert_eq!(explained.violations.len(), 4);
        let blank = bureau
            .uz
            .upload(header(&release.name, "blank"), "\n\n")
            .await;
        assert_fault(blank, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
        let empty = bureau.uz.upload(header(&release.name, "empty"), "").await;
        assert_violations(empty, &[("header.total_bytes", "FIELD_REQUIRED")]);
    })
    .await;
}

#[tokio::test]
async fn a_file_in_another_encoding_is_refused_and_not_left_open() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = "flow,period,value_usd\nX,2022,1\n";
        let wide = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}{csv}")
                .encode_utf16()
                .flat_map(unit)
                .collect()
        };
        let not_utf8 = [("line 1".to_owned(), "NOT_UTF8".to_owned())];
        for (id, file, is_marked) in [
            ("little", wide(u16::to_le_bytes, "\u{feff}"), true),
            ("big", wide(u16::to_be_bytes, "\u{feff}"), true),
            ("unmarked", wide(u16::to_le_bytes, ""), false),
        ] {
            let whole = ImportHeader {
                total_bytes: i64::try_from(file.len()).unwrap(),
                ..header(&release.name, id)
            };
            let result = bureau
                .uz
                .send(vec![Part::Header(whole), Part::Chunk(file)])
                .await;
            let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
            if is_marked {
                assert_eq!(explained.violations, not_utf8);
            } else {
                let unknown = |found: &(String, String)| found.1 == "UNKNOWN_COLUMN";
                assert!(explained.violations.iter().any(unknown));
            }
            let import = bureau
                .uz
                .import(&explained.metadata["import"])
                .await
                .unwrap();
            assert_eq!(import.state(), import::State::Refused);
        }
        let mark = bureau
            .uz
            .upload(header(&release.name, "mark"), "\u{feff}")
            .await;
        let explained = assert_fault(mark, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
        assert_eq!(explained.violations[0].1, "MISSING_COLUMN");
    })
    .await;
}

#[tokio::test]
async fn an_error_counts_the_problems_that_it_does_not_list() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = format!("flow,period,value_usd\n{}", "sold,2022,1\n".repeat(300));
        let result = bureau.uz.upload(header(&release.name, "bad"), &csv).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        let left_out: usize = explained.metadata["violations_left_out"].parse().unwrap();
        assert_eq!(explained.violations.len() + left_out, 300);
    })
    .await;
}

#[tokio::test]
async fn a_period_that_had_not_begun_when_it_was_published_is_a_bad_row() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let csv = "flow,period,value_usd\nX,2024,1\nX,2122,1\n";
        let result = bureau.uz.upload(header(&release.name, "slip"), csv).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        let slip = (
            "line 3, column 2 (period)".to_owned(),
            "PERIOD_IN_FUTURE".to_owned(),
        );
        assert_eq!(explained.violations, [slip]);
    })
    .await;
}

#[tokio::test]
async fn rows_outside_of_the_coverage_are_bad_rows() {
    on_each_engine(async |bureau| {
        let mut narrow = release("UZ", "2024-01-01");
        let coverage = Coverage {
            windows: vec![Window::Year as i32],
            start_date: Some(crate::bureau::date(2022, 1, 1)),
            ..narrow.coverage.clone().unwrap()
        };
        narrow.coverage = Some(coverage);
        let created = bureau.uz.create("narrow", narrow).await.unwrap();
        let csv =
            "flow,period,value_usd,reporter\nX,2022,1,UZ\nX,2021,1,\nX,2022-03,1,\nX,2023,1,KZ\n";
        let result = bureau.uz.upload(header(&created.name, "all"), csv).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        let reasons: Vec<_> = explained
            .violations
            .iter()
            .map(|(_, reason)| reason.as_str())
            .collect();
        assert_eq!(
            reasons,
            ["OUTSIDE_COVERAGE", "OUTSIDE_COVERAGE", "REPORTER_MISMATCH"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_reports_and_takes_nothing() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let rehearsal = ImportHeader {
            validate_only: true,
            ..header(&release.name, "all")
        };
        let checked = bureau.uz.upload(rehearsal.clone(), GOOD).await.unwrap();
        assert_eq!(
            (checked.state(), checked.accepted_count),
            (import::State::Done, 3)
        );
        let large = ImportHeader {
            total_bytes: 1024 * 1024 * 1024 + 1,
            ..rehearsal.clone()
        };
        assert_violations(
            bureau.uz.send(vec![Part::Header(large)]).await,
            &[("header.total_bytes", "FIELD_INVALID")],
        );
        let bad = bureau
            .uz
            .upload(rehearsal, "flow,period,value_usd\nX,2022,1\nX,2022,1\n")
            .await;
        assert_fault(bad, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
        assert_eq!(
            bureau
                .uz
                .get(&release.name)
                .await
                .unwrap()
                .observation_count,
            0
        );
        let name = format!("{}/imports/all", release.name);
        assert_fault(
            bureau.uz.import(&name).await,
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        );
        bureau
            .uz
            .upload(header(&release.name, "all"), GOOD)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_the_reporters_editors_upload_and_only_into_staging_releases() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau).await;
        let all = || header(&release.name, "all");
        let foreign = bureau.kz.upload(all(), GOOD).await;
        assert_fault(foreign, Code::PermissionDenied, "PARTY_MISMATCH");
        let reader = bureau.reader.upload(all(), GOOD).await;
        assert_fault(reader, Code::PermissionDenied, "ROLE_REQUIRED");
        bureau.uz.upload(all(), GOOD).await.unwrap();
        for caller in [&bureau.kz, &bureau.kg] {
            let seen = caller.observations(&release.name).await;
            assert_fault(seen, Code::PermissionDenied, "PARTY_MISMATCH");
        }
        assert_eq!(
            bureau
                .operator
                .observations(&release.name)
                .await
                .unwrap()
                .len(),
            3
        );
        bureau.uz.publish(&release.name).await.unwrap();
        assert_eq!(
            bureau.kz.observations(&release.name).await.unwrap().len(),
            3
        );
        let late = bureau.uz.upload(header(&release.name, "more"), GOOD).await;
        assert_fault(late, Code::FailedPrecondition, "RELEASE_NOT_STAGING");
    })
    .await;
}

#[tokio::test]
async fn malformed_headers_are_refused_with_every_mistake() {
    on_each_engine(async |bureau| {
        let bad = ImportHeader {
            release: "releases/x".to_owned(),
            import_id: "All".to_owned(),
            format: 7,
            skip_bad_rows: false,
            offset_bytes: -1,
            total_bytes: -1,
            validate_only: true,
            ..ImportHeader::default()
        };
        let parts = vec![Part::Header(bad)];
        assert_violations(
            bureau.uz.send(parts).await,
            &[
                ("header.release", "NAME_INVALID"),
                ("header.import_id", "ID_INVALID"),
                ("header.format", "FIELD_INVALID"),
                ("header.total_bytes", "FIELD_INVALID"),
                ("header.offset_bytes", "FIELD_INVALID"),
                ("header.offset_bytes", "FIELD_INVALID"),
            ],
        );
        let nothing = bureau.uz.send(Vec::new()).await;
        assert_fault(nothing, Code::InvalidArgument, "IMPORT_HEADER_MISSING");
        let nowhere = header("partnerships/uz-kz/releases/none", "all");
        let result = bureau.uz.upload(nowhere, GOOD).await;
        assert_fault(result, Code::NotFound, "RESOURCE_NOT_FOUND");
    })
    .await;
}
