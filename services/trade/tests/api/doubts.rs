//! Rows that are taken and told to be doubtful, and codes that were repaired.

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    self, CommodityLevel, Flow, GroupKey, HsEdition, Import, ImportClassificationRequest,
    ImportFormat, ImportHeader, ListImportReportsRequest, ListObservationsRequest,
    QueryBreakdownRequest, QuerySeriesRequest, Release, SeriesDimension, TurnoverMethod,
    import_observations_request::Part, list_import_reports_request::Kind,
};
use tonic::Code;

use crate::{
    bureau::{Bureau, PARENT, header, on_each_engine, release},
    errors::explain,
};

fn of_h6(reporter: &str) -> Release {
    Release {
        hs_edition: HsEdition::H6 as i32,
        ..release(reporter, "2025-02-01")
    }
}

/// Takes a file whose rows are also looked at beside each other, first on trial.
async fn examined(bureau: &Bureau, id: &str, release: Release, csv: &str) -> Import {
    let editor = bureau.editor(&release.reporter);
    let created = editor.create(id, release).await.unwrap();
    let header = ImportHeader {
        find_suspicious: true,
        total_bytes: i64::try_from(csv.len()).unwrap(),
        ..header(&created.name, "all")
    };
    let tried = [
        ImportHeader {
            validate_only: true,
            ..header.clone()
        },
        header,
    ];
    let mut imports = Vec::new();
    for header in tried {
        let parts = vec![Part::Header(header), Part::Chunk(csv.as_bytes().to_vec())];
        imports.push(editor.send(parts).await.unwrap());
    }
    let done = imports.pop().unwrap();
    assert_eq!(found(&imports[0]), found(&done));
    done
}

fn found(import: &Import) -> Vec<(&str, i64)> {
    let reports = import.suspicions.iter();
    let mut found: Vec<_> = reports.map(|own| (own.reason.as_str(), own.line)).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn a_code_that_lost_its_leading_zero_is_repaired_in_every_format() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,value_usd\nX,2022,207,7\nX,2022,20712,5\nX,2022,2,9\nX,2022,20,3\n";
        let import = examined(&bureau, "own", of_h6("UZ"), csv).await;
        let repaired = [("CODE_REPAIRED", 2), ("CODE_REPAIRED", 3), ("CODE_REPAIRED", 4)];
        assert_eq!(found(&import), repaired);
        assert_eq!(import.suspicions[0].column_name, "commodity");
        assert!(import.suspicions[0].description.contains("0207"));
        let name = format!("{PARENT}/releases/own");
        let figures = bureau.uz.observations(&name).await.unwrap();
        let codes: Vec<_> = figures.iter().map(|own| own.commodity.as_str()).collect();
        assert_eq!(codes, ["0207", "020712", "02", "20"]);

        let sdmx = "STRUCTURE,REF_AREA,COUNTERPART_AREA,TRADE_FLOW,COMMODITY,HS_EDITION,TIME_PERIOD,OBS_VALUE\n\
            dataflow,UZ,KZ,X,207,H6,2022,7\n";
        let created = bureau.uz.create("sdmx", of_h6("UZ")).await.unwrap();
        let header = ImportHeader {
            format: ImportFormat::SdmxCsv.into(),
            ..header(&created.name, "all")
        };
        let import = bureau.uz.upload(header, sdmx).await.unwrap();
        assert_eq!(found(&import), [("CODE_REPAIRED", 2)]);
        assert_eq!(import.suspicions[0].column_name, "COMMODITY");
        // The repaired code of a row is that of another.
        let twice = "flow,period,commodity,value_usd\nX,2022,207,7\nX,2022,0207,7\n";
        let created = bureau.uz.create("twice", of_h6("UZ")).await.unwrap();
        let refused = bureau.uz.upload(crate::bureau::header(&created.name, "all"), twice).await;
        let explained = explain(&refused.unwrap_err());
        assert_eq!(explained.code, Code::InvalidArgument);
        assert_eq!(explained.violations[0].1, "DUPLICATE_CELL");
    })
    .await;
}

#[tokio::test]
async fn codes_that_the_nomenclature_does_not_have_are_doubtful() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,commodity,hs_edition,value_usd\nX,2022,77,H6,7\nX,2022,27,H6,5\n\
            X,2022,2709,H6,4\nX,2022,2798,H6,1\nX,2022,99,H6,1\nX,2022,77,H5,7\n";
        let before = examined(&bureau, "before", of_h6("UZ"), csv).await;
        assert_eq!(found(&before), []);
        let nomenclature = "section,hscode,description,parent,level\nV,27,Fuels,TOTAL,2\nV,2709,Crude,27,4\nV,270900,Crude,2709,6\n";
        let request = ImportClassificationRequest {
            file: nomenclature.as_bytes().to_vec(),
            hs_edition: HsEdition::H6.into(),
            source: "https://example.org/tables".to_owned(),
            ..ImportClassificationRequest::default()
        };
        let mut operator = bureau.operator.classifications.clone();
        operator.import_classification(request).await.unwrap();
        let import = examined(&bureau, "after", of_h6("UZ"), csv).await;
        // Nobody has imported H5, and chapter 99 is for national use.
        assert_eq!(found(&import), [("CODE_UNKNOWN", 2), ("CODE_UNKNOWN", 5)]);
    })
    .await;
}

#[tokio::test]
async fn flows_and_regions_that_disagree_are_doubtful() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,region,commodity,value_usd\n\
            X,2022,,TOTAL,100\nRX,2022,,TOTAL,150\nM,2022,,TOTAL,50\nRM,2022,,TOTAL,20\n\
            turnover,2022,,TOTAL,160\nX,2022,UZ-TK,TOTAL,80\nX,2022,UZ-NW,TOTAL,30\n\
            X,2023,,TOTAL,100\nM,2023,,TOTAL,50\nturnover,2023,,TOTAL,140\n\
            X,2023,,27,10\nRX,2023,,27,12\nX,2023,UZ-TK,27,4\nX,2024,,TOTAL,9\nRX,2024,,TOTAL,9\n";
        let import = examined(&bureau, "uz", of_h6("UZ"), csv).await;
        assert_eq!(
            found(&import),
            [
                ("FLOWS_BELOW_TOTAL", 6),
                ("FLOWS_EXCEED_TOTAL", 11),
                ("REGIONS_EXCEED_TOTAL", 2),
                ("RE_TRADE_EXCEEDS_TRADE", 3),
                ("RE_TRADE_EXCEEDS_TRADE", 13),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn quarters_are_compared_with_figures_from_january_on() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022-Q1,10\nX,2022-Q2,20\nX,2022-01/2022-06,40\n\
            X,2022-01/2022-03,10\nM,2022-Q1,10\nM,2022-Q2,20\nM,2022-01/2022-08,25\n";
        let import = examined(&bureau, "uz", of_h6("UZ"), csv).await;
        let expected = [("PERIODS_BELOW_TOTAL", 4), ("PERIODS_EXCEED_TOTAL", 8)];
        assert_eq!(found(&import), expected);
    })
    .await;
}

fn exports(region: &str, reporter: &str) -> QuerySeriesRequest {
    QuerySeriesRequest {
        parent: PARENT.to_owned(),
        granularity: v1::Granularity::Year as i32,
        turnover_method: TurnoverMethod::AsReportedBy as i32,
        reporter: reporter.to_owned(),
        region: region.to_owned(),
        start_year: 2021,
        end_year: 2024,
        ..QuerySeriesRequest::default()
    }
}

#[tokio::test]
async fn one_place_has_one_series_whatever_its_codes_were() {
    on_each_engine(async |bureau| {
        let old = "flow,period,region,value_usd\nturnover,2021,KZ-AKM,1\nturnover,2022,KZ-AKM,2\nturnover,2022,KZ-AST,7\n\
            X,2022,KZ-AKM,2\nX,2022,KZ-AST,7\n";
        bureau.publish("old", release("KZ", "2023-02-01"), old).await;
        let new = "flow,period,region,value_usd\nturnover,2022,KZ-11,3\nturnover,2024,KZ-11,4\nX,2022,KZ-11,3\n";
        bureau.publish("new", release("KZ", "2025-02-01"), new).await;
        for region in ["KZ-11", "KZ-AKM"] {
            let request = exports(region, "KZ");
            let answer = bureau.reader.trade.clone().query_series(request).await;
            let answer = answer.unwrap().into_inner();
            let values: Vec<_> = answer
                .points
                .iter()
                .map(|point| point.value_cents)
                .collect();
            // The later release has its own figure of 2022 in place of the earlier one.
            assert_eq!(values, [Some(100), Some(300), None, Some(400)], "{region}");
        }
        let request = QueryBreakdownRequest {
            parent: PARENT.to_owned(),
            period: "2022".to_owned(),
            turnover_method: TurnoverMethod::AsReportedBy as i32,
            reporter: "KZ".to_owned(),
            dimension: SeriesDimension::Region as i32,
            flow: Flow::Export as i32,
            commodity_level: CommodityLevel::Unspecified as i32,
            ..QueryBreakdownRequest::default()
        };
        let answer = bureau.reader.trade.clone().query_breakdown(request).await;
        let rows: Vec<_> = answer
            .unwrap()
            .into_inner()
            .rows
            .into_iter()
            .map(|row| (row.key.unwrap_or_else(GroupKey::default).region, row.value_cents))
            .collect();
        assert_eq!(
            rows,
            [("KZ-71".to_owned(), Some(700)), ("KZ-11".to_owned(), Some(300))]
        );
        // Figures have the code that the place had in their period.
        let name = format!("{PARENT}/releases/old");
        let figures = bureau.kz.observations(&name).await.unwrap();
        let mut codes: Vec<_> = figures
            .iter()
            .filter(|figure| figure.flow() == Flow::Turnover)
            .map(|figure| (figure.line, figure.region.as_str()))
            .collect();
        codes.sort_unstable();
        assert_eq!(codes, [(2, "KZ-AKM"), (3, "KZ-11"), (4, "KZ-71")]);
        // They are kept under the present one, by which alone they are filtered.
        let list = async |region: &str| {
            let request = ListObservationsRequest {
                parent: name.clone(),
                filter: format!("region = \"{region}\""),
                ..ListObservationsRequest::default()
            };
            bureau.kz.releases.clone().list_observations(request).await
        };
        let found = list("KZ-11").await.unwrap().into_inner().observations;
        assert_eq!(found.len(), 3);
        let refused = explain(&list("KZ-AKM").await.unwrap_err());
        assert_eq!(refused.violations[0].1, "FILTER_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_region_that_gave_up_territory_has_a_series_before_and_one_after() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,region,value_usd\nturnover,2021,KZ-VOS,9\nturnover,2024,KZ-63,4\n";
        bureau
            .publish("vos", release("KZ", "2025-02-01"), csv)
            .await;
        for (region, expected) in [("KZ-VOS", (2021, 900)), ("KZ-63", (2024, 400))] {
            let request = exports(region, "KZ");
            let answer = bureau.reader.trade.clone().query_series(request).await;
            let points = answer.unwrap().into_inner().points.into_iter();
            let values: Vec<_> = points
                .filter_map(|point| Some((point.period.unwrap().year, point.value_cents?)))
                .collect();
            assert_eq!(values, [expected], "{region}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_place_under_two_codes_in_one_file_is_told() {
    on_each_engine(async |bureau| {
        let twice = "flow,period,region,value_usd\nX,2022,KZ-AKM,1\nX,2022,KZ-11,2\n";
        let created = bureau
            .kz
            .create("twice", release("KZ", "2025-02-01"))
            .await
            .unwrap();
        let refused = bureau.kz.upload(header(&created.name, "all"), twice).await;
        let explained = explain(&refused.unwrap_err());
        assert_eq!(explained.violations[0].1, "DUPLICATE_CELL");
        let mixed =
            "flow,period,region,value_usd\nX,2022,KZ-AKM,1\nM,2022,KZ-11,2\nM,2021,KZ-AKM,2\n";
        let import = examined(&bureau, "mixed", release("KZ", "2025-02-01"), mixed).await;
        assert_eq!(found(&import), [("REGION_CODES_MIXED", 3)]);
        assert_eq!(import.suspicions[0].column_name, "region");
    })
    .await;
}

#[tokio::test]
async fn all_that_was_found_is_listed_page_by_page() {
    on_each_engine(async |bureau| {
        let mut csv = "flow,period,commodity,value_usd\n".to_owned();
        for code in 1..=1_400 {
            writeln!(csv, "X,2022,{code:05},{code}").unwrap();
        }
        for line in 1..=1_100 {
            writeln!(csv, "X,2022,TOTAL,bad{line}").unwrap();
        }
        let created = bureau.uz.create("many", of_h6("UZ")).await.unwrap();
        let header = ImportHeader {
            skip_bad_rows: true,
            ..header(&created.name, "all")
        };
        let import = bureau.uz.upload(header, &csv).await.unwrap();
        assert_eq!(
            (import.accepted_count, import.skipped_count),
            (1_400, 1_100)
        );
        assert_eq!(
            (import.reports.len(), import.suspicions.len()),
            (1_000, 1_000)
        );
        assert_eq!(bureau.uz.import(&import.name).await.unwrap(), import);
        for (kind, first, count) in [(Kind::Skipped, 1_402, 1_100), (Kind::Suspicious, 2, 1_400)] {
            let mut request = ListImportReportsRequest {
                parent: import.name.clone(),
                kind: kind.into(),
                page_size: 600,
                ..ListImportReportsRequest::default()
            };
            let mut lines = Vec::new();
            loop {
                let mut client = bureau.uz.releases.clone();
                let page = client
                    .list_import_reports(request.clone())
                    .await
                    .unwrap()
                    .into_inner();
                assert!(page.reports.len() <= 600);
                lines.extend(page.reports.iter().map(|report| report.line));
                if page.next_page_token.is_empty() {
                    break;
                }
                request.page_token = page.next_page_token;
            }
            assert_eq!(lines, (first..first + count).collect::<Vec<i64>>());
            request.kind = 0;
            let refused = bureau
                .uz
                .releases
                .clone()
                .list_import_reports(request)
                .await;
            let explained = explain(&refused.unwrap_err());
            assert!(
                explained
                    .violations
                    .iter()
                    .any(|(field, _)| field == "kind")
            );
        }
        // Others see it only when it is published.
        let request = ListImportReportsRequest {
            parent: import.name.clone(),
            kind: Kind::Skipped.into(),
            ..ListImportReportsRequest::default()
        };
        let refused = bureau
            .kz
            .releases
            .clone()
            .list_import_reports(request)
            .await;
        assert_eq!(explain(&refused.unwrap_err()).reason, "PARTY_MISMATCH");
    })
    .await;
}
