//! How many steps of each body are there in a second of processor time? Random actions, drawn anew for each
//! step, and what is seen written down; `scripts/record-mujoco.py speed` says the same of Gymnasium.
#![allow(clippy::unwrap_used)]

use medley_mujoco::{Ant, HalfCheetah, Hopper, Swimmer, Walker2d};
use medley_random::stream;
use medley_world::{Action, World};
use rand::RngExt;

fn main() {
    let worlds: [Box<dyn World>; 5] = [
        Box::new(HalfCheetah::default()),
        Box::new(Walker2d::default()),
        Box::new(Hopper::default()),
        Box::new(Swimmer::default()),
        Box::new(Ant::default()),
    ];
    for world in worlds {
        println!(
            "{}: {:.0} steps per second of processor time",
            world.typetag_name(),
            steps_per_second(&*world)
        );
    }
}

fn steps_per_second(world: &dyn World) -> f64 {
    let rng = &mut stream(7, "actions");
    let mut state = vec![0.0; world.state_width()];
    let mut seen = vec![0.0; world.observation_names().len()];
    let mut action = vec![0.0; world.actions().width()];
    world.reset(rng, &mut state);
    let (mut steps, mut lived, begun) = (0_u32, 0, seconds());
    while steps % 64 != 0 || seconds() - begun < 3.0 {
        action.iter_mut().for_each(|torque| *torque = rng.random_range(-1.0..1.0));
        let step = world.step(&mut state, Action::Continuous(&action), rng).unwrap();
        world.observe(&state, &mut seen);
        (steps, lived) = (steps + 1, lived + 1);
        if step.terminated || lived == 1000 {
            world.reset(rng, &mut state);
            lived = 0;
        }
    }
    f64::from(steps) / (seconds() - begun)
}

/// Of processor time of this process, as Linux counts it.
fn seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    told.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}
