//! How well does each model tell what people say, of whom, and after how many of their labels?

use crate::said::Told;
use crate::split::Parts;
use crate::{StudyError, StudySpec, StudySplit};
use medley_evaluation::{Bootstrap, ClusterSets, Estimate};
use medley_people::{Fitted, Number, PeopleModel, Prediction, predict};
use medley_toml_file::Tagged;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

/// A model of people, fitted and held against what was held out.
#[derive(Debug)]
pub struct Outcome {
    /// Its name in the file.
    pub model: String,
    /// Its kind.
    pub kind: &'static str,
    /// The fit to the training part.
    pub fitted: Box<dyn Fitted>,
    /// Of the test part; by number of labels known, where people are new.
    pub predictions: BTreeMap<Option<usize>, Vec<Prediction>>,
    /// What the fit came to.
    pub numbers: Vec<Number>,
    /// How long it took.
    pub seconds: f64,
}

impl Outcome {
    /// Predictions where most is known of people.
    pub fn last(&self) -> &[Prediction] {
        self.predictions.values().next_back().map_or(&[], Vec::as_slice)
    }
}

/// Fits every model, side by side.
///
/// # Errors
/// The first model, by name, that cannot be fitted.
pub fn outcomes(spec: &StudySpec, told: &Told, parts: &Parts) -> Result<Vec<Outcome>, StudyError> {
    let one = |(name, model): (&String, &Tagged<dyn PeopleModel>)| {
        let start = Instant::now();
        let outcome = outcome(spec, told, parts, name, model);
        outcome.map(|found| Outcome { seconds: start.elapsed().as_secs_f64(), ..found })
    };
    let models: Vec<_> = spec.people.iter().collect();
    // All are fitted before the first error is looked for, so that it is the first by name.
    let done: Vec<Result<Outcome, StudyError>> = models.into_par_iter().map(one).collect();
    done.into_iter().collect()
}

fn outcome(
    spec: &StudySpec,
    told: &Told,
    parts: &Parts,
    name: &str,
    model: &Tagged<dyn PeopleModel>,
) -> Result<Outcome, StudyError> {
    let failed = |error| StudyError::People { name: format!("people.{name}"), error };
    let fitted = model.fit(&told.panel, &parts.train, spec.seed).map_err(failed)?;
    let mut predictions = BTreeMap::new();
    match &spec.study.split {
        StudySplit::Person { labels, from, .. } => {
            for &k in labels {
                let found = of_new_people(&*fitted, told, parts, k, *from).map_err(failed)?;
                predictions.insert(Some(k), found);
            }
        }
        _ => {
            predictions.insert(None, predict(&*fitted, &told.panel, &parts.test));
        }
    }
    let numbers = fitted.numbers(&told.panel);
    let kind = model.typetag_name();
    Ok(Outcome { model: name.to_owned(), kind, fitted, predictions, numbers, seconds: 0.0 })
}

/// Later statements of people of whom the first `k` are known.
fn of_new_people(
    fitted: &dyn Fitted,
    told: &Told,
    parts: &Parts,
    k: usize,
    from: usize,
) -> Result<Vec<Prediction>, medley_people::PeopleError> {
    let panel = &told.panel;
    let is_new = |person: &usize| {
        let last = panel.said_by(*person).last();
        last.is_some_and(|last| parts.test.binary_search(last).is_ok())
    };
    let mut predictions = Vec::new();
    for person in (0..panel.people()).filter(is_new) {
        let said = panel.said_by(person);
        let belief = fitted.meet(panel, person, &said[..k.min(said.len())])?;
        for &statement in said.iter().skip(from) {
            predictions.push(Prediction::of(fitted, panel, statement, &belief));
        }
    }
    Ok(predictions)
}

/// A mean over statements with an interval by people.
pub fn mean(
    told: &Told,
    predictions: &[&Prediction],
    bootstrap: Bootstrap,
    of: impl Fn(&Prediction) -> f64,
) -> Option<Estimate> {
    let person = |p: &&Prediction| [told.panel.statements()[p.statement].person as u32];
    let sets = ClusterSets::new(predictions.iter().map(person));
    let mut sums = vec![(0.0, 0.0); sets.len()];
    for (&set, prediction) in sets.of().iter().zip(predictions) {
        sums[set].0 += of(prediction);
        sums[set].1 += 1.0;
    }
    bootstrap.estimate(&sets, |weights| {
        let total = |pick: fn(&(f64, f64)) -> f64| -> f64 {
            weights.iter().zip(&sums).map(|(weight, sum)| weight * pick(sum)).sum()
        };
        let count = total(|sum| sum.1);
        (count > 0.0).then(|| total(|sum| sum.0) / count)
    })
}
