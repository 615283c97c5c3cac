//! The second derivative of a target, from gradients of many points in one pass.

use crate::{Target, Task};
use medley_reward_model::ModelShape;
use nalgebra::DMatrix;

/// Points asked in one pass.
const AT_ONCE: usize = 48;

/// Minus the second derivative of the log-density of `task` at `theta`, in the order of
/// [`Target`]'s vector: likelihood, priors of response parameters, and a Gaussian prior of `sds` on
/// weights. `[parameter, parameter]`
///
/// Central differences of the gradient, `1e-4` of a standard deviation of the prior (1 for response
/// parameters) apart on either side; members of one model are the points, so that the number of
/// passes is a twenty-fourth of the number of parameters. Burn has no second derivatives.
///
/// # Panics
/// If the task's model has several members, or `theta` another length.
pub(crate) fn curvature(task: &Task<'_>, theta: &[f64], sds: &[f64]) -> DMatrix<f64> {
    assert_eq!(task.shape.members, 1, "one member has one curvature");
    let shape = ModelShape { members: AT_ONCE.min(2 * theta.len()), ..task.shape.clone() };
    let wide = Task { shape: &shape, ..*task };
    let mut target = Target::new(&wide, 1.0);
    target.set_prior(&sds.repeat(shape.members));
    let steps: Vec<f64> = sds
        .iter()
        .copied()
        .chain(std::iter::repeat(1.0))
        .take(theta.len())
        .map(|sd| 1e-4 * sd)
        .collect();
    let mut found = DMatrix::zeros(theta.len(), theta.len());
    let mut columns = (0..theta.len()).collect::<Vec<_>>();
    while !columns.is_empty() {
        let now: Vec<usize> = columns.drain(..columns.len().min(shape.members / 2)).collect();
        let mut points = vec![theta.to_vec(); shape.members];
        for (pair, &column) in points.chunks_mut(2).zip(&now) {
            pair[0][column] += steps[column];
            pair[1][column] -= steps[column];
        }
        let gradients = gradients(&mut target, &points, sds.len());
        for (pair, &column) in gradients.chunks(2).zip(&now) {
            for (row, (up, down)) in pair[0].iter().zip(&pair[1]).enumerate() {
                found[(row, column)] = (down - up) / (2.0 * steps[column]);
            }
        }
    }
    0.5 * (&found + found.transpose())
}

/// Gradients of the log-density at points, a member each. `weights` is the number of weights of a
/// member, which come first in a point.
fn gradients(target: &mut Target<'_>, points: &[Vec<f64>], weights: usize) -> Vec<Vec<f64>> {
    let mut response = target.response().clone();
    for (member, point) in points.iter().enumerate() {
        response.set_member(member, &point[weights..]);
    }
    let of_weights = points.iter().flat_map(|point| point[..weights].iter().copied());
    let theta: Vec<f64> = of_weights.chain(response.read()).collect();
    let mut flat = vec![0.0; theta.len()];
    target.log_density(&theta, &mut flat);
    let (of_weights, of_response) = flat.split_at(weights * points.len());
    let of_member = |member: usize| {
        let own = of_weights[member * weights..(member + 1) * weights].iter().copied();
        own.chain(response.places_of(member).map(|place| of_response[place])).collect()
    };
    (0..points.len()).map(of_member).collect()
}
