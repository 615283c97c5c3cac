//! The command line: one verb per stage from TOML to figure.

mod arguments;
mod commands;
mod doctor;
mod export;
mod import;
mod listing;
mod progress;

use arguments::Arguments;
use clap::Parser;
use medley_experiment::ExperimentError;
use std::process::ExitCode;

/// Runs the command line on the arguments of the process.
///
/// Exit code 0: success; 1: the input is invalid or a run failed; 2: wrong arguments (from clap).
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match commands::dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            report(error);
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, less the causes that its message already tells.
fn told_once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told {
        told if told.is_empty() => cause,
        told if told.contains(&cause) => told,
        told => format!("{told}: {cause}"),
    })
}

/// Prints an error once: with the place in the file where there is one.
fn report(error: anyhow::Error) {
    match error.downcast::<ExperimentError>() {
        Ok(ExperimentError::Parse(spec)) => {
            let place = format!("{}:{}:{}", spec.file, spec.line, spec.column);
            eprintln!("error: {place}: {}", spec.message);
            eprintln!("{:?}", miette::Report::new(*spec));
        }
        Ok(other) => eprintln!("error: {other}"),
        Err(other) => eprintln!("error: {}", told_once(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_cause_is_told_once() {
        let inner = || std::io::Error::other("no space");
        let outer = Err::<(), _>(inner()).context("cannot write: no space").unwrap_err();
        assert_eq!(told_once(&outer), "cannot write: no space");
        let apart = Err::<(), _>(inner()).context("cannot write").unwrap_err();
        assert_eq!(told_once(&apart), "cannot write: no space");
    }
}
