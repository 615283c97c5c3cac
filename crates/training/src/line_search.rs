//! How far to go along a direction?
//!
//! To a point that is lower and flatter (the strong Wolfe conditions), found by bracketing and
//! cubic interpolation: Nocedal and Wright (2006), *Numerical Optimization*, algorithms 3.5 and 3.6
//! as one loop. Near a minimum the value falls by less than it is rounded; then a value that did not
//! rise beyond rounding counts as lower, and the slope decides (the idea of Hager and Zhang 2005).

use crate::point::{Point, dot};

/// Share of the decrease that the slope promises.
const DECREASE: f64 = 1e-4;

/// Share of the slope that may be left.
const FLATTER: f64 = 0.9;

/// What rounding may add to a value, relative to it: some thousand terms in `f64`.
const ROUNDING: f64 = 1e-12;

/// Most values asked for.
const MOST: usize = 40;

/// A point along `direction` that satisfies the strong Wolfe conditions, tried first at `first`
/// times the direction. Failing that, the best that is lower; none if there is no such point.
pub(crate) fn search(
    from: &Point,
    direction: &[f64],
    first: f64,
    f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
) -> Option<Point> {
    let start = Trial::new(0.0, from.clone(), direction);
    if start.slope >= 0.0 || start.slope.is_nan() {
        return None;
    }
    let slack = ROUNDING * from.value.abs();
    let (start_value, start_slope) = (start.point.value, start.slope);
    let mut low = start; // the lowest end of the bracket, low enough for its distance
    let mut high: Option<Trial> = None; // the other end, once there is one
    let mut step = first;
    for _ in 0..MOST {
        let at = from.at.iter().zip(direction).map(|(x, d)| x + step * d).collect();
        let trial = Trial::new(step, Point::evaluate(at, f), direction);
        let enough = start_value + DECREASE * step * start_slope + slack;
        let value = trial.point.value;
        if !trial.point.is_finite() || value > enough || value > low.point.value + slack {
            high = Some(trial);
        } else if trial.slope.abs() <= -FLATTER * start_slope {
            return Some(trial.point);
        } else {
            // The minimum lies on that side of the trial to which the function falls.
            let ahead = high.as_ref().is_none_or(|high| high.step > trial.step);
            if (trial.slope > 0.0) == ahead {
                high = Some(low);
            }
            low = trial;
        }
        step = match &high {
            None => 4.0 * step,
            Some(high) => between(&low, high),
        };
        if step == low.step {
            break;
        }
    }
    (low.step > 0.0).then_some(low.point)
}

/// A point at some step along the direction.
struct Trial {
    step: f64,
    slope: f64,
    point: Point,
}

impl Trial {
    fn new(step: f64, point: Point, direction: &[f64]) -> Self {
        Self { step, slope: dot(&point.gradient, direction), point }
    }
}

/// The minimum of the cubic through both ends, kept off them by a tenth of their distance; the
/// middle where there is no such cubic.
fn between(low: &Trial, high: &Trial) -> f64 {
    let width = high.step - low.step;
    let (near, far) = (low.step + 0.1 * width, low.step + 0.9 * width);
    let d1 = low.slope + high.slope - 3.0 * (high.point.value - low.point.value) / width;
    let d2 = width.signum() * (d1 * d1 - low.slope * high.slope).sqrt();
    let share = (high.slope + d2 - d1) / (high.slope - low.slope + 2.0 * d2);
    let step = high.step - width * share;
    if !step.is_finite() || !high.point.is_finite() {
        return low.step + 0.5 * width;
    }
    step.clamp(near.min(far), near.max(far))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches from 0 along +1, and how often it asked.
    fn along(mut f: impl FnMut(f64) -> (f64, f64), first: f64) -> (Option<f64>, usize) {
        let mut asked = 0;
        let mut counted = |x: &[f64], gradient: &mut [f64]| {
            asked += 1;
            let (value, slope) = f(x[0]);
            gradient[0] = slope;
            value
        };
        let from = Point::evaluate(vec![0.0], &mut counted);
        let found = search(&from, &[1.0], first, &mut counted).map(|point| point.at[0]);
        (found, asked - 1)
    }

    #[test]
    fn a_parabola_is_met_wherever_the_search_begins() {
        // (x - 3)^2: the slope is at most 0.9 * 6 between 0.3 and 5.7.
        let parabola = |x: f64| ((x - 3.0).powi(2), 2.0 * (x - 3.0));
        for (first, most) in [(1.0, 1), (0.01, 4), (1e4, 6)] {
            let (found, asked) = along(parabola, first);
            assert!((0.3..5.7).contains(&found.unwrap()), "{first}: {found:?}");
            assert!(asked <= most, "{first}: {asked}");
        }
    }

    #[test]
    fn a_cliff_of_infinity_is_stepped_back_from() {
        let cliff = |x: f64| if x < 2.0 { (-x, -1.0) } else { (f64::INFINITY, f64::NAN) };
        // Nothing is flatter before the cliff; the best is right before it.
        let (found, _) = along(cliff, 64.0);
        assert!((1.99..2.0).contains(&found.unwrap()), "{found:?}");
    }

    #[test]
    fn uphill_is_refused() {
        assert_eq!(along(|x| (x, 1.0), 1.0), (None, 0));
        assert_eq!(along(|_| (f64::NAN, f64::NAN), 1.0), (None, 0));
    }

    #[test]
    fn rounding_does_not_stop_it() {
        // The value is known to 1e-13 only, the slope exactly; from 1e-8 before the minimum the
        // decrease is 5e-17.
        let rounded = |x: f64| {
            let away = x - 1e-8;
            (
                1.0 + (0.5 * away * away / 1e-13).round() * 1e-13
                    + if x > 0.0 { 1e-13 } else { 0.0 },
                away,
            )
        };
        let (found, asked) = along(rounded, 1e-8);
        assert_eq!((found, asked), (Some(1e-8), 1));
    }
}
