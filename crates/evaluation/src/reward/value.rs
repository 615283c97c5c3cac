//! How good is the behaviour that a learned reward asks for, by the true one?

use serde::{Deserialize, Serialize};

/// The values by the true reward that a world's others are measured against, in units of return.
///
/// Under shifted dynamics, both are those of the shifted world.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceValues {
    uniform: f64,
    optimal: f64,
}

impl ReferenceValues {
    /// Of the policy that takes all actions alike, and of the best policy, from the same starts.
    ///
    /// # Errors
    /// One is NaN or infinite, or the best policy is no better: then every policy is as good, and no
    /// value can be normalized.
    pub fn new(uniform: f64, optimal: f64) -> Result<Self, ValueError> {
        for (name, value) in [("uniform", uniform), ("optimal", optimal)] {
            if !value.is_finite() {
                return Err(ValueError::NotFinite { name, value });
            }
        }
        if optimal <= uniform {
            return Err(ValueError::NoRoom { uniform, optimal });
        }
        Ok(Self { uniform, optimal })
    }

    /// `V_optimal - V`, in units of return; negative where returns were sampled and `V` came out above.
    ///
    /// # Errors
    /// The value is NaN or infinite.
    pub fn regret(&self, value: f64) -> Result<f64, ValueError> {
        finite(value).map(|value| self.optimal - value)
    }

    /// `(V - V_uniform) / (V_optimal - V_uniform)`: 0 for all actions alike, 1 for the best, without
    /// unit. Below 0 for what is worse than chance. Published tables have it times 100.
    ///
    /// ```
    /// use medley_evaluation::ReferenceValues;
    /// let cliff = ReferenceValues::new(-4.45441, 31.77715).unwrap();
    /// assert_eq!(cliff.normalized(31.77715), Ok(1.0));
    /// assert_eq!(cliff.normalized(-4.45441), Ok(0.0));
    /// ```
    ///
    /// # Errors
    /// The value is NaN or infinite.
    pub fn normalized(&self, value: f64) -> Result<f64, ValueError> {
        finite(value).map(|value| (value - self.uniform) / (self.optimal - self.uniform))
    }

    /// `1 - normalized`: regret in units of what there is to gain.
    ///
    /// # Errors
    /// The value is NaN or infinite.
    pub fn normalized_regret(&self, value: f64) -> Result<f64, ValueError> {
        finite(value).map(|value| (self.optimal - value) / (self.optimal - self.uniform))
    }
}

fn finite(value: f64) -> Result<f64, ValueError> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(ValueError::NotFinite { name: "achieved", value })
    }
}

/// Why a value cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// A value is NaN or infinite.
    #[error("the {name} value is {value}")]
    NotFinite {
        /// `uniform`, `optimal` or `achieved`.
        name: &'static str,
        /// NaN or an infinity.
        value: f64,
    },
    /// There is nothing to gain.
    #[error(
        "the best policy has {optimal} and all actions alike {uniform}: nothing to normalize by"
    )]
    NoRoom {
        /// Of all actions alike.
        uniform: f64,
        /// Of the best policy.
        optimal: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_between_chance_and_the_best() {
        let trap = ReferenceValues::new(-6.0, 10.0).unwrap();
        let check = |value: f64, regret: f64, normalized: f64| {
            assert_eq!(trap.regret(value), Ok(regret));
            assert_eq!(trap.normalized(value), Ok(normalized));
            assert_eq!(trap.normalized_regret(value), Ok(1.0 - normalized));
        };
        check(10.0, 0.0, 1.0);
        check(6.0, 4.0, 0.75);
        check(-6.0, 16.0, 0.0);
        check(-10.0, 20.0, -0.25);
        check(14.0, -4.0, 1.25);
    }

    #[test]
    fn broken_values_are_named() {
        let error =
            |uniform, optimal| ReferenceValues::new(uniform, optimal).unwrap_err().to_string();
        assert_eq!(error(f64::NAN, 1.0), "the uniform value is NaN");
        assert_eq!(error(0.0, f64::INFINITY), "the optimal value is inf");
        let none = "the best policy has 2 and all actions alike 2: nothing to normalize by";
        assert_eq!(error(2.0, 2.0), none);
        let values = ReferenceValues::new(0.0, 1.0).unwrap();
        for result in [values.regret(f64::NAN), values.normalized(f64::NAN)] {
            assert_eq!(result.unwrap_err().to_string(), "the achieved value is NaN");
        }
    }
}
