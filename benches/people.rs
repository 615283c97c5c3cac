//! Answers of simulated people: a million comparisons, from a TOML text to a dataset in memory.
//!
//!     cargo bench --bench people -- --noplot

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use medley_annotator::Simulation;
use std::hint::black_box;

/// Pendulum, 1,000 segments of 25 steps, 100 people of three groups.
const PEOPLE: &str = r#"
    episodes = 125
    segments = { length = 25 }
    world.pendulum = {}
    people.count = 100
    people.rationality = 0.1
    people.groups = [
        { name = "most", share = 0.8 },
        { name = "few", share = 0.1, reward = { true = -1 } },
        { name = "hasty", share = 0.1, distortions = [{ mistakes = { share = 0.2, to = "uniform" } }, { fatigue = { half-life = 500 } }] },
    ]
"#;

fn simulation(source: &str) -> Simulation {
    toml::from_str(&format!("{PEOPLE}\n{source}")).expect("a simulation")
}

fn people(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("people");
    group.sample_size(10);
    for (name, answers, source) in [
        (
            "comparisons",
            1_000_000,
            "sources.a = { questions = 1_000_000, adapter.comparison = {} }",
        ),
        (
            "ratings",
            100_000,
            "sources.a = { questions = 100_000, adapter.rating = {}, form.scale = { low = 1, high = 5, levels = 5 } }",
        ),
        ("rankings-of-4", 100_000, "sources.a = { questions = 100_000, adapter.ranking = {} }"),
    ] {
        let simulation = simulation(source);
        group.throughput(Throughput::Elements(answers));
        group.bench_function(BenchmarkId::new(name, answers), |bencher| {
            bencher.iter(|| black_box(simulation.dataset(1).expect("answers")));
        });
    }
    group.finish();
}

criterion_group!(benches, people);
criterion_main!(benches);
