//! Which windows of an episode are asked about?

use crate::{Episode, stream};
use medley_toml_file::{Problem, at_least};
use rand::RngExt;
use std::ops::Range;

/// How episodes are cut into segments. None crosses the end of its episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Each episode is one.
    Whole,
    /// Windows of `length` steps, one every `stride`. What is left at an episode's end is no
    /// segment, nor is any of an episode that is shorter.
    Every {
        /// Steps of a segment, at least 1.
        length: usize,
        /// Steps between two first steps, at least 1.
        stride: usize,
    },
    /// So many windows of `length` steps, each of the possible ones alike, over all episodes; the
    /// same one may be drawn twice and is then kept once.
    Random {
        /// Steps of a segment, at least 1.
        length: usize,
        /// How many to draw, at least 1.
        draws: usize,
        /// Names the stream.
        seed: u64,
    },
}

/// A segment: steps of an episode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Number of the episode.
    pub episode: usize,
    /// First step.
    pub start: usize,
    /// The step after the last.
    pub end: usize,
}

impl Window {
    /// Its steps.
    pub fn steps(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl Cut {
    /// Segments of these episodes, by episode and first step.
    ///
    /// # Errors
    /// A length, stride or number of draws of 0.
    pub fn windows(&self, episodes: &[Episode]) -> Result<Vec<Window>, Problem> {
        let lengths: Vec<usize> = episodes.iter().map(Episode::len).collect();
        match *self {
            Self::Whole => Ok(every(&lengths, |length| (0..1).map(move |_| 0..length))),
            Self::Every { length, stride } => {
                at_least("length", length as u64, 1)?;
                at_least("stride", stride as u64, 1)?;
                Ok(every(&lengths, |steps| {
                    starts(steps, length).step_by(stride).map(move |start| start..start + length)
                }))
            }
            Self::Random { length, draws, seed } => {
                at_least("length", length as u64, 1)?;
                at_least("draws", draws as u64, 1)?;
                Ok(random(&lengths, length, draws, seed))
            }
        }
    }
}

/// First steps that leave room for so many.
fn starts(steps: usize, length: usize) -> Range<usize> {
    0..(steps + 1).saturating_sub(length)
}

fn every<I: Iterator<Item = Range<usize>>>(
    lengths: &[usize],
    of_episode: impl Fn(usize) -> I,
) -> Vec<Window> {
    let windows = lengths.iter().enumerate().flat_map(|(episode, &length)| {
        of_episode(length).map(move |steps| Window { episode, start: steps.start, end: steps.end })
    });
    windows.collect()
}

fn random(lengths: &[usize], length: usize, draws: usize, seed: u64) -> Vec<Window> {
    let counts: Vec<usize> = lengths.iter().map(|&steps| starts(steps, length).len()).collect();
    let total: usize = counts.iter().sum();
    if total == 0 {
        return Vec::new();
    }
    let rng = &mut stream(seed, "segments");
    let window = |_| {
        let (mut start, mut episode) = (rng.random_range(0..total), 0);
        while start >= counts[episode] {
            start -= counts[episode];
            episode += 1;
        }
        Window { episode, start, end: start + length }
    };
    let mut windows: Vec<Window> = (0..draws).map(window).collect();
    windows.sort();
    windows.dedup();
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::End;
    use proptest::prelude::*;

    fn episodes(lengths: &[usize]) -> Vec<Episode> {
        let episode = |&length: &usize| Episode {
            states: vec![0.0; length + 1],
            actions: vec![0.0; length],
            rewards: vec![0.0; length],
            end: End::Truncated,
            policy: 0,
        };
        lengths.iter().map(episode).collect()
    }

    fn check(lengths: &[usize], cut: Cut, expect: &[(usize, Range<usize>)]) {
        let windows = cut.windows(&episodes(lengths)).unwrap();
        let found: Vec<_> = windows.iter().map(|window| (window.episode, window.steps())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn windows_stay_within_their_episode() {
        let every = |length, stride| Cut::Every { length, stride };
        check(&[7, 2, 3], every(3, 3), &[(0, 0..3), (0, 3..6), (2, 0..3)]);
        check(&[5], every(3, 1), &[(0, 0..3), (0, 1..4), (0, 2..5)]);
        check(&[1, 1], every(2, 1), &[]);
        check(&[4, 1], Cut::Whole, &[(0, 0..4), (1, 0..1)]);
    }

    #[test]
    fn lengths_of_zero_are_refused() {
        for (cut, expect) in [
            (Cut::Every { length: 0, stride: 1 }, "`length`: at least 1 is needed, found 0"),
            (Cut::Every { length: 1, stride: 0 }, "`stride`: at least 1 is needed, found 0"),
            (
                Cut::Random { length: 1, draws: 0, seed: 0 },
                "`draws`: at least 1 is needed, found 0",
            ),
        ] {
            assert_eq!(cut.windows(&episodes(&[3])).unwrap_err().to_string(), expect);
        }
    }

    proptest! {
        #[test]
        fn drawn_windows_are_possible_ones(
            lengths in proptest::collection::vec(1_usize..9, 1..6),
            length in 1_usize..9,
            seed: u64,
        ) {
            let all = Cut::Every { length, stride: 1 }.windows(&episodes(&lengths)).unwrap();
            let cut = Cut::Random { length, draws: 500, seed };
            // 500 draws miss none of a dozen windows.
            let drawn = cut.windows(&episodes(&lengths)).unwrap();
            prop_assert!(drawn.iter().all(|window| all.contains(window)));
            prop_assert!(all.len() > 12 || drawn == all);
        }
    }
}
