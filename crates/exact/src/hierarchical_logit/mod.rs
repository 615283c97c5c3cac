//! `exact.hierarchical-logit`: people who weigh attributes by their own weights, drawn from one
//! population, as NUTS samples them.
//!
//! Its answer is known for `datasets/bank_conjoint`: 946 people, 14 attributes, 14,799 answers, sampled
//! by another method under the same priors. Two posteriors are sampled: of all answers, for the
//! population, and of four in five, for the probability of the others. Chains that have not mixed give
//! no answer.

mod density;
mod panel;
mod posterior;
mod reference;

use crate::exact::{at_least_one, finding, in_range, no_answer};
use crate::{Exact, ExactError, ExactFinding, ExactOutcome};
use density::Prior;
use medley_report::{Scale, Series, Shape, XyFigure};
use medley_sampler::{Limits, NutsOptions, Report};
use medley_toml_file::Problem;
use panel::Panel;
use posterior::{Posterior, posterior};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Part of the answers of each person that is held out: one in so many.
const FOLDS: usize = 5;

/// A hierarchical logit of a table of choices between pairs of profiles.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HierarchicalLogit {
    /// The table: `id`, `choice`, and the difference of each attribute. Relative to where the command is
    /// run.
    pub choices: PathBuf,
    /// How many people, the first in the order of their ids; all if there are fewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<usize>,
    /// Chains of each posterior.
    pub chains: usize,
    /// Transitions that adapt a chain.
    pub warmup: u64,
    /// Draws of each chain behind them, for the population.
    pub draws: usize,
    /// The same for answers that are held out, whose probability needs fewer.
    pub held_out_draws: usize,
    /// Largest R-hat of a population mean or standard deviation, and of the log-likelihood of answers held
    /// out.
    pub r_hat: f64,
    /// Smallest effective sample size of one, all chains together.
    pub ess: f64,
    /// Seed.
    pub seed: u64,
}

impl Default for HierarchicalLogit {
    fn default() -> Self {
        Self {
            choices: PathBuf::from("datasets/bank_conjoint/choices.csv.gz"),
            people: None,
            chains: 4,
            warmup: 700,
            draws: 8000,
            held_out_draws: 700,
            r_hat: 1.01,
            ess: 400.0,
            seed: 0,
        }
    }
}

#[typetag::serde(name = "hierarchical-logit")]
impl Exact for HierarchicalLogit {
    fn check(&self) -> Result<(), Problem> {
        at_least_one("people", self.people.unwrap_or(usize::MAX))?;
        in_range("chains", self.chains, 1..=64)?;
        in_range("warmup", self.warmup, 20..=1_000_000)?;
        in_range("draws", self.draws, 8..=1_000_000)?;
        in_range("held-out-draws", self.held_out_draws, 8..=1_000_000)?;
        in_range("r-hat", self.r_hat, 1.0..=100.0)?;
        in_range("ess", self.ess, 0.0..=1e9)
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let all = Panel::read(&self.choices).map_err(no_posterior)?;
        let panel = all.first(self.people.unwrap_or(usize::MAX));
        let [train, test] = panel.hold_out(FOLDS);
        if test.answers() == 0 {
            let message =
                format!("no person has an answer to hold out, of {} in all", panel.answers());
            return Err(no_posterior(message));
        }
        let population = self.sample(&panel, None)?;
        let held_out = self.sample(&train, Some(&test))?;
        let known = reference::of(&all, &panel);
        Ok(ExactOutcome {
            findings: findings(&panel, &population, &held_out, known),
            figure: figure(&panel, &population.report, known),
        })
    }

    fn summary(&self) -> &'static str {
        "weights of people and of their population, by NUTS"
    }
}

impl HierarchicalLogit {
    fn sample(&self, panel: &Panel, test: Option<&Panel>) -> Result<Posterior, ExactError> {
        let prior = Prior::weak(panel.attributes.len());
        let options = NutsOptions { warmup: self.warmup, ..NutsOptions::default() };
        let draws = test.map_or(self.draws, |_| self.held_out_draws);
        let sampled = posterior(panel, test, prior, &options, [self.chains, draws], self.seed)
            .map_err(no_posterior)?;
        let limits = Limits { r_hat: self.r_hat, ess: self.ess };
        sampled.report.check(&limits).map_err(no_posterior)?;
        Ok(sampled)
    }
}

fn no_posterior(error: impl ToString) -> ExactError {
    no_answer("hierarchical-logit", error)
}

/// Numbers, beside those of the reference where it is of the same answers.
fn findings(
    panel: &Panel,
    population: &Posterior,
    held_out: &Posterior,
    known: Option<&reference::Reference>,
) -> Vec<ExactFinding> {
    let quantities = &population.report.quantities;
    let mut findings: Vec<ExactFinding> = quantities
        .iter()
        .enumerate()
        .map(|(place, of)| {
            let expected = known.map(|known| known.of_population(place));
            finding(format!("{} (nats)", of.name), of.mean, expected)
        })
        .collect();
    let predicted = &held_out.predicted;
    let number = predicted.len() as f64;
    let loss = -predicted.iter().map(|p| p.ln()).sum::<f64>() / number;
    let right = predicted.iter().filter(|p| **p > 0.5).count() as f64 / number;
    let (worst, least) = (worst_r_hat(&[population, held_out]), least_ess(&[population, held_out]));
    let divergences = population.report.divergences + held_out.report.divergences;
    let leapfrogs = population.report.leapfrogs + held_out.report.leapfrogs;
    findings.extend([
        finding("negative log-likelihood, held out (nats an answer)", loss, known.map(|k| k.loss)),
        finding("accuracy, held out", right, known.map(|k| k.accuracy)),
        finding("answers held out", number, None),
        finding("answers", panel.answers() as f64, None),
        finding("largest R-hat", worst, None),
        finding("smallest effective sample size", least, None),
        finding("divergences", divergences as f64, None),
        finding("gradients behind the warm-up", leapfrogs as f64, None),
    ]);
    findings
}

fn worst_r_hat(of: &[&Posterior]) -> f64 {
    of.iter().map(|of| of.report.worst_r_hat()).fold(f64::NEG_INFINITY, f64::max)
}

fn least_ess(of: &[&Posterior]) -> f64 {
    of.iter().map(|of| of.report.least_ess()).fold(f64::INFINITY, f64::min)
}

/// Means and standard deviations of people with two posterior standard deviations to each side.
fn figure(panel: &Panel, report: &Report, known: Option<&reference::Reference>) -> XyFigure {
    let count = panel.attributes.len();
    let series = |label: &str, first: usize, beside: f64| {
        let of = &report.quantities[first..first + count];
        let x = |place: usize| place as f64 + 1.0 + beside;
        Series {
            label: label.to_owned(),
            shape: Shape::Points,
            points: of.iter().enumerate().map(|(place, of)| (x(place), of.mean)).collect(),
            intervals: of.iter().map(|of| (of.mean - 2.0 * of.sd, of.mean + 2.0 * of.sd)).collect(),
            ..Series::default()
        }
    };
    let reference = |label: &str, first: usize, beside: f64| {
        let known = known?;
        let point =
            |place: usize| (place as f64 + 1.0 + beside, known.of_population(first + place));
        Some(Series {
            label: label.to_owned(),
            shape: Shape::Points,
            points: (0..count).map(point).collect(),
            ..Series::default()
        })
    };
    let found = [series("mean", 0, -0.2), series("sd of people", count, 0.2)];
    let known = [reference("mean, Gibbs", 0, -0.05), reference("sd, Gibbs", count, 0.35)];
    XyFigure {
        name: "hierarchical-logit".to_owned(),
        title: format!("Weights of {} people; whiskers: two posterior sd", panel.people.len()),
        x_label: "attribute, in the order of the table".to_owned(),
        y_label: "weight (nats)".to_owned(),
        x_scale: Scale::Any,
        series: found.into_iter().chain(known.into_iter().flatten()).collect(),
        ..XyFigure::default()
    }
}

#[cfg(test)]
mod tests;
