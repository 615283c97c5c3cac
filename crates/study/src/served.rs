//! Whom does a choice serve?

use crate::choose::{Choice, Electorate};
use crate::groups::{Grouping, LEAST};

/// What one group has of a choice that was made for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Rule that chose.
    pub rule: String,
    /// Column and label.
    pub group: (String, String),
    /// People of the group.
    pub people: usize,
    /// How much less the choice is worth to the group than what is best for it, in the unit of utilities;
    /// none for groups of fewer than 20 people.
    pub gap: Option<f64>,
    /// The option that is best for the group.
    pub best: Option<usize>,
}

/// The loss of each group by each rule's choice for everybody.
pub fn served(electorate: &Electorate, groupings: &[Grouping], choices: &[Choice]) -> Vec<Served> {
    let mut found = Vec::new();
    let for_all = choices.iter().filter(|choice| choice.group.is_none());
    for (choice, decision) in for_all.filter_map(|c| Some((c, c.decision.as_ref().ok()?.as_ref()?)))
    {
        let chances = decision.chances();
        for grouping in groupings {
            for (label, name) in grouping.labels.iter().enumerate() {
                let weights = electorate.weights_of(grouping, label);
                let people = electorate.members(grouping, label);
                let is_shown = !grouping.hidden[label]
                    && people >= LEAST
                    && weights.iter().any(|weight| *weight > 0.0);
                let means = electorate.means(&weights);
                let best = (0..means.len()).max_by(|&a, &b| means[a].total_cmp(&means[b]));
                let got: f64 = chances.iter().zip(&means).map(|(p, mean)| p * mean).sum();
                let gap = best.map(|best| means[best] - got);
                found.push(Served {
                    rule: choice.rule.clone(),
                    group: (grouping.column.clone(), name.clone()),
                    people,
                    gap: gap.filter(|_| is_shown),
                    best: best.filter(|_| is_shown),
                });
            }
        }
    }
    found
}

impl Electorate {
    /// Weighted means of utilities.
    pub fn means(&self, weights: &[f64]) -> Vec<f64> {
        let sum: f64 = weights.iter().sum();
        let mut means = vec![0.0; self.options.len()];
        for (own, weight) in self.utilities.iter().zip(weights) {
            means.iter_mut().zip(own).for_each(|(mean, u)| *mean += weight * u / sum);
        }
        means
    }
}
