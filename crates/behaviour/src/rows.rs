//! What do values of states make of the values of actions?

use burn::tensor::{Int, Tensor, TensorData};
use medley_world::Mdp;

/// Actions in some states: what each is paid, and which states of a process follow it, as many for all;
/// what is missing weighs 0.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    actions: usize,
    /// Point of each, `[state * actions + action]`.
    pub point_of: Vec<u32>,
    /// 1 for each, and 0 in states that are not left. `[state * actions + action]`
    going: Vec<f64>,
    /// Next states and what is left of their values: the discounted probability.
    next: Vec<Vec<(u32, f64)>>,
}

impl Rows {
    /// None yet.
    pub fn of_actions(actions: usize) -> Self {
        Self { actions, point_of: Vec::new(), going: Vec::new(), next: Vec::new() }
    }

    /// All of a table, whose actions are paid as their points are.
    pub fn of_table(mdp: &Mdp, point_of: &[u32]) -> Self {
        let mut rows = Self::of_actions(mdp.actions());
        for (row, &point) in point_of.iter().enumerate() {
            let (state, action) = (row / mdp.actions(), row % mdp.actions());
            let goes = f64::from(u8::from(!mdp.is_terminal(state)));
            let next = mdp.row(state, action).map(|(to, probability)| (to as u32, probability));
            rows.add(point, goes * mdp.discount(), next.collect());
            rows.going[row] = goes;
        }
        rows
    }

    /// Adds an action: all of a state in turn.
    pub fn add(&mut self, point: u32, discount: f64, next: Vec<(u32, f64)>) {
        self.point_of.push(point);
        self.going.push(1.0);
        let left = next.into_iter().map(|(to, probability)| (to, discount * probability));
        self.next.push(left.collect());
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.point_of.len() / self.actions
    }

    /// Number of actions in each.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Values of actions in some of the states: what they are paid, and what follows is worth.
    ///
    /// # Shapes
    /// - `rewards`, of points: `[member, point]`
    /// - `worth`, of states of the process: `[member, state]`
    /// - output: `[member, place in states, action]`
    ///
    /// `reward_of` says which of the rewards is that of a point.
    pub fn values(
        &self,
        rewards: Tensor<2>,
        worth: Tensor<2>,
        states: &[usize],
        reward_of: &dyn Fn(u32) -> usize,
    ) -> Tensor<3> {
        let (device, dtype) = (rewards.device(), rewards.dtype());
        let indices = |places: Vec<i32>| {
            let length = places.len();
            Tensor::<1, Int>::from_data(TensorData::new(places, [length]), &device)
        };
        let numbers = |numbers: Vec<f64>| {
            let length = numbers.len();
            Tensor::<2>::from_data(TensorData::new(numbers, [1, length]), (&device, dtype))
        };
        let rows = || {
            let of = |&state: &usize| state * self.actions..(state + 1) * self.actions;
            states.iter().flat_map(of)
        };
        let [members, _] = rewards.dims();
        let count = states.len() * self.actions;
        let each = rows().map(|row| self.next[row].len()).max().unwrap_or(1);
        let padded = || {
            rows().flat_map(|row| {
                let missing = each - self.next[row].len();
                self.next[row].iter().copied().chain(std::iter::repeat_n((0, 0.0), missing))
            })
        };
        let points = rows().map(|row| reward_of(self.point_of[row]) as i32).collect();
        let going = rows().map(|row| self.going[row]).collect();
        let paid = rewards.select(1, indices(points)) * numbers(going);
        let next = worth.select(1, indices(padded().map(|(to, _)| to as i32).collect()));
        let next = next * numbers(padded().map(|(_, left)| left).collect());
        let next = next.reshape([members, count, each]).sum_dim(2).squeeze_dim::<2>(2);
        (paid + next).reshape([members, states.len(), self.actions])
    }
}

/// Some numbers, of states or of points, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    /// The numbers, rising.
    pub numbers: Vec<usize>,
}

impl Distinct {
    /// Of numbers that may come again.
    pub fn of(numbers: impl Iterator<Item = usize>) -> Self {
        let mut numbers: Vec<usize> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self { numbers }
    }

    /// The place of one of them.
    pub fn place(&self, number: usize) -> usize {
        self.numbers.partition_point(|&other| other < number)
    }
}
