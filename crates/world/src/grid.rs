//! Square grids with a start, a goal and what lies between: those of the published comparison of
//! four kinds of feedback by one amortized posterior (MAVRL), cell by cell.
//!
//! The reward is that of the cell a step *leaves*, and values are those of the process that goes on
//! for ever: only an episode ends, with the step that is taken at the goal. Five digits of the
//! published normalization constants fix all of this; a test of `medley-policy` has them. In
//! `cliff` the start has no cost, though it lies in the row that has one.

use crate::tabular::{self, observe, state_names};
use crate::{Action, Actions, Mdp, MdpParts, Rewards, Step, World, WorldError};
use medley_toml_file::{Problem, at_least};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `world.grid = { preset = "trap" }`. State: number of the cell, by rows from the top left, where
/// it starts. Actions: 0 up, 1 down, 2 left, 3 right, 4 stay; a step off the grid stays. Features of
/// a step are the cell it leaves, one column each, and not the action, of which the reward does not
/// depend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "GridOptions", into = "GridOptions")]
pub struct Grid {
    options: GridOptions,
    mdp: Mdp,
}

/// What a grid is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GridOptions {
    /// Which cells are worth what.
    pub preset: Preset,
    /// Cells of a side, from 2 to 1,000; 10 in the publication.
    pub size: usize,
    /// What a reward one step later is worth, in [0, 1).
    pub discount: f64,
    /// Probability that another action happens than the chosen one, each of the others alike. For
    /// shifted dynamics; 0 in the publication.
    pub slip: f64,
}

/// Which cells are worth what. The goal is the bottom right cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// -0.1 everywhere, the goal 1.
    Sparse,
    /// Top row -1 but for the start, bottom row -4, the goal 4, else 0.
    Cliff,
    /// Four blocks of -4, a fifth of the side wide, the goal 1, else 0.
    Trap,
}

/// Up, down, left, right, stay: rows and columns.
const MOVES: [(isize, isize); 5] = [(-1, 0), (1, 0), (0, -1), (0, 1), (0, 0)];

impl Default for GridOptions {
    fn default() -> Self {
        Self { preset: Preset::Sparse, size: 10, discount: 0.95, slip: 0.0 }
    }
}

impl Grid {
    /// A grid of these options.
    ///
    /// # Errors
    /// One of them is out of range.
    pub fn new(options: GridOptions) -> Result<Self, Problem> {
        let GridOptions { preset, size, discount, slip } = options;
        at_least("size", size as u64, 2)?;
        if size > 1_000 {
            return Err(Problem::new("size", format!("at most 1000 is needed, found {size}")));
        }
        let in_range = |key: &str, value: f64, fits: bool, range: &str| match fits {
            true => Ok(()),
            false => Err(Problem::new(key, format!("a number {range} is needed, found {value}"))),
        };
        in_range("discount", discount, (0.0..1.0).contains(&discount), "of at least 0, below 1,")?;
        in_range("slip", slip, (0.0..=1.0).contains(&slip), "from 0 to 1")?;
        let states = size * size;
        let mut start = vec![0.0; states];
        start[0] = 1.0;
        let cells = (0..states).flat_map(|cell| (0..MOVES.len()).map(move |action| (cell, action)));
        let parts = MdpParts {
            actions: MOVES.len(),
            discount,
            start,
            terminal: vec![false; states],
            transitions: cells.map(|(cell, action)| row(cell, action, size, slip)).collect(),
            rewards: Rewards::State(preset.rewards(size)),
        };
        // Whatever the options, rows sum to 1 and rewards are finite.
        let mdp = Mdp::new(parts).map_err(|error| Problem::new("slip", error.to_string()))?;
        Ok(Self { options, mdp })
    }

    /// What it is made of.
    pub fn options(&self) -> &GridOptions {
        &self.options
    }

    fn goal(&self) -> usize {
        self.mdp.states() - 1
    }
}

impl TryFrom<GridOptions> for Grid {
    type Error = Problem;

    fn try_from(options: GridOptions) -> Result<Self, Problem> {
        Self::new(options)
    }
}

impl From<Grid> for GridOptions {
    fn from(grid: Grid) -> Self {
        grid.options
    }
}

/// Cells that follow, with their probabilities.
fn row(cell: usize, action: usize, size: usize, slip: f64) -> Vec<(u32, f64)> {
    let mut row: Vec<(u32, f64)> = Vec::new();
    for (taken, &(down, right)) in MOVES.iter().enumerate() {
        let others = (MOVES.len() - 1) as f64;
        let probability = if taken == action { 1.0 - slip } else { slip / others };
        if probability == 0.0 {
            continue;
        }
        let inside = |from: usize, by: isize| from.checked_add_signed(by).filter(|&to| to < size);
        let to = match (inside(cell / size, down), inside(cell % size, right)) {
            (Some(row), Some(column)) => row * size + column,
            _ => cell,
        } as u32;
        match row.iter_mut().find(|(known, _)| *known == to) {
            Some((_, sum)) => *sum += probability,
            None => row.push((to, probability)),
        }
    }
    row
}

impl Preset {
    /// What each cell is worth.
    fn rewards(self, size: usize) -> Vec<f64> {
        (0..size * size).map(|place| self.reward(place / size, place % size, size)).collect()
    }

    fn reward(self, row: usize, column: usize, size: usize) -> f64 {
        let last = size - 1;
        let is_goal = row == last && column == last;
        match self {
            Self::Sparse if is_goal => 1.0,
            Self::Sparse => -0.1,
            Self::Cliff if is_goal => 4.0,
            Self::Cliff if row == last => -4.0,
            Self::Cliff if row == 0 && column > 0 => -1.0,
            Self::Trap if is_goal => 1.0,
            Self::Trap if row + column == 0 => 0.0,
            Self::Trap if is_trapped(row, size) && is_trapped(column, size) => -4.0,
            Self::Cliff | Self::Trap => 0.0,
        }
    }
}

/// Whether a row, or a column, crosses a block: a fifth of the side wide, around one and three
/// quarters of it.
fn is_trapped(place: usize, size: usize) -> bool {
    let width = (size / 5).max(1);
    [size / 4 + 1, 3 * size / 4].into_iter().any(|center| {
        (center as isize - (width / 2) as isize..center as isize + (width - width / 2) as isize)
            .contains(&(place as isize))
    })
}

#[typetag::serde(name = "grid")]
impl World for Grid {
    fn summary(&self) -> &'static str {
        "a square grid with a goal and costs on the way: sparse, cliff or trap"
    }

    fn state_width(&self) -> usize {
        1
    }

    fn observation_names(&self) -> Vec<String> {
        state_names(self.mdp.states())
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        observe(state, into);
    }

    fn actions(&self) -> Actions {
        Actions::Discrete(MOVES.len())
    }

    fn reset(&self, _: &mut ChaCha8Rng, state: &mut [f64]) {
        state[0] = 0.0;
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let moved = tabular::step(&self.mdp, state, action, rng)?;
        Ok(Step { reward: moved.reward, terminated: moved.from == self.goal() })
    }

    /// Ten times the side, 100: a decision of ours, since the published grid sets no limit itself.
    fn steps(&self) -> Option<u32> {
        Some(10 * self.options.size as u32)
    }

    fn feature_names(&self) -> Vec<String> {
        self.observation_names()
    }

    fn features(&self, state: &[f64], _: Action<'_>, into: &mut [f32]) {
        observe(state, into);
    }

    fn mdp(&self) -> Option<Mdp> {
        Some(self.mdp.clone())
    }
}

#[cfg(test)]
#[path = "grid_tests.rs"]
mod tests;
