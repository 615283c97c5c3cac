//! How many classes or directions there are: what predicts people best who were not fitted to.

use crate::models::hierarchical::by_person;
use crate::{Panel, PeopleError};
use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

/// A number, or several of which one is chosen: `4`, or `[1, 2, 4]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a whole number is needed, or a list of them to choose from")]
pub enum Count {
    /// This one.
    One(u64),
    /// That which predicts held-out people best; the first of those that are equal.
    Among(Vec<u64>),
}

impl Count {
    /// Refuses 0, and lists of nothing.
    ///
    /// # Errors
    /// The option `key` is one.
    pub(crate) fn check(&self, key: &str) -> Result<(), Problem> {
        let all = self.all();
        if all.is_empty() {
            return Err(Problem::new(key, "at least one number is needed, found none"));
        }
        all.iter().try_for_each(|&count| at_least(key, count, 1))
    }

    pub(crate) fn all(&self) -> &[u64] {
        match self {
            Self::One(count) => std::slice::from_ref(count),
            Self::Among(counts) => counts,
        }
    }

    /// The number itself, or that for which statements of people left out are likeliest. Person i of those
    /// who spoke is left out in fold `i mod folds`; `score` fits to the statements given first and gives
    /// the log-likelihood, in nats, of people whose statements come second, each as a whole.
    pub(crate) fn choose(
        &self,
        model: &'static str,
        folds: u64,
        (panel, statements): (&Panel, &[usize]),
        score: impl Fn(u64, &[usize], &[Vec<usize>]) -> Result<f64, PeopleError>,
    ) -> Result<Chosen, PeopleError> {
        if let [count] = self.all() {
            return Ok(Chosen { count: *count, scores: Vec::new() });
        }
        let mut said = by_person(panel, statements);
        said.retain(|own| !own.is_empty());
        let folds = said.len().min(usize::try_from(folds).unwrap_or(usize::MAX));
        if folds < 2 {
            let expected = "at least two people to choose a number by".to_owned();
            return Err(PeopleError::Needs { model, expected, found: said.len().to_string() });
        }
        let mut scores = Vec::new();
        for &count in self.all() {
            let mut sum = 0.0;
            for fold in 0..folds {
                let (train, held) = split(&said, folds, fold);
                sum += score(count, &train, &held)?;
            }
            scores.push((count, sum / statements.len() as f64));
        }
        let mut best = scores[0];
        for &(count, score) in &scores {
            if score > best.1 {
                best = (count, score);
            }
        }
        Ok(Chosen { count: best.0, scores })
    }
}

/// A number and why.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub count: u64,
    /// Log-likelihood of people left out, in nats a statement; of nothing where nothing was to choose.
    pub scores: Vec<(u64, f64)>,
}

fn split(said: &[Vec<usize>], folds: usize, fold: usize) -> (Vec<usize>, Vec<Vec<usize>>) {
    let (mut train, mut held) = (Vec::new(), Vec::new());
    for (place, own) in said.iter().enumerate() {
        match place % folds == fold {
            true => held.push(own.clone()),
            false => train.extend(own),
        }
    }
    train.sort_unstable();
    (train, held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Holder {
        classes: Count,
    }

    #[test]
    fn a_number_or_a_list() {
        let read = |text: &str| toml::from_str::<Holder>(text).map(|holder| holder.classes);
        assert_eq!(read("classes = 3").unwrap(), Count::One(3));
        assert_eq!(read("classes = [1, 2]").unwrap(), Count::Among(vec![1, 2]));
        let message = read("classes = \"many\"").unwrap_err().to_string();
        assert!(message.contains("a whole number is needed, or a list"), "{message}");
        assert!(Count::Among(Vec::new()).check("classes").is_err());
        assert!(Count::Among(vec![2, 0]).check("classes").is_err());
    }

    #[test]
    fn everybody_is_left_out_once() {
        let said: Vec<Vec<usize>> = (0..7).map(|a| vec![2 * a, 2 * a + 1]).collect();
        let mut seen = Vec::new();
        for fold in 0..3 {
            let (train, held) = split(&said, 3, fold);
            let held: Vec<usize> = held.into_iter().flatten().collect();
            assert!(train.iter().all(|statement| !held.contains(statement)));
            assert_eq!(train.len() + held.len(), 14);
            seen.extend(held);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..14).collect::<Vec<_>>());
    }
}
