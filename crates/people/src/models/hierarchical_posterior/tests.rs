//! Populations that were drawn are found again; people, strangers and newcomers; edges.

use super::*;
use crate::{Binary, Chosen, Column, Covariate, Ordered, PanelParts, Predictor, Statement};
use rand::RngExt;
use std::sync::Arc;

fn short() -> HierarchicalPosterior {
    HierarchicalPosterior {
        chains: 2,
        warmup: 200,
        draws: 200,
        r_hat: 1.2,
        ess: 0.0,
        ..HierarchicalPosterior::default()
    }
}

const MEAN: [f64; 2] = [1.0, -0.5];
const SD: [f64; 2] = [1.2, 0.6];

/// What people want, and a panel of their answers by that. Who is known to be `1` wants 1 more of the first.
fn drawn(people: usize, answers: usize, seed: u64) -> (Vec<Vec<f64>>, Panel) {
    let mut rng = medley_random::stream(seed, "posterior/test");
    let (mut wants, mut items, mut statements) = (Vec::new(), Vec::new(), Vec::new());
    let groups: Vec<f64> = (0..people).map(|a| (a % 2) as f64).collect();
    for (person, group) in groups.iter().enumerate() {
        let normal: Vec<f64> = (0..2).map(|_| medley_random::normal(&mut rng)).collect();
        let beta = [MEAN[0] + group - 0.5 + SD[0] * normal[0], MEAN[1] + SD[1] * normal[1]];
        for _ in 0..answers {
            let item: Vec<f64> = (0..2).map(|_| medley_random::normal(&mut rng)).collect();
            let eta = beta[0] * item[0] + beta[1] * item[1];
            let yes = f64::from(u8::from(rng.random::<f64>() < (1.0 + (-eta).exp()).recip()));
            items.push(item);
            let predictors = vec![Predictor::of(items.len() - 1)];
            statements.push(Statement { person, predictors, answer: Arc::new(Binary { yes }) });
        }
        wants.push(beta.to_vec());
    }
    let values = groups.into_iter().map(Some).collect();
    let panel = Panel::new(PanelParts {
        features: vec!["x".to_owned(), "y".to_owned()],
        items,
        people,
        covariates: vec![Covariate { name: "group".to_owned(), values }],
        statements,
        ..PanelParts::default()
    });
    (wants, panel.unwrap())
}

fn all(panel: &Panel) -> Vec<usize> {
    (0..panel.statements().len()).collect()
}

#[test]
fn a_population_is_found_again() {
    let (wants, panel) = drawn(150, 20, 1);
    let model = HierarchicalPosterior { covariates: true, ..short() };
    let fitted = model.fit_posterior(&panel, &all(&panel), 0).unwrap();
    // The group is standardized: its half step is 0.5.
    for (name, expect) in [
        ("mean of x", MEAN[0]),
        ("mean of y", MEAN[1]),
        ("x by group", 0.5),
        ("y by group", 0.0),
        ("sd of x", SD[0]),
        ("sd of y", SD[1]),
    ] {
        let of = fitted.report.quantities.iter().find(|of| of.name == name).unwrap();
        assert!((of.mean - expect).abs() < 3.5 * of.sd, "{name}: {} ({})", of.mean, of.sd);
        assert!(of.sd < 0.3, "{name}: {}", of.sd);
    }
    let error = |belief: &Belief, a: usize| -> f64 {
        let mean: f64 = belief.atoms.iter().map(|(w, view)| w * first(view)).sum();
        (mean - wants[a][0]).powi(2)
    };
    let own: f64 = (0..150).map(|a| error(&fitted.belief(&panel, a), a)).sum::<f64>() / 150.0;
    let stranger: f64 =
        (0..150).map(|a| error(&fitted.stranger(&panel, a), a)).sum::<f64>() / 150.0;
    assert!(own < 0.5 * stranger, "{own} {stranger}");
    assert_eq!(fitted.belief(&panel, 0).atoms.len(), 200);
}

fn first(view: &View) -> f64 {
    match view {
        View::Linear(view) => view[0],
        View::Returns { .. } => f64::NAN,
    }
}

/// 90 % intervals of 12 panels of 30 people cover what they were drawn from: 48 of them, 43.2 on average
/// with a standard deviation of 2.1 were they independent.
#[test]
fn intervals_cover() {
    let mut covered = 0;
    for round in 0..12 {
        let (_, panel) = drawn(30, 10, 100 + round);
        let model = HierarchicalPosterior { covariates: true, ..short() };
        let fitted = model.fit_posterior(&panel, &all(&panel), round).unwrap();
        for (name, expect) in
            [("mean of x", MEAN[0]), ("mean of y", MEAN[1]), ("sd of x", SD[0]), ("sd of y", SD[1])]
        {
            let of = fitted.report.quantities.iter().find(|of| of.name == name).unwrap();
            covered += usize::from((of.mean - expect).abs() < 1.645 * of.sd);
        }
    }
    println!("{covered} of 48");
    assert!((37..=48).contains(&covered), "{covered}");
}

#[test]
fn a_newcomer_is_met_as_they_would_have_been_known() {
    let (_, panel) = drawn(80, 12, 2);
    let statements = all(&panel);
    let fitted = short().fit_posterior(&panel, &statements, 0).unwrap();
    let without: Vec<usize> =
        statements.iter().copied().filter(|&s| panel.statements()[s].person != 3).collect();
    let other = short().fit_posterior(&panel, &without, 0).unwrap();
    let moments = |belief: &Belief| {
        let mean: f64 = belief.atoms.iter().map(|(w, view)| w * first(view)).sum();
        let square: f64 = belief.atoms.iter().map(|(w, v)| w * (first(v) - mean).powi(2)).sum();
        (mean, square.sqrt())
    };
    let (known, met) = (
        moments(&fitted.belief(&panel, 3)),
        moments(&other.meet(&panel, 3, panel.said_by(3)).unwrap()),
    );
    assert!((known.0 - met.0).abs() < 0.4 * known.1, "{known:?} {met:?}");
    assert!((met.1 / known.1 - 1.0).abs() < 0.3, "{known:?} {met:?}");
    let stranger = moments(&other.meet(&panel, 3, &[]).unwrap());
    assert_eq!(stranger, moments(&other.belief(&panel, 3)));
    assert!(stranger.1 > 1.3 * met.1, "{stranger:?} {met:?}");
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (_, panel) = drawn(6, 4, 3);
    let brief = HierarchicalPosterior { draws: 30, warmup: 40, r_hat: 100.0, ..short() };
    let numbers = |seed| brief.fit_posterior(&panel, &all(&panel), seed).unwrap().numbers(&panel);
    assert_eq!(numbers(5), numbers(5));
    assert_ne!(numbers(5), numbers(6));
}

#[test]
fn any_answer_will_do() {
    let mut rng = medley_random::stream(4, "any");
    let mut statements = Vec::new();
    for n in 0..240 {
        let item = n % 6;
        let of = |i: usize| Predictor::of((item + i) % 6);
        let cut = |column| Predictor::default().and(column, 1.0);
        let (predictors, answer): (_, Arc<dyn crate::Answer>) = if n % 2 == 0 {
            let level = (rng.random::<f64>() * 3.0) as usize;
            (vec![of(0), cut(0), cut(1)], Arc::new(Ordered { level, levels: 3 }))
        } else {
            (vec![of(0), of(1), of(2)], Arc::new(Chosen::one(n % 3, 3)))
        };
        statements.push(Statement { person: n % 12, predictors, answer });
    }
    let column = |name: &str, start| Column { name: name.to_owned(), start, spread: None };
    let panel = Panel::new(PanelParts {
        features: vec!["x".to_owned()],
        items: (0..6).map(|i| vec![f64::from(i) - 2.5]).collect(),
        people: 12,
        columns: vec![column("low", -0.01), column("high", 0.01)],
        statements,
        ..PanelParts::default()
    })
    .unwrap();
    let fitted = short().fit_posterior(&panel, &all(&panel), 0).unwrap();
    let of = |name: &str| fitted.report.quantities.iter().find(|of| of.name == name).unwrap().mean;
    // Levels are drawn evenly.
    assert!((of("low") + 2_f64.ln()).abs() < 0.6 && (of("high") - 2_f64.ln()).abs() < 0.6);
    assert!(fitted.meet(&panel, 0, &[0, 1]).is_ok());
}

#[test]
fn edges() {
    let (_, panel) = drawn(3, 2, 5);
    let needs = |found: Result<FittedPosterior, PeopleError>| {
        assert!(matches!(found, Err(PeopleError::Needs { .. })), "{found:?}");
    };
    needs(short().fit_posterior(&panel, &[], 0));
    // One person with one answer: the prior, moved a little. The others are strangers.
    let loose = HierarchicalPosterior { r_hat: 100.0, ..short() };
    let fitted = loose.fit_posterior(&panel, &[0], 0).unwrap();
    for person in 0..3 {
        assert!(fitted.belief(&panel, person).log_probabilities(&panel, 2)[0].is_finite());
    }
    // Chains that have not mixed are refused.
    let strict = HierarchicalPosterior { draws: 8, warmup: 20, r_hat: 1.0, ..short() };
    let refused = strict.fit_posterior(&panel, &all(&panel), 0);
    assert!(matches!(refused, Err(PeopleError::Fit { .. })), "{refused:?}");
    for broken in [
        HierarchicalPosterior { scale: 0.0, ..short() },
        HierarchicalPosterior { freedom: -1.0, ..short() },
        HierarchicalPosterior { chains: 0, ..short() },
        HierarchicalPosterior { warmup: 5, ..short() },
        HierarchicalPosterior { draws: 2, ..short() },
        HierarchicalPosterior { r_hat: 0.5, ..short() },
    ] {
        assert!(broken.check().is_err(), "{broken:?}");
    }
}

#[test]
fn who_always_says_the_same_is_known_within_the_population() {
    let (_, panel) = drawn(40, 10, 6);
    let mut parts = PanelParts {
        features: panel.features().to_vec(),
        items: panel.items().to_vec(),
        people: 40,
        statements: panel.statements().to_vec(),
        ..PanelParts::default()
    };
    for statement in parts.statements.iter_mut().filter(|s| s.person == 0) {
        statement.answer = Arc::new(Binary { yes: 1.0 });
    }
    let panel = Panel::new(parts).unwrap();
    let fitted = short().fit_posterior(&panel, &all(&panel), 0).unwrap();
    let belief = fitted.belief(&panel, 0);
    assert!(belief.atoms.iter().all(|(_, view)| first(view).is_finite()));
}
