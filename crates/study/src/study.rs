//! From a spec to all that there is to say.

use crate::audit::{Audit, ModelAudit, audit, model_audits};
use crate::choose::{Choice, Electorate, choices, options, speaker};
use crate::groups::{Grouping, LEAST, groupings};
use crate::measure::{Outcome, mean, outcomes};
use crate::pairs::pairs;
use crate::paths::{Path, paths};
use crate::said::Told;
use crate::served::{Served, served};
use crate::split::Parts;
use crate::{StudyError, StudySpec};
use medley_dataset::Dataset;
use medley_evaluation::{Bootstrap, Estimate};
use medley_people::Prediction;
use medley_report::PeopleRow;

/// What a study found.
#[derive(Debug)]
pub struct Found {
    /// People, items, statements.
    pub told: Told,
    /// What was learned from and held out.
    pub parts: Parts,
    /// Groups that are reported on.
    pub groupings: Vec<Grouping>,
    /// Models.
    pub outcomes: Vec<Outcome>,
    /// What can be said without a model.
    pub audit: Audit,
    /// What models are worth beyond their loss.
    pub model_audits: Vec<ModelAudit>,
    /// Who counts, where something can be chosen.
    pub electorate: Option<Electorate>,
    /// What rules choose.
    pub choices: Vec<Choice>,
    /// Whom choices for all serve.
    pub served: Vec<Served>,
    /// How choices change as groups count for more.
    pub paths: Vec<Path>,
    /// Tidy numbers.
    pub rows: Vec<PeopleRow>,
}

/// A study that can be carried out, as far as can be told without fitting anything.
#[derive(Debug)]
pub struct Checked {
    /// People, items, statements.
    pub told: Told,
    /// What is learned from and held out.
    pub parts: Parts,
    /// Groups that are reported on.
    pub groupings: Vec<Grouping>,
    /// Items that are chosen from, where something can be chosen.
    pub options: Option<Vec<usize>>,
}

/// Reads and divides what a study names, and looks whether its groups and options are there.
///
/// # Errors
/// As of [`study`], but for models and rules.
pub fn check(spec: &StudySpec, dataset: Dataset) -> Result<Checked, StudyError> {
    let (mut told, bound) = Told::read(spec, &dataset)?;
    let parts = Parts::of(&told, spec)?;
    told.start_from(&bound, &parts.train)?;
    let groupings = groupings(spec, &told)?;
    let options = options(spec, &told)?;
    Ok(Checked { told, parts, groupings, options })
}

/// Carries out a study of a dataset.
///
/// # Errors
/// Data that do not fit the spec, or a model or rule that cannot be carried out.
pub fn study(spec: &StudySpec, dataset: Dataset) -> Result<Found, StudyError> {
    // What is wrong with groups and options is known before anything is fitted.
    let Checked { told, parts, groupings, options } = check(spec, dataset)?;
    let outcomes = outcomes(spec, &told, &parts)?;
    let decided = pairs(&told);
    let audit = audit(&told, &decided, &groupings, spec);
    let model_audits = model_audits(&told, &parts, &decided, &groupings, &outcomes);
    let speaker = speaker(spec, &told)?;
    let fitted = speaker.as_deref();
    let electorate = match options.filter(|_| !spec.aggregation.rules.is_empty()) {
        Some(options) => Electorate::of(spec, &told, (&decided, options), &groupings, fitted)?,
        None => None,
    };
    let (choices, served, paths) = match &electorate {
        Some(electorate) => {
            let choices = choices(spec, &told, electorate, &groupings)?;
            let served = served(electorate, &groupings, &choices);
            (choices, served, paths(spec, electorate, &groupings)?)
        }
        None => Default::default(),
    };
    let rows = rows(spec, &told, &groupings, &outcomes);
    Ok(Found {
        told,
        parts,
        groupings,
        outcomes,
        audit,
        model_audits,
        electorate,
        choices,
        served,
        paths,
        rows,
    })
}

/// Loss and accuracy of all, and of each group that is large enough.
fn rows(
    spec: &StudySpec,
    told: &Told,
    groupings: &[Grouping],
    outcomes: &[Outcome],
) -> Vec<PeopleRow> {
    let mut rows = Vec::new();
    for outcome in outcomes {
        for (&labels, predictions) in &outcome.predictions {
            let all: Vec<&Prediction> = predictions.iter().collect();
            let at = At { spec, told, outcome, labels };
            at.add(None, &all, &mut rows);
            for grouping in groupings {
                for label in 0..grouping.labels.len() {
                    let is_in = |p: &&&Prediction| {
                        grouping.of[told.panel.statements()[p.statement].person] == Some(label)
                    };
                    let own: Vec<&Prediction> = all.iter().filter(is_in).copied().collect();
                    at.add(Some((grouping, label)), &own, &mut rows);
                }
            }
        }
    }
    rows
}

struct At<'a> {
    spec: &'a StudySpec,
    told: &'a Told,
    outcome: &'a Outcome,
    labels: Option<usize>,
}

impl At<'_> {
    fn add(
        &self,
        group: Option<(&Grouping, usize)>,
        predictions: &[&Prediction],
        rows: &mut Vec<PeopleRow>,
    ) {
        type Of = fn(&Prediction) -> f64;
        let metrics: [(&str, Of); 2] =
            [("negative-log-likelihood", |p| -p.log_likelihood), ("accuracy", |p| p.hit)];
        for (metric, of) in metrics {
            let bootstrap = Bootstrap::default();
            let Some(found) = mean(self.told, predictions, bootstrap, of) else { continue };
            // Of few people nothing is told but how many they are.
            let is_hidden = group
                .is_some_and(|(grouping, label)| grouping.hidden[label] || found.clusters < LEAST);
            rows.push(self.row(group, metric, found, is_hidden));
        }
    }

    fn row(
        &self,
        group: Option<(&Grouping, usize)>,
        metric: &str,
        found: Estimate,
        is_hidden: bool,
    ) -> PeopleRow {
        let shown = |value: f64| (!is_hidden && !value.is_nan()).then_some(value);
        PeopleRow {
            study: self.spec.name.clone(),
            model: self.outcome.model.clone(),
            labels: self.labels.map(|labels| labels as u64),
            column: group.map(|(grouping, _)| grouping.column.clone()),
            group: group.map(|(grouping, label)| grouping.labels[label].clone()),
            metric: metric.to_owned(),
            value: shown(found.value),
            low: shown(found.low),
            high: shown(found.high),
            people: found.clusters as u64,
            statements: if is_hidden { 0 } else { found.n as u64 },
        }
    }
}
