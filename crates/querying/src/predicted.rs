//! What the members of an ensemble predict for one statement.

/// Probabilities of the outcomes of a statement under each member.
///
/// # Shapes
/// `[member, outcome]`
#[derive(Clone, Debug, PartialEq)]
pub struct Predicted {
    probabilities: Vec<Vec<f64>>,
    /// Of each member, in nats: asked again and again under other weights.
    entropies: Vec<f64>,
}

impl Predicted {
    /// From log-probabilities, `[member, outcome]` in nats. Outcomes that cannot be are very negative.
    pub fn new(logs: &[Vec<f64>]) -> Self {
        let of = |logs: &Vec<f64>| logs.iter().map(|log| log.exp()).collect();
        let probabilities: Vec<Vec<f64>> = logs.iter().map(of).collect();
        let entropies = probabilities.iter().map(|own| entropy(own)).collect();
        Self { probabilities, entropies }
    }

    /// Number of members.
    pub fn members(&self) -> usize {
        self.probabilities.len()
    }

    /// Number of outcomes.
    pub fn outcomes(&self) -> usize {
        self.probabilities.first().map_or(0, Vec::len)
    }

    /// The probability of an outcome under a member.
    pub fn of(&self, member: usize, outcome: usize) -> f64 {
        self.probabilities[member][outcome]
    }

    /// Probabilities under the mixture of members with these weights, which sum to 1. `[outcome]`
    pub fn mixture(&self, weights: &[f64]) -> Vec<f64> {
        let mut mixture = vec![0.0; self.outcomes()];
        for (weight, own) in weights.iter().zip(&self.probabilities) {
            mixture.iter_mut().zip(own).for_each(|(sum, own)| *sum += weight * own);
        }
        mixture
    }

    /// Mutual information of the answer and the member, in nats, where members have these
    /// probabilities: `H(sum_m w_m p_m) - sum_m w_m H(p_m)` (Houlsby et al. 2011, equation 2), which
    /// is `sum_m w_m sum_y p_m(y) ln(p_m(y) / sum_m' w_m' p_m'(y))`, as INQUIRE has it in bits. At least
    /// 0.
    pub fn information(&self, weights: &[f64]) -> f64 {
        let own: f64 = weights.iter().zip(&self.entropies).map(|(w, entropy)| w * entropy).sum();
        (entropy(&self.mixture(weights)) - own).max(0.0)
    }

    /// All members alike.
    pub(crate) fn even(&self) -> Vec<f64> {
        vec![1.0 / self.members() as f64; self.members()]
    }
}

/// `-sum_y p(y) ln p(y)`, in nats.
pub(crate) fn entropy(probabilities: &[f64]) -> f64 {
    probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
}

#[cfg(test)]
mod tests {
    use crate::fixture::predicted;

    #[test]
    fn information_by_hand() {
        let check = |members: &[&[f64]], weights: &[f64], expect: f64| {
            let found = predicted(members).information(weights);
            assert!((found - expect).abs() < 1e-12, "{members:?}: {found}, {expect}");
        };
        // Two members that are sure of opposite answers: the answer says which.
        check(&[&[1.0, 0.0], &[0.0, 1.0]], &[0.5, 0.5], 2.0_f64.ln());
        // Members that agree, sure or not: nothing to learn.
        check(&[&[0.5, 0.5], &[0.5, 0.5]], &[0.5, 0.5], 0.0);
        check(&[&[0.9, 0.1], &[0.9, 0.1]], &[0.3, 0.7], 0.0);
        // H(mean) - mean H = H(0.5) - H(0.8), by hand.
        let entropy = |p: f64| -p * p.ln() - (1.0 - p) * (1.0 - p).ln();
        check(&[&[0.8, 0.2], &[0.2, 0.8]], &[0.5, 0.5], entropy(0.5) - entropy(0.8));
        // A member that is ruled out tells nothing apart.
        check(&[&[1.0, 0.0], &[0.0, 1.0]], &[1.0, 0.0], 0.0);
    }

    #[test]
    fn information_is_never_negative() {
        for number in 0..1000_u32 {
            let share = |salt: u32| f64::from((number * 7919 + salt * 104_729) % 1000) / 1000.0;
            let of = predicted(&[
                &[share(1), 1.0 - share(1)],
                &[share(2), 1.0 - share(2)],
                &[share(3), 1.0 - share(3)],
            ]);
            let found = of.information(&of.even());
            assert!(found >= 0.0 && found <= 3.0_f64.ln(), "{number}: {found}");
        }
    }
}
