//! Cutpoints of ordered answers, for each class of statements that is answered in its own way.
//!
//! A class is an aspect, or steps as against whole segments: the base rate of blame differs, and
//! one set of cutpoints for all would be paid for by the reward.

use crate::{ParameterRole, ParameterScale, Response, ResponseParameter};
use medley_likelihood::cutpoints::{Cutpoints, free_from_ordered, ordered};
use medley_reward_model::Placement;

/// Classes of statements that are answered on the same levels, each with cutpoints.
#[derive(Clone, Debug)]
pub struct OrdinalClasses {
    names: Vec<String>,
}

impl OrdinalClasses {
    /// Classes by name.
    pub fn new(names: Vec<String>) -> Self {
        Self { names }
    }

    /// One vector of free cutpoints for each class. They start from the logits of the cumulative
    /// shares of `mass`, `[class][level]`, with half an answer added to each level: the
    /// likelihood's optimum at a reward of 0. The prior is wide: two standard deviations are 6 nats
    /// of the first cutpoint.
    pub fn parameters(&self, mass: &[Vec<f64>]) -> Vec<ResponseParameter> {
        let parameter = |(class, mass): (usize, &Vec<f64>)| {
            ResponseParameter::shrunk(&self.parameter(class), initial_free(mass), 0.0, 3.0)
                .meaning(ParameterRole::Cutpoints, ParameterScale::Ordered)
        };
        mass.iter().enumerate().map(parameter).collect()
    }

    /// Cutpoints of the class of each statement.
    ///
    /// # Shapes
    /// `[member, batch, level - 1]`
    pub fn cutpoints(
        &self,
        response: &Response,
        classes: impl Iterator<Item = usize>,
        place: &Placement,
    ) -> Cutpoints {
        let all = (0..self.names.len()).map(|class| ordered(response.get(&self.parameter(class))));
        let index = classes.map(|class| class as i32).collect();
        Cutpoints::stack(all.collect()).select(place.indices(index))
    }

    /// `cutpoints`, and which if there are several.
    fn parameter(&self, class: usize) -> String {
        match self.names.len() {
            1 => "cutpoints".to_owned(),
            _ => format!("cutpoints of {}", self.names[class]),
        }
    }
}

fn initial_free(mass: &[f64]) -> Vec<f32> {
    let total: f64 = mass.iter().map(|mass| mass + 0.5).sum();
    let mut below = 0.0;
    let cutpoints: Vec<f64> = mass[..mass.len() - 1]
        .iter()
        .map(|mass| {
            below += (mass + 0.5) / total;
            (below / (1.0 - below)).ln()
        })
        .collect();
    let free = free_from_ordered(&cutpoints).expect("shares are positive, so cutpoints rise");
    free.into_iter().map(|free| free as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::place;
    use crate::objective::choice::host;

    #[test]
    fn initial_cutpoints_give_the_smoothed_shares() {
        // (1.5, 0.5, 3.5, 2.5) / 8 cumulate to 1.5 / 8, 2 / 8 and 5.5 / 8.
        let classes = OrdinalClasses::new(vec!["all".into()]);
        let [parameter] = &classes.parameters(&[vec![1.0, 0.0, 3.0, 2.0]])[..] else { panic!() };
        assert_eq!(parameter.name, "cutpoints");
        let free = place().tensor(parameter.initial.clone(), [1, 3]);
        let response = Response::new([("cutpoints".to_owned(), free)]);
        let cutpoints = host(classes.cutpoints(&response, [0].into_iter(), &place()).values());
        for (cutpoint, odds) in cutpoints.iter().zip([1.5 / 6.5, 2.0 / 6.0, 5.5 / 2.5f64]) {
            assert!((cutpoint - odds.ln()).abs() < 1e-6, "{cutpoint} {}", odds.ln());
        }
    }

    #[test]
    fn classes_keep_their_own() {
        let names = vec!["step".into(), "whole".into()];
        let classes = OrdinalClasses::new(names);
        let parameters = classes.parameters(&[vec![1.0, 1.0], vec![0.0, 1.0]]);
        let value = |parameter: ResponseParameter| {
            (parameter.name, place().tensor(parameter.initial, [1, 1]))
        };
        let response = Response::new(parameters.into_iter().map(value));
        let cutpoints = classes.cutpoints(&response, [1, 0, 1].into_iter(), &place());
        let cutpoints = host(cutpoints.values());
        let third = (1.0 / 3.0f64).ln();
        for (found, expected) in cutpoints.iter().zip([third, 0.0, third]) {
            assert!((found - expected).abs() < 1e-6, "{cutpoints:?}");
        }
    }
}
