//! What could be asked: the records of the training part of each source, as questions.
//!
//! A question is a record, with all its statements: whoever reviews an answer reviews each of its
//! sentences. What was said is not looked at here, and how long it took only of what was asked.

use crate::querying::answering::{Answering, Silence};
use crate::querying::entry::Entry;
use crate::querying::pace::Pace;
use crate::{Prepared, RunError};
use medley_plan::{PlanError, RunQuerying};
use medley_querying::{Left, Question};
use medley_training::{Source, stream};
use rand::seq::SliceRandom;
use std::collections::BTreeMap;

/// Everything that a run could ask.
pub(super) struct QuestionPool {
    pub entries: Vec<Entry>,
}

impl QuestionPool {
    /// The records of the training parts of `sources`, source by source.
    ///
    /// # Errors
    /// If what a question costs has to be known and is not, or is no time.
    pub fn new(
        prepared: &Prepared,
        sources: &[Source],
        querying: &RunQuerying,
        seed: u64,
    ) -> Result<Self, RunError> {
        let mut entries = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let costs = match prepared.costs(&source.name, &querying.costs) {
                Ok(costs) => Some(costs),
                Err(error) if querying.needs_seconds() => return Err(error.into()),
                Err(_) => None,
            };
            let origins = &source.objective.statements().origins;
            let silence = querying.answered.get(&source.name).map(|answered| {
                Silence::new(*answered, prepared.dataset.people(), &source.name, seed)
            });
            let mut of_record: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for &statement in &source.train {
                of_record.entry(origins[statement].record).or_default().push(statement);
            }
            for (record, statements) in of_record {
                let seconds = costs.as_ref().map(|costs| statements.iter().map(|s| costs[s]).sum());
                if let Some(seconds) = seconds.filter(|seconds| *seconds <= 0.0) {
                    return Err(no_time(&source.name, seconds).into());
                }
                // Where the answer is a segment, what was shown is not told apart from it.
                let shown = statements.iter().filter(|_| source.objective.is_asked());
                let mut segments: Vec<u32> =
                    shown.flat_map(|&s| origins[s].segments.iter().copied()).collect();
                segments.sort_unstable();
                segments.dedup();
                let features = match querying.strategy.needs().features {
                    true => features(prepared, source, &statements, &segments),
                    false => Vec::new(),
                };
                let person = statements.first().and_then(|&s| origins[s].person);
                let is_answered = silence.as_ref().is_none_or(|it| it.is_broken(record, person));
                let question = Question {
                    source: number,
                    seconds: None,
                    answered: 1.0,
                    segments,
                    features,
                    parts: Vec::new(),
                };
                let units = match source.objective.is_asked() {
                    true => statements.len(),
                    false => 1,
                };
                entries.push(Entry { statements, question, person, units, seconds, is_answered });
            }
        }
        Ok(Self { entries })
    }

    /// The questions that are drawn before any is chosen, the same for all strategies: of each source until
    /// `start` are answered. Rising.
    ///
    /// # Errors
    /// A source has fewer that are, or they cost more than there is.
    pub fn start(
        &self,
        sources: &[Source],
        querying: &RunQuerying,
        seed: u64,
    ) -> Result<Vec<usize>, RunError> {
        let mut drawn = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let is_own = |&at: &usize| self.entries[at].question.source == number;
            let mut own: Vec<usize> = (0..self.entries.len()).filter(is_own).collect();
            let answered = own.iter().filter(|&&at| self.entries[at].is_answered).count();
            if answered < querying.start {
                let message = format!(
                    "at most {answered} is needed, found {}: `{}` has no more questions in the training \
                     part that are answered",
                    querying.start, source.name
                );
                return Err(PlanError::spec(&["querying", "start"], message).into());
            }
            own.shuffle(&mut stream(seed, &format!("querying/start/{}", source.name)));
            let mut missing = querying.start;
            let wanted = own.into_iter().take_while(|&at| {
                let is_wanted = missing > 0;
                missing -= usize::from(is_wanted && self.entries[at].is_answered);
                is_wanted
            });
            drawn.extend(wanted);
        }
        drawn.sort_unstable();
        match self.left(querying, &drawn) {
            Some(_) => Ok(drawn),
            None => {
                let key = if querying.seconds.is_some() { "seconds" } else { "questions" };
                let message = format!(
                    "not enough for the start: {} questions are drawn before any is chosen, of each source \
                     until {} are answered",
                    drawn.len(),
                    querying.start
                );
                Err(PlanError::spec(&["querying", key], message).into())
            }
        }
    }

    /// What is left when these were asked; none if it was not enough for them.
    pub fn left(&self, querying: &RunQuerying, asked: &[usize]) -> Option<Left> {
        let all = match (querying.seconds, querying.questions) {
            (Some(seconds), _) => Left::Seconds(seconds),
            (None, Some(questions)) => Left::Questions(questions),
            (None, None) => Left::Questions(0),
        };
        asked.iter().try_fold(all, |left, &at| left.spend(self.entries[at].seconds))
    }

    /// Those that were not asked and are expected to be affordable, with what is known of them before they
    /// are answered but for predictions. Rising.
    pub fn open(
        &self,
        asked: &[usize],
        left: Left,
        answering: &Answering,
    ) -> Vec<(usize, Question)> {
        let sources = answering.kinds().len();
        let pace = Pace::seen(sources, asked.iter().map(|&at| &self.entries[at]));
        let of = |(at, entry): (usize, &Entry)| {
            let question = Question {
                seconds: pace.expected(entry),
                answered: answering.chance(entry.question.source, entry.person),
                ..entry.question.clone()
            };
            let is_open = asked.binary_search(&at).is_err() && left.after(&question).is_some();
            is_open.then_some((at, question))
        };
        self.entries.iter().enumerate().filter_map(of).collect()
    }

    /// How many of these are finished, one after the other, before the time is over: an answer that takes
    /// longer than what is left is lost.
    pub fn finished(&self, left: Left, chosen: &[usize]) -> usize {
        let spend = |left: &mut Left, &at: &usize| {
            *left = left.spend(self.entries[at].seconds)?;
            Some(())
        };
        chosen.iter().scan(left, spend).count()
    }

    /// What was seen of who answers, when these were asked.
    pub fn answering(
        &self,
        querying: &RunQuerying,
        sources: &[Source],
        asked: &[usize],
    ) -> Answering {
        let is_doubted: Vec<bool> =
            sources.iter().map(|source| querying.answered.contains_key(&source.name)).collect();
        Answering::seen(&is_doubted, asked.iter().map(|&at| &self.entries[at]))
    }

    /// How many of these were answered.
    pub fn answered(&self, asked: &[usize]) -> usize {
        asked.iter().filter(|&&at| self.entries[at].is_answered).count()
    }

    /// The sources with what was asked and answered.
    pub fn learned(&self, sources: &[Source], asked: &[usize]) -> Vec<Source> {
        let of = |(number, source): (usize, &Source)| {
            let own = asked.iter().map(|&at| &self.entries[at]);
            let own = own.filter(|entry| entry.is_answered && entry.question.source == number);
            let mut train: Vec<usize> = own.flat_map(|entry| entry.statements.clone()).collect();
            train.sort_unstable();
            Source { train, ..source.clone() }
        };
        sources.iter().enumerate().map(of).collect()
    }

    /// Seconds that these took; none if that is not known.
    pub fn seconds(&self, asked: &[usize]) -> Option<f64> {
        asked.iter().map(|&at| self.entries[at].seconds).sum()
    }
}

fn no_time(source: &str, seconds: f64) -> PlanError {
    let message = format!(
        "a question of `{source}` takes {seconds} seconds, and more than 0 is needed; give the cost of \
         a statement here"
    );
    PlanError::spec(&["ablation", "seconds-per-statement"], message)
}

/// The points that statements are about, or else the segments: their mean.
fn features(
    prepared: &Prepared,
    source: &Source,
    statements: &[usize],
    segments: &[u32],
) -> Vec<f64> {
    let points = statements.iter().flat_map(|&statement| source.objective.points(statement));
    mean_of(points).unwrap_or_else(|| mean_features(prepared, segments))
}

fn mean_of<'a>(points: impl Iterator<Item = &'a [f32]>) -> Option<Vec<f64>> {
    let (mut sum, mut count) = (Vec::new(), 0.0);
    for point in points {
        sum.resize(point.len(), 0.0);
        sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += f64::from(*value));
        count += 1.0;
    }
    (count > 0.0).then(|| sum.into_iter().map(|sum: f64| sum / count).collect())
}

/// The mean over segments of the mean over their steps.
fn mean_features(prepared: &Prepared, segments: &[u32]) -> Vec<f64> {
    let features = &prepared.features;
    let count = features.feature_count();
    let mut sum = vec![0.0; count];
    for &segment in segments {
        let rows = features.segment(segment as usize);
        let share = 1.0 / (features.steps(segment as usize).max(1) * segments.len()) as f64;
        for row in rows.chunks(count.max(1)) {
            sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += share * f64::from(*value));
        }
    }
    sum
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
