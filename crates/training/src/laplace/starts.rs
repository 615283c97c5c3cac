//! Where a fit with several optima starts from.
//!
//! Sources that share a reward and multiply it by rationalities of their own pull it in their own
//! directions: the reward of the one that is believed first can be an optimum, and so can that of
//! another. From one start alone, what comes back is luck.

use super::fit::LinearFit;
use crate::Task;
use medley_adapter::ParameterRole;

/// Whether the log-density of a task may have several maxima that matter.
pub(super) fn has_several_optima(task: &Task<'_>) -> bool {
    let learned = |source: &crate::Source| {
        let parameters = source.objective.parameters(&source.train);
        parameters.iter().any(|parameter| {
            parameter.role == ParameterRole::Rationality && !task.mixing.frozen(parameter)
        })
    };
    // Who plans is no linear function of rewards: what is best to do may be best for many reasons.
    let plans = |source: &crate::Source| !source.objective.background().is_empty();
    let may = |source: &crate::Source| learned(source) || plans(source);
    task.tie.is_none() && task.sources.len() > 1 && task.sources.iter().any(may)
}

/// Takes a fit that is at an optimum to the best of those that are reached from `rewards` too, under
/// the present width. Gives by how many nats the best is above the worst.
pub(super) fn go_to_best(fit: &mut LinearFit<'_>, rewards: &[Vec<f64>]) -> f64 {
    let responses = fit.responses_at_start();
    fit.go_to_mode();
    let mut reached = vec![(fit.log_density(), fit.theta.clone())];
    for weights in rewards {
        fit.theta = weights.iter().chain(&responses).copied().collect();
        fit.go_to_mode();
        reached.push((fit.log_density(), fit.theta.clone()));
    }
    let worst = reached.iter().map(|(density, _)| *density).fold(f64::INFINITY, f64::min);
    // The first of equals, so that the order of starts decides nothing but rounding.
    let mut best = &reached[0];
    for other in &reached[1..] {
        if other.0 > best.0 {
            best = other;
        }
    }
    fit.theta.clone_from(&best.1);
    best.0 - worst
}
