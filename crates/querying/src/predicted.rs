//! What the members of an ensemble predict for one statement.

/// Probabilities of the outcomes of a statement under each member.
///
/// # Shapes
/// `[member, outcome]`
#[derive(Clone, Debug, PartialEq)]
pub struct Predicted(Vec<Vec<f64>>);

impl Predicted {
    /// From log-probabilities, `[member, outcome]` in nats. Outcomes that cannot be are very negative.
    pub fn new(logs: &[Vec<f64>]) -> Self {
        Self(logs.iter().map(|logs| logs.iter().map(|log| log.exp()).collect()).collect())
    }

    /// Number of members.
    pub fn members(&self) -> usize {
        self.0.len()
    }

    /// Number of outcomes.
    pub fn outcomes(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// The probability of an outcome under a member.
    pub fn of(&self, member: usize, outcome: usize) -> f64 {
        self.0[member][outcome]
    }

    /// Probabilities under the mixture of members with these weights, which sum to 1. `[outcome]`
    pub fn mixture(&self, weights: &[f64]) -> Vec<f64> {
        let sum = |outcome| weights.iter().zip(&self.0).map(|(w, of)| w * of[outcome]).sum();
        (0..self.outcomes()).map(sum).collect()
    }

    /// Mutual information of the answer and the member, in nats, where members have these
    /// probabilities: `sum_m w_m sum_y p_m(y) ln(p_m(y) / sum_m' w_m' p_m'(y))` (Houlsby et al. 2011,
    /// equation 2; in bits as equation 4 of INQUIRE). At least 0.
    pub fn information(&self, weights: &[f64]) -> f64 {
        let mixture = self.mixture(weights);
        let of_member = |(weight, own): (&f64, &Vec<f64>)| {
            let terms = own.iter().zip(&mixture).filter(|(own, _)| **own > 0.0);
            match *weight > 0.0 {
                true => weight * terms.map(|(own, mean)| own * (own / mean).ln()).sum::<f64>(),
                false => 0.0,
            }
        };
        weights.iter().zip(&self.0).map(of_member).sum::<f64>().max(0.0)
    }

    /// All members alike.
    pub(crate) fn even(&self) -> Vec<f64> {
        vec![1.0 / self.members() as f64; self.members()]
    }
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
