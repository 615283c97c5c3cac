//! Steps per second of the classic worlds under random actions, with resets as episodes end (what
//! `benches/worlds/compare.py` does with Gymnasium), and solutions of tables.
//!
//!     cargo bench --bench worlds -- --noplot

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medley_policy::tabular::{TabularPolicy, evaluate, optimal, soft_optimal};
use medley_world::{
    Acrobot, CartPole, Grid, GridOptions, MountainCar, Pendulum, Policy, Preset, RandomMdp,
    RandomMdpOptions, Seen, Uniform, World, stream,
};
use std::hint::black_box;

/// Steps of an iteration.
const STEPS: u64 = 10_000;

/// Random actions as Gymnasium's `step` is timed: the action is drawn, the world moves, what is seen is
/// written; an episode that ends or reaches its limit starts anew.
fn live(world: &dyn World) -> f64 {
    let rng = &mut stream(0, "bench");
    let uniform = Uniform::of(world);
    let limit = world.steps().unwrap_or(u32::MAX);
    let mut state = vec![0.0; world.state_width()];
    let mut observation = vec![0.0; world.observation_names().len()];
    let mut room = vec![0.0; world.actions().width()];
    let (mut total, mut step) = (0.0, 0);
    world.reset(rng, &mut state);
    for _ in 0..STEPS {
        let seen = Seen { observation: &observation, state: &state, step, before: None };
        let action = uniform.act(&seen, rng, &mut room);
        let taken = world.step(&mut state, action, rng).expect("an action of the world");
        world.observe(&state, &mut observation);
        total += taken.reward;
        step += 1;
        if taken.terminated || step == limit {
            world.reset(rng, &mut state);
            step = 0;
        }
    }
    black_box(&observation);
    total
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("worlds");
    group.throughput(Throughput::Elements(STEPS));
    let worlds: [Box<dyn World>; 4] = [
        Box::new(CartPole::default()),
        Box::new(MountainCar::default()),
        Box::new(Pendulum::default()),
        Box::new(Acrobot::default()),
    ];
    for world in &worlds {
        group.bench_function(world.typetag_name(), |bencher| bencher.iter(|| live(&**world)));
    }
    group.finish();
}

fn tables(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tables");
    let grid = Grid::new(GridOptions { preset: Preset::Trap, ..GridOptions::default() });
    let options = RandomMdpOptions { states: 1_000, branching: 5, ..Default::default() };
    let worlds: [(&str, Box<dyn World>); 2] = [
        ("trap-100", Box::new(grid.expect("options in range"))),
        ("random-1000", Box::new(RandomMdp::new(options).expect("options in range"))),
    ];
    for (name, world) in &worlds {
        let mdp = world.mdp().expect("a table");
        let uniform = TabularPolicy::uniform(&mdp);
        group.bench_function(format!("{name}/optimal"), |bencher| bencher.iter(|| optimal(&mdp)));
        group.bench_function(format!("{name}/soft"), |bencher| {
            bencher.iter(|| soft_optimal(&mdp, 0.1, 1e-8));
        });
        group.bench_function(format!("{name}/evaluate"), |bencher| {
            bencher.iter(|| evaluate(&mdp, &uniform));
        });
    }
    group.finish();
}

criterion_group!(benches, steps, tables);
criterion_main!(benches);
