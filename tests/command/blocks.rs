//! Features in blocks, and principal components of them.

use crate::harness::{Desk, assert_success};

/// Comparisons by an exact fit, with these lines about features.
fn experiment(name: &str, features: &str) -> String {
    format!(
        r#"
name = "{name}"
[dataset]
path = "datasets/qa_feedback"
split = {{ by = "prompt", validation = 0.0, test = 0.25 }}
{features}
[reward-model]
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{ ties = "davidson" }}
[inference]
laplace = {{}}
[evaluation]
measure = {{ bootstrap = {{ replicates = 20 }} }}
baseline = {{ epochs = 1, min-steps = 1 }}
"#
    )
}

const OVERLAP: &str = "hashed-ngrams = { dimensions = 0, overlap = true }";

/// Returns that the reward of an experiment gives, read back from its folder.
fn scores(desk: &Desk, name: &str, features: &str) -> Vec<f64> {
    let file = desk.experiment(&experiment(name, features));
    assert_success(&desk.run(&file, "out", &[]));
    let runs = std::fs::read_dir(desk.path(&format!("out/{name}/runs"))).unwrap();
    let run =
        runs.map(|entry| entry.unwrap().path()).find(|path| path.join("model.toml").is_file());
    let run = run.unwrap();
    let output = desk.medley(&["score", run.to_str().unwrap(), "datasets/qa_feedback"]);
    let output = { output }.output().unwrap();
    assert_success(&output);
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect()
}

/// A Gaussian prior of one width is the same in all directions: components that are all there turn the
/// features, and change no reward. So does a block that is the only one.
#[test]
fn all_components_of_a_block_are_its_features_turned() {
    let desk = Desk::new();
    let plain = scores(&desk, "plain", &format!("encoder.{OVERLAP}\nstandardize = true"));
    let joined = format!("encoder.join = {{ words.{OVERLAP} }}\nstandardize = true");
    assert_eq!(scores(&desk, "joined", &joined), plain);
    let turned = scores(&desk, "turned", &format!("{joined}\ncomponents = {{ words = 6 }}"));
    assert!(plain.len() > 1000 && turned.len() == plain.len());
    for (turned, plain) in turned.iter().zip(&plain) {
        assert!((turned - plain).abs() < 1e-3, "{turned} {plain}");
    }
    let fewer = scores(&desk, "fewer", &format!("{joined}\ncomponents = {{ words = 2 }}"));
    assert!(fewer.iter().zip(&plain).any(|(fewer, plain)| (fewer - plain).abs() > 0.01));
}

#[test]
fn blocks_that_cannot_be_are_refused_by_check() {
    let desk = Desk::new();
    let joined = format!("encoder.join = {{ words.{OVERLAP} }}");
    for (features, expected) in [
        (
            format!("{joined}\nstandardize = true\ncomponents = {{ word = 2 }}"),
            "no block of features `word`; there are: words",
        ),
        (
            format!("{joined}\nstandardize = true\ncomponents = {{ words = 7 }}"),
            "block `words` has 1 to 6 principal components, found 7",
        ),
        (
            format!("encoder.{OVERLAP}\nstandardize = true\ncomponents = {{ words = 2 }}"),
            "there are: none, but in `encoder.join`",
        ),
        (format!("{joined}\ncomponents = {{ words = 2 }}"), "expected `standardize = true` beside"),
        ("encoder.join = {}".to_owned(), "at least one block, found none"),
        ("encoder.join = { a.steps = {} }".to_owned(), "encoder `steps` needs"),
    ] {
        let file = desk.experiment(&experiment("refused", &features));
        let output = desk.medley(&["check", file.to_str().unwrap()]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!output.status.success() && told.contains("experiment.toml:"), "{told}");
        assert!(flat.contains(expected), "{expected} is not in {told}");
    }
}
