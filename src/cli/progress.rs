//! Progress on the terminal: a bar over all runs. Where there is no terminal, a line for each run that
//! is finished.

use super::said::{is_quiet, note};
use indicatif::{
    HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};
use medley_plan::RunPlan;
use medley_run::Progress;
use medley_training::Event;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A running count, silent where there is no terminal.
pub(super) struct Counter(ProgressBar);

impl Counter {
    pub(super) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target());
        // How many there are is known at their end, so that there is no time left to tell.
        bar.set_style(style("{spinner} {human_pos} {msg} in {elapsed}, {per_sec}"));
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
        let all = MultiProgress::with_draw_target(target());
        let total = all.add(ProgressBar::new(runs as u64));
        total.set_style(style("{pos}/{len} runs {wide_bar} {elapsed} elapsed, {left} left"));
        Self { all, total, runs: Mutex::default() }
    }

    pub(super) fn show(&self, event: &Progress<'_>) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Progress::Skipped(_) => {
                self.total.inc(1);
                // It took no time, and says nothing of those to come.
                self.total.reset_eta();
            }
            Progress::Elsewhere(run) => {
                self.all.suspend(|| note(&format!("{}: another process is at it", name(run))));
            }
            Progress::Anew(run, reason) => {
                let text = format!("warning: {}: {reason}; it is done again", name(run));
                self.all.suspend(|| note(&text));
            }
            Progress::Started(run) => {
                let bar = self.all.add(ProgressBar::new(1));
                bar.set_style(style("  {msg} {wide_bar} {pos}/{len} epochs, at most {left} left"));
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
                    note(&format!("done: {} ({count} of {of})", name(run)));
                }
            }
            Progress::Failed(run, reason) => {
                self.total.inc(1);
                self.clear(runs.remove(&run.id));
                // A failure is printed with and without a terminal, and under `--quiet` as well.
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
            bar.reset_eta(); // the epochs before were of another process
        }
        Event::Epoch { epoch, .. } => bar.set_position(u64::from(*epoch)),
        Event::Restarted { reason } => {
            bar.suspend(|| {
                note(&format!("a checkpoint is broken, so training starts anew: {reason}"));
            });
        }
        Event::Opposed { sources } => {
            let sources = sources.join(", ");
            bar.suspend(|| {
                note(&format!(
                    "{sources} oppose each other, so that there is no reward for all: sources that \
                     the mix never saw are not evaluated, and `medley score` needs `--for`; or name \
                     a `target` for the mixing"
                ));
            });
        }
        Event::Sampled { report } => {
            bar.suspend(|| {
                note(&format!(
                    "{} draws of {} chains: {}, {} divergences",
                    report.draws,
                    report.chains,
                    report.mixing(),
                    report.divergences
                ));
            });
        }
        Event::Checkpoint { .. } | Event::Stopped { .. } => {}
    }
}

/// Where bars are drawn: on standard error if that is a terminal, and nowhere under `--quiet`.
fn target() -> ProgressDrawTarget {
    match is_quiet() {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    }
}

fn name(run: &RunPlan) -> String {
    format!("{}, seed {}", run.told(), run.seed)
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key(
        "left",
        |state: &ProgressState, f: &mut dyn Write| {
            let _ = f.write_str(&left(state.eta()));
        },
    )
}

/// Time left, of which nothing is known before the first step, when it is 0.
fn left(time: Duration) -> String {
    match time.is_zero() {
        true => "unknown time".to_owned(),
        false => HumanDuration(time).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_not_0_before_anything_is_known() {
        assert_eq!(left(Duration::ZERO), "unknown time");
        assert_eq!(left(Duration::from_secs(90)), "2 minutes");
        let bar = ProgressBar::with_draw_target(Some(3), ProgressDrawTarget::hidden());
        assert_eq!(left(bar.eta()), "unknown time");
        bar.inc(1);
        bar.reset_eta();
        assert_eq!(left(bar.eta()), "unknown time");
    }
}
