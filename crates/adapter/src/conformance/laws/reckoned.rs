//! Has every question made a record, or is it told unanswered?

use crate::conformance::probe::Probe;
use crate::conformance::subject::Subject;
use crate::objective::asking::About;
use crate::{Asked, Elicited, Query, Reply, Respondent, Response, ResponseParameter};
use medley_dataset::Dataset;
use medley_reward_model::Placement;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Where all questions are answered: none is told unanswered, and each made a record about its segments by
/// who was asked.
pub(super) fn all_made_records(
    elicited: &Elicited,
    queries: &[Query],
    dataset: &Dataset,
) -> Result<(), String> {
    if elicited.unanswered > 0 {
        return Err(format!("{} answered questions made no record", elicited.unanswered));
    }
    let mut missing: BTreeMap<About, i64> = BTreeMap::new();
    for query in queries {
        let id = |&segment: &u32| dataset.segments().id(segment as usize).clone();
        let about = (query.segments.iter().map(id).collect(), query.provenance.annotator.clone());
        *missing.entry(about).or_default() += 1;
    }
    for about in elicited.about() {
        *missing.entry(about).or_default() -= 1;
    }
    match missing.into_iter().find(|(_, count)| *count > 0) {
        None => Ok(()),
        Some(((segments, annotator), count)) => {
            let segments: Vec<String> = segments.into_iter().map(|id| id.0).collect();
            let who = annotator.map_or("nobody".to_owned(), |id| format!("`{}`", id.0));
            Err(format!(
                "{} answered questions made {} records: {count} about [{}] by {who} made none",
                queries.len(),
                elicited.len(),
                segments.join(", ")
            ))
        }
    }
}

/// Where nobody answers: what makes no record is told unanswered, each question once.
pub(super) fn silence_is_told<R: Respondent>(
    subject: &Subject<'_>,
    probe: &Probe<'_>,
    queries: &[Query],
    people: R,
) -> Result<(), String> {
    let (adapter, form) = (subject.adapter, &subject.fixture.form);
    let elicited =
        probe.elicit(adapter, queries, &probe.numbers(1, 47), form, &mut Silent(people))?;
    let (records, unanswered) = (elicited.len(), elicited.unanswered);
    match records + unanswered == queries.len() {
        true => Ok(()),
        false => Err(format!(
            "of {} questions that nobody answers {unanswered} are told unanswered, and {records} records \
             were made",
            queries.len()
        )),
    }
}

/// Somebody who would answer as another does, and says nothing.
struct Silent<R>(R);

impl<R: Respondent> Respondent for Silent<R> {
    fn parameters(
        &mut self,
        wanted: &[ResponseParameter],
        values: &dyn Fn() -> Vec<f64>,
        place: &Placement,
    ) -> Result<Response, String> {
        self.0.parameters(wanted, values, place)
    }

    fn choose(&mut self, _asked: &Asked<'_>) -> Reply {
        Reply::Unanswered
    }

    fn say(&mut self, _query: usize, _expected: f64) -> Option<f64> {
        None
    }

    fn rng(&mut self) -> &mut ChaCha8Rng {
        self.0.rng()
    }
}
