//! Which candidates go on, and which one is chosen? It sees numbers and nothing that they are of.

use medley_plan::Rung;

/// What became of a candidate at a rung.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trial {
    /// Log-likelihood of each validation statement, in nats, all finite.
    Measured(Vec<f64>),
    /// Why there is none.
    Failed(String),
}

impl Trial {
    /// Mean log-likelihood, in nats a statement.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::Measured(values) => Some(values.iter().sum::<f64>() / values.len() as f64),
            Self::Failed(_) => None,
        }
    }
}

/// The candidates of a rung with what became of them, the best first: of equals the first in the
/// plan, and those that failed last.
pub(crate) fn ranked(mut trials: Vec<(usize, Trial)>) -> Vec<(usize, Trial)> {
    let worth = |trial: &Trial| trial.mean().unwrap_or(f64::NEG_INFINITY);
    trials.sort_by(|(a, of_a), (b, of_b)| worth(of_b).total_cmp(&worth(of_a)).then(a.cmp(b)));
    trials
}

/// What was done of a rung.
pub(crate) struct Done {
    /// Candidates and what became of them, the best first.
    pub trials: Vec<(usize, Trial)>,
    /// How many of them went on; 0 at the last rung.
    pub kept: usize,
}

/// Carries out `rungs` with `try_out`, which gets the number of a rung and of a candidate. `has_all`
/// says whether a rung has every statement that there is, which makes it the last. The chosen
/// candidate is the first of the last rung that is returned, unless that failed.
///
/// # Errors
/// What `try_out` cannot do, other than that a candidate fails.
pub(crate) fn race<E>(
    rungs: &[Rung],
    has_all: impl Fn(&Rung) -> bool,
    mut try_out: impl FnMut(usize, usize) -> Result<Trial, E>,
) -> Result<Vec<Done>, E> {
    let mut left: Vec<usize> = (0..rungs.first().map_or(0, |rung| rung.candidates)).collect();
    let mut done: Vec<Done> = Vec::new();
    for (number, rung) in rungs.iter().enumerate() {
        let mut trials = Vec::with_capacity(left.len());
        for &candidate in &left {
            trials.push((candidate, try_out(number, candidate)?));
        }
        let trials = ranked(trials);
        let sound = trials.iter().take_while(|(_, trial)| trial.mean().is_some()).count();
        let wanted = rungs.get(number + 1).map_or(0, |next| next.candidates.min(sound));
        let kept = if has_all(rung) || wanted < 2 { 0 } else { wanted };
        left = trials[..kept].iter().map(|(candidate, _)| *candidate).collect();
        left.sort_unstable();
        done.push(Done { trials, kept });
        if kept == 0 {
            break;
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(mean: f64) -> Trial {
        Trial::Measured(vec![mean - 1.0, mean + 1.0])
    }

    /// Candidates of each rung in the order of their rank, with how many went on.
    fn raced(candidates: &[usize], all: usize, worth: &[Option<f64>]) -> Vec<(Vec<usize>, usize)> {
        let rung = |(number, &candidates): (usize, &usize)| Rung {
            candidates,
            statements: Some(10 * 3usize.pow(number as u32)),
        };
        let rungs: Vec<Rung> = candidates.iter().enumerate().map(rung).collect();
        let try_out = |_, candidate: usize| {
            Ok::<_, ()>(worth[candidate].map_or(Trial::Failed("no".to_owned()), measured))
        };
        let done = race(&rungs, |rung| rung.statements.unwrap() >= all, try_out).unwrap();
        let of = |done: Done| (done.trials.iter().map(|(number, _)| *number).collect(), done.kept);
        done.into_iter().map(of).collect()
    }

    #[test]
    fn the_best_third_goes_on_and_ties_follow_the_plan() {
        let worth = [0.1, 0.5, 0.3, 0.5, 0.2, 0.0, -1.0, 0.4, 0.45].map(Some);
        let expected = vec![(vec![1, 3, 8, 7, 2, 4, 0, 5, 6], 3), (vec![1, 3, 8], 0)];
        assert_eq!(raced(&[9, 3], 1000, &worth), expected);
        // A rung with every statement is the last, whatever is left.
        assert_eq!(raced(&[9, 3], 10, &worth), [(vec![1, 3, 8, 7, 2, 4, 0, 5, 6], 0)]);
    }

    #[test]
    fn what_failed_does_not_go_on() {
        let mut worth = [None; 9];
        (worth[4], worth[6]) = (Some(-0.2), Some(-0.1));
        assert_eq!(raced(&[9, 3], 1000, &worth)[0], (vec![6, 4, 0, 1, 2, 3, 5, 7, 8], 2));
        assert_eq!(raced(&[9, 3], 1000, &worth)[1], (vec![6, 4], 0));
        // One that is left is chosen as it is.
        worth[6] = None;
        assert_eq!(raced(&[9, 3], 1000, &worth).len(), 1);
        assert_eq!(raced(&[9, 3], 1000, &worth)[0].0[0], 4);
        assert_eq!(raced(&[2], 1000, &[None, None]), [(vec![0, 1], 0)]);
    }

    #[test]
    fn a_mean_is_over_statements() {
        assert_eq!(measured(-0.5).mean(), Some(-0.5));
        assert_eq!(Trial::Failed(String::new()).mean(), None);
    }
}
