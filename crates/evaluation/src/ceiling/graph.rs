//! Which nodes of a directed graph can reach each other?
//!
//! Used twice: a set of comparisons has a finite Bradley-Terry optimum exactly when all items can
//! reach each other over wins, and a scalar reward loses accuracy only inside such components.

/// The component of each node, numbered so that an arc never leads to a lower number.
pub fn strongly_connected(successors: &[Vec<usize>]) -> Vec<usize> {
    let of = |from: usize| successors[from].iter().map(move |&to| (from as u32, to as u32));
    let arcs = (0..successors.len()).flat_map(of);
    components(&Arcs::new(successors.len(), arcs)).into_iter().map(|it| it as usize).collect()
}

/// Arcs by the node that they leave, one list behind the other: a list for each of a million nodes would
/// take several times the memory.
pub(crate) struct Arcs {
    targets: Vec<u32>,
    /// Where the targets of each node begin, and where the last end.
    starts: Vec<usize>,
}

impl Arcs {
    /// Arcs as (from, to), kept in this order for each node.
    pub fn new(nodes: usize, arcs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0; nodes + 1];
        arcs.clone().for_each(|(from, _)| starts[from as usize + 1] += 1);
        (0..nodes).for_each(|node| starts[node + 1] += starts[node]);
        let mut targets = vec![0; starts[nodes]];
        let mut next = starts.clone();
        for (from, to) in arcs {
            targets[next[from as usize]] = to;
            next[from as usize] += 1;
        }
        Self { targets, starts }
    }

    fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    fn of(&self, node: u32) -> &[u32] {
        &self.targets[self.starts[node as usize]..self.starts[node as usize + 1]]
    }

    fn reversed(&self) -> Self {
        let nodes = self.nodes() as u32;
        let arcs = (0..nodes).flat_map(|from| self.of(from).iter().map(move |&to| (to, from)));
        Self::new(self.nodes(), arcs)
    }
}

/// As [`strongly_connected`] (Kosaraju's algorithm, with explicit stacks as data may be one long chain).
pub(crate) fn components(arcs: &Arcs) -> Vec<u32> {
    let mut seen = vec![false; arcs.nodes()];
    let mut finished = Vec::new();
    (0..arcs.nodes() as u32).for_each(|start| visit(start, arcs, &mut seen, &mut finished));
    let mut component = vec![0; arcs.nodes()];
    seen.fill(false);
    let (predecessors, mut members) = (arcs.reversed(), Vec::new());
    let mut count = 0;
    for start in finished.into_iter().rev() {
        members.clear();
        visit(start, &predecessors, &mut seen, &mut members);
        members.iter().for_each(|node| component[*node as usize] = count);
        count += u32::from(!members.is_empty());
    }
    component
}

/// Appends the nodes newly reached from `start` in the order in which they are finished.
fn visit(start: u32, arcs: &Arcs, seen: &mut [bool], finished: &mut Vec<u32>) {
    if std::mem::replace(&mut seen[start as usize], true) {
        return;
    }
    let mut stack = vec![(start, 0)];
    while let Some((node, next)) = stack.last_mut() {
        let Some(&target) = arcs.of(*node).get(*next) else {
            finished.push(*node);
            stack.pop();
            continue;
        };
        *next += 1;
        if !std::mem::replace(&mut seen[target as usize], true) {
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
