//! How long does the report of 10,000 runs take, and how much memory? Made numbers: what is measured is the
//! way from tables to the page, and no training.
//!
//! `cargo run --release -p medley-report --example many_runs -- [RUNS] [FOLDER]`

use medley_report::{
    Cover, Direction, MODEL, MeasurementRow, Resampled, RunRow, Status, Tables, aggregate_sweep,
    drawn, paper,
};
use std::path::PathBuf;
use std::time::Instant;

const SEEDS: u64 = 5;
const SOURCES: [&str; 4] = ["comparisons", "corrections", "critiques", "ratings"];
const METRICS: [(&str, &str, Direction); 6] = [
    ("rank-correlation", "Spearman rho", Direction::Higher),
    ("accuracy", "share of labels", Direction::Higher),
    ("log-likelihood", "nats per statement", Direction::Higher),
    ("decided-accuracy", "share of labels", Direction::Higher),
    ("brier", "squared probability", Direction::Lower),
    ("ece", "probability", Direction::Lower),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let runs: u64 = arguments.next().map_or(Ok(10_000), |runs| runs.parse())?;
    let tables = tables(runs);
    let rows = tables.measurements.len();
    let start = Instant::now();
    let points = aggregate_sweep(&tables.runs, true);
    let drawn = drawn(&tables, &points)?;
    let drawing = start.elapsed();
    let cover = Cover {
        name: "many-runs".into(),
        planned: runs as usize,
        resampled: Resampled::Splits { test_over_train: 0.4 },
        ..Cover::default()
    };
    let paper = paper(&cover, &tables, &drawn)?;
    println!(
        "{runs} runs, {rows} numbers: figures and summary {:.2} s, page {:.2} s of {:.2} MB, {} MB at most",
        drawing.as_secs_f64(),
        (start.elapsed() - drawing).as_secs_f64(),
        paper.html.len() as f64 / 1e6,
        most_memory().map_or_else(|| "unknown".to_owned(), |mb| mb.to_string())
    );
    if let Some(folder) = arguments.next() {
        paper.write(&PathBuf::from(folder))?;
    }
    Ok(())
}

/// Most memory that this process had at once, MB; none where the system does not say.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kb| kb / 1000)
}

fn tables(runs: u64) -> Tables {
    let mut tables = Tables::default();
    let mixes = [vec!["comparisons"], vec!["comparisons", "critiques"]];
    for place in 0..runs {
        let (point, seed) = (place / SEEDS, place % SEEDS);
        let sources: Vec<String> =
            mixes[(point % 2) as usize].iter().map(|&name| name.to_owned()).collect();
        let mix = sources.join(" + ");
        let setting = format!(
            "reward-model.backbone.mlp.hidden = [{}], training.learning-rate = {}",
            point / 2 % 40,
            point / 80
        );
        let run = format!("{place:012x}");
        tables.runs.push(RunRow {
            run: run.clone(),
            mix: mix.clone(),
            setting: setting.clone(),
            seed,
            status: Status::Done,
            reason: None,
            epochs: 20,
            steps: 1_000,
            stopped: None,
            best_epoch: 18,
            seconds: 1.5,
            parameters: 500,
            held_out: Some(-0.5),
        });
        for (index, source) in SOURCES.iter().enumerate() {
            for (number, (metric, unit, direction)) in METRICS.iter().enumerate() {
                let noise = noise(place * 64 + index as u64 * 8 + number as u64);
                let value = 0.5 + 0.1 * noise + 0.05 * (point % 7) as f64;
                tables.measurements.push(MeasurementRow {
                    experiment: "many-runs".into(),
                    run: run.clone(),
                    mix: mix.clone(),
                    setting: setting.clone(),
                    sources: sources.clone(),
                    seed,
                    labels: 1_000,
                    source: (*source).into(),
                    metric: (*metric).into(),
                    unit: (*unit).into(),
                    direction: *direction,
                    estimator: MODEL.into(),
                    value,
                    low: Some(value - 0.05),
                    high: Some(value + 0.05),
                    count: 500,
                    clusters: 100,
                    note: None,
                });
            }
        }
    }
    tables
}

/// A number in [0, 1) of a counter, the same each time (SplitMix64).
fn noise(counter: u64) -> f64 {
    let mut mixed = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}
