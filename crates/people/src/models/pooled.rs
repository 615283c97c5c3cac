//! `people.pooled`: everybody wants the same.
//!
//! What every trainer does that is given comparisons without names. The convex fit of one vector of
//! weights to all statements; the yardstick of every other model of people.

use crate::around::{check_coordinates, check_statements};
use crate::gaps::Gaps;
use crate::linear::{self, Quadratic};
use crate::newton::maximize;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel};
use medley_toml_file::{Problem, above_zero};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

/// One view for all.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pooled {
    /// Standard deviation, in nats, of a normal prior on weights, so that there is an optimum where all
    /// answers are alike.
    pub prior_sd: f64,
}

impl Default for Pooled {
    fn default() -> Self {
        Self { prior_sd: 100.0 }
    }
}

const NAME: &str = "pooled";

/// The weights.
#[derive(Clone, Debug)]
struct FittedPooled {
    view: Vec<f64>,
}

#[typetag::serde(name = "pooled")]
impl PeopleModel for Pooled {
    fn summary(&self) -> &'static str {
        "everybody wants the same, as trainers without names have it"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("prior-sd", self.prior_sd)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        Ok(Box::new(FittedPooled { view: pooled(panel, statements, self.prior_sd)? }))
    }
}

/// The most likely view of these statements.
pub fn pooled(panel: &Panel, statements: &[usize], prior_sd: f64) -> Result<Vec<f64>, PeopleError> {
    weighted(panel, &[(statements, 1.0)], prior_sd, None)
}

/// The most likely view where statements count for unequal weights.
pub fn weighted(
    panel: &Panel,
    statements: &[(&[usize], f64)],
    prior_sd: f64,
    start: Option<&[f64]>,
) -> Result<Vec<f64>, PeopleError> {
    let precision = prior_sd.powi(-2);
    let center = starts(panel);
    let start = start.map_or_else(|| center.clone(), DVector::from_column_slice);
    let used = statements.iter().filter(|(_, weight)| *weight > 0.0);
    let gaps = Gaps::of(panel, used.flat_map(|(some, _)| some.iter()));
    let mode = maximize(&start, |view, into| {
        linear::evaluate(panel, &[], view.as_slice(), 1.0, into);
        for &(some, weight) in statements.iter().filter(|(_, weight)| *weight > 0.0) {
            linear::add(panel, some, view.as_slice(), weight, into);
        }
        add_prior(into, view, &center, precision);
        gaps.add(view.as_slice(), 0, into);
    });
    let failed = || PeopleError::Fit {
        model: NAME,
        message: "expected a finite log-likelihood at the start, found none".to_owned(),
    };
    Ok(mode.ok_or_else(failed)?.at.as_slice().to_vec())
}

/// 0 for features, where columns start for columns.
pub fn starts(panel: &Panel) -> DVector<f64> {
    let features = panel.features().len();
    DVector::from_fn(panel.width(), |i, _| match i < features {
        true => 0.0,
        false => panel.columns()[i - features].start,
    })
}

fn add_prior(into: &mut Quadratic, view: &DVector<f64>, center: &DVector<f64>, precision: f64) {
    let away = view - center;
    into.value -= 0.5 * precision * away.norm_squared();
    into.slope.axpy(-precision, &away, 1.0);
    (0..view.len()).for_each(|i| into.curvature[(i, i)] += precision);
}

impl Fitted for FittedPooled {
    fn belief(&self, _: &Panel, _: usize) -> Belief {
        Belief::certain(self.view.clone())
    }

    fn meet(&self, panel: &Panel, person: usize, _: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.belief(panel, person))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        self.view.iter().enumerate().map(|(i, &w)| Number::new(panel.name(i), w)).collect()
    }
}
