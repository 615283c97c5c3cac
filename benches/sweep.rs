//! What does a sweep cost beside its training? Scaling of small runs over two cores, the start of a run, and the
//! verbs that look at 10,000 of them.
//!
//! `cargo bench --bench sweep`; `-- 1000` for another number of runs. Not by criterion: each is seconds long, and
//! what matters are ratios within one run, in turns.

use medley::plan::{RunPlan, Subject, Sweep};
use medley::report::{MeasurementRow, Tables};
use medley::run::{RunFolder, RunOptions, collect, run_all};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

type Failed = Box<dyn std::error::Error>;

fn experiment(name: &str, more: &str) -> String {
    format!(
        "name = \"{name}\"\n\
         [dataset]\npath = \"datasets/qa_feedback\"\nencoder.hashed-ngrams = {{ dimensions = 0, overlap = true }}\n\
         [reward-model]\nbackbone.mlp = {{ hidden = [32] }}\n\
         [feedback.comparisons]\nadapter.comparison = {{}}\n[feedback.corrections]\nadapter.correction = {{}}\n\
         [mixing]\njoint = {{}}\n[training]\nepochs = 10\nmin-steps = 1500\npatience = 0\n\
         [evaluation]\nagreement = false\n{more}"
    )
}

fn resolved(name: &str, more: &str) -> Result<Sweep, Failed> {
    Ok(Sweep::resolve(Path::new("bench.toml"), &experiment(name, more), None)?)
}

fn main() -> Result<(), Failed> {
    // cargo's own arguments begin with dashes.
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let count = numbers.next_back().unwrap_or(10_000);
    scaling()?;
    many(count)
}

/// 64 small runs with one and with two at a time, in turns.
fn scaling() -> Result<(), Failed> {
    let seeds: Vec<String> = (0..64).map(|seed| seed.to_string()).collect();
    let text = experiment("scaling", "")
        .replace("name =", &format!("seeds = [{}]\nname =", seeds.join(", ")));
    let text = text.replace("[dataset]\n", "[dataset]\nsplit-seed = 0\n");
    let sweep = Sweep::resolve(Path::new("bench.toml"), &text, None)?;
    let mixes: std::collections::BTreeSet<String> = sweep
        .runs()
        .filter(|(_, run)| matches!(run.subject, Subject::Mix(_)))
        .map(|(_, run)| run.id.clone())
        .collect();
    let mut least = BTreeMap::new();
    let mut inside = f64::INFINITY;
    for _ in 0..2 {
        for jobs in [1, 2] {
            let folder = tempfile::tempdir()?;
            let options = RunOptions { jobs, only: Some(&mixes), ..RunOptions::default() };
            let start = Instant::now();
            run_all(&sweep, folder.path(), options, &|_| {})?;
            let seconds = start.elapsed().as_secs_f64();
            let best: &mut f64 = least.entry(jobs).or_insert(f64::INFINITY);
            *best = best.min(seconds);
            if jobs == 1 {
                let own = |run: &RunPlan| RunFolder::of(folder.path(), run).tables();
                let runs = sweep.runs().filter(|(_, run)| mixes.contains(&run.id));
                let sum: f64 =
                    runs.map(|(_, run)| own(run).map_or(0.0, |own| own.runs[0].seconds)).sum();
                inside = inside.min(seconds - sum);
            }
        }
    }
    let (one, two) = (least[&1], least[&2]);
    println!(
        "64 runs: {one:.2} s one at a time, {two:.2} s with two: {:.3} of perfect scaling",
        one / two / 2.0
    );
    println!(
        "beside the runs themselves: {:.1} ms a run, {:.2} % (with preparing the data, once)",
        1e3 * inside / 64.0,
        100.0 * inside / one
    );
    Ok(())
}

/// Folders of made runs, as if they had been carried out, and what looks at them.
fn many(count: usize) -> Result<(), Failed> {
    let points = count.div_ceil(5);
    let grid = format!(
        "[sweep.grid]\n\"training.learning-rate\" = {{ from = 1e-4, to = 1e-1, scale = \"log\", points = {} }}\n\
         \"training.batch-size\" = {{ from = 1, to = {}, points = {1}, whole = true }}\n",
        points.min(1000),
        points.div_ceil(1000).max(2)
    );
    let text = experiment("many", &grid).replace("name =", "seeds = [0, 1, 2, 3, 4]\nname =");
    let start = Instant::now();
    let sweep = Sweep::resolve(Path::new("bench.toml"), &text, None)?;
    println!("plan of {} runs: {:.2} s", sweep.runs().count(), start.elapsed().as_secs_f64());
    let folder = tempfile::tempdir()?;
    // One of each subject is carried out, and the others are told like it.
    let alone = resolved("alone", "")?;
    run_all(&alone, folder.path(), RunOptions { jobs: 2, ..RunOptions::default() }, &|_| {})?;
    let mut like = BTreeMap::new();
    for (_, run) in alone.runs() {
        like.insert(run.subject.label().to_owned(), RunFolder::of(folder.path(), run).tables()?);
    }
    let experiment = folder.path().join("many");
    for (_, run) in sweep.runs() {
        make(&experiment, run, &like[run.subject.label()])?;
    }
    let start = Instant::now();
    let finished = sweep.runs().filter(|(_, run)| {
        RunFolder::of(&experiment, run).standing() == medley::run::Standing::Finished
    });
    println!(
        "standing of {} finished runs: {:.2} s",
        finished.count(),
        start.elapsed().as_secs_f64()
    );
    for again in ["", ", again"] {
        let start = Instant::now();
        collect(&sweep, &experiment)?;
        println!(
            "tables and figures{again}: {:.2} s, {} MiB at most",
            start.elapsed().as_secs_f64(),
            most_mib()
        );
    }
    Ok(())
}

/// The folder of a finished run with these numbers.
fn make(experiment: &Path, run: &RunPlan, like: &Tables) -> Result<(), Failed> {
    let folder = RunFolder::of(experiment, run);
    let mut tables = like.clone();
    tables.set_setting(&run.setting.to_string());
    let noise = |row: &mut MeasurementRow| row.value += 1e-4 * run.seed as f64;
    tables.measurements.iter_mut().for_each(|row| {
        row.run.clone_from(&run.id);
        row.seed = run.seed;
        noise(row);
    });
    tables.curves.iter_mut().for_each(|row| (row.run, row.seed) = (run.id.clone(), run.seed));
    tables.reliability.iter_mut().for_each(|row| (row.run, row.seed) = (run.id.clone(), run.seed));
    tables.responses.iter_mut().for_each(|row| (row.run, row.seed) = (run.id.clone(), run.seed));
    tables.learned.iter_mut().for_each(|row| row.run.clone_from(&run.id));
    tables.runs.iter_mut().for_each(|row| (row.run, row.seed) = (run.id.clone(), run.seed));
    let at = folder.path().join("tables");
    tables.write(&at)?;
    let mut files = BTreeMap::new();
    for name in Tables::FILES {
        let hash = blake3::hash(&std::fs::read(at.join(name))?);
        files.insert(format!("tables/{name}"), hash.to_hex().to_string());
    }
    let done = serde_json::json!({ "files": files });
    Ok(std::fs::write(folder.path().join("done.json"), done.to_string())?)
}

/// Most memory that this process had at once.
fn most_mib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) >> 10
}
