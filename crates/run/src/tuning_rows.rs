//! What was tried in a tuned run, as rows of a table.

use crate::halving::{Done, Trial};
use medley_plan::{Plan, RunPlan, RunTuning};
use medley_report::{TuningOutcome, TuningRow};

/// What was tried in a tuned run, and what was chosen.
pub(crate) struct Tried {
    /// The chosen candidate.
    pub chosen: usize,
    trials: Vec<Told>,
}

/// A candidate at a rung.
struct Told {
    rung: usize,
    /// Statements learned from, of all sources.
    statements: u64,
    candidate: usize,
    outcome: TuningOutcome,
    failure: Option<String>,
    log_likelihood: Option<f64>,
    standard_error: Option<f64>,
    /// To the best of the rung.
    gap: Option<f64>,
    gap_standard_error: Option<f64>,
}

impl Tried {
    /// From the rungs that were done, the number of statements of a candidate at a rung, and the standard error of a
    /// mean over validation statements.
    pub fn new(
        chosen: usize,
        done: Vec<Done>,
        statements: &dyn Fn(usize, usize) -> u64,
        error: &dyn Fn(&[f64]) -> Option<f64>,
    ) -> Self {
        let last = done.len().saturating_sub(1);
        let mut trials = Vec::new();
        for (rung, Done { trials: ranked, kept }) in done.iter().enumerate() {
            for (place, (candidate, trial)) in ranked.iter().enumerate() {
                let outcome = match trial {
                    Trial::Failed(_) => TuningOutcome::Failed,
                    Trial::Measured(_) if rung == last && place == 0 => TuningOutcome::Chosen,
                    Trial::Measured(_) if place < *kept => TuningOutcome::Kept,
                    Trial::Measured(_) => TuningOutcome::PassedOver,
                };
                let told = Told {
                    outcome,
                    ..Told::of((rung, statements(rung, *candidate)), *candidate, trial, error)
                };
                trials.push(match &ranked[0].1 {
                    Trial::Measured(best) if place > 0 => told.compared(trial, best, error),
                    _ => told,
                });
            }
        }
        trials.sort_by_key(|told| (told.rung, told.candidate));
        Self { chosen, trials }
    }
}

impl Told {
    fn of(
        (rung, statements): (usize, u64),
        candidate: usize,
        trial: &Trial,
        error: &dyn Fn(&[f64]) -> Option<f64>,
    ) -> Self {
        let (standard_error, failure) = match trial {
            Trial::Measured(values) => (error(values), None),
            Trial::Failed(reason) => (None, Some(reason.clone())),
        };
        Self {
            rung,
            statements,
            candidate,
            outcome: TuningOutcome::PassedOver,
            failure,
            log_likelihood: trial.mean(),
            standard_error,
            gap: None,
            gap_standard_error: None,
        }
    }

    /// With how far it is behind the best of its rung, statement by statement.
    fn compared(self, trial: &Trial, best: &[f64], error: &dyn Fn(&[f64]) -> Option<f64>) -> Self {
        let Trial::Measured(values) = trial else { return self };
        let gaps: Vec<f64> = best.iter().zip(values).map(|(best, value)| best - value).collect();
        let gap = gaps.iter().sum::<f64>() / gaps.len() as f64;
        Self { gap: Some(gap), gap_standard_error: error(&gaps), ..self }
    }
}

/// The rows of `tuning.parquet` of a run.
pub(crate) fn tuning_rows(
    plan: &Plan,
    run: &RunPlan,
    tuning: &RunTuning,
    tried: &Tried,
) -> Vec<TuningRow> {
    let split = &plan.spec.dataset.split;
    let row = |told: &Told| {
        let edges = tuning.at_edge(told.candidate);
        TuningRow {
            run: run.id.clone(),
            mix: run.subject.label().to_owned(),
            untuned: tuning.untuned.clone(),
            setting: run.setting.to_string(),
            seed: run.seed,
            train_share: 1.0 - split.validation - split.test,
            test_share: split.test,
            target: tuning.target.clone(),
            candidate: told.candidate as u64,
            values: tuning.candidates[told.candidate].setting.to_string(),
            at_edge: (!edges.is_empty()).then(|| edges.join(", ")),
            rung: told.rung as u64,
            statements: told.statements,
            log_likelihood: told.log_likelihood,
            standard_error: told.standard_error,
            gap: told.gap,
            gap_standard_error: told.gap_standard_error,
            outcome: told.outcome,
            failure: told.failure.clone(),
        }
    };
    tried.trials.iter().map(row).collect()
}
