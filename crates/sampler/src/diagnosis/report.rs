//! What is said of draws, and when they are refused.

use super::effective::{effective_size, of_halves};
use super::rank::{mean, normal_scores, quantile, r_hat, split, variance};
use crate::SamplerError;
use std::fmt;

/// Draws of a chain below which nothing can be said of it.
const FEWEST: usize = 8;

/// One quantity over all draws of all chains.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Which.
    pub name: String,
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub sd: f64,
    /// Monte Carlo standard error of the mean.
    pub standard_error: f64,
    /// Rank-normalized split R-hat, the larger of plain and folded.
    pub r_hat: f64,
    /// Effective sample size of ranks: for the mean and the median.
    pub bulk_ess: f64,
    /// The smaller of the effective sample sizes of the 5 % and the 95 % quantile.
    pub tail_ess: f64,
}

impl Diagnosis {
    /// Of `chains`, `[chain][draw]`. A quantity that never varies has an R-hat of NaN, which no limit
    /// lets pass.
    ///
    /// # Errors
    /// If there is no chain, they differ in length or have less than 8 draws, or a draw is not finite.
    pub fn of(name: &str, chains: &[Vec<f64>]) -> Result<Self, SamplerError> {
        check_draws(name, chains)?;
        let all = chains.concat();
        let halves = split(chains);
        let below = |share: f64| {
            let limit = quantile(&all, share);
            let is_below = |chain: &Vec<f64>| {
                chain.iter().map(|&value| f64::from(u8::from(value <= limit))).collect()
            };
            of_halves(&halves.iter().map(is_below).collect::<Vec<_>>())
        };
        let sd = variance(&all).sqrt();
        Ok(Self {
            name: name.to_owned(),
            mean: mean(&all),
            sd,
            standard_error: sd / effective_size(chains).sqrt(),
            r_hat: r_hat(chains),
            bulk_ess: of_halves(&normal_scores(&halves)),
            tail_ess: least(below(0.05), below(0.95)),
        })
    }
}

/// The smaller; NaN if either is.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

fn check_draws(name: &str, chains: &[Vec<f64>]) -> Result<(), SamplerError> {
    let refuse = |expected: String, found: String| {
        Err(SamplerError::Draws { what: format!("draws of `{name}`"), expected, found })
    };
    let Some(first) = chains.first() else {
        return refuse("at least one chain".to_owned(), "none".to_owned());
    };
    if first.len() < FEWEST {
        return refuse(format!("at least {FEWEST} draws a chain"), first.len().to_string());
    }
    for (number, chain) in chains.iter().enumerate() {
        if chain.len() != first.len() {
            let found = format!("{} of chain {number}", chain.len());
            return refuse(format!("{} draws of each chain", first.len()), found);
        }
        if let Some(value) = chain.iter().find(|value| !value.is_finite()) {
            let found = format!("{value} in chain {number}");
            return refuse("finite numbers".to_owned(), found);
        }
    }
    Ok(())
}

/// What is known of draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Of each quantity.
    pub quantities: Vec<Diagnosis>,
    /// Number of chains.
    pub chains: usize,
    /// Draws of all chains.
    pub draws: u64,
    /// Transitions to them that lost their energy: the density is rougher somewhere than the step, and
    /// what lies there is not sampled as it should be.
    pub divergences: u64,
    /// Trajectories that were cut before they turned back.
    pub cut: u64,
    /// Gradients computed for them.
    pub leapfrogs: u64,
}

/// How well chains must have mixed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Largest R-hat.
    pub r_hat: f64,
    /// Smallest effective sample size, of bulk and tails, all chains together.
    pub ess: f64,
}

impl Default for Limits {
    /// Those that Vehtari et al. (2021) recommend for four chains.
    fn default() -> Self {
        Self { r_hat: 1.01, ess: 400.0 }
    }
}

impl Report {
    /// Whether chains have mixed.
    ///
    /// # Errors
    /// The quantities that have not.
    pub fn check(&self, limits: &Limits) -> Result<(), NotMixed> {
        // Written so that NaN does not pass.
        let is_mixed = |of: &&Diagnosis| {
            of.r_hat <= limits.r_hat && of.bulk_ess >= limits.ess && of.tail_ess >= limits.ess
        };
        let mut unmixed: Vec<Diagnosis> =
            self.quantities.iter().filter(|of| !is_mixed(of)).cloned().collect();
        if unmixed.is_empty() {
            return Ok(());
        }
        // What is not known comes first, whatever sign its NaN has.
        let badness = |of: &Diagnosis| if of.r_hat.is_nan() { f64::INFINITY } else { of.r_hat };
        unmixed.sort_by(|a, b| badness(b).total_cmp(&badness(a)));
        let Self { quantities, chains, draws, divergences, .. } = self;
        Err(NotMixed {
            unmixed,
            limits: *limits,
            quantities: quantities.len(),
            chains: *chains,
            draws: *draws,
            divergences: *divergences,
        })
    }

    /// "largest R-hat 1.003, smallest effective sample size 812", or "unknown" where draws do not tell.
    pub fn mixing(&self) -> String {
        let (r_hat, ess) = (told(self.worst_r_hat(), 3), told(self.least_ess(), 0));
        format!("largest R-hat {r_hat}, smallest effective sample size {ess}")
    }

    /// The largest R-hat, NaN if one is.
    pub fn worst_r_hat(&self) -> f64 {
        let r_hats = self.quantities.iter().map(|of| of.r_hat);
        let worse = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
        r_hats.reduce(worse).unwrap_or(f64::NAN)
    }

    /// The smallest effective sample size, of bulks and tails.
    pub fn least_ess(&self) -> f64 {
        self.quantities.iter().map(|of| least(of.bulk_ess, of.tail_ess)).fold(f64::INFINITY, least)
    }
}

/// Chains that disagree, or whose draws are worth too few.
#[derive(Clone, Debug, PartialEq)]
pub struct NotMixed {
    /// The quantities, the worst first.
    pub unmixed: Vec<Diagnosis>,
    /// What was asked.
    pub limits: Limits,
    /// Of how many.
    pub quantities: usize,
    /// Number of chains.
    pub chains: usize,
    /// Draws of all chains.
    pub draws: u64,
    /// Of which diverged.
    pub divergences: u64,
}

impl fmt::Display for NotMixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limits { r_hat, ess } = self.limits;
        let worst = &self.unmixed[0];
        write!(
            f,
            "{} chains have not mixed: `{}` has an R-hat of {} (expected at most {r_hat}) and an \
             effective sample size of {} in the bulk and {} in the tails (expected at least \
             {ess}), as one of {} of {} quantities; {} of {} draws diverged; more draws, or a longer \
             warm-up, may help",
            self.chains,
            worst.name,
            told(worst.r_hat, 3),
            told(worst.bulk_ess, 0),
            told(worst.tail_ess, 0),
            self.unmixed.len(),
            self.quantities,
            self.divergences,
            self.draws,
        )
    }
}

impl std::error::Error for NotMixed {}

/// A number with so many decimals, or "unknown" where the draws do not tell it.
fn told(value: f64, decimals: usize) -> String {
    match value.is_nan() {
        true => "unknown".to_owned(),
        false => format!("{value:.decimals$}"),
    }
}
