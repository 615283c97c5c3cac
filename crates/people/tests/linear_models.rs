//! Models of people that are linear in features, on real panels, against numbers that throw-away NumPy
//! scripts found.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{Group, PeopleModel, Score, predict, score};
use support::{Study, paired};

fn scored(study: &Study, model: &dyn PeopleModel) -> Score {
    let start = std::time::Instant::now();
    model.check().unwrap();
    let fitted = model.fit(&study.panel, &study.train, 0).unwrap();
    let found = score(&predict(&*fitted, &study.panel, &study.test)).unwrap();
    let brief: Vec<String> = fitted
        .numbers(&study.panel)
        .iter()
        .take(4)
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
