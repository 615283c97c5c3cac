//! Every layout tells the same, and every way to be wrong is named.

use super::*;
use ::safetensors::tensor::{Dtype, TensorView, serialize};
use medley_dataset::parquet::{Cells, encode};
use medley_dataset::{Card, DatasetBuilder, Domain};
use std::path::Path;

/// `a` has two sentences, `b` one.
fn dataset() -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
    builder.add_group("q", None, None);
    builder.add_text("a", "q", "One. Two.");
    builder.add_text("b", "q", "Three.");
    builder.build().unwrap()
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

type Tensor<'a> = (&'a str, &'a [usize], Vec<f32>);

fn safetensors(tensors: &[Tensor<'_>], keys: Option<&str>) -> Vec<u8> {
    let stored: Vec<_> = tensors.iter().map(|t| (t.0, t.1.to_vec(), bytes(&t.2))).collect();
    let views = stored.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap())
    });
    let metadata = keys.map(|keys| [("keys".to_owned(), keys.to_owned())].into_iter().collect());
    serialize(views, metadata).unwrap()
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((text.len() as u16).to_le_bytes());
    file.extend(text.bytes());
    file.extend(data);
    file
}

fn encode_files(files: &[(&str, &[u8])], budget: Budget) -> Result<Features, EncodeError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    Precomputed { path: folder.path().join(files[0].0) }.encode_within(&dataset(), budget)
}

fn encoded(files: &[(&str, &[u8])]) -> Features {
    encode_files(files, Budget::default()).unwrap()
}

/// One vector a segment: `a` is 1, 2 and `b` is 3, 4.
fn check_whole(features: &Features) {
    assert_eq!(features.windows, [0..1, 1..2]);
    assert_eq!(*features.segment(0), [1.0, 2.0]);
    assert_eq!(*features.segment(1), [3.0, 4.0]);
}

/// A vector is a segment's by its name, whatever its text says.
#[test]
fn an_empty_text_has_its_vector() {
    let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
    builder.add_group("q", None, None);
    builder.add_text("a", "q", "");
    builder.add_text("b", "q", "Three.");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.safetensors");
    let file = safetensors(&[("b", &[2], vec![3., 4.]), ("a", &[2], vec![1., 2.])], None);
    std::fs::write(&path, file).unwrap();
    check_whole(&Precomputed { path }.encode(&builder.build().unwrap()).unwrap());
}

#[test]
fn safetensors_hold_a_tensor_for_each_segment() {
    let file = safetensors(&[("b", &[2], vec![3., 4.]), ("a", &[2], vec![1., 2.])], None);
    let features = encoded(&[("e.safetensors", &file)]);
    check_whole(&features);
    assert_eq!(features.names, ["embedding-0", "embedding-1"]);
    assert!(features.notes.is_empty());

    let steps: [Tensor<'_>; 3] =
        [("a", &[2, 1], vec![1., 2.]), ("b", &[1, 1], vec![3.]), ("c", &[1, 1], vec![0.])];
    let features = encoded(&[("e.safetensors", &safetensors(&steps, None))]);
    assert_eq!(features.windows, [0..2, 2..3]);
    assert_eq!(*features.segment(0), [1.0, 2.0]);
    assert!(features.notes[0].starts_with("1 keys of "), "{:?}", features.notes);
}

#[test]
fn safetensors_hold_a_table_with_keys() {
    let table: [Tensor<'_>; 1] = [("x", &[2, 2], vec![3., 4., 1., 2.])];
    check_whole(&encoded(&[("e.safetensors", &safetensors(&table, Some(r#"["b", "a"]"#)))]));
    let (values, keys) = (bytes(&table[0].2), br#"["b", "a"]"#);
    let views = [
        ("keys", TensorView::new(Dtype::U8, vec![keys.len()], keys).unwrap()),
        ("x", TensorView::new(Dtype::F32, vec![2, 2], &values).unwrap()),
    ];
    check_whole(&encoded(&[("e.safetensors", &serialize(views, None).unwrap())]));
}

#[test]
fn npy_has_its_keys_beside_it_or_the_order_of_the_segments() {
    let singles = npy("<f4", "(2, 2)", &bytes(&[3., 4., 1., 2.]));
    check_whole(&encoded(&[("e.npy", &singles), ("e.keys.txt", b"b\na\n")]));
    check_whole(&encoded(&[("e.npy", &singles), ("e.keys.json", br#"["b","a"]"#)]));
    let doubles: Vec<u8> = [1f64, 2., 3., 4.].iter().flat_map(|x| x.to_le_bytes()).collect();
    let features = encoded(&[("e.npy", &npy("<f8", "(2, 2)", &doubles))]);
    check_whole(&features);
    assert!(features.notes[0].contains("in the order of the segments"));
    // 1, 2, 3, 4 as half precision.
    let halves = [0x00, 0x3c, 0x00, 0x40, 0x00, 0x42, 0x00, 0x44];
    check_whole(&encoded(&[("e.npy", &npy("<f2", "(2, 2)", &halves))]));
}

#[test]
fn parquet_has_lists_or_a_column_for_each_feature() {
    let segment = || ("segment", Cells::Text([Some("b"), Some("a")].into_iter().collect()));
    let lists = Cells::FloatList(vec![Some(vec![3., 4.]), Some(vec![1., 2.])]);
    let file = encode(2, vec![segment(), ("embedding", lists)]).unwrap();
    check_whole(&encoded(&[("e.parquet", &file)]));
    let columns = vec![
        ("x", Cells::Single(vec![Some(3.), Some(1.)])),
        segment(),
        ("y", Cells::Integer(vec![Some(4), Some(2)])),
    ];
    let features = encoded(&[("e.parquet", &encode(2, columns).unwrap())]);
    check_whole(&features);
    assert_eq!(features.names, ["x", "y"]);
}

#[test]
fn beyond_the_budget_features_are_on_disk_and_the_same() {
    let file = safetensors(&[("a", &[2], vec![1., 2.]), ("b", &[2], vec![3., 4.])], None);
    let files: [(&str, &[u8]); 1] = [("e.safetensors", &file)];
    let small = Budget { feature_bytes: 8, ..Budget::default() };
    let disk = encode_files(&files, small).unwrap();
    check_whole(&disk);
    assert_eq!(disk, encoded(&files));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let check = |files: &[(&str, &[u8])], expect: &str| {
        let error = encode_files(files, Budget::default()).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    let tensors = |tensors: &[Tensor<'_>], expect| {
        check(&[("e.safetensors", &safetensors(tensors, None))], expect);
    };
    let one = || vec![1.0];
    tensors(
        &[("x", &[1], one()), ("y", &[1], one())],
        "no vector for segment `a`; 2 of 2 segments have none. The file has 2 keys: `x`, `y`",
    );
    tensors(
        &[("a", &[1], one()), ("b", &[2], vec![1., 2.])],
        "segment `b` must be 1 features wide, as segment `a`, found 2",
    );
    tensors(
        &[("a", &[1, 1], one()), ("b", &[1, 1], one())],
        "segment `a` must be 2 rows, one a step (or one vector, `[feature]`), found 1",
    );
    tensors(
        &[("a", &[2, 1], vec![1., 2.]), ("b", &[1], one())],
        "segment `b` must be `[step, feature]`, as segment `a`, found one vector",
    );
    tensors(
        &[("a", &[2, 1], vec![1., f32::NAN]), ("b", &[1, 1], one())],
        "segment `a`, row 1, feature `embedding-0`: expected a finite number, found NaN",
    );
    tensors(&[("a", &[1, 1, 1], one())], "must be [feature] or [step, feature], found [1, 1, 1]");
    tensors(&[("a", &[0], vec![]), ("b", &[0], vec![])], "must be at least 1, found 0");

    let table = |keys: &str, expect| {
        let file = safetensors(&[("x", &[2, 1], vec![1., 2.])], Some(keys));
        check(&[("e.safetensors", &file)], expect);
    };
    table(r#"["a", "a"]"#, "key `a` must be there once, found two");
    table(r#"["a"]"#, "shape of tensor `x` must be [1, feature], a row for each key, found [2, 1]");
    table("a, b", "`keys` must be a JSON list of texts");

    let array = |shape: &str| npy("<f4", shape, &bytes(&[1., 2.]));
    check(&[("e.npy", &array("(2,)"))], "shape must be (segments, features), found (2,");
    check(&[("e.npy", &array("(3, 1)"))], "length must be ");
    check(&[("e.npy", &array("(1, 2)"))], "number of rows must be 2, one a segment");
    check(&[("e.npy", &array("(2, 1)")), ("e.keys.txt", b"a")], "must be 2, one a row of ");
    // What the header alone claims is not believed: these have no byte of data.
    for (shape, expect) in [
        ("(1152921504606846976, 0)", "number of features must be at least 1, found 0"),
        ("(0, 0)", "number of features must be at least 1, found 0"),
        ("(0, 9223372036854775807)", "length must be less"),
        ("(4611686018427387904, 4)", "length must be less"),
        ("(99999999999999999999, 1)", "shape must be (segments, features)"),
    ] {
        check(&[("e.npy", &npy("<f4", shape, &[]))], expect);
    }
    check(&[("e.npy", &npy("<i8", "(1, 1)", &[0; 8]))], "type must be '<f2', '<f4' or '<f8'");
    check(&[("e.npy", b"numbers, numbers")], "start of the file must be ");
    check(&[("e.txt", b"")], "ending must be `.safetensors`, `.npy` or `.parquet`, found e.txt");

    let segment = ("segment", Cells::Text([Some("a")].into_iter().collect()));
    let text = vec![segment, ("x", Cells::Text([Some("1")].into_iter().collect()))];
    check(&[("e.parquet", &encode(1, text).unwrap())], "column `x` must be numbers");
    let nameless = vec![("x", Cells::Float(vec![Some(1.0)]))];
    check(&[("e.parquet", &encode(1, nameless).unwrap())], "column `segment` must be Text");
}

#[test]
fn no_cut_file_is_read() {
    let file = safetensors(&[("a", &[1], vec![1.]), ("b", &[1], vec![2.])], None);
    let array = npy("<f4", "(2, 1)", &bytes(&[1., 2.]));
    for (name, file) in [("e.safetensors", file), ("e.npy", array)] {
        for end in 0..file.len() {
            let cut = encode_files(&[(name, &file[..end])], Budget::default());
            assert!(cut.is_err(), "{end} of {} bytes of {name}", file.len());
        }
    }
}

#[test]
fn the_fingerprint_is_of_content_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let encoder = Precomputed { path: folder.path().join("e.npy") };
    assert!(matches!(encoder.fingerprint(), Err(EncodeError::Io { .. })));
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (name, text) in [("e.npy", "1"), ("e.npy", "2"), ("e.keys.txt", "a"), ("e.keys.txt", "b")] {
        write(name, text);
        assert!(seen.insert(encoder.fingerprint().unwrap().unwrap()));
    }
    let toml = "precomputed = { path = \"e.npy\" }";
    let named: Box<dyn Encoder> = toml::from_str(toml).unwrap();
    assert_eq!(
        format!("{named:?}"),
        format!("{:?}", Precomputed { path: Path::new("e.npy").into() })
    );
}
