//! Mappings with rows that nearly fit them: deep inside what a mapping can say.

use super::bytes::mappings::import;
use super::{Outcome, fuzz};
use medley_formats::{BadRows, Choice, FILL_IN, Importer, Line, Reading, RecordGuess, guess, look};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::Path;

fn one_of(values: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values).boxed()
}

fn text() -> BoxedStrategy<Value> {
    let texts = [
        "Yes.",
        "No. It is not.",
        "Ä 👍🏽 é. Two.",
        "Why?",
        " ",
        "a\n\nb",
        "user: Hi.\n\nassistant: Ho.",
        "[1, 2]",
        "{\"role\": \"user\", \"content\": \"x\"}",
        "nan",
        "7",
    ];
    let good = one_of(texts.map(Value::from).to_vec());
    prop_oneof![20 => good, 1 => one_of(vec![json!(""), json!(null), json!(7), json!(1.5), json!(true), json!([])])]
        .boxed()
}

fn winner() -> BoxedStrategy<Value> {
    one_of(["A", "B", "tie", "A", "B", "", "first"].map(Value::from).to_vec())
}

fn number() -> BoxedStrategy<Value> {
    let odd = vec![
        json!(null),
        json!("nan"),
        json!(9),
        json!(-1),
        json!(2.5),
        json!("x"),
        json!(1e300),
        json!(u64::MAX),
    ];
    prop_oneof![12 => one_of(vec![json!(1), json!("2"), json!(3), json!(4.0), json!(0)]), 1 => one_of(odd)].boxed()
}

fn messages() -> BoxedStrategy<Value> {
    let turn = (prop::sample::select(vec!["user", "assistant", "system", "tool"]), text())
        .prop_map(|(role, content)| json!({ "role": role, "content": content }));
    prop::collection::vec(turn, 0..4).prop_map(Value::from).boxed()
}

fn list() -> BoxedStrategy<Value> {
    let element = (text(), number(), winner(), number())
        .prop_map(|(t, v, w, s)| json!({ "t": t, "v": v, "w": w, "s": s, "e": 3 }));
    let lists = prop::collection::vec(element, 0..4).prop_map(Value::from);
    prop_oneof![
        8 => lists.clone(),
        1 => lists.prop_map(|list| json!(list.to_string())),
        1 => one_of(vec![json!(null), json!("[]"), json!([1, 2]), json!("x"), json!([[]])]),
    ]
    .boxed()
}

/// A row; now and then one lacks a column.
fn row() -> impl Strategy<Value = Map<String, Value>> {
    let columns = [
        ("p", text()),
        ("a", text()),
        ("b", text()),
        ("w", winner()),
        ("n", number()),
        ("who", one_of(["u1", "u2", "7", "7.0", "nan", ""].map(Value::from).to_vec())),
        ("m", messages()),
        ("l", list()),
        ("d", prop::collection::vec(text(), 0..4).prop_map(Value::from).boxed()),
        ("r", prop::collection::vec(number(), 0..4).prop_map(Value::from).boxed()),
    ];
    let (names, values): (Vec<&str>, Vec<_>) = columns.into_iter().unzip();
    let kept = prop::collection::vec(prop::bool::weighted(0.97), names.len());
    (values, kept).prop_map(move |(values, kept)| {
        let all = names.iter().zip(values).zip(kept);
        all.filter(|(_, kept)| *kept)
            .map(|((name, value), _)| ((*name).to_owned(), value))
            .collect()
    })
}

/// Mostly one of these, now and then anything.
fn cell(good: &'static [&'static str]) -> BoxedStrategy<Value> {
    let paths = [
        "p",
        "a",
        "b",
        "w",
        "n",
        "who",
        "m[-1]",
        "m[:-1]",
        "m[0].content",
        "l[*].t",
        "l[*].v",
        "l[*].w",
        "d[*]",
        "d[1:]",
        "r[*]",
        "l[0].t",
        "zzz",
        "l[*].t[*]",
        "m",
    ];
    let odd = vec![
        json!(0),
        json!({ "constant": "x" }),
        json!({ "position": "l" }),
        json!({ "column": "w", "values": {} }),
    ];
    prop_oneof![
        30 => one_of(good.iter().map(|&path| json!(path)).collect()),
        2 => one_of(paths.map(Value::from).to_vec()),
        1 => one_of(odd),
    ]
    .boxed()
}

/// Fields of a record, each there or not.
type Fields = Vec<(&'static str, BoxedStrategy<Value>, f64)>;

fn table(fields: Fields) -> BoxedStrategy<Map<String, Value>> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (name, value, share) in fields {
        names.push(name);
        values.push(prop::option::weighted(share, value));
    }
    values
        .prop_map(move |values| {
            let all = names.iter().zip(values);
            all.filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect()
        })
        .boxed()
}

const TEXTS: &[&str] = &["a", "b", "p", "m[-1]", "l[*].t", "d[*]"];
const NUMBERS: &[&str] = &["n", "l[*].v", "r[*]"];

fn kind() -> BoxedStrategy<Map<String, Value>> {
    let sides = one_of(vec![
        json!({ "A": "first", "B": "second", "tie": "tie", "": "skip", "first": "first" }),
        json!({ "A": "first", "B": "second", "tie": "skip", "": "skip", "first": "tie" }),
        json!({ "A": "first" }),
    ]);
    let numbers = |values: Vec<Value>| one_of(values);
    let constant =
        |values: &[&str]| one_of(values.iter().map(|it| json!({ "constant": it })).collect());
    let words = |values: &[&str]| one_of(values.iter().map(|&it| json!(it)).collect());
    let forms: Vec<(&str, Fields)> = vec![
        (
            "comparison",
            vec![
                ("first", cell(TEXTS), 0.99),
                ("second", cell(TEXTS), 0.99),
                ("preference", cell(&["w", "l[*].w"]), 0.97),
                ("values", sides, 0.95),
                ("reason", cell(TEXTS), 0.1),
                ("tie", cell(NUMBERS), 0.05),
                ("strength", cell(NUMBERS), 0.1),
                ("strength_levels", numbers(vec![json!(3), json!(0)]), 0.1),
            ],
        ),
        (
            "comparison",
            vec![
                ("first", cell(TEXTS), 0.99),
                ("second", cell(TEXTS), 0.99),
                ("share", cell(NUMBERS), 0.97),
                (
                    "share_scale",
                    one_of(vec![
                        json!({ "first": 4, "second": 0 }),
                        json!({ "first": 1, "second": 1 }),
                    ]),
                    0.9,
                ),
            ],
        ),
        (
            "rating",
            vec![
                ("segment", cell(TEXTS), 0.99),
                ("value", cell(NUMBERS), 0.99),
                ("low", numbers(vec![json!(0), json!(1), json!(5)]), 0.99),
                ("high", numbers(vec![json!(4), json!(5)]), 0.99),
                ("levels", numbers(vec![json!(5), json!(0), json!(2)]), 0.3),
                ("aspect", cell(TEXTS), 0.2),
            ],
        ),
        (
            "approval",
            vec![
                ("segment", cell(TEXTS), 0.99),
                ("approval", cell(&["n", "w", "l[*].w"]), 0.99),
                (
                    "values",
                    one_of(vec![json!({ "A": 1, "B": 0, "tie": 0.5, "": "skip", "first": true })]),
                    0.7,
                ),
            ],
        ),
        (
            "correction",
            vec![
                ("original", cell(TEXTS), 0.99),
                ("corrected", cell(TEXTS), 0.99),
                ("reason", cell(TEXTS), 0.2),
            ],
        ),
        (
            "demonstration",
            vec![
                ("segment", cell(TEXTS), 0.99),
                ("alternatives", cell(&["d", "l[*].t", "d[*]"]), 0.5),
            ],
        ),
        (
            "ranking",
            vec![
                ("texts", cell(&["d", "l[*].t", "d[*]"]), 0.99),
                ("ranks", cell(&["r", "l[*].v", "r[*]"]), 0.6),
                ("order", words(&["best-first", "worst-first"]), 0.4),
                ("best", words(&["highest", "lowest"]), 0.3),
            ],
        ),
        (
            "critique",
            vec![
                ("segment", cell(TEXTS), 0.99),
                ("polarity", constant(&["negative", "neutral", "positive"]), 0.98),
                ("first", cell(&["l[*].s", "l[*].v", "n"]), 0.6),
                ("end", cell(&["l[*].e", "l[*].v", "n"]), 0.6),
                ("unit", words(&["chars", "bytes", "utf16"]), 0.6),
                ("text", cell(TEXTS), 0.3),
                ("aspect", cell(TEXTS), 0.3),
                ("unmarked", words(&["skip", "neutral"]), 0.3),
            ],
        ),
    ];
    let forms = forms.into_iter().map(|(kind, fields)| {
        table(fields).prop_map(move |mut fields| {
            fields.insert("kind".to_owned(), json!(kind));
            fields
        })
    });
    proptest::strategy::Union::new(forms).boxed()
}

fn record() -> BoxedStrategy<Value> {
    let who: Fields = vec![
        ("annotator", cell(&["who", "who", "l[*].w"]), 0.5),
        ("seconds", cell(NUMBERS), 0.1),
        ("votes", cell(NUMBERS), 0.1),
        ("group", cell(&["who"]), 0.1),
        ("source", one_of(vec![json!({ "constant": "crowd" })]), 0.2),
        ("missing", one_of(vec![json!("skip"), json!("skip"), json!("error")]), 0.7),
        (
            "where",
            one_of(vec![
                json!({ "w": ["A", "B"] }),
                json!({ "l[*].w": "A" }),
                json!({ "n": [1, 2, 3] }),
            ]),
            0.15,
        ),
    ];
    (kind(), table(who))
        .prop_map(|(kind, who)| Value::Object(kind.into_iter().chain(who).collect()))
        .boxed()
}

fn mapping() -> impl Strategy<Value = Value> {
    let top = table(vec![
        ("prompt", cell(&["p", "m", "m[:-1]"]), 0.9),
        ("context", cell(&["b", "m"]), 0.1),
        ("group", cell(&["who", "w", "p"]), 0.2),
        (
            "people",
            one_of(vec![json!({ "annotator": "who", "likes": "w", "age": { "number": "n" } })]),
            0.1,
        ),
    ]);
    (top, prop::collection::vec(record(), 1..3)).prop_map(|(mut top, records)| {
        top.insert("records".into(), records.into());
        Value::Object(top)
    })
}

/// As JSON lines, or as CSV with JSON in its cells.
fn written(rows: &[Map<String, Value>], is_csv: bool) -> String {
    if !is_csv {
        return rows.iter().map(|row| json!(row).to_string() + "\n").collect();
    }
    let names = ["p", "a", "b", "w", "n", "who", "m", "l", "d", "r"];
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let cell = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    let line =
        |row: &Map<String, Value>| names.map(|name| cell(text(row.get(name)))).join(",") + "\n";
    names.join(",") + "\n" + &rows.iter().map(line).collect::<String>()
}

fn is_sound((mapping, rows, is_csv): (Value, Vec<Map<String, Value>>, bool)) -> Outcome {
    let tagged: Result<Box<dyn Importer>, _> =
        serde_json::from_value(json!({ "columns": mapping }));
    let importer = match tagged {
        Ok(importer) => importer,
        Err(error) => {
            prop_assert!(error.to_string().len() > 10, "{}", error);
            return Ok(());
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows");
    std::fs::write(&file, written(&rows, is_csv)).unwrap();
    import(&*importer, &file, BadRows::Error);
    import(&*importer, &file, BadRows::Skip);
    Ok(())
}

#[test]
fn mappings_and_rows_that_nearly_fit_make_sound_datasets_or_named_errors() {
    let inputs = (mapping(), prop::collection::vec(row(), 1..5), any::<bool>());
    fuzz("mappings with rows", 700, inputs, is_sound);
}

/// Whatever is guessed is a mapping, but for what is to be filled in.
fn is_guessed((rows, is_csv): (Vec<Map<String, Value>>, bool)) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows");
    std::fs::write(&file, written(&rows, is_csv)).unwrap();
    let Ok(sight) = look(&file, &Reading { quoted: Some(true), ..Reading::default() }) else {
        return Ok(());
    };
    prop_assert_eq!(sight.rows + sight.bad_rows, rows.len() as u64);
    let guess = guess(&sight);
    prop_assert_eq!(guess.records.is_empty(), !guess.choices.is_empty());
    let none = Map::new();
    if !guess.records.is_empty() {
        return is_mapping(&file, &guess.top, &guess.records, &none);
    }
    let each = |choice: &Choice| {
        is_mapping(&file, &choice.top, std::slice::from_ref(&choice.record), &none)
    };
    guess.choices.iter().try_for_each(each)
}

/// Whether an import takes it, with `more` options, if nothing is to be filled in.
pub fn is_mapping(
    file: &Path,
    top: &[Line],
    records: &[RecordGuess],
    more: &Map<String, Value>,
) -> Outcome {
    let table = |lines: &[Line]| -> Map<String, Value> {
        lines.iter().map(|line| (line.key.to_owned(), line.value.clone())).collect()
    };
    let mut lines = records.iter().flat_map(|record| &record.lines).chain(top);
    let is_open = lines.any(Line::is_open) || records.iter().any(|it| it.kind == FILL_IN);
    let records: Vec<Value> = records
        .iter()
        .map(|record| {
            let mut fields = table(&record.lines);
            fields.insert("kind".into(), json!(record.kind));
            Value::Object(fields)
        })
        .collect();
    let mut mapping = table(top);
    mapping.insert("records".into(), records.into());
    mapping.extend(more.clone());
    let tagged: Result<Box<dyn Importer>, _> =
        serde_json::from_value(json!({ "columns": mapping }));
    match (tagged, is_open) {
        (Ok(importer), false) => {
            import(&*importer, file, BadRows::Skip);
            Ok(())
        }
        (Err(error), false) => Err(TestCaseError::fail(format!("{error}: {mapping:?}"))),
        (_, true) => Ok(()),
    }
}

/// Tables of some of the columns, under names that people give them.
fn named_rows() -> impl Strategy<Value = Vec<Map<String, Value>>> {
    let names: [(&'static str, &'static [&'static str]); 10] = [
        ("p", &["prompt", "question", "id", "x"]),
        ("a", &["response_a", "chosen", "answer", "text", "original", "mt"]),
        ("b", &["response_b", "rejected", "output", "edited", "pe", "reference"]),
        ("w", &["winner", "label", "preference", "vote", "feedback"]),
        ("n", &["score", "rating", "rank", "seconds", "start"]),
        ("who", &["annotator", "user_id", "worker", "key"]),
        ("m", &["messages", "conversation", "chosen", "meta"]),
        ("l", &["annotations", "spans", "completions", "scores"]),
        ("d", &["responses", "texts", "tags"]),
        ("r", &["ranks", "scores", "ratings"]),
    ];
    let chosen: Vec<_> = names
        .into_iter()
        .map(|(column, names)| {
            prop::option::weighted(0.5, prop::sample::select(names))
                .prop_map(move |name| (column, name))
        })
        .collect();
    (chosen, prop::collection::vec(row(), 1..5)).prop_map(|(chosen, rows)| {
        let renamed = |mut row: Map<String, Value>| -> Map<String, Value> {
            let of = |(column, name): &(&str, Option<&str>)| {
                Some(((*name)?.to_owned(), row.remove(*column)?))
            };
            chosen.iter().filter_map(of).collect()
        };
        rows.into_iter().map(renamed).filter(|row| !row.is_empty()).collect()
    })
}

#[test]
fn what_is_guessed_of_any_table_is_a_mapping() {
    fuzz("guesses", 500, named_rows().prop_filter("rows", |rows| !rows.is_empty()), |rows| {
        is_guessed((rows, false))
    });
}
