//! Chains side by side: what a population and its people may be, draw by draw.

use super::density::{Data, Drawn, Posterior, people};
use medley_sampler::{Chain, NutsOptions, SamplerError, Samples, Transition};
use rand::RngExt;
use std::thread;

/// How far from 0 a chain may start, in each coordinate.
const START: f64 = 0.5;
/// A start where answers are impossible, such as cutpoints out of order, is taken half as far so often.
const HALVINGS: usize = 10;

/// How much is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    pub chains: usize,
    /// Of each chain.
    pub draws: usize,
    /// Draws of a chain that are kept with all people, spread evenly.
    pub kept: usize,
}

/// A draw that is kept, in units.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub drawn: Drawn,
    /// `L x` of each person. `[person, own]`
    pub apart: Vec<f64>,
}

/// What one chain gave.
struct Run {
    numbers: Vec<Vec<f64>>,
    transitions: Vec<Transition>,
    kept: Vec<Kept>,
}

/// Numbers of all draws, as `numbers_of` has them, and the draws that are kept, chain by chain. Each chain
/// is a function of the seed and its number, so that they run side by side.
pub fn run(
    data: &Data,
    options: &NutsOptions,
    amount: Amount,
    seed: u64,
    numbers_of: &(impl Fn(&Drawn, f64) -> Vec<f64> + Sync),
) -> Result<(Samples, Vec<Kept>), SamplerError> {
    let runs = thread::scope(|scope| {
        let start = |number: usize| {
            scope.spawn(move || run_chain(data, options, amount, seed, number, numbers_of))
        };
        let running: Vec<_> = (0..amount.chains).map(start).collect();
        let wait = |handle: thread::ScopedJoinHandle<'_, Result<Run, SamplerError>>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(wait).collect::<Result<Vec<Run>, _>>()
    })?;
    let (mut samples, mut kept) = (Samples::default(), Vec::new());
    for run in runs {
        samples.draws.push(run.numbers);
        samples.transitions.push(run.transitions);
        kept.extend(run.kept);
    }
    Ok((samples, kept))
}

fn run_chain(
    data: &Data,
    options: &NutsOptions,
    amount: Amount,
    seed: u64,
    number: usize,
    numbers_of: &impl Fn(&Drawn, f64) -> Vec<f64>,
) -> Result<Run, SamplerError> {
    let mut density = Posterior::new(data);
    let mut chain = start(data, &mut density, options, seed, number)?;
    let mut run = Run { numbers: Vec::new(), transitions: Vec::new(), kept: Vec::new() };
    while run.numbers.len() < amount.draws {
        let is_warm = chain.is_warm();
        let transition = chain.advance(&mut density)?;
        if is_warm {
            let drawn = Drawn::at(&data.layout, chain.position());
            run.numbers.push(numbers_of(&drawn, chain.log_density()));
            run.transitions.push(transition);
            // The last of each of `kept` stretches of equal length.
            if run.numbers.len() * amount.kept / amount.draws > run.kept.len() {
                run.kept.push(keep(data, drawn, chain.position()));
            }
        }
    }
    Ok(run)
}

fn start(
    data: &Data,
    density: &mut Posterior<'_>,
    options: &NutsOptions,
    seed: u64,
    number: usize,
) -> Result<Chain, SamplerError> {
    let mut rng = medley_random::stream(seed, &format!("people/posterior/start/{number}"));
    let mut position: Vec<f64> =
        (0..data.layout.dim()).map(|_| START * (2.0 * rng.random::<f64>() - 1.0)).collect();
    let mut chain = Chain::start(density, &position, options, seed, number);
    for _ in 0..HALVINGS {
        if !matches!(chain, Err(SamplerError::Start { .. })) {
            break;
        }
        position.iter_mut().for_each(|x| *x *= 0.5);
        chain = Chain::start(density, &position, options, seed, number);
    }
    chain
}

fn keep(data: &Data, drawn: Drawn, position: &[f64]) -> Kept {
    let p = data.layout.own;
    let mut apart = vec![0.0; p * data.layout.people];
    for (x, apart) in people(&data.layout, position).zip(apart.chunks_mut(p)) {
        drawn.add(x, apart);
    }
    Kept { drawn, apart }
}
