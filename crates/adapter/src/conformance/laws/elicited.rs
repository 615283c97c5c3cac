//! Are records that are elicited those that the likelihood, bound to them, says are given?

use super::agree::judged;
use super::drawn::{Cells, Ratios};
use super::reckoned::{all_made_records, silence_is_told};
use crate::conformance::Verdict;
use crate::conformance::linear::{Numbers, tensor};
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use crate::objective::draw::outcome;
use crate::{Asked, Query, Reply, Respondent, Response, ResponseParameter};
use medley_evaluation::ResponseSet;
use medley_feedback::Provenance;
use medley_reward_model::Placement;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::collections::BTreeMap;

/// How often all questions are asked.
const TIMES: usize = 150;
/// How often what was answered may fail to bind: all alike by chance, or a level that nobody used.
const UNBOUND: usize = TIMES / 10;

pub(super) fn elicited(subject: &Subject<'_>) -> Verdict {
    judged(law(subject))
}

fn law(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let fixture = subject.fixture;
    if fixture.queries.is_empty() {
        return Ok(Some("the fixture asks no question"));
    }
    let probe = subject.bind()?;
    let numbers = probe.numbers(1, 47);
    let queries = asked_of_people(subject);
    let mut people = AsPredicted::new(53);
    let mut cells: BTreeMap<Key, Cells> = BTreeMap::new();
    let mut ratios = Ratios::new();
    silence_is_told(subject, &probe, &queries, AsPredicted::new(53))?;
    let (mut unbound, mut reason) = (0, String::new());
    for _ in 0..TIMES {
        let elicited =
            probe.elicit(subject.adapter, &queries, &numbers, &fixture.form, &mut people)?;
        all_made_records(&elicited, &queries, &fixture.segments)?;
        let mut dataset = fixture.segments.clone();
        elicited.insert_into(&mut dataset).map_err(|error| error.to_string())?;
        let setting =
            Setting { dataset: &dataset, layout: Some(&probe.layout), ..subject.setting() };
        let bound = match subject.bind_as(setting) {
            Ok(bound) => bound,
            Err(problem) => {
                (unbound, reason) = (unbound + 1, problem);
                continue;
            }
        };
        let response = given(&bound.parameters());
        if sizes(&response) != sizes(&people.given) {
            let (expected, found) = (sizes(&people.given), sizes(&response));
            unbound += 1;
            reason = format!(
                "parameters are {found:?}, expected those that were asked for, {expected:?}"
            );
            continue;
        }
        let numbers = Numbers { response, ..numbers.clone() };
        match bound.objective.responses() {
            ResponseSet::Density => ratios.add(&bound, &numbers),
            _ => count(&bound, &numbers, &mut cells)?,
        }
    }
    if unbound > UNBOUND {
        return Err(format!("{unbound} of {TIMES} times the records could not be bound: {reason}"));
    }
    match cells.is_empty() {
        true => ratios.check(TIMES)?,
        false => Cells::check(cells.values(), TIMES)?,
    }
    Ok(None)
}

/// What a statement is about: segments, person, response set.
type Key = (Vec<u32>, Option<String>, Option<u64>);

fn count(
    bound: &Probe<'_>,
    numbers: &Numbers,
    cells: &mut BTreeMap<Key, Cells>,
) -> Result<(), String> {
    let is_exchangeable = bound.objective.responses() == ResponseSet::Exchangeable;
    for (statement, judged) in bound.judge(numbers).into_iter().enumerate() {
        let origin = &bound.origins()[statement];
        let person = bound.person(origin).map(|id| id.0);
        let found = judged.answer.observed.iter().position(|&share| share == 1.0);
        let mut found = found.ok_or_else(|| {
            format!("statement {statement} was answered by {:?}", judged.answer.observed)
        })?;
        let (mut segments, mut item) = (origin.segments.clone(), judged.answer.item);
        let mut log_probabilities = judged.log_probabilities;
        // Which of two is called first may itself be the answer, as in a correction.
        if is_exchangeable && segments.len() == 2 {
            item = None;
            if segments[0] > segments[1] {
                segments.reverse();
                log_probabilities.reverse();
                found = log_probabilities.len() - 1 - found;
            }
        }
        cells.entry((segments, person, item)).or_default().add(found, &log_probabilities);
    }
    Ok(())
}

/// The fixture's questions, put to the people that its records are by.
pub(super) fn asked_of_people(subject: &Subject<'_>) -> Vec<Query> {
    let people = subject.dataset.people().ids();
    let by = |(place, query): (usize, &Query)| {
        let someone = || people.get(place % people.len().max(1)).cloned();
        let annotator = query.provenance.annotator.clone().or_else(someone);
        Query { provenance: Provenance { annotator, ..query.provenance.clone() }, ..query.clone() }
    };
    subject.fixture.queries.iter().enumerate().map(by).collect()
}

/// Somebody who answers as is predicted.
pub(super) struct AsPredicted {
    rng: ChaCha8Rng,
    /// With which parameters, if that is stated.
    stated: Option<Vec<(String, Vec<f64>)>>,
    given: Vec<(String, Vec<f64>)>,
}

impl AsPredicted {
    /// By parameters that follow from their names.
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), stated: None, given: Vec::new() }
    }

    /// By these.
    pub fn by(response: &[(String, Vec<f64>)], seed: u64) -> Self {
        Self { stated: Some(response.to_vec()), ..Self::new(seed) }
    }
}

impl Respondent for AsPredicted {
    fn parameters(
        &mut self,
        wanted: &[ResponseParameter],
        _values: &dyn Fn() -> Vec<f64>,
        place: &Placement,
    ) -> Result<Response, String> {
        self.given = self.stated.clone().unwrap_or_else(|| given(wanted));
        let (expected, found) = (sizes_of(wanted), sizes(&self.given));
        if expected != found {
            return Err(format!("parameters are {found:?}, expected {expected:?}"));
        }
        let tensors = self
            .given
            .iter()
            .map(|(name, values)| (name.clone(), tensor(values, [1, values.len()], place)));
        Ok(Response::new(tensors))
    }

    fn choose(&mut self, asked: &Asked<'_>) -> Reply {
        Reply::Outcome(outcome(asked.log_probabilities, &mut self.rng))
    }

    fn say(&mut self, _query: usize, expected: f64) -> Option<f64> {
        Some(expected)
    }

    fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.rng
    }
}

/// Values within 0.3 of 0 that follow from the name alone, since starts follow from answers; of the
/// rationality around 1, so that answers say something.
fn given(parameters: &[ResponseParameter]) -> Vec<(String, Vec<f64>)> {
    let values = |parameter: &ResponseParameter| {
        let seed =
            parameter.name.bytes().fold(0, |sum, byte| 31 * sum % 1_000_003 + u64::from(byte));
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let centre = if parameter.name == crate::RATIONALITY { 1.0 } else { 0.0 };
        let each =
            parameter.initial.iter().map(|_| centre + 0.3 * (2.0 * rng.random::<f64>() - 1.0));
        (parameter.name.clone(), each.collect())
    };
    parameters.iter().map(values).collect()
}

/// Names of parameters, and how many values each has.
pub(super) fn sizes_of(parameters: &[ResponseParameter]) -> Vec<(&str, usize)> {
    let of = |parameter: &'_ ResponseParameter| parameter.initial.len();
    parameters.iter().map(|parameter| (parameter.name.as_str(), of(parameter))).collect()
}

fn sizes(given: &[(String, Vec<f64>)]) -> Vec<(&str, usize)> {
    given.iter().map(|(name, values)| (name.as_str(), values.len())).collect()
}
