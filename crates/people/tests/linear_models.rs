//! Models of people that are linear in features, on real panels, against numbers that throw-away NumPy
//! scripts found.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{
    Count, Group, LatentClasses, Lore, LowRank, Noise, NoiseAndValues, PeopleModel, Score, predict,
    score,
};
use support::{Study, bank, paired};

fn scored(study: &Study, model: &dyn PeopleModel) -> Score {
    let start = std::time::Instant::now();
    model.check().unwrap();
    let fitted = model.fit(&study.panel, &study.train, 0).unwrap();
    let found = score(&predict(&*fitted, &study.panel, &study.test)).unwrap();
    let brief: Vec<String> = fitted
        .numbers(&study.panel)
        .iter()
        .take(12)
        .map(|number| format!("{} {:.3}", number.name, number.value))
        .collect();
    println!(
        "{} {model:?}: {:.4} / {:.4}, {:?} [{}]",
        study.name,
        found.nll,
        found.accuracy,
        start.elapsed(),
        brief.join(", ")
    );
    found
}

#[test]
fn groups_of_gender() {
    for (name, nll, accuracy) in [
        ("topmodel2007", 0.6481, 0.6215),
        ("german_parties2009", 0.6128, 0.6684),
        ("first_names", 0.6555, 0.5955),
        ("cems_choice", 0.6136, 0.6742),
    ] {
        let study = paired(name);
        let by = vec!["gender = male".to_owned()];
        let apart = Group { by: by.clone(), shrink: false, ..Group::default() };
        let a = scored(&study, &apart);
        let b = scored(&study, &Group { by, ..Group::default() });
        println!("expected {nll} {accuracy} {a:?} {b:?}");
    }
}

#[test]
fn classes_of_four_studies() {
    for (name, expected) in [
        ("topmodel2007", [(2, 0.6125, 0.6667), (4, 0.5593, 0.7153), (8, 0.5546, 0.7014)]),
        ("german_parties2009", [(2, 0.4736, 0.7604), (4, 0.4428, 0.7882), (8, 0.4213, 0.7986)]),
        ("first_names", [(2, 0.6338, 0.6493), (4, 0.5764, 0.6806), (8, 0.5220, 0.7205)]),
        ("cems_choice", [(2, 0.5692, 0.7094), (4, 0.5344, 0.7321), (8, 0.4758, 0.7572)]),
    ] {
        let study = paired(name);
        for (classes, nll, accuracy) in expected {
            println!("expected {nll} / {accuracy}");
            scored(&study, &LatentClasses { classes: Count::One(classes), ..Default::default() });
        }
    }
}

#[test]
fn classes_of_cards() {
    let study = bank();
    for (classes, nll, accuracy) in [(2, 0.4966, 0.7735), (3, 0.4841, 0.7884), (4, 0.4751, 0.7955)]
    {
        println!("expected {nll} / {accuracy}");
        scored(
            &study,
            &LatentClasses { classes: Count::One(classes), restarts: 3, ..Default::default() },
        );
    }
}

#[test]
fn low_rank_in_numbers() {
    for name in ["topmodel2007", "german_parties2009", "first_names", "cems_choice"] {
        let study = paired(name);
        for rank in 1..=4 {
            scored(&study, &LowRank { rank: Count::One(rank), ..Default::default() });
        }
    }
    let study = bank();
    for rank in [1, 2, 4] {
        scored(&study, &LowRank { rank: Count::One(rank), steps: 20, ..Default::default() });
    }
}

#[test]
fn noise_in_numbers() {
    for (name, nll, accuracy) in [
        ("topmodel2007", 0.6374, 0.6146),
        ("german_parties2009", 0.5955, 0.6684),
        ("first_names", 0.6405, 0.5955),
        ("cems_choice", 0.6006, 0.6528),
    ] {
        let study = paired(name);
        println!("expected {nll} / {accuracy}");
        scored(&study, &NoiseAndValues::default());
    }
    let study = bank();
    println!("expected .5222 / .7491");
    scored(&study, &NoiseAndValues { steps: 20, ..Default::default() });
}

#[test]
fn lore_in_numbers() {
    let study = bank();
    for (bases, nll) in [(1, 0.5385), (2, 0.5035), (3, 0.5683), (5, 0.6720), (10, 0.8097)] {
        println!("expected {nll}");
        scored(&study, &Lore { bases, ..Default::default() });
    }
}

#[test]
#[ignore]
fn explore() {
    let seeded = |study: &Study, model: &dyn PeopleModel, seed| {
        let fitted = model.fit(&study.panel, &study.train, seed).unwrap();
        let found = score(&predict(&*fitted, &study.panel, &study.test)).unwrap();
        let n = fitted.numbers(&study.panel);
        println!(
            "{} {seed}: {:.4} / {:.4} [{:.3} {:.3}]",
            study.name, found.nll, found.accuracy, n[1].value, n[0].value
        );
    };
    let study = paired("topmodel2007");
    for steps in [5, 10, 20, 30, 40, 60, 80, 100] {
        seeded(&study, &Noise { steps, tolerance: 0.0, ..Default::default() }, steps);
    }
    for (nodes, steps) in [(7, 60), (9, 60), (15, 60), (15, 200), (21, 200), (61, 400)] {
        println!("nodes {nodes}");
        seeded(&study, &Noise { nodes, steps, start: 1.0, ..Default::default() }, steps);
    }
    for (name, k) in [("german_parties2009", 8), ("first_names", 4)] {
        let study = paired(name);
        for seed in 0..12 {
            seeded(
                &study,
                &LatentClasses { classes: Count::One(k), restarts: 1, ..Default::default() },
                seed,
            );
        }
    }
    let study = bank();
    for seed in 0..4 {
        seeded(
            &study,
            &LatentClasses { classes: Count::One(2), restarts: 1, ..Default::default() },
            seed,
        );
    }
    for seed in 0..4 {
        seeded(&study, &Lore::default(), seed);
    }
    for seed in 0..2 {
        seeded(&study, &Lore { bases: 5, ..Default::default() }, seed);
    }
}
