//! Which score did each run get on each task, and which runs failed?
//!
//! A failed run is `None`, and what that means is chosen where scores are read ([`Failures`]) and not
//! where they are averaged: a run that failed on a hard task, left out unseen, makes its method look
//! better. The counts are in every result.
//!
//! Scores are kept in rising order and tasks are handed out in an order of their own, so that no
//! result depends on the order in which runs and tasks were listed, not even in its last bit.

use serde::{Deserialize, Serialize};

/// Scores of runs on tasks, in any one unit, larger for better.
#[derive(Clone, Debug, PartialEq)]
pub struct RunScores {
    tasks: Vec<Task>,
}

#[derive(Clone, Debug, PartialEq)]
struct Task {
    /// What is averaged, in rising order.
    scores: Vec<f64>,
    count: RunCount,
}

/// What a failed run counts as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failures {
    /// Nothing: numbers are about the runs that completed.
    LeftOut,
    /// This score, as the worst one that there is.
    ScoredAs(f64),
}

/// How many runs a number comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCount {
    /// Runs with a score, summed over tasks.
    pub completed: usize,
    /// Runs without one, summed over tasks, whatever they count as.
    pub failed: usize,
}

impl RunScores {
    /// Checks scores of runs, of which some may have failed.
    ///
    /// ```
    /// use medley_evaluation::{Failures, RunScores};
    /// let scores = [vec![Some(0.3), Some(0.9)], vec![Some(0.4), None]];
    /// let scores = RunScores::new(&scores, Failures::LeftOut).unwrap();
    /// assert_eq!((scores.count().completed, scores.count().failed), (3, 1));
    /// ```
    ///
    /// # Shapes
    /// `scores`: `[run][task]`.
    ///
    /// # Errors
    /// There is no run or no task, a run has another number of tasks than the first, a score (or what
    /// failures are scored as) is NaN or infinite, or no run completed a task and failures are left
    /// out.
    pub fn new(scores: &[Vec<Option<f64>>], failures: Failures) -> Result<Self, RunScoresError> {
        let expected = scores.first().ok_or(RunScoresError::NoRuns)?.len();
        if expected == 0 {
            return Err(RunScoresError::NoTasks);
        }
        for (run, of_run) in scores.iter().enumerate() {
            check_run(run, of_run, expected)?;
        }
        let tasks = (0..expected).map(|task| {
            let column: Vec<Option<f64>> = scores.iter().map(|of_run| of_run[task]).collect();
            Task::new(task, &column, failures)
        });
        Ok(Self { tasks: tasks.collect::<Result<_, _>>()? })
    }

    /// As [`RunScores::new`], for runs that all completed.
    ///
    /// # Shapes
    /// `scores`: `[run][task]`.
    ///
    /// # Errors
    /// As [`RunScores::new`].
    pub fn complete(scores: &[Vec<f64>]) -> Result<Self, RunScoresError> {
        let some = |of_run: &Vec<f64>| of_run.iter().copied().map(Some).collect();
        Self::new(&scores.iter().map(some).collect::<Vec<_>>(), Failures::LeftOut)
    }

    /// How many runs there are, over all tasks.
    pub fn count(&self) -> RunCount {
        self.tasks.iter().fold(RunCount::default(), |sum, task| RunCount {
            completed: sum.completed + task.count.completed,
            failed: sum.failed + task.count.failed,
        })
    }

    /// How many runs each task has, in the order in which tasks were given.
    pub fn counts(&self) -> Vec<RunCount> {
        self.tasks.iter().map(|task| task.count).collect()
    }

    /// Number of tasks.
    pub fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// The scores of each task that are averaged, rising, in the order in which tasks were given.
    pub(crate) fn by_task(&self) -> impl Iterator<Item = &[f64]> {
        self.tasks.iter().map(|task| &task.scores[..])
    }

    /// As [`RunScores::by_task`], in an order that depends on the scores only.
    pub(crate) fn strata(&self) -> Vec<&[f64]> {
        let mut strata: Vec<&[f64]> = self.by_task().collect();
        strata.sort_by(|a, b| in_order(a, b));
        strata
    }
}

/// Which of two lists comes first in the order of their values.
pub(crate) fn in_order(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let differing = a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne());
    differing.unwrap_or_else(|| a.len().cmp(&b.len()))
}

impl Task {
    fn new(
        task: usize,
        column: &[Option<f64>],
        failures: Failures,
    ) -> Result<Self, RunScoresError> {
        let mut scores: Vec<f64> = column.iter().copied().flatten().collect();
        let count = RunCount { completed: scores.len(), failed: column.len() - scores.len() };
        match failures {
            Failures::LeftOut if scores.is_empty() => {
                return Err(RunScoresError::NoneCompleted { task, failed: count.failed });
            }
            Failures::LeftOut => {}
            Failures::ScoredAs(score) if score.is_finite() => scores.resize(column.len(), score),
            Failures::ScoredAs(score) => return Err(RunScoresError::FailureScore { score }),
        }
        scores.sort_by(f64::total_cmp);
        Ok(Self { scores, count })
    }
}

fn check_run(run: usize, scores: &[Option<f64>], expected: usize) -> Result<(), RunScoresError> {
    if scores.len() != expected {
        return Err(RunScoresError::Ragged { run, expected, found: scores.len() });
    }
    for (task, score) in scores.iter().enumerate() {
        if let Some(score) = score.filter(|score| !score.is_finite()) {
            return Err(RunScoresError::NotFinite { run, task, score });
        }
    }
    Ok(())
}

/// Why scores of runs cannot be summarized.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RunScoresError {
    /// Nothing was run.
    #[error("there are no runs")]
    NoRuns,
    /// Nothing was scored.
    #[error("there are no tasks")]
    NoTasks,
    /// Runs have scores on different numbers of tasks.
    #[error(
        "run {run} has {found} scores, run 0 has {expected}: one a task, `None` where it failed"
    )]
    Ragged {
        /// From 0.
        run: usize,
        /// Tasks of run 0.
        expected: usize,
        /// Tasks of this run.
        found: usize,
    },
    /// A score is NaN or infinite.
    #[error("run {run}, task {task}: a score of {score} has no mean; a failed run is `None`")]
    NotFinite {
        /// From 0.
        run: usize,
        /// From 0.
        task: usize,
        /// NaN or an infinity.
        score: f64,
    },
    /// What failures are scored as is NaN or infinite.
    #[error("failed runs cannot be scored as {score}")]
    FailureScore {
        /// NaN or an infinity.
        score: f64,
    },
    /// No run of a task completed.
    #[error("task {task}: all {failed} runs failed; score failures as something to count them")]
    NoneCompleted {
        /// From 0.
        task: usize,
        /// Its runs.
        failed: usize,
    },
    /// Two methods were run on different tasks.
    #[error(
        "x has scores on {x} tasks and y on {y}: a task of one is compared with that of the other"
    )]
    Tasks {
        /// Tasks of the first.
        x: usize,
        /// Tasks of the second.
        y: usize,
    },
    /// A threshold is not a number.
    #[error("no score can be compared with a threshold of {threshold}")]
    Threshold {
        /// NaN, or infinite where a distance to it is asked for.
        threshold: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(scores: &[Vec<Option<f64>>], failures: Failures) -> String {
        RunScores::new(scores, failures).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_summarized_is_named() {
        let out = Failures::LeftOut;
        let ragged = error(&[vec![Some(1.0), Some(2.0)], vec![Some(1.0)]], out);
        assert_eq!(ragged, "run 1 has 1 scores, run 0 has 2: one a task, `None` where it failed");
        let nan = error(&[vec![Some(1.0), Some(f64::NAN)]], out);
        assert_eq!(nan, "run 0, task 1: a score of NaN has no mean; a failed run is `None`");
        let infinite = error(&[vec![Some(f64::NEG_INFINITY)]], out);
        assert_eq!(infinite, "run 0, task 0: a score of -inf has no mean; a failed run is `None`");
        let failed = error(&[vec![Some(1.0), None], vec![Some(2.0), None]], out);
        assert!(failed.starts_with("task 1: all 2 runs failed"), "{failed}");
        assert_eq!(error(&[], out), "there are no runs");
        assert_eq!(error(&[vec![]], out), "there are no tasks");
        let worst = error(&[vec![Some(1.0)]], Failures::ScoredAs(f64::NAN));
        assert_eq!(worst, "failed runs cannot be scored as NaN");
    }

    #[test]
    fn failures_are_counted_whatever_they_count_as() {
        let scores = [vec![Some(3.0), None], vec![None, Some(2.0)], vec![Some(1.0), Some(5.0)]];
        let left_out = RunScores::new(&scores, Failures::LeftOut).unwrap();
        let scored = RunScores::new(&scores, Failures::ScoredAs(0.0)).unwrap();
        assert_eq!(left_out.by_task().collect::<Vec<_>>(), [[1.0, 3.0], [2.0, 5.0]]);
        assert_eq!(scored.by_task().collect::<Vec<_>>(), [[0.0, 1.0, 3.0], [0.0, 2.0, 5.0]]);
        for of in [left_out, scored] {
            assert_eq!(of.count(), RunCount { completed: 4, failed: 2 });
            assert_eq!(of.counts(), [RunCount { completed: 2, failed: 1 }; 2]);
        }
        let all = RunScores::new(&[vec![None], vec![None]], Failures::ScoredAs(0.5)).unwrap();
        assert_eq!(all.by_task().collect::<Vec<_>>(), [[0.5, 0.5]]);
        assert_eq!(all.count(), RunCount { completed: 0, failed: 2 });
    }
}
