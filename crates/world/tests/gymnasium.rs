//! Transitions recorded from Gymnasium by `scripts/record-worlds.py`, each repeated from its state: to
//! 1e-12 relative, rewards and ends too.
#![allow(clippy::unwrap_used)]

use medley_world::{Acrobot, Action, Actions, CartPole, MountainCar, Pendulum, World, stream};

/// Repeats each row, and says how many there were and how many ended an episode.
fn check(world: &dyn World, expect: (usize, usize)) {
    let name = world.typetag_name();
    let path = format!("{}/fixtures/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rng = &mut stream(0, "never used");
    let (mut rows, mut ends) = (0, 0);
    for row in reader.deserialize() {
        let row: Vec<f64> = row.unwrap();
        let (before, rest) = row.split_at(world.state_width());
        let (action, rest) = rest.split_at(1);
        let (after, [reward, terminated]) = rest.split_at(world.state_width()) else {
            panic!("{name}, row {rows}: {row:?}");
        };
        let mut state = before.to_vec();
        let action = match world.actions() {
            Actions::Discrete(_) => Action::Discrete(action[0] as usize),
            Actions::Continuous { .. } => Action::Continuous(action),
        };
        let step = world.step(&mut state, action, rng).unwrap();
        for (found, expect) in state.iter().chain([&step.reward]).zip(after.iter().chain([reward]))
        {
            let close = (found - expect).abs() <= 1e-12 * expect.abs().max(1e-2);
            assert!(close, "{name}, row {rows}: {found}, {expect}");
        }
        assert_eq!(step.terminated, *terminated == 1.0, "{name}, row {rows}");
        rows += 1;
        ends += usize::from(step.terminated);
    }
    assert_eq!((rows, ends), expect, "{name}");
}

#[test]
fn every_recorded_step_is_repeated() {
    check(&CartPole::default(), (240, 29));
    check(&MountainCar::default(), (240, 11));
    check(&Pendulum::default(), (240, 0));
    check(&Acrobot::default(), (240, 19));
}
