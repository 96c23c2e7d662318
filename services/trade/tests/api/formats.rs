//! Files of foreign formats: what becomes of them, and what of their rows is left out.

use accord_proto::trade::v1::{
    Flow, Import, ImportFormat, ImportHeader, Observation, Qualifier, Release, Window, import,
    import_observations_request::Part,
};
use tonic::Code;

use crate::{
    bureau::{Bureau, header, on_each_engine, release},
    errors::{assert_fault, assert_violations},
};

const SDMX: &str = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,TRADE_FLOW,COMMODITY,HS_EDITION,TIME_PERIOD,\
    OBS_VALUE,UNIT_MULT,UNIT_MEASURE,OBS_STATUS,NET_WEIGHT_KG,COLOUR\n\
    dataflow,X:TRADE(1.0),I,A,UZ,KAZ,X,_T,_Z,2022,1407.5475,6,USD,A,,red\n\
    dataflow,X:TRADE(1.0),I,M,UZ,398,M,0101,H6,2022-03,1234.567,0,USD,P,12.5,\n\
    dataflow,X:TRADE(1.0),I,M,UZ,KZ,X,27,H6,2022-01-01/P3M,,,USD,Q,,\n\
    dataflow,X:TRADE(1.0),I,A,UZ,W0,X,_T,_Z,2022,9,9,USD,A,,\n\
    dataflow,X:TRADE(1.0),I,A,KZ,UZ,X,_T,_Z,2022,9,9,USD,A,,\n";

/// A row is longer than the header line by an empty field, and its description is in Latin-1.
const COMTRADE: &[u8] = b"\xef\xbb\xbftypeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,\
flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,\
classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,mosCode,\
motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,\
isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate\n\
C,A,20220101,2022,52,2022,860,UZB,Uzbekistan,X,Export,398,KAZ,C\xf4te,0,W00,World,H6,HS,1,TOTAL,All,0,0,C00,All,0,0,All,-1,,0,0,-1,,0,0,0,0,0,0,0,1407547500.5,1407547500.5,0,0,1,\n\
C,A,20220101,2022,52,2022,860,UZB,Uzbekistan,X,Export,398,KAZ,C\xf4te,0,W00,World,H6,HS,1,101,Horses,4,0,C00,All,0,0,All,8,kg,5,0,-1,,0,0,12.5,0,0,0,,37214.49599999999,37214.49599999999,0,0,1,\n\
C,A,20220101,2022,52,2022,860,UZB,Uzbekistan,X,Export,398,KAZ,C\xf4te,0,W00,World,H6,HS,1,TOTAL,All,0,0,C00,All,0,2100,Sea,-1,,0,0,-1,,0,0,0,0,0,0,0,5,5,0,0,1,\n\
C,A,20220101,2022,52,2022,860,UZB,Uzbekistan,X,Export,0,W00,World,0,W00,World,H6,HS,1,TOTAL,All,0,0,C00,All,0,0,All,-1,,0,0,-1,,0,0,0,0,0,0,0,9,9,0,0,1,\n";

const SIAT: &str = "\u{feff}Code,Klassifikator,Klassifikator_ru,Klassifikator_en,2021,2022,2023\n\
    004,Afg'oniston,Афганистан,Afghanistan,1.0,2.0,3.0\n\
    0,Boshqa mamlakatlar,Другие страны,Other countries,5,5,5\n\
    398,Qozog'iston,Казахстан,Kazakhstan,1178376.7,1407547.5,\n";

const SIAT_JSON: &str = "[{\"metadata\":[{\"name_en\":\"Unit of measurement\",\"value_en\":\"thousand US dollars\"}],\n\
    \"data\":[{\"Code\":\"398\",\"Klassifikator\":\"Qozog'iston\",\"2024-\u{41c}01\":100.5,\"2024-\u{41c}02\":null},\n\
    {\"Code\":\"156\",\"2024-\u{41c}01\":9}]}]";

async fn staged(bureau: &Bureau, id: &str) -> Release {
    let created = bureau.uz.create(id, release("UZ", "2025-01-01")).await;
    created.unwrap()
}

fn of(release: &Release, format: ImportFormat, bytes: &[u8]) -> ImportHeader {
    let is_siat = matches!(format, ImportFormat::SiatCsv | ImportFormat::SiatJson);
    ImportHeader {
        format: format.into(),
        flow: if is_siat { Flow::Export.into() } else { 0 },
        unit_mult: (format == ImportFormat::SiatCsv).then_some(3),
        cumulative: (format == ImportFormat::SiatJson).then_some(true),
        total_bytes: i64::try_from(bytes.len()).unwrap(),
        ..header(&release.name, "all")
    }
}

fn cut(header: ImportHeader, bytes: &[u8], size: usize) -> Vec<Part> {
    let offset = usize::try_from(header.offset_bytes).unwrap();
    let chunks = bytes[offset..]
        .chunks(size)
        .map(|chunk| Part::Chunk(chunk.to_vec()));
    std::iter::once(Part::Header(header))
        .chain(chunks)
        .collect()
}

fn files() -> [(ImportFormat, &'static [u8]); 4] {
    [
        (ImportFormat::SdmxCsv, SDMX.as_bytes()),
        (ImportFormat::ComtradeCsv, COMTRADE),
        (ImportFormat::SiatCsv, SIAT.as_bytes()),
        (ImportFormat::SiatJson, SIAT_JSON.as_bytes()),
    ]
}

fn tallies(tallies: &[accord_proto::trade::v1::RowTally]) -> Vec<(&str, i64, i64)> {
    tallies
        .iter()
        .map(|tally| (tally.reason.as_str(), tally.count, tally.first_line))
        .collect()
}

async fn taken(
    bureau: &Bureau,
    id: &str,
    format: ImportFormat,
    bytes: &[u8],
) -> (Import, Vec<Observation>) {
    let release = staged(bureau, id).await;
    let parts = cut(of(&release, format, bytes), bytes, 37);
    let import = bureau.uz.send(parts).await.unwrap();
    assert_eq!(import.state(), import::State::Done);
    assert_eq!(import.format(), format);
    assert_eq!(bureau.uz.import(&import.name).await.unwrap(), import);
    (import, bureau.uz.observations(&release.name).await.unwrap())
}

#[tokio::test]
async fn sdmx_csv_is_taken_by_its_concepts() {
    on_each_engine(async |bureau| {
        let (import, figures) =
            taken(&bureau, "sdmx", ImportFormat::SdmxCsv, SDMX.as_bytes()).await;
        assert_eq!((import.accepted_count, import.left_out_count), (3, 2));
        let expected = [("OTHER_REPORTER", 1, 6), ("OTHER_PARTNER", 1, 5)];
        assert_eq!(tallies(&import.left_out), expected);
        assert_eq!(tallies(&import.suspicious), [("COLUMN_IGNORED", 1, 1)]);
        assert_eq!(import.suspicions[0].column_name, "COLOUR");
        let values: Vec<_> = figures.iter().map(|figure| figure.value_cents).collect();
        assert_eq!(values, [Some(140_754_750_000), Some(123_457), None]);
        assert_eq!(figures[1].commodity, "0101");
        assert_eq!(figures[1].net_weight_grams, Some(12_500));
        assert_eq!(figures[1].precision.as_ref().unwrap().unit_cents, 1);
        let period = figures[2].period.unwrap();
        assert_eq!((period.window(), period.month), (Window::JanuaryToMonth, 3));
    })
    .await;
}

#[tokio::test]
async fn a_comtrade_download_is_taken_with_its_defects() {
    on_each_engine(async |bureau| {
        let (import, figures) =
            taken(&bureau, "comtrade", ImportFormat::ComtradeCsv, COMTRADE).await;
        assert_eq!((import.accepted_count, import.left_out_count), (2, 2));
        let expected = [("OTHER_PARTNER", 1, 5), ("NOT_A_TOTAL", 1, 4)];
        assert_eq!(tallies(&import.left_out), expected);
        assert_eq!(tallies(&import.suspicious), [("CODE_REPAIRED", 1, 3)]);
        assert_eq!(figures[0].value_cents, Some(140_754_750_050));
        assert_eq!(figures[0].commodity, "TOTAL");
        assert_eq!(figures[1].commodity, "0101");
        assert_eq!(figures[1].value_cents, Some(3_721_450));
        assert_eq!(figures[1].net_weight_grams, Some(12_500));
    })
    .await;
}

#[tokio::test]
async fn a_siat_table_is_taken_for_the_partner_of_the_release() {
    on_each_engine(async |bureau| {
        let (import, figures) =
            taken(&bureau, "siat", ImportFormat::SiatCsv, SIAT.as_bytes()).await;
        assert_eq!((import.accepted_count, import.left_out_count), (2, 3));
        let expected = [("OTHER_PARTNER", 2, 2), ("EMPTY_CELL", 1, 4)];
        assert_eq!(tallies(&import.left_out), expected);
        assert_eq!((import.flow(), import.unit_mult), (Flow::Export, Some(3)));
        let places: Vec<_> = figures
            .iter()
            .map(|figure| (figure.line, figure.column))
            .collect();
        assert_eq!(places, [(4, 5), (4, 6)]);
        let precision = figures[1].precision.as_ref().unwrap();
        assert_eq!(figures[1].value_cents, Some(140_754_750_000));
        assert_eq!(precision.qualifier(), Qualifier::Rounded);
        assert_eq!(precision.unit_cents, 10_000);
        assert_eq!(precision.as_published, "1407547.5 thousand USD");
    })
    .await;
}

#[tokio::test]
async fn a_siat_json_says_its_unit_and_is_told_that_its_months_are_cumulative() {
    on_each_engine(async |bureau| {
        let (import, figures) = taken(
            &bureau,
            "json",
            ImportFormat::SiatJson,
            SIAT_JSON.as_bytes(),
        )
        .await;
        assert_eq!((import.accepted_count, import.left_out_count), (1, 2));
        assert_eq!(import.cumulative, Some(true));
        let period = figures[0].period.unwrap();
        assert_eq!((period.window(), period.month), (Window::JanuaryToMonth, 1));
        assert_eq!(figures[0].value_cents, Some(10_050_000));
    })
    .await;
}

#[tokio::test]
async fn what_a_file_does_not_say_the_header_must() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau, "staged").await;
        let send = |change: fn(&mut ImportHeader), format| {
            let mut header = of(&release, format, b"x");
            change(&mut header);
            bureau.uz.send(vec![Part::Header(header)])
        };
        let nothing = send(
            |header| (header.flow, header.unit_mult) = (0, None),
            ImportFormat::SiatCsv,
        );
        assert_violations(
            nothing.await,
            &[
                ("header.flow", "FIELD_REQUIRED"),
                ("header.unit_mult", "FIELD_REQUIRED"),
            ],
        );
        let too_much = send(
            |header| {
                header.flow = Flow::Export.into();
                header.unit_mult = Some(13);
                header.cumulative = Some(true);
                header.sha256 = vec![1];
            },
            ImportFormat::ComtradeCsv,
        );
        assert_violations(
            too_much.await,
            &[
                ("header.flow", "FIELD_INVALID"),
                ("header.unit_mult", "FIELD_INVALID"),
                ("header.unit_mult", "FIELD_INVALID"),
                ("header.cumulative", "FIELD_INVALID"),
                ("header.sha256", "FIELD_INVALID"),
            ],
        );
        let unknown = send(|header| header.format = 99, ImportFormat::Csv);
        assert_violations(unknown.await, &[("header.format", "FIELD_INVALID")]);
        let kazakh = bureau
            .kz
            .create("kazakh", crate::bureau::release("KZ", "2025-01-01"));
        let header = of(&kazakh.await.unwrap(), ImportFormat::SiatCsv, b"x");
        let foreign = bureau.kz.send(vec![Part::Header(header)]).await;
        assert_violations(foreign, &[("header.format", "FIELD_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn a_file_of_which_nothing_is_for_the_release_is_refused() {
    on_each_engine(async |bureau| {
        let table = SIAT.replace("398,", "643,");
        let release = staged(&bureau, "staged").await;
        let header = of(&release, ImportFormat::SiatCsv, table.as_bytes());
        let result = bureau.uz.send(cut(header, table.as_bytes(), 1_000)).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_NOTHING_TAKEN");
        assert_eq!(explained.metadata["OTHER_PARTNER"], "3");
        let import = bureau
            .uz
            .import(&explained.metadata["import"])
            .await
            .unwrap();
        assert_eq!(import.state(), import::State::Refused);
    })
    .await;
}

#[tokio::test]
async fn files_that_are_not_of_the_format_are_refused_as_a_whole() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau, "staged").await;
        for (format, _) in files() {
            let bytes = b"flow,period,value_usd\nX,2022,1\n";
            let header = ImportHeader {
                import_id: format!("as-{}", format as i32),
                ..of(&release, format, bytes)
            };
            let result = bureau.uz.send(cut(header, bytes, 1_000)).await;
            assert_fault(result, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
        }
        let half = &SIAT_JSON.as_bytes()[..SIAT_JSON.len() - 3];
        let result = bureau
            .uz
            .send(cut(of(&release, ImportFormat::SiatJson, half), half, 9))
            .await;
        assert_fault(result, Code::InvalidArgument, "IMPORT_COLUMNS_INVALID");
        assert!(
            bureau
                .uz
                .observations(&release.name)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_stream_of_any_format_can_be_cut_anywhere() {
    on_each_engine(async |bureau| {
        for (format, bytes) in files() {
            let id = format!("whole-{}", format as i32);
            let (whole, figures) = taken(&bureau, &id, format, bytes).await;
            for place in [3, bytes.len() / 3, bytes.len() / 2, bytes.len() - 5] {
                let id = format!("cut-{}-{place}", format as i32);
                let release = staged(&bureau, &id).await;
                let header = of(&release, format, bytes);
                let broken = bureau
                    .uz
                    .send(cut(header.clone(), &bytes[..place], 50))
                    .await
                    .unwrap();
                assert_eq!(broken.state(), import::State::Receiving);
                let rest = ImportHeader {
                    offset_bytes: broken.received_bytes,
                    ..header
                };
                let done = bureau.uz.send(cut(rest, bytes, 50)).await.unwrap();
                assert_eq!(
                    (
                        done.accepted_count,
                        &done.left_out,
                        &done.suspicious,
                        &done.suspicions
                    ),
                    (
                        whole.accepted_count,
                        &whole.left_out,
                        &whole.suspicious,
                        &whole.suspicions
                    ),
                    "{format:?} cut at {place}"
                );
                assert_eq!(
                    bureau.uz.observations(&release.name).await.unwrap(),
                    figures
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn other_bytes_than_announced_are_not_taken() {
    on_each_engine(async |bureau| {
        let csv = b"flow,period,value_usd\nX,2022,1\nX,2023,1\n";
        let release = staged(&bureau, "staged").await;
        let header = ImportHeader {
            sha256: sha256(csv),
            ..of(&release, ImportFormat::Csv, csv)
        };
        let broken = bureau
            .uz
            .send(cut(header.clone(), &csv[..35], 7))
            .await
            .unwrap();
        assert_eq!(broken.received_bytes, 31);
        let other_file = ImportHeader {
            sha256: sha256(b"other"),
            ..header.clone()
        };
        let result = bureau.uz.send(cut(other_file, csv, 7)).await;
        assert_fault(result, Code::InvalidArgument, "IMPORT_ID_REUSED");
        let rest = ImportHeader {
            offset_bytes: broken.received_bytes,
            ..header.clone()
        };
        let mut other_bytes = csv.to_vec();
        other_bytes[37] = b'9';
        let result = bureau.uz.send(cut(rest.clone(), &other_bytes, 7)).await;
        let explained = assert_fault(result, Code::InvalidArgument, "IMPORT_CONTENT_MISMATCH");
        let name = &explained.metadata["import"];
        assert!(
            bureau
                .uz
                .observations(&release.name)
                .await
                .unwrap()
                .is_empty()
        );
        bureau.uz.cancel(name).await.unwrap();
        let again = ImportHeader {
            import_id: "again".to_owned(),
            ..header
        };
        let broken = bureau
            .uz
            .send(cut(again.clone(), &csv[..35], 7))
            .await
            .unwrap();
        let rest = ImportHeader {
            offset_bytes: broken.received_bytes,
            ..again
        };
        let done = bureau.uz.send(cut(rest, csv, 7)).await.unwrap();
        assert_eq!(
            (done.state(), done.accepted_count),
            (import::State::Done, 2)
        );
    })
    .await;
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2_resumable::Digest as _;
    sha2_resumable::Sha256::digest(bytes).to_vec()
}

const DOUBTFUL: &str = "flow,period,commodity,value_usd,net_weight_kg\n\
    X,2022,TOTAL,100,\nX,2022,27,150,\nX,2022,2701,0,5\nX,2022-01,27,90,\nX,2022-02,27,70,\nX,2025,TOTAL,1,\n";

#[tokio::test]
async fn what_is_doubtful_is_taken_and_reported_with_its_line() {
    on_each_engine(async |bureau| {
        let mut coded = release("UZ", "2025-01-01");
        coded.hs_edition = 7;
        let created = bureau.uz.create("coded", coded).await.unwrap();
        let asked = ImportHeader {
            find_suspicious: true,
            ..of(&created, ImportFormat::Csv, DOUBTFUL.as_bytes())
        };
        let expected = [
            ("ZERO_VALUE_WITH_WEIGHT", 1, 4),
            ("PERIOD_NOT_ENDED", 1, 7),
            ("CODES_EXCEED_TOTAL", 1, 2),
            ("PERIODS_EXCEED_TOTAL", 1, 3),
        ];
        let rehearsal = ImportHeader {
            validate_only: true,
            ..asked.clone()
        };
        for header in [rehearsal, asked] {
            let done = bureau
                .uz
                .send(cut(header, DOUBTFUL.as_bytes(), 30))
                .await
                .unwrap();
            assert_eq!((done.accepted_count, done.suspicious_count), (6, 4));
            assert_eq!(tallies(&done.suspicious), expected);
            let places: Vec<_> = done
                .suspicions
                .iter()
                .map(|doubt| (doubt.line, doubt.column, doubt.reason.as_str()))
                .collect();
            assert_eq!(
                places,
                [
                    (4, 4, "ZERO_VALUE_WITH_WEIGHT"),
                    (7, 2, "PERIOD_NOT_ENDED"),
                    (2, 0, "CODES_EXCEED_TOTAL"),
                    (3, 0, "PERIODS_EXCEED_TOTAL"),
                ]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_can_be_checked_before_its_release_is_created() {
    on_each_engine(async |bureau| {
        let planned = ImportHeader {
            release: format!("{}/releases/planned", crate::bureau::PARENT),
            validate_only: true,
            new_release: Some(release("UZ", "2025-01-01")),
            ..of(&Release::default(), ImportFormat::SiatCsv, SIAT.as_bytes())
        };
        let send = |header| bureau.uz.send(cut(header, SIAT.as_bytes(), 100));
        let done = send(planned.clone()).await.unwrap();
        assert_eq!((done.accepted_count, done.left_out_count), (2, 3));
        let missing = bureau.uz.get(&planned.release).await;
        assert_fault(missing, Code::NotFound, "RESOURCE_NOT_FOUND");
        let unplanned = ImportHeader {
            new_release: None,
            ..planned.clone()
        };
        assert_fault(send(unplanned).await, Code::NotFound, "RESOURCE_NOT_FOUND");
        let real = ImportHeader {
            validate_only: false,
            ..planned.clone()
        };
        assert_violations(send(real).await, &[("header.new_release", "FIELD_INVALID")]);
        let foreign = bureau.kz.send(cut(planned, SIAT.as_bytes(), 100)).await;
        assert_fault(foreign, Code::PermissionDenied, "PARTY_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_finds_cells_that_stand_twice_far_apart() {
    on_each_engine(async |bureau| {
        let release = staged(&bureau, "staged").await;
        let mut csv = "flow,period,value_usd\n".to_owned();
        for year in 1900..2000 {
            for month in 1..=12 {
                for flow in ["X", "M", "RX", "RM"] {
                    csv.push_str(&format!("{flow},{year}-{month:02},1\n"));
                }
            }
        }
        csv.push_str("RM,1900-01,2\nM,1950-06,2\n");
        let rehearsal = ImportHeader {
            validate_only: true,
            skip_bad_rows: true,
            find_suspicious: true,
            ..of(&release, ImportFormat::Csv, csv.as_bytes())
        };
        let done = bureau
            .uz
            .send(cut(rehearsal, csv.as_bytes(), 9_000))
            .await
            .unwrap();
        assert_eq!((done.accepted_count, done.skipped_count), (4_800, 2));
        let reports: Vec<_> = done
            .reports
            .iter()
            .map(|report| (report.line, report.reason.as_str()))
            .collect();
        assert_eq!(
            reports,
            [(4_802, "DUPLICATE_CELL"), (4_803, "DUPLICATE_CELL")]
        );
    })
    .await;
}
