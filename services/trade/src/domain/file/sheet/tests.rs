//! Files of every format, read into figures.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    cell::Flow,
    decimal,
    file::source::Source,
    observation::Qualifier,
    period::{Window, YEARS, tests::any_period},
    release::tests::release,
};

fn publication() -> Publication {
    release("r", "UZ", "2024-01-01").publication
}

fn reading(format: Format) -> Reading {
    let is_siat = format.is_siat();
    Reading {
        format,
        flow: is_siat.then_some(Flow::Export),
        unit_mult: (format == Format::SiatCsv).then_some(3),
        cumulative: None,
    }
}

fn read_as(
    reading: Reading,
    publication: Publication,
    text: &[u8],
) -> Result<Vec<Entry>, Vec<Problem>> {
    let mut sheet = Sheet::new(publication, reading, &[], Timestamp::UNIX_EPOCH)?;
    let mut source = Source::resume(reading.format, 0, 0, &[]);
    let mut rest = text;
    let mut entries = Vec::new();
    while let Some(record) = source.read(&mut rest) {
        entries.push(sheet.take(&record)?);
    }
    if let Some(record) = source.finish() {
        entries.push(sheet.take(&record)?);
    }
    Ok(entries)
}

fn read(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
    read_as(Reading::CSV, publication(), text.as_bytes())
}

/// The entries that are neither header nor blank, as one line each.
fn summary(entries: &[Entry]) -> Vec<String> {
    let figure = |figure: &Observation| {
        let value = figure
            .value_cents
            .map_or("-".to_owned(), |cents| decimal::dollars(cents).to_string());
        let weight = figure
            .net_weight_grams
            .map_or(String::new(), |grams| format!(" {grams}g"));
        format!("{} = {value}{weight}", figure.cell)
    };
    let reasons = |problems: &[Problem]| -> Vec<String> {
        problems
            .iter()
            .map(|problem| {
                format!(
                    "{}:{} {}",
                    problem.line,
                    problem.column,
                    problem.reason.as_str()
                )
            })
            .collect()
    };
    entries
        .iter()
        .flat_map(|entry| match entry {
            Entry::Blank | Entry::Preamble | Entry::Header(_) => Vec::new(),
            Entry::Figure(read) => vec![figure(read)],
            Entry::Doubtful(read, doubts) => {
                vec![format!("{} ? {}", figure(read), reasons(doubts).join(" "))]
            }
            Entry::BadRow(problems) => vec![format!("bad {}", reasons(problems).join(" "))],
            Entry::LeftOut(reason) => vec![format!("left out {}", reason.as_str())],
            Entry::Several(entries) => summary(entries),
        })
        .collect()
}

#[test]
fn blank_lines_mean_nothing_and_bad_rows_are_told_from_good_ones() {
    let entries = read("\nflow,period,value_usd\n\nX,2022,1.5\nX,2022\n").unwrap();
    let header = Entry::Header(Vec::new());
    assert_eq!(entries[..3], [Entry::Blank, header, Entry::Blank]);
    assert!(matches!(&entries[3], Entry::Figure(figure) if figure.value_cents == Some(150)));
    assert!(matches!(&entries[4], Entry::BadRow(problems) if problems[0].line == 5));
}

#[test]
fn without_a_time_of_publication_periods_must_have_begun_by_tomorrow() {
    let mut publication = publication();
    publication.published = None;
    let now = "2026-11-29T12:00:00Z".parse().unwrap();
    let mut sheet = Sheet::new(publication, Reading::CSV, &[], now).unwrap();
    let mut source = Source::resume(Format::Csv, 0, 0, &[]);
    let mut csv =
        b"flow,period,value_usd\nX,2026-10,1\nX,2026-11,1\nX,2026-12,1\nX,2027,1\n".as_slice();
    let mut read = Vec::new();
    while let Some(record) = source.read(&mut csv) {
        read.push(sheet.take(&record).unwrap());
    }
    // November ends on the day after tomorrow at the latest.
    assert!(matches!(read[1], Entry::Figure(_)));
    assert!(matches!(read[2], Entry::Figure(_)));
    for entry in &read[3..] {
        assert!(matches!(entry, Entry::BadRow(found) if found[0].reason == Reason::PeriodInFuture));
    }
}

#[test]
fn a_bad_header_line_ends_the_reading() {
    assert_eq!(read("flow,value_usd\nX,1\n").unwrap_err().len(), 1);
    for (format, problems) in [
        (Format::Csv, 3),
        (Format::SdmxCsv, 1),
        (Format::ComtradeCsv, 1),
        (Format::SiatCsv, 1),
        (Format::SiatJson, 1),
    ] {
        let sheet = Sheet::new(publication(), reading(format), &[], Timestamp::UNIX_EPOCH);
        assert_eq!(sheet.unwrap().missing_header().len(), problems);
    }
}

#[test]
fn weight_without_value_and_unfinished_periods_are_doubtful() {
    let csv = "flow,period,value_usd,net_weight_kg\nX,2022,0,5\nX,2024,1,\nM,2022,0,0\n";
    assert_eq!(
        summary(&read(csv).unwrap()),
        [
            "EXPORT KZ TOTAL  2022 = 0.00 5000g ? 2:3 ZERO_VALUE_WITH_WEIGHT",
            "EXPORT KZ TOTAL  2024 = 1.00 ? 3:2 PERIOD_NOT_ENDED",
            "IMPORT KZ TOTAL  2022 = 0.00 0g",
        ]
    );
}

const SDMX: &str = "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA: Area,COUNTERPART_AREA,TRADE_FLOW,COMMODITY,HS_EDITION,\
    TIME_PERIOD,OBS_VALUE,UNIT_MULT,UNIT_MEASURE,OBS_STATUS,NET_WEIGHT,COLOUR\n\
    dataflow,A:B(1.0),I,A: Annual,UZ: Uzbekistan,KAZ,X: Exports,_T: Total,_Z,2022,1.5,6: Millions,USD: Dollar,A,,red\n\
    dataflow,A:B(1.0),A,M,860,398,M,0101,H6,2022-M03,1234.567,,USD,P,12.5,\n\
    dataflow,A:B(1.0),,Q,UZB,KZ,X,27,H6,2022-Q1,NaN,,,Q,,\n\
    dataflow,A:B(1.0),M,M,UZ,KZ,X,27,H6,2022-01-01/P3M,1E3,,,A,,\n\
    dataflow,A:B(1.0),I,A,KZ,UZ,X,27,H6,2022,1,,,A,,\n\
    dataflow,A:B(1.0),I,A,UZ,W0,X,27,H6,2022,1,,,A,,\n\
    dataflow,A:B(1.0),I,A,UZ,TM,X,27,H6,2022,1,,,A,,\n\
    dataflow,A:B(1.0),D,A,UZ,KZ,X,27,H6,2022,1,,KZT,A,,\n\
    dataflow,A:B(1.0),I,A,UZ,KZ,X,27,H6,2022-03,1,,,A,,\n\
    dataflow,A:B(1.0),I,A,UZ,kz,sold,27,H6,2022,\"1,5\",,,A,,\n";

#[test]
fn sdmx_csv_is_read_by_its_concepts() {
    let entries = read_as(reading(Format::SdmxCsv), publication(), SDMX.as_bytes()).unwrap();
    let ignored = matches!(&entries[0], Entry::Header(doubts)
        if doubts.len() == 1 && doubts[0].column == 16 && doubts[0].reason == Reason::ColumnIgnored);
    assert!(ignored, "{:?}", entries[0]);
    assert_eq!(
        summary(&entries),
        [
            "EXPORT KZ TOTAL  2022 = 1500000.00",
            "IMPORT KZ 0101@H6  2022-03 = 1234.57 12500g",
            "EXPORT KZ 27@H6  2022-Q1 = -",
            "EXPORT KZ 27@H6  2022-01/2022-03 = 1000.00",
            "left out OTHER_REPORTER",
            "left out OTHER_PARTNER",
            "left out OTHER_PARTNER",
            "bad 9:3 ACTION_INVALID 9:13 UNIT_INVALID",
            "bad 10:10 PERIOD_INVALID",
            "bad 11:6 PARTNER_INVALID 11:7 FLOW_INVALID 11:11 VALUE_HAS_SEPARATORS",
        ]
    );
    let Entry::Figure(rounded) = &entries[2] else {
        panic!("{:?}", entries[2])
    };
    assert_eq!(rounded.precision.qualifier, Qualifier::Rounded);
    assert_eq!(rounded.precision.unit_cents, 1);
}

#[test]
fn sdmx_csv_without_flow_needs_one_said() {
    let csv = b"DATAFLOW,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),2022,5\n";
    let refused = read_as(reading(Format::SdmxCsv), publication(), csv).unwrap_err();
    assert_eq!(refused[0].reason, Reason::MissingColumn);
    let said = Reading {
        flow: Some(Flow::Import),
        ..reading(Format::SdmxCsv)
    };
    let read = read_as(said, publication(), csv).unwrap();
    assert_eq!(summary(&read), ["IMPORT KZ TOTAL  2022 = 5.00"]);
    let twice = b"STRUCTURE,TIME_PERIOD,OBS_VALUE,TRADE_FLOW,OBS_VALUE: Value\n";
    let refused = read_as(reading(Format::SdmxCsv), publication(), twice).unwrap_err();
    assert_eq!(
        (refused[0].column, refused[0].reason),
        (5, Reason::DuplicateColumn)
    );
}

const COMTRADE_HEADER: &str = "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,\
    reporterDesc,flowCode,flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,\
    classificationCode,classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,\
    customsCode,customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,\
    altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,\
    isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate";

/// A row of a web download: with a comma at its end, and descriptions in Latin-1.
fn comtrade(
    [freq, period, reporter, flow, partner]: [&str; 5],
    [partner2, code, level, customs, mode]: [&str; 5],
    [weight, cif, fob, primary]: [&str; 4],
) -> Vec<u8> {
    let mut row = format!(
        "C,{freq},20220101,2022,52,{period},{reporter},UZB,Uzbekistan,{flow},Trade,{partner},,C"
    )
    .into_bytes();
    row.extend(b"\xf4te d'Ivoire");
    row.extend(
        format!(
            ",{partner2},W00,World,H6,HS,1,{code},\"Goods, all\",{level},0,{customs},All,0,{mode},All,8,kg,5,0,\
             -1,N/A,0,0,{weight},0,0,0,{cif},{fob},{primary},0,0,1,\n"
        )
        .bytes(),
    );
    row
}

fn comtrade_file(rows: &[Vec<u8>]) -> Vec<u8> {
    let mut file = format!("\u{feff}{COMTRADE_HEADER}\n").into_bytes();
    file.extend(rows.concat());
    file
}

#[test]
fn comtrade_downloads_are_read_with_their_defects() {
    let total = ["0", "TOTAL", "0", "C00", "0"];
    let heading = |code: &'static str, level: &'static str| ["0", code, level, "C00", "0"];
    let export = ["A", "2022", "860", "X", "398"];
    let import = ["A", "2022", "860", "M", "398"];
    let rows = [
        comtrade(export, total, ["0", "0", "1234.5", "1234.5"]),
        comtrade(
            import,
            total,
            ["1.5E3", "37214.49599999999", "", "37214.49599999999"],
        ),
        comtrade(export, heading("101", "4"), ["12.0", "", "5.25", "5.25"]),
        comtrade(import, heading("27", "2"), ["", "0", "7", "7"]),
        comtrade(["M", "202203", "860", "X", "398"], total, ["", "", "", "9"]),
        comtrade(["A", "2022", "398", "X", "860"], total, ["", "", "", "9"]),
        comtrade(["A", "2022", "860", "X", "0"], total, ["", "", "", "9"]),
        comtrade(["A", "2022", "860", "DX", "398"], total, ["", "", "", "9"]),
        comtrade(export, ["156", "TOTAL", "0", "C00", "0"], ["", "", "", "9"]),
        comtrade(export, ["0", "TOTAL", "0", "C01", "0"], ["", "", "", "9"]),
        comtrade(
            export,
            ["0", "TOTAL", "0", "C00", "2100"],
            ["", "", "", "9"],
        ),
        comtrade(export, heading("AG2", "2"), ["", "", "", "9"]),
        comtrade(export, heading("27011100", "8"), ["", "", "", "9"]),
        comtrade(export, heading("27", "4"), ["", "", "", "9"]),
        comtrade(export, heading("28", "2"), ["", "", "", ""]),
        comtrade(["M", "2022", "860", "X", "398"], total, ["", "", "", "9"]),
        b"C,A,2022\n".to_vec(),
    ];
    let file = comtrade_file(&rows);
    let entries = read_as(reading(Format::ComtradeCsv), publication(), &file).unwrap();
    assert_eq!(
        summary(&entries),
        [
            "EXPORT KZ TOTAL  2022 = 1234.50",
            "IMPORT KZ TOTAL  2022 = 37214.50 1500000g",
            "EXPORT KZ 0101@H6  2022 = 5.25 12000g ? 4:21 CODE_REPAIRED",
            "IMPORT KZ 27@H6  2022 = 7.00 ? 5:44 VALUATION_DIFFERS",
            "EXPORT KZ TOTAL  2022-03 = 9.00",
            "left out OTHER_REPORTER",
            "left out OTHER_PARTNER",
            "left out OTHER_FLOW",
            "left out NOT_A_TOTAL",
            "left out NOT_A_TOTAL",
            "left out NOT_A_TOTAL",
            "left out AGGREGATE",
            "left out AGGREGATE",
            "bad 15:21 COMMODITY_INVALID",
            "bad 16:44 VALUE_REQUIRED",
            "bad 17:6 PERIOD_INVALID",
            "bad 18:0 FIELD_COUNT_INVALID",
        ]
    );
}

#[test]
fn what_the_release_does_not_cover_of_a_foreign_file_is_left_out() {
    let mut narrow = publication();
    narrow.coverage.flows = vec![Flow::Export];
    narrow.coverage.windows = vec![Window::Year];
    let total = ["0", "TOTAL", "0", "C00", "0"];
    let rows = [
        comtrade(["A", "2022", "860", "M", "398"], total, ["", "", "", "9"]),
        comtrade(["M", "202203", "860", "X", "398"], total, ["", "", "", "9"]),
        comtrade(["A", "2022", "860", "X", "398"], total, ["", "", "", "9"]),
    ];
    let file = comtrade_file(&rows);
    let entries = read_as(reading(Format::ComtradeCsv), narrow, &file).unwrap();
    assert_eq!(
        summary(&entries),
        [
            "left out OTHER_FLOW",
            "left out OTHER_PERIOD",
            "EXPORT KZ TOTAL  2022 = 9.00",
        ]
    );
}

const SIAT: &str = "\u{feff}Code,Klassifikator,Klassifikator_ru,Klassifikator_en,Klassifikator_uzc,2021,2022,2023\n\
    004,Afg'oniston,Афганистан,Afghanistan,,1.0,2.0,3.0\n\
    0,Boshqa mamlakatlar,Другие страны,Other countries,,5,5,5\n\
    398,Qozog'iston,Казахстан,Kazakhstan,Қозоғистон,1178376.75,,much\n\
    398,Qozog'iston,Казахстан,Kazakhstan\n";

#[test]
fn a_siat_table_has_a_figure_in_each_column_of_a_period() {
    let entries = read_as(reading(Format::SiatCsv), publication(), SIAT.as_bytes()).unwrap();
    assert_eq!(
        summary(&entries),
        [
            "left out OTHER_PARTNER",
            "left out OTHER_PARTNER",
            "EXPORT KZ TOTAL  2021 = 1178376750.00",
            "left out EMPTY_CELL",
            "bad 4:8 VALUE_INVALID",
            "bad 5:0 FIELD_COUNT_INVALID",
        ]
    );
    let Entry::Several(figures) = &entries[3] else {
        panic!("{:?}", entries[3])
    };
    let Entry::Figure(figure) = &figures[0] else {
        panic!("{figures:?}")
    };
    assert_eq!((figure.line, figure.column), (4, 6));
    assert_eq!(figure.precision.qualifier, Qualifier::Rounded);
    // A hundredth of a thousand dollars.
    assert_eq!(figure.precision.unit_cents, 1_000);
    assert_eq!(figure.as_published, "1178376.75 thousand USD");
}

#[test]
fn columns_of_months_need_to_be_said_cumulative_or_not() {
    let table = "Code,Klassifikator,2024-М01,2023-M12,2023-Q2\n398,Q,1,2,3\n".as_bytes();
    let problems = read_as(reading(Format::SiatCsv), publication(), table).unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|problem| (problem.column, problem.reason))
        .collect();
    let expected = [3, 4, 5].map(|column| (column, Reason::PeriodInvalid));
    assert_eq!(places, expected);
    let read = |cumulative| {
        let reading = Reading {
            cumulative: Some(cumulative),
            ..reading(Format::SiatCsv)
        };
        summary(&read_as(reading, publication(), table).unwrap())
    };
    assert_eq!(read(false)[1], "EXPORT KZ TOTAL  2023-12 = 2000.00");
    assert_eq!(read(false)[2], "EXPORT KZ TOTAL  2023-Q2 = 3000.00");
    assert_eq!(read(true)[1], "EXPORT KZ TOTAL  2023-01/2023-12 = 2000.00");
    assert_eq!(read(true)[2], "EXPORT KZ TOTAL  2023-01/2023-06 = 3000.00");
    for header in ["Code,2022,total\n", "Kod,2022\n", "Code,Klassifikator\n"] {
        assert!(read_as(reading(Format::SiatCsv), publication(), header.as_bytes()).is_err());
    }
}

fn siat_json(unit: &str) -> String {
    format!(
        "[{{\"metadata\":[{{\"name_en\":\"Unit of measurement\",\"value_en\":\"{unit}\"}}],\"data\":[\
         {{\"Code\":\"398\",\"Klassifikator_en\":\"Kazakhstan\",\"2021\":1178.5,\"2022\":null}},\
         {{\"Code\":\"0\",\"2021\":1}},{{\"2021\":1}},{{\"Code\":[]}}]}}]"
    )
}

#[test]
fn a_siat_json_counts_in_the_unit_that_it_states() {
    let read = |unit: &str, unit_mult| {
        let reading = Reading {
            unit_mult,
            ..reading(Format::SiatJson)
        };
        read_as(reading, publication(), siat_json(unit).as_bytes())
    };
    for unit in ["thousand US dollars", "тыс. долл. США", "ming AQSh dollari"] {
        assert_eq!(
            summary(&read(unit, None).unwrap()),
            [
                "EXPORT KZ TOTAL  2021 = 1178500.00",
                "left out EMPTY_CELL",
                "left out OTHER_PARTNER",
                "bad 4:0 MISSING_COLUMN",
                "bad 5:0 JSON_INVALID",
            ]
        );
    }
    let millions = summary(&read("mln. US dollars", Some(6)).unwrap());
    assert_eq!(millions[0], "EXPORT KZ TOTAL  2021 = 1178500000.00");
    assert!(read("", Some(3)).is_ok());
    for (unit, unit_mult) in [
        ("Percent", Some(3)),
        ("mln. US dollars", Some(3)),
        ("", None),
    ] {
        let problems = read(unit, unit_mult).unwrap_err();
        assert_eq!(problems[0].reason, Reason::UnitInvalid, "{unit}");
    }
    let broken = read_as(reading(Format::SiatJson), publication(), b"flow,period\n");
    assert_eq!(broken.unwrap_err()[0].reason, Reason::JsonInvalid);
}

/// All formats with a file of each.
fn files() -> Vec<(Reading, Vec<u8>)> {
    let total = ["0", "TOTAL", "0", "C00", "0"];
    let export = ["A", "2022", "860", "X", "398"];
    vec![
        (
            Reading::CSV,
            b"flow,period,value_usd\nX,2022,1\nsold,2022,1\nM,2022,2".to_vec(),
        ),
        (reading(Format::SdmxCsv), SDMX.as_bytes().to_vec()),
        (
            reading(Format::ComtradeCsv),
            comtrade_file(&[
                comtrade(export, total, ["0", "0", "1.5", "1.5"]),
                comtrade(export, ["0", "101", "4", "", ""], ["", "", "", "2"]),
            ]),
        ),
        (reading(Format::SiatCsv), SIAT.as_bytes().to_vec()),
        (
            reading(Format::SiatJson),
            siat_json("thousand US dollars").into_bytes(),
        ),
    ]
}

proptest! {
    #[test]
    fn going_on_behind_any_record_gives_the_rest(file in 0_usize..5, stop in 0_usize..12) {
        let (reading, bytes) = files().swap_remove(file);
        let mut source = Source::resume(reading.format, 0, 0, &[]);
        let mut sheet = Sheet::new(publication(), reading, &[], Timestamp::UNIX_EPOCH).unwrap();
        let mut rest = bytes.as_slice();
        let mut is_first = true;
        let mut count = 0;
        let mut whole = Vec::new();
        let mut again: Option<(Source, Sheet, &[u8], Vec<Entry>)> = None;
        loop {
            let record = source.read(&mut rest);
            let is_end = record.is_none();
            let Some(record) = record.or_else(|| source.finish()) else {
                break;
            };
            let entry = sheet.take(&record).unwrap();
            if entry != Entry::Preamble {
                whole.push(entry.clone());
                if is_first && count == stop && !is_end {
                    if let Source::Objects(reader) = &source {
                        sheet.set_in_list(reader.is_in_list());
                    }
                    let memory = sheet.memory();
                    let (bytes_read, lines) = (record.end_bytes, record.end_lines);
                    let behind = &bytes[usize::try_from(bytes_read).unwrap()..];
                    let source = Source::resume(reading.format, bytes_read, lines, &memory);
                    let sheet = Sheet::new(publication(), reading, &memory, Timestamp::UNIX_EPOCH);
                    again = Some((source, sheet.unwrap(), behind, whole.clone()));
                    is_first = false;
                }
                count += 1;
            }
            if is_end {
                break;
            }
        }
        if let Some((mut source, mut sheet, mut rest, mut entries)) = again {
            while let Some(record) = source.read(&mut rest) {
                entries.push(sheet.take(&record).unwrap());
            }
            if let Some(record) = source.finish() {
                entries.push(sheet.take(&record).unwrap());
            }
            prop_assert_eq!(entries, whole);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_in_every_format(
        file in 0_usize..5,
        place in 0_usize..2_000,
        noise in proptest::collection::vec(any::<u8>(), 0..6),
    ) {
        let (reading, mut bytes) = files().swap_remove(file);
        let place = place.min(bytes.len());
        bytes.splice(place..place, noise);
        let _ = read_as(reading, publication(), &bytes);
    }

    #[test]
    fn our_csv_and_the_same_as_sdmx_csv_have_the_same_cells(
        flow in prop_oneof![Just("X"), Just("M"), Just("RX"), Just("turnover")],
        period in any_period(YEARS),
        code in prop_oneof![Just("TOTAL".to_owned()), "[0-9]{2}", "[0-9]{4}", "[0-9]{6}"],
        edition in 0..=6,
        value in proptest::option::of(0..=decimal::MAX_CENTS),
        weight in proptest::option::of(0..=decimal::MAX_CENTS),
        rounded in proptest::option::of(1..=decimal::MAX_CENTS),
        words in "[a-z ,\"]{0,12}",
    ) {
        let mut publication = publication();
        publication.published = Some(("2201-01-01T00:00:00Z".parse().unwrap(), crate::domain::release::PublishBasis::Stated));
        let value = value.map_or(String::new(), |cents| decimal::dollars(cents).to_string());
        let status = if value.is_empty() { "Q" } else { "P" };
        let weight = weight.map_or(String::new(), |units| decimal::Decimal { units, digits: 3 }.to_string());
        let (qualifier, unit) = rounded.map_or(("exact", String::new()), |cents| {
            ("rounded", decimal::dollars(cents).to_string())
        });
        let words = words.trim().replace('"', "\"\"");
        let range = match period.window() {
            Window::JanuaryToMonth => format!("{:04}-01-01/P{}M", period.year(), period.last_month()),
            _ => period.to_string(),
        };
        let rest = format!("{code},H{edition},,{value},{weight},{status},{qualifier},{unit},\"{words}\"");
        let own = format!(
            "reporter,partner,flow,period,commodity,hs_edition,region,value_usd,net_weight_kg,status,qualifier,\
             rounded_to_usd,as_published\nUZ,KZ,{flow},{period},{rest}\n"
        );
        let sdmx = format!(
            "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,COUNTERPART_AREA,TRADE_FLOW,TIME_PERIOD,COMMODITY,HS_EDITION,REGION,\
             OBS_VALUE,NET_WEIGHT_KG,OBS_STATUS,QUALIFIER,ROUNDED_TO_USD,AS_PUBLISHED\n\
             datastructure,X:Y(1.0),I,UZ,KZ,{flow},{range},{rest}\n"
        );
        let own = read_as(Reading::CSV, publication.clone(), own.as_bytes()).unwrap();
        let sdmx = read_as(reading(Format::SdmxCsv), publication, sdmx.as_bytes()).unwrap();
        prop_assert!(matches!(own[1], Entry::Figure(_)), "{:?}", own[1]);
        prop_assert_eq!(&own[1..], &sdmx[1..]);
    }
}
