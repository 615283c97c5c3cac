//! Which statements do all groups agree with, whatever divides them?

/// What somebody did with a statement that they saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// Agreed.
    Agree,
    /// Saw it and passed.
    Pass,
    /// Disagreed.
    Disagree,
}

/// Polis' group-informed consensus of each statement:
///
/// ```text
/// prod_g (A_g + 1) / (S_g + 2)
/// ```
///
/// over groups, where `A_g` of the `S_g` people of group `g` who saw the statement agree. A statement of
/// which one group disapproves is low, however large the others are. People of no group are not counted.
///
/// # Shapes
/// `votes` `[person][statement]`, none where the person did not see it; `groups` `[person]`; output
/// `[statement]`
///
/// # Errors
/// Not as many groups as people, a person with votes on another number of statements, or nobody of any
/// group.
pub fn group_informed_consensus(
    votes: &[Vec<Option<Vote>>],
    groups: &[Option<usize>],
) -> Result<Vec<f64>, VoteError> {
    let statements = votes.first().map_or(0, Vec::len);
    if votes.len() != groups.len() {
        return Err(VoteError::Groups { expected: votes.len(), found: groups.len() });
    }
    if let Some(person) = votes.iter().position(|own| own.len() != statements) {
        let found = votes[person].len();
        return Err(VoteError::Statements { person, expected: statements, found });
    }
    let mut known: Vec<usize> = groups.iter().flatten().copied().collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return Err(VoteError::NoGroup);
    }
    let share = |group: usize, statement: usize| {
        let of_group = votes.iter().zip(groups).filter(|(_, of)| **of == Some(group));
        let seen = of_group.filter_map(|(own, _)| own[statement]);
        let (mut agreed, mut all) = (0.0, 0.0);
        for vote in seen {
            all += 1.0;
            agreed += f64::from(u8::from(vote == Vote::Agree));
        }
        (agreed + 1.0) / (all + 2.0)
    };
    let product =
        |statement: usize| known.iter().map(|&group| share(group, statement)).product::<f64>();
    Ok((0..statements).map(product).collect())
}

/// Why there is no consensus to tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoteError {
    /// Another number of groups than of people.
    #[error("expected a group, or none, for each of {expected} people, found {found}")]
    Groups {
        /// Number of people.
        expected: usize,
        /// Number of groups.
        found: usize,
    },
    /// A person with another number of statements.
    #[error("person {person}: expected votes on {expected} statements, found {found}")]
    Statements {
        /// Number of the person.
        person: usize,
        /// Statements of the first person.
        expected: usize,
        /// Of this one.
        found: usize,
    },
    /// No groups.
    #[error("nobody is of any group")]
    NoGroup,
}

#[cfg(test)]
mod tests {
    use super::Vote::{Agree, Disagree, Pass};
    use super::*;

    #[test]
    fn a_product_over_groups_by_hand() {
        let votes = [
            vec![Some(Agree), Some(Agree), None],
            vec![Some(Agree), Some(Pass), None],
            vec![Some(Disagree), Some(Agree), None],
            vec![Some(Agree), Some(Disagree), Some(Agree)],
        ];
        let found = group_informed_consensus(&votes, &[Some(0), Some(0), Some(7), None]).unwrap();
        // Of the first, 2 of 2 and 0 of 1; of the second, 1 of 2 who saw it and 1 of 1.
        let expect = [3.0 / 4.0 * (1.0 / 3.0), 2.0 / 4.0 * (2.0 / 3.0), 0.25];
        assert!(found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }

    #[test]
    fn votes_of_no_shape_are_refused() {
        let votes = [vec![Some(Agree)], vec![]];
        let check = |votes: &[Vec<Option<Vote>>], groups: &[Option<usize>], expect: &str| {
            let error = group_informed_consensus(votes, groups).unwrap_err();
            assert_eq!(error.to_string(), expect);
        };
        check(&votes, &[None], "expected a group, or none, for each of 2 people, found 1");
        check(&votes, &[None, None], "person 1: expected votes on 1 statements, found 0");
        check(&votes[..1], &[None], "nobody is of any group");
    }
}
