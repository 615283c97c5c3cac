//! What the parameters of how people answer came out as, in natural units.

use medley_adapter::{ParameterScale, Response, ResponseParameter};
use medley_dataset::People;
use medley_plan::RunPlan;
use medley_report::{FittedOn, ResponseRow};
use medley_training::{Fitted, FittedParameter};

/// The response model of a source as it was fitted for evaluation.
pub struct CalibratedSource {
    /// Name of the source.
    pub source: String,
    /// What it was fitted on, the reward frozen.
    pub fitted_on: FittedOn,
    /// What its parameters are.
    pub parameters: Vec<ResponseParameter>,
    /// Their values.
    pub response: Response,
}

/// Rows of the response models that were fitted with the reward.
pub(crate) fn fitted_rows(run: &RunPlan, fitted: &Fitted, people: &People) -> Vec<ResponseRow> {
    let of_source = |(number, source): (usize, &String)| {
        let parameters = fitted.response.report(number);
        let rows = |f: &FittedParameter| {
            rows(run, (FittedOn::Train, source), &f.parameter, &f.values, people)
        };
        parameters.iter().flat_map(rows).collect::<Vec<_>>()
    };
    let sources = fitted.fit.sources.iter().enumerate();
    let of_mixing = fitted.response.report(fitted.fit.sources.len());
    let own = of_mixing.iter().flat_map(|f| {
        rows(run, (FittedOn::Train, &String::new()), &f.parameter, &f.values, people)
    });
    sources.flat_map(of_source).chain(own).collect()
}

/// Rows of a response model that was fitted for evaluation.
pub(crate) fn calibrated_rows(
    run: &RunPlan,
    calibrated: &CalibratedSource,
    people: &People,
) -> Vec<ResponseRow> {
    let of = |parameter: &ResponseParameter| {
        let tensor = calibrated.response.get(&parameter.name);
        let values: Vec<f64> = tensor.into_data().iter::<f64>().collect();
        rows(run, (calibrated.fitted_on, &calibrated.source), parameter, &values, people)
    };
    calibrated.parameters.iter().flat_map(of).collect()
}

/// `values` are `[member, value]` in row-major order.
fn rows(
    run: &RunPlan,
    (fitted_on, source): (FittedOn, &String),
    parameter: &ResponseParameter,
    values: &[f64],
    people: &People,
) -> Vec<ResponseRow> {
    let width = parameter.initial.len().max(1);
    let annotator = |position: usize| {
        let person = parameter.people.as_ref()?.get(position)?;
        Some(people.id(*person).0.clone())
    };
    let of_member = |(member, values): (usize, &[f64])| {
        let natural = parameter.scale.natural(values);
        let row = |(position, value): (usize, f64)| ResponseRow {
            run: run.id.clone(),
            mix: run.subject.label().to_owned(),
            setting: run.setting.to_string(),
            seed: run.seed,
            fitted_on,
            source: source.clone(),
            parameter: natural_name(parameter),
            annotator: annotator(position),
            position: if parameter.people.is_some() { 0 } else { position as u64 },
            member: member as u64,
            value,
        };
        natural.into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    values.chunks(width).enumerate().flat_map(of_member).collect()
}

/// `annotator-log-scale` is stored as a logarithm and told as `annotator-scale`.
fn natural_name(parameter: &ResponseParameter) -> String {
    match parameter.scale {
        ParameterScale::Log => parameter.name.replacen("log-", "", 1),
        ParameterScale::Linear | ParameterScale::Ordered | ParameterScale::Gaps => {
            parameter.name.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_adapter::ParameterRole;

    #[test]
    fn values_are_in_natural_units_and_name_their_people() {
        let plan = crate::tests::plan("");
        let run = &plan.runs[0];
        let rationality = ResponseParameter::rationality();
        let values = [0.0, 2.0f64.ln()];
        let source = "votes".to_owned();
        let told = rows(run, (FittedOn::Train, &source), &rationality, &values, &People::default());
        let found: Vec<(u64, &str)> =
            told.iter().map(|row| (row.member, row.parameter.as_str())).collect();
        assert_eq!(found, [(0, "rationality"), (1, "rationality")]);
        assert!((told[1].value - 2.0).abs() < 1e-12 && told[1].annotator.is_none());

        let cutpoints = ResponseParameter::free("cutpoints", vec![0.0; 2])
            .meaning(ParameterRole::Cutpoints, ParameterScale::Ordered);
        let free = (std::f64::consts::E - 1.0).ln();
        let people = People::default();
        let told = rows(run, (FittedOn::Validation, &source), &cutpoints, &[-1.0, free], &people);
        let places: Vec<(u64, f64)> = told.iter().map(|row| (row.position, row.value)).collect();
        assert!(places[0] == (0, -1.0) && places[1].0 == 1 && places[1].1.abs() < 1e-12);
    }
}
