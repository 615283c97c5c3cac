//! Integrals over a standard normal number, by Gauss and Hermite.

use nalgebra::DMatrix;

/// Nodes, in order, and weights, which sum to 1: exact for polynomials of a degree below twice their
/// number. From the eigenvalues of the recurrence of Hermite polynomials (Golub and Welsch 1969).
pub fn normal_nodes(count: usize) -> Vec<(f64, f64)> {
    let recurrence = DMatrix::from_fn(count, count, |i, j| match i.abs_diff(j) {
        1 => (i.max(j) as f64).sqrt(),
        _ => 0.0,
    });
    let eigen = recurrence.symmetric_eigen();
    let mut nodes: Vec<(f64, f64)> =
        (0..count).map(|i| (eigen.eigenvalues[i], eigen.eigenvectors[(0, i)].powi(2))).collect();
    nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
    // What rounding leaves of symmetry.
    (0..count / 2).for_each(|i| {
        let j = count - 1 - i;
        let (node, weight) = (0.5 * (nodes[j].0 - nodes[i].0), 0.5 * (nodes[i].1 + nodes[j].1));
        nodes[i] = (-node, weight);
        nodes[j] = (node, weight);
    });
    if count % 2 == 1 {
        nodes[count / 2].0 = 0.0;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_a_normal_number() {
        for (count, exact) in [(1, 1), (2, 3), (9, 17), (31, 17)] {
            let nodes = normal_nodes(count);
            for power in 0..=exact {
                let found: f64 = nodes.iter().map(|(x, w)| w * x.powi(power)).sum();
                let odd = (1..power).step_by(2).map(f64::from).product::<f64>();
                let expect = if power % 2 == 0 { odd } else { 0.0 };
                assert!(
                    (found - expect).abs() < 1e-9 * expect.max(1.0),
                    "{count} {power}: {found}"
                );
            }
        }
        let three = normal_nodes(3);
        assert!(
            (three[2].0 - 3_f64.sqrt()).abs() < 1e-14 && (three[2].1 - 1.0 / 6.0).abs() < 1e-14
        );
    }
}
