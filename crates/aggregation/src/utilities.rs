//! On which scale are the utilities of two people the same?
//!
//! Nothing in people's answers says so, and a rule that adds utilities up has decided it. The choice is an
//! option of the rule and stands beside its result.

use crate::People;
use serde::{Deserialize, Serialize};

/// What is made alike between people before their utilities are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Nothing: utilities are those of the model, whose noise is then the unit (nats).
    #[default]
    None,
    /// The worst option is 0 and the best is 1 for everybody.
    Range,
    /// Mean 0 and variance 1 over the options.
    UnitVariance,
    /// `u - ln sum exp u`: the log-probability with which the person would choose the option.
    LogProbability,
}

impl Scale {
    /// A person's utilities on the scale; all 0 for somebody who wants all options alike, where a range or
    /// a variance would be divided by.
    pub fn of(self, people: &People, person: usize) -> Vec<f64> {
        let own = people.utilities(person);
        let (low, high) = own
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &u| (low.min(u), high.max(u)));
        let alike = high == low;
        let moved = |by: f64, over: f64| own.iter().map(|u| (u - by) / over).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        match self {
            Self::None => own.to_vec(),
            Self::Range | Self::UnitVariance if alike => vec![0.0; own.len()],
            Self::Range => moved(low, high - low),
            Self::UnitVariance => {
                let squares = own.iter().map(|u| (u - mean).powi(2)).sum::<f64>();
                moved(mean, (squares / own.len() as f64).sqrt())
            }
            Self::LogProbability => {
                let all = own.iter().map(|u| (u - high).exp()).sum::<f64>().ln() + high;
                moved(all, 1.0)
            }
        }
    }

    /// Utilities of all people, `[person][option]`.
    pub fn of_all(self, people: &People) -> Vec<Vec<f64>> {
        (0..people.count()).map(|person| self.of(people, person)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Society;

    #[test]
    fn each_scale_by_hand() {
        let society =
            Society::new(&[vec![1.0, 3.0], vec![2.0, 2.0]], &[1.0, 1.0], &[0, 0]).unwrap();
        let people = society.people().unwrap();
        let check = |scale: Scale, expect: [[f64; 2]; 2]| {
            for (person, expect) in expect.iter().enumerate() {
                let found = scale.of(people, person);
                let near = found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-12);
                assert!(near, "{scale:?} {found:?}");
            }
        };
        check(Scale::None, [[1.0, 3.0], [2.0, 2.0]]);
        check(Scale::Range, [[0.0, 1.0], [0.0, 0.0]]);
        check(Scale::UnitVariance, [[-1.0, 1.0], [0.0, 0.0]]);
        let (likely, half) = (-(1.0 + (-2.0_f64).exp()).ln(), 0.5_f64.ln());
        check(Scale::LogProbability, [[likely - 2.0, likely], [half, half]]);
    }
}
