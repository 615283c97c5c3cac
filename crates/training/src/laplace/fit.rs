//! One fit of a linear reward: where its optimum is, and how sharp.

use super::curvature::{Coordinates, curvature};
use super::scale::{blocks, weight_sds};
use super::width::{Moments, Width};
use crate::map::initial_response;
use crate::minimize::{MinimizeOptions, Minimum, minimize_over};
use crate::{Event, Target, Task, TrainingError};
use burn::tensor::DType;
use medley_reward_model::{Head, ModelShape, Placement};
use nalgebra::{Cholesky, DMatrix, Dyn};
use std::ops::Range;

/// Relative change of the width at which EM has converged.
const SETTLED: f64 = 0.02;

/// The sum of squares at which a gradient counts as zero is below what a nat's millionth can move.
const MODE: MinimizeOptions = MinimizeOptions { iterations: 1000, tolerance: 1e-6 };

/// A fit of one member in double precision. Features are gathered once for all its rounds.
pub(super) struct LinearFit<'a> {
    /// What to learn, by one member in double precision.
    pub exact: &'a Task<'a>,
    /// The point that is the best so far: weights, and learned response parameters behind them. Under
    /// a tie, the head of a source holds its whole reward, and the shared one is 0.
    pub theta: Vec<f64>,
    /// Weights of the model.
    pub weights: usize,
    /// What is learned: numbers of `theta`. Under a tie, weights stand by feature and source.
    pub free: Vec<usize>,
    /// Prior on weights.
    pub width: Width,
    /// Standard deviation of weights where EM starts. `[block]`
    pub start_sds: Vec<f64>,
    /// Columns of each block of features.
    pub blocks: Vec<Range<usize>>,
    /// Rounds of EM.
    pub rounds: u32,
    /// Steps towards optima.
    pub iterations: u64,
    /// Position of the head of each tied source.
    pub heads: Vec<usize>,
    target: Target<'a>,
    /// Without a prior on weights, of as many members as points are asked at once.
    wide: Target<'a>,
    coordinates: Coordinates,
    /// The curvature of the log-density without the prior on weights, where it was last looked at.
    known: Option<DMatrix<f64>>,
}

/// Calls `act` with a fit of `task`.
///
/// # Errors
/// If its heads cannot be tied, or `act` has one.
pub(super) fn with_fit<T>(
    task: &Task<'_>,
    return_sd: f64,
    act: impl FnOnce(LinearFit<'_>) -> Result<T, TrainingError>,
) -> Result<T, TrainingError> {
    task.assert_sources();
    let heads = tied_heads(task)?;
    let one = ModelShape { members: 1, ..task.shape.clone() };
    let place = Placement { dtype: DType::F64, ..task.place.clone() };
    let exact = Task { shape: &one, place: &place, ..*task };
    let weights = one.features * one.layout.len();
    let response = initial_response(&exact).read();
    let free = free(&heads, &one, weights, response.len());
    let coordinates = coordinates(&exact, &heads, &free, weights);
    let many = ModelShape { members: coordinates.members(), ..one.clone() };
    let wide = Task { shape: &many, ..exact };
    let start_sds = weight_sds(task, return_sd);
    let of_sources = |&sd: &f64| vec![sd; heads.len().max(1)];
    let width = Width::start(task.tie, &start_sds.iter().map(of_sources).collect::<Vec<_>>());
    let mut fit = LinearFit {
        exact: &exact,
        theta: std::iter::repeat_n(0.0, weights).chain(response).collect(),
        weights,
        free,
        width: width.clone(),
        blocks: blocks(task),
        rounds: 0,
        iterations: 0,
        heads,
        target: Target::new(&exact, start_sds[0]),
        wide: Target::new(&wide, start_sds[0]),
        start_sds,
        coordinates,
        known: None,
    };
    fit.wide.set_flat();
    fit.set_width(width);
    fit.look();
    act(fit)
}

/// Positions of the heads of tied sources, in the order of the tie; none without one.
pub(super) fn tied_heads(task: &Task<'_>) -> Result<Vec<usize>, TrainingError> {
    let Some(tie) = task.tie else { return Ok(Vec::new()) };
    let layout = &task.shape.layout;
    let lacks = |source: &String| {
        TrainingError::Mixing(format!("a source that is tied needs a head; `{source}` has none"))
    };
    let position = |source: &String| {
        layout.position(&Head::Source(source.clone())).ok_or_else(|| lacks(source))
    };
    let heads = task.fit.sources.iter().map(position).collect::<Result<Vec<usize>, _>>()?;
    tie.check(heads.len())?;
    match layout.aspects().first() {
        None => Ok(heads),
        Some(aspect) => {
            let message = format!(
                "sources are tied by one head each, and aspect `{aspect}` is a head that all share; \
                 expected sources without aspects, or another mixing"
            );
            Err(TrainingError::Mixing(message))
        }
    }
}

/// What is learned. The shared head of tied sources is not: it follows from theirs.
fn free(heads: &[usize], shape: &ModelShape, weights: usize, responses: usize) -> Vec<usize> {
    let count = shape.layout.len();
    let tied = (0..shape.features).flat_map(|i| heads.iter().map(move |head| i * count + head));
    let own: Vec<usize> = if heads.is_empty() { (0..weights).collect() } else { tied.collect() };
    own.into_iter().chain(weights..weights + responses).collect()
}

/// What the second derivative is taken by. Under a tie, a source's losses depend on its own head and
/// response alone, so that one number of each source is moved at once.
fn coordinates(task: &Task<'_>, heads: &[usize], free: &[usize], weights: usize) -> Coordinates {
    let apart = task.mixing.is_additive() && task.mixing.parameters(task.fit).is_empty();
    if heads.is_empty() || !apart {
        return Coordinates::blocks(free.iter().map(|&place| (place, 0)).collect());
    }
    let response = initial_response(task);
    let of_values: Vec<usize> = response.sources_of_values().collect();
    let block = |(number, &place): (usize, &usize)| match place < weights {
        true => (place, number % heads.len()),
        false => (place, of_values[place - weights]),
    };
    Coordinates::blocks(free.iter().enumerate().map(block).collect())
}

impl LinearFit<'_> {
    /// Changes the prior on weights. A covariance that rounding has made indefinite changes nothing.
    pub fn set_width(&mut self, width: Width) {
        let Some(precisions) = width.precisions() else { return };
        match &width {
            Width::Independent(sds) => {
                let sds = self.of_weights(sds);
                self.target.set_prior(&sds);
            }
            Width::Tied(_) => {
                let of_heads: Vec<_> = precisions.iter().map(|of| self.of_heads(of)).collect();
                let tied = self.of_features(&of_heads).cloned().collect();
                self.target.tie_heads(tied);
            }
        }
        self.width = width;
    }

    /// What is said of each block, said of each of its features.
    pub fn of_features<'b, T>(&'b self, of_blocks: &'b [T]) -> impl Iterator<Item = &'b T> {
        let of_block =
            |(columns, of): (&Range<usize>, &'b T)| std::iter::repeat_n(of, columns.len());
        self.blocks.iter().zip(of_blocks).flat_map(of_block)
    }

    /// What is said of each block, said of each of its weights.
    pub fn of_weights(&self, of_blocks: &[f64]) -> Vec<f64> {
        let heads = self.exact.shape.layout.len();
        self.of_features(of_blocks).flat_map(|&of| std::iter::repeat_n(of, heads)).collect()
    }

    /// Precisions between sources as between all heads; those of no source have none.
    fn of_heads(&self, precision: &DMatrix<f64>) -> DMatrix<f64> {
        let count = self.exact.shape.layout.len();
        let mut of_heads = DMatrix::zeros(count, count);
        for (j, &row) in self.heads.iter().enumerate() {
            for (k, &column) in self.heads.iter().enumerate() {
                of_heads[(row, column)] = precision[(j, k)];
            }
        }
        of_heads
    }

    /// Response parameters where a fit starts.
    pub fn responses_at_start(&self) -> Vec<f64> {
        initial_response(self.exact).read()
    }

    /// Goes to the maximum under the present width; whether it was found.
    pub fn go_to_mode(&mut self) -> bool {
        let known = self.nearby(&self.width);
        let found = mode(&mut self.target, &mut self.theta, &self.free, known);
        self.iterations += u64::from(found.iterations);
        found.converged
    }

    /// Log-density at the present point, up to a constant that the width decides.
    pub fn log_density(&mut self) -> f64 {
        self.target.log_density(&self.theta, &mut vec![0.0; self.theta.len()])
    }

    /// Rounds of EM until the width settles; whether it did. `scales` are standard deviations of
    /// weights that stay.
    pub fn by_evidence(
        &mut self,
        rounds: u32,
        scales: Option<&[Vec<f64>]>,
        tell: &mut dyn FnMut(Event),
    ) -> bool {
        while self.rounds < rounds {
            self.rounds += 1;
            self.go_to_mode();
            // Without a peak there is no volume under it: the width stays.
            let Some(moments) = self.moments() else { return false };
            let width = Width::updated(&moments, &self.start_sds, self.exact.tie, scales);
            let change = self.width.change(&width);
            self.set_width(width);
            tell(Event::Epoch { epoch: self.rounds, curve: Vec::new(), best: true });
            if change < SETTLED {
                return true;
            }
        }
        false
    }

    /// Second moments of the posterior at the present point, block by block; none if that is no peak.
    fn moments(&mut self) -> Option<Vec<Moments>> {
        let spread = self.peak()?.inverse();
        let sources = self.heads.len().max(1);
        let of_block = |places: Range<usize>| {
            let mut sums = DMatrix::zeros(sources, sources);
            let count = (places.len() / sources) as f64;
            for start in places.step_by(sources) {
                for j in 0..sources {
                    for k in 0..sources {
                        let (a, b) = (start + j, start + k);
                        sums[(j, k)] +=
                            self.theta[self.free[a]] * self.theta[self.free[b]] + spread[(a, b)];
                    }
                }
            }
            Moments { sums, count }
        };
        Some(self.places().into_iter().map(of_block).collect())
    }

    /// Places in `free` of the weights of each block.
    fn places(&self) -> Vec<Range<usize>> {
        let features = self.exact.shape.features.max(1);
        let each = self.free.iter().take_while(|&&place| place < self.weights).count() / features;
        self.blocks.iter().map(|columns| columns.start * each..columns.end * each).collect()
    }

    /// The precision of the posterior at the present point, in the order of `free`; none if it is no
    /// peak.
    pub fn peak(&mut self) -> Option<Cholesky<f64, Dyn>> {
        self.look();
        self.nearby(&self.width)
    }

    /// Looks at the curvature of the present point, which shortens the way to the next optimum.
    pub fn look(&mut self) {
        let steps = self.steps();
        let Self { wide, theta, weights, coordinates, .. } = self;
        self.known = Some(curvature(wide, theta, *weights, coordinates, &steps));
    }

    /// The curvature where it was last looked at, with the prior of a width on weights; none if that is
    /// no peak.
    pub fn nearby(&self, width: &Width) -> Option<Cholesky<f64, Dyn>> {
        let mut sum = self.known.clone()?;
        for (places, precision) in self.places().into_iter().zip(width.precisions()?) {
            let sources = precision.nrows();
            for start in places.step_by(sources) {
                for j in 0..sources {
                    for k in 0..sources {
                        sum[(start + j, start + k)] += precision[(j, k)];
                    }
                }
            }
        }
        Cholesky::new(sum)
    }

    /// `1e-6` of a standard deviation of the prior, 1 for response parameters.
    fn steps(&self) -> Vec<f64> {
        let mut steps = vec![1e-6; self.free.len()];
        for (places, sds) in self.places().into_iter().zip(self.width.sds()) {
            for (number, step) in steps[places].iter_mut().enumerate() {
                *step *= sds[number % sds.len()];
            }
        }
        steps
    }
}

/// Takes `theta` to the maximum of `target` in the coordinates `free`, of whose curvature something
/// may be known.
pub(super) fn mode(
    target: &mut Target<'_>,
    theta: &mut [f64],
    free: &[usize],
    known: Option<Cholesky<f64, Dyn>>,
) -> Minimum {
    let mut energy = |at: &[f64], gradient: &mut [f64]| {
        let density = target.log_density(at, gradient);
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -density
    };
    let found = minimize_over(free, theta, &mut energy, &MODE, known);
    theta.copy_from_slice(&found.at);
    found
}
