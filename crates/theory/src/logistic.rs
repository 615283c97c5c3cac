//! Which linear weights predict binary choices best? Newton's method without regularization.

use crate::linear_system::solve;
use crate::sigmoid::{log_sigmoid, sigmoid};

/// Maximizes `mean of q ln s(w.x) + (1-q) ln s(-w.x)` until the gradient norm is below 1e-10.
///
/// `None` if it does not get there, as for separable choices, whose optimum is infinite.
///
/// # Shapes
/// - inputs `[statement][feature]`, choices `[statement]` in [0, 1]
pub(crate) fn fit_logistic(inputs: &[Vec<f64>], choices: &[f64]) -> Option<Vec<f64>> {
    assert_eq!(inputs.len(), choices.len(), "inputs and choices");
    let mut weights = vec![0.0; inputs.first()?.len()];
    for _ in 0..100 {
        let (gradient, curvature) = derivatives(inputs, choices, &weights);
        let slope = norm(&gradient);
        let step = solve(curvature, gradient)?;
        // Separable choices have a vanishing gradient as well, but steps that stay large.
        if slope < 1e-10 && norm(&step) < 1e-6 * (1.0 + norm(&weights)) {
            return Some(weights);
        }
        weights = stepped(inputs, choices, &weights, &step)?;
    }
    None
}

/// `w.x`.
pub(crate) fn dot(weights: &[f64], input: &[f64]) -> f64 {
    weights.iter().zip(input).map(|(w, x)| w * x).sum()
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

fn derivatives(inputs: &[Vec<f64>], choices: &[f64], weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let features = weights.len();
    let scale = 1.0 / inputs.len() as f64;
    let mut gradient = vec![0.0; features];
    let mut curvature = vec![vec![0.0; features]; features];
    for (x, q) in inputs.iter().zip(choices) {
        let p = sigmoid(dot(weights, x));
        for i in 0..features {
            gradient[i] += scale * (q - p) * x[i];
            for j in 0..features {
                curvature[i][j] += scale * p * (1.0 - p) * x[i] * x[j];
            }
        }
    }
    (gradient, curvature)
}

fn stepped(
    inputs: &[Vec<f64>],
    choices: &[f64],
    weights: &[f64],
    step: &[f64],
) -> Option<Vec<f64>> {
    let loss = |weights: &[f64]| {
        let of = |(x, q): (&Vec<f64>, &f64)| {
            let d = dot(weights, x);
            -q * log_sigmoid(d) - (1.0 - q) * log_sigmoid(-d)
        };
        inputs.iter().zip(choices).map(of).sum::<f64>() / inputs.len() as f64
    };
    let allowed = loss(weights) * (1.0 + 1e-12);
    let at = |halvings: i32| -> Vec<f64> {
        let scale = 0.5_f64.powi(halvings);
        weights.iter().zip(step).map(|(w, change)| w + scale * change).collect()
    };
    (0..40).map(at).find(|candidate| loss(candidate) <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_soft_choices_give_the_weights_back() {
        let truth = [1.5, -0.7];
        let inputs: Vec<Vec<f64>> =
            (0..50).map(f64::from).map(|i| vec![(0.7 * i).sin(), (1.3 * i).cos()]).collect();
        let choices: Vec<f64> = inputs.iter().map(|x| sigmoid(dot(&truth, x))).collect();
        let weights = fit_logistic(&inputs, &choices).unwrap();
        assert!(weights.iter().zip(truth).all(|(w, t)| (w - t).abs() < 1e-8), "{weights:?}");
    }

    #[test]
    fn separable_choices_have_no_optimum() {
        let inputs = [vec![1.0], vec![2.0], vec![-1.0]];
        assert_eq!(fit_logistic(&inputs, &[1.0, 1.0, 0.0]), None);
    }
}
