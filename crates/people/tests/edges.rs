//! What a fit must survive: levels that nobody used, answers all one way, panels without coordinates.
#![allow(clippy::unwrap_used)]

use medley_people::{
    Column, Hierarchical, Ordered, Panel, PanelParts, PeopleModel, Pooled, Predictor, Rating,
    Statement, predict, score,
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
