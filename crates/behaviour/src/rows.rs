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

    /// Values of actions: what they are paid, and what follows is worth.
    ///
    /// # Shapes
    /// - `rewards`, of points: `[member, point]`
    /// - `worth`, of states of the process: `[member, state]`
    /// - output: `[member, state of these rows, action]`
    pub fn values(&self, rewards: Tensor<2>, worth: Tensor<2>) -> Tensor<3> {
        let (device, dtype) = (rewards.device(), rewards.dtype());
        let indices = |places: Vec<i32>| {
            let length = places.len();
            Tensor::<1, Int>::from_data(TensorData::new(places, [length]), &device)
        };
        let numbers = |numbers: Vec<f64>| {
            let length = numbers.len();
            Tensor::<2>::from_data(TensorData::new(numbers, [1, length]), (&device, dtype))
        };
        let [members, _] = rewards.dims();
        let count = self.point_of.len();
        let each = self.next.iter().map(Vec::len).max().unwrap_or(1);
        let padded = || {
            let missing = |row: &Vec<(u32, f64)>| each - row.len();
            self.next.iter().flat_map(move |row| {
                row.iter().copied().chain(std::iter::repeat_n((0, 0.0), missing(row)))
            })
        };
        let points = self.point_of.iter().map(|&point| point as i32).collect();
        let paid = rewards.select(1, indices(points)) * numbers(self.going.clone());
        let next = worth.select(1, indices(padded().map(|(to, _)| to as i32).collect()));
        let next = next * numbers(padded().map(|(_, left)| left).collect());
        let next = next.reshape([members, count, each]).sum_dim(2).squeeze_dim::<2>(2);
        (paid + next).reshape([members, self.states(), self.actions])
    }
}
