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

    /// Members that a target should have: a point each, and where they are moved from.
    pub fn members(&self) -> usize {
        AT_ONCE.min(1 + self.together.len())
    }
}

/// Minus the second derivative of the log-density of `target` at `theta`, in the order of the
/// coordinates. `[coordinate, coordinate]`
///
/// `theta` is of one member, `weights` of its numbers are weights, and `target` has as many members as
/// [`Coordinates::members`] says, which are the points asked. Differences of the gradient, `steps` from
/// `theta`, one for each coordinate: in double precision, a step of a millionth of what a coordinate
/// varies by is wrong by about as little. Burn has no second derivatives.
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
    for now in together.chunks((members - 1).max(1)) {
        let mut points = vec![theta.to_vec(); members];
        for (point, moved) in points[1..].iter_mut().zip(now) {
            moved.iter().for_each(|&position| point[places[position].0] += steps[position]);
        }
        let (_, gradients) = target.at_points(&points, weights);
        let (here, gradients) = gradients.split_first().expect("a member at least");
        for (there, moved) in gradients.iter().zip(now) {
            for &column in moved {
                let own = |(_, (_, block)): &(usize, &(usize, usize))| *block == places[column].1;
                for (row, &(place, _)) in places.iter().enumerate().filter(own) {
                    found[(row, column)] = (here[place] - there[place]) / steps[column];
                }
            }
        }
    }
    0.5 * (&found + found.transpose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_block_is_moved_at_once() {
        let blocks = Coordinates::blocks(vec![(4, 0), (5, 1), (6, 0), (7, 1), (9, 1)]);
        assert_eq!(blocks.together, [vec![0, 1], vec![2, 3], vec![4]]);
        assert_eq!(blocks.members(), 4);
        let all = Coordinates::blocks(vec![(3, 0), (4, 0)]);
        assert_eq!((all.together, all.places), (vec![vec![0], vec![1]], vec![(3, 0), (4, 0)]));
    }
}
