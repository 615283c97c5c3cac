//! Does a reward that doubts people find the truth among spammers sooner than one that believes all?
//!
//! Items have normal utilities; honest people compare random pairs by Bradley-Terry, spammers are right with a
//! reliability that has nothing to do with the items. Plain Bradley-Terry and Crowd-BT are fitted to the same
//! answers, with the same prior on utilities, and judged by Kendall's tau with the true order.

use super::compared;
use crate::models::pooled::pooled;
use crate::{CrowdBt, Panel, PanelParts, PeopleError};
use medley_evaluation::kendall_tau;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// The crowd.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spammers {
    /// Items.
    pub items: usize,
    /// People.
    pub people: usize,
    /// Share of people who are spammers, rounded to whole people.
    pub share: f64,
    /// How likely an answer of a spammer is meant: 1/2 for anything at random, 0 for always the opposite.
    pub reliability: f64,
    /// Comparisons of each person.
    pub comparisons: usize,
    /// Standard deviation of utilities, in nats.
    pub spread: f64,
}

impl Default for Spammers {
    fn default() -> Self {
        Self { items: 20, people: 40, share: 0.3, reliability: 0.5, comparisons: 15, spread: 2.0 }
    }
}

/// Means over seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SpammersResult {
    /// Kendall's tau of plain Bradley-Terry with the truth.
    pub tau_plain: f64,
    /// Of Crowd-BT.
    pub tau_crowd: f64,
    /// Standard error of the mean of their difference, over seeds.
    pub error: f64,
    /// Share of seeds in which Crowd-BT is better; half of ties.
    pub wins: f64,
    /// Mean reliability that honest people are given.
    pub honest: f64,
    /// And spammers; none if there are none.
    pub spam: Option<f64>,
}

/// The same crowd under several seeds.
///
/// # Errors
/// There are no seeds, people or comparisons, or fewer than two items.
pub fn spammers(setting: &Spammers, seeds: &[u64]) -> Result<SpammersResult, PeopleError> {
    let spam = (setting.share * setting.people as f64).round() as usize;
    let honest = setting.people.saturating_sub(spam);
    if seeds.is_empty() || honest == 0 || setting.comparisons == 0 || setting.items < 2 {
        let expected = "seeds, honest people, comparisons and two items".to_owned();
        return Err(PeopleError::Needs {
            model: "crowd-bt",
            expected,
            found: format!("{setting:?}"),
        });
    }
    let runs: Result<Vec<Run>, PeopleError> =
        seeds.iter().map(|&seed| setting.run(spam, seed)).collect();
    let runs = runs?;
    let count = runs.len() as f64;
    let mean = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / count;
    let gain = mean(&|run| run.crowd - run.plain);
    let variance = mean(&|run| (run.crowd - run.plain - gain).powi(2));
    Ok(SpammersResult {
        tau_plain: mean(&|run| run.plain),
        tau_crowd: mean(&|run| run.crowd),
        error: (variance / (count - 1.0).max(1.0)).sqrt(),
        wins: mean(&|run| match run.crowd.total_cmp(&run.plain) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        }),
        honest: mean(&|run| run.honest),
        spam: (spam > 0).then(|| mean(&|run| run.spam)),
    })
}

struct Run {
    plain: f64,
    crowd: f64,
    honest: f64,
    spam: f64,
}

impl Spammers {
    fn run(&self, spam: usize, seed: u64) -> Result<Run, PeopleError> {
        let mut rng = medley_random::stream(seed, "studies/spammers");
        let mut truth = vec![0.0; self.items];
        medley_random::normals(&mut rng, &mut truth);
        truth.iter_mut().for_each(|u| *u *= self.spread);
        let mut statements = Vec::new();
        for person in 0..self.people {
            let reliability = if person < spam { self.reliability } else { 1.0 };
            for _ in 0..self.comparisons {
                let first = rng.random_range(0..self.items);
                let second = (first + rng.random_range(1..self.items)) % self.items;
                let chance = (1.0 + (truth[second] - truth[first]).exp()).recip();
                let first_is_better = rng.random::<f64>() < chance;
                let is_meant = rng.random::<f64>() < reliability;
                let yes = f64::from(u8::from(first_is_better == is_meant));
                statements.push(compared(person, first, second, yes));
            }
        }
        let unit = |i: usize| (0..self.items).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
        let panel = Panel::new(PanelParts {
            features: (0..self.items).map(|i| format!("item {i}")).collect(),
            items: (0..self.items).map(unit).collect(),
            people: self.people,
            statements,
            ..PanelParts::default()
        })?;
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let options = CrowdBt { prior_sd: self.spread, ..CrowdBt::default() };
        let plain = pooled(&panel, &all, options.prior_sd)?;
        let crowd = options.fit_crowd(&panel, &all)?;
        let tau = |scores: &[f64]| kendall_tau(scores, &truth).unwrap_or(f64::NAN);
        let mean = |people: std::ops::Range<usize>| {
            let count = people.len() as f64;
            people.filter_map(|person| crowd.reliability(person)).sum::<f64>() / count
        };
        Ok(Run {
            plain: tau(&plain),
            crowd: tau(crowd.weights()),
            honest: mean(spam..self.people),
            spam: mean(0..spam),
        })
    }
}
