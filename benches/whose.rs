//! Whose preferences: whole studies of two panels, and what each rule takes for 10,000 people and 1,000 options.
//!
//!     cargo bench --bench whose -- --noplot

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use medley::aggregation::{
    Borda, BradleyTerry, Copeland, Kemeny, Leximin, MaximalLottery, Nash, Over, Quantile,
    RandomDictator, Rule, Society, Utilitarian, one_each,
};
use medley::dataset::Dataset;
use medley::study::{StudySpec, study};
use medley::training::stream;
use rand::RngExt;
use std::hint::black_box;
use std::path::Path;

/// 946 people, 14,799 choices: the hierarchical logit by Laplace EM, held out every fifth.
const BANK: &str = r#"
    name = "bank"
    [study]
    dataset = "datasets/bank_conjoint"
    encoder.steps = {}
    split.statement = { every = 5 }
    [feedback.choices]
    adapter.comparison = { ties = "soft-label", offset = false }
    [people]
    hierarchical.hierarchical = {}
"#;

/// Votes of bowling_green with one factor of people and statements.
const POLIS: &str = r#"
    name = "polis"
    [study]
    dataset = "datasets/polis/bowling_green"
    split.cell = { of = 10, by = "place" }
    [feedback.votes]
    adapter.approval = {}
    select = "vote"
    [people]
    one-factor.bridging = { factors = 1 }
"#;

fn studies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("study");
    group.sample_size(10);
    for (name, text) in [("bank-hierarchical", BANK), ("bowling-green-one-factor", POLIS)] {
        let spec: StudySpec = medley::toml_file::parse(Path::new(name), text).expect("a study");
        group.bench_function(name, |bencher| {
            let dataset = || Dataset::open(Path::new(&spec.study.dataset)).expect("a dataset");
            let carried_out =
                |dataset| black_box(study(&spec, dataset).expect("a study").rows.len());
            bencher.iter_batched(dataset, carried_out, BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn rules(criterion: &mut Criterion) {
    let (people, options) = (10_000, 1_000);
    let utilities = utilities(people, options);
    // Everybody gains by every other option over the first.
    let mut with_status_quo = utilities.clone();
    for own in &mut with_status_quo {
        own[0] = own.iter().copied().fold(f64::INFINITY, f64::min) - 1.0;
    }
    let groups: Vec<usize> = (0..people).map(|person| person % 3).collect();
    let rules: [(&str, &dyn Rule); 11] = [
        ("borda", &Borda {}),
        ("bradley-terry", &BradleyTerry {}),
        ("copeland", &Copeland {}),
        ("kemeny", &Kemeny {}),
        ("maximal-lottery", &MaximalLottery {}),
        ("utilitarian", &Utilitarian::default()),
        ("leximin-groups", &Leximin::default()),
        ("leximin-people", &Leximin { over: Over::People, ..Leximin::default() }),
        ("quantile", &Quantile::default()),
        ("nash", &Nash::default()),
        ("random-dictator", &RandomDictator {}),
    ];
    let mut group = criterion.benchmark_group("rule");
    group.sample_size(10);
    for (name, rule) in rules {
        let utilities = if name == "nash" { &with_status_quo } else { &utilities };
        group.bench_function(BenchmarkId::new(name, people), |bencher| {
            // Pairs are counted anew for each decision. Some rules have no winner here, and say so.
            bencher.iter(|| {
                let society = Society::new(utilities, &one_each(people), &groups).expect("people");
                black_box(rule.decide(&society).is_ok())
            });
        });
    }
    group.finish();
}

/// What options are worth to all, and to each beyond that.
fn utilities(people: usize, options: usize) -> Vec<Vec<f64>> {
    let rng = &mut stream(0, "utilities");
    let common: Vec<f64> = (0..options).map(|_| rng.random()).collect();
    let mut person = |_| common.iter().map(|common| common + rng.random::<f64>()).collect();
    (0..people).map(&mut person).collect()
}

criterion_group!(benches, studies, rules);
criterion_main!(benches);
