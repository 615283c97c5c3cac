//! A submission: a folder with a manifest and the scripts of its job arrays, and `sbatch`.
//!
//! The folder is made first and the job ids are recorded last, as a hint for people: should the process
//! die in between, the arrays are found in the queue by their names.

use super::{Arrays, Paths, SlurmOptions, script};
use crate::command::said;
use crate::{CommandError, Manifest, ManifestError};
use medley_whole_file::write;
use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Folder of submissions within that of an experiment.
const FOLDER: &str = "slurm";
pub(super) const MANIFEST: &str = "manifest.json";
const JOBS: &str = "jobs.txt";

/// What is submitted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its folder.
    pub folder: PathBuf,
    /// What its elements are.
    pub manifest: Manifest,
    /// Its arrays.
    pub arrays: Vec<Array>,
}

/// One job array.
#[derive(Clone, Debug)]
pub struct Array {
    /// Its script, beside the manifest.
    pub path: PathBuf,
    /// The text of it.
    pub script: String,
    /// Arguments of `sbatch`.
    pub arguments: Vec<String>,
}

/// Why nothing, or not all, was submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The manifest cannot be written.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file operation failed.
    #[error("{0}")]
    Io(String),
    /// There are more elements than the cluster's arrays can hold.
    #[error("{0}")]
    Arrays(String),
    /// `sbatch` took nothing.
    #[error("nothing was submitted: {0}")]
    Nothing(CommandError),
    /// `sbatch` took some of the arrays.
    #[error(
        "{submitted} of {arrays} job arrays were submitted, and then: {reason}; `medley resume` submits what \
         is missing"
    )]
    Part {
        /// Arrays that were taken.
        submitted: usize,
        /// Arrays in all.
        arrays: usize,
        /// Why the next was not.
        reason: CommandError,
    },
}

impl Submission {
    /// What would be submitted, as the submission with the next free number. Nothing is written.
    ///
    /// # Errors
    /// There are more arrays than elements may run at once.
    pub fn new(
        manifest: Manifest,
        options: &SlurmOptions,
        medley: &Path,
        largest: usize,
    ) -> Result<Self, SubmitError> {
        let number = submissions(&manifest.folder).iter().filter_map(|path| number_of(path)).max();
        let folder = manifest.folder.join(FOLDER).join((number.unwrap_or(0) + 1).to_string());
        Self::within(folder, manifest, options, medley, largest)
    }

    fn within(
        folder: PathBuf,
        manifest: Manifest,
        options: &SlurmOptions,
        medley: &Path,
        largest: usize,
    ) -> Result<Self, SubmitError> {
        let parallel = options.parallel.map(|limit| limit as usize);
        let spread = Arrays::new(manifest.elements.len(), largest, parallel);
        let Arrays { spans, parallel } = spread.map_err(SubmitError::Arrays)?;
        let (path, logs) = (folder.join(MANIFEST), folder.join("logs"));
        let paths = Paths { medley, manifest: &path, directory: &manifest.directory, logs: &logs };
        let array = |(span, limit): ((usize, usize), Option<usize>)| {
            let path = folder.join(format!("array-{}.sbatch", span.0));
            let mut arguments = vec!["--parsable".to_owned()];
            arguments.extend(options.sbatch.iter().cloned());
            arguments.push(path.display().to_string());
            let job = format!("{}{}", prefix_of(&manifest, &folder), span.0);
            Array { script: script(options, paths, &job, span, limit), path, arguments }
        };
        let arrays = spans.into_iter().zip(parallel).map(array).collect();
        Ok(Self { folder, manifest, arrays })
    }

    /// All of it as text, for whoever wants to see it first.
    pub fn told(&self) -> String {
        let path = self.folder.join(MANIFEST);
        let mut text = format!("# {}\n{}", path.display(), self.manifest.to_json());
        for array in &self.arrays {
            let _ = write!(
                text,
                "\n# {}\n{}\n# {}\n",
                array.path.display(),
                array.script,
                array.command()
            );
        }
        text
    }

    /// Writes the manifest and the scripts into a folder that nobody else has.
    fn write(&self) -> Result<(), SubmitError> {
        let io = |error: std::io::Error| SubmitError::Io(error.to_string());
        self.manifest.write(&self.folder.join(MANIFEST))?;
        let logs = self.folder.join("logs");
        fs::create_dir_all(&logs).map_err(|error| cannot("create", &logs, &error))?;
        self.arrays
            .iter()
            .try_for_each(|array| write(&array.path, array.script.as_bytes()).map_err(io))
    }
}

impl Array {
    /// The command that submits it.
    fn command(&self) -> String {
        format!("sbatch {}", self.arguments.join(" "))
    }
}

/// Whether there is an `sbatch` to submit by.
///
/// # Errors
/// There is none, or it does not say which version it is.
pub fn is_there() -> Result<(), CommandError> {
    said("sbatch", &["--version"]).map(drop)
}

/// Submits, and returns the job ids with the submission as it was written. If another process has taken its
/// folder, it is the next.
///
/// # Errors
/// A file cannot be written, or `sbatch` refuses. Where nothing was submitted, nothing is left.
pub fn submit(
    mut planned: Submission,
    options: &SlurmOptions,
    medley: &Path,
    largest: usize,
) -> Result<(Submission, Vec<String>), SubmitError> {
    let parent = planned.manifest.folder.join(FOLDER);
    fs::create_dir_all(&parent).map_err(|error| cannot("create", &parent, &error))?;
    loop {
        match fs::create_dir(&planned.folder) {
            Ok(()) => break,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let next = number_of(&planned.folder).unwrap_or(0) + 1;
                let folder = parent.join(next.to_string());
                planned = Submission::within(folder, planned.manifest, options, medley, largest)?;
            }
            Err(error) => return Err(cannot("create", &planned.folder, &error)),
        }
    }
    let submitted = planned.write().and_then(|()| send(&planned));
    if matches!(submitted, Err(SubmitError::Part { .. }) | Ok(_)) {
        return submitted.map(|jobs| (planned, jobs));
    }
    // The folder is ours, made just now, and nobody was told of it.
    let _ = fs::remove_dir_all(&planned.folder);
    submitted.map(|jobs| (planned, jobs))
}

fn send(submission: &Submission) -> Result<Vec<String>, SubmitError> {
    let mut jobs = Vec::new();
    for array in &submission.arrays {
        match said("sbatch", &array.arguments) {
            // `--parsable`: the id, and after a semicolon the cluster where there are several.
            Ok(said) => jobs.push(said.split(';').next().unwrap_or_default().to_owned()),
            Err(reason) if jobs.is_empty() => return Err(SubmitError::Nothing(reason)),
            Err(reason) => {
                let (submitted, arrays) = (jobs.len(), submission.arrays.len());
                return Err(SubmitError::Part { submitted, arrays, reason });
            }
        }
        // A hint: what it says is asked of nobody, so that it may be missing.
        let _ = write(&submission.folder.join(JOBS), (jobs.join("\n") + "\n").as_bytes());
    }
    Ok(jobs)
}

/// Folders of submissions of an experiment, in the order of their numbers.
pub(super) fn submissions(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| number_of(path).is_some());
    found.sort_by_key(|path| number_of(path));
    found
}

fn number_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.parse().ok()
}

/// What the names of a submission's arrays begin with: of the experiment, for people, and of its manifest
/// and number, which no other submission has. The first element of the array follows.
pub(super) fn prefix_of(manifest: &Manifest, submission: &Path) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let plain = |c: char| if is_plain(c) { c } else { '_' };
    let name: String = manifest.name.chars().map(plain).take(40).collect();
    let number = number_of(submission).unwrap_or(0);
    format!("{name}.{}.{number}.", &manifest.hash[..12.min(manifest.hash.len())])
}

fn cannot(action: &str, path: &Path, error: &std::io::Error) -> SubmitError {
    SubmitError::Io(format!("cannot {action} {}: {error}", path.display()))
}
