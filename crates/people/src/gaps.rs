//! What keeps neighbouring cutpoints of an ordered scale apart where nobody used the level between them?
//!
//! ```text
//! log prior = m sum_k ln(1 - e^(c_k - c_(k + 1)))        m = 0.01
//! ```
//!
//! Of all that the likelihood of a level is made of, `ln(1 - e^-gap)` is the part that keeps cutpoints in
//! order: a level counts as if a hundredth of an answer were at it. Without it, cutpoints around a level that
//! was never used would meet, at the edge of what is possible, where no step of Newton leads. It is concave,
//! pulls no cutpoint outwards, and is nothing beside a single answer, so that the fit is that of the scale
//! without the level.

use crate::Panel;
use crate::linear::Quadratic;
use crate::panel::Row;
use std::collections::BTreeMap;

/// What an unused level counts for, in answers.
const ANSWERS: f64 = 0.01;

/// Gaps of neighbouring cutpoints that are columns, each once.
#[derive(Clone, Debug)]
pub struct Gaps {
    rows: Vec<Row>,
}

impl Gaps {
    /// Those that these statements depend on.
    pub fn of<'a>(panel: &Panel, statements: impl IntoIterator<Item = &'a usize>) -> Self {
        let features = panel.features().len();
        let mut found: BTreeMap<Vec<(usize, u64)>, Row> = BTreeMap::new();
        for &statement in statements {
            let cutpoints = panel.statements()[statement].answer.cutpoints();
            let Some(rows) = panel.rows(statement).get(cutpoints) else { continue };
            for pair in rows.windows(2) {
                let row = difference(&pair[0], &pair[1]);
                if !row.is_empty() && row.iter().all(|&(i, _)| i >= features) {
                    found
                        .entry(row.iter().map(|&(i, x)| (i, x.to_bits())).collect())
                        .or_insert(row);
                }
            }
        }
        Self { rows: found.into_values().collect() }
    }

    /// Adds the log-prior of these cutpoints, and its derivatives in all coordinates from `first` on.
    pub fn add(&self, view: &[f64], first: usize, into: &mut Quadratic) {
        for row in &self.rows {
            let gap: f64 = row.iter().map(|&(i, x)| x * view[i]).sum();
            if gap <= 0.0 {
                into.value = f64::NEG_INFINITY;
                return;
            }
            // 1 - e^-gap, and the slope e^-gap / (1 - e^-gap) = 1 / (e^gap - 1) of its logarithm.
            into.value += ANSWERS * (-(-gap).exp_m1()).ln();
            let slope = gap.exp_m1().recip();
            for &(i, x) in row.iter().filter(|(i, _)| *i >= first) {
                into.slope[i - first] += ANSWERS * slope * x;
                for &(j, y) in row.iter().filter(|(j, _)| *j >= first) {
                    into.curvature[(i - first, j - first)] +=
                        ANSWERS * slope * (1.0 + slope) * x * y;
                }
            }
        }
    }
}

/// The second less the first.
fn difference(first: &Row, second: &Row) -> Row {
    let mut sum: BTreeMap<usize, f64> = BTreeMap::new();
    second.iter().for_each(|&(i, x)| *sum.entry(i).or_default() += x);
    first.iter().for_each(|&(i, x)| *sum.entry(i).or_default() -= x);
    sum.into_iter().filter(|(_, x)| *x != 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        let gaps = Gaps { rows: vec![vec![(1, -1.0), (2, 1.0)], vec![(2, -1.0), (3, 1.0)]] };
        let at = [9.0, 0.2, 0.5, 1.7];
        let evaluate = |view: &[f64]| {
            let mut into = Quadratic::zeros(3);
            gaps.add(view, 1, &mut into);
            into
        };
        let here = evaluate(&at);
        for i in 0..3 {
            let moved = |by: f64| {
                let mut view = at;
                view[i + 1] += by;
                evaluate(&view)
            };
            let (above, below) = (moved(1e-6), moved(-1e-6));
            assert!((here.slope[i] - (above.value - below.value) / 2e-6).abs() < 1e-8);
            for j in 0..3 {
                let curve = -(above.slope[j] - below.slope[j]) / 2e-6;
                assert!((here.curvature[(i, j)] - curve).abs() < 1e-7);
            }
        }
        assert_eq!(evaluate(&[0.0, 1.0, 1.0, 2.0]).value, f64::NEG_INFINITY);
    }
}
