//! Models of the literature on populations that were simulated by them, and at the edges.
#![allow(clippy::unwrap_used)]

use medley_people::studies::{
    ContextSetting, MaxMin, Spammers, distributional_context, length_users, maxmin, spammers,
};
use medley_people::{
    Answer, Binary, CalibratedEnsemble, Categorical, Chosen, Column, CrowdBt, Fitted, MeanVariance,
    Nearness, Pal, PalLoss, Panel, PanelParts, PeopleError, PeopleModel, Pooled, Predictor, Score,
    Statement, Vpl, explained_by_items, predict, score,
};
use medley_random::{normal, stream};
use rand::RngExt;
use std::sync::Arc;

fn sigmoid(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

fn compared(person: usize, first: usize, second: usize, yes: f64) -> Statement {
    let predictors = vec![Predictor::difference(first, second)];
    Statement { person, predictors, answer: Arc::new(Binary { yes }) }
}

fn panel(items: Vec<Vec<f64>>, people: usize, statements: Vec<Statement>) -> Panel {
    let features = (0..items[0].len()).map(|i| format!("x{i}")).collect();
    let parts = PanelParts { features, items, people, statements, ..PanelParts::default() };
    Panel::new(parts).unwrap()
}

fn cloud(items: usize, features: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, "items");
    (0..items).map(|_| (0..features).map(|_| normal(&mut rng)).collect()).collect()
}

/// Random comparisons of everybody.
fn simulate(
    items: Vec<Vec<f64>>,
    people: usize,
    each: usize,
    chance: impl Fn(usize, &[f64], &[f64]) -> f64,
) -> Panel {
    let mut rng = stream(5, "answers");
    let mut statements = Vec::new();
    for person in 0..people {
        for _ in 0..each {
            let first = rng.random_range(0..items.len());
            let second = (first + rng.random_range(1..items.len())) % items.len();
            let p = chance(person, &items[first], &items[second]);
            let yes = f64::from(u8::from(rng.random::<f64>() < p));
            statements.push(compared(person, first, second, yes));
        }
    }
    panel(items, people, statements)
}

/// Every fourth statement is held out.
fn halves(panel: &Panel) -> (Vec<usize>, Vec<usize>) {
    (0..panel.statements().len()).partition(|s| s % 4 != 3)
}

fn judged(model: &dyn PeopleModel, panel: &Panel) -> Score {
    let (train, test) = halves(panel);
    let fitted = model.fit(panel, &train, 1).unwrap();
    let found = score(&predict(&*fitted, panel, &test)).unwrap();
    println!("{model:?}: {found:?}");
    found
}

fn pal() -> Pal {
    let hidden = Vec::new();
    Pal { dimension: 2, hidden, projector_rate: 5e-3, rate: 0.03, steps: 800, ..Pal::default() }
}

/// Two ideal points in the plane, one a person.
fn two_points() -> Panel {
    let ideals = [[2.0, 0.0], [-1.0, 1.7]];
    let near = move |person: usize, x: &[f64]| {
        let u = ideals[person % 2];
        -(x[0] - u[0]).hypot(x[1] - u[1])
    };
    simulate(cloud(15, 2, 1), 40, 24, move |a, x, y| sigmoid(5.0 * (near(a, x) - near(a, y))))
}

#[test]
fn ideal_points_are_found_and_so_is_whose_they_are() {
    let panel = two_points();
    let pooled = judged(&Pooled::default(), &panel);
    let hinge = judged(&pal(), &panel);
    assert!(hinge.accuracy > pooled.accuracy + 0.15, "{hinge:?} {pooled:?}");
    assert!(hinge.nll < pooled.nll - 0.2, "{hinge:?} {pooled:?}");
    let (form, loss) = (Nearness::Angle, PalLoss::Logistic);
    let angle = judged(&Pal { form, loss, hidden: vec![12], dimension: 4, ..pal() }, &panel);
    assert!(angle.accuracy > pooled.accuracy + 0.1, "{angle:?} {pooled:?}");
    let (train, _) = halves(&panel);
    let fitted = pal().fit_ideals(&panel, &train, 1).unwrap();
    let first: Vec<f64> = (0..40).map(|a| fitted.shares(a)[0]).collect();
    let is_right = |(a, share): (usize, &f64)| (*share > 0.5) == ((first[0] > 0.5) == (a % 2 == 0));
    let right = first.iter().enumerate().filter(|one| is_right(*one)).count();
    assert!(right >= 39, "{right} {first:?}");
    // Somebody new, of whom eight answers are known.
    let known = &panel.said_by(1)[..8];
    let met = fitted.meet(&panel, 1, known).unwrap();
    let own = score(
        &panel.said_by(1)[8..]
            .iter()
            .map(|&s| medley_people::Prediction::of(&fitted, &panel, s, &met))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    assert!(own.accuracy > 0.75, "{own:?}");
}

/// With one prototype who said what has no part in it: everybody is the same, and a fit to the same answers
/// of other people is the same.
#[test]
fn one_prototype_is_pooled() {
    let items = cloud(8, 2, 3);
    let one = simulate(items.clone(), 6, 10, |_, x, y| sigmoid(3.0 * (x[0] - y[0])));
    let mut statements = one.statements().to_vec();
    statements.iter_mut().for_each(|said| said.person = 0);
    let other = panel(items, 6, statements);
    let pal = Pal { prototypes: 1, ..pal() };
    let all: Vec<usize> = (0..60).collect();
    let of = |panel: &Panel, person: usize| {
        let fitted = pal.fit_ideals(panel, &all, 4).unwrap();
        let scores = fitted.belief(panel, person).utilities(panel, &(0..8).collect::<Vec<_>>());
        // The factor to log-odds comes from every fifth answer of a person, which differs.
        let scale = scores[0] - scores[1];
        scores.iter().map(|s| (s - scores[0]) / scale).collect::<Vec<f64>>()
    };
    let (a, b, c) = (of(&one, 0), of(&one, 5), of(&other, 3));
    assert_eq!(a, b);
    assert!(a.iter().zip(&c).all(|(x, y)| (x - y).abs() < 1e-6), "{a:?} {c:?}");
}

#[test]
fn hidden_numbers_are_read_off_answers() {
    // One number a person: what the second feature counts for.
    let side = |a: usize| if a.is_multiple_of(2) { 3.0 } else { -3.0 };
    let panel =
        simulate(cloud(12, 2, 2), 80, 16, |a, x, y| sigmoid(x[0] - y[0] + side(a) * (x[1] - y[1])));
    let pooled = judged(&Pooled::default(), &panel);
    let vpl = Vpl {
        dimension: 2,
        hidden: 16,
        layers: 2,
        epochs: 120,
        batch: 16,
        rate: 3e-3,
        ..Vpl::default()
    };
    let found = judged(&vpl, &panel);
    assert!(found.accuracy > pooled.accuracy + 0.15, "{found:?} {pooled:?}");
    assert!(found.nll < pooled.nll - 0.1, "{found:?} {pooled:?}");
    let (train, _) = halves(&panel);
    // Learned from 60 people, and asked about others by eight answers, without a fit.
    let seen: Vec<usize> =
        train.iter().copied().filter(|&s| panel.statements()[s].person < 60).collect();
    let fitted = vpl.fit_encoder(&panel, &seen, 1).unwrap();
    let mut predictions = Vec::new();
    for person in 60..80 {
        let (known, rest) = panel.said_by(person).split_at(8);
        let met = fitted.meet(&panel, person, known).unwrap();
        let of = |&s: &usize| medley_people::Prediction::of(&fitted, &panel, s, &met);
        predictions.extend(rest.iter().map(of));
    }
    let met = score(&predictions).unwrap();
    assert!(met.accuracy > pooled.accuracy + 0.1, "{met:?}");
    let drawn = judged(&Vpl { draws: 16, ..vpl }, &panel);
    assert!((drawn.accuracy - found.accuracy).abs() < 0.05, "{drawn:?} {found:?}");
    // A divergence that counts for too much leaves nothing of the person.
    let flat = judged(&Vpl { weight: 50.0, epochs: 40, ..vpl }, &panel);
    assert!(flat.accuracy < found.accuracy - 0.1, "{flat:?}");
}

#[test]
fn spread_of_utility_is_found_up_to_its_unit() {
    // u(x) ~ N(x, s^2), s = .2 for x < 0 and 1 above; answers by the model's own link.
    let items: Vec<Vec<f64>> = (0..12).map(|i| vec![(f64::from(i) - 5.5) / 3.0]).collect();
    let s = |x: &[f64]| if x[0] < 0.0 { 0.3_f64 } else { 1.2 };
    let link = |x: &[f64], y: &[f64]| {
        sigmoid(std::f64::consts::TAU.sqrt() * (x[0] - y[0]) / s(x).hypot(s(y)))
    };
    let mut statements = Vec::new();
    for i in 0..12 {
        for j in i + 1..12 {
            statements.push(compared(0, i, j, link(&items[i], &items[j])));
        }
    }
    let all: Vec<usize> = (0..statements.len()).collect();
    let panel = panel(items.clone(), 1, statements);
    let (hidden, rate, last_rate, steps) = (vec![16, 16], 2e-2, 1e-4, 3000);
    let model = MeanVariance { hidden, rate, last_rate, steps, ..MeanVariance::default() };
    let fitted = model.fit_distributions(&panel, &all, 0).unwrap();
    let found = explained_by_items(fitted.items()).unwrap();
    let mean: f64 = items.iter().map(|x| x[0] * x[0]).sum::<f64>() / 12.0;
    let expect = mean / (mean + 0.5 * (0.3 * 0.3 + 1.2 * 1.2));
    assert!((found - expect).abs() < 0.03, "{found} for {expect}");
    let sd = |i: usize| fitted.items()[i].variance().sqrt();
    let ratio = (6..12).map(sd).sum::<f64>() / (0..6).map(sd).sum::<f64>();
    assert!((3.0..5.5).contains(&ratio), "{ratio} for 4");
}

#[test]
fn two_camps_that_bradley_terry_hides() {
    let found = distributional_context(&ContextSetting::default(), 0).unwrap();
    println!("{found:#?}");
    assert!(found.sd_contested > 3.0 * found.sd_settled, "{found:?}");
    assert!(found.contested.near_mean < 0.1 && found.settled.near_mean > 0.7, "{found:?}");
    assert!(found.contested.high > 0.4 && found.contested.high < 0.6, "{found:?}");
    assert!(found.nll_categorical < 0.34 && found.nll_mean_variance < 0.28, "{found:?}");
    assert!(found.cautious_best < 0.8, "{found:?}");
    let none = ContextSetting { points: 2, ..ContextSetting::default() };
    assert!(distributional_context(&none, 0).is_err());
}

#[test]
fn users_who_differ_in_length_alone() {
    let found = length_users(0).unwrap();
    println!("{found:?}");
    assert!(
        (found.ceiling_train - 0.713).abs() < 5e-4 && (found.ceiling_eval - 0.685).abs() < 5e-4
    );
    assert!(found.pooled_train <= found.ceiling_train + 1e-9, "{found:?}");
    assert!(found.pooled_eval <= found.ceiling_eval + 1e-9, "{found:?}");
    assert!(found.pooled_train > 0.71 && found.hierarchical_eval > 0.999, "{found:?}");
}

#[test]
fn a_minority_under_one_reward_and_under_the_rule_of_the_worst_off() {
    let mut last = 1.0;
    for (ratio, expect) in [(1, Some(0.704)), (4, None), (10, Some(0.42))] {
        let setting = MaxMin { ratio, sets: 1000, ..MaxMin::default() };
        let found = maxmin(&setting, 0).unwrap();
        println!("{ratio}: {found:?}");
        assert!(found.single_minority < last + 0.02, "{found:?}");
        last = found.single_minority;
        if let Some(expect) = expect {
            assert!((found.single_minority - expect).abs() < 0.03, "{found:?}");
        }
        assert!(found.own_minority > 0.93 && found.own_majority > 0.93, "{found:?}");
        assert!(found.placed > 0.97, "{found:?}");
        if ratio > 1 {
            assert!(found.fair_minority > found.chosen_minority + 0.1, "{found:?}");
        }
    }
    let error = maxmin(&MaxMin { minority: 0, ..MaxMin::default() }, 0).unwrap_err();
    assert!(matches!(error, PeopleError::Needs { .. }));
}

#[test]
fn spammers_are_found() {
    let seeds: Vec<u64> = (0..30).collect();
    for (share, reliability) in [(0.3, 0.5), (0.3, 0.0), (0.0, 0.5)] {
        let setting = Spammers { share, reliability, ..Spammers::default() };
        let found = spammers(&setting, &seeds).unwrap();
        println!("{share} {reliability}: {found:?}");
        let gain = found.tau_crowd - found.tau_plain;
        if share > 0.0 {
            assert!(gain > 2.0 * found.error, "{found:?}");
            assert!(found.honest > found.spam.unwrap() + 0.2, "{found:?}");
        } else {
            assert!(gain.abs() < 0.03 && found.spam.is_none(), "{found:?}");
        }
    }
    assert!(spammers(&Spammers::default(), &[]).is_err());
    assert!(spammers(&Spammers { share: 1.0, ..Spammers::default() }, &seeds).is_err());
}

#[test]
fn an_ensemble_is_as_divided_as_people() {
    // A third prefers more of the first feature, the others less; all more of the second.
    let panel = simulate(cloud(8, 2, 9), 90, 40, |a, x, y| {
        let first = if a.is_multiple_of(3) { 6.0 } else { -6.0 };
        sigmoid(first * (x[0] - y[0]) + 3.0 * (x[1] - y[1]))
    });
    let all: Vec<usize> = (0..panel.statements().len()).collect();
    let fitted = CalibratedEnsemble::default().fit_ensemble(&panel, &all).unwrap();
    println!("{fitted:?}");
    let weights: f64 = fitted.members().iter().map(|(weight, _)| weight).sum();
    assert!((weights - 1.0).abs() < 1e-12);
    assert!(fitted.errors().windows(2).all(|pair| pair[1] < pair[0]), "{:?}", fitted.errors());
    assert!(fitted.errors().len() > 1);
    assert!(fitted.errors()[fitted.errors().len() - 1] < 0.35 * fitted.errors()[0]);
    // Somewhere a third of members is for more of the first feature.
    let up: f64 =
        fitted.members().iter().filter(|(_, w)| w[0] > 0.0).map(|(weight, _)| weight).sum();
    assert!((0.2..0.5).contains(&up), "{up}");
    let found = judged(&CalibratedEnsemble::default(), &panel);
    let pooled = judged(&Pooled::default(), &panel);
    assert!(found.nll < pooled.nll + 0.01, "{found:?} {pooled:?}");
    let one = CalibratedEnsemble { members: 1, ..CalibratedEnsemble::default() };
    assert_eq!(judged(&one, &panel).accuracy, pooled.accuracy);
}

fn small(model: usize) -> Box<dyn PeopleModel> {
    let (hidden, steps) = (vec![4], 60);
    match model {
        0 => Box::new(Pal { steps, ..pal() }),
        1 => Box::new(Vpl { dimension: 2, hidden: 4, layers: 2, epochs: 30, ..Vpl::default() }),
        2 => Box::new(MeanVariance { hidden, steps, rate: 0.01, ..MeanVariance::default() }),
        3 => Box::new(Categorical { hidden, steps, rate: 0.01, ..Categorical::default() }),
        4 => Box::new(CalibratedEnsemble::default()),
        _ => Box::new(CrowdBt::default()),
    }
}

/// A person with one answer, strangers, people who always answer alike, one item's worth of answers: all
/// predictions are finite, and a fit is the same again.
#[test]
fn edges_are_finite() {
    let items = cloud(3, 2, 1);
    let statements = vec![compared(0, 0, 1, 1.0), compared(1, 1, 2, 1.0), compared(1, 1, 2, 1.0)];
    let panel = panel(items, 4, statements);
    for number in 0..6 {
        let model = small(number);
        model.check().unwrap();
        for train in [vec![0], vec![0, 1, 2]] {
            let fit = || model.fit(&panel, &train, 3).unwrap();
            let (fitted, again) = (fit(), fit());
            for person in 0..4 {
                let belief = fitted.belief(&panel, person);
                assert_eq!(belief, again.belief(&panel, person), "{model:?}");
                for known in [&[][..], &[1]] {
                    check(&*fitted, &panel, &fitted.meet(&panel, person, known).unwrap());
                }
                check(&*fitted, &panel, &belief);
            }
            assert!(fitted.numbers(&panel).iter().all(|n| n.value.is_finite()), "{model:?}");
            assert!(predict(&*fitted, &panel, &[]).is_empty());
        }
        let error = model.fit(&panel, &[], 0).unwrap_err();
        assert!(matches!(error, PeopleError::Needs { .. }), "{error}");
    }
}

fn check(fitted: &dyn Fitted, panel: &Panel, belief: &medley_people::Belief) {
    assert!(belief.utilities(panel, &[0, 1, 2]).iter().all(|u| u.is_finite()), "{fitted:?}");
    let logs = fitted.log_probabilities(panel, 1, belief);
    let sum: f64 = logs.iter().map(|log| log.exp()).sum();
    assert!((sum - 1.0).abs() < 1e-9 && logs.iter().all(|log| log.is_finite()), "{logs:?}");
}

/// Answers that a model has no place for are refused, with the statement.
#[test]
fn other_answers_are_refused() {
    let items = cloud(3, 2, 1);
    let of = |predictors: Vec<Predictor>, answer: Arc<dyn Answer>| {
        let said = Statement { person: 0, predictors, answer };
        let start = 0.0;
        let columns = vec![Column { name: "threshold".to_owned(), start, spread: None }];
        let features = vec!["x0".to_owned(), "x1".to_owned()];
        let statements = vec![compared(0, 0, 1, 1.0), said];
        let items = items.clone();
        let parts =
            PanelParts { features, items, people: 1, statements, columns, ..PanelParts::default() };
        Panel::new(parts).unwrap()
    };
    let yes = || Arc::new(Binary { yes: 1.0 });
    let chosen = of(vec![Predictor::of(0), Predictor::of(1)], Arc::new(Chosen::one(0, 2)));
    let thumb = of(vec![Predictor::of(0).and(0, -1.0)], yes());
    let alone = of(vec![Predictor::of(0)], yes());
    for (panel, refused) in [(chosen, 0..6), (thumb, 0..4), (alone, 2..4)] {
        for number in refused {
            let error = small(number).fit(&panel, &[0], 0).unwrap_err();
            let message = error.to_string();
            assert!(message.contains("statement 1"), "{message}");
        }
    }
}

#[test]
fn options_out_of_range_are_refused() {
    let check = |model: &dyn PeopleModel, key: &str| {
        assert_eq!(model.check().unwrap_err().path, [key], "{model:?}");
    };
    check(&Pal { prototypes: 0, ..pal() }, "prototypes");
    check(&Pal { smoothing: 0.0, ..pal() }, "smoothing");
    check(&Vpl { layers: 1, ..Vpl::default() }, "layers");
    check(&Vpl { weight: -1.0, ..Vpl::default() }, "weight");
    check(&MeanVariance { hidden: vec![0], ..MeanVariance::default() }, "hidden");
    check(&Categorical { levels: 1, ..Categorical::default() }, "levels");
    check(&CalibratedEnsemble { members: 0, ..CalibratedEnsemble::default() }, "members");
    check(&CrowdBt { reliable: 0.5, ..CrowdBt::default() }, "reliable");
}

/// Examples of the pages on models are models, with options that they have.
#[test]
fn pages_say_what_can_be_said() {
    for name in ["pal", "vpl", "mean-variance", "categorical", "calibrated-ensemble", "crowd-bt"] {
        let path = format!("{}/../../docs/people/{name}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        let block = page.split("```").nth(1).unwrap().trim_start_matches("toml").to_owned();
        let table: toml::Table = toml::from_str(&block).unwrap();
        let model: Box<dyn PeopleModel> = table["people"].clone().try_into().unwrap();
        model.check().unwrap();
        assert!(model.summary().len() < 100, "{name}");
        let wrong: toml::Table = toml::from_str(&format!("{name} = {{ nonsense = 1 }}")).unwrap();
        assert!(wrong.try_into::<Box<dyn PeopleModel>>().is_err(), "{name}");
    }
}
