//! How do recorded steps become a process with finitely many states?

use super::LearnedWorld;
use super::between::between;
use super::effects::{Effect, Samples};
use super::nearby::Cloud;
use super::recorded::Recorded;
use medley_world::{Mdp, MdpParts, Rewards, WorldError};

/// Of more rows than these, only so many are looked at, evenly.
const MOST_ROWS: usize = 100_000;

/// What actions lead to, as far as recorded steps show it.
#[derive(Clone, Debug)]
pub(crate) struct Dynamics {
    recorded: Recorded,
    samples: Vec<Samples>, // of each action
    representatives: Vec<usize>,
    neighbours: usize,
}

impl Dynamics {
    /// Representatives lie as far apart as they can. None depends on what feedback is about: another record
    /// must not change what one says.
    ///
    /// # Errors
    /// An action after which nobody is known to have gone on.
    pub fn learn(recorded: Recorded, options: &LearnedWorld) -> Result<Self, String> {
        let rows = looked_at(&recorded);
        let each = options.steps.div_ceil(recorded.actions());
        let samples = (0..recorded.actions()).map(|action| {
            let by: Vec<usize> =
                rows.iter().copied().filter(|&row| recorded.action(row) == action).collect();
            Samples::choose(&recorded, &by, each).ok_or_else(|| {
                format!(
                    "expected segments that go on after each action: action {action} was taken in {} of {} \
                     steps, and nowhere within a segment is it known what was seen next",
                    by.len(),
                    rows.len()
                )
            })
        });
        let samples = samples.collect::<Result<Vec<Samples>, String>>()?;
        let mut among: Vec<usize> =
            samples.iter().flat_map(|samples| samples.followed()).copied().collect();
        among.sort_unstable();
        let cloud = Cloud { point: &|row| recorded.state(row) };
        let representatives = cloud.far_apart(&among, options.states);
        let representatives = representatives.into_iter().map(|(row, _)| row).collect();
        Ok(Self { samples, representatives, neighbours: options.neighbours, recorded })
    }

    /// Recorded steps.
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Rows of the representative states.
    pub fn representatives(&self) -> &[usize] {
        &self.representatives
    }

    /// What follows an action in any state, with probabilities: representatives by their places, and the
    /// end, whose place is behind them all.
    pub fn follow(&self, state: &[f32], action: usize) -> Vec<(u32, f64)> {
        let Effect { next, ends } =
            self.samples[action].effect(&self.recorded, state, self.neighbours);
        // Twice as many as it takes to enclose a point.
        let count = 2 * (self.recorded.width() + 1);
        let target: Vec<f32> = next.iter().map(|&x| x as f32).collect();
        let cloud = Cloud { point: &|place| self.recorded.state(self.representatives[place]) };
        let near = cloud.nearest(&target, 0..self.representatives.len(), count);
        let states: Vec<&[f32]> = near.iter().map(|&(place, _)| (cloud.point)(place)).collect();
        let goes_on = between(&next, &states);
        let goes_on =
            goes_on.into_iter().map(|(place, weight)| (near[place].0, weight * (1.0 - ends)));
        let all = goes_on.chain([(self.representatives.len(), ends)]);
        all.filter(|&(_, probability)| probability > 0.0)
            .map(|(place, probability)| (place as u32, probability))
            .collect()
    }

    /// The process of the representatives in their order, and of the end, which is terminal. Any of them
    /// may come first, and nothing is paid.
    ///
    /// # Errors
    /// A discount outside [0, 1).
    pub fn process(&self, discount: f64) -> Result<Mdp, WorldError> {
        let (count, actions) = (self.representatives.len(), self.recorded.actions());
        let rows = self.representatives.iter().flat_map(|&row| {
            (0..actions).map(move |action| self.follow(self.recorded.state(row), action))
        });
        let at_the_end = std::iter::repeat_n(vec![(count as u32, 1.0)], actions);
        let is_end = |place: usize| place == count;
        Mdp::new(MdpParts {
            actions,
            discount,
            start: (0..=count).map(|i| if is_end(i) { 0.0 } else { 1.0 / count as f64 }).collect(),
            terminal: (0..=count).map(is_end).collect(),
            transitions: rows.chain(at_the_end).collect(),
            rewards: Rewards::State(vec![0.0; count + 1]),
        })
    }
}

fn looked_at(recorded: &Recorded) -> Vec<usize> {
    let step = recorded.rows().div_ceil(MOST_ROWS).max(1);
    (0..recorded.rows()).step_by(step).collect()
}
