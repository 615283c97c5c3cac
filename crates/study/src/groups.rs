//! The groups of people that a study reports on.

use crate::said::{Told, column};
use crate::{StudyError, StudySpec};
use medley_dataset::{PersonColumn, PersonIndex, PersonValues};
use std::collections::BTreeSet;

/// Fewer people than this are shown by no number.
pub use medley_evaluation::people::MINIMUM as LEAST;

/// One column of people and its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// Name of the column.
    pub column: String,
    /// Labels, in order.
    pub labels: Vec<String>,
    /// Place of each person's label; none where it is unknown.
    pub of: Vec<Option<usize>>,
    /// Whether it was derived from the feedback itself.
    pub derived: bool,
    /// People of each label who said something. `[label]`
    pub sizes: Vec<usize>,
    /// Whether nothing is shown of a label: fewer than [`LEAST`] people of it said something, or what is hidden
    /// of the column could else be had by subtraction. `[label]`
    pub hidden: Vec<bool>,
}

/// Columns with so many labels are groups, unless the file says which are.
const LABELS: std::ops::RangeInclusive<usize> = 2..=12;

/// The groupings that a study names; if it names none, columns of texts with few labels.
///
/// # Errors
/// A column that is not there, or numbers without bins.
pub fn groupings(spec: &StudySpec, told: &Told) -> Result<Vec<Grouping>, StudyError> {
    let study = &spec.study;
    let usual = study.groups.is_empty();
    let names: Vec<String> = match usual {
        false => study.groups.clone(),
        true => {
            let columns = told.dataset.people().columns().iter();
            let is_usual = |column: &&PersonColumn| {
                let is_text = matches!(column.values, PersonValues::Text(_));
                study.bins.contains_key(&column.name)
                    || (is_text && LABELS.contains(&column.labels().len()))
            };
            columns.filter(is_usual).map(|column| column.name.clone()).collect()
        }
    };
    check_columns(spec, told)?;
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(StudyError::spec(&["study", "groups"], format!("`{twice}` is named twice")));
    }
    names.iter().map(|name| grouping(spec, told, name)).collect()
}

/// Refuses names of columns that stand for nothing.
fn check_columns(spec: &StudySpec, told: &Told) -> Result<(), StudyError> {
    let study = &spec.study;
    for name in &study.derived {
        column(&told.dataset, &["study", "derived"], name)?;
    }
    for name in study.bins.keys() {
        column(&told.dataset, &["study", "bins", name], name)?;
    }
    for name in study.population.keys() {
        column(&told.dataset, &["study", "population", name], name)?;
    }
    Ok(())
}

fn grouping(spec: &StudySpec, told: &Told, name: &str) -> Result<Grouping, StudyError> {
    let found = column(&told.dataset, &["study", "groups"], name)?;
    let derived = spec.study.derived.iter().any(|column| column == name);
    let people = told.panel.people();
    if let Some(bounds) = spec.study.bins.get(name) {
        let PersonValues::Number(values) = &found.values else {
            let message = format!("expected a column of numbers, found the texts of `{name}`");
            return Err(StudyError::spec(&["study", "bins", name], message));
        };
        let bin = |value: f64| bounds.iter().filter(|bound| value >= **bound).count();
        let mut of: Vec<Option<usize>> = values.iter().map(|value| value.map(bin)).collect();
        of.resize(people, None);
        return Ok(Grouping::new(name, bins(bounds), of, derived, told));
    }
    if matches!(found.values, PersonValues::Number(_)) {
        let message = format!(
            "`{name}` is numbers: expected its bounds in `study.bins.{name}`, as in `[30.0, 60.0]`"
        );
        return Err(StudyError::spec(&["study", "groups"], message));
    }
    let labels = found.labels();
    let place = |person: usize| {
        if person >= told.dataset.people().len() {
            return None;
        }
        let label = found.label(PersonIndex(person as u32))?;
        labels.iter().position(|known| *known == label)
    };
    let of = (0..people).map(place).collect();
    Ok(Grouping::new(name, labels, of, derived, told))
}

fn bins(bounds: &[f64]) -> Vec<String> {
    let mut labels = vec![format!("below {}", bounds[0])];
    for pair in bounds.windows(2) {
        labels.push(format!("{} to below {}", pair[0], pair[1]));
    }
    labels.push(format!("from {}", bounds[bounds.len() - 1]));
    labels
}

impl Grouping {
    /// With what is hidden. Of a column whose hidden people are fewer than [`LEAST`] together, the smallest label
    /// that would be shown is hidden too: what is known of all less what is shown is else that of few.
    fn new(
        column: &str,
        labels: Vec<String>,
        of: Vec<Option<usize>>,
        derived: bool,
        told: &Told,
    ) -> Self {
        let mut sizes = vec![0; labels.len()];
        let speakers = told.speakers().filter_map(|person| of[person]);
        speakers.for_each(|label| sizes[label] += 1);
        let mut hidden: Vec<bool> = sizes.iter().map(|size| *size < LEAST).collect();
        let shown: usize =
            sizes.iter().zip(&hidden).filter(|(_, hidden)| !**hidden).map(|(size, _)| size).sum();
        let rest = told.speakers().count() - shown;
        if (1..LEAST).contains(&rest) {
            let smallest =
                (0..sizes.len()).filter(|&label| !hidden[label]).min_by_key(|&l| sizes[l]);
            smallest.into_iter().for_each(|label| hidden[label] = true);
        }
        Self { column: column.to_owned(), labels, of, derived, sizes, hidden }
    }

    /// Number of the group of each person for rules that go by groups: labels that are hidden, and people of no
    /// known label, are one group, which joins the first that is shown if it is small.
    pub fn merged(&self) -> Vec<usize> {
        let others = self.labels.len();
        let of = |label: &Option<usize>| match label {
            Some(label) if !self.hidden[*label] => *label,
            _ => others,
        };
        let merged: Vec<usize> = self.of.iter().map(of).collect();
        let first = (0..others).find(|&label| !self.hidden[label]);
        let few = merged.iter().filter(|group| **group == others).count() < LEAST;
        match first {
            Some(first) if few => merged
                .into_iter()
                .map(|group| if group == others { first } else { group })
                .collect(),
            _ => merged,
        }
    }
}
