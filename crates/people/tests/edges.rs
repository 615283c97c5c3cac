//! What a fit must survive: levels that nobody used, answers all one way, panels without coordinates.
#![allow(clippy::unwrap_used)]

use medley_people::{
    Answering, Binary, CalibratedEnsemble, Categorical, Column, Count, Covariate, CrowdBt, Group,
    Hierarchical, HierarchicalPosterior, LatentClasses, Lore, LowRank, MeanVariance, Noise,
    NoiseAndValues, Ordered, Pal, Panel, PanelParts, PeopleModel, Pooled, Predicted, Predictor,
    Rating, Statement, Tree, Vpl, predict, score,
};
use medley_random::{normal, stream};
use rand::RngExt;
use std::sync::Arc;

fn all(panel: &Panel) -> Vec<usize> {
    (0..panel.statements().len()).collect()
}

/// Ratings of five levels of which some are never used, with a scale that has them and one that has not.
fn rated(unused: &[usize]) -> [Panel; 2] {
    let mut rng = stream(2, "levels");
    let (mut items, mut said) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        let item = vec![normal(&mut rng), normal(&mut rng)];
        let u: f64 = rng.random();
        let z = 1.2 * item[0] - 0.8 * item[1] + (u / (1.0 - u)).ln();
        let mut level = [-2.0, -0.7, 0.5, 1.8].iter().filter(|cut| z > **cut).count();
        while unused.contains(&level) {
            level = if level == 4 { 3 } else { level + 1 };
        }
        items.push(item);
        said.push(level);
    }
    let panel = |levels: usize, of: &dyn Fn(usize) -> usize| {
        let statement = |(item, &level): (usize, &usize)| {
            let cut = |c| Predictor::default().and(c, 1.0);
            let predictors = [Predictor::of(item)].into_iter().chain((0..levels - 1).map(cut));
            Statement {
                person: item % 20,
                predictors: predictors.collect(),
                answer: Arc::new(Ordered { level: of(level), levels }),
            }
        };
        let middle = (levels as f64 - 2.0) / 2.0;
        let column = |k| Column { name: format!("c{k}"), start: k as f64 - middle, spread: None };
        Panel::new(PanelParts {
            features: vec!["a".to_owned(), "b".to_owned()],
            items: items.clone(),
            people: 20,
            columns: (0..levels - 1).map(column).collect(),
            statements: said.iter().enumerate().map(statement).collect(),
            ..PanelParts::default()
        })
        .unwrap()
    };
    let used: Vec<usize> = (0..5).filter(|level| !unused.contains(level)).collect();
    let place = |level: usize| used.iter().position(|&other| other == level).unwrap();
    [panel(5, &|level| level), panel(used.len(), &place)]
}

#[test]
fn a_level_that_nobody_used_is_as_if_it_were_not_there() {
    let models: [Box<dyn PeopleModel>; 3] =
        [Box::<Pooled>::default(), Box::<Rating>::default(), Box::<Hierarchical>::default()];
    for unused in [vec![2], vec![0], vec![4], vec![1, 3]] {
        let panels = rated(&unused);
        for model in &models {
            let [full, merged] = panels.each_ref().map(|panel| {
                let fitted = model.fit(panel, &all(panel), 0).unwrap();
                let belief = fitted.belief(panel, 3);
                let nll = score(&predict(&*fitted, panel, &all(panel))).unwrap().nll;
                let mut worths = belief.utilities(panel, &[0, 1, 2, 3]);
                worths.push(nll);
                worths
            });
            println!("{unused:?} {model:?}: {full:.4?} {merged:.4?}");
            let away = full.iter().zip(&merged).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(away < 0.01, "{unused:?} {model:?}: {full:?} {merged:?}");
        }
    }
}

/// People who always say the same, people who answer at random, and people who say the opposite.
fn mixed([consistent, random, reverse]: [usize; 3], each: usize) -> Panel {
    let mut rng = stream(5, "mixed");
    let items: Vec<Vec<f64>> = (0..12).map(|_| vec![normal(&mut rng), normal(&mut rng)]).collect();
    let mut statements = Vec::new();
    let people = consistent + random + reverse;
    for person in 0..people {
        for _ in 0..each {
            let first = rng.random_range(0..12);
            let second = (first + rng.random_range(1..12)) % 12;
            let is_first = items[first][0] > items[second][0];
            let yes = match person {
                a if a < consistent => is_first,
                a if a < consistent + random => rng.random::<f64>() < 0.5,
                _ => !is_first,
            };
            statements.push(Statement {
                person,
                predictors: vec![Predictor::difference(first, second)],
                answer: Arc::new(Binary { yes: f64::from(u8::from(yes)) }),
            });
        }
    }
    let features = vec!["a".to_owned(), "b".to_owned()];
    Panel::new(PanelParts { features, items, people, statements, ..PanelParts::default() }).unwrap()
}

#[test]
fn rationality_has_an_end() {
    for (people, each) in [
        ([20, 20, 0], 30),
        ([40, 0, 0], 30),
        ([30, 10, 0], 12),
        ([10, 30, 0], 12),
        ([35, 0, 5], 12),
        ([1, 0, 0], 5),
        ([20, 0, 20], 12),
        ([30, 5, 0], 6),
    ] {
        let panel = mixed(people, each);
        let fitted = Noise::default().fit(&panel, &all(&panel), 0).unwrap();
        let numbers = fitted.numbers(&panel);
        let nll = score(&predict(&*fitted, &panel, &all(&panel))).unwrap().nll;
        println!("{people:?} {each}: {nll:.4} {numbers:?}");
        assert!(numbers.iter().all(|n| n.value.is_finite()) && nll.is_finite());
        assert!(numbers.iter().any(|n| n.name == "sd of log rationality" && n.value < 15.0));
    }
}

#[test]
fn numbers_of_some_people_say_of_how_many() {
    let panel = mixed([30, 0, 10], 12);
    let covariate = Covariate {
        name: "opposite".to_owned(),
        values: (0..40).map(|a| Some(f64::from(u8::from(a >= 30)))).collect(),
    };
    let panel = Panel::new(PanelParts {
        features: panel.features().to_vec(),
        items: panel.items().to_vec(),
        people: 40,
        covariates: vec![covariate],
        statements: panel.statements().to_vec(),
        ..PanelParts::default()
    })
    .unwrap();
    let models: [Box<dyn PeopleModel>; 3] = [
        Box::new(Group { by: vec!["opposite".to_owned()], ..Group::default() }),
        Box::new(Tree { people: Some(5), ..Tree::default() }),
        Box::<LatentClasses>::default(),
    ];
    for (model, [one, other]) in models.iter().zip([
        ["a where opposite is 0", "a where opposite is 1"],
        ["all, opposite: 0, a", "all, not opposite: 0, a"],
        ["class 0: a", "class 1: a"],
    ]) {
        let numbers = model.fit(&panel, &all(&panel), 0).unwrap().numbers(&panel);
        let people = |name: &str| numbers.iter().find(|n| n.name == name).unwrap().people;
        assert_eq!([people(one), people(other)], [Some(30), Some(10)], "{numbers:?}");
        assert!(numbers.iter().any(|number| number.people.is_none()));
    }
}

fn every() -> Vec<Box<dyn PeopleModel>> {
    vec![
        Box::<Pooled>::default(),
        Box::<Hierarchical>::default(),
        Box::new(Hierarchical { predict: Predicted::Draws, ..Default::default() }),
        Box::<LatentClasses>::default(),
        Box::<LowRank>::default(),
        Box::<Noise>::default(),
        Box::<NoiseAndValues>::default(),
        Box::new(Lore { steps: 50, ..Default::default() }),
        Box::<Answering>::default(),
        Box::<CrowdBt>::default(),
        Box::<CalibratedEnsemble>::default(),
        Box::new(Tree { people: Some(1), ..Tree::default() }),
        Box::new(Pal { steps: 20, ..Default::default() }),
        Box::new(Vpl { dimension: 2, hidden: 4, layers: 2, epochs: 5, ..Default::default() }),
        Box::new(MeanVariance { hidden: vec![4], steps: 20, ..Default::default() }),
        Box::new(Categorical { hidden: vec![4], steps: 20, ..Default::default() }),
        Box::new(HierarchicalPosterior {
            chains: 2,
            warmup: 50,
            draws: 50,
            r_hat: 100.0,
            ess: 0.0,
            ..Default::default()
        }),
        Box::new(Group { by: vec!["g".to_owned()], ..Group::default() }),
    ]
}

/// Comparisons of two items of no features, with columns.
fn bare(columns: Vec<Column>) -> Panel {
    let statement = |n: usize| {
        let predictor = Predictor::difference(0, 1);
        let side = |predictor: Predictor, column| predictor.and(column, 1.0);
        Statement {
            person: n % 3,
            predictors: vec![(0..columns.len()).fold(predictor, side)],
            answer: Arc::new(Binary { yes: (n % 2) as f64 }),
        }
    };
    let values = vec![Some(0.0), Some(1.0), None];
    Panel::new(PanelParts {
        items: vec![Vec::new(), Vec::new()],
        people: 3,
        covariates: vec![Covariate { name: "g".to_owned(), values }],
        statements: (0..12).map(statement).collect(),
        columns,
        ..PanelParts::default()
    })
    .unwrap()
}

#[test]
fn panels_without_coordinates_are_refused() {
    let panel = bare(Vec::new());
    for model in every() {
        let error = model.fit(&panel, &all(&panel), 0).unwrap_err().to_string();
        let expected = "expected features of items, or columns of how people answer, found none";
        assert!(error.contains(expected), "{model:?}: {error}");
    }
    // With columns alone, some are no model of them, and say so.
    for spread in [None, Some(0.5)] {
        let panel = bare(vec![Column { name: "side".to_owned(), start: 0.0, spread }]);
        for model in every() {
            match model.fit(&panel, &all(&panel), 0) {
                Err(error) => println!("{model:?}: {error}"),
                Ok(fitted) => {
                    let found = score(&predict(&*fitted, &panel, &all(&panel))).unwrap();
                    assert!(found.nll.is_finite(), "{model:?}: {found:?}");
                    let numbers = fitted.numbers(&panel);
                    assert!(numbers.iter().all(|n| n.value.is_finite()), "{model:?}: {numbers:?}");
                    fitted.meet(&panel, 0, panel.said_by(0)).unwrap();
                }
            }
        }
    }
}

#[test]
fn nothing_to_learn_from_is_an_error() {
    let panel = mixed([3, 0, 0], 4);
    for model in every() {
        assert!(model.fit(&panel, &[], 0).is_err(), "{model:?}");
    }
}

#[test]
fn directions_are_no_more_than_coordinates() {
    let panel = bare(vec![Column { name: "side".to_owned(), start: 0.0, spread: Some(0.5) }]);
    let fitted = LowRank::default().fit(&panel, &all(&panel), 0).unwrap();
    assert!(fitted.numbers(&panel).iter().any(|n| n.name == "rank" && n.value == 1.0));
    for rank in [Count::One(3), Count::Among(vec![1, 3])] {
        let model = LowRank { rank, ..LowRank::default() };
        let error = model.fit(&panel, &all(&panel), 0).unwrap_err().to_string();
        assert!(error.contains("3 coordinates for as many directions (set `rank` to 1 or less)"));
    }
}

#[test]
fn numbers_say_whether_a_fit_came_to_its_end() {
    let panel = mixed([12, 0, 12], 10);
    let covariate = Covariate {
        name: "g".to_owned(),
        values: (0..24).map(|a| Some(f64::from(u8::from(a >= 12)))).collect(),
    };
    let side = Column { name: "side".to_owned(), start: 0.0, spread: Some(0.5) };
    let mut statements = panel.statements().to_vec();
    statements.iter_mut().for_each(|said| said.predictors[0].columns.push((0, 1.0)));
    let panel = Panel::new(PanelParts {
        features: panel.features().to_vec(),
        items: panel.items().to_vec(),
        people: 24,
        covariates: vec![covariate],
        columns: vec![side],
        statements,
    })
    .unwrap();
    let levels = &rated(&[])[0];
    for (panel, name) in [
        (&panel, "hierarchical"),
        (&panel, "latent-classes"),
        (&panel, "low-rank"),
        (&panel, "noise"),
        (&panel, "noise-and-values"),
        (&panel, "answering"),
        (&panel, "crowd-bt"),
        (&panel, "group"),
        (levels, "rating"),
    ] {
        let by = if name == "group" { "by = [\"g\"]\n" } else { "" };
        for (options, expect) in [("steps = 1\ntolerance = 0", 0.0), ("tolerance = 0.1", 1.0)] {
            let text = format!("[{name}]\n{by}{options}");
            let model: Box<dyn PeopleModel> = toml::from_str(&text).unwrap();
            let numbers = model.fit(panel, &all(panel), 0).unwrap().numbers(panel);
            let found = numbers.iter().find(|n| n.name == "converged").map(|n| n.value);
            assert_eq!(found, Some(expect), "{text}: {numbers:?}");
        }
    }
}
