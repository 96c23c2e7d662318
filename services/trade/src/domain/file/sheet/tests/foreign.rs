//! Files of other agencies, read into figures.

use super::*;

pub(super) const SDMX: &str = "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA: Area,COUNTERPART_AREA,TRADE_FLOW,COMMODITY,HS_EDITION,\
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
pub(super) fn comtrade(
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

pub(super) fn comtrade_file(rows: &[Vec<u8>]) -> Vec<u8> {
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

pub(super) const SIAT: &str = "\u{feff}Code,Klassifikator,Klassifikator_ru,Klassifikator_en,Klassifikator_uzc,2021,2022,2023\n\
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

pub(super) fn siat_json(unit: &str) -> String {
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
