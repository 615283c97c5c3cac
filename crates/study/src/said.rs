//! Dataset to panel: who said what about which items.

use crate::items::Items;
use crate::{Study, StudyError, StudySpec};
use medley_adapter::{
    LinearPredictor, LinearSource, LinearSpan, LinearStatement, Objective, Role, Selection,
};
use medley_dataset::{Dataset, PersonIndex, PersonValues};
use medley_encoder::{Encoder, Features};
use medley_people::{Column, Covariate, Panel, PanelParts, Predictor, Statement};
use medley_plan::{FeedbackSpec, PlanError, compiled, device};
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
    /// Record of each statement: statements of one record, such as stages of a ranking, have one number.
    pub records: Vec<usize>,
    /// What a statement says of two items against each other, where it does.
    pub pairs: Vec<Option<SaidPair>>,
    /// Records and statements that became none, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// Numbers of people that splits go by: their ids where these are numbers, else their places.
    pub numbers: Vec<u64>,
    /// The person whom all are who apply the designer's criteria, if there are such: one more than those of
    /// the dataset. What they disagree in is error, and no two views.
    pub designer: Option<usize>,
    /// Statements by the role in which people spoke: `extension`, `evidence`, `authority`.
    pub roles: BTreeMap<&'static str, usize>,
}

/// Two items, and the share of what was said that is for the first; half for a tie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaidPair {
    /// Numbers of the items, first and second.
    pub items: [usize; 2],
    /// In [0, 1].
    pub first: f64,
    /// Whether people saw one as the first and one as the second.
    pub sides: bool,
}

/// A source that was bound, with the statements of it that somebody made.
pub(crate) struct Bound {
    name: String,
    objective: Box<dyn Objective>,
    /// Of all statements, with columns that start where all answers have them.
    linear: LinearSource,
    kept: Vec<Kept>,
}

struct Kept {
    statement: usize,
    person: PersonIndex,
    role: Role,
    record: u32,
}

impl Told {
    /// Reads, encodes and binds what a study names. Columns start where all answers have them, until
    /// [`Told::start_from`].
    ///
    /// # Errors
    /// A dataset that cannot be read, columns or features that are not there, feedback that does not fit.
    pub(crate) fn read(
        spec: &StudySpec,
        dataset: &Dataset,
    ) -> Result<(Self, Vec<Bound>), StudyError> {
        let (features, returns) = features(&spec.study, dataset)?;
        let mut left_out = BTreeMap::new();
        let mut bound = Vec::new();
        for (name, source) in &spec.feedback {
            bound.push(bind(name, source, spec, (dataset, features.as_ref()), &mut left_out)?);
        }
        // Beside answers about one item the level of utilities says something, and is everybody's own.
        let is_compared = bound.iter().flat_map(|of| &of.linear.statements).all(is_compared);
        let items = Items::new(spec, dataset, features.as_ref(), (returns, is_compared))?;
        let mut builder = Builder::new(items);
        let several = bound.len() > 1;
        for source in &bound {
            builder.add(source, several, dataset.people().len())?;
        }
        Ok((builder.finish(spec, dataset.clone(), left_out)?, bound))
    }

    /// People who said something.
    pub fn speakers(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.panel.people()).filter(|&person| self.has_spoken(person))
    }

    /// Whether somebody said something.
    pub fn has_spoken(&self, person: usize) -> bool {
        !self.panel.said_by(person).is_empty()
    }

    /// Columns start where the answers that are learned from have them.
    pub(crate) fn start_from(
        &mut self,
        bound: &[Bound],
        learned: &[usize],
    ) -> Result<(), StudyError> {
        let mut starts = Vec::new();
        let mut first = 0;
        for source in bound {
            let own = learned.iter().filter(|&&s| (first..first + source.kept.len()).contains(&s));
            let fitted_on: Vec<usize> = own.map(|s| source.kept[s - first].statement).collect();
            first += source.kept.len();
            let linear = linear_of(&source.name, source.objective.as_ref(), &fitted_on)?;
            starts.extend(linear.columns.into_iter().map(|column| column.start));
        }
        self.panel.start_columns_at(&starts)?;
        Ok(())
    }
}

/// The panel as it grows.
struct Builder<'a> {
    items: Items<'a>,
    statements: Vec<Statement>,
    sources: Vec<String>,
    records: Vec<usize>,
    pairs: Vec<Option<SaidPair>>,
    columns: Vec<Column>,
    roles: BTreeMap<&'static str, usize>,
}

impl<'a> Builder<'a> {
    fn new(items: Items<'a>) -> Self {
        Self {
            items,
            statements: Vec::new(),
            sources: Vec::new(),
            records: Vec::new(),
            pairs: Vec::new(),
            columns: Vec::new(),
            roles: BTreeMap::new(),
        }
    }

    fn add(&mut self, source: &Bound, several: bool, designer: usize) -> Result<(), StudyError> {
        let linear = &source.linear;
        let first = self.columns.len();
        self.columns.extend(linear.columns.iter().map(|column| match several {
            true => Column { name: format!("{}: {}", source.name, column.name), ..column.clone() },
            false => column.clone(),
        }));
        let mut before = None;
        let mut record = self.records.last().map_or(0, |last| last + 1);
        for kept in &source.kept {
            if before.is_some_and(|before| before != kept.record) {
                record += 1;
            }
            before = Some(kept.record);
            *self.roles.entry(name_of(kept.role)).or_default() += 1;
            let told = &linear.statements[kept.statement];
            let predictors = self.predictors(told, first)?;
            let person = match kept.role {
                Role::Extension => designer,
                Role::Evidence | Role::Authority => kept.person.0 as usize,
            };
            let pair = self.pair(told)?;
            self.pairs.push(pair);
            self.statements.push(Statement { person, predictors, answer: told.answer.clone() });
            self.sources.push(source.name.clone());
            self.records.push(record);
        }
        Ok(())
    }

    fn predictors(
        &mut self,
        told: &LinearStatement,
        first: usize,
    ) -> Result<Vec<Predictor>, StudyError> {
        let mut predictors = Vec::with_capacity(told.predictors.len());
        for predictor in &told.predictors {
            let mut own = Predictor::default();
            for (span, weight) in &predictor.returns {
                own.items.push((self.items.place(span)?, *weight));
            }
            own.columns.extend(predictor.columns.iter().map(|&(at, w)| (first + at, w)));
            predictors.push(own);
        }
        Ok(predictors)
    }

    fn pair(&mut self, told: &LinearStatement) -> Result<Option<SaidPair>, StudyError> {
        let Some(pair) = told.pair else { return Ok(None) };
        let mut items = [0; 2];
        for (item, segment) in items.iter_mut().zip(pair.segments) {
            *item = self.items.place(&LinearSpan::whole(segment))?;
        }
        Ok(Some(SaidPair { items, first: pair.first, sides: pair.sides }))
    }

    fn finish(
        self,
        spec: &StudySpec,
        dataset: Dataset,
        left_out: BTreeMap<String, usize>,
    ) -> Result<Told, StudyError> {
        let people = dataset.people().len();
        let designer = self.roles.contains_key(name_of(Role::Extension)).then_some(people);
        let mut covariates = covariates(spec, &dataset)?;
        let mut numbers = numbers(&dataset);
        if designer.is_some() {
            covariates.iter_mut().for_each(|covariate| covariate.values.push(None));
            numbers.push(0);
        }
        let (features, rows, items, segments) = self.items.into_parts();
        let panel = Panel::new(PanelParts {
            features,
            items: rows,
            people: people + usize::from(designer.is_some()),
            covariates,
            columns: self.columns,
            statements: self.statements,
        })?;
        Ok(Told {
            panel,
            dataset,
            items,
            segments,
            sources: self.sources,
            records: self.records,
            pairs: self.pairs,
            left_out,
            numbers,
            designer,
            roles: self.roles,
        })
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

/// Whether probabilities stay what they are when all returns grow by the same.
fn is_compared(statement: &LinearStatement) -> bool {
    let sum = |predictor: &LinearPredictor| predictor.returns.iter().map(|(_, by)| by).sum::<f64>();
    match &statement.predictors[..] {
        [only] => sum(only).abs() < 1e-9,
        [first, others @ ..] => others.iter().all(|other| (sum(other) - sum(first)).abs() < 1e-9),
        [] => true,
    }
}

fn linear_of(
    name: &str,
    objective: &dyn Objective,
    fitted_on: &[usize],
) -> Result<LinearSource, StudyError> {
    objective.linear(fitted_on).ok_or_else(|| {
        StudyError::spec(
            &["feedback", name, "adapter"],
            "models of people need answers that follow from sums of returns, which this adapter under \
             these options does not give (docs/WHOSE.md lists those that do)",
        )
    })
}

/// The statements of a source whose person is known.
fn bind(
    name: &str,
    source: &FeedbackSpec,
    spec: &StudySpec,
    (dataset, features): (&Dataset, Option<&Features>),
    left_out: &mut BTreeMap<String, usize>,
) -> Result<Bound, StudyError> {
    let empty = Features::new(Vec::new(), Vec::<f32>::new(), Vec::new());
    let objective = source.adapter.bind(&Selection {
        source: name,
        dataset,
        features: features.unwrap_or(&empty),
        standardizer: None,
        select: &source.select,
        partition: None,
        layout: &HeadLayout::shared(),
        seed: spec.seed,
    })?;
    let all: Vec<usize> = (0..objective.statements().len()).collect();
    let linear = linear_of(name, objective.as_ref(), &all)?;
    for (reason, count) in &objective.statements().dropped {
        *left_out.entry(format!("{name}: {reason}")).or_default() += count;
    }
    let mut kept = Vec::new();
    for (statement, origin) in objective.statements().origins.iter().enumerate() {
        let is_tie = linear.statements[statement].pair.is_some_and(|pair| pair.first == 0.5);
        match origin.person {
            None => *left_out.entry(format!("{name}: name nobody")).or_default() += 1,
            Some(_) if spec.study.drop_ties && is_tie => {
                *left_out.entry(format!("{name}: are ties")).or_default() += 1;
            }
            Some(person) => {
                let (role, record) = (origin.role, origin.record);
                kept.push(Kept { statement, person, role, record });
            }
        }
    }
    match kept.is_empty() {
        false => Ok(Bound { name: name.to_owned(), objective, linear, kept }),
        true => Err(StudyError::spec(
            &["feedback", name],
            "expected records that name a person (`annotator`), found none",
        )),
    }
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
