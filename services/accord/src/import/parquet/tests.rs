//! Tables in Parquet are read as the CSV that they stand for.

use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;

fn file(schema: &str) -> NamedTempFile {
    compressed(schema, Compression::UNCOMPRESSED)
}

fn compressed(schema: &str, compression: Compression) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder().set_compression(compression);
    let properties = Arc::new(properties.build());
    let output = file.reopen().unwrap();
    let mut writer = SerializedFileWriter::new(output, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        // Two rows: the second has nothing where it can.
        match column.untyped() {
            parquet::column::writer::ColumnWriter::Int64ColumnWriter(typed) => {
                typed
                    .write_batch(&[140_754_750_005], Some(&[1, 0]), None)
                    .unwrap();
            }
            parquet::column::writer::ColumnWriter::Int32ColumnWriter(typed) => {
                typed.write_batch(&[2022, 2023], None, None).unwrap();
            }
            parquet::column::writer::ColumnWriter::DoubleColumnWriter(typed) => {
                typed.write_batch(&[1.5, 2.5], None, None).unwrap();
            }
            parquet::column::writer::ColumnWriter::ByteArrayColumnWriter(typed) => {
                let texts = [ByteArray::from("X"), ByteArray::from("a,\"b\"")];
                typed.write_batch(&texts, None, None).unwrap();
            }
            _ => unreachable!("the schemas below have no others"),
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let _: Option<(Int32Type, Int64Type, DoubleType, ByteArrayType)> = None;
    file
}

#[test]
fn columns_of_an_export_become_those_of_an_import() {
    let file = file(
        "message figures { required binary flow (UTF8); required int32 period; optional int64 value_cents; \
         optional int64 unit_cents; required binary window (UTF8); }",
    );
    let converted = convert(file.path()).unwrap();
    assert_eq!((converted.format, converted.rows), (Format::Csv, 2));
    assert_eq!(converted.left_out, ["window"]);
    let csv = std::fs::read_to_string(converted.file.path()).unwrap();
    assert_eq!(
        csv,
        "flow,period,value_usd,rounded_to_usd\nX,2022,1407547500.05,1407547500.05\n\"a,\"\"b\"\"\",2023,,\n"
    );
}

#[test]
fn columns_of_other_formats_keep_their_names() {
    let file = file(
        "message figures { required int32 period; required binary flowCode (UTF8); required binary cmdCode (UTF8); \
         required double primaryValue; }",
    );
    let converted = convert(file.path()).unwrap();
    assert_eq!(converted.format, Format::ComtradeCsv);
    let csv = std::fs::read_to_string(converted.file.path()).unwrap();
    assert!(
        csv.starts_with("period,flowCode,cmdCode,primaryValue\n2022,X,X,1.5\n"),
        "{csv}"
    );
}

#[test]
fn values_in_floating_point_lose_what_such_numbers_do_not_tell() {
    let file = NamedTempFile::new().unwrap();
    let schema = "message figures { required int32 period; required binary flow (UTF8); \
        required double value_usd; required double net_weight_kg; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::default());
    let mut writer = SerializedFileWriter::new(file.reopen().unwrap(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let years = [2021, 2022, 2023];
    column
        .typed::<Int32Type>()
        .write_batch(&years, None, None)
        .unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let flows = ["X", "X", "M"].map(ByteArray::from);
    column
        .typed::<ByteArrayType>()
        .write_batch(&flows, None, None)
        .unwrap();
    column.close().unwrap();
    for values in [[0.1 + 0.2, 1_234_567.891, 7.0], [0.5, 1.1 + 2.2, 0.000_4]] {
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<DoubleType>()
            .write_batch(&values, None, None)
            .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let converted = convert(file.path()).unwrap();
    let csv = std::fs::read_to_string(converted.file.path()).unwrap();
    assert_eq!(
        csv,
        "period,flow,value_usd,net_weight_kg,qualifier,rounded_to_usd\n\
         2021,X,0.3,0.5,,\n2022,X,1234567.89,3.3,rounded,0.01\n2023,M,7,0.000,,\n"
    );
}

#[test]
fn a_value_in_single_precision_is_what_was_written_or_is_refused() {
    for (value, expected) in [(99_999.99_f32, Some("99999.99")), (1_234_567.9, None)] {
        let file = NamedTempFile::new().unwrap();
        let schema = "message figures { required int32 period; required float value_usd; required binary flow (UTF8); }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::default());
        let mut writer =
            SerializedFileWriter::new(file.reopen().unwrap(), schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<Int32Type>()
            .write_batch(&[2022], None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<FloatType>()
            .write_batch(&[value], None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let flow = [ByteArray::from("X")];
        column
            .typed::<ByteArrayType>()
            .write_batch(&flow, None, None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        match (convert(file.path()), expected) {
            (Ok(converted), Some(expected)) => {
                let csv = std::fs::read_to_string(converted.file.path()).unwrap();
                assert!(csv.contains(&format!("2022,{expected},X")), "{csv}");
            }
            (Err(error), None) => {
                let said = error.to_string();
                assert!(
                    said.contains("row 1: value_usd is 1234567.875 in single precision"),
                    "{said}"
                );
            }
            (found, expected) => panic!("{found:?} and {expected:?}"),
        }
    }
}

#[test]
fn files_are_read_in_each_usual_compression() {
    let schema = "message figures { required binary flow (UTF8); required int32 period; }";
    for compression in [
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4_RAW,
        Compression::LZ4,
    ] {
        let file = compressed(schema, compression);
        let converted =
            convert(file.path()).unwrap_or_else(|error| panic!("{compression}: {error}"));
        let csv = std::fs::read_to_string(converted.file.path()).unwrap();
        assert_eq!(
            csv, "flow,period\nX,2022\n\"a,\"\"b\"\"\",2023\n",
            "{compression}"
        );
    }
}

/// Written by pyarrow 26 with `compression="zstd"`: texts in dictionaries, decimals, and nulls.
const OF_PYARROW: &[u8] = include_bytes!("../../../tests/data/pyarrow-zstd.parquet");

#[test]
fn a_file_of_another_program_is_read() {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), OF_PYARROW).unwrap();
    let converted = convert(file.path()).unwrap();
    let csv = std::fs::read_to_string(converted.file.path()).unwrap();
    assert_eq!(
        csv,
        "flow,period,commodity,hs_edition,value_usd,net_weight_kg,status\n\
         X,2022,TOTAL,,1407547.50,1.5,A\nM,2022,TOTAL,,12.25,,P\nX,2023,2709,H6,,2,M\n"
    );
}

#[test]
fn what_has_no_known_columns_or_is_no_parquet_is_refused() {
    let unknown = file("message figures { required int32 year; }");
    let said = convert(unknown.path()).unwrap_err().to_string();
    assert!(said.contains("it has year"), "{said}");
    let broken = NamedTempFile::new().unwrap();
    std::fs::write(broken.path(), b"PAR1 and nothing more").unwrap();
    assert!(matches!(convert(broken.path()), Err(Error::Content(_))));
}
