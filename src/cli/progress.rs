//! Progress on the terminal: a bar over all runs. Where there is no terminal, a line for each run that
//! is finished.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use medley_plan::RunPlan;
use medley_run::Progress;
use medley_training::Event;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A running count, silent where there is no terminal.
pub(super) struct Counter(ProgressBar);

impl Counter {
    pub(super) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_style(style("{spinner} {human_pos} {msg}, {per_sec}"));
        bar.set_message(what);
        Self(bar)
    }

    pub(super) fn show(&self, count: u64) {
        self.0.set_position(count);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar over runs, and one for each run under way.
pub(super) struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    runs: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    pub(super) fn new(runs: usize) -> Self {
        let all = MultiProgress::new();
        let total = all.add(ProgressBar::new(runs as u64));
        total.set_style(style("{pos}/{len} runs {wide_bar} {elapsed} elapsed, {eta} left"));
        Self { all, total, runs: Mutex::default() }
    }

    pub(super) fn show(&self, event: &Progress<'_>) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Progress::Skipped(_) => self.total.inc(1),
            Progress::Elsewhere(run) => {
                self.all.suspend(|| eprintln!("{}: another process is at it", name(run)));
            }
            Progress::Anew(run, reason) => {
                let text = format!("warning: {}: {reason}; it is done again", name(run));
                self.all.suspend(|| eprintln!("{text}"));
            }
            Progress::Started(run) => {
                let bar = self.all.add(ProgressBar::new(1));
                bar.set_style(style("  {msg} {wide_bar} {pos}/{len} epochs"));
                bar.set_message(name(run));
                runs.insert(run.id.clone(), bar);
            }
            Progress::Training(run, event) => {
                if let Some(bar) = runs.get(&run.id) {
                    follow(bar, event);
                }
            }
            Progress::Done(run) => {
                self.total.inc(1);
                self.clear(runs.remove(&run.id));
                if self.all.is_hidden() {
                    let (count, of) = (self.total.position(), self.total.length().unwrap_or(0));
                    eprintln!("done: {} ({count} of {of})", name(run));
                }
            }
            Progress::Failed(run, reason) => {
                self.total.inc(1);
                self.clear(runs.remove(&run.id));
                // A failure is printed with and without a terminal.
                self.all.suspend(|| eprintln!("failed: {}: {reason}", name(run)));
            }
        }
    }

    pub(super) fn finish(&self) {
        self.total.finish_and_clear();
    }

    fn clear(&self, bar: Option<ProgressBar>) {
        if let Some(bar) = bar {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}

fn follow(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Started { epoch, epochs, .. } => {
            bar.set_length(u64::from(*epochs));
            bar.set_position(u64::from(*epoch));
        }
        Event::Epoch { epoch, .. } => bar.set_position(u64::from(*epoch)),
        Event::Restarted { reason } => {
            bar.suspend(|| eprintln!("a checkpoint is broken, so training starts anew: {reason}"));
        }
        Event::Opposed { sources } => {
            let sources = sources.join(", ");
            bar.suspend(|| {
                eprintln!(
                    "{sources} oppose each other, so that there is no reward for all: sources that \
                     the mix never saw are not evaluated, and `medley score` needs `--for`; or name \
                     a `target` for the mixing"
                );
            });
        }
        Event::Sampled { report } => {
            bar.suspend(|| {
                eprintln!(
                    "{} draws of {} chains: {}, {} divergences",
                    report.draws,
                    report.chains,
                    report.mixing(),
                    report.divergences
                );
            });
        }
        Event::Checkpoint { .. } | Event::Stopped { .. } => {}
    }
}

fn name(run: &RunPlan) -> String {
    format!("{}, seed {}", run.told(), run.seed)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
