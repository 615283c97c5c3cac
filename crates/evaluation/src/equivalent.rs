//! How many statements alone are as good as some statements with the help of another source?
//!
//! The learning curve of the source alone is read backwards: where does it reach what the help reached?
//! Divided by how much help there was, the answer is a marginal rate of substitution ("one critique is
//! worth k comparisons here"). Between two measured numbers of statements the curve is taken to be a
//! straight line in their logarithm.
//!
//! How sure one is follows from a test and not from a slope: the interval is the hull of all numbers of
//! statements from which help is not told on the same splits (Fieller 1954, inverted here split by
//! split). Whether help is told from as many statements alone is the paired difference beside it.
//! Such an interval is open where the curve is too flat to tell, and a curve that does not rise at all
//! has no rate: the quotient of two numbers of which the lower may be 0 is none.

use serde::{Deserialize, Serialize};

use crate::PairedSettings;
use crate::interval::bootstrap::CONFIDENCE;
use crate::metric::Direction;
use crate::runs::stratified::mean;
use crate::runs::student::two_sided_quantile;

/// What was measured of a source alone and with help, split by split.
#[derive(Clone, Debug, PartialEq)]
pub struct Helped<'a> {
    /// Numbers of statements of the source, rising, at least two. `[point]`
    pub statements: &'a [f64],
    /// Scores of the source alone. `[point][split]`, none where the run failed.
    pub alone: &'a [Vec<Option<f64>>],
    /// The point at which it was helped.
    pub at: usize,
    /// Scores with help. `[split]`
    pub helped: &'a [Option<f64>],
    /// Which way is better.
    pub direction: Direction,
}

/// The number of statements alone that are as good as help.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Equivalent {
    /// Where the mean curve reaches the mean score with help, at or after the point where it is better
    /// and at or before it where it is worse.
    pub statements: Reached,
    /// What help gains over as many statements alone, in the unit of the scores, positive for better.
    pub gain: f64,
    /// Two standard errors of it over further splits of these data; none for one split.
    pub gain_errors: Option<f64>,
    /// Splits that count: those with every point of the curve and with help.
    pub splits: usize,
    /// Within two standard errors over further splits of these data; none for one split.
    pub these_splits: Option<Ends>,
    /// 95 % interval for a new sample of such data (Nadeau and Bengio 2003); none for one split.
    pub new_sample: Option<Ends>,
}

/// Where a curve reaches a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// After so many statements.
    At(f64),
    /// Not yet at its last point, which has so many.
    After(f64),
    /// Already at its first point, which has so many.
    Before(f64),
}

impl Reached {
    /// The number, or the bound.
    pub fn value(self) -> f64 {
        match self {
            Self::At(value) | Self::After(value) | Self::Before(value) => value,
        }
    }

    /// The same of what numbers of statements are taken to. `of` rises.
    pub fn map(self, of: impl FnOnce(f64) -> f64) -> Self {
        match self {
            Self::At(value) => Self::At(of(value)),
            Self::After(value) => Self::After(of(value)),
            Self::Before(value) => Self::Before(of(value)),
        }
    }
}

/// Ends of the hull of all numbers of statements from which help is not told; none where it is open:
/// the end of the curve on that side is not told from help. Within it may lie numbers from which help
/// is told, where the curve does not rise evenly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Why there is no such number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoEquivalent {
    /// More statements are not better.
    #[error(
        "the curve is flat: from {fewest} to {most} statements it gains {rise:.3} ±{two_errors:.3}"
    )]
    Flat {
        /// Statements at the first point.
        fewest: f64,
        /// Statements at the last.
        most: f64,
        /// Last score minus first, or the other way round where lower is better.
        rise: f64,
        /// Two standard errors of it over splits.
        two_errors: f64,
    },
    /// No split has all that is needed.
    #[error("no split has every point of the curve and a score with help")]
    NoSplit,
    /// More is neither better nor worse.
    #[error("the score has no direction, so that nothing makes up for anything")]
    NoDirection,
    /// A line takes two points.
    #[error("a curve of at least two points is needed, found {points}")]
    Points {
        /// How many there are.
        points: usize,
    },
    /// Not one list of splits for each point, or not as long.
    #[error("scores of {expected} splits at each of {points} points are needed")]
    Shape {
        /// Points.
        points: usize,
        /// Splits with help.
        expected: usize,
    },
}

/// Reads a learning curve backwards.
///
/// ```
/// use medley_evaluation::{Direction, Helped, PairedSettings, Reached, equivalent};
/// let alone = [[0.10, 0.12], [0.20, 0.20], [0.30, 0.32]].map(|of| of.map(Some).to_vec());
/// let helped = [Some(0.25), Some(0.27)];
/// let found = equivalent(
///     &Helped {
///         statements: &[25.0, 50.0, 100.0],
///         alone: &alone,
///         at: 0,
///         helped: &helped,
///         direction: Direction::Higher,
///     },
///     &PairedSettings::new(75, 25),
/// )
/// .unwrap();
/// // Half way from 0.20 to 0.31 and a little more: the geometric mean of 50 and 100 and a little more.
/// let Reached::At(statements) = found.statements else { panic!() };
/// assert!((statements - 50.0 * 2f64.powf(0.06 / 0.11)).abs() < 1e-9);
/// ```
///
/// # Errors
/// The curve is flat: its last point is not better than its first by two standard errors; it has
/// fewer than two points, or no split has all of them.
pub fn equivalent(of: &Helped<'_>, settings: &PairedSettings) -> Result<Equivalent, NoEquivalent> {
    let scores = Scores::new(of)?;
    scores.check_rise(of)?;
    let segments: Vec<Segment> =
        (1..of.statements.len()).map(|at| scores.segment(of, at)).collect();
    let splits = scores.helped.len();
    let statements = reached(&segments, of.at);
    let errors = |factor: f64, squared: f64| {
        (splits > 1).then(|| ends(&segments, statements, factor * factor * squared))
    };
    let (count, ratio) = (splits as f64, settings.test as f64 / settings.train as f64);
    let quantile = if splits > 1 { two_sided_quantile(CONFIDENCE, count - 1.0) } else { 0.0 };
    let gains = differences(&scores.helped, &scores.alone[of.at]);
    let Moments { mean: gain, variance, .. } = Moments::of(&gains, &gains);
    Ok(Equivalent {
        statements,
        gain,
        gain_errors: (splits > 1).then(|| 2.0 * (variance / count).sqrt()),
        splits,
        these_splits: errors(2.0, 1.0 / count),
        new_sample: errors(quantile, 1.0 / count + ratio),
    })
}

/// Scores of the splits that have all, the higher the better.
struct Scores {
    /// `[point][split]`
    alone: Vec<Vec<f64>>,
    /// `[split]`
    helped: Vec<f64>,
}

impl Scores {
    fn new(of: &Helped<'_>) -> Result<Self, NoEquivalent> {
        let (points, expected) = (of.statements.len(), of.helped.len());
        if points < 2 {
            return Err(NoEquivalent::Points { points });
        }
        let is_whole = of.alone.iter().all(|scores| scores.len() == expected);
        if of.alone.len() != points || !is_whole || of.at >= points {
            return Err(NoEquivalent::Shape { points, expected });
        }
        let Some(sign) = of.direction.sign() else { return Err(NoEquivalent::NoDirection) };
        let score = |score: Option<f64>| score.filter(|score| score.is_finite()).map(|s| sign * s);
        let (mut alone, mut helped) = (vec![Vec::new(); points], Vec::new());
        for split in 0..expected {
            let curve: Option<Vec<f64>> = of.alone.iter().map(|of| score(of[split])).collect();
            let Some((curve, with)) = curve.zip(score(of.helped[split])) else { continue };
            alone.iter_mut().zip(curve).for_each(|(scores, score)| scores.push(score));
            helped.push(with);
        }
        match helped.is_empty() {
            true => Err(NoEquivalent::NoSplit),
            false => Ok(Self { alone, helped }),
        }
    }

    fn check_rise(&self, of: &Helped<'_>) -> Result<(), NoEquivalent> {
        let (first, last) = (&self.alone[0], &self.alone[self.alone.len() - 1]);
        let rises = differences(last, first);
        let Moments { mean: rise, variance, .. } = Moments::of(&rises, &rises);
        let two_errors = 2.0 * (variance / rises.len() as f64).sqrt();
        match rise > two_errors {
            true => Ok(()),
            false => {
                let [fewest, most] = [of.statements[0], of.statements[of.statements.len() - 1]];
                Err(NoEquivalent::Flat { fewest, most, rise, two_errors })
            }
        }
    }

    fn segment(&self, of: &Helped<'_>, to: usize) -> Segment {
        let gap = differences(&self.helped, &self.alone[to - 1]);
        let fall = differences(&self.alone[to - 1], &self.alone[to]);
        let (gaps, falls) = (Moments::of(&gap, &fall), Moments::of(&fall, &fall));
        Segment {
            from: of.statements[to - 1],
            to: of.statements[to],
            gap: gaps.mean,
            fall: falls.mean,
            variances: [gaps.variance, gaps.covariance, falls.variance],
        }
    }
}

fn differences(first: &[f64], second: &[f64]) -> Vec<f64> {
    first.iter().zip(second).map(|(first, second)| first - second).collect()
}

/// Of the first of two lists; the covariance is that of both. Variances are 0 for one number.
struct Moments {
    mean: f64,
    variance: f64,
    covariance: f64,
}

impl Moments {
    fn of(first: &[f64], second: &[f64]) -> Self {
        let count = first.len() as f64;
        let (own, other) = (mean(first), mean(second));
        let squares: f64 = first.iter().map(|value| (value - own).powi(2)).sum();
        let products: f64 =
            first.iter().zip(second).map(|(one, two)| (one - own) * (two - other)).sum();
        let over = (count - 1.0).max(1.0);
        Self { mean: own, variance: squares / over, covariance: products / over }
    }
}

/// The curve between two points: at a share `w` of the way, in logarithms of statements, help is ahead
/// by `gap + w fall`, whose variance over splits is `v0 + 2 w v1 + w^2 v2`.
struct Segment {
    from: f64,
    to: f64,
    gap: f64,
    fall: f64,
    variances: [f64; 3],
}

impl Segment {
    fn statements(&self, share: f64) -> f64 {
        match share {
            0.0 => self.from,
            1.0 => self.to,
            _ => self.from * (self.to / self.from).powf(share),
        }
    }

    /// Where help is not ahead and not behind.
    fn crossing(&self) -> Option<f64> {
        let (start, end) = (self.gap, self.gap + self.fall);
        match start {
            0.0 => Some(0.0),
            _ if end == 0.0 => Some(1.0),
            _ if start.signum() == end.signum() => None,
            _ => Some(-start / self.fall),
        }
    }

    /// `(gap + w fall)^2 - c^2 variance(w)`, as a polynomial in w, lowest power first: not above 0 where
    /// help is not told from the curve.
    fn told(&self, factor_squared: f64) -> [f64; 3] {
        let [v0, v1, v2] = self.variances;
        [
            self.gap * self.gap - factor_squared * v0,
            2.0 * (self.gap * self.fall - factor_squared * v1),
            self.fall * self.fall - factor_squared * v2,
        ]
    }

    /// Shares between which help is not told from the curve, rising pairs.
    fn untold(&self, factor_squared: f64) -> Vec<(f64, f64)> {
        let told = self.told(factor_squared);
        let mut cuts = vec![0.0];
        cuts.extend(roots(told).into_iter().filter(|root| (0.0..1.0).contains(root)));
        cuts.push(1.0);
        let is_untold = |(low, high): &(f64, f64)| {
            let middle = (low + high) / 2.0;
            told[0] + middle * (told[1] + middle * told[2]) <= 0.0
        };
        cuts.windows(2).map(|pair| (pair[0], pair[1])).filter(is_untold).collect()
    }
}

/// Real roots of `a + b x + c x^2`, rising.
fn roots([a, b, c]: [f64; 3]) -> Vec<f64> {
    if c == 0.0 {
        return if b == 0.0 { Vec::new() } else { vec![-a / b] };
    }
    let under = b * b - 4.0 * a * c;
    if under < 0.0 {
        return Vec::new();
    }
    // Without cancellation (Press et al. 2007, 5.6).
    let q = -0.5 * (b + b.signum() * under.sqrt());
    let mut found = vec![q / c];
    if q != 0.0 {
        found.push(a / q);
    }
    found.sort_by(f64::total_cmp);
    found
}

/// Where the mean curve reaches help: from the point of help on if help is ahead there, else before it.
fn reached(segments: &[Segment], at: usize) -> Reached {
    let gap = match segments.get(at) {
        Some(segment) => segment.gap,
        None => segments[at - 1].gap + segments[at - 1].fall,
    };
    let place = |segment: &Segment| Some(segment.statements(segment.crossing()?));
    let last = segments[segments.len() - 1].to;
    match gap >= 0.0 {
        true if gap == 0.0 && at == segments.len() => Reached::At(last),
        true => {
            let mut after = segments[at..].iter().filter_map(place);
            after.next().map_or(Reached::After(last), Reached::At)
        }
        false => {
            let mut before = segments[..at].iter().rev().filter_map(place);
            before.next().map_or(Reached::Before(segments[0].from), Reached::At)
        }
    }
}

/// The hull of all numbers from which help is not told, and of where the curve reaches it.
fn ends(segments: &[Segment], reached: Reached, factor_squared: f64) -> Ends {
    let untold = segments.iter().flat_map(|segment| {
        let shares = segment.untold(factor_squared);
        shares.into_iter().map(|(low, high)| (segment.statements(low), segment.statements(high)))
    });
    let mut untold: Vec<(f64, f64)> = untold.collect();
    if let Reached::At(statements) = reached {
        untold.push((statements, statements));
    }
    let (first, last) = (segments[0].from, segments[segments.len() - 1].to);
    if untold.is_empty() {
        return match reached {
            Reached::Before(_) => Ends { low: None, high: Some(first) },
            Reached::After(_) | Reached::At(_) => Ends { low: Some(last), high: None },
        };
    }
    let low = untold.iter().map(|pair| pair.0).fold(f64::INFINITY, f64::min);
    let high = untold.iter().map(|pair| pair.1).fold(f64::NEG_INFINITY, f64::max);
    Ends {
        low: Some(low).filter(|&low| low > first && !matches!(reached, Reached::Before(_))),
        high: Some(high).filter(|&high| high < last && !matches!(reached, Reached::After(_))),
    }
}

#[cfg(test)]
#[path = "equivalent_tests.rs"]
mod tests;
