//! Values that stand for nothing are refused, with the place.

use super::{SOUND, spec, with};

/// A change of the sound file is refused, and the message holds every part of `expected`.
fn refused(from: &str, to: &str, expected: &[&str]) {
    let error = spec(&with(from, to)).unwrap_err().to_string();
    for part in expected {
        assert!(error.contains(part), "`{to}`: `{part}` is not in: {error}");
    }
}

#[test]
fn the_sound_file_is_sound() {
    spec(SOUND).unwrap();
}

#[test]
fn numbers_out_of_range_are_refused_by_path() {
    let training = |line: &str, path: &str| {
        let to = format!("[training]\n{line}");
        refused("[training]\nepochs = 7", &to, &[&format!("`training.{path}`"), "needed, found"]);
    };
    training("epochs = 0", "epochs");
    training("batch-size = 0", "batch-size");
    for value in ["0.0", "-1.0", "nan", "inf"] {
        training(&format!("learning-rate = {value}"), "learning-rate");
        training(&format!("response-learning-rate = {value}"), "response-learning-rate");
        training(&format!("adamw = {{ epsilon = {value} }}"), "adamw.epsilon");
    }
    for value in ["-0.1", "nan", "inf"] {
        training(&format!("adamw = {{ weight-decay = {value} }}"), "adamw.weight-decay");
        training(&format!("adamw = {{ beta1 = {value} }}"), "adamw.beta1");
        let to = format!("[execution]\ncheckpoint-secs = {value}\n[dataset]");
        refused("[dataset]", &to, &["`execution.checkpoint-secs`", "at least 0"]);
    }
    training("adamw = { beta2 = 1.0 }", "adamw.beta2");
    let evaluation = |line: &str, path: &str| {
        let to = format!("[evaluation]\n{line}");
        refused("[evaluation]", &to, &[&format!("`evaluation.{path}`"), "needed, found"]);
    };
    evaluation("calibration = { iterations = 0 }", "calibration.iterations");
    for value in ["0.0", "-1e-5", "nan"] {
        evaluation(&format!("calibration = {{ tolerance = {value} }}"), "calibration.tolerance");
        evaluation(&format!("baseline = {{ learning-rate = {value} }}"), "baseline.learning-rate");
    }
    evaluation("baseline = { epochs = 0 }", "baseline.epochs");
    evaluation("measure = { bins = 1 }", "measure.bins");
    let replicates = "measure = { bootstrap = { replicates = 0 } }";
    evaluation(replicates, "measure.bootstrap.replicates");
    refused("protocol = \"fixed\"", "labels = 0", &["`ablation.labels`", "at least 1"]);
    refused("[dataset]", "execution.jobs = 0\n[dataset]", &["`execution.jobs`", "at least 1"]);
    refused("[dataset]", "reward-model.members = 0\n[dataset]", &["`reward-model.members`"]);
    let discount = "reward-model.returns = { discounted = 0.0 }\n[dataset]";
    refused("[dataset]", discount, &["`reward-model.returns`", "(0, 1]"]);
}

#[test]
fn zero_is_a_weight_decay_and_an_interval() {
    let text = with("epochs = 7", "adamw = { weight-decay = 0.0 }");
    spec(&text.replace("[dataset]", "execution.checkpoint-secs = 0.0\n[dataset]")).unwrap();
}

#[test]
fn a_mix_whose_weights_are_all_zero_is_refused() {
    let weights = |weights: &str, ablation: &str| {
        let text = with("joint = {}", &format!("weighted = {{ weights = {{ {weights} }} }}"));
        spec(&text.replace("protocol = \"fixed\"", ablation)).map_err(|error| error.to_string())
    };
    let subsets = "feedback = \"subsets\"";
    let error = weights("a = 0.0, b = 0.5", subsets).unwrap_err();
    assert!(error.contains("all weights of the mix a are 0"), "{error}");
    // In the full mix the others speak.
    weights("a = 0.0, b = 0.5", "feedback = \"none\"").unwrap();
    let named = weights("a = 0.0, b = 0.0", "mixes = { both = [\"a\", \"b\"] }").unwrap_err();
    assert!(named.contains("all weights of the mix a + b are 0"), "{named}");
    let negative = weights("a = -1.0", subsets).unwrap_err();
    assert!(negative.contains("`mixing.weighted.weights.a`: a number of at least 0"), "{negative}");
    assert!(weights("d = 1.0", subsets).unwrap_err().contains("unknown source `d`"));
}

#[test]
fn a_mixing_that_the_experiment_does_not_suit_is_refused() {
    let refused = |from: &str, to: &str, options: &str, expected: &str| {
        let text = with("joint = {}", &format!("post-hoc = {{ {options} }}")).replace(from, to);
        let error = spec(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let one = "`mixing.post-hoc.rule`: `inverse-variance` is about the spread over members: \
               `reward-model.members` of at least 2 is needed, found 1";
    refused("", "", "rule = \"inverse-variance\"", one);
    let split = "[dataset]\nsplit = { by = \"prompt\", test = 0.2 }";
    let none = "a share above 0 is needed for `dataset.split.validation`, found 0";
    refused("[dataset]", split, "rule = \"transfer\"", none);
    refused("", "", "target = \"a\"", "`mixing.post-hoc.target`: this rule gives all sources one");
    refused("", "", "rule = \"stacking\", target = \"d\"", "unknown source `d`");
}

#[test]
fn a_source_is_named_without_plus_and_not_by_nothing() {
    refused("feedback.a]", "feedback.\"a+b\"]", &["without `+`, found `a+b`", "x.toml:6:"]);
    refused("feedback.a]", "feedback.\" \"]", &["a name is needed"]);
    refused("protocol = \"fixed\"", "mixes = { \"\" = [\"a\"] }", &["a name is needed"]);
    refused("protocol = \"fixed\"", "mixes = { none = [] }", &["at least one source"]);
}

/// Each of these passed `check`, and failed after everything was trained or gave a row without a name.
#[test]
fn a_baseline_has_a_name_of_its_own_and_features() {
    let baseline = |name: &str, features: &str, expected: &str| {
        let to = format!("[evaluation]\nbaselines = {{ {name} = [{features}] }}");
        let path = format!("`evaluation.baselines.{}`", name.replace('"', ""));
        refused("[evaluation]", &to, &["x.toml:19:", &path, expected]);
    };
    for name in crate::ESTIMATORS {
        let found = format!("found `{name}`");
        baseline(&format!("\"{name}\""), "\"f\"", &found);
    }
    baseline("model", "\"f\"", "expected a name other than `model`, `majority`");
    baseline("odd", "", "at least one feature is needed, found none");
    baseline("\"\"", "\"f\"", "a name is needed, found an empty text");
    baseline("\" \"", "\"f\"", "a name is needed, found an empty text");
    spec(&with("[evaluation]", "[evaluation]\nbaselines = { models = [\"f\"] }")).unwrap();
}

#[test]
fn a_source_is_evaluated_once() {
    let twice = ["x.toml:19:", "`evaluation.sources`", "each source once, found `b` twice"];
    refused("sources = [\"b\", \"c\"]", "sources = [\"b\", \"c\", \"b\"]", &twice);
}

/// The family was ignored in silence.
#[test]
fn a_family_of_mixes_beside_mixes_by_name_is_refused() {
    for family in ["subsets", "leave-one-out"] {
        let both = format!("feedback = \"{family}\"\nmixes = {{ one = [\"a\"] }}");
        let expected = ["x.toml:17:", "`ablation.feedback`", "found both; leave one out"];
        refused("protocol = \"fixed\"", &both, &expected);
    }
    let none = "feedback = \"none\"\nmixes = { one = [\"a\"] }";
    spec(&with("protocol = \"fixed\"", none)).unwrap();
}
