//! Adapter `description`: what a region of feature space is worth, per step.
//!
//! `value ~ Normal(beta r(center) + offset, sd)`: the centre is scored as a step of its own, which
//! no segment of the dataset needs to contain. The squared error of multi-type-feedback's
//! descriptive feedback, with scale and origin of the values learned.

use crate::gaussian_response::GaussianResponse;
use crate::{
    Adapter, BindError, Binding, Density, DensityObjective, DensityPrediction, LearnedOr,
    Objective, Response, ResponseParameter, Scorer,
};
use medley_feedback as feedback;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options: how a description is understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Description {
    /// Standard deviation of the values, in their own unit.
    pub sd: LearnedOr,
}

#[typetag::serde(name = "description")]
impl Adapter for Description {
    fn bind(&self, binding: &Binding<'_>) -> Result<Box<dyn Objective>, BindError> {
        let bound = binding.records::<feedback::Description>()?;
        let layout = Layout::new(binding)?;
        let regions = bound.records.iter().map(|bound| {
            let center = layout.model_features(binding, &bound.record.center)?;
            Ok(Region { center, value: bound.record.value, clusters: bound.clusters.clone() })
        });
        let regions = regions.collect::<Result<Vec<_>, BindError>>()?;
        let values: Vec<(usize, f64)> = regions.iter().map(|region| (0, region.value)).collect();
        let everywhere = binding.everywhere().records::<feedback::Description>()?.records;
        let everywhere: Vec<f64> = everywhere.iter().map(|bound| bound.record.value).collect();
        let answers = GaussianResponse::new(binding, self.sd, 1, &values, &everywhere)?;
        let dropped = bound.dropped;
        Ok(Box::new(DensityObjective(BoundDescription { answers, regions, dropped })))
    }

    fn summary(&self) -> &'static str {
        "values of regions of feature space: Gaussian around the reward of their centre"
    }
}

/// Where the features of the model are found in a centre, which has those of the dataset.
struct Layout {
    columns: Vec<usize>,
    width: usize,
    mean: Vec<f32>,
    scale: Vec<f32>,
}

impl Layout {
    fn new(binding: &Binding<'_>) -> Result<Self, BindError> {
        let names = &binding.features.names;
        let stored = &binding.dataset.card.features;
        // Text has no stored features: centres are in the order of the encoder.
        let stored = if stored.is_empty() { names } else { stored };
        let column = |name: &String| {
            stored.iter().position(|known| known == name).ok_or_else(|| {
                binding.unfit(format!(
                    "the model reads feature `{name}`, which the centres of descriptions lack"
                ))
            })
        };
        let columns = names.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let (mean, scale) = match binding.standardizer {
            None => (vec![0.0; names.len()], vec![1.0; names.len()]),
            Some(fitted) if fitted.names == *names => (fitted.mean.clone(), fitted.scale.clone()),
            Some(fitted) => {
                return Err(binding.unfit(format!(
                    "the standardizer is for {} other features than the {} of the model",
                    fitted.names.len(),
                    names.len()
                )));
            }
        };
        Ok(Self { columns, width: stored.len(), mean, scale })
    }

    fn model_features(&self, binding: &Binding<'_>, center: &[f64]) -> Result<Vec<f32>, BindError> {
        if center.len() != self.width {
            return Err(binding.unfit(format!(
                "a centre has {} features and the dataset {}",
                center.len(),
                self.width
            )));
        }
        let fitted = self.mean.iter().zip(&self.scale);
        let standardized = self
            .columns
            .iter()
            .zip(fitted)
            .map(|(&column, (mean, scale))| (center[column] as f32 - mean) / scale);
        Ok(standardized.collect())
    }
}

struct Region {
    center: Vec<f32>, // as the model reads it
    value: f64,
    clusters: Vec<u32>,
}

struct BoundDescription {
    answers: GaussianResponse,
    regions: Vec<Region>,
    dropped: BTreeMap<String, usize>,
}

impl Density for BoundDescription {
    fn addresses_features(&self) -> bool {
        true
    }

    fn statements(&self) -> usize {
        self.regions.len()
    }

    fn clusters(&self, statement: usize) -> Vec<u32> {
        self.regions[statement].clusters.clone()
    }

    fn parameters(&self) -> Vec<ResponseParameter> {
        let mut parameters = vec![ResponseParameter::rationality()];
        parameters.extend(self.answers.parameters());
        parameters
    }

    fn observed(&self, statement: usize) -> f64 {
        self.regions[statement].value
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> DensityPrediction {
        let picked = || statements.iter().map(|&statement| &self.regions[statement]);
        let centers: Vec<Vec<f32>> = picked().map(|region| region.center.clone()).collect();
        let value = scorer.points(&centers);
        let observed: Vec<(usize, f64)> = picked().map(|region| (0, region.value)).collect();
        let log_density = self.answers.log_density(scorer, response, value.clone(), &observed);
        DensityPrediction { log_density, value }
    }

    fn item(&self, statement: usize) -> Option<u64> {
        let bits = self.regions[statement].center.iter().map(|x| x.to_bits() as usize);
        Some(crate::item::item(bits))
    }

    fn dropped(&self) -> &BTreeMap<String, usize> {
        &self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control};
    use medley_encoder::Standardizer;
    use medley_feedback::Provenance;

    fn world(regions: &[(f64, f64)]) -> World {
        let mut builder = control(&[("a", "e", &[0.5, 1.5])]);
        let region = |&(x, value): &(f64, f64)| feedback::Description {
            center: vec![x],
            value,
            text: None,
            provenance: Provenance::default(),
        };
        builder.insert(checked(regions.iter().map(region).collect()));
        World::new(builder)
    }

    #[test]
    fn standardized_centres_by_hand() {
        let world = world(&[(5.0, 2.0), (1.0, -1.0)]).with_members(2);
        let standardizer =
            Standardizer { names: vec!["x".into()], mean: vec![1.0], scale: vec![4.0] };
        let binding = Binding { standardizer: Some(&standardizer), ..world.binding() };
        let objective = Description { sd: LearnedOr::Fixed(0.5) }.bind(&binding).unwrap();
        let set: [(&str, &[f32]); 2] =
            [(crate::RATIONALITY, &[std::f32::consts::LN_2]), ("offset", &[-1.0])];
        let response = world.response(&*objective, &set);
        // Centres 1 and 0, locations 2 - 1 and 0 - 1, errors 1 and 0.
        let constant = 0.5f64.ln() + 0.5 * std::f64::consts::TAU.ln();
        assert_close(&world.losses(&*objective, &response), &[constant + 2.0, constant]);
        let judgement = &world.judgements(&*objective, &response)[0];
        assert_eq!((judgement.predicted_value, judgement.observed_value), (Some(1.0), Some(2.0)));
        assert!(judgement.observed.is_empty());
    }

    #[test]
    fn the_deviation_is_learned_from_the_spread() {
        let objective = world(&[(0.0, 1.0), (1.0, 3.0)]).bind(&Description::default());
        let names: Vec<String> = objective.parameters().into_iter().map(|p| p.name).collect();
        assert_eq!(names, [crate::RATIONALITY, "offset", "log-sd"]);
        let error = world(&[(0.0, 1.0)]).refusal(&Description::default());
        assert!(error.contains("all answers are 1, so no deviation can be learned"), "{error}");
        let error = world(&[(0.0, 1.0)]).refusal(&Description { sd: LearnedOr::Fixed(-1.0) });
        assert!(error.contains("`sd` must be positive, found -1"), "{error}");
    }

    #[test]
    fn features_that_a_centre_lacks_are_named() {
        let mut world = world(&[(0.0, 1.0), (1.0, 2.0)]);
        world.features.names[0] = "length".into();
        let error = world.refusal(&Description::default());
        assert!(error.contains("the model reads feature `length`"), "{error}");
    }
}
