//! Chains of a panel: the population in each draw, and the probability of answers held out.

use super::density::{HierarchicalLogit, Prior};
use super::panel::Panel;
use medley_people::log_sigmoid;
use medley_people::triangular::dot;
use medley_sampler::{Chain, LogDensity, NutsOptions, Report, SamplerError, Samples, Transition};
use rand::RngExt;
use std::thread;

/// How far from 0 a chain may start, in each coordinate.
const START: f64 = 0.5;

/// What is known of a population and of its answers.
pub struct Posterior {
    /// Of means and of standard deviations of people; where answers are held out, of their log-likelihood
    /// in a draw.
    pub report: Report,
    /// Probability of each answer held out, mean over all draws.
    pub predicted: Vec<f64>,
}

/// What one chain gave.
struct Run {
    draws: Vec<Vec<f64>>,
    transitions: Vec<Transition>,
    predicted: Vec<f64>,
}

/// Samples the posterior of a panel by so many chains of so many draws. Each chain is a function of the
/// seed and its number, so that they run side by side.
pub fn posterior(
    panel: &Panel,
    test: Option<&Panel>,
    prior: Prior,
    options: &NutsOptions,
    [chains, draws]: [usize; 2],
    seed: u64,
) -> Result<Posterior, SamplerError> {
    let runs = thread::scope(|scope| {
        let start = |number: usize| {
            scope.spawn(move || {
                let density = HierarchicalLogit::new(panel, prior);
                run(density, test, options, draws, seed, number)
            })
        };
        let running: Vec<_> = (0..chains).map(start).collect();
        let wait = |handle: thread::ScopedJoinHandle<'_, Result<Run, SamplerError>>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(wait).collect::<Result<Vec<Run>, _>>()
    })?;
    let mut samples = Samples::default();
    let mut predicted = vec![0.0; test.map_or(0, Panel::answers)];
    for run in runs {
        predicted.iter_mut().zip(&run.predicted).for_each(|(sum, p)| *sum += p / chains as f64);
        samples.draws.push(run.draws);
        samples.transitions.push(run.transitions);
    }
    let names = test.map_or_else(|| names(panel), |_| vec!["log-likelihood held out".to_owned()]);
    Ok(Posterior { report: samples.report(&names)?, predicted })
}

fn names(panel: &Panel) -> Vec<String> {
    let of =
        |what: &'static str| panel.attributes.iter().map(move |name| format!("{what} of {name}"));
    of("mean").chain(of("sd")).collect()
}

fn run(
    mut density: HierarchicalLogit,
    test: Option<&Panel>,
    options: &NutsOptions,
    draws: usize,
    seed: u64,
    number: usize,
) -> Result<Run, SamplerError> {
    let mut rng = medley_random::stream(seed, &format!("hierarchical-logit/start/{number}"));
    let start: Vec<f64> =
        (0..density.dim()).map(|_| START * (2.0 * rng.random::<f64>() - 1.0)).collect();
    let mut chain = Chain::start(&mut density, &start, options, seed, number)?;
    let predicted = vec![0.0; test.map_or(0, Panel::answers)];
    let mut run = Run { draws: Vec::new(), transitions: Vec::new(), predicted };
    while run.draws.len() < draws {
        let is_warm = chain.is_warm();
        let transition = chain.advance(&mut density)?;
        if is_warm {
            run.transitions.push(transition);
            run.draws.push(match test {
                None => density.population(chain.position()).moments(),
                Some(test) => {
                    vec![predict(&density, chain.position(), test, draws, &mut run.predicted)]
                }
            });
        }
    }
    Ok(run)
}

/// Adds the probabilities of answers under one of `draws` draws. Returns their log-likelihood, in nats.
fn predict(
    density: &HierarchicalLogit,
    position: &[f64],
    test: &Panel,
    draws: usize,
    predicted: &mut [f64],
) -> f64 {
    let population = density.population(position);
    let attributes = test.attributes.len();
    let mut weights = vec![0.0; attributes];
    let mut sums = predicted.iter_mut();
    let mut total = 0.0;
    for (z, answers) in density.people(position).zip(&test.people) {
        population.weights(z, &mut weights);
        for (answer, sum) in answers.chunks(attributes).zip(sums.by_ref()) {
            let (value, _) = log_sigmoid(dot(answer, &weights));
            *sum += value.exp() / draws as f64;
            total += value;
        }
    }
    total
}
