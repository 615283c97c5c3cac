//! All fits of a mix, and what they come to.

use crate::RunError;
use crate::bench::Bench;
use medley_training::{
    CheckpointFolder, Combination, CrossPrediction, Event, Evidence, Fit, Fitted, HeldOut, Mixing,
    Separate, Source, TrainingError, Trust, fits_of, member_variance, return_sd,
};
use std::cell::OnceCell;
use std::path::PathBuf;

/// Where fits keep their checkpoints, and how often.
pub(crate) struct Checkpoints<'a> {
    /// The folder of a fit by its number, which exists.
    pub of: &'a dyn Fn(usize) -> Result<PathBuf, RunError>,
    /// Least time between two, in seconds.
    pub every: f64,
}

/// What a mix learns from.
pub(crate) struct Mixed<'a> {
    /// Names of its sources.
    pub names: &'a [&'a str],
    /// Which models are fitted.
    pub fits: &'a [Fit],
    /// The sources that some fit learns from, with the statements that it may learn from.
    pub sources: &'a [Source],
}

/// What the fits of a mix come to.
pub(crate) struct Outcome {
    /// Each fit.
    pub fitted: Vec<Fitted>,
    /// How they become rewards.
    pub combination: Combination,
    /// Which sources the mixing trusted, if it asked.
    pub trust: Option<Trust>,
}

/// The fits that a mix of these sources has.
///
/// # Errors
/// If they cannot be carried out.
pub(crate) fn fits(mixing: &dyn Mixing, names: &[&str]) -> Result<Vec<Fit>, RunError> {
    Ok(fits_of(mixing, names).map_err(TrainingError::Mixing)?)
}

/// Carries out the fits of a mix and finds out what they come to.
///
/// # Errors
/// If a fit diverges, fits cannot be combined or a checkpoint cannot be written.
pub(crate) fn fit_all(
    bench: &Bench<'_>,
    mixed: &Mixed<'_>,
    checkpoints: &Checkpoints<'_>,
    tell: &mut dyn FnMut(Event),
) -> Result<Outcome, RunError> {
    let Bench { features, spec, place, .. } = *bench;
    let Mixed { names, fits, sources } = *mixed;
    let mixing = spec.mixing.as_ref();
    let inner = place.inner();
    let held_out = HeldOut::new(sources, features, spec.reward_model.returns, &inner);
    let shape = bench.shape(features, Vec::new())?;
    let (alone, all) = (Separate::default(), Fit::of(names));
    let task = bench.task(&alone, &all, sources, &shape);
    let (inference, options) = (spec.inference.as_ref(), &spec.training);
    let known = OnceCell::new();
    let trust = || match known.get() {
        Some(trust) => Ok(Trust::clone(trust)),
        None => {
            let found = CrossPrediction::new(&task, inference, options)?.trust();
            Ok(known.get_or_init(|| found).clone())
        }
    };
    let evidence = Evidence {
        held_out: &held_out,
        trust: &trust,
        return_sd: &|model| return_sd(model, &task),
        member_variance: &|model| member_variance(model, &task),
    };
    let mut fitted = Vec::with_capacity(fits.len());
    for (number, fit) in fits.iter().enumerate() {
        let files = CheckpointFolder::new(&(checkpoints.of)(number)?).every(checkpoints.every);
        let tie = mixing.tie(fit, &evidence)?;
        fitted.push(bench.fit(fit, sources, features, tie.as_ref(), Some(&files), tell)?);
    }
    let combination = mixing.combine(&fitted, &evidence)?;
    combination.check(fitted.len())?;
    Ok(Outcome { fitted, combination, trust: known.into_inner() })
}
