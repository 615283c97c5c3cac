//! From feedback in a world to a reward, and from that to behaviour of known worth.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley::dataset::Dataset;
use medley::feedback::{Checked, Comparison};
use medley::report::{
    CourseRow, read_courses, read_optimization, read_optimized, read_overoptimization_runs,
};
use medley::world::{
    Collection, Cut, Mixture, RandomMdp, RandomMdpOptions, Uniform, collect, to_dataset,
};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const WORLD: &str = "[world.random-mdp]\n";

/// A linear reward that learned from comparisons of windows of five steps, each answered by its true return.
fn learned(desk: &Desk) -> PathBuf {
    let world = RandomMdp::new(RandomMdpOptions::default()).unwrap();
    let uniform = Uniform::of(&world);
    let few = Collection { episodes: 20, limit: None, seed: 0 };
    let episodes = collect(&world, &Mixture::of(&uniform), &few).unwrap();
    let cut = Cut::Every { length: 5, stride: 5 };
    let mut dataset: Dataset = to_dataset(&world, &episodes, cut, "walks").unwrap();
    let worth: Vec<f64> = episodes
        .iter()
        .flat_map(|episode| episode.rewards.chunks(5).map(|window| window.iter().sum()))
        .collect();
    let answer = |first: usize| {
        // A window of another episode, so that splits by episode keep both.
        let second = (first * 7 + 40) % worth.len();
        let [a, b] = [first, second].map(|i| dataset.segments().id(i).clone());
        let preference = f64::from(u8::from(worth[first] > worth[second]));
        Checked::new(Comparison::new(a, b, preference)).unwrap()
    };
    let pairs = (0..worth.len()).filter(|first| (first * 7 + 40) % worth.len() != *first);
    let answers: Vec<_> = pairs.map(answer).collect();
    dataset.insert(answers).unwrap();
    dataset.write(&desk.path("walks")).unwrap();
    let experiment = desk.experiment(&format!(
        r#"
name = "walks"
seeds = [0]
[dataset]
path = "{}"
encoder.steps = {{}}
[reward-model]
members = 2
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{}}
[training]
epochs = 40
learning-rate = 0.05
"#,
        desk.path("walks").display()
    ));
    assert_success(&desk.run(&experiment, "runs", &[]));
    let runs = std::fs::read_dir(desk.path("runs/walks/runs")).unwrap();
    let mut runs = runs.map(|entry| entry.unwrap().path());
    runs.find(|run| run.join("model.toml").exists()).unwrap()
}

fn optimize(desk: &Desk, rewards: &[&str], world: &Path, out: &str, more: &[&str]) -> String {
    let out = desk.path(out);
    let ends = [world.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let arguments: Vec<&str> =
        ["optimize"].iter().chain(rewards).chain(&ends).chain(more).copied().collect();
    let output = desk.medley(&arguments).output().unwrap();
    assert_success(&output);
    text(&output)
}

fn world(desk: &Desk, text: &str) -> PathBuf {
    let path = desk.path("world.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_reward_of_comparisons_leads_to_behaviour_of_known_worth() {
    let desk = Desk::new();
    let run = learned(&desk);
    let run = run.to_str().unwrap();
    let table = world(&desk, WORLD);
    let said = optimize(&desk, &[run, "true"], &table, "exact", &[]);
    assert!(said.contains("random-mdp by tabular, returns by the true reward"), "{said}");
    let rows = read_optimized(&desk.path("exact/optimized.parquet")).unwrap();
    let [learned, best] = &rows[..] else { panic!("{rows:?}") };
    let normalized = learned.normalized.unwrap();
    assert!(normalized > 70.0 && normalized <= 100.0 + 1e-9, "{normalized}");
    assert!((best.normalized.unwrap() - 100.0).abs() < 1e-9 && best.value == best.best);

    // As a price on divergence rises, both come down to taking all actions alike.
    optimize(&desk, &[run], &table, "priced", &["--kl", "1000000"]);
    let rows = read_optimized(&desk.path("priced/optimized.parquet")).unwrap();
    assert!((rows[0].value - rows[0].uniform).abs() < 1e-3, "{rows:?}");

    // The minimum over members is another reward.
    let cautious = world(&desk, &format!("pessimism = \"minimum\"\n{WORLD}"));
    optimize(&desk, &[run], &cautious, "cautious", &[]);
    let rows = read_optimized(&desk.path("cautious/optimized.parquet")).unwrap();
    let cautious_proxy = rows[0].proxy;
    assert!(cautious_proxy < learned.proxy, "{cautious_proxy} {}", learned.proxy);

    let said = optimize(&desk, &[run], &table, "best", &["--method", "best-of-n", "--seeds", "2"]);
    assert!(said.contains("optimization.svg"), "{said}");
    let rows = read_optimization(&desk.path("best/optimization.parquet")).unwrap();
    let golds: Vec<f64> = rows.iter().filter(|r| r.seed == 1).map(|r| r.gold.unwrap()).collect();
    assert_eq!((rows.len(), golds.len()), (18, 9));
    assert!(golds[8] > golds[0] + 1.0, "{golds:?}");

    let other = desk.medley(&["optimize", run, "cart-pole", "--method", "best-of-n"]);
    let refused = { other }.output().unwrap();
    assert_refused(&refused, &["in the world `cart-pole`", "position", run]);

    // A folder that is called `true` is a model, and not what the world pays.
    std::fs::rename(run, desk.path("true")).unwrap();
    let mut named = desk.medley(&["optimize", "true", "world.toml", "--out", "named"]);
    assert_success(&named.current_dir(desk.path("")).output().unwrap());
    let rows = read_optimized(&desk.path("named/optimized.parquet")).unwrap();
    assert_eq!((rows[0].reward.as_str(), rows[0].proxy), ("./true", cautious_proxy));
}

#[test]
fn killed_policies_learn_on_to_the_same_bits() {
    let desk = Desk::new();
    let text = "seeds = [3]\nepisodes = 5\n[ppo]\nsteps = 400_000\nworlds = 8\nrollout = 32\n\
                batch = 256\nnormalize-observations = true\n[world.cart-pole]\n";
    let file = world(&desk, text);
    let said = optimize(&desk, &["true"], &file, "whole", &[]);
    assert!(said.contains("true, seed 3: done"), "{said}");
    let out = desk.path("killed");
    let arguments = ["optimize", "true", file.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let mut kills = 0;
    loop {
        let mut command = desk.medley(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(400 + 200 * kills));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 100, "it never gets anywhere: it does not resume");
    }
    assert!(kills >= 2, "killed {kills} times: too quick to test anything");
    let tables = |folder: &str| {
        let read = |name: &str| std::fs::read(desk.path(folder).join(name)).unwrap();
        [read("optimized.parquet"), read("optimization.parquet")]
    };
    assert!(tables("whole") == tables("killed"));
    // What was written of a policy and changed since is refused by name.
    let policies = std::fs::read_dir(desk.path("killed/policies")).unwrap();
    // Beside it may lie what a process was writing when it was killed.
    let is_whole = |name: &std::ffi::OsStr| !name.to_string_lossy().starts_with('.');
    let policies = policies.map(|entry| entry.unwrap());
    let whole: Vec<_> = policies.filter(|entry| is_whole(&entry.file_name())).collect();
    let [policy] = &whole.iter().map(|entry| entry.path()).collect::<Vec<_>>()[..] else {
        panic!("one policy")
    };
    let mut bytes = std::fs::read(policy).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(policy, bytes).unwrap();
    let refused = desk.medley(&arguments).output().unwrap();
    assert_refused(&refused, &[policy.to_str().unwrap(), "expected blake3"]);
}

#[test]
fn what_cannot_be_optimized_is_refused() {
    let desk = Desk::new();
    let check = |arguments: &[&str], expect: &[&str]| {
        let all: Vec<&str> = ["optimize"].iter().chain(arguments).copied().collect();
        assert_refused(&desk.medley(&all).output().unwrap(), expect);
    };
    check(&["true", "cartpole"], &["unknown world `cartpole`", "did you mean `cart-pole`?"]);
    check(&["nowhere", "cart-pole"], &["nowhere/model.toml"]);
    check(&["true", "pendulum", "--method", "tabular"], &["`method`", "`pendulum` is none"]);
    check(&["true", "true", "grid"], &["`true` is named twice"]);
    let wrong = world(&desk, "[world.cart-pole]\n\n[ppo]\nclip = 0.0\n");
    let wrong = wrong.to_str().unwrap();
    check(&["true", wrong], &["world.toml:4", "`ppo.clip`: a number above 0 is needed, found 0"]);
    let unknown = world(&desk, "[world.cart-pole]\n\n[ppo]\nclipping = 0.2\n");
    check(&["true", unknown.to_str().unwrap()], &["world.toml:4", "clipping"]);
}

/// A small version of `experiments/overoptimization`: two seeds, three networks each.
const TAUGHT: &str = r#"
name = "taught"
seeds = [0, 1]
[dataset]
split = { by = "annotator", validation = 0.2, test = 0.3 }
encoder.steps = {}
standardize = true
[dataset.generator.simulation]
world.pendulum = {}
episodes = 12
segments = { length = 20, count = 60 }
people = { count = 10 }
[dataset.generator.simulation.sources.noisy]
adapter.comparison = { offset = false }
questions = 60
distortions = [{ mistakes = { share = 0.25 } }]
[dataset.generator.simulation.sources.clean]
adapter.comparison = { offset = false }
questions = 60
[reward-model]
returns = "sum"
members = 3
backbone.mlp = { hidden = [16] }
[feedback.noisy]
select = "noisy"
adapter.comparison = { offset = false }
[feedback.clean]
select = "clean"
adapter.comparison = { offset = false }
[training]
epochs = 30
min-steps = 1
patience = 0
[ablation]
mixes = { noisy = ["noisy"], clean = ["clean"] }
[evaluation]
agreement = false
baseline = { epochs = 1, min-steps = 1 }
"#;

/// What is compared; `more` stands before the tables.
fn comparison(desk: &Desk, more: &str) -> String {
    let models = desk.path("runs/taught");
    let arm = |name: &str, mix: &str, pessimism: &str| {
        format!(
            "[[rewards]]\nname = \"{name}\"\nmodels = {models:?}\nmix = \"{mix}\"\npessimism = {pessimism}\n"
        )
    };
    [
        format!("seeds = [0]\nstandardize = true\n{more}\n[world.pendulum]\n"),
        arm("mean", "noisy", "\"mean\""),
        arm("mean - sd", "noisy", "{ mean-minus-sd = { k = 1.0 } }"),
    ]
    .concat()
}

#[test]
fn overoptimization_is_told_from_toml_to_figure() {
    let desk = Desk::new();
    assert_success(&desk.run(&desk.experiment(TAUGHT), "runs", &[]));
    let chosen = "method = \"best-of-n\"\nbest-of-n = { episodes = 320, sizes = [1, 4, 16, 64] }";
    let file = world(&desk, &comparison(&desk, chosen));
    let said = optimize(&desk, &["true"], &file, "best", &[]);
    for expect in ["gold = d (alpha - beta d)", "overoptimization.png", "mean - sd", "(2 of 2)"] {
        assert!(said.contains(expect), "{expect}: {said}");
    }
    let runs =
        read_overoptimization_runs(&desk.path("best/overoptimization-runs.parquet")).unwrap();
    let labels: Vec<&str> = runs.iter().map(|run| run.label.as_str()).collect();
    assert_eq!(labels, ["true", "mean", "mean", "mean - sd", "mean - sd"]);
    // The proxy is chosen by, so that it rises farther than gold does; the true reward is both.
    let gaps: Vec<f64> = runs.iter().map(|run| run.gap.unwrap()).collect();
    assert!(gaps[0].abs() < 1e-9 && gaps[1..].iter().sum::<f64>() > 0.0, "{gaps:?}");
    assert!(runs.iter().all(|run| (run.reach - 1.781).abs() < 1e-3 && run.alpha.is_some()));
    let courses = read_courses(&desk.path("best/courses.parquet")).unwrap();
    assert_eq!(courses.len(), 5 * 4);
    let known = |row: &CourseRow| row.uncertainty.is_some() && row.from_data.is_some();
    assert!(courses.iter().all(|row| known(row) == (row.reward != "true")));

    let learned = "method = \"ppo\"\nepisodes = 6\nkl = 0.01\n\
                   ppo = { steps = 2048, worlds = 4, rollout = 64, batch = 64, stages = 4 }";
    let file = world(&desk, &comparison(&desk, learned));
    let said = optimize(&desk, &[], &file, "learned", &["--jobs", "2"]);
    assert!(said.contains("gold = d (alpha - beta ln d)"), "{said}");
    let courses = read_courses(&desk.path("learned/courses.parquet")).unwrap();
    assert_eq!(courses.len(), 5 * 5, "the first policy and four stages");
    assert!(courses.iter().all(|row| (row.kl == 0.0) == (row.at == 0)), "{courses:?}");
    let again = optimize(&desk, &[], &file, "again", &["--jobs", "1"]);
    assert!(again.contains("overoptimization.png"));
    let table = |out: &str| std::fs::read(desk.path(out).join("courses.parquet")).unwrap();
    assert!(table("learned") == table("again"), "the number of jobs changes bits");

    let refused = |from: &str, to: &str, expect: &[&str]| {
        let text = comparison(&desk, chosen).replacen(from, to, 1);
        let file = world(&desk, &text);
        let out = desk.path("refused");
        let arguments = ["optimize", file.to_str().unwrap(), "--out", out.to_str().unwrap()];
        assert_refused(&desk.medley(&arguments).output().unwrap(), expect);
        assert!(!out.exists());
    };
    refused("\"noisy\"", "\"noise\"", &["`rewards.mean`: no mix `noise`", "did you mean `noisy`?"]);
    refused("mix = \"noisy\"\n", "", &["`rewards.mean`: `mix` is needed", "clean, noisy"]);
    refused(
        "runs/taught",
        "runs/taugh",
        &["`rewards.mean`: expected a model (model.toml)", "taugh"],
    );
    refused("mix", "runs = 3\nmix", &["`rewards.mean`: expected 3 runs", "found 2"]);
    refused("mean - sd", "mean", &["world.toml", "`rewards.mean.name`: another one has this name"]);
    refused("k = 1.0", "k = -1.0", &["k has to be at least 0"]);
    refused("pessimism", "pesimism", &["world.toml", "pesimism"]);
    let nothing = desk.medley(&["optimize", "pendulum"]).output().unwrap();
    assert_refused(&nothing, &["no reward to optimize", "[[rewards]]"]);
}
