//! A cell of MAVRL's table: all four kinds on the grid Trap, from the plan to the tables of the run.
//!
//!     cargo bench --bench mavrl -- --noplot
//!
//! Published (whole cells, on its authors' machine): about 15 s by variational inference, 154.5 s by
//! Markov chains. The last of these here is one chain of the four of `trap-nuts.toml`.

use medley_annotator as _; // people and adapters that TOML names are linked
use medley_behaviour as _;

use criterion::{Criterion, criterion_group, criterion_main};
use medley_plan::{ExperimentSpec, Plan};
use medley_run::{Prepared, RunFolder, execute};
use std::path::Path;

/// The first run of all four kinds of an experiment, with its text changed.
fn cell(criterion: &mut Criterion, name: &str, file: &str, change: Option<[&str; 2]>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/mavrl").join(file);
    let text = std::fs::read_to_string(&path).expect("an experiment of the repository");
    let text = change.map_or(text.clone(), |[from, to]| {
        assert!(text.contains(from), "{file} has no `{from}`");
        text.replace(from, to)
    });
    let plan = ExperimentSpec::read(&path, &text).and_then(Plan::resolve);
    let plan = plan.expect("an experiment that can be run");
    let of_all = plan.runs.iter().find(|run| run.subject.label().matches(" + ").count() == 3);
    let run = of_all.expect("a run of four kinds");
    let mut group = criterion.benchmark_group("mavrl");
    group.sample_size(10);
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let home = tempfile::tempdir().expect("a folder for the run");
            let folder = RunFolder::of(home.path(), run);
            let prepared = Prepared::new(&plan, &plan.whole_of(run)).expect("data of the seed");
            execute(&plan, &prepared, run, &folder, &mut |_| {}).expect("a run");
        });
    });
    group.finish();
}

fn cells(criterion: &mut Criterion) {
    cell(criterion, "mode", "trap-fixed.toml", None);
    cell(criterion, "mean-field", "trap-variational.toml", None);
    let one_chain = ["warmup = 150", "chains = 1, warmup = 150"];
    cell(criterion, "one chain", "trap-nuts.toml", Some(one_chain));
}

criterion_group!(benches, cells);
criterion_main!(benches);
