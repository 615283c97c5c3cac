//! A fitted point to a model and response models, in the precision and with the members of a task.

use super::fit::LinearFit;
use super::width::Width;
use crate::map::model_at;
use crate::{
    Fitted, HeldOutTerm, ResponseLearner, SharedHead, Source, StopReason, Task, TrainingError,
    stream,
};
use medley_adapter::{Response, Scorer};
use medley_random::normal;
use medley_reward_model::RewardModel;
use nalgebra::{Cholesky, DVector};
use std::ops::Range;

/// Which points of a posterior the members of a model are.
pub(crate) enum Points {
    /// The maximum: one member.
    Maximum,
    /// Draws of these numbers.
    Draws(Range<usize>),
}

impl Points {
    /// The maximum for one member, and as many draws for several.
    pub fn of(members: usize) -> Self {
        match members {
            1 => Self::Maximum,
            _ => Self::Draws(0..members),
        }
    }
}

/// What came out of a fit, for `task`, which has a member for each of `points`.
///
/// # Errors
/// If a held-out log-likelihood is NaN, or there is no peak that draws could be around.
pub(super) fn finish(
    mut fit: LinearFit<'_>,
    task: &Task<'_>,
    points: &Points,
    reason: StopReason,
) -> Result<Fitted, TrainingError> {
    let (model, response) = at(fit.exact, &fit.theta);
    let held_out = held_out(fit.exact, model.as_ref(), &response, fit.rounds)?;
    let mut members = members(&mut fit, task.seed, points)?;
    if let Some(tie) = task.tie {
        let shared: Vec<Vec<f64>> =
            (0..fit.blocks.len()).map(|block| shared_weights(&fit, &tie.shared, block)).collect();
        members.iter_mut().for_each(|point| express(&fit, &shared, point));
    }
    let (model, response) = model_at(task, &members);
    Ok(Fitted {
        fit: task.fit.clone(),
        model,
        response,
        epochs: fit.rounds,
        steps: fit.iterations,
        best_epoch: fit.rounds,
        held_out,
        reason,
        start_gap: None,
        chains: None,
        curve: Vec::new(),
    })
}

/// Weights of tied sources' rewards in the shared one, at the features of a block:
///
/// ```text
/// E[u_new | U_T] = c Sigma_TT^-1 U_T      c_k = r_k s sqrt(Sigma_kk)
/// ```
///
/// for correlations r of a source that nothing was heard of, whose scale is the start's. Sources T are
/// those whose correlation is not 0: what was learned of the others, such as that they want the
/// opposite, has no part in it.
fn shared_weights(fit: &LinearFit<'_>, shared: &SharedHead, block: usize) -> Vec<f64> {
    let mut weights = vec![0.0; fit.heads.len()];
    match (shared, &fit.width) {
        (SharedHead::Source(source), _) => weights[*source] = 1.0,
        (SharedHead::Unheard(correlations), Width::Tied(covariances)) => {
            let covariance = &covariances[block];
            let heard: Vec<usize> =
                (0..weights.len()).filter(|&k| correlations[k] != 0.0).collect();
            let own = covariance.select_rows(&heard).select_columns(&heard);
            let with =
                |k: &usize| correlations[*k] * fit.start_sds[block] * covariance[(*k, *k)].sqrt();
            let with = DVector::from_iterator(heard.len(), heard.iter().map(with));
            if let Some(own) = Cholesky::new(own) {
                let found = own.solve(&with);
                heard.iter().zip(found.iter()).for_each(|(&k, &weight)| weights[k] = weight);
            }
        }
        _ => {}
    }
    weights
}

/// Takes the shared reward out of the heads of sources, which say how far they depart from it.
fn express(fit: &LinearFit<'_>, shared: &[Vec<f64>], point: &mut [f64]) {
    let weights = point[..fit.weights].chunks_mut(fit.exact.shape.layout.len());
    for (weights, shared) in weights.zip(fit.of_features(shared)) {
        let common: f64 = fit.heads.iter().zip(shared).map(|(&head, by)| by * weights[head]).sum();
        weights[0] = common;
        fit.heads.iter().for_each(|&head| weights[head] -= common);
    }
}

/// Log-likelihood of a held-out statement under a model without autodiff, sources weighed by the
/// mixing; none without held-out statements.
///
/// # Errors
/// If it is NaN, which is told of `epoch`.
pub(crate) fn held_out(
    task: &Task<'_>,
    model: &dyn RewardModel,
    response: &ResponseLearner,
    epoch: u32,
) -> Result<Option<f64>, TrainingError> {
    let mut terms = Vec::new();
    each_source(task, model, response, |source, scorer, response| {
        let Source { name, train, validation, .. } = source;
        if !validation.is_empty() {
            let total = log_likelihood(source, scorer, response, validation);
            terms.push((name.clone(), train.len(), total / validation.len() as f64));
        }
    });
    if let Some((name, ..)) = terms.iter().find(|(.., mean)| mean.is_nan()) {
        let source_name = name.clone();
        return Err(TrainingError::Diverged { epoch, source_name, value: f64::NAN });
    }
    let terms = terms.iter().map(|(source, statements, log_likelihood)| HeldOutTerm {
        source,
        statements: *statements,
        log_likelihood: *log_likelihood,
    });
    let terms: Vec<HeldOutTerm<'_>> = terms.collect();
    Ok((!terms.is_empty()).then(|| task.mixing.held_out(&terms)))
}

fn members(
    fit: &mut LinearFit<'_>,
    seed: u64,
    points: &Points,
) -> Result<Vec<Vec<f64>>, TrainingError> {
    let Points::Draws(draws) = points else { return Ok(vec![fit.theta.clone()]) };
    let peak = fit.peak().ok_or_else(|| {
        TrainingError::Mixing("the posterior has no peak that draws could be around".to_owned())
    })?;
    let draw = |member: usize| {
        let mut rng = stream(seed, &format!("laplace/{member}"));
        let noise = DVector::from_fn(fit.free.len(), |_, _| normal(&mut rng));
        // Precision L L', so that L'^-1 z has its inverse as covariance.
        let away = peak.l_dirty().tr_solve_lower_triangular(&noise).expect("a positive diagonal");
        let mut point = fit.theta.clone();
        fit.free.iter().zip(away.iter()).for_each(|(&place, away)| point[place] += away);
        point
    };
    Ok(draws.clone().map(draw).collect())
}

/// The model of a point, without autodiff, and its response models.
pub(super) fn at(task: &Task<'_>, theta: &[f64]) -> (Box<dyn RewardModel>, ResponseLearner) {
    let (model, response) = model_at(task, &[theta.to_vec()]);
    (model.frozen(), response)
}

/// Calls `act` for each source with its reward and its response model.
pub(super) fn each_source(
    task: &Task<'_>,
    model: &dyn RewardModel,
    learner: &ResponseLearner,
    mut act: impl FnMut(&Source, &Scorer<'_>, &Response),
) {
    let place = task.place.inner();
    let scorer = Scorer::new(model, task.features, task.returns, &place);
    for (number, source) in task.sources.iter().enumerate() {
        let heads = task.further_heads(&source.name);
        act(source, &Task::seen(&scorer, &heads), &learner.of(number, &place));
    }
}

pub(super) fn log_likelihood(
    source: &Source,
    scorer: &Scorer<'_>,
    response: &Response,
    statements: &[usize],
) -> f64 {
    source.objective.log_likelihoods(scorer, response, statements).iter().sum()
}
