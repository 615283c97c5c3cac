//! The six types of multi-type-feedback.
#![allow(clippy::unwrap_used)]

use medley_annotator::Simulation;
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_encoder::{Encoder, StoredSteps};
use medley_feedback as feedback;

/// Four segments of two steps with discounted returns 0, 4, 5 and 9 under a discount of 1/2.
fn four() -> Dataset {
    let mut card = Card::new("four", Domain::Control);
    card.features = vec!["x".to_owned()];
    let mut builder = DatasetBuilder::new(card);
    for (number, rewards) in [[0.0, 0.0], [3.0, 2.0], [4.0, 2.0], [8.0, 2.0]].iter().enumerate() {
        let group = format!("e{number}");
        builder.add_group(&group, None, None);
        builder.add_steps(&[10.0 * number as f32, 10.0 * number as f32 + 1.0]);
        builder.add_rewards(rewards);
        builder.add_window(&group, &[&group], 2 * number, 2);
    }
    builder.build().unwrap()
}

fn simulation(source: &str) -> Simulation {
    toml::from_str(&format!("dataset = \"nowhere\"\nsources.a = {source}")).unwrap()
}

/// Bins of 0.9: 0 is in the first, 4 in the fifth, 5 in the sixth, 9 the last edge.
#[test]
fn ratings_by_hand() {
    let source = r#"{ questions = 4, mtf = { type = "evaluative", discount = 0.5 } }"#;
    let data = simulation(source).about(&four(), 1).unwrap();
    let mut ratings: Vec<(String, f64)> = data
        .records::<feedback::Rating>()
        .unwrap()
        .iter()
        .map(|rating| (rating.segment.0.to_string(), rating.value))
        .collect();
    ratings.sort_by(|a, b| a.0.cmp(&b.0));
    let values: Vec<f64> = ratings.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [0.0, 4.0, 5.0, 9.0]);
}

/// The standard deviation is 3.2, so that no two differ by less than a tenth of it.
#[test]
fn comparisons_by_hand() {
    let of = |noise: f64| {
        let source = format!(
            "{{ questions = 600, mtf = {{ type = \"comparative\", discount = 0.5, noise = {noise} }} }}"
        );
        let data = simulation(&source).about(&four(), 1).unwrap();
        let all = data.records::<feedback::Comparison>().unwrap();
        let turned = all.iter().filter(|it| (it.first.0 > it.second.0) != (it.preference == 1.0));
        let turned: Vec<(String, String)> =
            turned.map(|it| (it.first.0.to_string(), it.second.0.to_string())).collect();
        (all.len(), turned)
    };
    assert_eq!(of(0.0), (600, Vec::new()));
    // A width of 0.2 x 9 = 1.8 turns 4 against 5 round at times, and nothing else.
    let (count, turned) = of(0.2);
    assert_eq!(count, 600);
    let near = |(a, b): &(String, String)| {
        [a.as_str(), b.as_str()].iter().all(|e| ["e1", "e2"].contains(e))
    };
    assert!(!turned.is_empty() && turned.iter().all(near), "{turned:?}");
}

const WORLD: &str = r#"
    world.grid = { preset = "trap" }
    episodes = 30
    segments = { length = 10 }
"#;

fn worth(data: &Dataset, id: &feedback::SegmentId) -> f64 {
    let segment = data.segments().index(id).unwrap();
    let truth = data.segments().true_rewards().unwrap();
    truth[data.segments().steps(segment)].iter().rev().fold(0.0, |sum, r| r + 0.99 * sum)
}

#[test]
fn all_types_of_a_world() {
    let sources = r#"
        sources.rated = { questions = 40, mtf = { type = "evaluative", noise = 0.25 } }
        sources.compared = { questions = 40, mtf = { type = "comparative" } }
        sources.shown = { questions = 40, mtf = { type = "demonstrative", noise = 0.5 } }
        sources.corrected = { questions = 40, mtf = { type = "corrective" } }
        sources.described = { questions = 20, mtf = { type = "descriptive", noise = 0.1 } }
        sources.clusters = { questions = 20, mtf = { type = "descriptive-preference", clusters = 30 } }
        sources.asked = { questions = 500, adapter.approval = {} }
    "#;
    let simulation: Simulation = toml::from_str(&format!("{WORLD}{sources}")).unwrap();
    let data = simulation.dataset(3).unwrap();
    assert_eq!(data, simulation.dataset(3).unwrap());
    let count = |kind| data.count(kind);
    assert_eq!(
        [count("rating"), count("comparison"), count("demonstration"), count("correction")],
        [40, 60, 40, 40]
    );
    assert!((15..=20).contains(&count("description")), "{}", count("description"));
    // An expert is worth more than some segment nearly always, and a correction than what it corrects
    // always.
    for correction in data.records::<feedback::Correction>().unwrap().iter() {
        let [was, is] = [&correction.original, &correction.corrected].map(|id| worth(&data, id));
        assert!(is >= was, "{was} {is}");
    }
    let shown = data.records::<feedback::Demonstration>().unwrap();
    let better =
        shown.iter().filter(|it| worth(&data, &it.segment) >= worth(&data, &it.alternatives[0]));
    assert!(better.count() >= 35);
    // Nobody is asked about what was made for others.
    let asked = data.records::<feedback::Approval>().unwrap();
    assert!(asked.iter().all(|it| it.segment.0.starts_with('e')));
    // Features of a grid are 0 or 1, and those of demonstrations are noisy.
    let features = StoredSteps {}.encode(&data).unwrap();
    for segment in 0..data.segments().len() {
        let is_noisy = features.segment(segment).iter().any(|x| *x != 0.0 && *x != 1.0);
        let is_shown = data.segments().id(segment).0.starts_with("shown/");
        // One that stays where it is has nothing that varies.
        assert!(is_shown || !is_noisy, "{}", data.segments().id(segment).0);
    }
    let noisy = (0..data.segments().len())
        .filter(|&it| features.segment(it).iter().any(|x| *x != 0.0 && *x != 1.0));
    assert!(noisy.count() >= 30);
    assert_eq!(data.people().len(), 16);
}

#[test]
fn what_mtf_lacks_is_refused() {
    let refused = |source: &str, expect: &str| {
        let simulation = simulation(source);
        let checked = simulation.check().map_err(|problem| problem.to_string());
        let found = match checked {
            Err(problem) => problem,
            Ok(()) => simulation.about(&four(), 1).unwrap_err().to_string(),
        };
        assert!(found.contains(expect), "{found}");
    };
    refused(
        r#"{ questions = 4, mtf = { type = "demonstrative" } }"#,
        "`sources.a.mtf`: segments have to be made for this type: expected a `world`",
    );
    refused(
        r#"{ questions = 5, mtf = { type = "evaluative" } }"#,
        "each segment is rated once: expected at least 5 segments, found 4",
    );
    refused(
        r#"{ questions = 5, mtf = { type = "evaluative" }, rationality = 2 }"#,
        "`sources.a.rationality`: this needs `adapter`",
    );
    refused(
        r#"{ questions = 5, mtf = { type = "descriptive", clusters = 0 } }"#,
        "`sources.a.mtf.clusters`: at least 1 is needed, found 0",
    );
    refused("{ questions = 5 }", "`sources.a.adapter`: it or `mtf` is needed, found neither");
    refused(
        r#"{ questions = 5, mtf = { type = "evaluative", noise = -1 } }"#,
        "`sources.a.mtf.noise`: a number of at least 0 is needed, found -1",
    );
}
