//! The second derivative of a target, from gradients of many points in one pass.

use crate::Target;
use nalgebra::DMatrix;

/// Points asked in one pass, at most.
const AT_ONCE: usize = 48;

/// Members that a target should have, of which `free` parameters are looked at: a point each.
pub(super) fn members_for(free: usize) -> usize {
    AT_ONCE.min(2 * free.max(1))
}

/// Minus the second derivative of the log-density of `target` at `theta`, in the order of `free`:
/// likelihood, priors of response parameters, and the prior on weights. `[parameter, parameter]`
///
/// `theta` is of one member, `weights` of its numbers are weights, and `target` has `members` members,
/// which are the points asked: so the number of passes is a twenty-fourth of the number of
/// parameters. Central differences of the gradient, `steps` apart on either side, one for each of
/// `free`. Burn has no second derivatives.
pub(super) fn curvature(
    target: &mut Target<'_>,
    members: usize,
    theta: &[f64],
    weights: usize,
    (free, steps): (&[usize], &[f64]),
) -> DMatrix<f64> {
    let mut found = DMatrix::zeros(free.len(), free.len());
    let columns: Vec<usize> = (0..free.len()).collect();
    for now in columns.chunks((members / 2).max(1)) {
        let mut points = vec![theta.to_vec(); members];
        for (pair, &column) in points.chunks_mut(2).zip(now) {
            pair[0][free[column]] += steps[column];
            pair[1][free[column]] -= steps[column];
        }
        let gradients = gradients(target, &points, weights);
        for (pair, &column) in gradients.chunks(2).zip(now) {
            for (row, &of) in free.iter().enumerate() {
                found[(row, column)] = (pair[1][of] - pair[0][of]) / (2.0 * steps[column]);
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
