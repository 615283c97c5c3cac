//! `encoder.sentence` on datasets, with the tiny random model.
#![allow(clippy::unwrap_used)]

use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_encoder::{EncodeError, Encoder};
use medley_sentence_encoder::{Prompt, Sentence, Unit};
use std::fs;
use std::path::{Path, PathBuf};

const WIDTH: usize = 16;

fn tiny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny")
}

/// `a` and `c` are of one prompt and say the same in another order; `b` has no prompt.
fn dataset() -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
    builder.add_group("q", Some("Is the cafe good?"), None);
    builder.add_group("p", None, None);
    builder.add_text("a", "q", "It is good. It is not bad.");
    builder.add_text("b", "p", "It is good.");
    builder.add_text("c", "q", "It is not bad. It is good.");
    builder.build().unwrap()
}

/// A folder for the cache, and the encoder with some options.
fn encoder(change: impl FnOnce(&mut Sentence)) -> (tempfile::TempDir, Sentence) {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = Sentence { cache: folder.path().join("cache"), ..Sentence::new(tiny()) };
    change(&mut encoder);
    (folder, encoder)
}

#[test]
fn each_sentence_has_a_vector() {
    let (_folder, encoder) = encoder(|_| {});
    let features = encoder.encode(&dataset()).unwrap();
    assert_eq!(features.windows, [0..2, 2..3, 3..5]);
    assert_eq!(features.feature_count(), WIDTH);
    assert_eq!(features.names[15], "embedding-15");
    assert!(features.notes.is_empty(), "{:?}", features.notes);
    assert_eq!(features.rows(0..1), features.segment(1));
    assert_eq!(features.rows(0..1), features.rows(4..5));
    assert_ne!(features.rows(0..1), features.rows(1..2));
    let norm: f32 = features.rows(0..1).iter().map(|x| x * x).sum();
    assert!((norm - 1.0).abs() < 1e-5);
}

/// A model that answered nothing: the vector of the tokens at the ends alone.
#[test]
fn a_text_without_a_word_has_a_finite_vector() {
    for (unit, prompt) in [
        (Unit::Step, Prompt::None),
        (Unit::Segment, Prompt::Prepend),
        (Unit::Step, Prompt::Beside),
        (Unit::Step, Prompt::Related),
    ] {
        let (_folder, encoder) = encoder(|encoder| {
            encoder.unit = unit;
            encoder.prompt = prompt;
        });
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", Some("Is the cafe good?"), None);
        for (id, text) in [("a", "It is good."), ("b", ""), ("c", " \n")] {
            builder.add_text(id, "q", text);
        }
        let features = encoder.encode(&builder.build().unwrap()).unwrap();
        assert_eq!(features.windows, [0..1, 1..2, 2..3]);
        assert!(features.rows(0..3).iter().all(|x| x.is_finite()), "{unit:?} {prompt:?}");
        assert_ne!(features.segment(0), features.segment(1));
        assert_eq!(features.segment(1), features.segment(2));
    }
}

#[test]
fn a_whole_text_has_one_row() {
    let (_folder, encoder) = encoder(|encoder| encoder.unit = Unit::Segment);
    let features = encoder.encode(&dataset()).unwrap();
    assert_eq!(features.windows, [0..1, 1..2, 2..3]);
    assert_ne!(features.segment(0), features.segment(2));
}

#[test]
fn prompts_are_read_before_the_text_or_stand_beside_it() {
    let (_plain, plain) = encoder(|_| {});
    let (_prepended, prepended) = encoder(|encoder| encoder.prompt = Prompt::Prepend);
    let (_beside, beside) = encoder(|encoder| encoder.prompt = Prompt::Beside);
    let plain = plain.encode(&dataset()).unwrap();
    let prepended = prepended.encode(&dataset()).unwrap();
    let beside = beside.encode(&dataset()).unwrap();
    assert_ne!(plain.segment(0), prepended.segment(0));
    assert_eq!(plain.segment(1), prepended.segment(1));
    assert_eq!(prepended.notes, ["1 of 3 segments have no prompt"]);

    assert_eq!((beside.names[0].as_str(), beside.names[16].as_str()), ("prompt-0", "embedding-0"));
    assert_eq!(beside.segment(1)[..WIDTH], [0.0; WIDTH]);
    assert_ne!(beside.segment(0)[..WIDTH], [0.0; WIDTH]);
    assert_eq!(beside.segment(0)[..WIDTH], beside.segment(2)[..WIDTH]);
    assert_eq!(beside.segment(1)[WIDTH..], *plain.segment(1));
}

#[test]
fn what_is_cut_is_counted() {
    let check = |prompt, max_tokens, expect: &[&str]| {
        let (_folder, encoder) = encoder(|encoder| {
            encoder.prompt = prompt;
            encoder.max_tokens = Some(max_tokens);
        });
        assert_eq!(encoder.encode(&dataset()).unwrap().notes, expect);
    };
    // "It is good." has 4 tokens, "It is not bad." 5 and the prompt 5, all without the ends.
    check(Prompt::None, 6, &["2 of 5 texts were cut at 6 tokens"]);
    check(
        Prompt::Prepend,
        11,
        &[
            "2 of 5 texts lack the start of their prompt, which exceeds 11 tokens",
            "1 of 3 segments have no prompt",
        ],
    );
}

#[test]
fn the_cache_is_used_and_mended() {
    let (folder, encoder) = encoder(|_| {});
    let features = encoder.encode(&dataset()).unwrap();
    let cache = fs::read_dir(folder.path().join("cache")).unwrap().next().unwrap().unwrap().path();
    let written = fs::read(&cache).unwrap();
    let time = fs::metadata(&cache).unwrap().modified().unwrap();
    assert_eq!(encoder.encode(&dataset()).unwrap(), features);
    assert_eq!(fs::metadata(&cache).unwrap().modified().unwrap(), time);

    // Two distinct sentences so far; the whole texts and the prompt add to the same file.
    let more = Sentence { unit: Unit::Segment, prompt: Prompt::Beside, ..encoder.clone() };
    more.encode(&dataset()).unwrap();
    assert!(fs::read(&cache).unwrap().len() > written.len());

    fs::write(&cache, &written[..written.len() / 2]).unwrap();
    let mended = encoder.encode(&dataset()).unwrap();
    assert!(mended.notes[0].contains("was not usable"), "{:?}", mended.notes);
    assert_eq!(mended.with_notes(Vec::new()), features);
    assert_eq!(fs::read(&cache).unwrap(), written);
}

#[test]
fn the_fingerprint_is_of_the_model_and_of_what_it_reads() {
    let (_folder, encoder) = encoder(|_| {});
    let print = |encoder: &Sentence| encoder.fingerprint().unwrap().unwrap();
    let base = print(&encoder);
    let same = Sentence { batch_size: 1, cache: "elsewhere".into(), ..encoder.clone() };
    assert_eq!(print(&same), base);
    assert_eq!(print(&Sentence { max_tokens: Some(24), ..encoder.clone() }), base);
    assert_ne!(print(&Sentence { max_tokens: Some(23), ..encoder.clone() }), base);
    assert_ne!(print(&Sentence { unit: Unit::Segment, ..encoder.clone() }), base);
    assert_ne!(print(&Sentence { prompt: Prompt::Prepend, ..encoder.clone() }), base);
    let other = changed("model.safetensors", |bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    });
    assert_ne!(print(&Sentence { model: other.path().to_owned(), ..encoder }), base);
}

/// A copy of the tiny model with one file changed.
fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("1_Pooling")).unwrap();
    for file in [
        "config.json",
        "model.safetensors",
        "modules.json",
        "tokenizer.json",
        "1_Pooling/config.json",
    ] {
        fs::copy(tiny().join(file), folder.path().join(file)).unwrap();
    }
    let mut bytes = fs::read(tiny().join(name)).unwrap();
    change(&mut bytes);
    fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

#[test]
fn foreign_folders_are_refused_by_file() {
    let check = |name: &str, from: &str, to: &str, expect: &str| {
        let folder = changed(name, |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(from), "{from} is not in {name}");
            *bytes = text.replace(from, to).into_bytes();
        });
        refused(folder.path(), name, expect);
    };
    check("config.json", "\"bert\"", "\"mpnet\"", "`model_type` must be `bert`, found mpnet");
    check("config.json", "\"gelu\"", "\"relu\"", "`hidden_act` must be `gelu`, found relu");
    check("config.json", "\"hidden_size\"", "\"d_model\"", "missing field `hidden_size`");
    check("modules.json", "models.Normalize", "models.Dense", "found Transformer, Pooling, Dense");
    check("1_Pooling/config.json", "mean_tokens", "max_tokens", "must be mean_tokens or cls_token");
    check("tokenizer.json", "\"WordPiece\"", "\"BPE\"", "unknown variant `BPE`");
    check("tokenizer.json", "\"BertNormalizer\"", "\"NFC\"", "unknown variant `NFC`");

    let wider = changed("config.json", |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = text.replace("\"intermediate_size\": 32", "\"intermediate_size\": 64").into();
    });
    let expect =
        "tensor `encoder.layer.0.intermediate.dense.weight` must be [64, 16], found [32, 16]";
    refused(wider.path(), "model.safetensors", expect);
    let cut = changed("model.safetensors", |bytes| bytes.truncate(9000));
    refused(cut.path(), "model.safetensors", "must be readable safetensors");
    let bare = tempfile::tempdir().unwrap();
    refused(bare.path(), "config.json", "cannot read");
}

fn refused(model: &Path, file: &str, expect: &str) {
    let (_folder, encoder) = encoder(|encoder| encoder.model = model.to_owned());
    let said = encoder.encode(&dataset()).unwrap_err().to_string();
    assert!(said.contains(expect), "{said}");
    assert!(said.contains(file), "{file} is not named: {said}");
}

#[test]
fn options_and_domain_are_checked() {
    let (_folder, base) = encoder(|_| {});
    let said = |encoder: Sentence| encoder.encode(&dataset()).unwrap_err().to_string();
    assert!(said(Sentence { batch_size: 0, ..base.clone() }).contains("`batch-size` must be"));
    let long = Sentence { max_tokens: Some(25), ..base.clone() };
    assert!(said(long).contains("found 25 (the model has 24)"));
    let mut builder = DatasetBuilder::new(Card::new("t", Domain::Control));
    builder.card().features = vec!["x".into()];
    builder.add_group("e", None, None);
    builder.add_steps(&[0.0]);
    builder.add_window("a", &["e"], 0, 1);
    let control = base.encode(&builder.build().unwrap()).unwrap_err();
    assert!(matches!(control, EncodeError::Domain { encoder: "sentence", .. }));

    let parse = |text: &str| toml::from_str::<Box<dyn Encoder>>(text);
    let named = parse("sentence = { model = \"m\", unit = \"segment\", max-tokens = 9 }").unwrap();
    let expect = Sentence { unit: Unit::Segment, max_tokens: Some(9), ..Sentence::new("m") };
    assert_eq!(format!("{named:?}"), format!("{expect:?}"));
    assert!(parse("sentence = { model = \"m\", units = \"step\" }").is_err());
}
