//! Metadata of segments on disk, and texts without a word: what is read back, what is refused, and
//! that a dataset without either has the hash it always had.
#![allow(clippy::unwrap_used)]

use medley_dataset::{
    Card, Dataset, DatasetBuilder, DatasetWriter, Domain, MetadataValue, ShardSize,
    changed_sentences,
};
use medley_feedback::{Checked, Comparison};
use polars::prelude::{
    DataFrame, IntoSeries, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series,
};
use std::fs;
use std::path::{Path, PathBuf};

type Row<'a> = (&'a str, &'a str, &'a [(&'a str, MetadataValue)]);

fn rows() -> Vec<Row<'static>> {
    // Leaked, since a row of a test lives as long as the test.
    let both = Box::leak(Box::new([("model", "b".into()), ("cost", 0.5.into())]));
    let one = Box::leak(Box::new([("model", "a".into())]));
    vec![("q/0", "Yes.", both), ("q/1", "", &[]), ("q/2", " \n", one)]
}

fn compare() -> Checked<Comparison> {
    Checked::new(Comparison::new("q/0".into(), "q/1".into(), 1.0)).unwrap()
}

fn built(rows: &[Row<'_>]) -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
    builder.add_group("q", Some("Why?"), None);
    for (id, text, metadata) in rows {
        builder.add_text(id, "q", text);
        builder.add_metadata(id, metadata);
    }
    builder.insert(vec![compare()]);
    builder.build().unwrap()
}

/// Each column with its labels, an unknown one as `-`.
fn shown(dataset: &Dataset) -> Vec<String> {
    let segments = dataset.segments();
    let column = |column: &medley_dataset::MetadataColumn| {
        let label = |i| column.label(i).map_or("-".to_owned(), |label| label.into_owned());
        let labels: Vec<String> = (0..segments.len()).map(label).collect();
        format!("{} {}", column.name(), labels.join(" "))
    };
    segments.metadata().columns().iter().map(column).collect()
}

#[test]
fn metadata_and_empty_texts_are_written_whole_and_in_shards_and_read_back() {
    let dataset = built(&rows());
    let place = tempfile::tempdir().unwrap();
    let whole = place.path().join("whole");
    dataset.write(&whole).unwrap();
    assert_eq!(shown(&dataset), ["cost 0.5 - -", "model b - a"]);
    for rows_of_shard in [1, 2, 100] {
        let path = place.path().join(format!("shards-{rows_of_shard}"));
        let size = ShardSize { rows: rows_of_shard, bytes: 1 << 20 };
        let mut writer = DatasetWriter::new(Card::new("tiny", Domain::Text), &path, size).unwrap();
        writer.add_group("q", Some("Why?"), None).unwrap();
        for (id, text, metadata) in rows() {
            writer.add_described_text(id, "q", text, metadata).unwrap();
        }
        writer.insert(&[compare()]).unwrap();
        writer.finish().unwrap();
        let back = Dataset::open(&path).unwrap();
        assert_eq!(shown(&back), shown(&dataset), "{rows_of_shard} rows a shard");
        assert_eq!(back.segments(), dataset.segments());
        assert_eq!(back.hash(), dataset.hash());
    }
    let segments = dataset.segments();
    assert_eq!((segments.steps(1), segments.step_text(1)), (1..2, Some("")));
    assert_eq!((segments.step_text(2), segments.text(2)), (Some(""), Some(" \n")));
    assert!(segments.steps_of_chars(1, 0..1).is_empty());
}

#[test]
fn metadata_counts_towards_the_hash_where_there_is_some() {
    let bare: Vec<Row<'_>> = rows().into_iter().map(|(id, text, _)| (id, text, &[][..])).collect();
    let dataset = built(&bare);
    assert!(dataset.segments().metadata().is_empty());
    assert_ne!(dataset.hash(), built(&rows()).hash());
    let unknown: [(&str, MetadataValue); 1] = [("cost", f64::NAN.into())];
    let told: Vec<Row<'_>> = bare.iter().map(|(id, text, _)| (*id, *text, &unknown[..])).collect();
    assert_eq!(built(&told).hash(), dataset.hash(), "a column that says nothing is none");
}

/// The folder of the rows, its table of segments without the columns of metadata and with others.
fn with(columns: &[Series]) -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("tiny");
    built(&rows()).write(&path).unwrap();
    let card = fs::read_to_string(path.join("dataset.toml")).unwrap();
    let card = card.lines().filter(|line| !line.contains("segments.parquet"));
    fs::write(path.join("dataset.toml"), card.collect::<Vec<_>>().join("\n")).unwrap();
    let file = path.join("segments.parquet");
    let mut frame: DataFrame = ParquetReader::new(fs::File::open(&file).unwrap()).finish().unwrap();
    for name in ["model", "cost"] {
        frame.drop_in_place(name).unwrap();
    }
    for column in columns {
        frame.with_column(column.clone().into()).unwrap();
    }
    ParquetWriter::new(fs::File::create(&file).unwrap()).finish(&mut frame).unwrap();
    (place, path)
}

fn open_error(path: &Path) -> String {
    let error = Dataset::open(path).unwrap_err().to_string();
    error.replace(&format!("{}/", path.display()), "")
}

#[test]
fn columns_by_hand_are_read_or_refused() {
    let whole = Series::new("round".into(), [Some(1i64), None, Some(3)]);
    let truth = Series::new("best".into(), [true, false, true]);
    let (_place, path) = with(&[whole, truth]);
    assert_eq!(shown(&Dataset::open(&path).unwrap()), ["best true false true", "round 1 - 3"]);
    let check = |column: Series, expect: &str| {
        let (_place, path) = with(&[column]);
        assert_eq!(open_error(&path), expect);
    };
    check(
        Series::new("cost".into(), [1.0, f64::INFINITY, 0.0]),
        "segments.parquet: row 1, column `cost`: expected a finite number, found inf",
    );
    check(
        Series::new("id".into(), [1i64, 9_007_199_254_740_993, 2]),
        "segments.parquet: row 1, column `id`: expected a number up to 2^53, or a text, found \
         9007199254740993",
    );
    let list = Series::new("tags".into(), [1i64, 2, 3]).implode().unwrap().into_series();
    let lists = list.new_from_index(0, 3);
    check(
        lists,
        "segments.parquet: column `tags` must be text or numbers, as metadata of segments is, found \
         IntegerList",
    );
}

#[test]
fn an_empty_text_that_was_corrected_has_one_sentence() {
    assert_eq!(changed_sentences("", "Yes. No."), (vec![0], vec![0, 1]));
    assert_eq!(changed_sentences("Yes.", " "), (vec![0], vec![0]));
}
