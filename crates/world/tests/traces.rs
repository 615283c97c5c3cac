//! Traces of Gymnasium 1.4.0 from given states under given actions, to 1e-12 relative.
#![allow(clippy::unwrap_used)]

use medley_world::{Acrobot, Action, CartPole, MountainCar, Pendulum, Step, World, stream};

/// States after each step and what the steps came to, up to `steps` of them.
fn trace(
    world: &dyn World,
    start: &[f64],
    steps: usize,
    mut step: impl FnMut(usize, &mut [f64]) -> Step,
) -> Vec<(Vec<f64>, Step)> {
    assert_eq!(world.state_width(), start.len());
    let mut state = start.to_vec();
    (0..steps)
        .map(|t| {
            let step = step(t, &mut state);
            (state.clone(), step)
        })
        .collect()
}

/// Discrete actions.
fn numbered(
    world: &dyn World,
    start: &[f64],
    steps: usize,
    action: impl Fn(usize) -> usize,
) -> Vec<(Vec<f64>, Step)> {
    let rng = &mut stream(0, "never used");
    trace(world, start, steps, |t, state| {
        world.step(state, Action::Discrete(action(t)), rng).unwrap()
    })
}

fn check(found: &[f64], expect: &[f64]) {
    assert_eq!(found.len(), expect.len());
    for (found, expect) in found.iter().zip(expect) {
        assert!((found - expect).abs() <= 1e-12 * expect.abs(), "{found}, {expect}");
    }
}

#[test]
fn cart_pole_falls_at_step_15() {
    let actions = |t: usize| (t / 3) % 2;
    let states = numbered(&CartPole::default(), &[0.01, 0.02, 0.03, 0.04], 15, actions);
    check(&states[0].0, &[0.0104, -0.17553901710278938, 0.030799999999999998, 0.34199522377603914]);
    check(
        &states[9].0,
        &[-0.04518386561679953, -0.3799653039906922, 0.14040306928598073, 0.8471948149800291],
    );
    check(
        &states[14].0,
        &[-0.06801159145592983, -0.5856142298833786, 0.21162136376233645, 1.3920563845456304],
    );
    let ends: Vec<bool> = states.iter().map(|(_, step)| step.terminated).collect();
    assert_eq!(ends.iter().position(|&end| end), Some(14));
    // The last step is paid too.
    assert_eq!(states.iter().map(|(_, step)| step.reward).sum::<f64>(), 15.0);
}

#[test]
fn mountain_car_swings() {
    let actions = |t: usize| if (t / 20).is_multiple_of(2) { 2 } else { 0 };
    let states = numbered(&MountainCar::default(), &[-0.5, 0.0], 50, actions);
    // One cosine and sums: the same to the last bit.
    assert_eq!(states[0].0, [-0.49917684300416926, 0.0008231569958307428]);
    check(&states[9].0, &[-0.4576895848965753, 0.007254692062725155]);
    check(&states[49].0, &[-0.7487305738713794, -0.004137845073000468]);
    assert!(states.iter().all(|(_, step)| *step == Step { reward: -1.0, terminated: false }));
}

#[test]
fn pendulum_turns() {
    let world = Pendulum::default();
    let rng = &mut stream(0, "never used");
    let states = trace(&world, &[2.0, 0.5], 50, |t, state| {
        world.step(state, Action::Continuous(&[1.5 * (0.3 * t as f64).sin()]), rng).unwrap()
    });
    let paid = |steps: usize| states[..steps].iter().map(|(_, step)| step.reward).sum::<f64>();
    check(&states[0].0, &[2.059098653505963, 1.1819730701192612]);
    check(&states[9].0, &[3.9170237965288464, 4.919389403117517]);
    check(&states[49].0, &[4.253597212849026, 2.3813849231607813]);
    check(&[paid(1), paid(10), paid(50)], &[-4.025, -78.80602339893133, -339.59252807243223]);
    assert!(states.iter().all(|(_, step)| !step.terminated));
}

#[test]
fn acrobot_swings() {
    let actions = |t: usize| if (t / 4).is_multiple_of(2) { 2 } else { 0 };
    let states = numbered(&Acrobot::default(), &[0.1, -0.05, 0.02, 0.03], 50, actions);
    check(
        &states[0].0,
        &[0.07757165579337588, 0.004515209387585137, -0.23773391900562166, 0.5017548079364877],
    );
    check(
        &states[9].0,
        &[0.2618060485287273, -0.7264011392461781, -0.2778078588688453, 0.30601639901878164],
    );
    check(
        &states[49].0,
        &[-0.05680322804701454, 0.10862127750518791, 0.3266358336209455, -0.16219924202733946],
    );
}
