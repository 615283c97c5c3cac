//! `medley status` and `medley log`: how the runs of an experiment stand, and what happened to one of them.

use super::elsewhere::in_queue;
use super::listing::{counted, counts};
use super::said::Said;
use anyhow::Context;
use medley_plan::{RunPlan, Subject, Sweep};
use medley_run::{Estimate, LOG, RunFolder, Standing};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Runs that are listed of those that are running, lost or failed.
const LISTED: usize = 20;
/// Finished runs whose durations are looked at.
const SAMPLED: usize = 50;

/// How many runs are finished, running, lost, failed and to do, which, and how long the rest may take.
pub(super) fn status(sweep: &Sweep, folder: &Path) -> Said {
    let stands = |run| RunFolder::of(folder, run).standing();
    let all: Vec<(&RunPlan, Standing)> = sweep.runs().map(|(_, run)| (run, stands(run))).collect();
    let mut text = format!("{}: {}", sweep.name(), counts(sweep));
    let groups = [
        ("finished", Kind::Finished),
        ("running", Kind::Running),
        ("lost", Kind::Lost),
        ("failed", Kind::Failed),
        ("to do", Kind::ToDo),
    ];
    let count = |kind| all.iter().filter(|(_, standing)| Kind::of(standing) == kind).count();
    let told: Vec<String> = groups.map(|(name, kind)| format!("{} {name}", count(kind))).to_vec();
    let _ = writeln!(text, "{}", told.join(", "));
    text += &in_queue(folder);
    let [running, lost, to_do] = [Kind::Running, Kind::Lost, Kind::ToDo].map(count);
    text += &left(&all, folder, (running, lost + to_do));
    for (name, kind) in &groups[1..4] {
        let of: Vec<&(&RunPlan, Standing)> =
            all.iter().filter(|(_, standing)| Kind::of(standing) == *kind).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{name}:");
        for (run, standing) in of.iter().take(LISTED) {
            let _ = writeln!(text, "  {}", line(run, standing));
        }
        if of.len() > LISTED {
            let _ = writeln!(text, "  and {} more", of.len() - LISTED);
        }
    }
    if count(Kind::Lost) > 0 {
        text += "`medley run` goes on with those that are lost, from their checkpoints\n";
    }
    let runs: Vec<Value> = all.iter().map(|(run, standing)| as_json(run, standing)).collect();
    Said::new(text, json!({ "name": sweep.name(), "folder": folder, "runs": runs }))
}

fn as_json(run: &RunPlan, standing: &Standing) -> Value {
    let mut told = json!({
        "run": run.id, "seed": run.seed, "subject": run.subject.name(),
        "setting": run.setting.to_string(),
    });
    let more = match standing {
        Standing::Finished => json!({ "state": "finished" }),
        Standing::Running { host, process, since } => {
            json!({ "state": "running", "host": host, "process": process, "since": since })
        }
        Standing::Lost => json!({ "state": "lost" }),
        Standing::Failed(reason) => json!({ "state": "failed", "error": reason }),
        Standing::ToDo => json!({ "state": "to-do" }),
    };
    if let (Value::Object(told), Value::Object(more)) = (&mut told, more) {
        told.extend(more);
    }
    told
}

/// What counts as one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Finished,
    Running,
    Lost,
    Failed,
    ToDo,
}

impl Kind {
    fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Finished => Self::Finished,
            Standing::Running { .. } => Self::Running,
            Standing::Lost => Self::Lost,
            Standing::Failed(_) => Self::Failed,
            Standing::ToDo => Self::ToDo,
        }
    }
}

fn line(run: &RunPlan, standing: &Standing) -> String {
    let name = format!("{}  {}", run.id, named(run));
    match standing {
        Standing::Running { host, process, since } => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let been = Duration::from_secs(now.as_secs().saturating_sub(*since));
            format!("{name}: process {process} on {host}, for {}", duration(been))
        }
        Standing::Failed(reason) => format!("{name}: {}", reason.replace('\n', " ")),
        _ => name,
    }
}

/// What a run is, for people.
fn named(run: &RunPlan) -> String {
    let what = match run.subject.label() {
        "" => run.subject.name().to_owned(),
        _ => run.told(),
    };
    let setting = match run.setting.to_string() {
        setting if setting.is_empty() => setting,
        setting => format!(", {setting}"),
    };
    format!("seed {}, {what}{setting}", run.seed)
}

/// How long the rest may take if as many go on side by side: from the durations of finished runs.
fn left(all: &[(&RunPlan, Standing)], folder: &Path, (running, waiting): (usize, usize)) -> String {
    if running + waiting == 0 {
        return String::new();
    }
    let is_mix = |run: &RunPlan| matches!(run.subject, Subject::Mix(_));
    let finished: Vec<&RunPlan> = all
        .iter()
        .filter(|(run, standing)| *standing == Standing::Finished && is_mix(run))
        .map(|(run, _)| *run)
        .collect();
    let every = finished.len().div_ceil(SAMPLED).max(1);
    let seconds: Vec<f64> = finished
        .iter()
        .step_by(every)
        .filter_map(|run| Some(RunFolder::of(folder, run).tables().ok()?.runs.first()?.seconds))
        .collect();
    if seconds.is_empty() {
        return "time left: unknown until a run of a mix is finished\n".to_owned();
    }
    let mean = seconds.iter().sum::<f64>() / seconds.len() as f64;
    let side = running.max(1);
    let rest = mean * (waiting as f64 + running as f64 / 2.0) / side as f64;
    format!(
        "time left: about {} with {} at a time, by the {} of a finished run\n",
        duration(Duration::from_secs_f64(rest)),
        side,
        duration(Duration::from_secs_f64(mean)),
    )
}

/// How long the rest takes at most, and how much memory.
pub(super) fn estimated(sweep: &Sweep, found: Option<Estimate>) -> String {
    let Some(Estimate { runs, seconds, measured, bytes }) = found else {
        return "estimate: none; all runs are finished, or are fitted by a method without epochs\n"
            .to_owned();
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = sweep.execution().jobs.map_or(cores, |jobs| jobs as usize);
    let whole = Duration::from_secs_f64(seconds * runs as f64 / jobs as f64);
    let memory = match bytes {
        Some(bytes) => {
            format!("; {} MiB with the data of one split and one run at a time", bytes >> 20)
        }
        None => String::new(),
    };
    format!(
        "estimate: {} to do, at most {} with {jobs} at a time ({} a run of a mix, by an epoch of {measured} of \
         them on this machine){memory}\n",
        counted(runs, "run"),
        duration(whole),
        duration(Duration::from_secs_f64(seconds)),
    )
}

/// "3 s", "12 min", "5 h", "3 d".
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 0.95 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3600.0),
        s => format!("{:.0} d", s / 86_400.0),
    }
}

/// What was noted of the run whose id begins so, or that lies in a folder; in all experiments under `out`.
pub(super) fn log(run: &str, out: &Path) -> anyhow::Result<Said> {
    let folder = folder_of(run, out)?;
    let path = folder.join(LOG);
    match medley_whole_file::read_text(&path, medley_whole_file::SETTINGS) {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            let json = json!({ "folder": folder, "lines": lines });
            Ok(Said::new(text.clone(), json))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            anyhow::bail!(
                "nothing was noted of the run in {}: nobody was at it yet",
                folder.display()
            )
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// The folder of a run: as named, or by the beginning of its id.
fn folder_of(run: &str, out: &Path) -> anyhow::Result<PathBuf> {
    let named = Path::new(run);
    if named.is_dir() {
        return Ok(named.to_owned());
    }
    let below = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let begins = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(run))
    };
    let mut found: Vec<PathBuf> = below(out)
        .iter()
        .flat_map(|experiment| below(&experiment.join("runs")))
        .filter(begins)
        .collect();
    found.sort();
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => anyhow::bail!(
            "expected the id of a run or its folder, found `{run}`: there is no such folder, and no run \
             under {} begins so (`medley plan` lists ids; `--out` names the folder of results)",
            out.display()
        ),
        several => {
            let told: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            anyhow::bail!("{} begin with `{run}`: {}", counted(told.len(), "run"), told.join(", "))
        }
    }
}
