//! The script of a job array: its element starts a worker, and goes back into the queue if its time is
//! nearly over.
//!
//! Slurm signals USR1 to this shell alone (`B:`) some time before the limit. The shell passes it on,
//! the worker writes a checkpoint and exits with 75, and the shell asks for the element to be queued
//! again. Nothing else asks for it: an element that was cancelled stays so, and a node that dies is
//! Slurm's to notice (`--requeue`). An element that is queued again and again without getting anywhere
//! stops after a hundred times.

use super::SlurmOptions;
use std::fmt::Write;
use std::path::Path;

/// What a script names.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// This program, as the nodes find it.
    pub medley: &'a Path,
    /// The manifest.
    pub manifest: &'a Path,
    /// Working directory.
    pub directory: &'a Path,
    /// Folder for what elements say; it exists before they start.
    pub logs: &'a Path,
}

/// The script of the array whose elements are `first` and on: `count` of them, of which `parallel` may run
/// at once. `job` is its name in the queue.
pub fn script(
    options: &SlurmOptions,
    paths: Paths<'_>,
    job: &str,
    (first, count): (usize, usize),
    parallel: Option<usize>,
) -> String {
    let throttle = parallel.map(|limit| format!("%{limit}")).unwrap_or_default();
    let mut text = "#!/bin/bash\n".to_owned();
    let mut ask = |what: &str| {
        let _ = writeln!(text, "#SBATCH {what}");
    };
    ask(&format!("--job-name={job}"));
    ask(&format!("--array=0-{}{throttle}", count.saturating_sub(1)));
    ask("--nodes=1");
    ask("--ntasks=1");
    ask(&format!("--cpus-per-task={}", options.cpus));
    let optional =
        [("mem", &options.mem), ("time", &options.time), ("partition", &options.partition)];
    for (key, value) in optional {
        if let Some(value) = value {
            ask(&format!("--{key}={value}"));
        }
    }
    ask("--requeue");
    ask("--open-mode=append");
    ask(&format!("--signal=B:USR1@{}", options.warning_secs));
    ask(&format!("--chdir={}", quoted_for_slurm(&paths.directory.display().to_string())));
    // Slurm puts something in the place of `%` and a letter.
    let logs = paths.logs.display().to_string().replace('%', "%%");
    ask(&format!("--output={}", quoted_for_slurm(&format!("{logs}/%A_%a.log"))));
    let command = format!(
        "{} worker --manifest {} --index $((SLURM_ARRAY_TASK_ID + {first})) --jobs {}",
        quoted(&paths.medley.display().to_string()),
        quoted(&paths.manifest.display().to_string()),
        options.cpus
    );
    text + &BODY.replace("@COMMAND@", &command)
}

const BODY: &str = r#"
child= asked=
trap 'asked=1; [ -z "$child" ] || kill -USR1 "$child" 2>/dev/null' USR1
trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
@COMMAND@ &
child=$!
[ -z "$asked" ] || kill -USR1 "$child" 2>/dev/null
# A signal ends `wait` before the worker ends.
while wait "$child"; kill -0 "$child" 2>/dev/null; do :; done
wait "$child"
code=$?
# 75: there is a checkpoint. 138: the signal came before the worker could listen to it.
if [ -n "$asked" ] && { [ "$code" = 75 ] || [ "$code" = 138 ]; } && [ "${SLURM_RESTART_COUNT:-0}" -lt 100 ]; then
  scontrol requeue "$SLURM_JOB_ID" && exit 75
fi
exit "$code"
"#;

/// Text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path as `#SBATCH` takes it: quoted.
fn quoted_for_slurm(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: fn() -> Paths<'static> = || Paths {
        medley: Path::new("/opt/it's/medley"),
        manifest: Path::new("/home/of us/runs/tried/slurm/1/manifest.json"),
        directory: Path::new("/home/of us"),
        logs: Path::new("/home/of us/runs/tried/slurm/1/logs"),
    };

    #[test]
    fn a_script_asks_for_what_the_options_say() {
        let options = SlurmOptions {
            partition: Some("long".to_owned()),
            time: Some("4:00:00".to_owned()),
            mem: Some("2G".to_owned()),
            cpus: 2,
            ..SlurmOptions::default()
        };
        insta::assert_snapshot!(script(&options, PATHS(), "tried.1.0", (1001, 20), Some(5)));
    }

    /// Bash says whether it is a script at all, and the shell's own quoting that paths survive.
    #[test]
    fn a_script_is_one_that_bash_reads() {
        let text = script(&SlurmOptions::default(), PATHS(), "tried.1.0", (0, 1), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("array.sbatch");
        std::fs::write(&path, &text).unwrap();
        let checked = std::process::Command::new("bash").arg("-n").arg(&path).status().unwrap();
        assert!(checked.success(), "{text}");
        let line = format!("printf %s {}", quoted("/opt/it's/a $path"));
        let said = crate::command::said("bash", &["-c", &line]).unwrap();
        assert_eq!(said, "/opt/it's/a $path");
    }
}
