//! What does a person count for? A choice, and never a default.
//!
//! Trainers count labels: whoever answers more is heard more, and nobody decided that. Here it is one of
//! three, and has to be named.

/// One person, one vote.
pub fn one_each(people: usize) -> Vec<f64> {
    vec![1.0 / people as f64; people]
}

/// By how many labels each person gave.
///
/// # Errors
/// Nobody gave any.
pub fn by_labels(labels: &[u64]) -> Result<Vec<f64>, WeightError> {
    let all: u64 = labels.iter().sum();
    if all == 0 {
        return Err(WeightError::NoLabels);
    }
    Ok(labels.iter().map(|&own| own as f64 / all as f64).collect())
}

/// So that groups count for their shares of a population, and the people of a group alike.
///
/// # Errors
/// Shares that are negative or do not sum to 1 within 1e-6, a person of a group without a share, or a
/// group with a share of which there is nobody.
pub fn by_shares(groups: &[usize], shares: &[f64]) -> Result<Vec<f64>, WeightError> {
    if let Some(group) = shares.iter().position(|share| share.is_nan() || *share < 0.0) {
        return Err(WeightError::Share { group, share: shares[group] });
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > 1e-6 {
        return Err(WeightError::Sum { sum });
    }
    let mut counts = vec![0.0; shares.len()];
    for (person, &group) in groups.iter().enumerate() {
        *counts.get_mut(group).ok_or(WeightError::NoShare { person, group })? += 1.0;
    }
    let empty = |group: &usize| shares[*group] > 0.0 && counts[*group] == 0.0;
    match (0..shares.len()).find(empty) {
        Some(group) => Err(WeightError::Nobody { group, share: shares[group] }),
        None => Ok(groups.iter().map(|&group| shares[group] / counts[group] / sum).collect()),
    }
}

/// Why people have no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightError {
    /// No label at all.
    #[error("nobody gave a label, so that nothing can be weighed by labels")]
    NoLabels,
    /// A negative share, or one that is no number.
    #[error("group {group} has a share of {share}: expected a number of at least 0")]
    Share {
        /// Its number.
        group: usize,
        /// What was given.
        share: f64,
    },
    /// Shares of no whole.
    #[error("shares of groups must sum to 1, found {sum}")]
    Sum {
        /// Their sum.
        sum: f64,
    },
    /// Somebody who would count for nothing without anybody having said so.
    #[error("person {person} is of group {group}, which has no share of the population")]
    NoShare {
        /// Number of the person.
        person: usize,
        /// Number of the group.
        group: usize,
    },
    /// Nobody speaks for them.
    #[error("group {group} has a share of {share}, and nobody of it is there")]
    Nobody {
        /// Its number.
        group: usize,
        /// What was given.
        share: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_by_hand() {
        assert_eq!(one_each(4), [0.25; 4]);
        assert_eq!(by_labels(&[3, 1, 0]).unwrap(), [0.75, 0.25, 0.0]);
        assert_eq!(by_shares(&[0, 1, 0], &[0.5, 0.5]).unwrap(), [0.25, 0.5, 0.25]);
    }

    #[test]
    fn what_is_no_weighing_is_refused() {
        let check = |found: Result<Vec<f64>, WeightError>, expect: &str| {
            assert_eq!(found.unwrap_err().to_string(), expect);
        };
        check(by_labels(&[0, 0]), "nobody gave a label, so that nothing can be weighed by labels");
        check(by_shares(&[0], &[0.7]), "shares of groups must sum to 1, found 0.7");
        let negative = "group 1 has a share of -0.5: expected a number of at least 0";
        check(by_shares(&[0, 1], &[1.5, -0.5]), negative);
        check(
            by_shares(&[2], &[0.5, 0.5]),
            "person 0 is of group 2, which has no share of the population",
        );
        check(
            by_shares(&[0], &[0.5, 0.5]),
            "group 1 has a share of 0.5, and nobody of it is there",
        );
    }
}
