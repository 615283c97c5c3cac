//! From a reward to rows of its measures.

use crate::rows::{Rows, finite};
use crate::truth::measure::Measure;
use crate::truth::table::Tables;
use crate::truth::told;
use crate::{Prepared, RunError};
use medley_behaviour::WorldPoints;
use medley_plan::{Generated, Plan, PlanError, RunPlan, TruthSpec};
use medley_report::{BEST_POSSIBLE, CHANCE, MODEL, MeasurementRow, TRUE_REWARD};
use medley_reward_model::{Placement, RewardModel};
use medley_toml_file::Tagged;
use medley_world::{Mdp, World};

/// What the true reward of a run is.
pub(crate) struct Truth<'a> {
    spec: &'a TruthSpec,
    world: Option<Tagged<dyn World>>,
}

impl<'a> Truth<'a> {
    /// None if the run is not to be held against it.
    pub fn of(run: &'a RunPlan) -> Option<Self> {
        let spec = run.spec.evaluation.truth.as_ref()?;
        let made = run.spec.dataset.generator.as_ref();
        let world = spec.world.clone().or_else(|| made.and_then(|Generated { by, .. }| by.world()));
        Some(Self { spec, world })
    }

    /// The tables of the world and of those with shifted dynamics; none where it is no table.
    fn tables(&self, prepared: &Prepared) -> Result<Option<Tables>, RunError> {
        let Some((world, mdp)) = self.world.as_ref().and_then(|world| Some((world, world.mdp()?)))
        else {
            return Ok(None);
        };
        let refused = |problem: String| PlanError::spec(&["evaluation", "truth"], problem);
        let names = &prepared.features.names;
        let points = WorldPoints::new(names, prepared.standardizer.as_ref(), world.as_ref(), &mdp);
        let points = points.map_err(refused)?;
        let shifted = self.spec.shifted.iter();
        let shifted: Vec<(String, Mdp)> =
            shifted.filter_map(|(name, world)| Some((name.clone(), world.mdp()?))).collect();
        Ok(Some(Tables::new(points, mdp, shifted).map_err(refused)?))
    }
}

/// Holds a reward against the true one.
///
/// # Errors
/// The world does not fit the features that the model reads, or nothing is known of the true reward.
pub(crate) fn judge_truth(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    model: &dyn RewardModel,
    labels: u64,
    place: &Placement,
) -> Result<Vec<MeasurementRow>, RunError> {
    let Some(truth) = Truth::of(run) else { return Ok(Vec::new()) };
    let mut measures = told::measures(prepared, run, model, place)?;
    if let Some(tables) = truth.tables(prepared)? {
        measures.extend(tables.measures(model, place, &prepared.features)?);
    }
    if measures.is_empty() {
        return Err(nothing_known().into());
    }
    let rows = Rows { plan, run, labels };
    Ok(measures.into_iter().map(|measure| row(&rows, MODEL, measure)).collect())
}

/// What a reward that says nothing and the true reward get.
///
/// # Errors
/// As [`judge_truth`].
pub(crate) fn bounds(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
) -> Result<Vec<MeasurementRow>, RunError> {
    let Some(truth) = Truth::of(run) else { return Ok(Vec::new()) };
    let rows_of = Rows { plan, run, labels: 0 };
    let mut rows = Vec::new();
    let tables = truth.tables(prepared)?;
    let [chance, best] = told::bounds(prepared, run)?;
    for (estimator, best, measures) in [(CHANCE, false, chance), (BEST_POSSIBLE, true, best)] {
        // A column of metadata need not follow the true reward, which is then not the best possible.
        let named = |measure: &Measure| match &measure.about {
            Some(_) if best => TRUE_REWARD,
            _ => estimator,
        };
        rows.extend(measures.into_iter().map(|measure| row(&rows_of, named(&measure), measure)));
        if let Some(tables) = &tables {
            let found = tables.bounds(best);
            let found =
                found.map_err(|problem| PlanError::spec(&["evaluation", "truth"], problem))?;
            rows.extend(found.into_iter().map(|measure| row(&rows_of, estimator, measure)));
        }
    }
    Ok(rows)
}

fn nothing_known() -> PlanError {
    let message = "nothing is known of the true reward: the dataset has no rewards of steps, and there is \
                   no `world` that is a table";
    PlanError::spec(&["evaluation", "truth"], message)
}

fn row(rows: &Rows<'_>, estimator: &str, measure: Measure) -> MeasurementRow {
    let Measure { about, metric, unit, direction, estimate, note } = measure;
    let source = match about {
        None => TRUE_REWARD.to_owned(),
        Some(about) => format!("{TRUE_REWARD}, {about}"),
    };
    MeasurementRow {
        value: estimate.value,
        low: finite(estimate.low),
        high: finite(estimate.high),
        count: estimate.n as u64,
        clusters: estimate.clusters as u64,
        note,
        ..rows.row_of(&source, (metric, unit, direction), estimator)
    }
}
