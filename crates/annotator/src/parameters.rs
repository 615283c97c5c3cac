//! Values of response parameters: given in TOML in natural units, or what follows from the returns.

use medley_adapter::{ParameterRole, ParameterScale, ResponseParameter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers in natural units, by the name of the parameter. Of a parameter that each person has: the
/// standard deviation over people.
pub type Given = BTreeMap<String, Numbers>;

/// One number, or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Numbers {
    /// For each value of the parameter the same.
    One(f64),
    /// One for each value.
    Each(Vec<f64>),
}

/// What is known when parameters are asked for.
pub(crate) struct Known<'a> {
    pub given: &'a Given,
    /// What answers of all people grow with, times their rationality, rising; asked for where it is
    /// needed.
    pub values: &'a dyn Fn() -> Vec<f64>,
}

impl Known<'_> {
    /// Free values of a parameter that all share.
    ///
    /// # Errors
    /// What is given does not fit, or nothing is given and nothing follows, as a sentence.
    pub fn values(&self, parameter: &ResponseParameter) -> Result<Vec<f64>, String> {
        let count = parameter.initial.len();
        let name = &parameter.name;
        let natural = match self.given.get(name) {
            Some(Numbers::One(value)) => vec![*value; count],
            Some(Numbers::Each(values)) if values.len() == count => values.clone(),
            Some(Numbers::Each(values)) => {
                return Err(format!(
                    "response parameter `{name}` has {count} values, found {}",
                    values.len()
                ));
            }
            None => match self.usual(parameter, count)? {
                Some(natural) => natural,
                None => return Ok(parameter.initial.iter().copied().map(f64::from).collect()),
            },
        };
        free(parameter.scale, &natural).ok_or_else(|| {
            format!("response parameter `{name}`: {}, found {natural:?}", expected(parameter.scale))
        })
    }

    /// Natural values of a parameter that nothing is given for; none for where it starts.
    fn usual(
        &self,
        parameter: &ResponseParameter,
        count: usize,
    ) -> Result<Option<Vec<f64>>, String> {
        use ParameterRole::{Cutpoints, Offset, PositionBias, Threshold, Tie};
        match (parameter.role, parameter.scale) {
            (PositionBias | Tie, _) => Ok(None),
            (Offset, ParameterScale::Linear) => Ok(Some(vec![0.0; count])),
            // As many returns in each level, unless all are the same.
            (Cutpoints, ParameterScale::Ordered) => Ok(quantiles(&(self.values)(), count)),
            (Threshold, ParameterScale::Linear) => Ok(quantiles(&(self.values)(), 1)),
            _ => Err(format!(
                "response parameter `{}` needs a value: expected it in `parameters`, {}",
                parameter.name,
                match count {
                    1 => "a number".to_owned(),
                    count => format!("a number or a list of {count}"),
                }
            )),
        }
    }

    /// Standard deviation over people, of a parameter that each of them has.
    ///
    /// # Errors
    /// Several numbers, or a negative one, are given.
    pub fn spread(&self, parameter: &ResponseParameter) -> Result<f64, String> {
        match self.given.get(&parameter.name) {
            None => Ok(0.0),
            Some(Numbers::One(sd)) if *sd >= 0.0 && sd.is_finite() => Ok(*sd),
            Some(other) => Err(format!(
                "response parameter `{}` differs between people: expected its standard deviation over them, \
                 a number of at least 0, found {other:?}",
                parameter.name
            )),
        }
    }
}

/// `count` numbers between which as many of the values lie, which rise, each above the one before by at
/// least a little; none if all values are equal.
fn quantiles(values: &[f64], count: usize) -> Option<Vec<f64>> {
    let (first, last) = (values.first()?, values.last()?);
    let least = 1e-6 * (last - first);
    if !(least > 0.0 && least.is_finite()) {
        return None;
    }
    let at = |part: usize| {
        let place = part * values.len() / (count + 1);
        (values[place.saturating_sub(1)] + values[place]) / 2.0
    };
    let mut cuts: Vec<f64> = (1..=count).map(at).collect();
    for place in 1..cuts.len() {
        cuts[place] = cuts[place].max(cuts[place - 1] + least);
    }
    Some(cuts)
}

fn expected(scale: ParameterScale) -> &'static str {
    match scale {
        ParameterScale::Linear => "expected finite numbers",
        ParameterScale::Log => "expected numbers above 0",
        ParameterScale::Ordered => "expected rising numbers",
        ParameterScale::Gaps => "expected rising numbers above 0",
    }
}

/// The free values of natural ones: the inverse of [`ParameterScale::natural`].
fn free(scale: ParameterScale, natural: &[f64]) -> Option<Vec<f64>> {
    if natural.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let rising = |from: f64, values: &[f64]| -> Option<Vec<f64>> {
        let mut before = from;
        let gap = |value: &f64| {
            let gap = value - before;
            before = *value;
            (gap > 0.0).then(|| inverse_softplus(gap))
        };
        values.iter().map(gap).collect()
    };
    match scale {
        ParameterScale::Linear => Some(natural.to_vec()),
        ParameterScale::Log => natural.iter().map(|&x| (x > 0.0).then(|| x.ln())).collect(),
        ParameterScale::Gaps => rising(0.0, natural),
        ParameterScale::Ordered => {
            let (&first, later) = natural.split_first()?;
            Some([vec![first], rising(first, later)?].concat())
        }
    }
}

/// `ln(e^x - 1)` of a positive number.
fn inverse_softplus(x: f64) -> f64 {
    x + (-(-x).exp_m1()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_values_are_the_inverse_of_natural_ones() {
        let check = |scale: ParameterScale, natural: &[f64]| {
            let free = free(scale, natural).unwrap();
            for (found, expect) in scale.natural(&free).iter().zip(natural) {
                assert!((found - expect).abs() < 1e-9, "{scale:?}: {found} {expect}");
            }
        };
        check(ParameterScale::Linear, &[-1.5, 2.0]);
        check(ParameterScale::Log, &[0.3, 4.0]);
        check(ParameterScale::Ordered, &[-40.0, -39.999, 0.0, 60.0]);
        check(ParameterScale::Gaps, &[0.001, 50.0]);
        assert_eq!(free(ParameterScale::Log, &[0.0]), None);
        assert_eq!(free(ParameterScale::Ordered, &[1.0, 1.0]), None);
        assert_eq!(free(ParameterScale::Gaps, &[-1.0]), None);
        assert_eq!(free(ParameterScale::Linear, &[f64::NAN]), None);
    }

    #[test]
    fn cutpoints_divide_returns_evenly() {
        assert_eq!(quantiles(&[0.0, 1.0, 2.0, 3.0], 3), Some(vec![0.5, 1.5, 2.5]));
        assert_eq!(quantiles(&[0.0, 1.0, 2.0, 3.0], 1), Some(vec![1.5]));
        // Equal cutpoints would make a level impossible.
        let tied = quantiles(&[0.0, 0.0, 0.0, 0.0, 1.0], 3).unwrap();
        assert!(tied[0] == 0.0 && tied[1] > tied[0] && tied[2] > tied[1], "{tied:?}");
        assert_eq!(quantiles(&[2.0, 2.0], 3), None);
    }
}
