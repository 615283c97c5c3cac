//! Which nodes of a directed graph can reach each other?
//!
//! Used twice: a set of comparisons has a finite Bradley-Terry optimum exactly when all items can
//! reach each other over wins, and a scalar reward loses accuracy only inside such components.

/// The component of each node, numbered so that an arc never leads to a lower number
/// (Kosaraju's algorithm, with explicit stacks as data may be one long chain).
pub fn strongly_connected(successors: &[Vec<usize>]) -> Vec<usize> {
    let mut predecessors = vec![Vec::new(); successors.len()];
    for (from, targets) in successors.iter().enumerate() {
        targets.iter().for_each(|to| predecessors[*to].push(from));
    }
    let mut seen = vec![false; successors.len()];
    let mut finished = Vec::new();
    for start in 0..successors.len() {
        visit(start, successors, &mut seen, &mut finished);
    }
    let mut component = vec![0; successors.len()];
    seen.fill(false);
    let mut count = 0;
    for start in finished.into_iter().rev() {
        let mut members = Vec::new();
        visit(start, &predecessors, &mut seen, &mut members);
        members.iter().for_each(|node| component[*node] = count);
        count += usize::from(!members.is_empty());
    }
    component
}

/// Appends the nodes newly reached from `start` in the order in which they are finished.
fn visit(start: usize, arcs: &[Vec<usize>], seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut stack = vec![(start, 0)];
    while let Some((node, next)) = stack.last_mut() {
        let Some(&target) = arcs[*node].get(*next) else {
            finished.push(*node);
            stack.pop();
            continue;
        };
        *next += 1;
        if !std::mem::replace(&mut seen[target], true) {
            stack.push((target, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_components_in_the_order_of_arcs() {
        // 0 -> 1 -> 2 -> 0, 2 -> 3, 4 -> 3, 3 -> 5 -> 3.
        let arcs = [vec![1], vec![2], vec![0, 3], vec![5], vec![3], vec![3]];
        let component = strongly_connected(&arcs);
        assert!(component[0] == component[1] && component[1] == component[2]);
        assert_eq!(component[3], component[5]);
        assert!(component[0] < component[3] && component[4] < component[3]);
        assert_ne!(component[0], component[4]);
    }

    #[test]
    fn a_long_chain_needs_no_call_stack() {
        let arcs: Vec<Vec<usize>> = (1..200_000).map(|to| vec![to]).chain([vec![]]).collect();
        let component = strongly_connected(&arcs);
        assert!(component.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
