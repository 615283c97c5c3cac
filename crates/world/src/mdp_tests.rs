use super::*;

/// Two states: `stay` and `switch`, which succeeds three times in four.
fn parts() -> MdpParts {
    MdpParts {
        actions: 2,
        discount: 0.9,
        start: vec![1.0, 0.0],
        terminal: vec![false; 2],
        transitions: vec![
            vec![(0, 1.0)],
            vec![(1, 0.75), (0, 0.25)],
            vec![(1, 1.0)],
            vec![(0, 0.75), (1, 0.25)],
        ],
        rewards: Rewards::Transition(vec![0.0, 4.0, -1.0, 2.0, 0.0, 8.0]),
    }
}

#[test]
fn expected_rewards_are_means_over_the_row() {
    let mdp = Mdp::new(parts()).unwrap();
    let expected = [[0.0, 0.75 * 4.0 - 0.25], [2.0, 0.25 * 8.0]];
    for (state, row) in expected.iter().enumerate() {
        for (action, reward) in row.iter().enumerate() {
            assert_eq!(mdp.expected_reward(state, action), *reward);
        }
    }
    assert_eq!(mdp.reward(0, 1, 1), -1.0);
    assert_eq!(mdp.row(0, 1).collect::<Vec<_>>(), [(1, 0.75), (0, 0.25)]);
    assert_eq!(mdp.expected_next(0, 1, &[10.0, 20.0]), 0.75 * 20.0 + 0.25 * 10.0);
    let by_state = mdp.with_rewards(Rewards::State(vec![3.0, 5.0])).unwrap();
    assert_eq!([by_state.expected_reward(1, 0), by_state.reward(1, 1, 1)], [5.0, 5.0]);
}

#[test]
fn what_is_no_process_is_refused_with_its_place() {
    let check = |change: fn(&mut MdpParts), expect: &str| {
        let mut parts = parts();
        change(&mut parts);
        assert_eq!(Mdp::new(parts).unwrap_err().to_string(), expect);
    };
    check(|p| p.start.clear(), "states: expected at least 1, and fewer than 2^32, found 0");
    check(|p| p.actions = 0, "actions: expected at least 1, found 0");
    check(|p| p.discount = 1.0, "discount: expected a number of at least 0 and below 1, found 1");
    check(
        |p| p.discount = f64::NAN,
        "discount: expected a number of at least 0 and below 1, found NaN",
    );
    check(|p| p.actions = 3, "transitions: expected a length of 6, found 4");
    check(|p| p.terminal.push(true), "terminal: expected a length of 2, found 3");
    check(|p| p.start[1] = 0.5, "the start: expected probabilities that sum to 1, found 1.5");
    check(
        |p| p.transitions[3].clear(),
        "state 1, action 1: expected probabilities that sum to 1, found 0",
    );
    check(
        |p| p.transitions[1][0].1 = -0.5,
        "state 0, action 1: expected a probability, found -0.5",
    );
    check(
        |p| p.transitions[1][0].1 = f64::NAN,
        "state 0, action 1: expected a probability, found NaN",
    );
    check(
        |p| p.transitions[2][0].0 = 2,
        "state 1, action 0: expected a next state below 2, found 2",
    );
    check(
        |p| p.transitions[1][0].0 = 0,
        "state 0, action 1: expected each next state once, found state 0 twice",
    );
    check(
        |p| p.rewards = Rewards::State(vec![0.0, f64::INFINITY]),
        "reward 1: expected a finite number, found inf",
    );
    check(
        |p| p.rewards = Rewards::StateAction(vec![0.0]),
        "rewards: expected a length of 4, found 1",
    );
}

#[test]
fn states_that_no_start_leads_to_are_known() {
    let mut parts = parts();
    // State 0 keeps to itself.
    parts.transitions[1] = vec![(0, 1.0)];
    parts.rewards = Rewards::State(vec![1.0; 2]);
    assert_eq!(Mdp::new(parts.clone()).unwrap().reachable(), [true, false]);
    parts.start = vec![0.0, 1.0];
    assert_eq!(Mdp::new(parts.clone()).unwrap().reachable(), [true, true]);
    // A terminal state is not left.
    parts.terminal[1] = true;
    assert_eq!(Mdp::new(parts).unwrap().reachable(), [false, true]);
}
