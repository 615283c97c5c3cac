//! Answers of people to pairs of profiles, read from a table.

use flate2::read::MultiGzDecoder;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Answers by person.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Names of attributes.
    pub attributes: Vec<String>,
    /// Numbers of people, in ascending order.
    pub ids: Vec<u64>,
    /// Differences of attributes, that of the profile chosen minus the other. `[person][answer, attribute]`
    pub people: Vec<Vec<f64>>,
}

/// Why a table is no panel.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: expected {expected}, found {found}", path.display(), place(.row))]
pub struct PanelError {
    /// The file.
    pub path: PathBuf,
    /// Row of the table, from 1 below its head; none for the file as a whole.
    pub row: Option<usize>,
    /// What is needed.
    pub expected: String,
    /// What is there.
    pub found: String,
}

fn place(row: &Option<usize>) -> String {
    row.map_or_else(String::new, |row| format!(", row {row}"))
}

impl Panel {
    /// Reads a CSV table, gzip or plain, whose columns are `id` (the person), `choice` (1 if the first
    /// profile was chosen, 0 if the second), and an attribute each, first minus second. People are in
    /// the order of their number.
    ///
    /// # Errors
    /// A file that cannot be read, another head, a cell that is no number or no answer.
    pub fn read(path: &Path) -> Result<Self, PanelError> {
        let error = |row: Option<usize>, expected: &str, found: String| PanelError {
            path: path.to_owned(),
            row,
            expected: expected.to_owned(),
            found,
        };
        let file = File::open(path).map_err(|e| error(None, "a file", e.to_string()))?;
        let is_gzip = path.extension().is_some_and(|extension| extension == "gz");
        let reader: Box<dyn Read> =
            if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut table = csv::Reader::from_reader(reader);
        let head = table.headers().map_err(|e| error(None, "a CSV table", e.to_string()))?.clone();
        let names: Vec<&str> = head.iter().collect();
        let ["id", "choice", attributes @ ..] = names.as_slice() else {
            return Err(error(None, "columns `id`, `choice` and attributes", names.join(", ")));
        };
        if attributes.is_empty() {
            return Err(error(None, "a column for each attribute", "none".to_owned()));
        }
        let mut people: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for (number, record) in table.records().enumerate() {
            let row = Some(number + 1);
            let record =
                record.map_err(|e| error(row, "as many cells as columns", e.to_string()))?;
            let id = record[0]
                .parse()
                .map_err(|_| error(row, "a whole number as `id`", record[0].to_owned()))?;
            let sign = match &record[1] {
                "1" => 1.0,
                "0" => -1.0,
                other => return Err(error(row, "0 or 1 as `choice`", format!("`{other}`"))),
            };
            let answers = people.entry(id).or_default();
            for (cell, name) in record.iter().skip(2).zip(attributes) {
                let value = cell.parse().ok().filter(|value: &f64| value.is_finite());
                let value = value.ok_or_else(|| {
                    error(row, &format!("a finite number as `{name}`"), format!("`{cell}`"))
                })?;
                answers.push(sign * value);
            }
        }
        if people.is_empty() {
            return Err(error(None, "at least one row", "none".to_owned()));
        }
        let attributes = attributes.iter().map(|&name| name.to_owned()).collect();
        let (ids, people) = people.into_iter().unzip();
        Ok(Self { attributes, ids, people })
    }

    /// The first so many people.
    pub fn first(&self, people: usize) -> Self {
        let count = people.min(self.people.len());
        Self {
            attributes: self.attributes.clone(),
            ids: self.ids[..count].to_vec(),
            people: self.people[..count].to_vec(),
        }
    }

    /// Two parts of the answers of each person: what is learned from, and each `folds`-th answer, which is
    /// held out. Answers are numbered from 0, and the first that is held out is that of the person's id
    /// modulo `folds`.
    pub fn hold_out(&self, folds: usize) -> [Self; 2] {
        let part = |held_out: bool| {
            let of_person = |(&id, answers): (&u64, &Vec<f64>)| {
                let is_of = |i: usize| (i as u64 % folds as u64 == id % folds as u64) == held_out;
                let rows = answers.chunks(self.attributes.len()).enumerate();
                rows.filter(|(i, _)| is_of(*i)).flat_map(|(_, row)| row.iter().copied()).collect()
            };
            let people = self.ids.iter().zip(&self.people).map(of_person).collect();
            Self { attributes: self.attributes.clone(), ids: self.ids.clone(), people }
        };
        [part(false), part(true)]
    }

    /// Number of answers.
    pub fn answers(&self) -> usize {
        self.people.iter().map(Vec::len).sum::<usize>() / self.attributes.len()
    }
}
