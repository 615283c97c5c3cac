//! Do distributional models show the two camps that Bradley-Terry hides?
//!
//! The population of [`medley_theory::hidden_context`]: items x in [0, 1], worth x to everybody below .8, and
//! from there on 2x to half of the people and 0 to the other half. Both models of Siththaranjan et al. (2024)
//! are fitted to the population's shares on all pairs of a grid, without noise of sampling. The network is
//! smaller than theirs (four layers of 512) and takes x alone.

use super::compared;
use crate::{
    Categorical, Fitted, MeanVariance, Panel, PanelParts, PeopleError, Utility, explained_by_items,
    predict, score,
};
use medley_theory::hidden_context_probability;
use serde::{Deserialize, Serialize};

const CONTESTED_FROM: f64 = 0.8;

/// What both models came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DistributionalContext {
    /// The grid of items.
    pub points: usize,
    /// Mean-variance: mean sd of utility of items below .8, in units of the sd of all means.
    pub sd_settled: f64,
    /// The same from .8 on.
    pub sd_contested: f64,
    /// Mean-variance: negative log-likelihood, in nats a comparison; Bradley-Terry has .484.
    pub nll_mean_variance: f64,
    /// Categorical; the population's own is .249.
    pub nll_categorical: f64,
    /// Mean-variance: share of variance that items explain.
    pub explained_by_items: f64,
    /// Categorical: items below .8.
    pub settled: Camps,
    /// Categorical: items from .8 on.
    pub contested: Camps,
    /// The best item by the 1 % quantile of the categorical model, which no camp finds bad.
    pub cautious_best: f64,
}

/// Where a distribution over levels in [0, 1] lies, mean over items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Camps {
    /// Share below 1/4.
    pub low: f64,
    /// Share from 1/4 to 3/4.
    pub middle: f64,
    /// Share above 3/4.
    pub high: f64,
    /// Share within 1/8 of the mean of the item: near 1 where people agree, 0 where they are in two camps that
    /// lie apart, of whose mean nobody is.
    pub near_mean: f64,
}

/// The grid, and how both networks are trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContextSetting {
    /// Items of the grid, at least 3.
    pub points: usize,
    /// Units of hidden layers.
    pub hidden: Vec<usize>,
    /// Adam's rate at the first step.
    pub rate: f64,
    /// And at the last.
    pub last_rate: f64,
    /// Steps.
    pub steps: u64,
}

impl Default for ContextSetting {
    fn default() -> Self {
        Self { points: 50, hidden: vec![64; 3], rate: 1e-3, last_rate: 1e-5, steps: 1500 }
    }
}

/// Fits both models.
///
/// # Errors
/// Fewer than 3 points, of which none is contested; a network that cannot be trained so.
pub fn distributional_context(
    setting: &ContextSetting,
    seed: u64,
) -> Result<DistributionalContext, PeopleError> {
    let &ContextSetting { points, rate, last_rate, steps, .. } = setting;
    if points < 3 {
        let (expected, found) = ("at least 3 points".to_owned(), points.to_string());
        return Err(PeopleError::Needs { model: "categorical", expected, found });
    }
    let (panel, all) = grid(points)?;
    let batch = all.len() as u64;
    let hidden = || setting.hidden.clone();
    let normal = MeanVariance { hidden: hidden(), rate, last_rate, steps, batch };
    let normal = normal.fit_distributions(&panel, &all, seed)?;
    let levels =
        Categorical { hidden: hidden(), rate, last_rate, steps, batch, ..Categorical::default() };
    let levels = levels.fit_distributions(&panel, &all, seed)?;
    let x = |i: usize| panel.items()[i][0];
    let (settled, contested): (Vec<usize>, Vec<usize>) =
        (0..points).partition(|&i| x(i) < CONTESTED_FROM);
    let unit = sd(&normal.items().iter().map(Utility::mean).collect::<Vec<f64>>());
    let mean_sd = |some: &[usize]| {
        let sum: f64 = some.iter().map(|&i| normal.items()[i].variance().sqrt()).sum();
        sum / some.len() as f64 / unit
    };
    let cautious: Vec<f64> = levels.items().iter().map(|item| item.quantile(0.01)).collect();
    // Of items alike in that, the one with the higher mean.
    let better = |&i: &usize, &j: &usize| {
        let means = levels.items()[i].mean().total_cmp(&levels.items()[j].mean());
        cautious[i].total_cmp(&cautious[j]).then(means)
    };
    let nll = |fitted: &dyn Fitted| {
        score(&predict(fitted, &panel, &all)).map_or(f64::NAN, |found| found.nll)
    };
    Ok(DistributionalContext {
        points,
        nll_mean_variance: nll(&normal),
        nll_categorical: nll(&levels),
        sd_settled: mean_sd(&settled),
        sd_contested: mean_sd(&contested),
        explained_by_items: explained_by_items(normal.items()).unwrap_or(f64::NAN),
        settled: camps(levels.items(), &settled),
        contested: camps(levels.items(), &contested),
        cautious_best: (0..points).max_by(better).map_or(f64::NAN, x),
    })
}

/// All pairs once, with the population's share.
fn grid(points: usize) -> Result<(Panel, Vec<usize>), PeopleError> {
    let items: Vec<Vec<f64>> =
        (0..points).map(|i| vec![(i as f64 + 0.5) / points as f64]).collect();
    let mut statements = Vec::new();
    for i in 0..points {
        for j in i + 1..points {
            let share = hidden_context_probability(items[i][0], items[j][0]);
            statements.push(compared(0, i, j, share));
        }
    }
    let all = (0..statements.len()).collect();
    let features = vec!["x".to_owned()];
    let parts = PanelParts { features, items, people: 1, statements, ..PanelParts::default() };
    Ok((Panel::new(parts)?, all))
}

fn sd(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt()
}

fn camps(items: &[Utility], some: &[usize]) -> Camps {
    let each = 1.0 / some.len() as f64;
    let mut sum = Camps::default();
    for &item in some {
        let Utility::Atoms { values, shares } = &items[item] else { continue };
        let within = |is: fn(f64) -> bool| -> f64 {
            values.iter().zip(shares).filter(|(v, _)| is(**v)).map(|(_, s)| s).sum()
        };
        let (low, high) = (within(|v| v < 0.25), within(|v| v > 0.75));
        sum.low += each * low;
        sum.high += each * high;
        sum.middle += each * (1.0 - low - high);
        let mean = items[item].mean();
        let near = values.iter().zip(shares).filter(|(v, _)| (**v - mean).abs() < 0.125);
        sum.near_mean += each * near.map(|(_, s)| s).sum::<f64>();
    }
    sum
}
