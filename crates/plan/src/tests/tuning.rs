//! What `[tuning]` adds to a plan, and what it refuses.

use super::{SOUND, runs, spec};
use crate::{RunPlan, RunTuning, Rung, Subject};

/// The sound file with a `[tuning]` of these lines.
fn tuned(lines: &str) -> String {
    format!("{SOUND}[tuning]\n{lines}\n")
}

const RATES: &str = "target = \"a\"\n[tuning.options]\n\"training.learning-rate\" = [0.1, 0.3, 1]";

fn tuning<'a>(runs: &'a [RunPlan], label: &str) -> &'a RunTuning {
    let run = runs.iter().find(|run| run.subject.label() == label);
    run.unwrap().spec.tuning.as_ref().unwrap()
}

fn settings(tuning: &RunTuning) -> Vec<String> {
    tuning.candidates.iter().map(|candidate| candidate.setting.to_string()).collect()
}

fn labels(runs: &[RunPlan]) -> Vec<&str> {
    let mixes = runs.iter().filter(|run| matches!(run.subject, Subject::Mix(_)) && run.seed == 0);
    mixes.map(|run| run.subject.label()).collect()
}

/// A change of the tuned file is refused at a line, and the message holds every part of `expected`.
fn refused(text: &str, line: usize, expected: &[&str]) {
    let error = spec(text).unwrap_err().to_string();
    for part in [format!("x.toml:{line}:").as_str()].iter().chain(expected) {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn a_tuned_run_stands_beside_the_untuned_one_which_it_does_not_rename() {
    let (before, after) = (runs(SOUND), runs(&tuned(RATES)));
    let ids = |runs: &[RunPlan]| runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&after), ["a + b + c", "a + b + c (tuned)"]);
    assert_eq!(after.len(), before.len() + 2);
    assert!(ids(&before).iter().all(|id| ids(&after).contains(id)));
    let own = tuning(&after, "a + b + c (tuned)");
    assert_eq!((own.target.as_str(), own.untuned.as_str()), ("a", "a + b + c"));
    let expected = [0.1, 0.3, 1.0];
    let rates = own.candidates.iter().map(|candidate| candidate.fit.training.learning_rate);
    assert_eq!(rates.collect::<Vec<_>>(), expected);
    assert!(own.candidates.iter().all(|candidate| candidate.fit.training.epochs == 7));
    assert_eq!(own.rungs(), [Rung { candidates: 3, statements: None }]);
}

/// What is tuned has no value of its own in the file, so that one there renames nothing.
#[test]
fn a_tuned_run_is_named_by_its_candidates() {
    let id = |text: &str| {
        let runs = runs(text);
        let tuned = runs.iter().find(|run| run.spec.tuning.is_some()).unwrap();
        assert_eq!(tuned.id.len(), 12);
        tuned.id.clone()
    };
    let text = tuned(RATES);
    let same = text.replace("epochs = 7", "epochs = 7\nlearning-rate = 0.77");
    assert_eq!(id(&text), id(&same));
    for other in [
        text.replace("[0.1, 0.3, 1]", "[0.1, 0.3]"),
        text.replace("[0.1, 0.3, 1]", "[0.3, 0.1, 1]"),
        text.replace("target = \"a\"", "target = \"b\""),
        text.replace("target = \"a\"", "target = \"a\"\nhalving = { factor = 3, least = 50 }"),
        text.replace("epochs = 7", "epochs = 8"),
    ] {
        assert_ne!(id(&text), id(&other), "{other}");
    }
    let text = runs(&text).pop().unwrap().identity;
    let (_, tuning) = text.split_once("[spec.tuning]").unwrap();
    insta::assert_snapshot!(tuning.trim(), @r#"
    target = "a"

    [[spec.tuning.candidates]]
    "training.learning-rate" = 0.1

    [[spec.tuning.candidates]]
    "training.learning-rate" = 0.3

    [[spec.tuning.candidates]]
    "training.learning-rate" = 1
    "#);
}

#[test]
fn a_mode_is_tuned_in_what_it_has() {
    let modes = "modes = { one = { joint = {} }, flat = { weighted = {} } }\nprotocol = \"fixed\"";
    let text = tuned(
        "target = \"a\"\n[tuning.options]\n\"mixing.weighted.balance\" = [\"statements\", \"sources\"]",
    );
    let of = |text: &str| runs(&text.replace("protocol = \"fixed\"", modes));
    // Nothing of `joint` varies, so that it is not tuned.
    let runs = of(&text);
    assert_eq!(labels(&runs), ["flat", "flat (tuned)", "one"]);
    let both =
        ["mixing.weighted.balance = \"statements\"", "mixing.weighted.balance = \"sources\""];
    assert_eq!(settings(tuning(&runs, "flat (tuned)")), both);
    let runs = of(&format!("{text}\"training.learning-rate\" = [0.1, 0.2]"));
    let rates = ["training.learning-rate = 0.1", "training.learning-rate = 0.2"];
    assert_eq!(settings(tuning(&runs, "one (tuned)")), rates);
    assert_eq!(tuning(&runs, "flat (tuned)").candidates.len(), 4);
}

/// A source alone is mixed with nothing: what its mixing says of others makes no candidate.
#[test]
fn options_that_a_mix_does_not_depend_on_make_no_candidates() {
    let text =
        tuned("target = \"a\"\n[tuning.options]\n\"mixing.weighted.weights.c\" = [0.5, 2.0]");
    let text = text.replace("joint = {}", "weighted = {}");
    let text = text
        .replace("protocol = \"fixed\"", "mixes = { ab = [\"a\", \"b\"], ac = [\"a\", \"c\"] }");
    assert_eq!(labels(&runs(&text)), ["ab", "ac", "ac (tuned)"]);
}

#[test]
fn a_curve_has_a_tuned_line_beside_each() {
    let curve = "curve = { source = \"b\", statements = [5], all = false }";
    let text = tuned("[tuning.options]\n\"training.epochs\" = [1, 2]");
    let runs = runs(&text.replace("protocol = \"fixed\"", curve));
    let lines: Vec<(&str, bool)> = runs
        .iter()
        .filter(|run| run.seed == 0)
        .filter_map(|run| run.curve.as_ref())
        .map(|place| (place.line.as_str(), place.is_baseline))
        .collect();
    let expected = [("b alone", true), ("b alone (tuned)", false)];
    assert_eq!(lines[..2], expected);
    assert_eq!(lines[2..], [("a + b + c", false), ("a + b + c (tuned)", false)]);
    assert_eq!(tuning(&runs, "b (tuned)").target, "b");
}

#[test]
fn the_target_is_named_or_follows() {
    let of = |from: &str, to: &str| {
        let text = tuned("[tuning.options]\n\"training.epochs\" = [1, 2]").replace(from, to);
        spec(&text).map(|spec| spec.tuning_target().unwrap().unwrap()).map_err(|e| e.to_string())
    };
    assert_eq!(of("sources = [\"b\", \"c\"]", "sources = [\"c\"]").unwrap(), "c");
    assert_eq!(of("joint = {}", "separate = { target = \"a\" }").unwrap(), "a");
    let open = of("", "").unwrap_err();
    assert!(open.contains("has to be named, and could be any of `b`, `c`"), "{open}");
    assert!(open.starts_with("x.toml:21:"), "{open}");
    let modes = "modes = { one = { separate = { target = \"a\" } }, two = { separate = { target = \"b\" } } }";
    let open = of("protocol = \"fixed\"", modes).unwrap_err();
    assert!(open.contains("could be any of `a`, `b`"), "{open}");
    refused(&tuned(&RATES.replace("\"a\"", "\"d\"")), 22, &["unknown source `d`"]);
}

#[test]
fn halving_keeps_one_in_so_many() {
    let rungs = |count: usize, factor: usize| {
        let values: Vec<String> = (1..=count).map(|value| value.to_string()).collect();
        let text = tuned(&format!(
            "target = \"a\"\nhalving = {{ factor = {factor}, least = 50 }}\n[tuning.options]\n\
             \"training.epochs\" = [{}]",
            values.join(", ")
        ));
        let rungs = tuning(&runs(&text), "a + b + c (tuned)").rungs();
        let told = rungs.into_iter().map(|rung| (rung.candidates, rung.statements.unwrap()));
        told.collect::<Vec<_>>()
    };
    assert_eq!(rungs(9, 3), [(9, 50), (3, 150)]);
    assert_eq!(rungs(10, 3), [(10, 50), (4, 150), (2, 450)]);
    assert_eq!(rungs(2, 4), [(2, 50)]);
}

#[test]
fn an_edge_is_the_smallest_or_largest_of_three_numbers() {
    let text = tuned(
        "target = \"a\"\n[tuning.options]\n\"training.epochs\" = [1, 2, 3]\n\
         \"training.learning-rate\" = [0.1, 0.2]\n\"training.schedule\" = [\"constant\", \"cosine\"]",
    );
    let runs = runs(&text);
    let tuning = tuning(&runs, "a + b + c (tuned)");
    let at_edge = |wanted: &str| {
        let of = settings(tuning).iter().position(|setting| setting.starts_with(wanted)).unwrap();
        tuning.at_edge(of)
    };
    assert_eq!(at_edge("training.epochs = 1"), ["training.epochs"]);
    assert!(at_edge("training.epochs = 2").is_empty());
    assert_eq!(at_edge("training.epochs = 3"), ["training.epochs"]);
}

/// An exact fit has no epochs and no learning rate.
#[test]
fn what_a_fit_does_not_read_is_not_tuned() {
    let exact = "[reward-model]\nbackbone.linear = {}\n[inference]\nlaplace = {}\n[tuning]";
    let exact = tuned(RATES).replace("[tuning]", exact);
    let error = spec(&exact).unwrap_err().to_string();
    let expected =
        "`inference.laplace` reads nothing of `training`: all candidates would be one fit";
    assert!(error.contains(expected) && error.contains("learning-rate"), "{error}");
}

#[test]
fn a_candidate_that_the_file_could_not_be_is_refused_at_its_key() {
    let option = |line: &str, expected: &[&str]| {
        refused(&tuned(&format!("target = \"a\"\n[tuning.options]\n{line}")), 24, expected);
    };
    option(
        "\"training.epoks\" = [1]",
        &["`tuning.options.training.epoks`", "unknown field `epoks`"],
    );
    option("\"training.epochs\" = [1, 0]", &["`training.epochs`: at least 1 is needed, found 0"]);
    option("\"training.epochs\" = [1, \"two\"]", &["invalid type: string \"two\""]);
    let whole = "; `whole = true` gives the whole numbers of a range";
    option("\"training.epochs\" = { from = 1, to = 3, points = 3 }", &[whole]);
    option("\"reward-model.backbone.mlp.hidden\" = [[8], [8, 0]]", &["above 0", "[8, 0]"]);
    option("\"training.adamw\" = [3]", &["invalid type: integer `3`, expected a table"]);
    option("\"training.epochs.most\" = [3]", &["leads through `epochs`, expected a table"]);
    // What is not there, or not of these tables.
    option(
        "\"inference.laplace.return-sd\" = [1.0]",
        &["`inference.laplace` is not what is tuned", "`inference.map`"],
    );
    option("\"mixing.related.strength\" = [1.0]", &["the experiment has `mixing.joint`"]);
    option(
        "\"reward-model.backbone.linear.initial-scale\" = [1.0]",
        &["has `reward-model.backbone.mlp`"],
    );
    for key in ["dataset.standardize", "feedback.a.select", "evaluation.agreement", "training"] {
        let expected = ["a dotted key under `reward-model`, `mixing`, `inference`, `training`"];
        option(&format!("\"{key}\" = [1]"), &expected);
    }
    option("training.epochs = [1]", &["a dotted key under", "found `training`"]);
    option("\"training.epochs\" = 3", &["a list of values is expected", "found integer"]);
    option("\"training.learning-rate\" = { from = 0.1, to = 1.0 }", &["`points` is needed"]);
    // Each value is sound, and they are not together.
    let text = tuned(
        "target = \"a\"\n[tuning.options]\n\"mixing.weighted.weights.a\" = [1.0, 0.0]\n\
         \"mixing.weighted.weights.b\" = [0.0]\n\"mixing.weighted.weights.c\" = [0.0]",
    );
    let zero = ["all weights of the mix a + b + c are 0"];
    refused(&text.replace("joint = {}", "weighted = {}"), 24, &zero);
}

#[test]
fn a_tuning_that_stands_for_nothing_is_refused() {
    refused(&tuned("target = \"a\"\noptions = {}"), 23, &["at least one option is needed"]);
    let same = "target = \"a\"\n[tuning.options]\n\"training.epochs\" = [7]";
    refused(&tuned(same), 23, &["every candidate is what the file says already"]);
    let with = |line: &str| tuned(&format!("{line}\n{RATES}"));
    refused(
        &with("halving = { factor = 1, least = 5 }"),
        22,
        &["`tuning.halving.factor`", "at least 2"],
    );
    refused(&with("halving = { factor = 2, least = 0 }"), 22, &["`tuning.halving.least`"]);
    let random = with("design = { random = { points = 0 } }");
    refused(&random, 22, &["`tuning.design.random.points`: from 1 to 1000 is needed, found 0"]);
    refused(&with("design = { sobol = { points = 1001 } }"), 22, &["found 1001"]);
    refused(&with("design = \"latin\""), 22, &["unknown variant `latin`"]);
    let split = "[dataset]\nsplit = { by = \"prompt\", test = 0.2 }";
    refused(&tuned(RATES).replace("[dataset]", split), 22, &["the validation part decides"]);
    let named = super::with("protocol = \"fixed\"", "mixes = { \"m (tuned)\" = [\"a\"] }");
    refused(&format!("{named}[tuning]\n{RATES}"), 17, &["is that of a tuned mix"]);
}

#[test]
fn candidates_in_random_and_sobol_designs_follow_their_seed() {
    let of = |design: &str| {
        let text = tuned(&format!(
            "target = \"a\"\ndesign = {design}\n[tuning.options]\n\"training.epochs\" = {{ from = 1, to = \
             50, scale = \"log\", whole = true }}\n\"training.learning-rate\" = {{ from = 1e-4, to = 1e-1, \
             scale = \"log\" }}"
        ));
        settings(tuning(&runs(&text), "a + b + c (tuned)"))
    };
    let random = of("{ random = { points = 5, seed = 2 } }");
    assert_eq!(random, of("{ random = { points = 5, seed = 2 } }"));
    assert!(random.len() == 5 && random != of("{ random = { points = 5 } }"));
    // Pinned: another version of a generator must not rename runs in silence.
    insta::assert_snapshot!(random[..2].join("\n"), @r"
    training.epochs = 1, training.learning-rate = 0.03016
    training.epochs = 9, training.learning-rate = 0.01186
    ");
    let sobol = of("{ sobol = { points = 4, seed = 2 } }");
    insta::assert_snapshot!(sobol.join("\n"), @r"
    training.epochs = 2, training.learning-rate = 0.01044
    training.epochs = 21, training.learning-rate = 0.0002208
    training.epochs = 1, training.learning-rate = 0.00128
    training.epochs = 8, training.learning-rate = 0.06524
    ");
}
