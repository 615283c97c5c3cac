//! A mapping for a table, by what its names and values tell.

use super::choices::{choices, nothing};
use super::table::Table;
use super::told::{Choice, Line, RecordGuess};
use super::top::top;
use super::unused::unused;
use super::{comparisons, edits, judged};
use crate::Sight;

/// What a table may mean.
#[derive(Clone, Debug)]
pub struct Guess {
    /// What all records share: prompt, group, context. None, if each row is an item of its own.
    pub top: Vec<Line>,
    /// None, if nothing tells what people thought.
    pub records: Vec<RecordGuess>,
    /// Whole mappings, if there are no records.
    pub choices: Vec<Choice>,
    /// Columns that no line names.
    pub unused: Vec<String>,
}

/// Guesses a mapping for what was seen.
pub fn guess(sight: &Sight) -> Guess {
    let table = Table::new(sight);
    let found = [comparisons::records, judged::listed, edits::records, judged::records]
        .into_iter()
        .map(|records| records(&table))
        .find(|records| !records.is_empty());
    if let Some(records) = found {
        let top = top(&table, &records);
        let unused = unused(sight, &top, &records);
        return Guess { top, records, choices: Vec::new(), unused };
    }
    let choices = choices(&table);
    let records = if choices.is_empty() { vec![nothing(&table)] } else { Vec::new() };
    let tops: Vec<Line> = choices.iter().flat_map(|choice| choice.top.clone()).collect();
    let chosen: Vec<RecordGuess> = choices.iter().map(|choice| choice.record.clone()).collect();
    let unused = unused(sight, &tops, &chosen);
    Guess { top: Vec::new(), records, choices, unused }
}
