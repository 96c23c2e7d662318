//! The world as partner and as reporter: how its figures come in, who may bring them, and that no question about two
//! parties takes them in.

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    self, CommodityLevel, Coverage, Flow, Granularity, HsEdition, ImportFormat, ImportHeader,
    ListMirrorCellsRequest, ListObservationsRequest, Observation, QueryBreakdownRequest,
    QuerySeriesRequest, ReconcileMirrorRequest, Release, SeriesDimension,
    StreamObservationsRequest, TurnoverMethod, coverage::Completeness,
};
use tonic::Code;

use crate::{
    advantage::{partly, world},
    bureau::{Bureau, Caller, PARENT, header, on_each_engine, release},
    errors::{assert_fault, assert_violations},
};

/// A download with Kazakhstan, the world, the world by second partner, and another group of countries.
const COMTRADE: &str = "\
freqCode,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,partner2Code,partner2ISO,classificationCode,cmdCode,\
aggrLevel,customsCode,mosCode,motCode,netWgt,cifvalue,fobvalue,primaryValue\n\
A,2022,860,UZB,X,398,KAZ,0,W00,H6,TOTAL,0,C00,0,0,0,0,100,100\n\
A,2022,860,UZB,X,0,W00,0,W00,H6,TOTAL,0,C00,0,0,0,0,1000.5,1000.5\n\
A,2022,860,UZB,X,0,W00,0,W00,H6,101,4,C00,0,0,12,0,7,7\n\
A,2022,860,UZB,X,0,W00,156,CHN,H6,TOTAL,0,C00,0,0,0,0,5,5\n\
A,2022,860,UZB,X,97,EUR,0,W00,H6,TOTAL,0,C00,0,0,0,0,9,9\n";

const SDMX: &str = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,TRADE_FLOW,COMMODITY,TIME_PERIOD,OBS_VALUE\n\
    dataflow,X:TRADE(1.0),I,A,UZ,W0,X,_T,2021,1\n\
    dataflow,X:TRADE(1.0),I,A,UZ,_T,X,_T,2022,2\n\
    dataflow,X:TRADE(1.0),I,A,UZ,W1,X,_T,2023,3\n";

/// What the Uzbek agency writes for all countries that have no row is not the world.
const SIAT: &str = "Code,Klassifikator,2022\n0,Boshqa mamlakatlar,5\n398,Qozog'iston,7\n";

fn covering(partners: &[&str]) -> Release {
    Release {
        coverage: Some(Coverage {
            completeness: Completeness::Partial as i32,
            partners: partners.iter().map(|own| (*own).to_owned()).collect(),
            ..Coverage::default()
        }),
        ..release("UZ", "2024-01-01")
    }
}

/// Uploads a file; returns its figures as partner, commodity and cents, and what was left out.
async fn taken(
    bureau: &Bureau,
    id: &str,
    partners: &[&str],
    format: ImportFormat,
    file: &str,
) -> (Vec<(String, String, Option<i64>)>, Vec<(String, i64)>) {
    let created = bureau.uz.create(id, covering(partners)).await.unwrap();
    let is_siat = format == ImportFormat::SiatCsv;
    let header = ImportHeader {
        format: format.into(),
        flow: if is_siat { Flow::Export.into() } else { 0 },
        unit_mult: is_siat.then_some(3),
        ..header(&created.name, "all")
    };
    let import = bureau.uz.upload(header, file).await.unwrap();
    let figures = bureau.uz.observations(&created.name).await.unwrap();
    let left_out = import.left_out.into_iter();
    (
        figures.into_iter().map(brief).collect(),
        left_out.map(|tally| (tally.reason, tally.count)).collect(),
    )
}

fn brief(figure: Observation) -> (String, String, Option<i64>) {
    (figure.partner, figure.commodity, figure.value_cents)
}

fn row(partner: &str, commodity: &str, cents: i64) -> (String, String, Option<i64>) {
    (partner.to_owned(), commodity.to_owned(), Some(cents))
}

#[tokio::test]
async fn the_world_of_a_comtrade_download_is_taken_where_the_release_covers_it() {
    on_each_engine(async |bureau| {
        let format = ImportFormat::ComtradeCsv;
        let (figures, left_out) = taken(&bureau, "both", &["KZ", "W0"], format, COMTRADE).await;
        assert_eq!(
            figures,
            [
                row("KZ", "TOTAL", 10_000),
                row("W0", "TOTAL", 100_050),
                row("W0", "0101", 700),
            ]
        );
        let expected = [
            ("OTHER_PARTNER".to_owned(), 1),
            ("NOT_A_TOTAL".to_owned(), 1),
        ];
        assert_eq!(left_out, expected);
        let (figures, left_out) = taken(&bureau, "pair", &["KZ"], format, COMTRADE).await;
        assert_eq!(figures, [row("KZ", "TOTAL", 10_000)]);
        assert_eq!(left_out, [("OTHER_PARTNER".to_owned(), 4)]);
        let (figures, _) = taken(&bureau, "world", &["W0"], format, COMTRADE).await;
        assert_eq!(figures.len(), 2);
        // Without rows of the world there is nothing for a release about it.
        let created = bureau.uz.create("none", covering(&["W0"])).await.unwrap();
        let rows: Vec<&str> = COMTRADE.lines().take(2).collect();
        let header = ImportHeader {
            format: format.into(),
            ..header(&created.name, "all")
        };
        let refused = bureau.uz.upload(header, &rows.join("\n")).await;
        assert_fault(refused, Code::InvalidArgument, "IMPORT_NOTHING_TAKEN");
    })
    .await;
}

#[tokio::test]
async fn the_world_is_known_by_the_codes_of_each_format_only() {
    on_each_engine(async |bureau| {
        let both = &["KZ", "W0"];
        let (figures, left_out) = taken(&bureau, "sdmx", both, ImportFormat::SdmxCsv, SDMX).await;
        assert_eq!(figures, [row("W0", "TOTAL", 100), row("W0", "TOTAL", 200)]);
        // The rest of the world is less than the world.
        assert_eq!(left_out, [("OTHER_PARTNER".to_owned(), 1)]);
        let (figures, left_out) = taken(&bureau, "siat", both, ImportFormat::SiatCsv, SIAT).await;
        assert_eq!(figures, [row("KZ", "TOTAL", 700_000)]);
        assert_eq!(left_out, [("OTHER_PARTNER".to_owned(), 1)]);
        let own = "partner,flow,period,value_usd\nW0,X,2022,9\nKZ,X,2022,3\n";
        let (figures, _) = taken(&bureau, "own", both, ImportFormat::Csv, own).await;
        assert_eq!(figures, [row("W0", "TOTAL", 900), row("KZ", "TOTAL", 300)]);
    })
    .await;
}

#[tokio::test]
async fn figures_about_the_world_are_filtered_and_exported_by_its_code() {
    on_each_engine(async |bureau| {
        let csv = "partner,flow,period,value_usd\nW0,X,2022,9\nKZ,X,2022,3\nW0,M,2022,8\n";
        let published = bureau.publish("own", covering(&["KZ", "W0"]), csv).await;
        for (filter, expected) in [
            ("partner = \"W0\"", 2),
            ("partner = \"KZ\"", 1),
            ("partner = \"VJ\"", 0),
        ] {
            let request = ListObservationsRequest {
                parent: published.name.clone(),
                filter: filter.to_owned(),
                ..ListObservationsRequest::default()
            };
            let answer = bureau.uz.releases.clone().list_observations(request).await;
            let found = answer.unwrap().into_inner().observations.len();
            assert_eq!(found, expected, "{filter}");
        }
        for (partner, expected) in [("", vec!["KZ", "W0", "W0"]), ("W0", vec!["W0", "W0"])] {
            let request = StreamObservationsRequest {
                parent: PARENT.to_owned(),
                partner: partner.to_owned(),
                ..StreamObservationsRequest::default()
            };
            let answer = bureau
                .reader
                .trade
                .clone()
                .stream_observations(request)
                .await;
            let mut stream = answer.unwrap().into_inner();
            let mut partners = Vec::new();
            while let Some(message) = stream.message().await.unwrap() {
                partners.extend(message.observations.into_iter().map(|own| own.partner));
            }
            assert_eq!(partners, expected);
        }
    })
    .await;
}

/// Two years of months with one partner, by code and in all.
fn months(partner: &str, times: i64) -> String {
    let mut csv = "partner,flow,period,commodity,value_usd,net_weight_kg\n".to_owned();
    for year in [2022, 2023] {
        for month in 1..=12 {
            for (flow, code, dollars) in [
                ("X", "270111", 100 + month),
                ("X", "850110", 30),
                ("M", "270111", 5),
                ("X", "TOTAL", 200),
                ("M", "TOTAL", 40),
            ] {
                let dollars = dollars * times;
                writeln!(
                    csv,
                    "{partner},{flow},{year}-{month:02},{code},{dollars},{dollars}"
                )
                .unwrap();
            }
        }
    }
    csv
}

/// The answers to questions about two parties.
async fn answers(caller: &Caller) -> Vec<String> {
    let mut shown = Vec::new();
    for (method, reporter) in [
        (TurnoverMethod::AsReportedBy, "UZ"),
        (TurnoverMethod::ExportsOfBoth, ""),
    ] {
        for granularity in [Granularity::Year, Granularity::Month] {
            let levels = [
                CommodityLevel::Unspecified,
                CommodityLevel::Chapter,
                CommodityLevel::Heading,
            ];
            for level in levels {
                let is_whole = level == CommodityLevel::Unspecified;
                let request = QuerySeriesRequest {
                    parent: PARENT.to_owned(),
                    granularity: granularity as i32,
                    turnover_method: method as i32,
                    reporter: reporter.to_owned(),
                    group_by: if is_whole {
                        vec![]
                    } else {
                        vec![SeriesDimension::Commodity as i32]
                    },
                    commodity_level: level as i32,
                    ..QuerySeriesRequest::default()
                };
                let answer = caller.query(request).await.unwrap();
                shown.push(format!("{answer:?}"));
            }
        }
        for level in [CommodityLevel::Chapter, CommodityLevel::Subheading] {
            let request = QueryBreakdownRequest {
                parent: PARENT.to_owned(),
                period: "2023".to_owned(),
                turnover_method: method as i32,
                reporter: reporter.to_owned(),
                dimension: SeriesDimension::Commodity as i32,
                commodity_level: level as i32,
                ..QueryBreakdownRequest::default()
            };
            let answer = caller.trade.clone().query_breakdown(request).await;
            shown.push(format!("{:?}", answer.unwrap().into_inner()));
        }
    }
    let request = ReconcileMirrorRequest {
        parent: PARENT.to_owned(),
        granularity: Granularity::Quarter as i32,
        ..ReconcileMirrorRequest::default()
    };
    let answer = caller
        .reconciliation
        .clone()
        .reconcile_mirror(request)
        .await;
    shown.push(format!("{:?}", answer.unwrap().into_inner()));
    let request = ListMirrorCellsRequest {
        parent: PARENT.to_owned(),
        period: "2023".to_owned(),
        commodity_level: CommodityLevel::Subheading as i32,
        ..ListMirrorCellsRequest::default()
    };
    let answer = caller
        .reconciliation
        .clone()
        .list_mirror_cells(request)
        .await;
    shown.push(format!("{:?}", answer.unwrap().into_inner()));
    shown
}

#[tokio::test]
async fn no_question_about_two_parties_takes_in_the_world() {
    on_each_engine(async |bureau| {
        let by_code = |release: Release| Release {
            hs_edition: HsEdition::H6 as i32,
            ..release
        };
        bureau
            .publish("uz", by_code(covering(&["KZ"])), &months("KZ", 1))
            .await;
        let theirs = by_code(release("KZ", "2024-01-01"));
        bureau.publish("kz", theirs, &months("UZ", 2)).await;
        let before = answers(&bureau.reader).await;
        assert!(
            before
                .iter()
                .all(|answer| answer.contains("value_cents: Some("))
        );
        let mut both = months("KZ", 1);
        let world_rows = months("W0", 7);
        both.extend(world_rows.lines().skip(1).flat_map(|line| [line, "\n"]));
        bureau
            .publish(
                "w-uz",
                partly("UZ", HsEdition::H6, "2024-01-02"),
                &world_rows,
            )
            .await;
        bureau
            .publish(
                "w-kz",
                partly("KZ", HsEdition::H6, "2024-01-02"),
                &months("W0", 9),
            )
            .await;
        bureau
            .publish(
                "w",
                partly("W0", HsEdition::H6, "2024-01-02"),
                &months("W0", 99),
            )
            .await;
        let after = answers(&bureau.reader).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after);
        }
        // The same in one release with the figures of the pair: only its name is another.
        let one = by_code(covering(&["KZ", "W0"]));
        let one = Release {
            publish_time: Some(crate::bureau::at("2024-01-03")),
            ..one
        };
        bureau.publish("one", one, &both).await;
        let after = answers(&bureau.reader).await;
        let name = |text: &str| {
            text.replace("releases/one", "releases/uz").replace(
                &format!("{:?}", crate::bureau::at("2024-01-03")),
                &format!("{:?}", crate::bureau::at("2024-01-01")),
            )
        };
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, &name(after));
        }
    })
    .await;
}

#[tokio::test]
async fn figures_of_the_world_are_no_partys_own_and_say_where_they_are_from() {
    on_each_engine(async |bureau| {
        let all = || world("W0", HsEdition::H6, "2024-01-01");
        // Any editor may bring them in.
        for (id, editor) in [("by-uz", &bureau.uz), ("by-kz", &bureau.kz)] {
            editor.create(id, all()).await.unwrap();
        }
        let refused = bureau.reader.create("by-reader", all()).await;
        assert_fault(refused, Code::PermissionDenied, "ROLE_REQUIRED");
        let refused = bureau.operator.create("by-operator", all()).await;
        assert_fault(refused, Code::PermissionDenied, "ROLE_REQUIRED");
        // The other party's editor may go on with what one has begun; a reader sees nothing of it before.
        let csv = "flow,period,value_usd\nX,2022,1\n";
        let name = format!("{PARENT}/releases/by-uz");
        bureau.kz.upload(header(&name, "all"), csv).await.unwrap();
        let refused = bureau.reader.observations(&name).await;
        assert_fault(refused, Code::PermissionDenied, "ROLE_REQUIRED");
        assert_eq!(bureau.uz.observations(&name).await.unwrap().len(), 1);
        bureau.kz.publish(&name).await.unwrap();
        let found = bureau.reader.observations(&name).await.unwrap();
        assert_eq!(
            (found[0].reporter.as_str(), found[0].partner.as_str()),
            ("W0", "W0")
        );
        // A party's own figures are its own agencies' as before.
        let refused = bureau
            .kz
            .create("of-uz", world("UZ", HsEdition::H6, "2024-01-01"))
            .await;
        assert_fault(refused, Code::PermissionDenied, "PARTY_MISMATCH");

        let silent = Release {
            source_uri: String::new(),
            ..all()
        };
        let refused = bureau.uz.create("silent", silent).await;
        assert_violations(refused, &[("release.source_uri", "FIELD_REQUIRED")]);
        let mut other = all();
        other.coverage.as_mut().unwrap().partners = vec!["W0".to_owned(), "KZ".to_owned()];
        let refused = bureau.uz.create("other", other).await;
        assert_violations(
            refused,
            &[("release.coverage.partners[1]", "FIELD_INVALID")],
        );
        let mut group = world("UZ", HsEdition::H6, "2024-01-01");
        group.coverage.as_mut().unwrap().partners = vec!["W1".to_owned()];
        let refused = bureau.uz.create("group", group).await;
        assert_violations(
            refused,
            &[("release.coverage.partners[0]", "COUNTRY_INVALID")],
        );
        // The world has no regions.
        let name = format!("{PARENT}/releases/by-kz");
        let csv = "flow,period,region,value_usd\nX,2022,W0-1,1\n";
        let refused = bureau.kz.upload(header(&name, "regions"), csv).await;
        let refused = refused.map(|import: v1::Import| import.name);
        assert_fault(refused, Code::InvalidArgument, "IMPORT_ROWS_INVALID");
    })
    .await;
}
