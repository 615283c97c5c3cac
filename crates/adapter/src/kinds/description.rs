//! Adapter `description`: what a region of feature space is worth, per step.
//!
//! `value ~ Normal(beta r(center) + offset, sd)`: the centre is scored as a step of its own, which
//! no segment of the dataset needs to contain. The squared error of multi-type-feedback's
//! descriptive feedback, with scale and origin of the values learned.

use crate::answer::gaussian_response::{GaussianResponse, SaidNumbers};
use crate::{
    Adapter, Asking, BindError, Density, DensityObjective, DensityPrediction, Elicited, LearnedOr,
    Objective, Rationality, Respondent, Response, ResponseParameter, Scorer, Selection, Sharing,
    item,
};
use burn::tensor::Tensor;
use medley_encoder::{ModelPoint, Unreadable};
use medley_feedback as feedback;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Options: how a description is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Description {
    /// Standard deviation of the values, in their own unit.
    pub sd: LearnedOr,
    /// Whether people add a number of their own to all values, in the unit of the values.
    pub offset: Sharing,
    /// Whether people differ in how closely their values follow rewards.
    pub rationality: Sharing,
}

#[typetag::serde(name = "description")]
impl Adapter for Description {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Description>()?;
        let layout = Layout::new(selection)?;
        let centers = records.iter().map(|(record, _)| layout.center(selection, &record.center));
        let centers = centers.collect::<Result<Vec<_>, BindError>>()?;
        let values = records.iter().map(|(record, _)| (0, record.value)).collect();
        let statements = records.into_statements();
        let origins = &statements.origins;
        let said = SaidNumbers { answers: values, classes: 1, origins, scale: None };
        let answers = GaussianResponse::new(selection, self.sd, self.offset, said)?;
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        let kind = BoundDescription { answers, centers, rationality };
        Ok(Box::new(DensityObjective::new(statements, kind)))
    }

    fn segments_asked(&self) -> usize {
        0
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let origins = asking.origins(0..=0)?;
        let layout = Layout::new(&asking.selection)?;
        let centers = asking.queries.iter().map(|it| layout.center(&asking.selection, &it.point));
        let centers = centers.collect::<Result<Vec<_>, BindError>>()?;
        let said = SaidNumbers {
            answers: vec![(0, 0.0); centers.len()],
            classes: 1,
            origins: &origins,
            scale: None,
        };
        let answers = GaussianResponse::unanswered(&asking.selection, self.sd, self.offset, said)?;
        let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
        let kind = BoundDescription { answers, centers, rationality };
        let values = asking.numbers(&kind, respondent)?;
        let records = asking.queries.iter().zip(values).map(|(query, value)| {
            let (center, provenance) = (query.point.clone(), query.provenance.clone());
            Some(feedback::Description { center, value: value?, text: None, provenance })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "values of regions of feature space: Gaussian around the reward of their centre"
    }
}

/// How a centre is read, which has the features of the dataset.
struct Layout {
    point: ModelPoint,
    width: usize,
    whose: &'static str,
}

impl Layout {
    fn new(selection: &Selection<'_>) -> Result<Self, BindError> {
        let names = &selection.features.names;
        let stored = &selection.dataset.card.features;
        // Text has no stored features: centres are in the order of the encoder.
        let (stored, whose) =
            if stored.is_empty() { (names, "encoder") } else { (stored, "dataset") };
        let point = ModelPoint::new(names, selection.standardizer, stored);
        let point = point.map_err(|reason| {
            selection.unfit(match reason {
                Unreadable::Lacks(name) => format!(
                    "the model reads feature `{name}`, which the centres of descriptions lack (blocks of \
                     `encoder.join` name theirs anew)"
                ),
                Unreadable::Components(others) => format!(
                    "centres are points of the features that are stored, and a model of {} features \
                     cannot be asked about points of {others} others: expected no `dataset.components`",
                    names.len()
                ),
            })
        })?;
        Ok(Self { point, width: stored.len(), whose })
    }

    fn center(&self, selection: &Selection<'_>, center: &[f64]) -> Result<Vec<f32>, BindError> {
        if center.len() != self.width {
            return Err(selection.unfit(format!(
                "a centre has {} features and the {} {}",
                center.len(),
                self.whose,
                self.width
            )));
        }
        Ok(self.point.read(|column| center[column] as f32))
    }
}

struct BoundDescription {
    answers: GaussianResponse,
    centers: Vec<Vec<f32>>, // as the model reads them
    rationality: Rationality,
}

impl BoundDescription {
    /// Rewards of what is described, `[member, batch]`.
    fn value(&self, scorer: &Scorer<'_>, statements: &[usize]) -> Tensor<2> {
        scorer.points(statements.iter().map(|&s| self.centers[s].as_slice()))
    }
}

impl Density for BoundDescription {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.rationality.parameters();
        parameters.extend(self.answers.parameters(fitted_on));
        parameters
    }

    fn observed(&self, statement: usize) -> f64 {
        self.answers.value(statement)
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> DensityPrediction {
        let value = self.value(scorer, statements);
        let location = value.clone() * self.rationality.of(response, statements, scorer.place);
        let log_density = self.answers.log_density(scorer, response, location, statements);
        DensityPrediction { log_density, value }
    }

    fn item(&self, statement: usize) -> Option<u64> {
        Some(item(self.centers[statement].iter().map(|x| x.to_bits() as usize)))
    }

    fn point(&self, statement: usize) -> Option<&[f32]> {
        Some(&self.centers[statement])
    }

    fn alike(&self, statement: usize) -> usize {
        self.answers.class(statement)
    }

    fn drawn(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Option<Vec<f64>> {
        let location = self.value(scorer, statements)
            * self.rationality.of(response, statements, scorer.place);
        Some(self.answers.drawn(scorer, response, location, statements, rng))
    }

    fn say(&mut self, statement: usize, number: f64) {
        self.answers.say(statement, number);
    }

    fn exchange(&mut self, from: &[usize]) -> bool {
        self.answers.exchange(from);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control};
    use medley_dataset::{Card, DatasetBuilder, Domain};
    use medley_encoder::Standardizer;
    use medley_feedback::Provenance;

    fn with_sd(sd: f64) -> Description {
        Description { sd: LearnedOr::Fixed(sd), ..Description::default() }
    }

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
        let standardizer = Standardizer {
            names: vec!["x".into()],
            mean: vec![1.0],
            scale: vec![4.0],
            components: Vec::new(),
        };
        let selection = Selection { standardizer: Some(&standardizer), ..world.selection() };
        let objective = with_sd(0.5).bind(&selection).unwrap();
        let set: [(&str, &[f32]); 2] =
            [(crate::RATIONALITY, &[std::f32::consts::LN_2]), ("offset", &[-1.0])];
        let response = world.response(&*objective, &set);
        // Centres 1 and 0, locations 2 - 1 and 0 - 1, errors 1 and 0.
        let constant = 0.5f64.ln() + 0.5 * std::f64::consts::TAU.ln();
        assert_close(&world.losses(&*objective, &response), &[constant + 2.0, constant]);
        let judgement = &world.judgements(&*objective, &response)[0];
        assert_eq!((judgement.predicted_value, judgement.answer.value), (Some(1.0), Some(2.0)));
        assert!(judgement.answer.observed.is_empty());
    }

    #[test]
    fn the_deviation_is_learned_from_the_spread() {
        let objective = world(&[(0.0, 1.0), (1.0, 3.0)]).bind(&Description::default());
        let names: Vec<String> =
            objective.parameters(&[0, 1]).into_iter().map(|p| p.name).collect();
        assert_eq!(names, [crate::RATIONALITY, "offset", "log-sd"]);
        let error = world(&[(0.0, 1.0)]).refusal(&Description::default());
        assert!(error.contains("all answers to learn from are 1, so"), "{error}");
        let error = world(&[(0.0, 1.0)]).refusal(&with_sd(-1.0));
        assert!(error.contains("`sd` must be positive, found -1"), "{error}");
    }

    /// Text stores no features, so that a centre has those of the encoder.
    #[test]
    fn centres_of_text_are_as_wide_as_the_encoder() {
        let of = |width: usize| {
            let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
            builder.add_group("q", None, None);
            builder.add_text("a", "q", "One.");
            let region = |value| feedback::Description {
                center: vec![0.0; width],
                value,
                text: None,
                provenance: Provenance::default(),
            };
            builder.insert(checked(vec![region(1.0), region(2.0)]));
            World::with_features(builder.build().unwrap(), vec![0.0])
        };
        of(1).bind(&Description::default());
        let error = of(3).refusal(&Description::default());
        assert!(error.contains("a centre has 3 features and the encoder 1"), "{error}");
    }

    #[test]
    fn features_that_a_centre_lacks_are_named() {
        let mut world = world(&[(0.0, 1.0), (1.0, 2.0)]);
        world.features.names[0] = "length".into();
        let error = world.refusal(&Description::default());
        assert!(error.contains("the model reads feature `length`"), "{error}");
    }
}
