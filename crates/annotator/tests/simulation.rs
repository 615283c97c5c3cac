//! Simulations from TOML to datasets.
#![allow(clippy::unwrap_used)]

use medley_annotator::{Simulation, world_of};
use medley_dataset::{Dataset, PersonValues};
use medley_feedback as feedback;
use medley_world::Generator;
use std::collections::BTreeMap;

const TRAP: &str = r#"
    episodes = 60
    segments = { length = 10 }
    world.grid = { preset = "trap" }
    policies = [{ policy = "uniform" }, { policy = "optimal", weight = 0.5, explore = 0.2 }]
"#;

fn simulation(people: &str, sources: &str) -> Simulation {
    toml::from_str(&format!("{TRAP}\n{people}\n{sources}")).unwrap()
}

fn dataset(people: &str, sources: &str) -> Dataset {
    simulation(people, sources).dataset(7).unwrap()
}

const EVERY_KIND: &str = r#"
    sources.comparison = { questions = 60, adapter.comparison = {} }
    sources.graded = { questions = 60, adapter.comparison = { strength = true }, form.grades = 2, parameters.strength-cutpoints = [0.3, 1] }
    sources.ranking = { questions = 30, options = 5, adapter.ranking = {} }
    sources.tied = { questions = 30, adapter.ranking = { ties = "davidson-luce" } }
    sources.rating = { questions = 60, adapter.rating = {}, form.scale = { low = 1, high = 5, levels = 5 } }
    sources.number = { questions = 60, adapter.rating = { model = "gaussian" }, form.scale = { low = -50, high = 50 }, parameters.log-sd = 0.5 }
    sources.approval = { questions = 60, adapter.approval = { threshold = "per-annotator" }, parameters.annotator-threshold = 0.5 }
    sources.demonstration = { questions = 30, adapter.demonstration = {} }
    sources.correction = { questions = 30, adapter.correction = {} }
    sources.description = { questions = 30, adapter.description = { sd = 0.1 } }
    sources.stop = { questions = 30, adapter.stop = {}, parameters.log-impatience = 0.1 }
    sources.critique = { questions = 30, adapter.critique = {}, seconds = { median = 40 } }
"#;

#[test]
fn every_kind_is_answered() {
    let data = dataset("", EVERY_KIND);
    let counts: BTreeMap<&str, usize> =
        data.kinds().into_iter().map(|kind| (kind, data.count(kind))).collect();
    let expect = [
        ("approval", 60),
        ("comparison", 120),
        ("correction", 30),
        ("demonstration", 30),
        ("description", 30),
        ("ranking", 60),
        ("rating", 120),
        ("stop", 30),
    ];
    for (kind, count) in expect {
        assert_eq!(counts[kind], count, "{kind}");
    }
    // One remark for each review, and one for each step that is blamed or praised.
    assert!(counts["critique"] > 100, "{counts:?}");
    assert_eq!(counts.len(), 9);
    assert_eq!(data.people().len(), 10);
    assert!(data.segments().true_rewards().is_some());
    let world = world_of(&data).unwrap().unwrap();
    assert_eq!(world.typetag_name(), "grid");
    assert_eq!(world.observation_names().len(), 100);
    let critiques = data.records::<feedback::Critique>().unwrap();
    let timed = critiques.iter().filter(|record| record.provenance.seconds.is_some()).count();
    assert_eq!(timed, 30);
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_one_others() {
    let one = simulation("people.rationality-spread = 0.5", EVERY_KIND);
    let written = toml::to_string(&one).unwrap();
    let again: Simulation = toml::from_str(&written).unwrap();
    let first = one.dataset(3).unwrap();
    assert_eq!(first, again.dataset(3).unwrap(), "{written}");
    assert_ne!(first, one.dataset(4).unwrap());
}

/// What one source is answered does not depend on which others there are.
#[test]
fn sources_do_not_disturb_each_other() {
    let sources = [
        "a = { questions = 40, adapter.comparison = {} }",
        "b = { questions = 9, adapter.ranking = {} }",
        "c = { questions = 20, mtf = { type = \"corrective\" } }",
        "d = { questions = 20, mtf = { type = \"demonstrative\", noise = 0.5 } }",
        "e = { questions = 12, mtf = { type = \"descriptive\", noise = 0.1 } }",
        "f = { questions = 12, mtf = { type = \"descriptive-preference\", clusters = 20 } }",
        "g = { questions = 12, mtf = { type = \"evaluative\" } }",
        "h = { questions = 12, mtf = { type = \"comparative\", noise = 0.2 } }",
    ];
    let asked = |sources: &[&str]| {
        let all: Vec<String> = sources.iter().map(|source| format!("sources.{source}")).collect();
        dataset("", &all.join("\n"))
    };
    fn told<R: feedback::Record + std::fmt::Debug>(data: &Dataset, source: &str) -> Vec<String> {
        let Ok(records) = data.records::<R>() else { return Vec::new() };
        let own = records.iter().filter(|it| it.provenance().source.as_deref() == Some(source));
        own.map(|record| format!("{record:?}")).collect()
    }
    let together = asked(&sources);
    for source in sources {
        let name = &source[..1];
        let alone = asked(&[source]);
        let of = |data: &Dataset| {
            [
                told::<feedback::Comparison>(data, name),
                told::<feedback::Ranking>(data, name),
                told::<feedback::Correction>(data, name),
                told::<feedback::Demonstration>(data, name),
                told::<feedback::Description>(data, name),
                told::<feedback::Rating>(data, name),
            ]
            .concat()
        };
        assert!(of(&alone).len() >= 5, "{name}");
        assert_eq!(of(&alone), of(&together), "{name}");
    }
}

#[test]
fn people_are_shared_out_and_listed() {
    let people = r#"
        people.count = 10
        people.rationality = inf
        people.groups = [
            { name = "most", share = 0.7 },
            { name = "few", share = 0.2, reward = { true = -1 } },
            { name = "spammers", share = 0.1, distortions = [{ mistakes = { share = 1, to = "uniform" } }] },
        ]
    "#;
    let sources = r#"
        sources.a = { questions = 1000, adapter.comparison = { ties = "soft-label" }, answers = 10 }
    "#;
    let data = dataset(people, sources);
    let PersonValues::Text(groups) = &data.people().column("group").unwrap().values else {
        panic!("a label")
    };
    let of = |name: &str| groups.iter().filter(|group| group.as_deref() == Some(name)).count();
    assert_eq!([of("most"), of("few"), of("spammers")], [7, 2, 1]);
    // Most prefer what is worth more, the few what is worth less, and spammers either.
    let truth = data.segments().true_rewards().unwrap();
    let worth = |id: &feedback::SegmentId| -> f64 {
        let segment = data.segments().index(id).unwrap();
        truth[data.segments().steps(segment)].iter().map(|r| f64::from(*r as f32)).sum()
    };
    let mut agreed: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for record in data.records::<feedback::Comparison>().unwrap().iter() {
        let gain = worth(&record.first) - worth(&record.second);
        if gain.abs() > 1e-9 {
            let counts = agreed.entry(record.provenance.group.clone().unwrap()).or_default();
            counts[0] += f64::from(u8::from((record.preference == 1.0) == (gain > 0.0)));
            counts[1] += 1.0;
        }
    }
    let share = |name: &str| agreed[name][0] / agreed[name][1];
    assert_eq!((share("most"), share("few")), (1.0, 0.0));
    assert!((share("spammers") - 0.5).abs() < 0.08, "{agreed:?}");
}

/// Few questions are put to people of all groups, however these are listed.
#[test]
fn few_questions_are_put_to_every_group() {
    let asked = |questions: usize| {
        let people = r#"
            people.count = 100
            people.groups = [{ name = "most", share = 0.8 }, { name = "few", share = 0.2 }]
        "#;
        let sources = format!("sources.a = {{ questions = {questions}, adapter.approval = {{}} }}");
        let data = dataset(people, &sources);
        let approvals = data.records::<feedback::Approval>().unwrap();
        let groups = approvals.iter().map(|it| it.provenance.group.clone().unwrap());
        let few = groups.filter(|group| group == "few").count();
        let notes = data.card.import.unwrap().notes.join("\n");
        (few, notes.contains("nobody of group `few` was asked in `a`"))
    };
    assert_eq!(asked(80), (16, false));
    assert_eq!(asked(10), (2, false));
    assert_eq!(asked(200), (40, false));
    assert_eq!(asked(1), (0, true));
}

#[track_caller]
fn refused(people: &str, sources: &str, expect: &str) {
    let found = simulation(people, sources).dataset(1).unwrap_err().to_string();
    assert!(found.contains(expect), "{found}");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let compare = "sources.a = { questions = 9, adapter.comparison = {} }";
    refused("people.count = 0", compare, "`people.count`: at least 1 is needed, found 0");
    refused(
        "people.rationality = -1",
        compare,
        "`people.rationality`: a number of at least 0, or inf",
    );
    refused(
        "people.rationality = nan",
        compare,
        "`people.rationality`: a number of at least 0, or inf",
    );
    refused(
        "people.distortions = [{ mistakes = { share = 2 } }]",
        compare,
        "`people.distortions.0.mistakes.share`: a number from 0 to 1 is needed, found 2",
    );
    refused(
        "people.groups = [{ name = \"a\", share = 1, reward.features.speed = 1 }]",
        compare,
        "a reward weighs feature `speed`, expected one of: ",
    );
    refused(
        "people.distortions = [{ delay = { steps = 2 } }]",
        compare,
        "`people.distortions`: `delay` means nothing to the answers of any source",
    );
    refused(
        "",
        "sources.a = { questions = 9, adapter.comparison = {}, distortions = [{ delay = { steps = 2 } }] }",
        "`sources.a`: distortion `delay` means nothing where answers are one of two sides",
    );
    refused(
        "",
        "sources.a = { questions = 9, adapter.stop = {} }",
        "`log-impatience` needs a value",
    );
    refused("", "sources.a = { questions = 9, adapter.rating = {} }", "ratings need a scale");
    refused(
        "",
        "sources.a = { questions = 9, adapter.comparison = {}, parameters.ties = 1 }",
        "there is no response parameter `ties`; expected one of: log-rationality, side-offset, tie",
    );
    refused(
        "",
        "sources.a = { questions = 9, adapter.correction = { margin = 1.0 } }",
        "`margin = 1` cannot be simulated",
    );
    refused(
        "",
        "sources.a = { questions = 9, adapter.comparison = {}, options = 3 }",
        "question 0: expected 2 different segments",
    );
    refused(
        "",
        "sources.a = { questions = 9, adapter.ranking = {}, options = 5000 }",
        "`sources.a.options`: 5000 different segments are needed",
    );
    refused(
        "people.rationality = inf",
        "sources.a = { questions = 9, adapter.description = { sd = 0.1 } }",
        "an infinite rationality means nothing where answers are numbers",
    );
}

/// People see rewards in single precision; what is beyond it would be worth the same as anything else there.
#[test]
fn rewards_beyond_single_precision_are_refused() {
    let compare = "sources.a = { questions = 9, adapter.comparison = {} }";
    let group = "groups = [{ name = \"few\", share = 1, reward.true = 1e39 }]";
    let expect = "groups.0.reward`: to people of `few` a step is worth ";
    refused(&format!("people.{group}"), compare, &format!("`people.{expect}"));
    let own = format!("sources.a = {{ questions = 9, adapter.comparison = {{}}, people.{group} }}");
    refused("", &own, &format!("`sources.a.people.{expect}"));
    let mut data = dataset("", compare);
    assert!(simulation("", compare).about(&data, 1).is_ok());
    let large =
        data.segments().true_rewards().unwrap().iter().map(|it| it * 1e39).collect::<Vec<_>>();
    let mut builder = medley_dataset::DatasetBuilder::new(data.card.clone());
    builder.add_group("g", None, None);
    builder.add_steps(&vec![0.0; large.len() * data.card.features.len()]);
    builder.add_rewards(&large);
    builder.add_window("s", &["g"], 0, 10);
    builder.add_window("t", &["g"], 10, 10);
    data = builder.build().unwrap();
    let found = simulation("", compare).about(&data, 1).unwrap_err().to_string();
    assert!(found.starts_with("a step is worth ") && found.contains("single precision"), "{found}");
}

/// What would change nothing is refused at its key.
#[test]
fn what_would_be_ignored_is_refused() {
    let check = |from: &str, to: &str, expect: &str| {
        let sound = r#"
            world.grid = { preset = "trap" }
            policies = [{ policy = "uniform" }]
            people = { groups = [{ name = "a", share = 1 }] }
            sources.a = { questions = 9, adapter.comparison = {} }
        "#;
        assert!(sound.contains(from), "{from}");
        let simulation: Simulation = toml::from_str(&sound.replace(from, to)).unwrap();
        let found = simulation.check().unwrap_err().to_string();
        assert!(found.starts_with(expect), "{found}");
    };
    let of_policy = |more: &str, expect: &str| check("policy = \"uniform\"", more, expect);
    of_policy(
        "name = \"x\", policy = \"uniform\" }, { name = \"x\", policy = \"uniform\"",
        "`policies.1.name`: two policies are called `x`",
    );
    of_policy(
        "policy = \"optimal\", temperature = 2",
        "`policies.0.temperature`: it is of policy `soft`",
    );
    of_policy(
        "policy = \"soft\", rationality = 2",
        "`policies.0.rationality`: it is of policy `boltz",
    );
    of_policy(
        "policy = \"soft\", weight = 2, episodes = 3",
        "`policies.0.weight`: it is of the mixture",
    );
    // Episodes of several lists have no order that rounds could be cut out of.
    check(
        "policies = [{ policy = \"uniform\" }]",
        "policies = [{ policy = \"uniform\" }, { policy = \"soft\", episodes = 3 }]\nrounds = 2",
        "`rounds`: rounds are of episodes in the order",
    );
    let grouped = "share = 1";
    check(
        grouped,
        "share = 1, rationality = 2, teacher = \"oracle\"",
        "`people.groups.0.teacher`: either it or `rationality` is needed, found both",
    );
    check(
        "people = {",
        "people = { rationality = 2, teacher = \"oracle\",",
        "`people.teacher`: either it or",
    );
    let asked = "adapter.comparison = {}";
    let of_mtf = |more: &str, expect: &str| check(asked, &format!("mtf = {{ {more} }}"), expect);
    check(
        asked,
        "mtf = { type = \"comparative\" }, policy = \"x\"",
        "`sources.a.policy`: this needs `adapter`, and means nothing beside `mtf`",
    );
    of_mtf(
        "type = \"comparative\", clusters = 3",
        "`sources.a.mtf.clusters`: it is of types `descriptive`",
    );
    let expert = |more: &str| {
        format!("type = \"corrective\", experts = [{{ policy = \"uniform\", {more} }}]")
    };
    of_mtf(
        &expert("hold = 2").replace("corrective", "evaluative"),
        "`sources.a.mtf.experts`: it is of types `demonstrative` and `corrective`",
    );
    of_mtf(&expert("name = \"x\""), "`sources.a.mtf.experts.0.name`: an expert acts from where");
    of_mtf(&expert("weight = 2"), "`sources.a.mtf.experts.0.weight`: an expert acts from where");
    of_mtf(
        &expert("episodes = 2"),
        "`sources.a.mtf.experts.0.episodes`: an expert acts from where",
    );
    of_mtf(
        &expert("segments.length = 2"),
        "`sources.a.mtf.experts.0.segments`: a number of `episodes`",
    );
    let elsewhere = "dataset = \"nowhere\"";
    for more in [
        "limit = 9",
        "episodes = 9",
        "segments.length = 9",
        "policies = [{ policy = \"uniform\" }]",
    ] {
        let text = format!(
            "{more}\n{elsewhere}\nsources.a = {{ questions = 9, adapter.comparison = {{}} }}"
        );
        let found = toml::from_str::<Simulation>(&text).unwrap().check().unwrap_err().to_string();
        assert!(found.starts_with("`dataset`: a dataset has its segments already"), "{found}");
    }
}

/// Nobody who follows no return says anything of it.
#[test]
fn a_rationality_of_0_answers_by_chance() {
    let sources = r#"
        sources.a = { questions = 4000, adapter.comparison = { ties = "soft-label" } }
        sources.b = { questions = 4000, adapter.rating = {}, form.scale = { low = 1, high = 4, levels = 4 } }
    "#;
    let data = dataset("people.rationality = 0", sources);
    let first = data.records::<feedback::Comparison>().unwrap();
    let share = first.iter().map(|record| record.preference).sum::<f64>() / 4000.0;
    assert!((share - 0.5).abs() < 0.03, "{share}");
    let ratings = data.records::<feedback::Rating>().unwrap();
    let mean = ratings.iter().map(|record| record.value).sum::<f64>() / 4000.0;
    assert!((mean - 2.5).abs() < 0.08, "{mean}");
}

/// An existing dataset with true rewards is a world too; what was said of it is not kept.
#[test]
fn a_dataset_is_asked_about() {
    let before = dataset("", "sources.a = { questions = 40, adapter.comparison = {} }");
    let again: Simulation = toml::from_str(
        "dataset = \"nowhere\"\nsources.b = { questions = 30, adapter.ranking = {} }",
    )
    .unwrap();
    let after = again.about(&before, 5).unwrap();
    assert_eq!(after.kinds(), ["ranking"]);
    assert_eq!(after.segments().len(), before.segments().len());
    let error = again.dataset(5).unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
}

/// Runs are named by what a simulation reads, which is all of a folder but what was said.
#[test]
fn a_dataset_that_is_read_has_a_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("d");
    let asked =
        format!("dataset = {:?}\nsources.b = {{ questions = 9, adapter.ranking = {{}} }}", place);
    let again: Simulation = toml::from_str(&asked).unwrap();
    let fingerprint = || again.fingerprint().map_err(|problem| problem.to_string());
    let missing = fingerprint().unwrap_err();
    assert!(missing.starts_with("`dataset`: "), "{missing}");
    let compared = "sources.a = { questions = 40, adapter.comparison = {} }";
    let written = |sources: &str, seed: u64| {
        if place.exists() {
            std::fs::remove_dir_all(&place).unwrap();
        }
        simulation("", sources).dataset(seed).unwrap().write(&place).unwrap();
        fingerprint().unwrap().unwrap()
    };
    let first = written(compared, 1);
    assert_ne!(first, written(compared, 2));
    assert_eq!(first, written("sources.c = { questions = 9, adapter.approval = {} }", 1));
    // What people plan in is noted with it.
    let mut data = simulation("", compared).dataset(1).unwrap();
    let notes = &mut data.card.import.as_mut().unwrap().notes;
    notes.iter_mut().for_each(|note| *note = note.replace("discount = 0.95", "discount = 0.9"));
    std::fs::remove_dir_all(&place).unwrap();
    data.write(&place).unwrap();
    assert_ne!(first, fingerprint().unwrap().unwrap());
    assert_eq!(simulation("", compared).fingerprint(), Ok(None));
}

/// The anchor of a session is what was said in it: without one, two answers by chance are equal as often as
/// there are levels.
#[test]
fn nobody_is_drawn_towards_a_session_before() {
    let people = r#"
        people.count = 1
        people.session = 2
        people.rationality = 0
        people.distortions = [{ anchoring = { nats = 50 } }, { skips = { share = 0.5 } }]
    "#;
    let sources = r#"
        [sources.a]
        questions = 8000
        adapter.rating = {}
        form.scale = { low = 1, high = 5, levels = 5 }
        parameters.cutpoints = [-1.386, -0.405, 0.405, 1.386]
    "#;
    let data = dataset(people, sources);
    let ratings = data.records::<feedback::Rating>().unwrap();
    let equal = ratings.windows(2).filter(|it| it[0].value == it[1].value).count();
    let found = equal as f64 / (ratings.len() - 1) as f64;
    // A session has two answers with 1/4, which are equal, and one on the mean.
    let expect = 0.25 + 0.75 * 0.2;
    assert!((found - expect).abs() < 0.025, "{found}, expected {expect}");
}

/// The steps of a review are answers that follow each other, of the first question of a session too.
#[test]
fn steps_of_a_review_are_drawn_towards_those_before() {
    let people = r#"
        people.session = 1
        people.rationality = 0
        people.distortions = [{ anchoring = { nats = 50 } }]
    "#;
    let sources = "sources.a = { questions = 200, adapter.critique = {}, parameters.cutpoints = [-0.7, 0.7] }";
    let data = dataset(people, sources);
    let mut marks: BTreeMap<(String, String), usize> = BTreeMap::new();
    let critiques = data.records::<feedback::Critique>().unwrap();
    for critique in critiques.iter().filter(|it| it.first_step.is_some()) {
        let person = critique.provenance.annotator.clone().unwrap();
        *marks.entry((person.0, critique.segment.0.to_string())).or_default() += 1;
    }
    // All ten steps alike, whatever the first was.
    assert!(marks.len() > 100 && marks.values().all(|count| count % 10 == 0), "{marks:?}");
}

/// The oracle of B-Pref is never wrong, and its mistaken teacher is in a tenth of answers; two segments
/// that are worth the same are a coin's toss.
#[test]
fn teachers_answer_as_they_are_said_to() {
    let answers = |teacher: &str| {
        let people = format!("people.teacher = \"{teacher}\"");
        let source =
            r#"sources.a = { questions = 3000, adapter.comparison = { ties = "soft-label" } }"#;
        let data = dataset(&people, source);
        let truth = data.segments().true_rewards().unwrap().to_vec();
        let worth = |id: &feedback::SegmentId| -> f64 {
            let segment = data.segments().index(id).unwrap();
            truth[data.segments().steps(segment)].iter().sum()
        };
        let records = data.records::<feedback::Comparison>().unwrap();
        let told: Vec<(f64, f64, f64)> = records
            .iter()
            .map(|it| (worth(&it.first) - worth(&it.second), it.preference, it.tie))
            .collect();
        told
    };
    let wrong = |told: &[(f64, f64, f64)]| {
        let decided: Vec<_> = told.iter().filter(|it| it.0.abs() > 1e-9).collect();
        let wrong = decided.iter().filter(|it| (it.0 > 0.0) != (it.1 == 1.0)).count();
        wrong as f64 / decided.len() as f64
    };
    assert_eq!(wrong(&answers("oracle")), 0.0);
    let mistaken = wrong(&answers("mistake"));
    assert!((mistaken - 0.1).abs() < 0.025, "{mistaken}");
    assert!(wrong(&answers("noisy")) > 0.0);
}

/// The threshold of a round is that of its last ten episodes.
#[test]
fn thresholds_are_taken_anew_in_each_round() {
    // Every step of CartPole is worth 1, so that a return is a length.
    let of = |epsilon: f64| -> Simulation {
        toml::from_str(&format!(
            r#"
            world.cart-pole = {{}}
            episodes = 40
            rounds = 4
            segments = {{ length = 5 }}
            people.rationality = inf
            people.distortions = [{{ skips = {{ epsilon = {epsilon} }} }}]
            sources.a = {{ questions = 400, adapter.comparison = {{}} }}
            "#
        ))
        .unwrap()
    };
    let answered = |epsilon: f64| {
        let data = of(epsilon).dataset(2).unwrap();
        data.count("comparison")
    };
    // A segment is worth 5 = its length, and the mean return is at most the longest episode: a threshold
    // of epsilon x mean x 5 / longest is below 5 for epsilon 1.
    assert_eq!(answered(1.0), 400);
    assert_eq!(answered(1e6), 0);
    // In between, rounds differ: some are answered whole, and others not at all.
    let counts: Vec<usize> = (0..40).map(|i| answered(1.0 + 0.1 * f64::from(i))).collect();
    assert!(counts.iter().all(|count| count % 100 == 0), "{counts:?}");
    assert!(counts.iter().any(|count| (1..400).contains(count)), "{counts:?}");
}

/// What people do acts wherever it means something, and it is said where it does not.
#[test]
fn distortions_of_people_act_where_they_mean_something() {
    let people = "people.distortions = [{ delay = { steps = 2 } }, { skips = { share = 0.5 } }]";
    let sources = r#"
        sources.a = { questions = 200, adapter.comparison = {} }
        sources.b = { questions = 200, adapter.stop = {}, parameters.log-impatience = 0.1 }
    "#;
    let data = dataset(people, sources);
    let notes = data.card.import.as_ref().unwrap().notes.join("\n");
    assert!(
        notes.contains("`delay` means nothing to answers of `a`, and does not act there"),
        "{notes}"
    );
    assert!(!notes.contains("answers of `b`"), "{notes}");
    let answered = data.count("comparison");
    assert!((60..140).contains(&answered), "{answered}");
    let stops = data.records::<feedback::Stop>().unwrap();
    assert!(stops.iter().all(|stop| stop.step.is_none_or(|step| step >= 2)));
}

/// How often a question is asked once and how often stage by stage, or step by step, makes no difference.
#[test]
fn as_many_questions_of_every_kind_are_skipped() {
    let check = |share: f64, questions: usize, expect: f64| {
        let asked = EVERY_KIND.replace("questions = 60", "questions = 30");
        let asked = asked.replace("questions = 30", &format!("questions = {questions}"));
        let people = format!("people.distortions = [{{ skips = {{ share = {share} }} }}]");
        let report = dataset(&people, &asked).card.import.unwrap();
        let left: Vec<_> = report.dropped.iter().collect();
        assert_eq!(left.len(), 12, "{left:?}");
        for (reason, count) in left {
            let found = *count as f64 / questions as f64;
            assert!((found - expect).abs() < 0.09, "{reason}: {found}, expected {expect}");
        }
    };
    check(0.2, 600, 0.2);
    check(0.5, 600, 0.5);
}

/// What is answered all the same is answered as ever: no mark is missing in a review.
#[test]
fn who_skips_questions_answers_others_as_ever() {
    let told = |people: &str| {
        let asked = r#"
            sources.a = { questions = 1000, adapter.critique = {} }
            sources.b = { questions = 1000, options = 5, adapter.ranking = { ties = "davidson-luce" } }
        "#;
        let data = dataset(people, asked);
        let critiques = data.records::<feedback::Critique>().unwrap();
        let reviews = critiques.iter().filter(|it| it.first_step.is_none()).count();
        let rankings = data.records::<feedback::Ranking>().unwrap();
        let ranks = rankings.iter().map(|it| it.ranks.iter().max().copied().unwrap());
        [
            (critiques.len() - reviews) as f64 / reviews as f64,
            f64::from(ranks.sum::<u32>()) / rankings.len() as f64,
        ]
    };
    let all = told("");
    let some = told("people.distortions = [{ skips = { share = 0.6 } }]");
    for (all, some) in all.into_iter().zip(some) {
        assert!((some - all).abs() < 0.05 * all, "{some}, expected {all}");
    }
}

/// Who cares more gives higher grades on a scale that all share; cutpoints of their own would hide it.
#[test]
fn cutpoints_are_those_of_all_people() {
    // Mean grade from 1 to 5 of each of two groups; returns are above 0.
    let check = |[first, second]: [(&str, f64); 2], expect: [f64; 2]| {
        let group = |name: &str, (rationality, weight): (&str, f64)| {
            let more = format!("rationality = {rationality}, reward.true = {weight}");
            format!("{{ name = \"{name}\", share = 0.5, {more} }}")
        };
        let simulation: Simulation = toml::from_str(&format!(
            r#"
            world.linear-reward = {{}}
            episodes = 300
            people = {{ count = 10, groups = [{}, {}] }}
            [sources.a]
            questions = 1000
            adapter.rating = {{}}
            form.scale = {{ low = 1, high = 5, levels = 5 }}
            "#,
            group("a", first),
            group("b", second)
        ))
        .unwrap();
        let data = simulation.dataset(3).unwrap();
        let ratings = data.records::<feedback::Rating>().unwrap();
        let mean = |name: &str| {
            let own = ratings.iter().filter(|it| it.provenance.group.as_deref() == Some(name));
            let values: Vec<f64> = own.map(|it| it.value).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let found = [mean("a"), mean("b")];
        let is_close = found.iter().zip(expect).all(|(found, expect)| (found - expect).abs() < 0.2);
        assert!(is_close, "{first:?} {second:?}: {found:?}, expected {expect:?}");
    };
    let usual = ("1e5", 1.0);
    check([usual, usual], [3.0, 3.0]);
    // One half of all answers is below the other: (0.4 * 1 + 0.4 * 2 + 0.2 * 3), and so many above.
    check([usual, ("1e7", 1.0)], [1.8, 4.2]);
    check([usual, ("1e5", 100.0)], [1.8, 4.2]);
    check([usual, ("1e5", -1.0)], [4.2, 1.8]);
    // The limit has no unit in common with a number.
    check([usual, ("inf", 1.0)], [3.0, 3.0]);
}

/// The example of `docs/PEOPLE.md` as a user would paste it.
#[test]
fn the_documented_example_is_answered() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PEOPLE.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let example: toml::Table = toml::from_str(example).unwrap();
    let simulation = example["simulation"].clone().try_into::<Simulation>().unwrap();
    let data = simulation.dataset(1).unwrap();
    assert_eq!([data.count("comparison"), data.count("rating")], [1000, 300]);
    // Every distortion that is linked has a row.
    for linked in
        medley_toml_file::linked::<Box<dyn medley_annotator::Distortion>>(|it| it.summary())
    {
        assert!(text.contains(&format!("| `{}` |", linked.name)), "{}", linked.name);
    }
}
