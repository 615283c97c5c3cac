//! Simulated people are found again, and odd panels have an answer.
#![allow(clippy::unwrap_used)]

use medley_people::{
    Answering, Binary, Column, Count, Covariate, Fitted, Group, Hierarchical, LatentClasses, Lore,
    LowRank, Noise, NoiseAndValues, Panel, PanelParts, PeopleError, PeopleModel, Pooled, Predictor,
    Statement, View,
};
use medley_random::{normal, stream};
use rand::RngExt;
use std::sync::Arc;

/// People who compare items with random features, `answers` times each; each has weights, a rationality
/// and a bias towards what is shown first.
struct People {
    weights: Vec<Vec<f64>>,
    rationality: Vec<f64>,
    bias: Vec<f64>,
    answers: usize,
}

impl People {
    fn new(weights: Vec<Vec<f64>>, answers: usize) -> Self {
        let people = weights.len();
        Self { weights, rationality: vec![1.0; people], bias: vec![0.0; people], answers }
    }

    /// What they say, with a column for the bias if it has a spread.
    fn panel(&self, spread: Option<f64>, covariates: Vec<Covariate>) -> Panel {
        let features = self.weights[0].len();
        let mut rng = stream(3, "items");
        let items: Vec<Vec<f64>> =
            (0..40).map(|_| (0..features).map(|_| normal(&mut rng)).collect()).collect();
        let mut statements = Vec::new();
        for (person, weights) in self.weights.iter().enumerate() {
            for _ in 0..self.answers {
                let first = rng.random_range(0..40);
                let second = (first + rng.random_range(1..40)) % 40;
                let of = |item: usize| -> f64 {
                    items[item].iter().zip(weights).map(|(x, w)| x * w).sum()
                };
                let eta = self.rationality[person] * (of(first) - of(second)) + self.bias[person];
                let is_first = rng.random::<f64>() < (1.0 + (-eta).exp()).recip();
                let mut predictor = Predictor::difference(first, second);
                if spread.is_some() {
                    predictor = predictor.and(0, 1.0);
                }
                let answer = Arc::new(Binary { yes: if is_first { 1.0 } else { 0.0 } });
                statements.push(Statement { person, predictors: vec![predictor], answer });
            }
        }
        let column = |spread| Column { name: "first".to_owned(), start: 0.0, spread: Some(spread) };
        Panel::new(PanelParts {
            features: (0..features).map(|i| format!("x{i}")).collect(),
            items,
            people: self.weights.len(),
            covariates,
            columns: spread.map(column).into_iter().collect(),
            statements,
        })
        .unwrap()
    }
}

fn fit(model: &dyn PeopleModel, panel: &Panel) -> Box<dyn Fitted> {
    model.check().unwrap();
    let all: Vec<usize> = (0..panel.statements().len()).collect();
    model.fit(panel, &all, 0).unwrap()
}

fn number(fitted: &dyn Fitted, panel: &Panel, name: &str) -> f64 {
    fitted.numbers(panel).iter().find(|number| number.name == name).unwrap().value
}

fn view(fitted: &dyn Fitted, panel: &Panel, person: usize) -> Vec<f64> {
    match &fitted.belief(panel, person).atoms[0].1 {
        View::Linear(view) => view.clone(),
        View::Returns { .. } => unreachable!("all are linear here"),
    }
}

fn near(found: &[f64], expect: &[f64], within: f64) {
    let off = found.iter().zip(expect).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off < within, "{found:?} {expect:?}");
}

#[test]
fn groups() {
    let of = [[1.5, 0.0, -0.5], [0.3, 1.0, -0.5], [1.0, 0.5, 0.7]];
    let mut weights: Vec<Vec<f64>> = (0..180).map(|a| of[a % 3].to_vec()).collect();
    weights.push(vec![0.0, 0.0, 3.0]);
    let mut value: Vec<Option<f64>> = (0..180).map(|a| Some((a % 3) as f64)).collect();
    value.push(None);
    let covariate = Covariate { name: "region".to_owned(), values: value };
    let panel = People::new(weights, 25).panel(None, vec![covariate]);
    let model = Group { by: vec!["region".to_owned()], ..Group::default() };
    let fitted = fit(&model, &panel);
    (0..3).for_each(|a| near(&view(&*fitted, &panel, a), &of[a], 0.2));
    let tau = number(&*fitted, &panel, "tau");
    assert!((0.4..1.6).contains(&tau), "{tau}");
    assert_eq!(number(&*fitted, &panel, "people where region is unknown"), 1.0);
    // A group of one is drawn towards all; fitted apart, it is not.
    let apart = fit(&Group { shrink: false, ..model.clone() }, &panel);
    let (drawn, own) = (view(&*fitted, &panel, 180)[2], view(&*apart, &panel, 180)[2]);
    assert!(drawn < own, "{drawn} {own}");
    let wrong = Group { by: vec!["county".to_owned()], ..model };
    let found = wrong.fit(&panel, &[0, 1], 0).unwrap_err();
    let text = "`people.group`: expected a covariate `county`, found `region`";
    assert_eq!(found.to_string(), text);
}

#[test]
fn groups_by_several_covariates() {
    let weights = vec![vec![1.0]; 40];
    let of = |name: &str, of: fn(usize) -> f64| Covariate {
        name: name.to_owned(),
        values: (0..40).map(|a| Some(of(a))).collect(),
    };
    let covariates = vec![of("a", |a| (a % 2) as f64), of("b", |a| (a / 20) as f64)];
    let panel = People::new(weights, 10).panel(None, covariates);
    let fitted = fit(&Group { by: vec!["a".into(), "b".into()], ..Group::default() }, &panel);
    for group in ["a is 0, b is 0", "a is 0, b is 1", "a is 1, b is 0", "a is 1, b is 1"] {
        assert_eq!(number(&*fitted, &panel, &format!("people where {group}")), 10.0);
    }
    assert!(number(&*fitted, &panel, "tau") < 0.3);
}

#[test]
fn classes() {
    let of = [[1.5, -1.0], [-1.0, 0.5]];
    let weights = (0..200).map(|a| of[usize::from(a % 10 >= 7)].to_vec()).collect();
    let panel = People::new(weights, 20).panel(None, Vec::new());
    let fitted = fit(&LatentClasses::default(), &panel);
    let stranger = fitted.meet(&panel, 0, &[]).unwrap();
    near(&[stranger.atoms[0].0, stranger.atoms[1].0], &[0.7, 0.3], 0.03);
    for (atom, of) in stranger.atoms.iter().zip(of) {
        let View::Linear(view) = &atom.1 else { unreachable!("all are linear here") };
        near(view, &of, 0.25);
    }
    let right = |&a: &usize| (fitted.belief(&panel, a).atoms[0].0 > 0.5) == (a % 10 < 7);
    assert!((0..200).filter(right).count() > 195);
    // Somebody new is of a class by all that they say at once.
    let said = &panel.said_by(3)[..4];
    let logs = stranger.log_likelihoods(&panel, said);
    let joint = [0, 1].map(|k| stranger.atoms[k].0 * logs[k].exp());
    let met = fitted.meet(&panel, 3, said).unwrap();
    near(&[met.atoms[0].0], &[joint[0] / (joint[0] + joint[1])], 1e-12);
    let whole = fitted.meet(&panel, 3, panel.said_by(3)).unwrap();
    assert_eq!(whole, fitted.belief(&panel, 3));
}

/// Classes of which no statement by itself tells anything: each of two people of every kind says the same
/// thing twice. By statement, half say yes to each; by person, all is told.
#[test]
fn people_and_not_statements_are_of_a_class() {
    let mut statements = Vec::new();
    for person in 0..40 {
        for item in 0..2 {
            for _ in 0..3 {
                let answer = Arc::new(Binary { yes: (person % 2) as f64 });
                let predictors = vec![Predictor::of(item)];
                statements.push(Statement { person, predictors, answer });
            }
        }
    }
    let panel = Panel::new(PanelParts {
        features: vec!["a".to_owned(), "b".to_owned()],
        items: vec![vec![1.0, 0.0], vec![0.0, 1.0]],
        people: 40,
        statements,
        ..PanelParts::default()
    })
    .unwrap();
    let fitted = fit(&LatentClasses::default(), &panel);
    let belief = fitted.belief(&panel, 0);
    assert!(belief.atoms.iter().any(|(share, _)| *share > 0.999), "{belief:?}");
}

#[test]
fn a_direction() {
    let mut rng = stream(5, "factors");
    let weights = (0..250)
        .map(|_| {
            let f = normal(&mut rng);
            vec![0.5 + 1.2 * f, -0.8 * f, 1.0]
        })
        .collect();
    let panel = People::new(weights, 25).panel(None, Vec::new());
    let model = LowRank { rank: Count::Among(vec![1, 2]), folds: 3, ..LowRank::default() };
    let fitted = fit(&model, &panel);
    assert_eq!(number(&*fitted, &panel, "rank"), 1.0);
    let covariance = &fitted.population().unwrap().covariance;
    let expect = [1.44, -0.96, 0.0, -0.96, 0.64, 0.0, 0.0, 0.0, 0.0];
    near(covariance.as_slice(), &expect, 0.35);
    near(fitted.population().unwrap().mean.as_slice(), &[0.5, 0.0, 1.0], 0.2);
    let met = fitted.meet(&panel, 7, panel.said_by(7)).unwrap();
    let View::Linear(met) = &met.atoms[0].1 else { unreachable!("all are linear here") };
    near(met, &view(&*fitted, &panel, 7), 1e-3);
    let many = LowRank { rank: Count::One(4), ..LowRank::default() };
    assert!(matches!(many.fit(&panel, &[0], 0), Err(PeopleError::Needs { .. })));
}

#[test]
fn rationality() {
    let mut rng = stream(6, "rationality");
    let mut people = People::new(vec![vec![1.0, -0.5]; 250], 30);
    people.rationality = (0..250).map(|_| (0.8 * normal(&mut rng)).exp()).collect();
    people.bias = vec![0.6; 250];
    let panel = people.panel(Some(0.5), Vec::new());
    let fitted = fit(&Noise::default(), &panel);
    let sd = number(&*fitted, &panel, "sd of log rationality");
    assert!((sd - 0.8).abs() < 0.15, "{sd}");
    let found = ["x0", "x1", "first"].map(|name| number(&*fitted, &panel, name));
    near(&found, &[1.0, -0.5, 0.6], 0.15);
    // The bias is nobody's own, and is not scaled.
    let belief = fitted.belief(&panel, 0);
    let biases = belief.atoms.iter().map(|(_, view)| match view {
        View::Linear(view) => view[2],
        View::Returns { .. } => unreachable!("all are linear here"),
    });
    assert!(biases.into_iter().all(|bias| bias == found[2]));
    let met = fitted.meet(&panel, 4, panel.said_by(4)).unwrap();
    assert_eq!(met, fitted.belief(&panel, 4));
}

/// Spread of rationality is found where there is some, beside values that differ, and not where there is none.
#[test]
fn rationality_and_values() {
    let found = |noise: f64| {
        let mut rng = stream(7, "both");
        let weights: Vec<Vec<f64>> = (0..200)
            .map(|_| [1.5, -1.0, 1.0].iter().map(|mean| mean + 0.5 * normal(&mut rng)).collect())
            .collect();
        let mut people = People::new(weights, 40);
        people.rationality = (0..200).map(|_| (noise * normal(&mut rng)).exp()).collect();
        let panel = people.panel(None, Vec::new());
        let fitted = fit(&NoiseAndValues { steps: 60, ..Default::default() }, &panel);
        let sd = |name| number(&*fitted, &panel, name);
        println!("{noise}: {} {}", sd("sd of log rationality"), sd("sd of x0"));
        (sd("sd of log rationality"), sd("sd of x0"))
    };
    let ((with, values), (without, _)) = (found(0.8), found(0.0));
    assert!(with > 0.5 && without < 0.3 && with > without + 0.25, "{with} {without}");
    assert!((0.25..0.9).contains(&values), "{values}");
}

#[test]
fn position_bias() {
    let mut rng = stream(8, "bias");
    let mut people = People::new(vec![vec![1.0, -0.5]; 300], 30);
    people.bias = (0..300).map(|_| 0.3 + 0.5 * normal(&mut rng)).collect();
    let panel = people.panel(Some(0.5), Vec::new());
    for learn in [true, false] {
        let fitted = fit(&Answering { learn, ..Answering::default() }, &panel);
        let of = |name| number(&*fitted, &panel, name);
        near(&[of("x0"), of("x1")], &[1.0, -0.5], 0.1);
        near(&[of("mean of first"), of("sd of first")], &[0.3, 0.5], 0.1);
        let own: Vec<f64> = (0..300).map(|a| view(&*fitted, &panel, a)[2]).collect();
        let mean = own.iter().sum::<f64>() / 300.0;
        let truth = people.bias.iter().sum::<f64>() / 300.0;
        let cov: f64 = own.iter().zip(&people.bias).map(|(a, b)| (a - mean) * (b - truth)).sum();
        let squares = |values: &[f64], mean: f64| -> f64 {
            values.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
        };
        let r = cov / (squares(&own, mean) * squares(&people.bias, truth)).sqrt();
        assert!(r > 0.6, "{r}");
    }
    let without = People::new(vec![vec![1.0]; 3], 5).panel(None, Vec::new());
    let found = Answering::default().fit(&without, &[0, 1], 0).unwrap_err().to_string();
    assert!(found.contains("a column with a spread"), "{found}");
}

/// Two kinds of people whose weights are two bases.
#[test]
fn bases() {
    let of = [[2.0, 0.0], [0.0, 2.0]];
    let weights = (0..100).map(|a| of[a % 2].to_vec()).collect();
    let panel = People::new(weights, 30).panel(None, Vec::new());
    let fitted = fit(&Lore { steps: 600, ..Lore::default() }, &panel);
    let closer = |&a: &usize| {
        let view = view(&*fitted, &panel, a);
        (view[0] > view[1]) == (a % 2 == 0)
    };
    assert!((0..100).filter(closer).count() > 80);
    let met = fitted.meet(&panel, 1, panel.said_by(1)).unwrap();
    let View::Linear(met) = &met.atoms[0].1 else { unreachable!("all are linear here") };
    near(met, &view(&*fitted, &panel, 1), 0.3);
    // Divided by 100, bases of order 1 are hardly learned in as many steps.
    let hundredth = fit(&Lore { steps: 600, scale: 100.0, ..Lore::default() }, &panel);
    assert!(view(&*hundredth, &panel, 0)[0].abs() < 0.2);
}

fn models() -> Vec<Box<dyn PeopleModel>> {
    let by = vec!["group".to_owned()];
    vec![
        Box::new(Pooled::default()),
        Box::new(Hierarchical::default()),
        Box::new(Group { by: by.clone(), ..Group::default() }),
        Box::new(Group { by, shrink: false, ..Group::default() }),
        Box::new(LatentClasses::default()),
        Box::new(LatentClasses { classes: Count::One(1), ..Default::default() }),
        Box::new(LowRank { rank: Count::One(1), ..Default::default() }),
        Box::new(Noise { steps: 50, ..Default::default() }),
        Box::new(NoiseAndValues { steps: 50, ..Default::default() }),
        Box::new(Lore { steps: 50, ..Default::default() }),
        Box::new(Answering::default()),
    ]
}

/// Panels of comparisons `(person, first, second, yes)` of items whose feature is their number.
fn odd(people: usize, said: &[(usize, usize, usize, f64)]) -> Panel {
    let of = |&(person, first, second, yes): &(usize, usize, usize, f64)| Statement {
        person,
        predictors: vec![Predictor::difference(first, second).and(0, 1.0)],
        answer: Arc::new(Binary { yes }),
    };
    Panel::new(PanelParts {
        features: vec!["number".to_owned()],
        items: vec![vec![0.0], vec![1.0], vec![2.0]],
        people,
        covariates: vec![Covariate {
            name: "group".to_owned(),
            values: (0..people).map(|a| (a > 0).then_some((a % 2) as f64)).collect(),
        }],
        columns: vec![Column { name: "first".to_owned(), start: 0.0, spread: Some(0.5) }],
        statements: said.iter().map(of).collect(),
    })
    .unwrap()
}

#[test]
fn odd_panels_have_finite_answers() {
    let separated: Vec<_> =
        (0..30).map(|i| (i / 10, i % 3, (i + 1) % 3, if i % 3 == 2 { 1.0 } else { 0.0 })).collect();
    let alike: Vec<_> = (0..30).map(|i| (i / 10, i % 2, i % 2 + 1, 1.0)).collect();
    let of_nothing: Vec<_> = (0..10).map(|i| (i % 2, 1, 1, (i % 3 % 2) as f64)).collect();
    for (name, panel) in [
        ("one answer", odd(1, &[(0, 0, 1, 1.0)])),
        ("one person who said little among silent ones", odd(4, &[(2, 0, 1, 1.0), (2, 1, 2, 0.0)])),
        ("always the greater number", odd(4, &separated)),
        ("always the first", odd(4, &alike)),
        ("an item against itself", odd(3, &of_nothing)),
    ] {
        for model in models() {
            let what = format!("{name}: {model:?}");
            let all: Vec<usize> = (0..panel.statements().len()).collect();
            let fitted = model.fit(&panel, &all, 0).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert!(fitted.numbers(&panel).iter().all(|n| n.value.is_finite()), "{what}");
            for person in 0..panel.people() {
                let met = [vec![], panel.said_by(person).to_vec(), all.clone()]
                    .map(|known| fitted.meet(&panel, person, &known).unwrap());
                for belief in met.into_iter().chain([fitted.belief(&panel, person)]) {
                    let share: f64 = belief.atoms.iter().map(|(share, _)| share).sum();
                    assert!((share - 1.0).abs() < 1e-9, "{what}: {share}");
                    for &statement in &all {
                        let logs = fitted.log_probabilities(&panel, statement, &belief);
                        let sum: f64 = logs.iter().map(|log| log.exp()).sum();
                        assert!((sum - 1.0).abs() < 1e-9, "{what}: {logs:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_to_learn_from_is_said() {
    let panel = odd(2, &[(0, 0, 1, 1.0), (1, 1, 2, 0.0)]);
    for model in models() {
        let found = model.fit(&panel, &[], 0).unwrap_err().to_string();
        assert!(found.contains("at least one statement to learn from"), "{model:?}: {found}");
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for (text, message) in [
        ("group = {}", "`by`: at least one covariate"),
        ("latent-classes = { classes = [] }", "`classes`: at least one number"),
        ("latent-classes = { ridge = 0.0 }", "`ridge`: a number above 0"),
        ("low-rank = { rank = 0 }", "`rank`: at least 1"),
        ("noise = { nodes = 2 }", "`nodes`: at least 3"),
        ("noise-and-values = { noise = -1.0 }", "`noise`: a number above 0"),
        ("lore = { bases = 0 }", "`bases`: at least 1"),
        ("answering = { steps = 0 }", "`steps`: at least 1"),
    ] {
        #[derive(serde::Deserialize)]
        struct Holder {
            people: Box<dyn PeopleModel>,
        }
        let holder: Holder = toml::from_str(&format!("people.{text}")).unwrap();
        let found = holder.people.check().unwrap_err().to_string();
        assert!(found.contains(message), "{found}");
        let unknown = text.replace('{', "{ nonsense = 1, ").replace(",  }", " }");
        assert!(toml::from_str::<Holder>(&format!("people.{unknown}")).is_err(), "{unknown}");
    }
}
