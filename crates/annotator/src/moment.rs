//! When, about what and after what somebody is asked: what a distortion may depend on.

use medley_adapter::Outcomes;

/// What surrounds a question.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Number of the question in the person's session, from 0.
    pub number: usize,
    /// Time since the session began, in seconds; 0 if answers take none.
    pub seconds: f64,
    /// What the same person answered last in this session: to another question of the source or, where one
    /// is answered step by step, to the step before.
    pub previous: Option<usize>,
    /// What the outcomes are; none of a number.
    pub outcomes: Option<Outcomes<'a>>,
    /// Sums of the person's own rewards over the segments that are shown, before any distortion of
    /// them.
    pub totals: &'a [f64],
    /// Steps of the longest of them.
    pub length: usize,
    /// How far apart two segments are that are shown: the Euclidean distance of their mean features.
    pub distance: f64,
    /// The round of questions.
    pub round: &'a Round,
}

/// What is known when a round of questions begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// Mean true return of the last episodes.
    pub recent_return: f64,
    /// Steps of the longest episode.
    pub longest_episode: usize,
}

impl Moment<'_> {
    /// `epsilon` times what segments of this length are worth on average: the threshold of B-Pref as
    /// its documentation has it.
    pub fn threshold(&self, epsilon: f64) -> f64 {
        let Round { recent_return, longest_episode } = *self.round;
        epsilon * recent_return * self.length as f64 / longest_episode.max(1) as f64
    }

    /// How far each outcome is for the side shown first; empty of other questions.
    pub fn leans(&self) -> &[f64] {
        match self.outcomes {
            Some(Outcomes::Sides(leans)) => leans,
            _ => &[],
        }
    }
}
