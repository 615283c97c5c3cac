//! Dataset to panel: who said what about which items.

use crate::{Study, StudyError, StudySpec};
use medley_adapter::{LinearSource, LinearSpan, LinearSteps, Objective, Role, Selection};
use medley_dataset::{Dataset, PersonIndex, PersonValues};
use medley_encoder::{Encoder, Features};
use medley_people::{Column, Covariate, Panel, PanelParts, Predictor, Statement};
use medley_plan::{PlanError, compiled, device};
use medley_reward_model::{HeadLayout, Returns};
use medley_saved_model::SavedModel;
use medley_toml_file::Tagged;
use std::collections::BTreeMap;

/// What people said, and about what.
#[derive(Debug)]
pub struct Told {
    /// The panel. People are those of the dataset, by [`PersonIndex`].
    pub panel: Panel,
    /// The dataset.
    pub dataset: Dataset,
    /// Name of each item.
    pub items: Vec<String>,
    /// The segment by which each item was first spoken of.
    pub segments: Vec<usize>,
    /// Source of each statement.
    pub sources: Vec<String>,
    /// Statements that became none, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// Numbers of people that splits go by: their ids where these are numbers, else their places.
    pub numbers: Vec<u64>,
    /// The person whom all are who apply the designer's criteria, if there are such: one more than those of
    /// the dataset. What they disagree in is error, and no two views.
    pub designer: Option<usize>,
    /// Statements by the role in which people spoke: `extension`, `evidence`, `authority`.
    pub roles: BTreeMap<&'static str, usize>,
}

/// Statements of a source that somebody made, with the columns that they share.
struct Bound {
    name: String,
    linear: LinearSource,
    /// Statement, its person and the role in which they spoke.
    kept: Vec<(usize, PersonIndex, Role)>,
}

impl Told {
    /// Reads, encodes and binds what a study names.
    ///
    /// # Errors
    /// A dataset that cannot be read, columns or features that are not there, feedback that does not fit.
    pub fn read(spec: &StudySpec, dataset: Dataset) -> Result<Self, StudyError> {
        let study = &spec.study;
        let (features, returns) = features(study, &dataset)?;
        let empty = Features::new(Vec::new(), Vec::<f32>::new(), Vec::new());
        let mut left_out = BTreeMap::new();
        let mut bound = Vec::new();
        for (name, source) in &spec.feedback {
            let selection = Selection {
                source: name,
                dataset: &dataset,
                features: features.as_ref().unwrap_or(&empty),
                standardizer: None,
                select: &source.select,
                partition: None,
                layout: &HeadLayout::shared(),
                seed: spec.seed,
            };
            let objective = source.adapter.bind(&selection)?;
            bound.push(bind(name, &*objective, spec, &mut left_out)?);
        }
        let mut items = Items::new(spec, &dataset, features.as_ref(), returns)?;
        let (mut statements, mut sources, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let mut roles = BTreeMap::new();
        let several = bound.len() > 1;
        for Bound { name, linear, kept } in &bound {
            let first = columns.len();
            columns.extend(linear.columns.iter().map(|column| match several {
                true => Column { name: format!("{name}: {}", column.name), ..column.clone() },
                false => column.clone(),
            }));
            for &(number, person, role) in kept {
                *roles.entry(name_of(role)).or_default() += 1;
                let said = &linear.statements[number];
                let mut predictors = Vec::with_capacity(said.predictors.len());
                for predictor in &said.predictors {
                    let mut own = Predictor::default();
                    for (span, weight) in &predictor.returns {
                        own.items.push((items.place(span)?, *weight));
                    }
                    own.columns.extend(predictor.columns.iter().map(|&(at, w)| (first + at, w)));
                    predictors.push(own);
                }
                let person = match role {
                    Role::Extension => dataset.people().len(),
                    Role::Evidence | Role::Authority => person.0 as usize,
                };
                let answer = said.answer.clone();
                statements.push(Statement { person, predictors, answer });
                sources.push(name.clone());
            }
        }
        let designer = roles.contains_key(name_of(Role::Extension)).then(|| dataset.people().len());
        let mut covariates = covariates(spec, &dataset)?;
        if designer.is_some() {
            covariates.iter_mut().for_each(|covariate| covariate.values.push(None));
        }
        let parts = PanelParts {
            features: items.features.clone(),
            items: items.rows.clone(),
            people: dataset.people().len() + usize::from(designer.is_some()),
            covariates,
            columns,
            statements,
        };
        let panel = Panel::new(parts)?;
        let mut numbers = numbers(&dataset);
        numbers.extend(designer.map(|_| 0));
        let Items { names: items, segments, .. } = items;
        Ok(Self { panel, items, segments, sources, left_out, numbers, dataset, designer, roles })
    }
}

/// What people have weights for, and how steps add up; no features where each segment has a utility.
fn features(study: &Study, dataset: &Dataset) -> Result<(Option<Features>, Returns), StudyError> {
    if let Some(folder) = &study.model {
        let refused = |error: String| StudyError::spec(&["study", "model"], error);
        let place = device(compiled()[0]).map_err(|error| refused(error.to_string()))?;
        let found = SavedModel::hidden(folder, dataset, place);
        let (features, returns) = found.map_err(|error| refused(error.to_string()))?;
        return Ok((Some(features), returns));
    }
    let encode = |encoder: &Tagged<dyn Encoder>| {
        let encoded = encoder.encode(dataset);
        encoded.map_err(|error| StudyError::spec(&["study", "encoder"], error.to_string()))
    };
    Ok((study.encoder.as_ref().map(encode).transpose()?, study.returns))
}

fn name_of(role: Role) -> &'static str {
    match role {
        Role::Extension => "extension",
        Role::Evidence => "evidence",
        Role::Authority => "authority",
    }
}

/// The statements of a source whose person is known.
fn bind(
    name: &str,
    objective: &dyn Objective,
    spec: &StudySpec,
    left_out: &mut BTreeMap<String, usize>,
) -> Result<Bound, StudyError> {
    let all: Vec<usize> = (0..objective.statements().len()).collect();
    let linear = objective.linear(&all).ok_or_else(|| {
        StudyError::spec(
            &["feedback", name, "adapter"],
            "models of people need answers that follow from sums of returns, which this adapter under \
             these options does not give (docs/WHOSE.md lists those that do)",
        )
    })?;
    for (reason, count) in &objective.statements().dropped {
        *left_out.entry(format!("{name}: {reason}")).or_default() += count;
    }
    let mut kept = Vec::new();
    for (number, origin) in objective.statements().origins.iter().enumerate() {
        let shares = linear.statements[number].answer.observed();
        let is_even = shares.iter().all(|share| *share == shares[0]);
        match origin.person {
            None => *left_out.entry(format!("{name}: name nobody")).or_default() += 1,
            Some(_) if spec.study.drop_ties && is_even => {
                *left_out.entry(format!("{name}: are ties")).or_default() += 1;
            }
            Some(person) => kept.push((number, person, origin.role)),
        }
    }
    match kept.is_empty() {
        false => Ok(Bound { name: name.to_owned(), linear, kept }),
        true => Err(StudyError::spec(
            &["feedback", name],
            "expected records that name a person (`annotator`), found none",
        )),
    }
}

/// Items as they are first spoken of: one for all spans with the same features.
struct Items<'a> {
    features: Vec<String>,
    rows: Vec<Vec<f64>>,
    names: Vec<String>,
    segments: Vec<usize>,
    of_span: BTreeMap<LinearSpan, usize>,
    of_row: BTreeMap<Vec<u64>, usize>,
    source: Source<'a>,
    dataset: &'a Dataset,
    /// The feature that is left out.
    dropped: Option<usize>,
    /// Its name.
    reference: Option<String>,
}

enum Source<'a> {
    Encoded(&'a Features, Returns),
    /// Place of each segment among features; none of the reference.
    Segments(Vec<Option<usize>>),
}

impl<'a> Items<'a> {
    fn new(
        spec: &StudySpec,
        dataset: &'a Dataset,
        features: Option<&'a Features>,
        returns: Returns,
    ) -> Result<Self, StudyError> {
        let reference = spec.study.reference.as_deref();
        let (names, dropped, source) = match features {
            Some(features) => {
                let names: Vec<String> = features.names.clone();
                let dropped = match reference {
                    None => None,
                    Some(wanted) => Some(find(wanted, &names)?),
                };
                (names, dropped, Source::Encoded(features, returns))
            }
            None => {
                let segments = dataset.segments();
                let mut names: Vec<String> =
                    (0..segments.len()).map(|i| segments.id(i).0.clone()).collect();
                names.sort();
                let dropped = find(reference.unwrap_or(&names[0]), &names)?;
                let place = |i: usize| {
                    let at = names.binary_search(&segments.id(i).0).unwrap_or(dropped);
                    (at != dropped).then(|| at - usize::from(at > dropped))
                };
                let places = (0..segments.len()).map(place).collect();
                (names.clone(), Some(dropped), Source::Segments(places))
            }
        };
        let reference = dropped.map(|at| names[at].clone());
        let features =
            names.into_iter().enumerate().filter(|(i, _)| Some(*i) != dropped).map(|(_, n)| n);
        Ok(Self {
            features: features.collect(),
            rows: Vec::new(),
            names: Vec::new(),
            segments: Vec::new(),
            of_span: BTreeMap::new(),
            of_row: BTreeMap::new(),
            source,
            dataset,
            dropped,
            reference,
        })
    }

    fn place(&mut self, span: &LinearSpan) -> Result<usize, StudyError> {
        if let Some(&place) = self.of_span.get(span) {
            return Ok(place);
        }
        let row = self.row(span)?;
        let key = row.iter().map(|x| x.to_bits()).collect();
        let next = self.rows.len();
        let place = *self.of_row.entry(key).or_insert(next);
        if place == next {
            let name = self.name(span, &row);
            self.names.push(name);
            self.segments.push(span.segment);
            self.rows.push(row);
        }
        self.of_span.insert(span.clone(), place);
        Ok(place)
    }

    fn row(&self, span: &LinearSpan) -> Result<Vec<f64>, StudyError> {
        match &self.source {
            Source::Segments(places) => {
                if span.steps != LinearSteps::Whole {
                    let message =
                        "feedback about single steps needs features of steps, so an encoder";
                    return Err(StudyError::spec(&["study", "encoder"], message));
                }
                let mut row = vec![0.0; self.features.len()];
                if let Some(place) = places[span.segment] {
                    row[place] = 1.0;
                }
                Ok(row)
            }
            Source::Encoded(features, returns) => {
                let mut row = span.features(features, *returns);
                if let Some(dropped) = self.dropped {
                    row.remove(dropped);
                }
                Ok(row)
            }
        }
    }

    /// Of a row with a single 1, the name of its feature; of zeros that of the reference; else the
    /// segment's.
    fn name(&self, span: &LinearSpan, row: &[f64]) -> String {
        let ones: Vec<usize> = (0..row.len()).filter(|&i| row[i] != 0.0).collect();
        match (ones[..].as_ref(), &self.reference) {
            ([], Some(reference)) => reference.clone(),
            ([one], _) if row[*one] == 1.0 => self.features[*one].clone(),
            _ => self.dataset.segments().id(span.segment).0.clone(),
        }
    }
}

fn find(wanted: &str, names: &[String]) -> Result<usize, StudyError> {
    names.iter().position(|name| name == wanted).ok_or_else(|| {
        let some: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
        let message = format!("expected one of {}, found `{wanted}`", some.join(", "));
        StudyError::spec(&["study", "reference"], message)
    })
}

/// Columns of people as numbers: texts as one column for each label but the first.
fn covariates(spec: &StudySpec, dataset: &Dataset) -> Result<Vec<Covariate>, StudyError> {
    let mut covariates = Vec::new();
    for name in &spec.study.covariates {
        let column = column(dataset, &["study", "covariates"], name)?;
        match &column.values {
            PersonValues::Number(values) => {
                covariates.push(Covariate { name: name.clone(), values: values.clone() });
            }
            PersonValues::Text(values) => {
                for label in column.labels().iter().skip(1) {
                    let is = |value: &Option<String>| {
                        value.as_ref().map(|value| if value == label { 1.0 } else { 0.0 })
                    };
                    let values = values.iter().map(is).collect();
                    covariates.push(Covariate { name: format!("{name} = {label}"), values });
                }
            }
        }
    }
    Ok(covariates)
}

/// A column of people.
///
/// # Errors
/// There is none of this name; the message names those that there are.
pub fn column<'a>(
    dataset: &'a Dataset,
    path: &[&str],
    name: &str,
) -> Result<&'a medley_dataset::PersonColumn, StudyError> {
    dataset.people().column(name).ok_or_else(|| {
        let known: Vec<&str> =
            dataset.people().columns().iter().map(|column| column.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("expected a column of people ({known}), found `{name}`");
        PlanError::spec(path, message).into()
    })
}

fn numbers(dataset: &Dataset) -> Vec<u64> {
    let ids = dataset.people().ids();
    let parsed: Option<Vec<u64>> = ids.iter().map(|id| id.0.parse().ok()).collect();
    parsed.unwrap_or_else(|| (0..ids.len() as u64).collect())
}
