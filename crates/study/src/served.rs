//! Whom does a choice serve?

use crate::choose::{Choice, Electorate};
use crate::groups::Grouping;

/// What one group has of a choice that was made for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Rule that chose.
    pub rule: String,
    /// Column and label.
    pub group: (String, String),
    /// People of the group.
    pub people: usize,
    /// What they count for, of what all count for.
    pub share: f64,
    /// How much less the choice is worth to the group than what is best for it, in the unit of utilities;
    /// none for groups of fewer than 20 people.
    pub gap: Option<f64>,
    /// The option that is best for the group.
    pub best: Option<usize>,
}

/// The loss of each group by each rule's choice for everybody.
pub fn served(electorate: &Electorate, groupings: &[Grouping], choices: &[Choice]) -> Vec<Served> {
    let mut groups = Vec::new();
    for grouping in groupings {
        for (label, name) in grouping.labels.iter().enumerate() {
            let members = electorate.members(grouping, label);
            let means = electorate.means(&members.weights);
            let best = (0..means.len()).max_by(|&a, &b| means[a].total_cmp(&means[b]));
            groups.push(((grouping.column.clone(), name.clone()), members, means, best));
        }
    }
    let mut found = Vec::new();
    let for_all = choices.iter().filter(|choice| choice.group.is_none());
    for (choice, decision) in for_all.filter_map(|c| Some((c, c.decision.as_ref().ok()?.as_ref()?)))
    {
        let chances = decision.chances();
        for (group, members, means, best) in &groups {
            let got: f64 = chances.iter().zip(means).map(|(p, mean)| p * mean).sum();
            let best = best.filter(|_| members.is_shown);
            found.push(Served {
                rule: choice.rule.clone(),
                group: group.clone(),
                people: members.people,
                share: members.weights.iter().sum(),
                gap: best.map(|best| means[best] - got),
                best,
            });
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
