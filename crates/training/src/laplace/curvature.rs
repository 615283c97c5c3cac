//! The second derivative of a target, from gradients of many points in one pass.

use crate::Target;
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// Points asked in one pass, at most.
const AT_ONCE: usize = 48;

/// What is differentiated by: coordinates of a point, and which of them have nothing to do with each
/// other.
pub(super) struct Coordinates {
    /// Numbers of the point that are looked at, and the block of each. Derivatives by coordinates of
    /// two blocks are 0.
    pub places: Vec<(usize, usize)>,
    /// Coordinates, by position in `places`, that are moved together: one of each block, at most.
    pub together: Vec<Vec<usize>>,
}

impl Coordinates {
    /// Coordinates in blocks. The first of each block are moved together, the second, and so on.
    pub fn blocks(places: Vec<(usize, usize)>) -> Self {
        let mut together: Vec<Vec<usize>> = Vec::new();
        let mut seen = BTreeMap::new();
        for (position, (_, block)) in places.iter().enumerate() {
            let number: &mut usize = seen.entry(block).or_default();
            match together.get_mut(*number) {
                Some(others) => others.push(position),
                None => together.push(vec![position]),
            }
            *number += 1;
        }
        Self { places, together }
    }

    /// Members that a target should have: a point each.
    pub fn members(&self) -> usize {
        AT_ONCE.min(2 * self.together.len().max(1))
    }
}

/// Minus the second derivative of the log-density of `target` at `theta`, in the order of the
/// coordinates. `[coordinate, coordinate]`
///
/// `theta` is of one member, `weights` of its numbers are weights, and `target` has as many members as
/// [`Coordinates::members`] says, which are the points asked. Central differences of the gradient,
/// `steps` apart on either side, one for each coordinate. Burn has no second derivatives.
pub(super) fn curvature(
    target: &mut Target<'_>,
    theta: &[f64],
    weights: usize,
    coordinates: &Coordinates,
    steps: &[f64],
) -> DMatrix<f64> {
    let Coordinates { places, together } = coordinates;
    let members = coordinates.members();
    let mut found = DMatrix::zeros(places.len(), places.len());
    for now in together.chunks((members / 2).max(1)) {
        let mut points = vec![theta.to_vec(); members];
        for (pair, moved) in points.chunks_mut(2).zip(now) {
            for &position in moved {
                pair[0][places[position].0] += steps[position];
                pair[1][places[position].0] -= steps[position];
            }
        }
        let gradients = gradients(target, &points, weights);
        for (pair, moved) in gradients.chunks(2).zip(now) {
            for &column in moved {
                let own = |(_, (_, block)): &(usize, &(usize, usize))| *block == places[column].1;
                for (row, &(place, _)) in places.iter().enumerate().filter(own) {
                    found[(row, column)] =
                        (pair[1][place] - pair[0][place]) / (2.0 * steps[column]);
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_block_is_moved_at_once() {
        let blocks = Coordinates::blocks(vec![(4, 0), (5, 1), (6, 0), (7, 1), (9, 1)]);
        assert_eq!(blocks.together, [vec![0, 1], vec![2, 3], vec![4]]);
        assert_eq!(blocks.members(), 6);
        let all = Coordinates::blocks(vec![(3, 0), (4, 0)]);
        assert_eq!((all.together, all.places), (vec![vec![0], vec![1]], vec![(3, 0), (4, 0)]));
    }
}
