//! Whose turn is it?

/// Which of several come at so many turns: each time that which has come least often for its share, the
/// first of equal ones. Among any turns in a row they are therefore nearly as frequent as their shares,
/// which sum to 1; and where shares are whole numbers of turns, each comes as often.
pub(crate) fn in_turn(turns: usize, shares: &[f64]) -> Vec<usize> {
    if shares.is_empty() {
        return Vec::new();
    }
    let mut missing = vec![0.0; shares.len()];
    let next = |_| {
        missing.iter_mut().zip(shares).for_each(|(missing, share)| *missing += share);
        let largest = |best: usize, i: usize| {
            if missing[i] > missing[best] + 1e-9 { i } else { best }
        };
        let taken = (0..missing.len()).reduce(largest).unwrap_or_default();
        missing[taken] -= 1.0;
        taken
    };
    (0..turns).map(next).collect()
}

/// Positions of those who are of these groups, in the order in which groups take turns. Those of one group
/// stay in theirs.
pub(crate) fn mixed(groups: &[Option<usize>]) -> Vec<usize> {
    let count = groups.iter().flatten().max().map_or(0, |last| last + 1);
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); count + 1];
    // Whoever is of no group is of the first.
    for (position, group) in groups.iter().enumerate() {
        own[group.map_or(0, |group| group + 1)].push(position);
    }
    let total = groups.len().max(1) as f64;
    let shares: Vec<f64> = own.iter().map(|group| group.len() as f64 / total).collect();
    let mut left: Vec<_> = own.iter().map(|group| group.iter()).collect();
    let taken = in_turn(groups.len(), &shares);
    let mut order: Vec<usize> =
        taken.into_iter().filter_map(|group| left[group].next()).copied().collect();
    // Rounding of shares may leave somebody over.
    order.extend(left.into_iter().flatten());
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_taken_by_share() {
        let check = |shares: &[f64], turns, expect: &[usize]| {
            let total: f64 = shares.iter().sum();
            let shares: Vec<f64> = shares.iter().map(|share| share / total).collect();
            assert_eq!(in_turn(turns, &shares), expect);
        };
        check(&[0.6, 0.4], 5, &[0, 1, 0, 1, 0]);
        check(&[3.0, 1.0], 8, &[0, 0, 1, 0, 0, 0, 1, 0]);
        check(&[0.0, 1.0], 2, &[1, 1]);
        check(&[0.1; 10], 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        check(&[], 3, &[]);
    }

    #[test]
    fn groups_are_mixed_and_nobody_is_left_out() {
        let check = |groups: &[usize], expect: &[usize]| {
            let groups: Vec<Option<usize>> = groups.iter().copied().map(Some).collect();
            assert_eq!(mixed(&groups), expect);
        };
        check(&[0, 0, 0, 1, 1], &[0, 3, 1, 4, 2]);
        check(&[0, 0, 0, 0], &[0, 1, 2, 3]);
        check(&[2, 2, 5], &[0, 2, 1]);
        check(&[], &[]);
        assert_eq!(mixed(&[None, None]), [0, 1]);
        for few in 1..200 {
            let groups: Vec<_> = (0..997).map(|i| Some(usize::from(i < few))).collect();
            let mut order = mixed(&groups);
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..997));
        }
    }
}
