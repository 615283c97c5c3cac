//! Do intervals over clusters hold the truth as often as they claim?
//!
//! Each design draws data of which the truth is known. A quick count is always made. The large one,
//! whose shares are those of docs/GLOSSARY.md:
//!
//!     cargo test --release -p medley-evaluation interval_coverage -- --ignored --nocapture

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::interval::bootstrap::Bootstrap;
use crate::judgement::tests::{comparison, judged};
use crate::{Judgement, Metric, Options, Scored, measure};

const METRICS: [Metric; 4] =
    [Metric::Accuracy, Metric::LogLikelihood, Metric::Brier, Metric::RankCorrelation];

/// What is drawn.
struct Design {
    name: &'static str,
    clusters: usize,
    statements: Statements,
    /// Standard deviation of what all statements of a cluster have in common and the model does not
    /// know, in nats.
    effect: f64,
    /// Coverage of the metrics, as measured over 1,000 data sets.
    measured: [f64; 4],
}

enum Statements {
    /// So many in each cluster.
    Each(usize),
    /// From 1 to 40 in a cluster, few in most.
    Unequal,
    /// So many in all, each about two clusters.
    Pairs(usize),
}

const DESIGNS: [Design; 6] = [
    Design {
        name: "20 clusters of 10",
        clusters: 20,
        statements: Statements::Each(10),
        effect: 0.0,
        measured: [0.920, 0.925, 0.926, 0.930],
    },
    Design {
        name: "20 clusters of 10, effects",
        clusters: 20,
        statements: Statements::Each(10),
        effect: 1.0,
        measured: [0.917, 0.906, 0.907, 0.909],
    },
    Design {
        name: "20 clusters of unequal size, effects",
        clusters: 20,
        statements: Statements::Unequal,
        effect: 1.0,
        measured: [0.914, 0.913, 0.909, 0.918],
    },
    Design {
        name: "200 clusters of 10, effects",
        clusters: 200,
        statements: Statements::Each(10),
        effect: 1.0,
        measured: [0.945, 0.955, 0.956, 0.956],
    },
    Design {
        name: "200 clusters of unequal size, effects",
        clusters: 200,
        statements: Statements::Unequal,
        effect: 1.0,
        measured: [0.926, 0.935, 0.936, 0.935],
    },
    Design {
        name: "pairs of 8 episodes, effects",
        clusters: 8,
        statements: Statements::Pairs(144),
        effect: 1.0,
        measured: [0.993, 0.992, 0.991, 0.988],
    },
];

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A comparison whose difference of returns the model knows, and whose answer depends on what it does
/// not know too.
fn statement(rng: &mut ChaCha8Rng, clusters: Vec<u32>, effect: f64) -> Judgement {
    let d = 4.0 * rng.random::<f64>() - 2.0;
    let first = rng.random::<f64>() < logistic(d + effect);
    let observed = if first { [1.0, 0.0] } else { [0.0, 1.0] };
    let mut of = judged(clusters[0], &[logistic(d), 1.0 - logistic(d)], &observed);
    of.answer.clusters = clusters;
    of.answer.value = Some(observed[0] - observed[1]);
    of.answer.antisymmetric = true;
    of.predicted_value = Some(d);
    of
}

impl Design {
    /// Data of so many clusters.
    fn draw(&self, clusters: usize, rng: &mut ChaCha8Rng) -> Scored {
        let effects: Vec<f64> = (0..clusters).map(|_| self.effect * normal(rng)).collect();
        let mut of = Vec::new();
        if let Statements::Pairs(count) = self.statements {
            for _ in 0..count {
                let first = rng.random_range(0..clusters);
                let second = (first + rng.random_range(1..clusters)) % clusters;
                let effect = effects[first] - effects[second];
                of.push(statement(rng, vec![first as u32, second as u32], effect));
            }
            return comparison(of);
        }
        for (cluster, effect) in effects.iter().enumerate() {
            let count = match self.statements {
                Statements::Each(count) => count,
                _ => (40.0 * rng.random::<f64>().powi(3)).ceil().max(1.0) as usize,
            };
            for _ in 0..count {
                of.push(statement(rng, vec![cluster as u32], *effect));
            }
        }
        comparison(of)
    }

    /// The metrics of more data than anybody has.
    fn truth(&self) -> [f64; 4] {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::MAX);
        let many = Design { statements: self.many(), ..*self };
        let scored = many.draw(40_000, &mut rng);
        let bootstrap = Bootstrap { replicates: 1, seed: 0 };
        values(&scored, bootstrap).map(|of| of.0)
    }

    fn many(&self) -> Statements {
        match self.statements {
            Statements::Each(count) => Statements::Each(count),
            Statements::Unequal => Statements::Unequal,
            Statements::Pairs(_) => Statements::Pairs(400_000),
        }
    }

    /// Shares of data sets whose intervals hold the truth.
    fn coverage(&self, data_sets: u64, replicates: usize) -> [f64; 4] {
        let truth = self.truth();
        let mut held = [0.0; 4];
        for seed in 0..data_sets {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let scored = self.draw(self.clusters, &mut rng);
            let found = values(&scored, Bootstrap { replicates, seed });
            for ((held, truth), (_, low, high)) in held.iter_mut().zip(truth).zip(found) {
                *held += f64::from(u8::from((low..=high).contains(&truth)));
            }
        }
        held.map(|held| held / data_sets as f64)
    }
}

/// Value and ends of each metric.
fn values(scored: &Scored, bootstrap: Bootstrap) -> [(f64, f64, f64); 4] {
    let measured = measure(scored, &Options { bootstrap, ..Options::default() });
    METRICS.map(|metric| {
        let estimate = measured.iter().find(|of| of.metric == metric).unwrap().estimate;
        (estimate.value, estimate.low, estimate.high)
    })
}

fn check(data_sets: u64, replicates: usize, tolerance: f64) {
    let mut wrong = Vec::new();
    for design in &DESIGNS {
        let found = design.coverage(data_sets, replicates);
        println!("{}: {found:.3?}", design.name);
        for ((metric, found), expected) in METRICS.iter().zip(found).zip(design.measured) {
            if (found - expected).abs() > tolerance {
                wrong.push(format!("{}, {metric}: {found}, not {expected}", design.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Four standard errors of a share of 0.93 over 60 data sets; seeds are fixed.
#[test]
fn interval_coverage_of_few_data_sets() {
    check(60, 200, 0.13);
}

#[test]
#[ignore = "minutes of processor time: see the top of this file"]
fn interval_coverage_of_many_data_sets() {
    check(1000, 1000, 0.03);
}
