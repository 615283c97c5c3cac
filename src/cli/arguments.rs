//! Arguments as clap reads them.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use medley_cluster::On;
use medley_formats::EmptyTexts;
use std::path::PathBuf;

/// Exit codes, as `docs/CLI.md` has them.
const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the input is invalid, a run failed, or a check found an error
  2    wrong arguments
  75   medley worker: not all runs are there, none failed, the same command goes on
  130  interrupted: runs under way left a checkpoint, and the same command resumes";

/// Learn reward models from every kind of human feedback, and measure what each is worth.
#[derive(Debug, Parser)]
#[command(name = "medley", version, about, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print results as one JSON value (docs/CLI.md says what it holds), errors too.
    #[arg(long, global = true, action = ArgAction::SetTrue, value_parser = said)]
    #[arg(help_heading = "Every verb")]
    pub json: Json,
    /// Print nothing but results and errors: no notes, no progress.
    #[arg(long, global = true, help_heading = "Every verb")]
    pub quiet: bool,
}

/// What `--json` asks for. It has one type everywhere, since `medley doctor` gave it a file before it
/// was an option of every verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    No,
    /// That results are printed as JSON.
    Said,
    /// That findings are written to this file.
    File(PathBuf),
}

fn said(flag: &str) -> Result<Json, String> {
    Ok(if flag == "true" { Json::Said } else { Json::No })
}

fn file(text: &str) -> Result<Json, String> {
    Ok(if text == "-" { Json::Said } else { Json::File(text.into()) })
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at a file of feedback and write a mapping and an experiment for it, as far as names and
    /// values of its columns tell what they mean. Imports nothing and replaces no file. Without a
    /// file: an experiment with every key explained.
    Init {
        /// File to look at: JSON lines, CSV, TSV, Parquet, Arrow, packed or not, or episodes in HDF5.
        /// Several files, a folder or an archive: one table in pieces, or text files whose lines
        /// belong together.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Folder to write into.
        #[arg(long, default_value = ".")]
        out: PathBuf,
        #[command(flatten)]
        reading: ReadingOptions,
    },
    /// Check an experiment: its TOML, its dataset, and that every source fits its records under the
    /// split of every seed. Trains nothing, but with `--agreement`.
    Check {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Also fit each source alone, under the first split, and print how well its reward predicts
        /// every other: which sources speak of the same thing, before they are mixed.
        #[arg(long)]
        agreement: bool,
    },
    /// List the runs of an experiment and which of them are finished, and how many there are.
    Plan {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Also say how long those that are not finished take at most, and how much memory: an epoch of some of
        /// them is trained.
        #[arg(long)]
        estimate: bool,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Run whatever is missing, then write tables, summary and figures. If it is interrupted, the
    /// same command resumes.
    Run {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
        /// Number of runs in parallel, one thread each; by default one per core.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        jobs: Option<u32>,
        /// Use only the first N seeds of the file, for a quick look.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        seeds: Option<u32>,
        /// Folder for event files that TensorBoard shows while runs go on: a folder for each run, with
        /// log-likelihoods and rationalities of each source by step.
        #[arg(long, value_name = "FOLDER")]
        tensorboard: Option<PathBuf>,
        /// Start no further run after one has failed. By default a failed run is a row with its error, and
        /// the others go on.
        #[arg(long)]
        fail_fast: bool,
        #[command(flatten)]
        elsewhere: Elsewhere,
    },
    /// Run, or submit, whatever is missing and neither queued nor under way: the same as `run`.
    Resume {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
        /// Number of runs in parallel, one thread each; by default one per core.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        jobs: Option<u32>,
        /// Use only the first N seeds of the file.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        seeds: Option<u32>,
        #[command(flatten)]
        elsewhere: Elsewhere,
    },
    /// Carry out the runs of one element of a manifest, whatever scheduler starts it (docs/CLUSTERS.md).
    /// Runs that are done are left as they are, and runs that another process has are left to it. Exit
    /// code 0: all are there; 1: some failed; 75: some are not there yet, since the worker was asked to
    /// stop (USR1, TERM; there are checkpoints) or another process has them.
    Worker(Worker),
    /// Say how the runs of an experiment stand: finished, running and where, lost, failed and why, to do, and
    /// about how long the rest takes.
    Status {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Print what happened to a run, and when.
    Log {
        /// Id of the run, or the beginning of it, or its folder.
        run: String,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Redraw the figures and rewrite the summary from the tables. Trains nothing.
    Plot {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Write the report of an experiment: one HTML page that stands by itself, its tables as LaTeX and CSV,
    /// and whom to cite. Trains nothing.
    Report {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
        /// Also write each figure as PDF, beside its SVG and PNG.
        #[arg(long)]
        pdf: bool,
    },
    /// Compare two experiments, two versions of one, or two settings of a sweep, by pairs of runs with the same
    /// mix, seed and held-out statements. Trains nothing.
    Compare(Compare),
    /// List every adapter, backbone, mixing, inference, encoder, importer, exporter and exact
    /// experiment of this build, with options and defaults.
    List {
        /// List only this: a section (`importers`) or one entry (`adapter.rating`, `columns`).
        name: Option<String>,
    },
    /// Print the JSON schema of a TOML file, by which editors complete and check it (docs/EDITORS.md). It
    /// holds every implementation of this build.
    Schema {
        /// What the file is.
        #[arg(value_enum, default_value_t = SchemaOf::Experiment)]
        of: SchemaOf,
    },
    /// Turn released files into a dataset folder.
    Import {
        /// Name of a format (see `medley list`), or a TOML file with `[import.<format>]` and
        /// options.
        format: String,
        /// File or folder as released; several become one dataset.
        #[arg(required = true, value_name = "SOURCE")]
        sources: Vec<PathBuf>,
        /// Dataset folder to write.
        folder: PathBuf,
        /// What to do with a row that does not fit the format.
        #[arg(long, value_enum, default_value_t = BadRow::Error)]
        on_bad_row: BadRow,
        #[command(flatten)]
        reading: ReadingOptions,
    },
    /// Let simulated people answer questions about a world whose reward is known, or about a dataset with
    /// true rewards, and write what they say as a dataset folder.
    Simulate {
        /// TOML file with a table `[simulation]` (docs/PEOPLE.md).
        file: PathBuf,
        /// Dataset folder to write; nothing may be there yet.
        #[arg(long)]
        out: PathBuf,
        /// Names every random stream: the same seed gives the same dataset.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Whose preferences does a dataset hold? Who gave the feedback, how far they agree, whether models of
    /// their values tell more than models of noise, what rules of aggregation choose, and whom that serves.
    People {
        /// Dataset folder whose feedback names people.
        dataset: PathBuf,
        /// Columns of people whose groups are reported on; by default all with 2 to 12 labels.
        #[arg(long, value_delimiter = ',')]
        groups: Vec<String>,
        /// Columns of people that were derived from the feedback itself.
        #[arg(long, value_delimiter = ',')]
        derived: Vec<String>,
        /// Folder for the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Make one dataset of several, over the same or over different segments.
    Merge {
        /// Dataset folder to write; nothing may be there yet.
        folder: PathBuf,
        /// Dataset folders, in the order in which they come together.
        #[arg(required = true, num_args = 2.., value_name = "DATASET")]
        datasets: Vec<PathBuf>,
        /// What the same name of a person in two datasets means: the same person, or two, whose
        /// names then begin with that of their dataset. Needed only where there is such a name.
        #[arg(long, value_enum)]
        people: Option<SameName>,
    },
    /// Write the feedback of a dataset in another project's format.
    Export {
        /// Name of a format (see `medley list`), or a TOML file with `[export.<format>]` and
        /// options.
        format: String,
        /// Dataset folder.
        dataset: PathBuf,
        /// File to write.
        path: PathBuf,
        /// Replace the file if it is there.
        #[arg(long)]
        force: bool,
    },
    /// Report problems of a dataset folder: duplicates, contradictions, preference cycles, biases,
    /// leaks, disagreement, empty records. Exit code 1 if any of them is an error.
    Doctor(Doctor),
    /// Print completions for a shell: `source <(medley completions bash)`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual, for `man -l -`.
    Man {
        /// Folder to write the page and one for each verb into instead.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Find the policy that is best for a learned reward in a world whose true reward is known, and say
    /// what it is truly worth. If it is interrupted, the same command resumes.
    Optimize(Optimize),
    /// Score every segment of a dataset with a finished run, as CSV: segment, return, standard
    /// deviation over the members of the ensemble.
    Score {
        /// Folder of the run (`runs/<experiment>/runs/<id>`).
        run: PathBuf,
        /// Dataset folder.
        segments: PathBuf,
        /// Source whose own reward to score by, if the run's mixing gives sources their own; the
        /// reward for all by default.
        #[arg(long = "for", value_name = "SOURCE")]
        source: Option<String>,
        /// Segments per batch. The numbers do not depend on it.
        #[arg(long, default_value_t = 1024)]
        batch_size: usize,
        /// Device to compute on.
        #[arg(long, default_value = "flex")]
        device: String,
        /// File to write; standard output by default.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Where runs are carried out; what is not said is as `[execution]` has it.
#[derive(Clone, Debug, Default, Args)]
pub struct Elsewhere {
    /// Where: `local`, `slurm` (as job arrays), or `manifest` (by whoever starts `medley worker` on each
    /// element of the manifest that is written).
    #[arg(long, value_name = "WHERE")]
    pub on: Option<On>,
    /// Slurm: partition.
    #[arg(long)]
    pub partition: Option<String>,
    /// Slurm: most time of an element, as minutes or [days-]hours:minutes:seconds.
    #[arg(long)]
    pub time: Option<String>,
    /// Slurm: memory of an element, as `2G`.
    #[arg(long)]
    pub mem: Option<String>,
    /// Slurm: cores of an element, and runs that it carries out at the same time.
    #[arg(long)]
    pub cpus: Option<u32>,
    /// Slurm: most elements at the same time.
    #[arg(long)]
    pub parallel: Option<u32>,
    /// Runs of an element.
    #[arg(long, value_name = "RUNS")]
    pub chunk: Option<u32>,
    /// Slurm: seconds before the end of its time at which an element writes a checkpoint and is queued
    /// again.
    #[arg(long, value_name = "SECS")]
    pub warning_secs: Option<u32>,
    /// Slurm: a further argument of `sbatch`; may be said several times.
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    pub sbatch_arg: Vec<String>,
    /// Print what would be submitted, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Wait until nothing is queued any more, then write tables, summary and figures.
    #[arg(long)]
    pub wait: bool,
}

/// Arguments of `medley worker`.
#[derive(Debug, Args)]
pub struct Worker {
    /// The manifest that `medley run --on slurm` or `--on manifest` wrote.
    #[arg(long)]
    pub manifest: PathBuf,
    /// Number of the element, from 0.
    #[arg(long)]
    pub index: usize,
    /// Number of runs in parallel, one thread each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: u32,
}

/// How files are read, whatever their format; also keys beside the format's own in `[import]`.
#[derive(Clone, Debug, Default, Args)]
pub struct ReadingOptions {
    /// Whether cells of CSV and TSV may stand between quotation marks (false: a quotation mark is a
    /// character); by default as the format and the file have it.
    #[arg(long, value_name = "true|false")]
    pub quoted: Option<bool>,
    /// File to read in a tar archive of several.
    #[arg(long)]
    pub member: Option<String>,
    /// Key of the list that holds the rows of a JSON object.
    #[arg(long, value_name = "KEY")]
    pub rows: Option<String>,
    /// What to do with an answer without a word: `refuse` (as the format has it: an error, or left out
    /// and counted) or `keep`, as one step without words.
    #[arg(long, value_name = "refuse|keep", value_parser = empty_texts)]
    pub empty: Option<EmptyTexts>,
}

fn empty_texts(text: &str) -> Result<EmptyTexts, String> {
    match text {
        "refuse" => Ok(EmptyTexts::Refuse),
        "keep" => Ok(EmptyTexts::Keep),
        other => Err(format!("expected `refuse` or `keep`, found `{other}`")),
    }
}

/// Arguments of `medley compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// TOML file of an experiment, or a folder of results (`runs/<name>`).
    pub first: PathBuf,
    /// What is compared with it; the same experiment if only settings differ.
    pub second: Option<PathBuf>,
    /// Only runs of this setting of the first, as tables have it: `training.learning-rate = 0.01`.
    #[arg(long, requires = "against")]
    pub setting: Option<String>,
    /// Only runs of this setting of the second.
    #[arg(long, requires = "setting")]
    pub against: Option<String>,
    /// Folder with the results of experiments that are named by their TOML file.
    #[arg(long, default_value = "runs")]
    pub runs: PathBuf,
    /// Folder to write text, tables and figures into.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Arguments of `medley doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Dataset folder.
    pub dataset: PathBuf,
    /// File to write all findings to as JSON (`docs/DOCTOR.md` lists the fields); without a file, or for
    /// `-`, they are printed.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_parser = file)]
    pub json: Option<Json>,
    /// Folder to draw figures into.
    #[arg(long)]
    pub figures: Option<PathBuf>,
    /// Exit with code 1 for warnings too.
    #[arg(long)]
    pub strict: bool,
    /// Report annotators with fewer labels than this.
    #[arg(long, default_value_t = 5)]
    pub few_labels: usize,
}

/// Arguments of `medley optimize`.
#[derive(Debug, Args)]
pub struct Optimize {
    /// Folders of runs (`runs/<experiment>/runs/<id>`) or of saved models; `true` is the reward that the
    /// world pays. May be left out where the file of the world has `[[rewards]]`.
    #[arg(value_name = "REWARD")]
    pub rewards: Vec<PathBuf>,
    /// Name of a world, or a TOML file with `[world.<name>]` and options (`docs/POLICIES.md`).
    #[arg(required = true)]
    pub world: String,
    /// How; by default exactly if the world is a table, else by PPO.
    #[arg(long, value_enum)]
    pub method: Option<Method>,
    /// What a nat of divergence from the first policy costs, in units of the reward that is optimized.
    #[arg(long)]
    pub kl: Option<f64>,
    /// Use only the first N seeds; there are five if the file does not say.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub seeds: Option<u32>,
    /// Source whose own reward to optimize, if a run's mixing gives sources their own; the reward for
    /// all by default.
    #[arg(long = "for", value_name = "SOURCE")]
    pub source: Option<String>,
    /// Number of policies that learn in parallel, one thread each; by default one per core.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// Device to compute on.
    #[arg(long, default_value = "flex")]
    pub device: String,
    /// Folder for policies, tables and the figure.
    #[arg(long, default_value = "optimized")]
    pub out: PathBuf,
}

/// How a reward is optimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Exactly, by value iteration, where the world is a table.
    Tabular,
    /// By proximal policy optimization.
    Ppo,
    /// As the best of n episodes of the policy that takes all actions alike.
    BestOfN,
}

/// TOML files that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// An experiment on a dataset.
    Experiment,
    /// A simulation, for `medley simulate`.
    Simulation,
    /// A study of people.
    Study,
    /// An exact experiment.
    Exact,
    /// A mapping, for `medley import`.
    Import,
    /// A world, for `medley optimize`.
    World,
}

/// What the same name of a person in two datasets means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SameName {
    /// One person.
    Same,
    /// Two persons.
    Apart,
}

/// What to do with a bad row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BadRow {
    /// Stop the import and write nothing.
    Error,
    /// Skip the row and count it.
    Skip,
}
