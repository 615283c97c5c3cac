//! Cutpoints of people's own on real judgements.
#![allow(clippy::unwrap_used)]

mod support;

use medley_people::{
    Cutpoints, Fitted, FittedRating, RatedItem, Rating, Score, Values, pebs, predict, score,
};
use support::{Study, convabuse};

fn fit(study: &Study, model: &Rating) -> (FittedRating, Score) {
    let start = std::time::Instant::now();
    let fitted = model.fit_rating(&study.panel, &study.train, 0).unwrap();
    let found = score(&predict(&fitted, &study.panel, &study.test)).unwrap();
    println!(
        "{:?} values, {:?} cutpoints: {:.4} / {:.4}, {} judgements, {:?}",
        model.values,
        model.cutpoints,
        found.nll,
        found.accuracy,
        found.statements,
        start.elapsed()
    );
    (fitted, found)
}

#[test]
fn judgements_of_abuse() {
    let study = convabuse(60);
    let model = Rating { prior_sd: 2.0, tolerance: 1e-3, ..Rating::default() };
    let shared = fit(&study, &Rating { cutpoints: Cutpoints::Shared, ..model });
    let shifted = fit(&study, &Rating { cutpoints: Cutpoints::Shifted, ..model });
    let own = fit(&study, &model);
    let numbers = own.0.numbers(&study.panel);
    for number in numbers.iter().filter(|n| n.name.contains("cut") || n.name.contains("sd of")) {
        println!("  {}: {:.3}", number.name, number.value);
    }
    for person in 0..study.panel.people() {
        println!("  person {person}: {:.3?}", own.0.cutpoints_of(person));
    }
    // Severity is what people differ in; how far they use the scale adds nothing here.
    assert!(own.1.nll < shared.1.nll - 0.02 && (own.1.nll - shifted.1.nll).abs() < 0.005);
    assert!((shared.1.nll - 0.6769).abs() < 0.003 && (own.1.nll - 0.6434).abs() < 0.003);
    // What words are worth is the base; levels are scores.
    let base: Vec<f64> = {
        let view = shared.0.belief(&study.panel, 0);
        let items: Vec<usize> = (0..study.panel.items().len()).collect();
        view.utilities(&study.panel, &items)
    };
    let rated = |statements: &[usize]| -> Vec<RatedItem> {
        let one = |&statement: &usize| {
            let statement = &study.panel.statements()[statement];
            let level = statement.answer.observed().iter().position(|&o| o == 1.0).unwrap();
            let base = base[statement.predictors[0].items[0].0];
            RatedItem { rater: statement.person, base, score: level as f64 }
        };
        statements.iter().map(one).collect()
    };
    let (train, test) = (rated(&study.train), rated(&study.test));
    let maps = pebs(&train, study.panel.people()).unwrap();
    let everybody =
        pebs(&train.iter().map(|r| RatedItem { rater: 0, ..*r }).collect::<Vec<_>>(), 1);
    let everybody = everybody.unwrap().raters[0];
    let error = |of: &dyn Fn(&RatedItem) -> f64| -> f64 {
        (test.iter().map(|r| (of(r) - r.score).powi(2)).sum::<f64>() / test.len() as f64).sqrt()
    };
    let pooled = error(&|r| everybody.score(r.base));
    let own = error(&|r| maps.raters[r.rater].score(r.base));
    println!(
        "RMSE in levels: one map {pooled:.4}, PEBS {own:.4}, {:.2} %",
        100.0 * (own / pooled - 1.0)
    );
    assert!(own < pooled);
}

/// Weights of 60 words for each of 8 people beside cutpoints of their own.
#[test]
#[ignore = "a minute"]
fn judgements_by_values_of_ones_own() {
    let study = convabuse(60);
    let model = Rating { prior_sd: 2.0, tolerance: 1e-3, ..Rating::default() };
    let own = fit(&study, &Rating { values: Values::Own, scale: 0.3, steps: 20, ..model });
    let shared = fit(&study, &model);
    assert!(own.1.nll < shared.1.nll + 0.02);
}
