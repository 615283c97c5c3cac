//! `aggregation.quantile`: what all but a share of people get at least.

use crate::{AggregationError, Decision, Rule, Scale, Society};
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// The utility that a share of people, by weight, does not exceed: the smallest value at which the weights
/// of those at or below it come to `share`. `0.5` is the median, `0.01` the caution of distributional
/// preference learning (Siththaranjan et al. 2024).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quantile {
    /// Share of people, above 0 and at most 1.
    pub share: f64,
    /// What is made alike between people before utilities are compared.
    pub scale: Scale,
}

impl Default for Quantile {
    fn default() -> Self {
        Self { share: 0.5, scale: Scale::default() }
    }
}

#[typetag::serde(name = "quantile")]
impl Rule for Quantile {
    fn summary(&self) -> &'static str {
        "the option that all but a share of people get most from"
    }

    fn check(&self) -> Result<(), Problem> {
        match self.share > 0.0 && self.share <= 1.0 {
            true => Ok(()),
            false => Err(Problem::new(
                "share",
                format!("expected a share above 0 and at most 1, found {}", self.share),
            )),
        }
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("quantile")?;
        let utilities = self.scale.of_all(people);
        let of = |option: usize| {
            let mut own: Vec<(f64, f64)> =
                utilities.iter().enumerate().map(|(i, u)| (u[option], people.weight(i))).collect();
            own.sort_by(|a, b| a.0.total_cmp(&b.0));
            quantile(&own, self.share)
        };
        Ok(Decision::of_scores((0..people.options()).map(of).collect()))
    }
}

/// Of rising values with weights that sum to 1.
fn quantile(values: &[(f64, f64)], share: f64) -> f64 {
    let mut below = 0.0;
    let reached = values.iter().find(|(_, weight)| {
        below += weight;
        below >= share - 1e-12
    });
    reached.or(values.last()).map_or(f64::NAN, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_count() {
        let values = [(1.0, 0.2), (2.0, 0.3), (5.0, 0.5)];
        for (share, expect) in
            [(0.01, 1.0), (0.2, 1.0), (0.21, 2.0), (0.5, 2.0), (0.51, 5.0), (1.0, 5.0)]
        {
            assert_eq!(quantile(&values, share), expect, "{share}");
        }
    }

    #[test]
    fn shares_that_are_none_are_refused() {
        for share in [0.0, -0.1, 1.1, f64::NAN] {
            let error = Quantile { share, ..Quantile::default() }.check().unwrap_err();
            assert!(error.message.contains("above 0 and at most 1"), "{}", error.message);
        }
    }
}
