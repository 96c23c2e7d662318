//! JSON in pieces.

use proptest::prelude::*;

use super::*;

const TABLE: &str = "\u{feff}[ {\"metadata\" : [{\"name_en\":\"Unit \\\"of\\\" [x]\",\"value_en\":\"thousand }\"}],\n\
    \"other\":{\"a\":[1,\"]}\"]},\"n\":-1.5e3,\"t\":true , \"data\":[ {\"Code\":\"398\",\"2022\":1.50,\"2023\":null},\n\
    {\"Code\":\"0\",\"2022\":0}, {} ]}]\n";

fn texts(record: &Record) -> Vec<String> {
    record
        .fields()
        .map(|field| String::from_utf8(field.to_vec()).unwrap())
        .collect()
}

fn read(pieces: &[&[u8]]) -> Vec<Record> {
    let mut reader = Reader::resume(0, 0, &[]);
    let mut records = Vec::new();
    for piece in pieces {
        let mut rest = *piece;
        records.extend(std::iter::from_fn(|| reader.read(&mut rest)));
    }
    records.extend(reader.finish());
    records
}

#[test]
fn rows_and_what_is_said_about_them_are_found() {
    let records = read(&[TABLE.as_bytes()]);
    let found: Vec<_> = records
        .iter()
        .map(|record| (record.line, record.flaw, texts(record).join("|")))
        .collect();
    let expected = [
        (
            1,
            None,
            "metadata|name_en|Unit \"of\" [x]|value_en|thousand }",
        ),
        (2, None, "data|Code|398|2022|1.50|2023|"),
        (3, None, "data|Code|0|2022|0"),
        (4, None, "data"),
    ]
    .map(|(line, flaw, text)| (line, flaw, text.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn the_list_around_the_table_may_be_missing() {
    let bare = TABLE
        .trim()
        .trim_start_matches('\u{feff}')
        .trim_matches(['[', ']']);
    assert_eq!(read(&[bare.as_bytes()]).len(), 4);
}

#[test]
fn what_is_no_table_is_reported_once_and_the_rest_is_not_read() {
    for text in [
        "flow,period\n",
        "[1,2]",
        "{\"data\":[1]}",
        "{\"data\":[{\"a\":1}]",
        "{\"data\":[{\"a\":1}]}}",
        "{\"data\":[],\"data\":[]}",
        "[{\"data\":[]},{\"data\":[]}]",
        "{\"data\" [}",
        "[",
    ] {
        let records = read(&[text.as_bytes()]);
        let flawed = records.iter().filter(|record| record.flaw.is_some());
        assert_eq!(flawed.count(), 1, "{text}");
    }
}

#[test]
fn a_row_that_is_no_flat_object_is_flawed_and_the_next_is_read() {
    let long = "x".repeat(MAX_RECORD_BYTES);
    let text =
        format!("{{\"data\":[{{\"a\":[1]}},{{\"a\":01}},{{\"a\":\"{long}\"}},{{\"a\":2}}]}}");
    let flaws: Vec<_> = read(&[text.as_bytes()])
        .iter()
        .map(|record| record.flaw)
        .collect();
    let expected = [
        Some(Flaw::Json),
        Some(Flaw::Json),
        Some(Flaw::TooLong),
        None,
    ];
    assert_eq!(flaws, expected);
}

proptest! {
    #[test]
    fn where_chunks_are_cut_means_nothing(cut in 0..TABLE.len(), other in 0..TABLE.len()) {
        let (first, second) = (cut.min(other), cut.max(other));
        let bytes = TABLE.as_bytes();
        let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
        prop_assert_eq!(read(&pieces), read(&[bytes]));
    }

    #[test]
    fn going_on_behind_any_row_gives_the_rest(stop in 1_usize..4) {
        let whole = read(&[TABLE.as_bytes()]);
        let last = &whole[stop];
        let memory = [IN_LIST.to_owned()];
        let mut reader = Reader::resume(last.end_bytes, last.end_lines, &memory);
        let mut rest = &TABLE.as_bytes()[usize::try_from(last.end_bytes).unwrap()..];
        let mut records: Vec<_> = std::iter::from_fn(|| reader.read(&mut rest)).collect();
        records.extend(reader.finish());
        prop_assert_eq!(&records[..], &whole[stop + 1..]);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(
        prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b','), Just(b':'), any::<u8>()],
        0..60,
    )) {
        read(&[&bytes]);
    }
}
