//! The posterior of a hierarchical logit, as a log-density with its gradient.
//!
//! ```text
//! log p(y | beta) = sum_a sum_i log sigmoid(y_ai d_ai . beta_a)      y = 1 or -1, d: first minus second
//! beta_a = Delta + L z_a     z_a ~ N(0, I)     V = L L'
//! V ~ IW(nu, s I)            Delta | V ~ N(0, k V)
//! ```
//!
//! People answer too few questions to place their weights, so that what is sampled is `z_a` (not
//! centred), which the prior leaves independent of `V`. `L` is lower triangular, and the logarithm of its
//! diagonal is sampled; with `dV = 2^p prod_i L_ii^(p - i + 1) dL` the prior on `L` is
//!
//! ```text
//! log p(L) = -sum_i (nu + i) log L_ii - s/2 |L^-1|^2 + const         i = 1..p
//! ```

use super::panel::Panel;
use medley_people::log_sigmoid;
use medley_people::triangular::{
    dot, into_entries, inverse_of_lower, lower_times, of_entries, transposed_times,
};
use medley_sampler::LogDensity;

/// Priors of the population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Degrees of freedom of the inverse Wishart prior, `nu`.
    pub freedom: f64,
    /// Its scale, `s`.
    pub scale: f64,
    /// Variance of the mean in units of that of people, `k`.
    pub mean_variance: f64,
}

impl Prior {
    /// Those of `bayesm` for so many attributes.
    pub fn weak(attributes: usize) -> Self {
        let freedom = attributes as f64 + 3.0;
        Self { freedom, scale: freedom, mean_variance: 100.0 }
    }
}

/// The posterior of the weights of all people and of their population.
///
/// A position is the mean `Delta`, the rows of `L` up to the diagonal, whose logarithm it is, and `z` of
/// each person.
pub struct HierarchicalLogit {
    attributes: usize,
    prior: Prior,
    people: Vec<Vec<Answer>>,
}

/// Attributes in which the profiles of an answer differ, with their differences: few of all.
type Answer = Vec<(usize, f64)>;

/// A position in words.
pub struct Population {
    /// `Delta`, in nats. `[attribute]`
    pub mean: Vec<f64>,
    /// `L`, row by row; 0 above the diagonal. `[attribute, attribute]`
    pub factor: Vec<f64>,
}

impl Population {
    /// Standard deviations of people. `[attribute]`
    fn sds(&self) -> impl Iterator<Item = f64> + '_ {
        self.factor
            .chunks(self.mean.len())
            .map(|row| row.iter().map(|entry| entry * entry).sum::<f64>().sqrt())
    }

    /// Means, and behind them standard deviations of people.
    pub fn moments(&self) -> Vec<f64> {
        self.mean.iter().copied().chain(self.sds()).collect()
    }

    /// Weights of a person, put into `weights`.
    pub fn weights(&self, z: &[f64], weights: &mut [f64]) {
        let rows = self.factor.chunks(self.mean.len());
        for (i, ((weight, mean), row)) in weights.iter_mut().zip(&self.mean).zip(rows).enumerate() {
            *weight = mean + dot(&row[..=i], &z[..=i]);
        }
    }
}

impl HierarchicalLogit {
    pub fn new(panel: &Panel, prior: Prior) -> Self {
        let attributes = panel.attributes.len();
        let answer = |row: &[f64]| -> Answer {
            row.iter().copied().enumerate().filter(|(_, difference)| *difference != 0.0).collect()
        };
        let person = |answers: &Vec<f64>| answers.chunks(attributes).map(answer).collect();
        Self { attributes, prior, people: panel.people.iter().map(person).collect() }
    }

    /// Where what people add begins.
    fn of_people(&self) -> usize {
        let p = self.attributes;
        p + p * (p + 1) / 2
    }

    pub fn population(&self, position: &[f64]) -> Population {
        let p = self.attributes;
        let (mean, rest) = position.split_at(p);
        let factor = of_entries(&rest[..p * (p + 1) / 2], p);
        Population { mean: mean.to_vec(), factor }
    }

    /// `z` of each person.
    pub fn people<'p>(&self, position: &'p [f64]) -> impl Iterator<Item = &'p [f64]> {
        position[self.of_people()..].chunks(self.attributes)
    }

    /// Log-likelihood of all answers; slopes by `Delta` and `L` are added to those given, those by `z`
    /// are put in the place of what is there.
    fn likelihood(
        &self,
        population: &Population,
        z: &[f64],
        [of_mean, of_factor, of_z]: [&mut [f64]; 3],
    ) -> f64 {
        let p = self.attributes;
        let (mut sum, mut weights, mut slopes) = (0.0, vec![0.0; p], vec![0.0; p]);
        let people = self.people.iter().zip(z.chunks(p)).zip(of_z.chunks_mut(p));
        for ((answers, z), of_z) in people {
            population.weights(z, &mut weights);
            slopes.fill(0.0);
            for answer in answers {
                let gap = answer.iter().map(|&(i, d)| d * weights[i]).sum();
                let (value, slope) = log_sigmoid(gap);
                sum += value;
                answer.iter().for_each(|&(i, d)| slopes[i] += slope * d);
            }
            of_z.fill(0.0);
            for (i, slope) in slopes.iter().enumerate() {
                of_mean[i] += slope;
                let row = &population.factor[i * p..][..=i];
                let of_row = &mut of_factor[i * p..][..=i];
                for (((of_z, of_entry), entry), z) in of_z.iter_mut().zip(of_row).zip(row).zip(z) {
                    *of_z += slope * entry;
                    *of_entry += slope * z;
                }
            }
        }
        sum
    }

    /// Log-density of `Delta` and `L`, and its slopes.
    fn prior(&self, population: &Population, of_mean: &mut [f64], of_factor: &mut [f64]) -> f64 {
        let Prior { freedom, scale, mean_variance } = self.prior;
        let p = self.attributes;
        let inverse = inverse_of_lower(&population.factor, p);
        let whitened = lower_times(&inverse, &population.mean);
        let pulled = transposed_times(&inverse, &whitened);
        let mut sum = -0.5 * dot(&whitened, &whitened) / mean_variance
            - 0.5 * scale * dot(&inverse, &inverse);
        // M' M M' for M = L^-1, row by row.
        let product = |i: usize, j: usize| -> f64 {
            let gram = |k: usize| {
                (i.max(k)..p).map(|r| inverse[r * p + i] * inverse[r * p + k]).sum::<f64>()
            };
            (0..=j).map(|k| gram(k) * inverse[j * p + k]).sum()
        };
        for i in 0..p {
            of_mean[i] -= pulled[i] / mean_variance;
            for j in 0..=i {
                of_factor[i * p + j] +=
                    scale * product(i, j) + pulled[i] * whitened[j] / mean_variance;
            }
            // That of V, and that of Delta given V.
            let power = freedom + (i + 1) as f64 + 1.0;
            sum -= power * population.factor[i * p + i].ln();
            of_factor[i * p + i] -= power / population.factor[i * p + i];
        }
        sum
    }
}

impl LogDensity for HierarchicalLogit {
    fn dim(&self) -> usize {
        self.of_people() + self.attributes * self.people.len()
    }

    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        let p = self.attributes;
        let population = self.population(position);
        let z = &position[self.of_people()..];
        gradient.fill(0.0);
        let (of_population, of_z) = gradient.split_at_mut(self.of_people());
        let (of_mean, slopes_of_entries) = of_population.split_at_mut(p);
        let mut of_factor = vec![0.0; p * p];
        let mut sum = self.likelihood(&population, z, [of_mean, &mut of_factor, of_z]);
        sum += self.prior(&population, of_mean, &mut of_factor);
        sum = into_entries(&population.factor, &mut of_factor, slopes_of_entries, sum);
        of_z.iter_mut().zip(z).for_each(|(slope, z)| *slope -= z);
        sum - 0.5 * dot(z, z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of people of differences that are small integers.
    fn panel(attributes: usize, people: usize) -> Panel {
        let answer = |a: usize, i: usize| ((a * 7 + i * 5 + a * i) % 5) as f64 - 2.0;
        let person = |a: usize| (0..attributes * (3 + a % 2)).map(|i| answer(a, i)).collect();
        Panel {
            attributes: (0..attributes).map(|number| number.to_string()).collect(),
            ids: (1..=people as u64).collect(),
            people: (0..people).map(person).collect(),
        }
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let panel = panel(3, 4);
        let mut density = HierarchicalLogit::new(&panel, Prior::weak(3));
        let position: Vec<f64> =
            (0..density.dim()).map(|i| 0.3 * ((i * 13 % 7) as f64 - 3.0)).collect();
        let (mut gradient, mut ignored) = (vec![0.0; density.dim()], vec![0.0; density.dim()]);
        density.log_density(&position, &mut gradient);
        for i in 0..density.dim() {
            let mut at = |away: f64| {
                let mut moved = position.clone();
                moved[i] += away;
                density.log_density(&moved, &mut ignored)
            };
            let expect = (at(1e-5) - at(-1e-5)) / 2e-5;
            let away = (gradient[i] - expect).abs() / (1.0 + expect.abs());
            assert!(away < 1e-7, "{i}: {} {expect}", gradient[i]);
        }
    }

    #[test]
    fn one_attribute_by_hand() {
        // Delta 0.5, L = 2, z = -0.25: beta = 0. One answer of difference 1: log 1/2. nu = s = 4, k = 100:
        // -(4 + 1 + 1 - 1) log 2 - 4/2 / 4 - (0.5/2)^2 / 200 - 0.25^2 / 2.
        let panel =
            Panel { attributes: vec!["x".to_owned()], ids: vec![1], people: vec![vec![1.0]] };
        let mut density = HierarchicalLogit::new(&panel, Prior::weak(1));
        let found = density.log_density(&[0.5, 2_f64.ln(), -0.25], &mut [0.0; 3]);
        let expect = -6.0 * 2_f64.ln() - 0.5 - 0.062_5 / 200.0 - 0.031_25;
        assert!((found - expect).abs() < 1e-12, "{found} {expect}");
    }

    #[test]
    fn log_sigmoids_far_away_are_finite() {
        for (x, value, slope) in
            [(0.0, -(2_f64.ln()), 0.5), (-800.0, -800.0, 1.0), (800.0, 0.0, 0.0)]
        {
            let found = log_sigmoid(x);
            assert!(
                (found.0 - value).abs() < 1e-12 && (found.1 - slope).abs() < 1e-12,
                "{found:?}"
            );
        }
    }
}
