//! A level of an ordered scale, by cutpoints (cumulative logit).

use super::{Answer, Evaluated, log_sigmoid};

/// `p(level <= k) = sigmoid(c_k - r)`. Predictors: `r`, then the cutpoints `c_0 < c_1 < ...`, one fewer
/// than levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ordered {
    /// What was said, from 0.
    pub level: usize,
    /// Number of levels, at least 2.
    pub levels: usize,
}

/// `log(sigmoid(above) - sigmoid(below))` for above > below, either may be infinite.
fn log_between(below: f64, above: f64) -> f64 {
    if below == f64::NEG_INFINITY {
        return log_sigmoid(above).0;
    }
    if above == f64::INFINITY {
        return log_sigmoid(-below).0;
    }
    // sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - e^(b - a))
    log_sigmoid(above).0 + log_sigmoid(-below).0 + (-(below - above).exp_m1()).ln()
}

impl Ordered {
    fn edges(&self, eta: &[f64], level: usize) -> (f64, f64) {
        let below = if level == 0 { f64::NEG_INFINITY } else { eta[level] - eta[0] };
        let above = if level + 1 == self.levels { f64::INFINITY } else { eta[level + 1] - eta[0] };
        (below, above)
    }
}

impl Answer for Ordered {
    fn predictors(&self) -> usize {
        self.levels
    }

    fn log_probabilities(&self, eta: &[f64]) -> Vec<f64> {
        let of = |level| {
            let (below, above) = self.edges(eta, level);
            if below < above { log_between(below, above) } else { f64::NEG_INFINITY }
        };
        (0..self.levels).map(of).collect()
    }

    fn observed(&self) -> Vec<f64> {
        (0..self.levels).map(|level| if level == self.level { 1.0 } else { 0.0 }).collect()
    }

    fn evaluate(&self, eta: &[f64], into: &mut Evaluated) -> f64 {
        let n = self.levels;
        into.clear(n);
        if eta[1..].windows(2).any(|pair| pair[0] >= pair[1]) {
            return f64::NEG_INFINITY;
        }
        let (below, above) = self.edges(eta, self.level);
        // With s = sigmoid: d/d above = s'(above) / (s(above) - s(below)), and so on. In nats, with
        // g = e^(below - above) / (1 - e^(below - above)) the share of the gap.
        let gap = if below.is_finite() && above.is_finite() {
            let small = (below - above).exp();
            small / (1.0 - small)
        } else {
            0.0
        };
        let bend = gap * (1.0 + gap);
        // Slopes in (below, above), and minus second derivatives.
        let (mut slopes, mut curves) = ([0.0; 2], [[0.0; 2]; 2]);
        if below.is_finite() {
            let (_, s) = log_sigmoid(-below);
            slopes[0] = -s - gap;
            curves[0][0] = s * (1.0 - s) + bend;
        }
        if above.is_finite() {
            let (_, s) = log_sigmoid(above);
            slopes[1] = s + gap;
            curves[1][1] = s * (1.0 - s) + bend;
        }
        curves[0][1] = -bend;
        curves[1][0] = -bend;
        // below = eta[level] - eta[0], above = eta[level + 1] - eta[0].
        let places = [self.level, self.level + 1];
        for (i, &place) in places.iter().enumerate() {
            if slopes[i] == 0.0 && curves[i][i] == 0.0 {
                continue;
            }
            into.slope[0] -= slopes[i];
            into.slope[place] += slopes[i];
            for (j, &other) in places.iter().enumerate() {
                let curve = curves[i][j];
                if curve == 0.0 {
                    continue;
                }
                into.curvature[0] += curve;
                into.curvature[place * n] -= curve;
                into.curvature[other] -= curve;
                into.curvature[place * n + other] += curve;
            }
        }
        log_between(below, above)
    }

    fn cutpoints(&self) -> std::ops::Range<usize> {
        1..self.levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        for level in 0..4 {
            super::super::check(&Ordered { level, levels: 4 }, &[0.3, -1.0, 0.1, 1.7]);
            super::super::check(&Ordered { level, levels: 4 }, &[-2.3, -1.0, 0.1, 0.4]);
        }
        super::super::check(&Ordered { level: 1, levels: 2 }, &[0.5, 0.2]);
    }

    #[test]
    fn cutpoints_out_of_order_are_impossible() {
        let value =
            Ordered { level: 0, levels: 3 }.evaluate(&[0.0, 1.0, 0.5], &mut Evaluated::default());
        assert_eq!(value, f64::NEG_INFINITY);
    }
}
