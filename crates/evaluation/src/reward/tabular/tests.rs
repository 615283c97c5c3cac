use super::*;

const TWO: TabularShape = TabularShape { states: 2, actions: 1 };

#[test]
fn broken_arrays_are_named() {
    let check = |result: Result<(), TabularError>, expect: &str| {
        assert_eq!(result.unwrap_err().to_string(), expect);
    };
    let reward = |values: &[f64]| TabularReward::new(TWO, values.to_vec()).map(drop);
    check(
        reward(&[0.0; 3]),
        "2 states and 1 actions have 4 triples (state, action, next state), found 3 numbers",
    );
    check(
        reward(&[0.0, 0.0, 0.0, f64::NAN]),
        "the reward of state 1, action 0, next state 1 is NaN",
    );
    check(
        reward(&[0.0, f64::NEG_INFINITY, 0.0, 0.0]),
        "the reward of state 0, action 0, next state 1 is -inf",
    );
    let empty = TabularShape { states: 0, actions: 3 };
    let none = "no array holds the transitions of 0 states and 3 actions";
    check(TabularReward::new(empty, Vec::new()).map(drop), none);
    let huge = TabularShape { states: usize::MAX, actions: 2 };
    assert!(TabularReward::from_fn(huge, |_, _, _| 0.0).is_err());
    let model = |values: &[f64]| TransitionModel::new(TWO, values.to_vec()).map(drop);
    check(
        model(&[0.5, 0.5, 0.7, 0.2]),
        "next states of state 1 under action 0: the probabilities sum to 0.8999999999999999, not to 1",
    );
    check(
        model(&[1.5, -0.5, 0.5, 0.5]),
        "next states of state 0 under action 0: probability 1 is -0.5",
    );
    let beyond = TransitionModel::deterministic(TWO, |state, _| state + 1).map(drop);
    check(beyond, "next states of state 1 under action 0: the probabilities sum to 0, not to 1");
    let weights = CoverageDistribution::new(TWO, vec![0.25; 4], vec![1.0], vec![1.0]).map(drop);
    check(weights, "there are 2 states, found 1 weights");
    let stay = TransitionModel::deterministic(TWO, |state, _| state).unwrap();
    let short = CoverageDistribution::along(&stay, vec![1.0], vec![1.0]).map(drop);
    check(short, "there are 2 states, found 1 weights");
}

#[test]
fn places_are_state_action_next() {
    let shape = TabularShape { states: 3, actions: 2 };
    let reward = TabularReward::from_fn(shape, |s, a, n| (100 * s + 10 * a + n) as f64).unwrap();
    assert_eq!((reward.at(2, 1, 0), reward.at(0, 1, 2)), (210.0, 12.0));
    assert_eq!(reward.row(1, 0), [100.0, 101.0, 102.0]);
    let states = TabularReward::of_states(2, &[3.0, 4.0]).unwrap();
    assert_eq!((states.at(1, 0, 0), states.at(1, 1, 1)), (4.0, 4.0));
    let cycle = TransitionModel::deterministic(shape, |s, a| (s + a) % 3).unwrap();
    assert_eq!(cycle.successors(2, 1).collect::<Vec<_>>(), [(0, 1.0)]);
    let along = CoverageDistribution::along(&cycle, vec![0.5, 0.25, 0.25], vec![0.5, 0.5]).unwrap();
    assert_eq!(along.transitions()[shape.row(0, 1)], [0.0, 0.25, 0.0]);
}
