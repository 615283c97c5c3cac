//! Arrow as a file and as a stream: what cells become, and what is broken or hostile.

use crate::rows::told::rows_of;
use crate::{Dialect, Reading};
use arrow_array::builder::{Int32Builder, ListBuilder, StringDictionaryBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DurationSecondArray,
    FixedSizeBinaryArray, Float32Array, Float64Array, Int64Array, IntervalYearMonthArray,
    LargeStringArray, RecordBatch, StringArray, StringViewArray, StructArray,
    Time64MicrosecondArray, TimestampMillisecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use std::sync::Arc;

fn rows(bytes: &[u8], unpacked_bytes: u64) -> Result<Vec<String>, String> {
    let reading = Reading { unpacked_bytes, ..Reading::default() };
    rows_of(bytes, Dialect::Quoted, &reading)
}

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.iter().map(|(name, column)| (*name, column.clone(), true)),
    )
    .unwrap()
}

/// The batch twice, as a file and as a stream.
fn written(batch: &RecordBatch, packing: Option<CompressionType>) -> [Vec<u8>; 2] {
    let options = IpcWriteOptions::default().try_with_compression(packing).unwrap();
    let schema = batch.schema();
    let (mut file, mut stream) = (Vec::new(), Vec::new());
    let mut writer = FileWriter::try_new_with_options(&mut file, &schema, options.clone()).unwrap();
    writer.write(batch).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let mut writer = StreamWriter::try_new_with_options(&mut stream, &schema, options).unwrap();
    writer.write(batch).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    [file, stream]
}

const MOST: u64 = 256 << 20;

#[test]
fn cells_become_what_they_say() {
    let mut words = StringDictionaryBuilder::<Int8Type>::new();
    ["yes", "no"].iter().for_each(|word| words.append_value(word));
    let mut lists = ListBuilder::new(Int32Builder::new());
    lists.append_value([Some(1), None]);
    lists.append_null();
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["user", "assistant"]));
    let inner = StructArray::try_from(vec![("role", texts)]).unwrap();
    let batch = batch(&[
        ("large", Arc::new(LargeStringArray::from(vec![Some("é"), None]))),
        ("view", Arc::new(StringViewArray::from(vec!["short", "longer than twelve bytes"]))),
        ("single", Arc::new(Float32Array::from(vec![9.7, f32::NAN]))),
        ("double", Arc::new(Float64Array::from(vec![0.1, 2.0]))),
        ("whole", Arc::new(Int64Array::from(vec![9_007_199_254_740_993, -1]))),
        ("truth", Arc::new(BooleanArray::from(vec![true, false]))),
        ("time", Arc::new(TimestampMillisecondArray::from(vec![1, 2]))),
        ("word", Arc::new(words.finish())),
        ("list", Arc::new(lists.finish())),
        ("object", Arc::new(inner)),
    ]);
    let first = r#"{"large":"é","view":"short","single":9.7,"double":0.1,"whole":9007199254740993,"truth":true,"time":"1970-01-01 00:00:00.001 +00:00","word":"yes","list":[1,null],"object":{"role":"user"}}"#;
    let second = r#"{"large":null,"view":"longer than twelve bytes","single":null,"double":2.0,"whole":-1,"truth":false,"time":"1970-01-01 00:00:00.002 +00:00","word":"no","list":null,"object":{"role":"assistant"}}"#;
    let expect: Vec<String> = [first, second, first, second]
        .iter()
        .zip(1..)
        .map(|(row, i)| format!("{i} {row}"))
        .collect();
    for packing in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        for bytes in written(&batch, packing) {
            assert_eq!(rows(&bytes, MOST).unwrap(), expect, "{packing:?}");
        }
    }
}

#[test]
fn what_json_cannot_hold_says_so_where_it_stands() {
    let kinds: &[(&str, ArrayRef, &str)] = &[
        (
            "infinite",
            Arc::new(Float64Array::from(vec![f64::INFINITY])),
            "{\"unreadable\":\"an infinite number\"}",
        ),
        ("bytes", Arc::new(BinaryArray::from(vec![&b"\xff\xd8"[..]])), "\"/9g=\""),
        ("fixed", Arc::new(FixedSizeBinaryArray::try_from(vec![b"ab"]).unwrap()), "\"ab\""),
        ("date", Arc::new(Date32Array::from(vec![19_724])), "\"2024-01-02\""),
        (
            "late",
            Arc::new(Date32Array::from(vec![i32::MAX])),
            "{\"unreadable\":\"a date beyond all calendars\"}",
        ),
        (
            "time",
            Arc::new(Time64MicrosecondArray::from(vec![3_720_000_000])),
            "\"01:02:00.000000\"",
        ),
        ("span", Arc::new(DurationSecondArray::from(vec![7])), "7"),
        (
            "decimal",
            Arc::new(Decimal128Array::from(vec![-150]).with_precision_and_scale(5, 2).unwrap()),
            "\"-1.50\"",
        ),
        (
            "shifted",
            Arc::new(Decimal128Array::from(vec![15]).with_precision_and_scale(5, -2).unwrap()),
            "{\"unreadable\":\"a decimal of scale -2\"}",
        ),
        (
            "interval",
            Arc::new(IntervalYearMonthArray::from(vec![1])),
            "{\"unreadable\":\"a column of Interval(YearMonth)\"}",
        ),
    ];
    for (name, column, expect) in kinds {
        let told = rows(&written(&batch(&[(*name, column.clone())]), None)[1], MOST).unwrap();
        assert_eq!(told[0], format!("1 {{\"{name}\":{expect}}}"));
    }
}

/// Of a column that is asked for it is an error of the row, and of another it is counted.
#[test]
fn a_column_that_nobody_asks_for_stops_no_import() {
    let texts = |text: &'static str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let infinite = || Arc::new(Float64Array::from(vec![f64::INFINITY])) as ArrayRef;
    let import = |columns: &[(&str, ArrayRef)]| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        std::fs::write(&file, &written(&batch(columns), None)[1]).unwrap();
        let importer = crate::fixture::importer("trl-unpaired");
        importer.import(&file, &Reading::default()).map_err(|error| error.to_string())
    };
    let columns = [("prompt", texts("p")), ("completion", texts("a."))];
    let truth = Arc::new(BooleanArray::from(vec![true])) as ArrayRef;
    let [prompt, completion] = columns.clone();
    let imported = import(&[prompt, completion, ("label", truth), ("extra", infinite())]).unwrap();
    // Each batch is written twice.
    assert_eq!(imported.report.dropped["field `extra`"], 2);
    let [prompt, completion] = columns;
    let error = import(&[prompt, completion, ("label", infinite())]).unwrap_err();
    assert!(error.contains("f: row 1: ") && error.contains("label"), "{error}");
    assert!(error.contains("infinite"), "{error}");
}

#[test]
fn a_table_without_rows_or_bytes_has_none() {
    let empty = batch(&[("a", Arc::new(Int64Array::from(Vec::<i64>::new())))]);
    for bytes in written(&empty, None) {
        assert_eq!(rows(&bytes, MOST).unwrap(), Vec::<String>::new());
    }
    let nothing = batch(&[("a", Arc::new(arrow_array::NullArray::new(2)))]);
    for bytes in written(&nothing, None) {
        assert_eq!(rows(&bytes, MOST).unwrap().len(), 4);
    }
}

#[test]
fn damaged_files_are_errors_and_no_panics() {
    let texts = batch(&[("a", Arc::new(StringArray::from(vec!["yes", "no"])))]);
    for packing in [None, Some(CompressionType::ZSTD)] {
        let [file, stream] = written(&texts, packing);
        for end in (12..file.len()).step_by(7) {
            rows(&file[..end], MOST).unwrap_err();
        }
        for bytes in [file, stream] {
            for place in 8..bytes.len() {
                for bit in [0x01, 0x80] {
                    let mut flipped = bytes.clone();
                    flipped[place] ^= bit;
                    let _ = rows(&flipped, MOST);
                }
            }
        }
    }
}

#[test]
fn packed_buffers_do_not_grow_without_end() {
    let long = "x".repeat(4 << 20);
    let texts = batch(&[("a", Arc::new(StringArray::from(vec![long])))]);
    for bytes in written(&texts, Some(CompressionType::ZSTD)) {
        assert!(rows(&bytes, MOST).is_ok());
        let message = rows(&bytes, 1 << 20).unwrap_err();
        assert!(
            message.starts_with("f: damaged Arrow: ") && message.contains("a zip bomb?"),
            "{message}"
        );
    }
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let check = |batch: &RecordBatch, path: &str| {
        for bytes in written(batch, None) {
            let expect = format!("f: expected columns of different names, found `{path}` twice");
            assert_eq!(rows(&bytes, MOST).unwrap_err(), expect);
        }
    };
    check(&batch(&[("a", one.clone()), ("b", one.clone()), ("a", one.clone())]), "a");
    let inner = StructArray::try_from(vec![("c", one.clone()), ("c", one)]).unwrap();
    check(&batch(&[("b", Arc::new(inner))]), "b.c");
}
