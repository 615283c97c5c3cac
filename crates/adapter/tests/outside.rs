//! Adapters written as from outside of the crate, of public parts only: people, heads, cutpoints,
//! choice sets, numbers with errors. What they need is public, and they keep the laws.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor};
use medley_adapter::conformance::{Fixture, Law, RecordSet, check, world};
use medley_adapter::{
    About, Adapter, BindError, ChoiceObjective, Density, DensityObjective, DensityPrediction,
    FiniteChoice, GaussianResponse, LearnedOr, Objective, OrdinalClasses, ParameterRole,
    ParameterScale, Prediction, Rationality, Response, ResponseParameter, SaidNumbers, Scorer,
    SegmentSpan, Selection, Sharing, Speakers, advantage, aspect_returns, head_of, item,
    option_returns,
};
use medley_evaluation::ResponseSet;
use medley_feedback::{self as feedback, AnnotatorId, Provenance, Scale};
use medley_likelihood::choice::boltzmann;
use medley_likelihood::ordinal::cumulative_logit;
use medley_reward_model::Span;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Grades of aspects: cutpoints for each aspect, a head for each, a location for each person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Grades;

#[typetag::serde(name = "outside-grades")]
impl Adapter for Grades {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Rating>()?;
        let class = |aspect: &Option<String>| usize::from(aspect.as_deref() == Some("style"));
        let list = records.iter().map(|(record, origin)| {
            let level = record.scale.level(record.value).unwrap_or(0);
            (origin.segments[0] as usize, class(&record.aspect), level)
        });
        let list = list.collect();
        let statements = records.into_statements();
        let speakers = Speakers::new(&statements.origins);
        speakers.check(selection, Sharing::PerAnnotator, "location")?;
        let rationality = Rationality::new(selection, Sharing::Shared, &statements.origins)?;
        let heads = [head_of(selection, None)?, head_of(selection, Some("style"))?];
        let classes = OrdinalClasses::new(["whole", "style"].map(str::to_owned).to_vec());
        let kind = BoundGrades { list, heads, classes, speakers, rationality };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn aspects(&self, _selection: &Selection<'_>) -> Result<Vec<String>, BindError> {
        Ok(vec!["style".to_owned()])
    }

    fn summary(&self) -> &'static str {
        "grades of a segment and of its style"
    }
}

struct BoundGrades {
    list: Vec<(usize, usize, usize)>, // segment, class, level
    heads: [Option<usize>; 2],
    classes: OrdinalClasses,
    speakers: Speakers,
    rationality: Rationality,
}

const LEVELS: usize = 3;
const LOCATION: &str = "location";

impl FiniteChoice for BoundGrades {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut mass = vec![vec![0.0; LEVELS]; 2];
        for &statement in fitted_on {
            let (_, class, level) = self.list[statement];
            mass[class][level] += 1.0;
        }
        let location = self.speakers.parameter(LOCATION, 1.0);
        let location = location.meaning(ParameterRole::Cutpoints, ParameterScale::Linear);
        let shared = self.rationality.parameters().into_iter();
        shared.chain(self.classes.parameters(&mass)).chain([location]).collect()
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Labelled(["low", "middle", "high"].map(str::to_owned).to_vec())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        (0..LEVELS).map(|level| f32::from(u8::from(level == self.list[statement].2))).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = || statements.iter().map(|&statement| self.list[statement]);
        let spans: Vec<_> =
            picked().map(|(segment, ..)| SegmentSpan { segment, span: Span::Whole }).collect();
        let heads: Vec<_> = picked().map(|(_, class, _)| self.heads[class]).collect();
        let value = aspect_returns(scorer, &spans, &heads);
        let classes = picked().map(|(_, class, _)| class);
        let location = self.speakers.deviation(response, LOCATION, statements, scorer.place);
        let cutpoints = self.classes.cutpoints(response, classes, scorer.place);
        let cutpoints = cutpoints.shift(location.unsqueeze_dim::<3>(2));
        let scaled = value.clone() * self.rationality.of(response, statements, scorer.place);
        Prediction { log_probabilities: cumulative_logit(scaled, cutpoints), value }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        Some(outcome as f64)
    }

    fn about(&self, statement: usize) -> About {
        let (segment, class, level) = self.list[statement];
        let item = item([segment, class]);
        About { value: Some(level as f64), item: Some(item), ..About::default() }
    }
}

/// One of several segments is the best.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Best;

#[typetag::serde(name = "outside-best")]
impl Adapter for Best {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Demonstration>()?;
        let sets = records.iter().map(|(_, origin)| {
            let shown = origin.segments[0] as usize;
            let mut set: Vec<usize> = origin.segments.iter().map(|&s| s as usize).collect();
            set.sort_unstable();
            let best = set.iter().position(|&segment| segment == shown).unwrap_or(0);
            (set, [best])
        });
        let sets = sets.collect();
        let statements = records.into_statements();
        let rationality = Rationality::new(selection, Sharing::PerAnnotator, &statements.origins)?;
        Ok(Box::new(ChoiceObjective::new(statements, BoundBest { sets, rationality })))
    }

    fn summary(&self) -> &'static str {
        "the best of several segments"
    }
}

struct BoundBest {
    sets: Vec<(Vec<usize>, [usize; 1])>,
    rationality: Rationality,
}

impl FiniteChoice for BoundBest {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.rationality.parameters()
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let (set, [best]) = &self.sets[statement];
        (0..set.len()).map(|option| f32::from(u8::from(option == *best))).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = || statements.iter().map(|&statement| &self.sets[statement]);
        let sets: Vec<&[usize]> = picked().map(|(set, _)| &set[..]).collect();
        let options = option_returns(scorer, &sets);
        let chosen: Vec<_> = picked().map(|(set, best)| (set.len(), &best[..])).collect();
        let value = advantage(scorer, options.returns.clone(), &chosen);
        let rationality = self.rationality.of(response, statements, scorer.place);
        let scaled = options.returns * rationality.unsqueeze_dim::<3>(2);
        Prediction { log_probabilities: boltzmann(scaled, options.mask), value }
    }

    fn about(&self, statement: usize) -> About {
        let set = self.sets[statement].0.iter().copied();
        About { item: Some(item(set)), ..About::default() }
    }
}

/// Scores that are numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Score;

#[typetag::serde(name = "outside-score")]
impl Adapter for Score {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Rating>()?;
        let segments = records.iter().map(|(_, origin)| origin.segments[0] as usize).collect();
        let values = records.iter().map(|(record, _)| (0, record.value)).collect();
        let statements = records.into_statements();
        let origins = &statements.origins;
        let said = SaidNumbers { answers: values, classes: 1, origins, scale: None };
        let (sd, offset) = (LearnedOr::Learned, Sharing::Shared);
        let answers = GaussianResponse::new(selection, sd, offset, said)?;
        let kind = BoundScore { segments, answers };
        Ok(Box::new(DensityObjective::new(statements, kind)))
    }

    fn summary(&self) -> &'static str {
        "scores with normal errors"
    }
}

struct BoundScore {
    segments: Vec<usize>,
    answers: GaussianResponse,
}

impl BoundScore {
    fn value(&self, scorer: &Scorer<'_>, statements: &[usize]) -> Tensor<2> {
        let segments: Vec<usize> = statements.iter().map(|&s| self.segments[s]).collect();
        scorer.returns(&segments)
    }
}

impl Density for BoundScore {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let shared = std::iter::once(ResponseParameter::rationality());
        shared.chain(self.answers.parameters(fitted_on)).collect()
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
        let location = value.clone() * response.rationality();
        let log_density = self.answers.log_density(scorer, response, location, statements);
        DensityPrediction { log_density, value }
    }

    fn drawn(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Option<Vec<f64>> {
        let location = self.value(scorer, statements) * response.rationality();
        Some(self.answers.drawn(scorer, response, location, statements, rng))
    }

    fn say(&mut self, statement: usize, number: f64) {
        self.answers.say(statement, number);
    }

    fn item(&self, statement: usize) -> Option<u64> {
        Some(item([self.segments[statement]]))
    }
}

fn rating(segment: usize, value: f64, aspect: Option<&str>) -> feedback::Rating {
    let annotator = Some(AnnotatorId(format!("a{}", segment / 2 % 2)));
    feedback::Rating {
        segment: format!("s{segment}").as_str().into(),
        value,
        scale: Scale { low: 1.0, high: 3.0, levels: Some(3) },
        aspect: aspect.map(str::to_owned),
        reason: None,
        provenance: Provenance { annotator, ..Provenance::default() },
    }
}

fn skipped(adapter: &dyn Adapter, records: RecordSet, shift_invariant: bool) -> Vec<Law> {
    let (segments, count) = (world(12, 1).unwrap(), records.len());
    let fixture =
        Fixture { shift_invariant, ..Fixture::new(segments, records, count, Device::flex()) };
    let report = check(adapter, &fixture).unwrap_or_else(|failures| panic!("{failures}"));
    report.skipped.iter().map(|(law, _)| *law).collect()
}

#[test]
fn people_heads_and_cutpoints() {
    let style = Some("style");
    let said = [(0, 1.0, None), (1, 3.0, style), (2, 2.0, None), (5, 1.0, style), (6, 3.0, None)];
    let records = said.map(|(segment, value, aspect)| rating(segment, value, aspect));
    let found = skipped(&Grades, RecordSet::new(records.to_vec()), false);
    let none = [Law::Normalization, Law::Mirror, Law::Shift, Law::Pair, Law::Linear];
    assert_eq!(found[..5], none);
    assert_eq!(found[5..], [Law::Elicited, Law::Recovery]);
}

#[test]
fn choice_sets() {
    let best = |shown: usize, others: &[usize]| feedback::Demonstration {
        segment: format!("s{shown}").as_str().into(),
        alternatives: others.iter().map(|s| format!("s{s}").as_str().into()).collect(),
        provenance: Provenance::default(),
    };
    let records = vec![best(0, &[1, 3]), best(5, &[4]), best(6, &[4, 5, 7])];
    let found = skipped(&Best, RecordSet::new(records), true);
    let none = [Law::Normalization, Law::Mirror, Law::Pair, Law::Linear];
    assert_eq!(found[..4], none);
    assert_eq!(found[4..], [Law::Elicited, Law::Recovery]);
}

#[test]
fn numbers_with_errors() {
    let said = [(0, 1.0), (1, 3.0), (2, 2.0), (5, 1.0), (6, 3.0)];
    let records = said.map(|(segment, value)| rating(segment, value, None));
    let found = skipped(&Score, RecordSet::new(records.to_vec()), false);
    let none = [Law::Normalization, Law::Role, Law::Mirror, Law::Shift, Law::Pair, Law::Linear];
    assert_eq!(found[..6], none);
    assert_eq!(found[6..], [Law::Shuffled, Law::Elicited, Law::Recovery]);
}
