//! The groups of people that a study reports on.

use crate::said::{Told, column};
use crate::{StudyError, StudySpec};
use medley_dataset::{PersonColumn, PersonIndex, PersonValues};

/// Fewer people than this are shown by no number.
pub const LEAST: usize = 20;

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
    names.iter().map(|name| grouping(spec, told, name)).collect()
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
        return Ok(Grouping { column: name.to_owned(), labels: bins(bounds), of, derived });
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
    Ok(Grouping { column: name.to_owned(), labels, of, derived })
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
    /// People of a label.
    pub fn people(&self, label: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.of.len()).filter(move |&person| self.of[person] == Some(label))
    }
}
