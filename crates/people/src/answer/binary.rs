//! One of two: a comparison without ties (the difference of two returns), a thumb (a return above a
//! threshold), a vote.

use super::{Answer, Evaluated, log_sigmoid};

/// `log p(yes) = log sigmoid(eta)`, with one predictor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binary {
    /// Share of yes in what was said, in [0, 1].
    pub yes: f64,
}

impl Answer for Binary {
    fn predictors(&self) -> usize {
        1
    }

    fn log_probabilities(&self, eta: &[f64]) -> Vec<f64> {
        vec![log_sigmoid(eta[0]).0, log_sigmoid(-eta[0]).0]
    }

    fn observed(&self) -> Vec<f64> {
        vec![self.yes, 1.0 - self.yes]
    }

    fn evaluate(&self, eta: &[f64], into: &mut Evaluated) -> f64 {
        into.clear(1);
        let (yes, no_chance) = log_sigmoid(eta[0]);
        let (no, yes_chance) = log_sigmoid(-eta[0]);
        into.slope[0] = self.yes * no_chance - (1.0 - self.yes) * yes_chance;
        into.curvature[0] = yes_chance * no_chance;
        let of = |share: f64, log: f64| if share > 0.0 { share * log } else { 0.0 };
        of(self.yes, yes) + of(1.0 - self.yes, no)
    }

    fn logit(&self) -> Option<f64> {
        Some(self.yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_and_a_number_by_hand() {
        for yes in [0.0, 0.3, 1.0] {
            for eta in [-2.0, 0.0, 1.5] {
                super::super::check(&Binary { yes }, &[eta]);
            }
        }
        let found = Binary { yes: 1.0 }.evaluate(&[3_f64.ln()], &mut Evaluated::default());
        assert!((found - 0.75_f64.ln()).abs() < 1e-15);
        assert_eq!(Binary { yes: 0.0 }.evaluate(&[-1e4], &mut Evaluated::default()), 0.0);
    }
}
