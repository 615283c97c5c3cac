//! Which linear weights fit shares of yes best, where each statement counts for as much as it is told to?

use crate::answer::log_sigmoid;
use crate::linear::predictors;
use crate::models::pooled::starts;
use crate::newton::maximize;
use crate::{Panel, PeopleError};
use nalgebra::{DMatrix, DVector};

/// A statement, what share of it is yes, and what it counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Soft {
    pub statement: usize,
    pub yes: f64,
    pub weight: f64,
}

/// Maximizes `sum of weight (yes ln s(eta) + (1 - yes) ln s(-eta))` under a normal prior of that standard
/// deviation on weights. Statements have one predictor.
pub fn fit(
    model: &'static str,
    panel: &Panel,
    said: &[Soft],
    prior_sd: f64,
    start: Option<&[f64]>,
) -> Result<Vec<f64>, PeopleError> {
    let precision = prior_sd.powi(-2);
    let center = starts(panel);
    let start = start.map_or_else(|| center.clone(), DVector::from_column_slice);
    let mode = maximize(&start, |view, into| {
        let away = view - &center;
        into.value = -0.5 * precision * away.norm_squared();
        into.slope = away * -precision;
        into.curvature = DMatrix::identity(view.len(), view.len()) * precision;
        for soft in said.iter().filter(|soft| soft.weight > 0.0) {
            let eta = predictors(panel, soft.statement, view.as_slice())[0];
            let ((yes, no_chance), (no, yes_chance)) = (log_sigmoid(eta), log_sigmoid(-eta));
            into.value += soft.weight * (soft.yes * yes + (1.0 - soft.yes) * no);
            let slope = soft.weight * (soft.yes * no_chance - (1.0 - soft.yes) * yes_chance);
            let curve = soft.weight * yes_chance * no_chance;
            let row = &panel.rows(soft.statement)[0];
            for &(i, x) in row {
                into.slope[i] += slope * x;
                row.iter().for_each(|&(j, y)| into.curvature[(i, j)] += curve * x * y);
            }
        }
    });
    let message = "expected a finite log-likelihood at the start, found none".to_owned();
    let mode = mode.ok_or(PeopleError::Fit { model, message })?;
    Ok(mode.at.as_slice().to_vec())
}
