//! Which states and actions is a segment made of?

use medley_adapter::{BindError, Selection};
use medley_world::{ACTIONS, STATES};

/// A step in a table: the state that it leaves, and the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Number of the state.
    pub state: usize,
    /// Number of the action.
    pub action: usize,
}

/// The steps of a segment, from the columns `states` and `actions` of its metadata: numbers, one a
/// step, with blanks between them.
///
/// # Errors
/// A column is missing, is unknown for the segment, has another number of steps, or a number is none
/// of the world's `states` or `actions`.
pub fn visited(
    selection: &Selection<'_>,
    segment: usize,
    (states, actions): (usize, usize),
) -> Result<Vec<Visit>, BindError> {
    let states = numbers(selection, segment, STATES, states)?;
    let actions = numbers(selection, segment, ACTIONS, actions)?;
    let pairs = states.into_iter().zip(actions);
    Ok(pairs.map(|(state, action)| Visit { state, action }).collect())
}

/// A column of numbers below `count`, one a step.
fn numbers(
    selection: &Selection<'_>,
    segment: usize,
    column: &str,
    count: usize,
) -> Result<Vec<usize>, BindError> {
    let segments = selection.dataset.segments();
    let id = segments.id(segment);
    let found = segments.metadata().column(column).and_then(|column| column.label(segment));
    let text = found.ok_or_else(|| {
        selection.unfit(format!(
            "segment `{id}` lacks `{column}` in its metadata: feedback about actions needs the states \
             and actions of each step, as numbers with blanks between them (simulated datasets of \
             tabular worlds have them)"
        ))
    })?;
    let number = |(step, word): (usize, &str)| match word.parse::<usize>() {
        Ok(number) if number < count => Ok(number),
        _ => Err(selection.unfit(format!(
            "segment `{id}`: `{column}` at step {step}: expected a whole number below {count}, \
             found `{word}`"
        ))),
    };
    let numbers: Vec<usize> =
        text.split_whitespace().enumerate().map(number).collect::<Result<_, _>>()?;
    let steps = segments.steps(segment).len();
    match numbers.len() == steps {
        true => Ok(numbers),
        false => Err(selection.unfit(format!(
            "segment `{id}`: expected one of `{column}` for each of its {steps} steps, found {}",
            numbers.len()
        ))),
    }
}
