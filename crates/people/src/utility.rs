//! How much people differ in what one item is worth: a distribution of utility.

/// The distribution over people of what an item is worth, in units of the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Utility {
    /// Normal.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
    },
    /// Finitely many values, ascending, with the share of people at each.
    Atoms {
        /// Ascending.
        values: Vec<f64>,
        /// They sum to 1.
        shares: Vec<f64>,
    },
}

impl Utility {
    /// The mean.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } => *mean,
            Self::Atoms { values, shares } => values.iter().zip(shares).map(|(v, s)| v * s).sum(),
        }
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        match self {
            Self::Normal { sd, .. } => sd * sd,
            Self::Atoms { values, shares } => {
                let mean = self.mean();
                values.iter().zip(shares).map(|(v, s)| s * (v - mean).powi(2)).sum()
            }
        }
    }

    /// What a share of people, in (0, 1), are at or below: by it a cautious rule ranks items (Siththaranjan
    /// et al. 2024 use .01).
    pub fn quantile(&self, share: f64) -> f64 {
        match self {
            Self::Normal { mean, sd } => mean + sd * normal_quantile(share),
            Self::Atoms { values, shares } => {
                let mut sum = 0.0;
                let is_there = |(_, own): &(&f64, &f64)| {
                    sum += **own;
                    sum >= share - 1e-12
                };
                let found = values.iter().zip(shares).find(is_there).map(|(value, _)| *value);
                found.or(values.last().copied()).unwrap_or(f64::NAN)
            }
        }
    }
}

/// Share of the variance of utility that the items explain, `Var(mu) / (Var(mu) + E sigma^2)`; the rest is
/// context that nobody sees. None where nothing varies.
pub fn explained_by_items(utilities: &[Utility]) -> Option<f64> {
    let count = utilities.len() as f64;
    let mean = utilities.iter().map(Utility::mean).sum::<f64>() / count;
    let between = utilities.iter().map(|u| (u.mean() - mean).powi(2)).sum::<f64>() / count;
    let within = utilities.iter().map(Utility::variance).sum::<f64>() / count;
    (between + within > 0.0).then(|| between / (between + within))
}

/// By Acklam's rational approximations, to a relative 1.2e-9.
fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    let horner = |all: &[f64], x: f64| all.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |share: f64| {
        let q = (-2.0 * share.ln()).sqrt();
        horner(&C, q) / horner(&D, q)
    };
    if share < 0.02425 {
        tail(share)
    } else if share > 1.0 - 0.02425 {
        -tail(1.0 - share)
    } else {
        let q = share - 0.5;
        q * horner(&A, q * q) / horner(&B, q * q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_tables() {
        for (share, expect) in [
            (0.01, -2.3263478740408408),
            (0.025, -1.959963984540054),
            (0.5, 0.0),
            (0.975, 1.959963984540054),
            (0.999, 3.090232306167813),
        ] {
            assert!((normal_quantile(share) - expect).abs() < 1e-8, "{share}");
        }
        assert_eq!(Utility::Normal { mean: 3.0, sd: 2.0 }.quantile(0.5), 3.0);
    }

    #[test]
    fn atoms_by_hand() {
        let one = Utility::Atoms { values: vec![0.0, 0.5, 1.0], shares: vec![0.5, 0.0, 0.5] };
        assert_eq!((one.mean(), one.variance()), (0.5, 0.25));
        assert_eq!([one.quantile(0.01), one.quantile(0.5), one.quantile(0.51)], [0.0, 0.0, 1.0]);
        let all = [one, Utility::Normal { mean: 1.5, sd: 0.5 }];
        // Means .5 and 1.5: variance .25; within .25.
        assert_eq!(explained_by_items(&all), Some(0.5));
        assert_eq!(explained_by_items(&[Utility::Normal { mean: 1.0, sd: 0.0 }]), None);
    }
}
