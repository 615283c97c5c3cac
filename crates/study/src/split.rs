//! Which statements are learned from, and which are held out?

use crate::groups::LEAST;
use crate::said::{Told, column};
use crate::spec::CellNumbers;
use crate::{StudyError, StudySpec, StudySplit};
use medley_dataset::PersonIndex;
use std::collections::BTreeMap;

/// Two lists of statements, rising.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Learned from.
    pub train: Vec<usize>,
    /// Held out.
    pub test: Vec<usize>,
}

impl Parts {
    /// Divides what was said.
    ///
    /// # Errors
    /// A part is empty, or a column or label is not there.
    pub fn of(told: &Told, spec: &StudySpec) -> Result<Self, StudyError> {
        let parts = match &spec.study.split {
            StudySplit::Statement { every } => by_statement(told, *every),
            StudySplit::Person { every, from, .. } => by_person(told, *every, *from),
            StudySplit::Group { column, train, every } => by_group(told, column, train, *every)?,
            StudySplit::Cell { of, by } => by_cell(told, *of, *by),
        };
        for (what, part) in [("learn from", &parts.train), ("hold out", &parts.test)] {
            if part.is_empty() {
                let message = format!(
                    "expected statements to {what}, found none of {}",
                    told.panel.statements().len()
                );
                return Err(StudyError::spec(&["study", "split"], message));
            }
        }
        Ok(parts)
    }

    fn by(told: &Told, mut is_test: impl FnMut(usize, usize) -> Option<bool>) -> Self {
        let mut parts = Self::default();
        for (number, statement) in told.panel.statements().iter().enumerate() {
            match is_test(number, statement.person) {
                Some(true) => parts.test.push(number),
                Some(false) => parts.train.push(number),
                None => {}
            }
        }
        parts
    }
}

/// Statements of one record, such as the stages of a ranking, stay together.
fn by_statement(told: &Told, every: usize) -> Parts {
    let mut orders = vec![(0_u64, None); told.panel.people()];
    Parts::by(told, |number, person| {
        let (order, record) = &mut orders[person];
        if record.is_some_and(|record| record != told.records[number]) {
            *order += 1;
        }
        *record = Some(told.records[number]);
        Some(*order % every as u64 == told.numbers[person] % every as u64)
    })
}

/// People in the order of their numbers; those who said nothing are not counted. Of new people only what is
/// predicted is held out: statements from `from` on.
fn by_person(told: &Told, every: usize, from: usize) -> Parts {
    let mut people: Vec<usize> = told.speakers().collect();
    people.sort_by_key(|&person| told.numbers[person]);
    let place: BTreeMap<usize, usize> =
        people.into_iter().enumerate().map(|(i, p)| (p, i)).collect();
    Parts::by(told, |number, person| {
        let is_new = place[&person] % every == every - 1;
        let order = told.panel.said_by(person).partition_point(|own| *own < number);
        match is_new {
            false => Some(false),
            true => (order >= from).then_some(true),
        }
    })
}

/// Statements of the groups that are learned from, and those held out of everybody.
fn by_group(told: &Told, name: &str, train: &[String], every: usize) -> Result<Parts, StudyError> {
    let column = column(&told.dataset, &["study", "split", "group", "column"], name)?;
    let labels = column.labels();
    if let Some(unknown) = train.iter().find(|label| !labels.contains(label)) {
        let message =
            format!("expected labels of `{name}` ({}), found `{unknown}`", labels.join(", "));
        return Err(StudyError::spec(&["study", "split", "group", "train"], message));
    }
    let is_in = |person: usize| {
        if Some(person) == told.designer {
            return false;
        }
        let label = column.label(PersonIndex(person as u32));
        label.is_some_and(|label| train.iter().any(|wanted| *wanted == label))
    };
    let learned = told.speakers().filter(|&person| is_in(person)).count();
    if learned < LEAST {
        let message = format!(
            "expected {LEAST} people or more to learn from, of whom nobody can be told by what was learned, \
             found {learned}"
        );
        return Err(StudyError::spec(&["study", "split", "group", "train"], message));
    }
    let held_out = by_statement(told, every).test;
    Ok(Parts::by(told, |number, person| match held_out.binary_search(&number).is_ok() {
        true => Some(true),
        false => is_in(person).then_some(false),
    }))
}

/// By numbers of people and items.
fn by_cell(told: &Told, of: usize, by: CellNumbers) -> Parts {
    let mut people: BTreeMap<usize, u64> = BTreeMap::new();
    let mut items: BTreeMap<usize, u64> = BTreeMap::new();
    Parts::by(told, |number, person| {
        let next = people.len() as u64;
        let mut u = *people.entry(person).or_insert(next);
        let predictors = &told.panel.statements()[number].predictors;
        let item = predictors.iter().flat_map(|p| &p.items).map(|(item, _)| *item).next()?;
        let next = items.len() as u64;
        let mut n = *items.entry(item).or_insert(next);
        if by == CellNumbers::Place {
            (u, n) = (person as u64, told.segments[item] as u64);
        }
        Some((7919 * u + 104_729 * n).is_multiple_of(of as u64))
    })
}
