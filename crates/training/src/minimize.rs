//! Where is the minimum of a smooth function?
//!
//! Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.5) with a strong-Wolfe line search.
//! It is meant for response models: ten to some hundred parameters, a gradient that costs as much as
//! the value, and an optimum wanted to many digits. Newton's method would need second derivatives,
//! which Burn does not have. `argmin` asks for value and gradient apart, twice the work here, and
//! its line search gives up at a value that is not finite, which an exponential of a long step is.

use crate::line_search::search;
use crate::point::{Point, dot};
use nalgebra::{Cholesky, DVector, Dyn};
use std::collections::VecDeque;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinimizeOptions {
    /// Most iterations; each asks for one value and gradient, or a few.
    pub iterations: u32,
    /// Euclidean norm of the gradient at which the minimum counts as found.
    pub tolerance: f64,
}

/// What [`minimize`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The best point.
    pub at: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// Iterations taken.
    pub iterations: u32,
    /// Whether the gradient is below the tolerance.
    pub converged: bool,
    /// Euclidean norm of the gradient.
    pub gradient_norm: f64,
}

/// Minimizes `f`, which writes its gradient into the second argument and returns its value.
///
/// A value or gradient that is not finite means "too far": the step is shortened. If `start` itself
/// has one, it comes back unconverged, and so does the best point if no step makes progress before
/// the tolerance is reached, as where rounding errors are larger than it.
pub fn minimize(
    start: &[f64],
    f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    options: &MinimizeOptions,
) -> Minimum {
    minimize_knowing(start, f, options, None)
}

/// [`minimize`] from what is known of the second derivative, such as that at a point nearby: the
/// first step is Newton's, and a few are enough where it is nearly right.
pub(crate) fn minimize_knowing(
    start: &[f64],
    f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    options: &MinimizeOptions,
    mut curvature: Option<Cholesky<f64, Dyn>>,
) -> Minimum {
    let mut here = Point::evaluate(start.to_vec(), f);
    let mut history = History::default();
    let mut iterations = 0;
    while here.is_finite()
        && here.gradient_norm() > options.tolerance
        && iterations < options.iterations
    {
        iterations += 1;
        let direction = history.direction(&here.gradient, curvature.as_ref());
        let knows_nothing = history.is_empty() && curvature.is_none();
        let first = if knows_nothing { 1f64.min(1.0 / here.gradient_norm()) } else { 1.0 };
        match search(&here, &direction, first, f) {
            Some(next) => {
                history.learn(&here, &next);
                here = next;
            }
            // The curvature learned so far may mislead; without any, this is the best we can do.
            None if knows_nothing => break,
            None => {
                history = History::default();
                curvature = None;
            }
        }
    }
    Minimum {
        converged: here.is_finite() && here.gradient_norm() <= options.tolerance,
        gradient_norm: here.gradient_norm(),
        value: here.value,
        at: here.at,
        iterations,
    }
}

/// [`minimize_knowing`] over the coordinates `free` of `at`, which is taken there; the others stay.
/// `curvature` is of those that are free, and [`Minimum::at`] is all of them.
pub(crate) fn minimize_over(
    free: &[usize],
    at: &[f64],
    f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    options: &MinimizeOptions,
    curvature: Option<Cholesky<f64, Dyn>>,
) -> Minimum {
    let mut full = at.to_vec();
    let mut slope = vec![0.0; at.len()];
    let mut of_free = |at: &[f64], gradient: &mut [f64]| {
        free.iter().zip(at).for_each(|(&i, &x)| full[i] = x);
        let value = f(&full, &mut slope);
        gradient.iter_mut().zip(free).for_each(|(to, &i)| *to = slope[i]);
        value
    };
    let start: Vec<f64> = free.iter().map(|&i| at[i]).collect();
    let found = minimize_knowing(&start, &mut of_free, options, curvature);
    let mut at = at.to_vec();
    free.iter().zip(&found.at).for_each(|(&i, &x)| at[i] = x);
    Minimum { at, ..found }
}

/// Steps and changes of the gradient from which the curvature is known, oldest first.
#[derive(Default)]
struct History(VecDeque<Pair>);

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    curvature: f64, // step * change
}

/// Pairs kept. Response models have few parameters, so most are remembered whole.
const MEMORY: usize = 30;

impl History {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers a step if the function curves upwards along it, as the line search ensures but for
    /// rounding: otherwise directions would lead uphill.
    fn learn(&mut self, from: &Point, to: &Point) {
        let step = difference(&to.at, &from.at);
        let change = difference(&to.gradient, &from.gradient);
        let curvature = dot(&step, &change);
        if curvature <= f64::EPSILON * dot(&change, &change).sqrt() * dot(&step, &step).sqrt() {
            return;
        }
        if self.0.len() == MEMORY {
            self.0.pop_front();
        }
        self.0.push_back(Pair { step, change, curvature });
    }

    /// Minus the inverse Hessian, as far as it is known, times the gradient (two-loop recursion).
    fn direction(&self, gradient: &[f64], known: Option<&Cholesky<f64, Dyn>>) -> Vec<f64> {
        let mut q: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
        let mut weights = Vec::with_capacity(self.0.len());
        for pair in self.0.iter().rev() {
            let weight = dot(&pair.step, &q) / pair.curvature;
            add(&mut q, -weight, &pair.change);
            weights.push(weight);
        }
        if let Some(known) = known {
            q = known.solve(&DVector::from_vec(q)).as_slice().to_vec();
        } else if let Some(last) = self.0.back() {
            let scale = last.curvature / dot(&last.change, &last.change);
            q.iter_mut().for_each(|value| *value *= scale);
        }
        for (pair, weight) in self.0.iter().zip(weights.into_iter().rev()) {
            let back = dot(&pair.change, &q) / pair.curvature;
            add(&mut q, weight - back, &pair.step);
        }
        q
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAREFUL: MinimizeOptions = MinimizeOptions { iterations: 200, tolerance: 1e-9 };

    fn check(
        start: &[f64],
        mut f: impl FnMut(&[f64], &mut [f64]) -> f64,
        expected: &[f64],
        iterations: u32,
    ) {
        let found = minimize(start, &mut f, &CAREFUL);
        assert!(found.converged, "{found:?}");
        assert!(found.iterations <= iterations, "{found:?}");
        for (at, expected) in found.at.iter().zip(expected) {
            assert!((at - expected).abs() < 1e-6, "{found:?}");
        }
    }

    #[test]
    fn the_bottom_of_rosenbrocks_valley() {
        let rosenbrock = |x: &[f64], gradient: &mut [f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            gradient[0] = -2.0 * a - 400.0 * x[0] * b;
            gradient[1] = 200.0 * b;
            a * a + 100.0 * b * b
        };
        check(&[-1.2, 1.0], rosenbrock, &[1.0, 1.0], 60);
    }

    #[test]
    fn curvatures_that_differ_by_a_million() {
        // sum of c_i (x_i - i)^2 / 2 with c from 1e-3 to 1e3.
        let quadratic = |x: &[f64], gradient: &mut [f64]| {
            let mut value = 0.0;
            for (i, (x, slope)) in x.iter().zip(gradient).enumerate() {
                let (curvature, away) = (10f64.powi(i as i32 - 3), x - i as f64);
                *slope = curvature * away;
                value += 0.5 * curvature * away * away;
            }
            value
        };
        let expected: Vec<f64> = (0..7).map(f64::from).collect();
        check(&[10.0; 7], quadratic, &expected, 80);
    }

    /// Of a quadratic whose second derivative is known, one step finds the minimum; one that is known
    /// wrongly costs steps and no digits.
    #[test]
    fn what_is_known_of_the_curvature_is_used_and_not_believed() {
        let mut quadratic = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = 1e4 * (x[0] - 1.0) + x[1];
            gradient[1] = x[0] + 2.0 * (x[1] + 3.0);
            5e3 * (x[0] - 1.0).powi(2) + (x[1] + 3.0).powi(2) + x[0] * x[1]
        };
        let known = |values: [f64; 4]| {
            Cholesky::new(nalgebra::DMatrix::from_row_slice(2, 2, &values)).unwrap()
        };
        let mut find =
            |curvature| minimize_knowing(&[9.0, 9.0], &mut quadratic, &CAREFUL, curvature);
        let exact = find(Some(known([1e4, 1.0, 1.0, 2.0])));
        assert!(exact.converged && exact.iterations <= 2, "{exact:?}");
        let wrong = find(Some(known([1e-3, 0.0, 0.0, 1e3])));
        assert!(wrong.converged, "{wrong:?}");
        for (a, b) in exact.at.iter().zip(&wrong.at) {
            assert!((a - b).abs() < 1e-9, "{exact:?} {wrong:?}");
        }
    }

    #[test]
    fn a_logistic_with_a_prior() {
        // Three of four answers are yes, and a prior of sd 1: 4 (sigmoid(x) - 3/4) + x = 0.
        let posterior = |x: &[f64], gradient: &mut [f64]| {
            let x = x[0];
            gradient[0] = 4.0 / (1.0 + (-x).exp()) - 3.0 + x;
            4.0 * (1.0 + x.exp()).ln() - 3.0 * x + 0.5 * x * x
        };
        let (mut low, mut high) = (0.0f64, 1.0f64);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let rises = 4.0 / (1.0 + (-middle).exp()) - 3.0 + middle > 0.0;
            if rises { high = middle } else { low = middle }
        }
        check(&[30.0], posterior, &[low], 20);
    }

    #[test]
    fn steps_into_what_is_no_number_are_shortened() {
        // x - log x has its minimum 1 at 1, and no value below 0, where long steps from 40 end.
        let barrier = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = 1.0 - 1.0 / x[0];
            x[0] - x[0].ln()
        };
        for start in [0.001, 0.5, 40.0] {
            check(&[start], barrier, &[1.0], 60);
        }
        // Far below the minimum e^x has no slope to be seen; beyond 709 it overflows.
        let overflow = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = x[0].exp() - 1000.0;
            x[0].exp() - 1000.0 * x[0]
        };
        check(&[-2000.0], overflow, &[1000f64.ln()], 60);
    }

    #[test]
    fn what_was_not_found_is_said() {
        let mut slope = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = 1.0;
            x[0]
        };
        let bottomless =
            minimize(&[0.0], &mut slope, &MinimizeOptions { iterations: 3, ..CAREFUL });
        assert!(!bottomless.converged, "{bottomless:?}");
        assert_eq!(bottomless.gradient_norm, 1.0);

        let mut broken = |_: &[f64], gradient: &mut [f64]| {
            gradient[0] = f64::NAN;
            f64::NAN
        };
        let found = minimize(&[2.0], &mut broken, &CAREFUL);
        assert!(!found.converged && found.iterations == 0 && found.at == [2.0], "{found:?}");
    }

    #[test]
    fn nothing_to_do_is_done() {
        let mut square = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = 2.0 * x[0];
            x[0] * x[0]
        };
        let found = minimize(&[0.0], &mut square, &CAREFUL);
        assert!(found.converged && found.iterations == 0, "{found:?}");
        let found = minimize(&[], &mut |_: &[f64], _: &mut [f64]| 7.0, &CAREFUL);
        assert!(found.converged && found.value == 7.0, "{found:?}");
    }
}
