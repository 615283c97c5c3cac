//! Mixing by gradient surgery: a source's gradient loses what opposes another's (PCGrad; Yu et al.,
//! "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, algorithm 1).
//!
//! ```text
//! for each source i: p = g_i;  for each other j, if p . g_j < 0: p = p - (p . g_j / |g_j|^2) g_j
//! a step follows the sum over i of p
//! ```
//!
//! `g_k` is the gradient of the summed losses of source k in the step at all weights of the reward, as
//! published. One cannot project at the rewards, which would save a pass for each source: sources that
//! read other segments have gradients there that never oppose each other, even for a linear reward,
//! whose `g_k` is `X' r_k` for gradients `r_k` at the rewards of steps with features `X`, so that
//! `g_j . g_k = r_j' X X' r_k` and not `r_j . r_k`. (At a shared representation, before the last
//! layer, is where MGDA-UB takes them: Sener and Koltun, NeurIPS 2018.)
//!
//! The paper draws the order of `j` at random. Here the source that most opposes `p`, by its angle,
//! comes next, which is one of those orders and depends on no seed and no name; with two sources there
//! is one order. Rationalities are 1; other response parameters follow their own gradient.
//!
//! The rule minimizes no function, and what it comes to depends on which statements share a step. With
//! two sources in conflict, at the cosine `c`, it still goes down on their sum, at the rate
//! `(1 - c^2) (|g_1|^2 + |g_2|^2)`: it ends where the sum does, or where gradients are exactly opposite
//! (their theorem 1). It slows an outvoted source's defeat and does not prevent it; AdamW, which
//! divides each weight's gradient by its size, takes the slowness back.

use burn::tensor::Tensor;
use medley::adapter::{ParameterRole, ResponseParameter};
use medley::training::{Mixing, Step};
use serde::{Deserialize, Serialize};

/// Options: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GradientProjection {}

#[typetag::serde(name = "gradient-projection")]
impl Mixing for GradientProjection {
    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        parameter.role == ParameterRole::Rationality
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        crate::sum(step)
    }

    fn is_additive(&self) -> bool {
        false
    }

    fn is_projected(&self) -> bool {
        true
    }

    fn project(&self, gradients: &[Vec<f64>]) -> Vec<f64> {
        let mut sum = vec![0.0; gradients.first().map_or(0, Vec::len)];
        for source in 0..gradients.len() {
            add(&mut sum, 1.0, &without_conflicts(source, gradients));
        }
        sum
    }

    fn summary(&self) -> &'static str {
        "gradients without what opposes those of other sources (PCGrad, Yu et al. 2020)"
    }
}

/// The gradient of one source, projected off those it opposes.
fn without_conflicts(source: usize, gradients: &[Vec<f64>]) -> Vec<f64> {
    let mut left = gradients[source].clone();
    let mut others: Vec<&Vec<f64>> = gradients.iter().collect();
    others.remove(source);
    while let Some(most) = most_opposed(&left, &others) {
        let other = others.remove(most);
        let share = dot(&left, other) / dot(other, other);
        add(&mut left, -share, other);
    }
    left
}

/// Position of the gradient at the widest angle above 90 degrees; none if there is none.
fn most_opposed(gradient: &[f64], others: &[&Vec<f64>]) -> Option<usize> {
    let cosine = |other: &&Vec<f64>| dot(gradient, other) / dot(other, other).sqrt();
    let cosines = others.iter().map(cosine).enumerate();
    let opposed = cosines.filter(|(_, cosine)| *cosine < 0.0);
    opposed.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(position, _)| position)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley::training::mixing::conformance::{Law, check};

    #[test]
    fn gradient_projection_keeps_the_laws() {
        let report = check(&GradientProjection {}).unwrap_or_else(|failures| panic!("{failures}"));
        let skipped: Vec<Law> = report.skipped.iter().map(|(law, _)| *law).collect();
        assert_eq!(skipped, [Law::Steps]);
    }

    fn projects(gradients: &[[f64; 2]], expected: [f64; 2]) {
        let rows: Vec<Vec<f64>> = gradients.iter().map(|row| row.to_vec()).collect();
        let found = GradientProjection {}.project(&rows);
        let gap = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(gap < 1e-12, "{gradients:?}: {found:?}, expected {expected:?}");
    }

    #[test]
    fn two_sources_by_hand() {
        projects(&[[1.0, 0.0], [0.5, 2.0]], [1.5, 2.0]); // nothing to project
        // (1, 0) + (-1, 1) / 2 = (0.5, 0.5), and (-1, 1) + (1, 0) = (0, 1).
        projects(&[[1.0, 0.0], [-1.0, 1.0]], [0.5, 1.5]);
        projects(&[[1.0, 0.0], [-3.0, 0.0]], [0.0, 0.0]); // one against three is no majority
        projects(&[[1.0, 2.0], [0.0, 0.0]], [1.0, 2.0]);
    }

    #[test]
    fn two_sources_in_conflict_go_down_on_their_sum() {
        // |g|^2 are 5 and 9.25, the product -5.5.
        let gradients = [vec![1.0, 2.0], vec![0.5, -3.0]];
        let sum = [1.5, -1.0];
        let rate = dot(&GradientProjection {}.project(&gradients), &sum);
        let squared_cosine = 5.5 * 5.5 / (5.0 * 9.25);
        assert!((rate - (1.0 - squared_cosine) * 14.25).abs() < 1e-12, "{rate}");
    }

    /// After (-1, 0.1), the wider angle, nothing is left that opposes (-1, 1). In the order of the
    /// sources, (1, 0) would become (0.5, 0.5) and then (0.0545, 0.5446).
    #[test]
    fn the_most_opposed_comes_first() {
        let gradients = [vec![1.0, 0.0], vec![-1.0, 1.0], vec![-1.0, 0.1]];
        let found = without_conflicts(0, &gradients);
        let expected = [1.0 / 101.0, 10.0 / 101.0]; // (1, 0) + (-1, 0.1) / 1.01
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }

    /// Algorithm 1 as printed, for one source and one order of the others.
    fn printed(source: usize, gradients: &[Vec<f64>], order: &[usize]) -> Vec<f64> {
        let mut left = gradients[source].clone();
        for other in order.iter().map(|&j| &gradients[j]) {
            let product = dot(&left, other);
            if product < 0.0 {
                add(&mut left, -product / dot(other, other), other);
            }
        }
        left
    }

    fn orders(of: &[usize]) -> Vec<Vec<usize>> {
        let first = |i: usize| {
            let mut rest = of.to_vec();
            let first = rest.remove(i);
            orders(&rest).into_iter().map(move |rest| [&[first][..], &rest].concat())
        };
        match of {
            [] => vec![Vec::new()],
            _ => (0..of.len()).flat_map(first).collect(),
        }
    }

    /// The order is one that the paper could have drawn, and matters in some of the cases.
    #[test]
    fn what_comes_out_is_that_of_one_of_the_orders() {
        let mut cases_with_several = 0;
        for case in 0..200 {
            let number = |i: usize, j: usize| ((case * 20 + i * 5 + j) as f64 * 12.9898).sin();
            let gradients: Vec<Vec<f64>> =
                (0..4).map(|i| (0..5).map(|j| number(i, j)).collect()).collect();
            let found = without_conflicts(0, &gradients);
            let gap = |other: &Vec<f64>| {
                found.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
            };
            let of_order = |order: &Vec<usize>| gap(&printed(0, &gradients, order));
            let gaps: Vec<f64> = orders(&[1, 2, 3]).iter().map(of_order).collect();
            assert_eq!(gaps.len(), 6);
            assert!(gaps.iter().any(|gap| *gap < 1e-12), "{gradients:?}: {gaps:?}");
            cases_with_several += usize::from(gaps.iter().any(|gap| *gap > 1e-3));
        }
        assert!(cases_with_several > 20, "the order mattered in {cases_with_several} of 200");
    }
}
