//! One chain of draws, each from the one before.

use crate::nuts::{Metric, Moments, Point, StepSize, Trajectory, Transition, Warmup, first_step};
use crate::{LogDensity, SamplerError};
use medley_random::stream;
use rand_chacha::ChaCha8Rng;

/// How a chain moves.
#[derive(Clone, Debug, PartialEq)]
pub struct NutsOptions {
    /// Transitions that adapt step size and metric, and whose draws are none of the posterior.
    pub warmup: u64,
    /// Mean acceptance that the step size is adapted to, between 0 and 1.
    pub acceptance: f64,
    /// Most doublings of a trajectory, 1 to 20.
    pub max_depth: u32,
}

impl Default for NutsOptions {
    fn default() -> Self {
        Self { warmup: 1000, acceptance: 0.8, max_depth: 10 }
    }
}

impl NutsOptions {
    /// Whether there is a chain that moves so.
    ///
    /// # Errors
    /// The first option for which there is none.
    pub fn check(&self) -> Result<(), SamplerError> {
        let (option, expected, found) = match self {
            Self { acceptance, .. } if !(0.01..=0.999).contains(acceptance) => {
                ("acceptance", "a number from 0.01 to 0.999", acceptance.to_string())
            }
            Self { max_depth, .. } if !(1..=20).contains(max_depth) => {
                ("max-depth", "a number from 1 to 20", max_depth.to_string())
            }
            Self { warmup, .. } if *warmup < 20 => {
                ("warmup", "at least 20 transitions", warmup.to_string())
            }
            _ => return Ok(()),
        };
        Err(SamplerError::Option { option, expected, found })
    }
}

/// A chain between two transitions.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(crate) options: NutsOptions,
    pub(crate) seed: u64,
    pub(crate) number: usize,
    pub(crate) transitions: u64,
    pub(crate) point: Point,
    pub(crate) metric: Metric,
    pub(crate) step: StepSize,
    pub(crate) moments: Moments,
}

impl Chain {
    /// The chain of a number, from a position.
    ///
    /// # Errors
    /// Options out of range; a position of another length than the density's, or where the density or
    /// its gradient is not finite; a gradient by which no step keeps its energy.
    pub fn start(
        density: &mut impl LogDensity,
        position: &[f64],
        options: &NutsOptions,
        seed: u64,
        number: usize,
    ) -> Result<Self, SamplerError> {
        options.check()?;
        let (expected, found) = (density.dim(), position.len());
        if expected != found || found == 0 {
            return Err(SamplerError::Length { chain: number, expected, found });
        }
        let point = Point::at(density, position.to_vec());
        check_start(&point, number)?;
        let metric = Metric::identity(found);
        let mut rng = transition_stream(seed, number, "start");
        let step = first_step(density, &point, &metric, 1.0, &mut rng, number)?;
        Ok(Self {
            options: options.clone(),
            seed,
            number,
            transitions: 0,
            metric,
            step: StepSize::around(step),
            moments: Moments::new(found),
            point,
        })
    }

    /// Makes one transition.
    ///
    /// # Errors
    /// If a window of the warm-up ends where no step keeps its energy.
    pub fn advance(&mut self, density: &mut impl LogDensity) -> Result<Transition, SamplerError> {
        let draw = self.transitions;
        let mut trajectory = Trajectory {
            density,
            metric: &self.metric,
            step: self.step.step,
            max_depth: self.options.max_depth,
            rng: transition_stream(self.seed, self.number, &draw.to_string()),
        };
        let transition = trajectory.draw(&mut self.point);
        if !self.is_warm() {
            self.adapt(density, &transition)?;
        }
        self.transitions += 1;
        Ok(transition)
    }

    fn adapt(
        &mut self,
        density: &mut impl LogDensity,
        transition: &Transition,
    ) -> Result<(), SamplerError> {
        let (draw, warmup) = (self.transitions, Warmup::new(self.options.warmup));
        self.step.learn(transition.acceptance, self.options.acceptance);
        if warmup.collects(draw) {
            self.moments.add(&self.point.position, &self.point.gradient);
        }
        if warmup.ends_window(draw) {
            self.metric = self.moments.metric();
            self.moments = Moments::new(self.point.position.len());
            let mut rng = transition_stream(self.seed, self.number, &format!("step/{draw}"));
            let Self { point, metric, step, number, .. } = self;
            let first = first_step(density, point, metric, step.step, &mut rng, *number)?;
            self.step = StepSize::around(first);
        }
        if warmup.ends(draw) {
            self.step.settle();
        }
        Ok(())
    }

    /// Whether its draws are of the posterior.
    pub fn is_warm(&self) -> bool {
        self.transitions >= self.options.warmup
    }

    /// Its number among the chains.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Transitions so far, those of the warm-up too.
    pub fn transitions(&self) -> u64 {
        self.transitions
    }

    /// Where it is.
    pub fn position(&self) -> &[f64] {
        &self.point.position
    }

    /// Log-density there, in nats.
    pub fn log_density(&self) -> f64 {
        self.point.log_density
    }

    /// The step of its next transition.
    pub fn step(&self) -> f64 {
        self.step.step
    }
}

/// The stream of one transition. None outlives it, so that there is none to save.
fn transition_stream(seed: u64, chain: usize, purpose: &str) -> ChaCha8Rng {
    stream(seed, &format!("nuts/{chain}/{purpose}"))
}

fn check_start(point: &Point, chain: usize) -> Result<(), SamplerError> {
    let number = |what: &str, values: &[f64]| {
        let place = values.iter().position(|value| !value.is_finite())?;
        Some((format!("{what} {place}"), values[place]))
    };
    let of_density = || {
        let value = point.log_density;
        (!value.is_finite()).then(|| ("the log-density".to_owned(), value))
    };
    let broken = number("coordinate", &point.position)
        .or_else(of_density)
        .or_else(|| number("the slope by coordinate", &point.gradient));
    match broken {
        None => Ok(()),
        Some((what, value)) => Err(SamplerError::Start { chain, what, value }),
    }
}
