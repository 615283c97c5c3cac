//! Arguments as clap reads them.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Learn reward models from every kind of human feedback, and measure what each is worth.
#[derive(Debug, Parser)]
#[command(name = "medley", version, about)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check an experiment: TOML, dataset, every source bound to its records under the split of
    /// every seed. Trains nothing.
    Check {
        /// The experiment's TOML file.
        experiment: PathBuf,
    },
    /// Print the runs that an experiment consists of, and which are finished.
    Plan {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder that holds the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Carry out the unfinished runs, then write tables, summary and figures.
    Run {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder that holds the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
        /// Runs at the same time, one thread each; by default one for each core.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        jobs: Option<u32>,
        /// Only the first so many seeds of the file: a quick look at less than it asks for.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        seeds: Option<u32>,
    },
    /// Draw the figures and write the summary again, from the tables alone.
    Plot {
        /// The experiment's TOML file.
        experiment: PathBuf,
        /// Folder that holds the results of all experiments.
        #[arg(long, default_value = "runs")]
        out: PathBuf,
    },
    /// Print every linked adapter, backbone, encoder, importer, exporter and exact experiment,
    /// with its options and their defaults.
    List,
    /// Turn released files into a dataset folder.
    Import {
        /// Format; `medley list` prints them. Or a TOML file with `[import.<format>]` and options.
        format: String,
        /// File or folder as released.
        source: PathBuf,
        /// Dataset folder to write.
        folder: PathBuf,
        /// What a row does that is not of the format: stop the import, or be left out and counted.
        #[arg(long, value_enum, default_value_t = BadRow::Error)]
        on_bad_row: BadRow,
    },
    /// Write the feedback of a dataset in another project's format.
    Export {
        /// Format; `medley list` prints them. Or a TOML file with `[export.<format>]` and options.
        format: String,
        /// Dataset folder.
        dataset: PathBuf,
        /// File to write.
        path: PathBuf,
    },
    /// Say what is wrong with a dataset folder: duplicates, contradictions, biases, leaks,
    /// disagreement, and records that say nothing. Exit code 1 if there is an error among it.
    Doctor(Doctor),
    /// Score every segment of a dataset with a finished run, as CSV: segment, return, sd over
    /// the members of the ensemble.
    Score {
        /// Folder of the run (`runs/<experiment>/runs/<id>`).
        run: PathBuf,
        /// Dataset folder.
        segments: PathBuf,
        /// Segments at a time. The numbers do not depend on it.
        #[arg(long, default_value_t = 1024)]
        batch_size: usize,
        /// Where to compute.
        #[arg(long, default_value = "flex")]
        device: String,
        /// File to write; standard output by default.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// What `medley doctor` examines and writes.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Dataset folder.
    pub dataset: PathBuf,
    /// File to write all findings to as JSON (`docs/DOCTOR.md` lists the fields).
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Folder to draw figures into.
    #[arg(long)]
    pub figures: Option<PathBuf>,
    /// Exit code 1 for warnings, too.
    #[arg(long)]
    pub strict: bool,
    /// An annotator with fewer labels than this has few.
    #[arg(long, default_value_t = 5)]
    pub few_labels: usize,
}

/// What a bad row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BadRow {
    /// Stop the import and write nothing.
    Error,
    /// Leave the row out and count it.
    Skip,
}
