//! Several levels of an ordered scale at once: what several people said, or one who was not sure.

use super::{Answer, Evaluated, ordered::Ordered};

/// [`Ordered`] where shares of what was said are of several levels: the log-likelihood is the mean by these
/// shares.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedShares {
    /// What of what was said is each level; they sum to 1. At least 2.
    pub shares: Vec<f64>,
}

impl Answer for OrderedShares {
    fn predictors(&self) -> usize {
        self.shares.len()
    }

    fn log_probabilities(&self, eta: &[f64]) -> Vec<f64> {
        Ordered { level: 0, levels: self.shares.len() }.log_probabilities(eta)
    }

    fn observed(&self) -> Vec<f64> {
        self.shares.clone()
    }

    fn evaluate(&self, eta: &[f64], into: &mut Evaluated) -> f64 {
        let levels = self.shares.len();
        into.clear(levels);
        let (mut value, mut of_one) = (0.0, Evaluated::default());
        for (level, &share) in self.shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let one = Ordered { level, levels }.evaluate(eta, &mut of_one);
            if one == f64::NEG_INFINITY {
                return one;
            }
            value += share * one;
            into.slope.iter_mut().zip(&of_one.slope).for_each(|(sum, one)| *sum += share * one);
            let curvature = into.curvature.iter_mut().zip(&of_one.curvature);
            curvature.for_each(|(sum, one)| *sum += share * one);
        }
        value
    }

    fn cutpoints(&self) -> std::ops::Range<usize> {
        1..self.shares.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        let said = OrderedShares { shares: vec![0.2, 0.0, 0.5, 0.3] };
        super::super::check(&said, &[0.3, -1.0, 0.1, 1.7]);
    }

    #[test]
    fn cutpoints_out_of_order_are_impossible() {
        let said = OrderedShares { shares: vec![0.5, 0.25, 0.25] };
        let value = said.evaluate(&[0.0, 1.0, 0.5], &mut Evaluated::default());
        assert_eq!(value, f64::NEG_INFINITY);
    }

    #[test]
    fn one_level_is_that_level() {
        let (eta, mut one, mut shares) =
            ([0.4, -0.6, 0.9], Evaluated::default(), Evaluated::default());
        let level = Ordered { level: 1, levels: 3 }.evaluate(&eta, &mut one);
        let told = OrderedShares { shares: vec![0.0, 1.0, 0.0] }.evaluate(&eta, &mut shares);
        assert_eq!((level, one), (told, shares));
    }
}
