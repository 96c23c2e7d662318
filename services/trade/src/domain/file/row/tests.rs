//! Rows, good and bad.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    cell::Flow,
    file::records::{Reader, tests::completed},
    period::Window,
    release::tests::release,
};

const HEADER: &str = "reporter,partner,flow,period,commodity,hs_edition,region,value_usd,unit_mult,\
    net_weight_kg,status,qualifier,rounded_to_usd,as_published";

fn parse_row(row: &[u8]) -> Result<Observation, Vec<Problem>> {
    let names: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
    let columns = Columns::from_names(&names).unwrap();
    let mut reader = Reader::resume(100, 1);
    let mut records = completed(&mut reader, row);
    records.extend(reader.finish());
    let mut publication = release("r", "KZ", "2024-07-25").publication;
    publication.coverage.windows = vec![Window::Year, Window::JanuaryToMonth];
    let good = parse(&records[0], &columns, &publication, date(2024, 7, 26))?;
    assert!(good.repairs.is_empty());
    Ok(good.figure)
}

fn reasons(row: &str) -> Vec<(u32, &'static str)> {
    parse_row(row.as_bytes())
        .unwrap_err()
        .into_iter()
        .map(|problem| (problem.column, problem.reason.as_str()))
        .collect()
}

#[test]
fn a_period_that_has_not_begun_is_no_figure() {
    let future = |year: i16| format!(",,X,{year},,,,1,,,,,,");
    assert!(parse_row(future(2024).as_bytes()).is_ok());
    for year in [2025, 2122] {
        assert_eq!(reasons(&future(year)), [(4, "PERIOD_IN_FUTURE")]);
    }
}

#[test]
fn a_region_is_checked_against_its_validity_on_the_period() {
    let row = |region: &str, period: &str| format!(",,X,{period},,,{region},1,,,,,,");
    assert!(parse_row(row("KZ-YUZ", "2021").as_bytes()).is_ok());
    assert!(parse_row(row("KZ-61", "2022").as_bytes()).is_ok());
    assert_eq!(
        reasons(&row("KZ-61", "2021")),
        [(7, "REGION_NOT_IN_PERIOD")]
    );
    assert_eq!(reasons(&row("KZ-99", "2021")), [(7, "REGION_INVALID")]);
    assert_eq!(reasons(&row("UZ-TK", "2021")), [(7, "REGION_INVALID")]);
}

#[test]
fn a_full_row_is_read_exactly() {
    let row = "KZ,UZ,X,2022,0901,H6,KZ-61,4921.93590496,6,12.345,P,rounded,1000,\"about 4,921.9\"";
    let observation = parse_row(row.as_bytes()).unwrap();
    assert_eq!(observation.line, 2);
    assert_eq!(observation.cell.to_string(), "EXPORT UZ 0901@H6 KZ-61 2022");
    assert_eq!(observation.value_cents, Some(492_193_590_496));
    assert_eq!(observation.net_weight_grams, Some(12_345));
    assert_eq!(observation.status.code(), 'P');
    assert_eq!(observation.precision.qualifier, Qualifier::Rounded);
    assert_eq!(observation.precision.unit_cents, 100_000);
    assert_eq!(observation.as_published, "about 4,921.9");
}

#[test]
fn what_is_left_out_has_its_default() {
    let observation = parse_row(b",,turnover,2022-01/2022-03,,,,1000000000,,,,,,").unwrap();
    assert_eq!(observation.cell.partner, "UZ");
    assert_eq!(observation.cell.flow, Flow::Turnover);
    assert_eq!(observation.cell.commodity, Commodity::Total);
    assert_eq!(observation.status, Status::NORMAL);
    assert_eq!(observation.precision.qualifier, Qualifier::Exact);
}

#[test]
fn a_missing_figure_has_a_status_and_no_value() {
    let observation = parse_row(b",,X,2022,,,,,,,Q,,,").unwrap();
    assert_eq!(observation.value_cents, None);
    assert_eq!(reasons(",,X,2022,,,,,,,,,,"), [(8, "VALUE_REQUIRED")]);
    assert_eq!(reasons(",,X,2022,,,,5,,,Q,,,"), [(8, "VALUE_NOT_ALLOWED")]);
}

#[test]
fn every_problem_of_a_row_is_reported_with_its_column() {
    let row = "UZ,kz,sold,2022-13,1,H9,UZ-TK,1.234,99,x,Z,about,,\u{7}";
    let found = reasons(row);
    let expected = [
        (1, "REPORTER_MISMATCH"),
        (2, "PARTNER_INVALID"),
        (3, "FLOW_INVALID"),
        (4, "PERIOD_INVALID"),
        (6, "HS_EDITION_INVALID"),
        (7, "REGION_INVALID"),
        (9, "UNIT_MULT_INVALID"),
        (10, "WEIGHT_INVALID"),
        (11, "STATUS_INVALID"),
        (12, "QUALIFIER_INVALID"),
        (14, "TEXT_INVALID"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn single_problems_have_their_own_reasons() {
    for (row, column, reason) in [
        (",,X,2022,270,,,1,,,,,,", 5, "HS_EDITION_INVALID"),
        (",,X,2022,27x,H6,,1,,,,,,", 5, "COMMODITY_INVALID"),
        (",,X,2022,,,,1.234,,,,,,", 8, "VALUE_TOO_PRECISE"),
        (",,X,2022,,,,much,,,,,,", 8, "VALUE_INVALID"),
        (",,X,2022,,,,1 000,,,,,,", 8, "VALUE_HAS_SEPARATORS"),
        (
            ",,X,2022,,,,\"1,407,547.50\",,,,,,",
            8,
            "VALUE_HAS_SEPARATORS",
        ),
        (",,X,2022,,,,-5,,,,,,", 8, "VALUE_NEGATIVE"),
        (",,X,2022-03/2022-01,,,,1,,,,,,", 4, "PERIOD_INVALID"),
        (",,X,2022-02/2022-04,,,,1,,,,,,", 4, "PERIOD_INVALID"),
        (",,X,2022,,,,99999999,12,,,,,", 8, "VALUE_OUT_OF_RANGE"),
        (",,X,2022,,,,1,,,,rounded,,", 13, "ROUNDING_REQUIRED"),
        (",,X,2022,,,,1,,,,rounded,0,", 13, "ROUNDING_INVALID"),
        (",,X,2022,,,,1,,,,exact,5,", 13, "ROUNDING_INVALID"),
        (",,X,2022-03,,,,1,,,,,,", 0, "OUTSIDE_COVERAGE"),
        (",TM,X,2022,,,,1,,,,,,", 0, "OUTSIDE_COVERAGE"),
        (",,X,2022,,,,1,,,,,", 0, "FIELD_COUNT_INVALID"),
        (",,\"X\"y,2022,,,,1,,,,,,", 0, "QUOTE_INVALID"),
    ] {
        assert_eq!(reasons(row), [(column, reason)], "{row}");
    }
    let problems = parse_row(b",,X,2022,,,,1,,,,,,\xff\xfe").unwrap_err();
    assert_eq!(problems[0].reason, Reason::NotUtf8);
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(row in proptest::collection::vec(any::<u8>(), 1..80)) {
        let _ = parse_row(&row);
    }

    #[test]
    fn money_is_read_as_it_was_written(cents in 0..=decimal::MAX_CENTS) {
        let row = format!(",,X,2022,,,,{},,,,,,", decimal::dollars(cents));
        prop_assert_eq!(parse_row(row.as_bytes()).unwrap().value_cents, Some(cents));
    }
}
