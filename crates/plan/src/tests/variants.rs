//! The same experiment on data that are made in other ways.

use super::{content, runs, spec};
use insta::assert_snapshot;
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_toml_file::Problem;
use medley_world::Generator;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Makes nothing; its options are what is varied.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Coins {
    throws: u64,
    people: People,
    /// Whose text is what comes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct People {
    count: u64,
    errors: Vec<f64>,
}

impl Default for Coins {
    fn default() -> Self {
        Self { throws: 5, people: People::default(), file: None }
    }
}

impl Default for People {
    fn default() -> Self {
        Self { count: 3, errors: Vec::new() }
    }
}

#[typetag::serde(name = "coins")]
impl Generator for Coins {
    fn summary(&self) -> &'static str {
        "nothing"
    }

    fn check(&self) -> Result<(), Problem> {
        match self.people.count {
            0 => Err(Problem::new("count", "people are needed, found 0").within("people")),
            _ => Ok(()),
        }
    }

    fn generate(&self, _: u64) -> Result<Dataset, Problem> {
        let none = || Problem::new("throws", "none is made");
        let text = self.fingerprint()?.ok_or_else(none)?;
        let mut builder = DatasetBuilder::new(Card::new("coins", Domain::Text));
        builder.add_group("all", None, None);
        builder.add_text("one", "all", &text);
        builder.build().map_err(|_| none())
    }

    fn fingerprint(&self) -> Result<Option<String>, Problem> {
        let read = self.file.as_ref().map(std::fs::read_to_string).transpose();
        read.map_err(|error| Problem::new("file", error.to_string()))
    }
}

fn text(more: &str) -> String {
    format!(
        "name = \"x\"\nseeds = [0, 1]\n[dataset]\nencoder.hashed-ngrams = {{}}\n\
         generator.coins = {{ throws = 7, people = {{ count = 4 }} }}\n\
         [feedback.a]\nadapter.comparison = {{}}\n[evaluation]\ntruth = {{}}\n{more}"
    )
}

const TWO: &str = "[ablation.data]\ntired.coins.people.errors = [0.1]\nmany = { coins = { people = { \
                   count = 9 } } }\n";

fn refused(more: &str) -> String {
    spec(&text(more)).unwrap_err().to_string()
}

#[test]
fn each_point_is_run_on_the_data_of_the_file_and_then_on_each_other() {
    let line = |run: &crate::RunPlan| {
        format!(
            "seed {} {:?} [{}] {:?}\n",
            run.seed,
            run.subject.label(),
            run.setting,
            run.variant()
        )
    };
    let listed: String = runs(&text(TWO)).iter().map(line).collect();
    assert_snapshot!(listed, @r#"
    seed 0 "" [] None
    seed 1 "" [] None
    seed 0 "a" [] None
    seed 1 "a" [] None
    seed 0 "a" [data = "many"] Some("many")
    seed 1 "a" [data = "many"] Some("many")
    seed 0 "a" [data = "tired"] Some("tired")
    seed 1 "a" [data = "tired"] Some("tired")
    "#);
}

#[test]
fn a_variant_says_what_it_says_and_keeps_the_rest() {
    let runs = runs(&text(TWO));
    let made = |run: &crate::RunPlan| {
        let generator = run.spec.dataset.generator.as_ref().unwrap();
        options_of(&generator.by)
    };
    assert_eq!(made(&runs[2]), "coins throws 7 count 4 errors []");
    assert_eq!(made(&runs[4]), "coins throws 7 count 9 errors []");
    assert_eq!(made(&runs[6]), "coins throws 7 count 4 errors [0.1]");
}

/// The options of a generator in one line.
fn options_of(by: &impl Serialize) -> String {
    let table = toml::Table::try_from(by).unwrap();
    let coins = &table["coins"];
    let (count, errors) = (&coins["people"]["count"], &coins["people"]["errors"]);
    format!("coins throws {} count {count} errors {errors}", coins["throws"])
}

#[test]
fn runs_as_written_are_those_without_other_data() {
    let ids =
        |more: &str| -> Vec<String> { runs(&text(more)).into_iter().map(|it| it.id).collect() };
    let (without, with) = (ids(""), ids(TWO));
    assert_eq!(with[..without.len()], without);
    let renamed = ids(&TWO.replace("tired", "slow"));
    assert_eq!(with.iter().collect::<std::collections::BTreeSet<_>>().len(), 8);
    assert!(renamed.iter().all(|id| with.contains(id)), "a name is no part of what is done");
}

#[test]
fn what_cannot_be_made_is_an_error_at_its_key() {
    for (more, expected) in [
        ("x.coins.people.cuont = 2", "`ablation.data.x.coins.people.cuont`: unknown field `cuont`"),
        ("x.coins.people.count = 0", "`ablation.data.x.coins.people.count`: people are needed"),
        ("x.coins.throws = \"many\"", "`ablation.data.x.coins"),
        ("x.dice = {}", "`ablation.data.x"),
        ("x = {}", "found what `dataset.generator` says already"),
        ("x.coins.throws = 7", "found what `dataset.generator` says already"),
        (
            "x.coins.throws = 8\ny.coins.throws = 8",
            "`ablation.data.y`: expected data that are made",
        ),
        ("\"a \\\" b\".coins.throws = 8", "a name without quotes and backslashes is needed"),
        ("x = 3", "expected a table"),
    ] {
        let error = refused(&format!("[ablation.data]\n{more}\n"));
        assert!(error.contains(expected) && error.contains("x.toml:"), "{more}: {error}");
    }
}

#[test]
fn other_data_need_a_generator_and_a_true_reward_to_be_compared_by() {
    let sound = text(TWO);
    let error = |text: &str| spec(text).unwrap_err().to_string();
    let untrue = error(&sound.replace("truth = {}", "agreement = false"));
    assert!(untrue.contains("expected `[evaluation.truth]`"), "{untrue}");
    let stored =
        sound.replace("generator.coins = { throws = 7, people = { count = 4 } }", "path = \"d\"");
    let stored = error(&stored);
    assert!(stored.contains("other data are made by a `dataset.generator`"), "{stored}");
    let curve = format!("{TWO}[ablation.curve]\nsource = \"a\"\nstatements = [5]\n");
    let curve = refused(&curve);
    assert!(curve.contains("found both"), "{curve}");
}

#[test]
fn a_generator_that_fails_on_other_data_is_an_error_there() {
    let runs = spec(&text(TWO)).unwrap().runs(&content()).unwrap();
    let plan = crate::Plan {
        spec: spec(&text(TWO)).unwrap(),
        stored: None,
        content: content(),
        setting: crate::Setting::default(),
        runs: runs.clone(),
    };
    let error = |run: usize| plan.dataset(&runs[run].spec.dataset).unwrap_err().to_string();
    assert!(error(2).starts_with("`dataset.generator.coins.throws`"), "{}", error(2));
    assert!(error(4).starts_with("`ablation.data.many.coins.throws`"), "{}", error(4));
    assert_eq!(plan.varied().len(), 2);
}

/// An experiment that is run again on other files is another one, and none is run on files that change.
#[test]
fn files_that_generators_read_are_part_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("coins.txt");
    let other = folder.path().join("other.txt");
    let own = format!("throws = 7, file = {:?}", file.to_str().unwrap());
    let more = format!("[ablation.data]\nx.coins.file = {:?}\n", other.to_str().unwrap());
    let text = text(&more).replace("throws = 7", &own);
    let write = |path: &PathBuf, text: &str| std::fs::write(path, text).unwrap();
    let plan = || crate::Plan::resolve(spec(&text).unwrap());
    let told = plan().unwrap_err().to_string();
    assert!(told.starts_with("`dataset.generator.coins.file`"), "{told}");
    write(&file, "Heads.");
    let told = plan().unwrap_err().to_string();
    assert!(told.starts_with("`ablation.data.x.coins.file`"), "{told}");
    write(&other, "Tails.");
    let ids = |plan: &crate::Plan| plan.runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
    let before = plan().unwrap();
    assert_eq!(ids(&before), ids(&plan().unwrap()));
    assert!(before.dataset(&before.runs[0].spec.dataset).is_ok());
    write(&file, "Tails.");
    let after = plan().unwrap();
    for (before, after) in before.runs.iter().zip(&after.runs) {
        assert_eq!(before.id == after.id, before.variant().is_some(), "{}", before.told());
    }
    let told = before.dataset(&before.runs[0].spec.dataset).unwrap_err().to_string();
    let expect = "`dataset.generator.coins`: what it reads from files has changed since the plan was made: \
                  expected content Heads., found Tails.";
    assert_eq!(told, expect);
}
