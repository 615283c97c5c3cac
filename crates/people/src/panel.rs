//! What people said about items: the data of every model of people.

use crate::{Answer, PeopleError};
use std::sync::Arc;

/// One thing that one person said.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Number of the person.
    pub person: usize,
    /// What the answer depends on, as many as [`Answer::predictors`].
    pub predictors: Vec<Predictor>,
    /// What was said.
    pub answer: Arc<dyn Answer>,
}

/// A number that an answer depends on: a sum of returns of items and of columns of how people answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictor {
    /// Items by number, and what the return of each counts for.
    pub items: Vec<(usize, f64)>,
    /// [Columns](Panel::columns) by number, and what each counts for.
    pub columns: Vec<(usize, f64)>,
}

impl Predictor {
    /// The return of one item.
    pub fn of(item: usize) -> Self {
        Self { items: vec![(item, 1.0)], columns: Vec::new() }
    }

    /// By how much the return of one item exceeds that of another.
    pub fn difference(first: usize, second: usize) -> Self {
        Self { items: vec![(first, 1.0), (second, -1.0)], columns: Vec::new() }
    }

    /// The same, and a column that counts for so much.
    pub fn and(mut self, column: usize, weight: f64) -> Self {
        self.columns.push((column, weight));
        self
    }
}

/// A number of how people answer and not of what they want: a cutpoint, a threshold, a position bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in reports.
    pub name: String,
    /// Where a fit starts.
    pub start: f64,
    /// Standard deviation, in nats, of what people add to it; none if it is the same for everybody.
    pub spread: Option<f64>,
}

/// What is known of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariate {
    /// Its name, such as `age` or `gender = female`.
    pub name: String,
    /// One number a person; none where unknown, which is read as the mean.
    pub values: Vec<Option<f64>>,
}

/// Parts of a [`Panel`], unchecked.
#[derive(Clone, Debug, Default)]
pub struct PanelParts {
    /// Names of the features of items.
    pub features: Vec<String>,
    /// Features of each item. `[item][feature]`
    pub items: Vec<Vec<f64>>,
    /// Number of people.
    pub people: usize,
    /// What is known of them.
    pub covariates: Vec<Covariate>,
    /// Numbers of how people answer.
    pub columns: Vec<Column>,
    /// What was said, in order.
    pub statements: Vec<Statement>,
}

/// Statements of people about items, checked: all numbers are finite, all that is named is there.
#[derive(Clone, Debug)]
pub struct Panel {
    parts: PanelParts,
    /// Predictors in features and columns: pairs of coordinate and weight. `[statement][predictor]`
    rows: Vec<Vec<Row>>,
    /// Statements of each person, in order.
    of_person: Vec<Vec<usize>>,
    /// 1 and the covariates, standardized. `[person][1 + covariate]`
    known: Vec<Vec<f64>>,
}

/// Coordinates that are not 0, and what they count for.
pub type Row = Vec<(usize, f64)>;

impl Panel {
    /// Checks what was put together.
    ///
    /// # Errors
    /// No statement; items, people, columns that are not there; numbers that are not finite; rows of unequal
    /// length; answers with another number of predictors.
    pub fn new(parts: PanelParts) -> Result<Self, PeopleError> {
        if parts.statements.is_empty() {
            return Err(PeopleError::Nothing);
        }
        for (item, row) in parts.items.iter().enumerate() {
            check_row(&format!("item {item}"), row, parts.features.len())?;
        }
        for covariate in &parts.covariates {
            if covariate.values.len() != parts.people {
                let what = format!("values of `{}`, one a person", covariate.name);
                let (expected, found) = (parts.people, covariate.values.len());
                return Err(PeopleError::Length { what, expected, found });
            }
            let values: Vec<f64> = covariate.values.iter().flatten().copied().collect();
            check_row(&format!("`{}`", covariate.name), &values, values.len())?;
        }
        let mut of_person = vec![Vec::new(); parts.people];
        let mut rows = Vec::with_capacity(parts.statements.len());
        for (number, statement) in parts.statements.iter().enumerate() {
            rows.push(check_statement(&parts, number, statement)?);
            of_person[statement.person].push(number);
        }
        let known = known(&parts);
        Ok(Self { parts, rows, of_person, known })
    }

    /// What was said, in order.
    pub fn statements(&self) -> &[Statement] {
        &self.parts.statements
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.parts.people
    }

    /// Statements of a person, in order.
    pub fn said_by(&self, person: usize) -> &[usize] {
        &self.of_person[person]
    }

    /// Names of features.
    pub fn features(&self) -> &[String] {
        &self.parts.features
    }

    /// Features of each item.
    pub fn items(&self) -> &[Vec<f64>] {
        &self.parts.items
    }

    /// What is known of people.
    pub fn covariates(&self) -> &[Covariate] {
        &self.parts.covariates
    }

    /// Numbers of how people answer.
    pub fn columns(&self) -> &[Column] {
        &self.parts.columns
    }

    /// Number of coordinates of a person's view: features first, then columns.
    pub fn width(&self) -> usize {
        self.parts.features.len() + self.parts.columns.len()
    }

    /// Name of a coordinate.
    pub fn name(&self, coordinate: usize) -> &str {
        let features = self.parts.features.len();
        match coordinate < features {
            true => &self.parts.features[coordinate],
            false => &self.parts.columns[coordinate - features].name,
        }
    }

    /// Predictors of a statement in coordinates.
    pub fn rows(&self, statement: usize) -> &[Row] {
        &self.rows[statement]
    }

    /// 1, and what is known of a person, standardized over all; 0 where unknown.
    pub fn known(&self, person: usize) -> &[f64] {
        &self.known[person]
    }

    /// Lets fits of columns start elsewhere: where the answers that are learned from have them.
    ///
    /// # Errors
    /// Another number of columns, or a number that is not finite.
    pub fn start_columns_at(&mut self, starts: &[f64]) -> Result<(), PeopleError> {
        check_row("starts of columns", starts, self.parts.columns.len())?;
        self.parts.columns.iter_mut().zip(starts).for_each(|(column, &start)| column.start = start);
        Ok(())
    }

    /// The same without covariates: models then know people by their answers alone.
    pub fn without_covariates(&self) -> Self {
        let mut other = self.clone();
        other.parts.covariates.clear();
        other.known = known(&other.parts);
        other
    }
}

fn check_row(what: &str, row: &[f64], expected: usize) -> Result<(), PeopleError> {
    if row.len() != expected {
        let found = row.len();
        return Err(PeopleError::Length { what: format!("features of {what}"), expected, found });
    }
    match row.iter().find(|x| !x.is_finite()) {
        Some(&found) => Err(PeopleError::NotFinite { place: what.to_owned(), found }),
        None => Ok(()),
    }
}

fn check_statement(
    parts: &PanelParts,
    number: usize,
    statement: &Statement,
) -> Result<Vec<Row>, PeopleError> {
    let below = |what, count, found| match found < count {
        true => Ok(()),
        false => Err(PeopleError::Missing { statement: number, what, count, found }),
    };
    below("a person", parts.people, statement.person)?;
    let (expected, found) = (statement.answer.predictors(), statement.predictors.len());
    if expected != found {
        return Err(PeopleError::Predictors { statement: number, expected, found });
    }
    let width = parts.features.len() + parts.columns.len();
    let mut rows = Vec::with_capacity(found);
    for predictor in &statement.predictors {
        let mut row = vec![0.0; width];
        for &(item, weight) in &predictor.items {
            below("an item", parts.items.len(), item)?;
            row.iter_mut().zip(&parts.items[item]).for_each(|(sum, x)| *sum += weight * x);
        }
        for &(column, weight) in &predictor.columns {
            below("a column", parts.columns.len(), column)?;
            row[parts.features.len() + column] += weight;
        }
        if let Some(&found) = row.iter().find(|x| !x.is_finite()) {
            return Err(PeopleError::NotFinite { place: format!("statement {number}"), found });
        }
        rows.push(row.into_iter().enumerate().filter(|(_, x)| *x != 0.0).collect());
    }
    Ok(rows)
}

/// 1 and the covariates, each with mean 0 and standard deviation 1 over all of whom it is known.
fn known(parts: &PanelParts) -> Vec<Vec<f64>> {
    let mut known = vec![vec![1.0]; parts.people];
    for covariate in &parts.covariates {
        let values: Vec<f64> = covariate.values.iter().flatten().copied().collect();
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        // Of somebody who is like everybody, nothing is learned.
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        for (row, value) in known.iter_mut().zip(&covariate.values) {
            row.push(value.map_or(0.0, |value| (value - mean) * scale));
        }
    }
    known
}
