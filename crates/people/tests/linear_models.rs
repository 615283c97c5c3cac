//! Models of people that are linear in features, on real panels, against numbers that throw-away NumPy
//! scripts found.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{
    Answering, Column, Count, Covariate, Group, LatentClasses, Lore, LowRank, Noise,
    NoiseAndValues, Panel, PanelParts, PeopleModel, Score, Statement, predict, score,
};
use support::{Study, bank, paired};

fn scored(study: &Study, model: &dyn PeopleModel, seed: u64) -> Score {
    let start = std::time::Instant::now();
    model.check().unwrap();
    let fitted = model.fit(&study.panel, &study.train, seed).unwrap();
    let found = score(&predict(&*fitted, &study.panel, &study.test)).unwrap();
    let brief: Vec<String> = fitted
        .numbers(&study.panel)
        .iter()
        .take(3)
        .map(|number| format!("{} {:.3}", number.name, number.value))
        .collect();
    let (name, brief) = (&study.name, brief.join(", "));
    println!(
        "{name} {model:?}: {:.4} / {:.4} [{brief}] {:?}",
        found.nll,
        found.accuracy,
        start.elapsed()
    );
    found
}

fn check(study: &Study, model: &dyn PeopleModel, nll: f64, accuracy: f64) {
    let found = scored(study, model, 0);
    assert!((found.nll - nll).abs() < 0.003, "expected {nll}, found {found:?}");
    assert!((found.accuracy - accuracy).abs() < 0.005, "expected {accuracy}, found {found:?}");
}

/// The published column is that of separate fits. Drawn together, german_parties2009 (`tau` 0.09) is what it
/// is pooled, .6120, and no longer worse.
#[test]
fn groups_of_gender() {
    for (name, apart, shrunk) in [
        ("topmodel2007", [0.6481, 0.6215], [0.6488, 0.6250]),
        ("german_parties2009", [0.6128, 0.6684], [0.6120, 0.6684]),
        ("first_names", [0.6555, 0.5955], [0.6584, 0.5955]),
        ("cems_choice", [0.6136, 0.6742], [0.6138, 0.6742]),
    ] {
        let study = paired(name);
        let group = Group { by: vec!["gender = male".to_owned()], ..Group::default() };
        check(&study, &Group { shrink: false, ..group.clone() }, apart[0], apart[1]);
        check(&study, &group, shrunk[0], shrunk[1]);
    }
}

fn classes(count: u64, restarts: u64) -> LatentClasses {
    LatentClasses { classes: Count::One(count), restarts, ..LatentClasses::default() }
}

#[test]
fn two_classes_and_four() {
    for (name, two, four) in [
        ("topmodel2007", [0.6125, 0.6667], Some([0.5593, 0.7153])),
        ("german_parties2009", [0.4736, 0.7604], Some([0.4428, 0.7882])),
        ("first_names", [0.6338, 0.6493], None),
        ("cems_choice", [0.5692, 0.7094], None),
    ] {
        let study = paired(name);
        check(&study, &classes(2, 1), two[0], two[1]);
        if let Some(four) = four {
            check(&study, &classes(4, 2), four[0], four[1]);
        }
    }
}

#[test]
fn two_classes_of_cards() {
    check(&bank(), &classes(2, 1), 0.4966, 0.7735);
}

/// The cells of `docs/people/latent-classes.md` that are not above, beside what was published. Where they
/// differ, optima do.
#[test]
#[ignore = "a minute"]
fn more_classes() {
    for (name, count, nll, accuracy) in [
        ("topmodel2007", 8, 0.5546, 0.7014),
        ("german_parties2009", 8, 0.4213, 0.7986),
        ("first_names", 4, 0.5764, 0.6806),
        ("first_names", 8, 0.5220, 0.7205),
        ("cems_choice", 4, 0.5344, 0.7321),
        ("cems_choice", 8, 0.4758, 0.7572),
    ] {
        println!("expected {nll} / {accuracy}");
        scored(&paired(name), &classes(count, 4), 0);
    }
    let study = bank();
    for (count, nll, accuracy) in [(3, 0.4841, 0.7884), (4, 0.4751, 0.7955)] {
        println!("expected {nll} / {accuracy}");
        scored(&study, &classes(count, 3), 0);
    }
}

#[test]
fn a_number_of_classes_and_a_rank_are_chosen_among_people_left_out() {
    let study = paired("german_parties2009");
    let among = Count::Among(vec![1, 2]);
    let folds = 3;
    let model = LatentClasses { classes: among.clone(), folds, restarts: 1, ..Default::default() };
    let found = model.fit(&study.panel, &study.train, 0).unwrap().numbers(&study.panel);
    assert_eq!((found[0].name.as_str(), found[0].value), ("classes", 2.0));
    let again = model.fit(&study.panel, &study.train, 0).unwrap().numbers(&study.panel);
    assert_eq!(found, again);
    let model = LowRank { rank: among, folds, steps: 20, ..Default::default() };
    let found = model.fit(&study.panel, &study.train, 0).unwrap().numbers(&study.panel);
    assert_eq!((found[0].name.as_str(), found[0].value), ("rank", 2.0));
}

#[test]
fn people_differ_in_a_few_directions() {
    let rank = |rank| LowRank { rank: Count::One(rank), steps: 20, ..Default::default() };
    let study = paired("german_parties2009");
    check(&study, &rank(1), 0.4623, 0.7622);
    check(&study, &rank(4), 0.4117, 0.8108);
    let ten = LowRank { steps: 10, ..rank(1) };
    check(&bank(), &ten, 0.4883, 0.7792);
}

/// The table of `docs/people/low-rank.md`.
#[test]
#[ignore = "a minute"]
fn directions_of_five_studies() {
    for rank in [1, 2, 4].map(Count::One) {
        for name in ["topmodel2007", "german_parties2009", "first_names", "cems_choice"] {
            scored(&paired(name), &LowRank { rank: rank.clone(), ..Default::default() }, 0);
        }
        scored(&bank(), &LowRank { rank, steps: 20, ..Default::default() }, 0);
    }
}

/// Published values are without a prior of the sd; the cell of topmodel2007 is that of 14 steps, where the
/// sd is near the published 1.10.
#[test]
fn noise_alone() {
    for (name, steps, nll, accuracy) in [
        ("topmodel2007", 14, 0.6374, 0.6146),
        ("german_parties2009", 40, 0.5955, 0.6684),
        ("first_names", 60, 0.6405, 0.5955),
        ("cems_choice", 40, 0.6006, 0.6528),
    ] {
        check(&paired(name), &Noise { steps, nodes: 15, ..Noise::default() }, nll, accuracy);
    }
    check(&bank(), &Noise { nodes: 15, steps: 20, ..Noise::default() }, 0.5222, 0.7491);
}

/// No better than values alone (.5103, .4037).
#[test]
fn noise_and_values() {
    let model = NoiseAndValues { steps: 30, ..NoiseAndValues::default() };
    check(&paired("topmodel2007"), &model, 0.5147, 0.7465);
    check(&paired("german_parties2009"), &model, 0.4091, 0.8056);
}

/// 20 steps: .4739 / .7873; `people.hierarchical` has .4684 / .7965, and noise alone .5221 / .7491.
#[test]
#[ignore = "ten seconds"]
fn noise_and_values_of_cards() {
    check(&bank(), &NoiseAndValues { steps: 20, ..Default::default() }, 0.4739, 0.7873);
}

#[test]
fn one_base_is_a_pooled_fit() {
    check(&paired("german_parties2009"), &Lore { bases: 1, ..Lore::default() }, 0.6120, 0.6684);
}

#[test]
fn lore_overfits_with_few_answers() {
    let study = bank();
    let lore = |bases| scored(&study, &Lore { bases, steps: 400, ..Lore::default() }, 0).nll;
    assert!(lore(10) > 0.5384 + 0.1);
}

/// Published .5385, .5035, .5683, .6720, .8097 from starts unknown. Found .5386, .5442, .5740, .6525,
/// .8421; of other seeds, two bases .5360, .5192 and .5137, five .6076.
#[test]
#[ignore = "half a minute"]
fn lore_of_cards() {
    let study = bank();
    for (bases, nll) in [(1, 0.5385), (2, 0.5035), (3, 0.5683), (5, 0.6720), (10, 0.8097)] {
        println!("expected {nll}");
        scored(&study, &Lore { bases, ..Default::default() }, 0);
    }
}

/// The same answers, with a column for the option that was shown first.
fn with_side(study: &Study) -> Panel {
    let panel = &study.panel;
    let with = |statement: &Statement| {
        let predictors = statement.predictors.iter().map(|p| p.clone().and(0, 1.0)).collect();
        Statement { predictors, ..statement.clone() }
    };
    let covariates: Vec<Covariate> = panel.covariates().to_vec();
    Panel::new(PanelParts {
        features: panel.features().to_vec(),
        items: panel.items().to_vec(),
        people: panel.people(),
        covariates,
        columns: vec![Column { name: "first".to_owned(), start: 0.0, spread: Some(0.5) }],
        statements: panel.statements().iter().map(with).collect(),
    })
    .unwrap()
}

/// In these two studies the option listed first is the one that was shown first.
#[test]
fn position_bias_of_two_studies() {
    for name in ["german_parties2009", "first_names"] {
        let mut study = paired(name);
        study.panel = with_side(&study);
        let fitted = Answering::default().fit(&study.panel, &study.train, 0).unwrap();
        let found = scored(&study, &Answering::default(), 0);
        let numbers = fitted.numbers(&study.panel);
        let of = |name: &str| numbers.iter().find(|n| n.name == name).unwrap().value;
        let (mean, sd) = (of("mean of first"), of("sd of first"));
        println!("{name}: bias towards the first {mean:.4}, sd between people {sd:.4}");
        assert!(mean.abs() < 0.3 && sd > 0.0 && sd < 0.7, "{mean} {sd}");
        assert!(found.nll.is_finite());
    }
}
