//! Models of people on real panels, against numbers that throw-away NumPy scripts found.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{Hierarchical, PeopleModel, Pooled, predict, score};
use support::{Study, bank, paired};

fn check(study: &Study, model: &dyn PeopleModel, nll: f64, accuracy: f64) {
    let start = std::time::Instant::now();
    let fitted = model.fit(&study.panel, &study.train, 0).unwrap();
    let found = score(&predict(&*fitted, &study.panel, &study.test)).unwrap();
    println!(
        "{} {model:?}: {:.4} / {:.4}, expected {nll} / {accuracy}, {:?}",
        study.name,
        found.nll,
        found.accuracy,
        start.elapsed()
    );
    assert!((found.nll - nll).abs() < 0.003, "{found:?}");
    assert!((found.accuracy - accuracy).abs() < 0.005, "{found:?}");
}

#[test]
fn pooled_and_hierarchical_as_in_numpy() {
    let sixty = Hierarchical { steps: 60, tolerance: 0.0, ..Hierarchical::default() };
    for (name, pooled, people, gender) in [
        ("topmodel2007", [0.6581, 0.6146], [0.5103, 0.7500], [0.5042, 0.7483]),
        ("german_parties2009", [0.6120, 0.6684], [0.4037, 0.8038], [0.4039, 0.8108]),
        ("first_names", [0.6587, 0.5955], [0.4731, 0.7847], [0.4707, 0.7951]),
        ("cems_choice", [0.6200, 0.6528], [0.4362, 0.7937], [0.4358, 0.7987]),
    ] {
        let study = paired(name);
        check(&study, &Pooled::default(), pooled[0], pooled[1]);
        check(&study, &sixty, people[0], people[1]);
        check(&study, &Hierarchical { covariates: true, ..sixty }, gender[0], gender[1]);
    }
}

#[test]
fn a_conjoint_of_credit_cards() {
    let study = bank();
    check(&study, &Pooled::default(), 0.5384, 0.7447);
    let half = Hierarchical { start: 0.5, steps: 60, tolerance: 0.0, ..Hierarchical::default() };
    check(&study, &half, 0.4684, 0.7965);
    check(&study, &Hierarchical { covariates: true, ..half }, 0.4683, 0.7988);
}
