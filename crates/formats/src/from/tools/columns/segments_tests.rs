//! Tests of what a mapping tells of texts, and of answers without a word.

use super::tests::import_text;
use crate::Imported;
use medley_feedback::{Comparison, Ranking};

/// Text and metadata of each segment, an unknown value as `-`.
fn shown(imported: &Imported) -> Vec<String> {
    let segments = imported.dataset.segments();
    let row = |i: usize| {
        let labels = segments.metadata().columns().iter().map(|column| {
            let label = column.label(i).map_or("-".into(), |label| label.into_owned());
            format!("{} {label}", column.name())
        });
        let text = segments.text(i).unwrap().to_owned();
        std::iter::once(text).chain(labels).collect::<Vec<_>>().join(", ")
    };
    (0..segments.len()).map(row).collect()
}

const PAIRS: &str = "[import.columns]\nprompt = \"p\"\ncontext = \"c\"\n\
                     [[import.columns.records]]\nkind = \"comparison\"\nfirst = \"a\"\n\
                     second = \"b\"\npreference = \"l\"\nvalues = { A = \"first\", B = \"second\" }\n";

fn pairs(options: &str, rows: &str) -> Result<Imported, String> {
    let data = format!("p,c,a,b,l,ma,mb,cost\n{rows}");
    import_text(&format!("{PAIRS}{options}"), "d.csv", &data)
}

const MODELS: &str = "[import.columns.segments]\na = { model = \"ma\" }\n\
                      b = { model = \"mb\", cost = { number = \"cost\" } }\n";

#[test]
fn one_text_by_two_models_is_two_segments() {
    let rows = "Why?,,Yes.,No.,A,m1,m2,3\nWhy?,,Yes.,No.,B,m3,m2,3\nWhy?,,Yes.,Yes.,B,m1,m3,\n";
    let imported = pairs(MODELS, rows).unwrap();
    let expect = ["Yes., cost -, model m1", "No., cost 3, model m2", "Yes., cost -, model m3"];
    assert_eq!(shown(&imported), expect);
    let comparisons = imported.dataset.records::<Comparison>().unwrap();
    let sides: Vec<[&str; 2]> =
        comparisons.iter().map(|it| [it.first.0.as_str(), it.second.0.as_str()]).collect();
    let (one, two, three) = ("g000000/0", "g000000/1", "g000000/2");
    assert_eq!(sides, [[one, two], [three, two], [one, three]]);
    // Without metadata the same rows are two texts, and a twin.
    assert_eq!(shown(&pairs("", rows).unwrap()), ["Yes.", "No.", "Yes."]);
}

#[test]
fn lists_have_metadata_of_each_element() {
    let mapping = |texts: &str, model: &str| {
        format!(
            "[import.columns]\nprompt = \"p\"\n[import.columns.segments]\n\"{texts}\" = {{ model = \
             \"{model}\" }}\n[[import.columns.records]]\nkind = \"ranking\"\ntexts = \"{texts}\"\n\
             order = \"best-first\"\n"
        )
    };
    let check = |texts: &str, model: &str, row: &str, expect: Result<&[&str], &str>| {
        let told = import_text(&mapping(texts, model), "d.jsonl", row);
        match (told, expect) {
            (Ok(imported), Ok(expect)) => {
                assert_eq!(shown(&imported), expect);
                assert_eq!(imported.dataset.records::<Ranking>().unwrap().len(), 1);
            }
            (Err(error), Err(expect)) => assert!(error.contains(expect), "{error}"),
            (found, expect) => panic!("expected {expect:?}, found {found:?}"),
        }
    };
    let nested = r#"{"p": "Why?", "o": [{"t": "Yes.", "m": "a"}, {"t": "No.", "m": 7}]}"#;
    let expect = Ok(&["Yes., model a", "No., model 7"][..]);
    check("o[*].t", "o[*].m", nested, expect);
    let lists = r#"{"p": "Why?", "t": ["Yes.", "No."], "m": ["a", "7"], "one": "x"}"#;
    check("t", "m", lists, expect);
    check("t[*]", "m[*]", lists, expect);
    check("t", "one", lists, Ok(&["Yes., model x", "No., model x"]));
    let short = r#"{"p": "Why?", "t": ["Yes.", "No."], "m": ["a"]}"#;
    check("t", "m", short, Err("`m` must be as many values as there are texts, 2, found 1"));
    check("t[*]", "m[*]", short, Err("must be as many elements as"));
    check("t", "m[*]", short, Err("`[*]` for what is known of `t`, one text"));
}

#[test]
fn wrong_descriptions_are_explained() {
    let row = "Why?,,Yes.,No.,A,m1,m2,x\n";
    let check = |options: &str, expect: &str| {
        let error = pairs(options, row).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(MODELS, "d.csv: line 2: `cost` must be a number, found \"x\"");
    check("[import.columns.segments]\nx = { model = \"ma\" }\n", "no record has its text in `x`");
    check(
        "[import.columns.segments]\na = { text = \"ma\" }\n",
        "segments: `a`: `text`: a column of metadata must be called otherwise",
    );
    check("[import.columns.segments]\na = \"ma\"\n", "segments: `a`: expected columns, such as");
    check(
        "[import.columns.segments]\na = { model = \"nope\" }\n",
        "`nope` must be among the columns",
    );
}

/// After the PandaLM set: 54 of 999 pairs have a model that answered nothing.
#[test]
fn empty_answers_are_kept_if_asked_for() {
    let rows = "Why?,,Yes.,,A,,,\nHow?,,\" \",So.,B,,,\n";
    let error = pairs("", rows).unwrap_err();
    assert!(error.contains("line 2: `b` must be filled in"), "{error}");
    let keep = |options: &str| {
        let mapping = PAIRS.replace("[import.columns]\n", "[import.columns]\nempty = \"keep\"\n");
        let data = format!("p,c,a,b,l,ma,mb,cost\n{rows}");
        import_text(&format!("{mapping}{options}"), "d.csv", &data)
    };
    let imported = keep("").unwrap();
    assert_eq!(shown(&imported), ["Yes.", "", " ", "So."]);
    assert_eq!(imported.dataset.records::<Comparison>().unwrap().len(), 2);
    // What is empty and no answer is missing as before.
    let null = "{\"p\": \"Why?\", \"c\": \"\", \"a\": null, \"b\": \"\", \"l\": \"A\"}\n";
    let mapping = PAIRS.replace("[import.columns]\n", "[import.columns]\nempty = \"keep\"\n");
    let error = import_text(&mapping, "d.jsonl", null).unwrap_err();
    assert!(error.contains("`a` must be filled in"), "{error}");
}

#[test]
fn a_blank_prompt_with_a_context_is_asked_by_its_context() {
    let imported = pairs("", " ,A text.,Yes.,No.,A,,,\n").unwrap();
    let groups = imported.dataset.groups();
    assert_eq!((groups.len(), groups.prompt(0), groups.context(0)), (1, None, Some("A text.")));
    let imported = pairs("", " ,,Yes.,No.,A,,,\n").unwrap();
    let groups = imported.dataset.groups();
    assert_eq!((groups.len(), groups.prompt(0), groups.context(0)), (1, None, None));
}
