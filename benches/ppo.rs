//! What proximal policy optimization of CartPole takes, with the networks and minibatches of
//! `experiments/ppo/cart-pole.toml`: steps of worlds that a policy acts in, a gradient step, and both as they
//! follow each other while it learns.
//!
//!     cargo bench --bench ppo -- --noplot

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medley_ppo::{Learner, PpoOptions, Task, TrueReward};
use medley_world::{CartPole, Collection, Mixture, collect};

/// Steps of a rollout.
const STEPS: usize = 256;

/// Never done, so that an update may be repeated.
fn options(epochs: usize) -> PpoOptions {
    let worlds = 8;
    let rollout = STEPS / worlds;
    PpoOptions { steps: u64::MAX / 2, worlds, rollout, batch: STEPS, epochs, ..Default::default() }
}

fn learn(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ppo");
    group.throughput(Throughput::Elements(STEPS as u64));
    let world = CartPole::default();
    // Two numbers that differ by 19 gradient steps: the rest of the first is mostly the collection of steps.
    for (name, epochs) in [("rollout and one pass", 1), ("rollout and twenty passes", 20)] {
        let options = options(epochs);
        let task = Task {
            world: &world,
            reward: &TrueReward,
            options: &options,
            reference: None,
            seed: 0,
        };
        let mut learner = Learner::new(task).expect("options in range");
        group.bench_function(name, |bencher| {
            bencher.iter(|| learner.update().expect("finite numbers"));
        });
    }
    group.finish();
}

fn act(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ppo");
    let world = CartPole::default();
    let options = options(1);
    let task =
        Task { world: &world, reward: &TrueReward, options: &options, reference: None, seed: 0 };
    let policy = Learner::new(task).expect("options in range").policy();
    let hundred = Collection { episodes: 100, limit: None, seed: 0 };
    let lived = || collect(&world, &Mixture::of(&policy), &hundred).expect("actions of the world");
    group.throughput(Throughput::Elements(lived().iter().map(|of| of.len() as u64).sum()));
    group.bench_function("episodes", |bencher| bencher.iter(lived));
    group.finish();
}

criterion_group!(benches, learn, act);
criterion_main!(benches);
