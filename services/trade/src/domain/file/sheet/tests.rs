//! Files of every format, read into figures.

mod foreign;

use proptest::prelude::*;

use self::foreign::{SDMX, SIAT, comtrade, comtrade_file, siat_json};
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
