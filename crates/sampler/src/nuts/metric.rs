//! How far the density reaches in each direction: the diagonal of the inverse mass matrix.

/// Directions in which nothing has varied, or everything, keep a scale that steps can be taken by.
const RANGE: [f64; 2] = [1e-20, 1e20];

/// Variances, as the inverse mass of each coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric(Vec<f64>);

impl Metric {
    /// That of a standard normal density.
    pub fn identity(dim: usize) -> Self {
        Self(vec![1.0; dim])
    }

    pub fn new(variances: Vec<f64>) -> Self {
        Self(variances)
    }

    pub fn variances(&self) -> &[f64] {
        &self.0
    }

    /// Turns standard normal numbers into a momentum.
    pub fn momentum(&self, mut normal: Vec<f64>) -> Vec<f64> {
        normal.iter_mut().zip(&self.0).for_each(|(p, variance)| *p /= variance.sqrt());
        normal
    }

    pub fn kinetic(&self, momentum: &[f64]) -> f64 {
        0.5 * momentum.iter().zip(&self.0).map(|(p, variance)| variance * p * p).sum::<f64>()
    }
}

/// Variances of draws and of their gradients, by Welford's updates.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    pub count: u64,
    pub means: [Vec<f64>; 2],
    pub squares: [Vec<f64>; 2],
}

impl Moments {
    pub fn new(dim: usize) -> Self {
        let zeros = || [vec![0.0; dim], vec![0.0; dim]];
        Self { count: 0, means: zeros(), squares: zeros() }
    }

    pub fn add(&mut self, position: &[f64], gradient: &[f64]) {
        self.count += 1;
        let count = self.count as f64;
        let sums = self.means.iter_mut().zip(&mut self.squares);
        for ((means, squares), values) in sums.zip([position, gradient]) {
            for ((mean, square), value) in means.iter_mut().zip(squares).zip(values) {
                let away = value - *mean;
                *mean += away / count;
                *square += away * (value - *mean);
            }
        }
    }

    /// `sqrt(Var x / Var slope)` of each coordinate, which minimizes the Fisher divergence between a
    /// density and a normal one of that scale (as `nuts-rs` does: Seyboldt et al. 2026). Of a normal
    /// density it is the variance, however few the draws.
    pub fn metric(&self) -> Metric {
        let [low, high] = RANGE;
        let [of_draws, of_slopes] = &self.squares;
        let scale = |(draws, slopes): (&f64, &f64)| {
            let scale = (draws / slopes).sqrt();
            if scale.is_finite() { scale.clamp(low, high) } else { 1.0 }
        };
        Metric(of_draws.iter().zip(of_slopes).map(scale).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_normal_density_it_is_the_variance() {
        let variances = [4.0, 0.01];
        let mut moments = Moments::new(2);
        for position in [[1.0, 0.5], [3.0, -0.1], [-2.0, 0.2]] {
            let slopes = [0, 1].map(|i| -(position[i] - 1.0) / variances[i]);
            moments.add(&position, &slopes);
        }
        let found = moments.metric();
        for (found, expect) in found.variances().iter().zip(variances) {
            assert!((found / expect - 1.0).abs() < 1e-12, "{found} {expect}");
        }
    }

    #[test]
    fn what_has_not_varied_keeps_a_scale() {
        let mut moments = Moments::new(2);
        moments.add(&[1.0, 2.0], &[0.0, 1.0]);
        moments.add(&[1.0, 3.0], &[0.0, 1.0]);
        assert_eq!(moments.metric().variances(), [1.0, 1.0]); // 0 / 0, and 1 / 0
    }
}
