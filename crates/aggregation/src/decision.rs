//! What a rule chooses.

use serde::{Deserialize, Serialize};

/// Scores of options, and a lottery over them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Higher is better, in the rule's own unit. `[option]`
    pub scores: Vec<f64>,
    /// Probability with which each option is chosen, where chance is part of the rule. `[option]`
    pub lottery: Option<Vec<f64>>,
}

/// Relative difference within which two scores are one.
const TIE: f64 = 1e-9;

impl Decision {
    /// Of a rule without chance.
    pub fn of_scores(scores: Vec<f64>) -> Self {
        Self { scores, lottery: None }
    }

    /// Of a rule whose scores are the probabilities with which options are chosen.
    pub fn of_lottery(lottery: Vec<f64>) -> Self {
        Self { scores: lottery.clone(), lottery: Some(lottery) }
    }

    /// All options of the highest score, rising. One that is not a number is never among them.
    pub fn winners(&self) -> Vec<usize> {
        let known = || self.scores.iter().copied().filter(|score| !score.is_nan());
        let best = known().fold(f64::NEG_INFINITY, f64::max);
        let near = |score: f64| best.is_finite() && best - score <= TIE * best.abs().max(1.0);
        let wins = |score: f64| score == best || near(score);
        (0..self.scores.len()).filter(|&option| wins(self.scores[option])).collect()
    }

    /// The lottery, or one of equal chances among the winners.
    pub fn chances(&self) -> Vec<f64> {
        if let Some(lottery) = &self.lottery {
            return lottery.clone();
        }
        let winners = self.winners();
        let mut chances = vec![0.0; self.scores.len()];
        winners.iter().for_each(|&winner| chances[winner] = 1.0 / winners.len() as f64);
        chances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_chances() {
        let decision = Decision::of_scores(vec![1.0, 3.0, f64::NAN, 3.0 + 1e-12]);
        assert_eq!(decision.winners(), [1, 3]);
        assert_eq!(decision.chances(), [0.0, 0.5, 0.0, 0.5]);
        let infinite = Decision::of_scores(vec![f64::NEG_INFINITY, f64::INFINITY]);
        assert_eq!(infinite.winners(), [1]);
    }
}
