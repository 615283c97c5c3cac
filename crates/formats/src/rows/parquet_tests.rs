//! Parquet that is right, odd, broken or hostile.

use crate::rows::told::{check, check_refused, gzip, rows, rows_of, tar};
use crate::{Dialect, Reading};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, FloatType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

fn parquet_file() -> Vec<u8> {
    let message = "message m { required binary a (UTF8); optional double b; }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let texts = ["x", "é"].map(ByteArray::from);
    column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[0.5], Some(&[0, 1]), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_is_told_by_content_and_read_by_row() {
    let file = parquet_file();
    check(&file, &["1 {\"a\":\"x\",\"b\":null}", "2 {\"a\":\"é\",\"b\":0.5}"]);
    check_refused(&file[..file.len() - 1], "f: damaged Parquet: ");
    check_refused(&file[..40], "f: damaged Parquet: ");
    check_refused("PAR1", "f: damaged Parquet: ");
}

fn parquet_of<T: DataType>(kind: &str, values: &[T::T], properties: WriterProperties) -> Vec<u8> {
    let schema = parse_message_type(&format!("message m {{ required {kind} a; }}")).unwrap();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn numbers_of_parquet_are_those_that_people_wrote() {
    let values = [9.7, f32::NAN, f32::INFINITY];
    check(
        parquet_of::<FloatType>("float", &values, WriterProperties::default()),
        &["1 {\"a\":9.7}", "2 {\"a\":null}", "3 {\"a\":{\"unreadable\":\"an infinite number\"}}"],
    );
    let file = parquet_of::<DoubleType>("double", &[9.7], WriterProperties::default());
    check(gzip(&file), &["1 {\"a\":9.7}"]);
    check(tar(&[("x.parquet", &file)]), &["1 {\"a\":9.7}"]);
}

/// Audit D7: 500 MiB of one letter in 16 KiB.
#[test]
fn parquet_does_not_grow_without_end() {
    let zstd = parquet::basic::Compression::ZSTD(Default::default());
    let plain = || WriterProperties::builder().set_compression(zstd).set_dictionary_enabled(false);
    let long = ByteArray::from(vec![b'x'; 4 << 20]);
    let bomb = parquet_of::<ByteArrayType>("binary", &[long], plain().build());
    assert!(bomb.len() < 16 << 10, "{} bytes", bomb.len());
    // A text that is stored once and stands in each row.
    let once = ByteArray::from(vec![b'y'; 4 << 10]);
    let packed = WriterProperties::builder().set_compression(zstd).build();
    let repeated = parquet_of::<ByteArrayType>("binary", &vec![once; 4 << 10], packed);
    for file in [bomb, repeated] {
        assert!(rows(&file).is_ok());
        let reading = Reading { unpacked_bytes: 1 << 20, ..Reading::default() };
        let message = rows_of(&file, Dialect::Quoted, &reading).unwrap_err();
        assert!(message.contains("a zip bomb?"), "{message}");
    }
}

#[test]
fn two_columns_of_one_name_are_refused() {
    for (message, path) in [
        ("message m { required int64 a; required int64 b; required int64 a; }", "a"),
        ("message m { required group b { required int64 c; required int64 c; } }", "b.c"),
    ] {
        let schema = Arc::new(parse_message_type(message).unwrap());
        let properties = Arc::new(WriterProperties::default());
        let mut bytes = Vec::new();
        SerializedFileWriter::new(&mut bytes, schema, properties).unwrap().close().unwrap();
        check_refused(bytes, &format!("expected columns of different names, found `{path}` twice"));
    }
}
