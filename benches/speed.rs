//! How long a training step, collation and scoring take.
//!
//! `benches/pytorch/compare.py` does the same work in PyTorch and prints ratios. A step is a
//! Bradley-Terry loss over segments: collate, forward, backward, AdamW, as in training. Everything
//! runs in a pool of one thread, as a run does, unless the name ends in `two-threads`.
#![allow(missing_docs)]

use burn::tensor::{Device, activation::log_sigmoid};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medley::adapter::StepValues;
use medley::encoder::Features;
use medley::reward_model::{
    AdamW, AdamWOptions, Backbone, Forward, HeadLayout, Linear, Mlp, ModelShape, Placement,
    Returns, SegmentBatch, Trainable, View,
};
use medley::training::stream;
use rand::RngExt;
use std::hint::black_box;
use std::time::Duration;

#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Pairs of segments and a model to train on them.
struct Work {
    name: &'static str,
    pairs: usize,
    steps: usize,
    features: usize,
    members: usize,
    backbone: Box<dyn Backbone>,
}

fn work(
    name: &'static str,
    [pairs, steps, features, members]: [usize; 4],
    hidden: &[usize],
) -> Work {
    let backbone: Box<dyn Backbone> = match hidden {
        [] => Box::new(Linear::default()),
        _ => Box::new(Mlp { hidden: hidden.to_vec(), head_scale: 1.0 }),
    };
    Work { name, pairs, steps, features, members, backbone }
}

fn works() -> Vec<Work> {
    vec![
        // 64 pairs of 50 steps: 6,400 rows.
        work("mlp-3x256-rows-6400", [64, 50, 23, 1], &[256; 3]),
        work("mlp-3x256-rows-6400-ensemble-4", [64, 50, 23, 4], &[256; 3]),
        // 256 pairs of embeddings, one step each.
        work("embedding-384-batch-256", [256, 1, 384, 1], &[384]),
        work("linear-384-batch-256", [256, 1, 384, 1], &[]),
        work("mlp-64x64-rows-256", [128, 1, 23, 1], &[64; 2]),
    ]
}

fn random(count: usize) -> Vec<f32> {
    let rng = &mut stream(0, "bench");
    (0..count).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

fn place() -> Placement {
    Placement::single(Device::flex().autodiff())
}

/// A model with its parameters in one list and their optimizer, as the loop has them.
struct Learner {
    model: Box<dyn Trainable>,
    flat: Vec<f32>,
    optimizer: AdamW,
}

fn learner(work: &Work) -> Learner {
    let layout = HeadLayout::shared();
    let shape = ModelShape { features: work.features, layout, members: work.members };
    let mut streams: Vec<_> =
        (0..work.members).map(|member| stream(member as u64, "weights")).collect();
    let model = work.backbone.module(&shape, &mut streams, &place());
    let flat: Vec<f32> = model.read().iter().map(|&value| value as f32).collect();
    let optimizer = AdamW::new(flat.len(), &AdamWOptions::default());
    Learner { model, flat, optimizer }
}

fn collate(work: &Work, values: &[f32], place: &Placement) -> SegmentBatch {
    let segments: Vec<&[f32]> = values.chunks(work.steps * work.features).collect();
    SegmentBatch::collate(work.features, &segments, place)
}

fn step(work: &Work, values: &[f32], learner: &mut Learner, place: &Placement) {
    let batch = collate(work, values, place);
    let Forward { values, pull_back } = learner.model.forward(&batch);
    let rewards = View::Common.rewards(values.clone(), learner.model.layout());
    let returns = batch.returns(rewards, Returns::Sum); // [member, segment]
    let (members, pairs) = (work.members, work.pairs);
    let first = returns.clone().slice([0..members, 0..pairs]);
    let second = returns.slice([0..members, pairs..2 * pairs]);
    let loss = log_sigmoid(first - second).sum().mul_scalar(-1.0 / pairs as f64);
    let upstream = values.grad(&loss.backward()).expect("the loss depends on the rewards");
    let slope: Vec<f32> = pull_back(upstream).iter().map(|&slope| slope as f32).collect();
    learner.optimizer.step(&mut learner.flat, &slope, 1e-3);
    learner.model.write(&learner.flat.iter().map(|&value| f64::from(value)).collect::<Vec<_>>());
}

/// Runs `body` in a pool of `threads` threads; tensor kernels use the pool they are called in.
fn within(threads: usize, body: impl FnOnce() + Send) {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(body),
        Err(error) => panic!("no pool of {threads} threads: {error}"),
    }
}

fn training(criterion: &mut Criterion) {
    for (threads, suffix) in [(1, ""), (2, "-two-threads")] {
        for work in works() {
            let values = random(2 * work.pairs * work.steps * work.features);
            let mut group = criterion.benchmark_group("step");
            group.sample_size(15).measurement_time(Duration::from_secs(4));
            group.bench_function(format!("{}{suffix}", work.name), |bencher| {
                let (mut learner, place) = (learner(&work), place());
                bencher.iter_custom(|iterations| {
                    let mut elapsed = Duration::ZERO;
                    within(threads, || {
                        let start = std::time::Instant::now();
                        for _ in 0..iterations {
                            step(&work, &values, &mut learner, &place);
                        }
                        elapsed = start.elapsed();
                    });
                    elapsed
                });
            });
            group.finish();
        }
    }
}

/// What a step spends before the model is asked: gathering steps and moving them to the device.
fn collation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collate");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    for work in works() {
        let values = random(2 * work.pairs * work.steps * work.features);
        let place = place();
        group.bench_function(work.name, |bencher| {
            bencher.iter(|| black_box(collate(&work, &values, &place)));
        });
    }
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    const ROWS: usize = 1_000_000;
    let work = work("mlp-64x64", [1, 1, 23, 1], &[64; 2]);
    let names = (0..work.features).map(|i| format!("x{i}")).collect();
    let windows = std::iter::once(0..ROWS).collect();
    let features = Features::new(names, random(ROWS * work.features), windows);
    let model = learner(&work).model.frozen();
    let place = place().inner();
    let mut group = criterion.benchmark_group("score");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("rows-1000000-mlp-64x64", |bencher| {
        bencher.iter_custom(|iterations| {
            let mut elapsed = Duration::ZERO;
            within(1, || {
                let start = std::time::Instant::now();
                for _ in 0..iterations {
                    black_box(StepValues::compute(model.as_ref(), &features, &place));
                }
                elapsed = start.elapsed();
            });
            elapsed
        });
    });
    group.finish();
}

criterion_group!(benches, training, collation, scoring);
criterion_main!(benches);
