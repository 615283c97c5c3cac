//! The command line: one verb per stage from TOML to figure.

mod arguments;
mod commands;
mod compare;
mod cover;
mod doctor;
mod elsewhere;
mod export;
mod import;
mod init;
mod interrupt;
mod listing;
mod mapping_error;
mod merge;
mod names;
mod optimize;
mod people;
mod progress;
mod report;
mod settings;
mod simulate;
mod status;
mod worker;

use arguments::Arguments;
use clap::Parser;
use medley_plan::PlanError;
use medley_run::RunError;
use medley_saved_model::SavedModelError;
use medley_toml_file::SpecError;
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

/// Prints an error once, with the lines of the file that it is about where there are some.
fn report(error: anyhow::Error) {
    match in_a_file(error) {
        Ok(spec) => {
            let place = format!("{}:{}:{}", spec.file, spec.line, spec.column);
            eprintln!("error: {place}: {}", spec.message);
            eprint!("{}", pictured(*spec));
        }
        Err(other) => eprintln!("error: {}", told_once(&other)),
    }
}

/// The lines of the file, marked, and what may have been meant; without the message, which stands above.
fn pictured(spec: SpecError) -> String {
    let frame = format!("[{}:", spec.file);
    let drawn = format!("{:?}", miette::Report::new(spec));
    let lines = drawn.lines().skip_while(|line| !line.contains(&frame));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The mistake in a TOML file that an error is about, if it is about one.
fn in_a_file(error: anyhow::Error) -> Result<Box<SpecError>, anyhow::Error> {
    let error = match error.downcast::<PlanError>() {
        Ok(PlanError::Parse(spec)) => return Ok(spec),
        Ok(other) => other.into(),
        Err(error) => error,
    };
    let error = match error.downcast::<RunError>() {
        Ok(RunError::Plan(PlanError::Parse(spec))) => return Ok(spec),
        Ok(other) => other.into(),
        Err(error) => error,
    };
    match error.downcast::<SavedModelError>() {
        Ok(SavedModelError::Parse(spec)) => Ok(spec),
        Ok(other) => Err(other.into()),
        Err(error) => error.downcast::<Box<SpecError>>(),
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
