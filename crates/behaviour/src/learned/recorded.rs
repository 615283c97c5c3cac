//! Which steps of a dataset show what an action leads to?

use crate::point_list::some;
use medley_dataset::{Dataset, MetadataValue};
use medley_world::{END, STEPS_LEFT, TERMINATED};
use std::ops::Range;

/// What followed a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The step in the next row.
    Followed,
    /// Nothing, as the world ended the episode.
    Ended,
    /// Nobody knows: no segment goes on, or the row is of none.
    Unknown,
}

/// The steps of a dataset with discrete actions: states, brought to one scale, and actions.
///
/// What was done stands in columns `action-0`, `action-1`, ... of which one is 1; all other stored
/// features are the state.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// Columns of stored features that are the state.
    columns: Vec<usize>,
    /// Column of each action.
    actions: Vec<usize>,
    /// `[row, column of the state]`, each column less its mean and over its standard deviation.
    states: Vec<f32>,
    /// Mean and standard deviation of each column of the state.
    scales: Vec<[f64; 2]>,
    /// Action of each row.
    taken: Vec<u32>,
    /// What followed each row.
    then: Vec<Then>,
}

impl Recorded {
    /// # Errors
    /// What the dataset lacks: features of steps, columns of at least two actions, a state beside
    /// them; or the row in which not one action is 1.
    pub fn of(dataset: &Dataset) -> Result<Self, String> {
        let segments = dataset.segments();
        let (names, values) =
            segments.stored_features().ok_or("expected steps with stored features, found texts")?;
        let actions = action_columns(names);
        if actions.len() < 2 {
            return Err(format!(
                "expected stored features `action-0`, `action-1`, ..., one of which is 1 in each step, \
                 and found {}",
                if names.is_empty() { "none".to_owned() } else { some(names.iter().cloned()) }
            ));
        }
        let columns: Vec<usize> =
            (0..names.len()).filter(|column| !actions.contains(column)).collect();
        if columns.is_empty() {
            return Err("expected stored features of the state beside those of the action".into());
        }
        let (mut states, mut taken) = (Vec::new(), Vec::new());
        for chunk in values.chunks(names.len() * 4096) {
            for row in chunk.chunks_exact(names.len()) {
                states.extend(columns.iter().map(|&column| row[column]));
                taken.push(
                    action_of(row, &actions)
                        .ok_or_else(|| no_action(row, &actions, taken.len()))?,
                );
            }
        }
        let scales = scales(&states, columns.len());
        for state in states.chunks_exact_mut(columns.len()) {
            state.iter_mut().zip(&scales).for_each(|(x, scale)| *x = standardized(*x, *scale));
        }
        Ok(Self { columns, actions, states, scales, taken, then: what_followed(dataset) })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.taken.len()
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions.len()
    }

    /// Numbers of a state.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The state that a step left, in units of standard deviations.
    pub fn state(&self, row: usize) -> &[f32] {
        let width = self.width();
        &self.states[row * width..][..width]
    }

    /// The state in a row of stored features, in the same units.
    pub fn state_in(&self, stored: &[f32]) -> Vec<f32> {
        let scaled = self.columns.iter().zip(&self.scales);
        scaled.map(|(&column, scale)| standardized(stored[column], *scale)).collect()
    }

    /// What was done in a step.
    pub fn action(&self, row: usize) -> usize {
        self.taken[row] as usize
    }

    /// What followed a step.
    pub fn then(&self, row: usize) -> Then {
        self.then[row]
    }

    /// Whether the world is known to have ended any episode.
    pub fn knows_ends(&self) -> bool {
        self.then.contains(&Then::Ended)
    }

    /// A row of stored features as if another action had been taken.
    pub fn with_action(&self, stored: &[f32], action: usize) -> Vec<f32> {
        let mut changed = stored.to_vec();
        self.actions.iter().for_each(|&column| changed[column] = 0.0);
        changed[self.actions[action]] = 1.0;
        changed
    }
}

/// Columns `action-0`, `action-1`, ... as far as they go.
fn action_columns(names: &[String]) -> Vec<usize> {
    let column = |number: usize| names.iter().position(|name| *name == format!("action-{number}"));
    (0..).map_while(column).collect()
}

/// The action that is 1 where all others are 0.
fn action_of(row: &[f32], actions: &[usize]) -> Option<u32> {
    let mut taken = (0..).zip(actions).filter(|&(_, &column)| row[column] != 0.0);
    match (taken.next(), taken.next()) {
        (Some((action, &column)), None) if row[column] == 1.0 => Some(action),
        _ => None,
    }
}

fn no_action(row: &[f32], actions: &[usize], number: usize) -> String {
    let found: Vec<String> = actions.iter().map(|&column| row[column].to_string()).collect();
    let last = actions.len() - 1;
    format!(
        "expected one of `action-0` to `action-{last}` to be 1 in each step, and the others 0: steps of a \
         world with discrete actions; step {number} of the dataset has {}",
        found.join(", ")
    )
}

/// Mean and standard deviation of each column.
fn scales(states: &[f32], width: usize) -> Vec<[f64; 2]> {
    let rows = (states.len() / width) as f64;
    let of_column = |column: usize| {
        let all = || states.iter().skip(column).step_by(width).map(|&x| f64::from(x));
        let mean = all().sum::<f64>() / rows;
        [mean, (all().map(|x| (x - mean).powi(2)).sum::<f64>() / rows).sqrt()]
    };
    (0..width).map(of_column).collect()
}

/// In standard deviations from the mean; 0 in a column that is always the same.
fn standardized(x: f32, [mean, sd]: [f64; 2]) -> f32 {
    if sd > 0.0 { ((f64::from(x) - mean) / sd) as f32 } else { 0.0 }
}

/// What followed each row: segments say, within which a step follows a step, and which end with their
/// episode.
fn what_followed(dataset: &Dataset) -> Vec<Then> {
    let segments = dataset.segments();
    let mut then = vec![Then::Unknown; segments.step_count()];
    for segment in 0..segments.len() {
        let Range { start, end } = segments.steps(segment);
        then[start..end - 1].fill(Then::Followed);
        if ends_the_episode(dataset, segment) {
            then[end - 1] = Then::Ended;
        }
    }
    then
}

/// Whether the world ended the episode with the last step of a segment.
fn ends_the_episode(dataset: &Dataset, segment: usize) -> bool {
    let metadata = dataset.segments().metadata();
    let value = |name: &str| metadata.column(name).and_then(|column| column.value(segment));
    let is_terminated = matches!(value(END), Some(MetadataValue::Text(end)) if end == TERMINATED);
    is_terminated && matches!(value(STEPS_LEFT), Some(MetadataValue::Number(left)) if left == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    fn dataset(names: &[&str], rows: &[f32], ends: &[(&str, f64)]) -> Dataset {
        let mut card = Card::new("recorded", Domain::Control);
        card.features = names.iter().map(|&name| name.to_owned()).collect();
        let mut builder = DatasetBuilder::new(card);
        builder.add_steps(rows);
        let each = rows.len() / names.len() / ends.len();
        for (number, (end, left)) in ends.iter().enumerate() {
            let id = format!("s{number}");
            builder.add_group(&id, None, None);
            builder.add_window(&id, &[&id], number * each, each);
            builder.add_metadata(&id, &[("end", (*end).into()), ("steps-left", (*left).into())]);
        }
        builder.build().unwrap()
    }

    #[test]
    fn segments_say_what_followed() {
        // Six steps of one number and two actions, in three segments.
        let rows: Vec<f32> = (0..6).flat_map(|i| [i as f32, 1.0, 0.0]).collect();
        let ends = [("terminated", 0.0), ("truncated", 0.0), ("terminated", 3.0)];
        let found = Recorded::of(&dataset(&["x", "action-0", "action-1"], &rows, &ends)).unwrap();
        let then: Vec<Then> = (0..6).map(|row| found.then(row)).collect();
        let [followed, ended, unknown] = [Then::Followed, Then::Ended, Then::Unknown];
        assert_eq!(then, [followed, ended, followed, unknown, followed, unknown]);
        // Mean 2.5, standard deviation sqrt(35 / 12).
        assert!((found.state(0)[0] + 2.5 / (35.0_f32 / 12.0).sqrt()).abs() < 1e-6);
        assert_eq!(found.with_action(&rows[..3], 1), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn steps_without_a_discrete_action_are_refused() {
        let refused = |names: &[&str], rows: &[f32], expect: &str| {
            let told = Recorded::of(&dataset(names, rows, &[("truncated", 0.0)])).unwrap_err();
            assert_eq!(told, expect);
        };
        refused(
            &["x", "action"],
            &[0.0, 0.3],
            "expected stored features `action-0`, `action-1`, ..., one of which is 1 in each step, and found \
             x, action",
        );
        refused(
            &["action-1", "action-0"],
            &[1.0, 0.0],
            "expected stored features of the state beside those of the action",
        );
        refused(
            &["x", "action-0", "action-1"],
            &[0.0, 1.0, 0.0, 0.0, 0.5, 0.5],
            "expected one of `action-0` to `action-1` to be 1 in each step, and the others 0: steps of a \
             world with discrete actions; step 1 of the dataset has 0.5, 0.5",
        );
    }
}
