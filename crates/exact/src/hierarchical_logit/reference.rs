//! What another sampler found for `datasets/bank_conjoint`.
//!
//! Gibbs sampling with Metropolis steps in NumPy, priors of `bayesm` (Rossi, Allenby and McCulloch 2005),
//! two chains of 30,000 draws for the population (split R-hat of means up to 1.09, of standard deviations
//! up to 1.29) and 12,000 for what is held out.

use super::panel::Panel;

/// Numbers of the other sampler.
pub struct Reference {
    /// Population means. `[attribute]`
    means: [f64; ATTRIBUTES],
    /// Standard deviations of people. `[attribute]`
    sds: [f64; ATTRIBUTES],
    /// Negative log-likelihood of an answer held out, in nats.
    pub loss: f64,
    /// Share of these that is predicted.
    pub accuracy: f64,
}

const ATTRIBUTES: usize = 14;

const BANK_CONJOINT: Reference = Reference {
    means: [
        2.52, 4.88, 3.09, -0.02, -0.53, -0.48, 2.14, 4.15, -0.38, -3.61, 1.43, 2.43, 1.12, 3.39,
    ],
    sds: [1.60, 2.87, 3.12, 1.14, 1.84, 2.30, 2.04, 3.76, 1.77, 3.78, 1.55, 2.90, 2.50, 2.30],
    loss: 0.4507,
    accuracy: 0.7978,
};

impl Reference {
    /// Of the quantity at a place: means of all attributes, and then standard deviations.
    pub fn of_population(&self, place: usize) -> f64 {
        if place < ATTRIBUTES { self.means[place] } else { self.sds[place - ATTRIBUTES] }
    }
}

/// The reference, if `panel` is all of that table.
pub fn of(all: &Panel, panel: &Panel) -> Option<&'static Reference> {
    let is_it = all.people.len() == 946
        && panel.people.len() == 946
        && panel.answers() == 14_799
        && panel.attributes.len() == ATTRIBUTES
        && panel.attributes[0] == "Med_FInt";
    is_it.then_some(&BANK_CONJOINT)
}
