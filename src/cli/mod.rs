//! The command line: one verb per stage from TOML to figure.

mod arguments;
mod commands;
mod compare;
mod cover;
mod doctor;
mod elsewhere;
mod export;
mod found;
mod import;
mod init;
mod interrupt;
mod listing;
mod man;
mod mapping_error;
mod merge;
mod names;
mod optimize;
mod people;
mod progress;
mod report;
mod said;
mod schema;
mod settings;
mod simulate;
mod status;
mod tensorboard;
mod worker;

use arguments::{Arguments, Json};
use clap::Parser;
use medley_plan::PlanError;
use medley_run::RunError;
use medley_saved_model::SavedModelError;
use medley_toml_file::SpecError;
use std::process::ExitCode;

/// Runs the command line on the arguments of the process.
///
/// Exit code 0: success; 1: the input is invalid, a run failed or a check found an error; 2: wrong
/// arguments (from clap); 75: a worker that has left runs to do; 130: interrupted.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misspoken(&error),
    };
    let as_json = arguments.json == Json::Said;
    if arguments.quiet {
        said::be_quiet();
    }
    let ended = commands::dispatch(&arguments).and_then(|said| said.print(as_json));
    ended.unwrap_or_else(|error| {
        report(error, as_json);
        ExitCode::FAILURE
    })
}

/// Arguments that clap does not take, or asks for what only clap can say (`--help`, `--version`).
fn misspoken(error: &clap::Error) -> ExitCode {
    let asks_for_json = std::env::args_os().take_while(|it| it != "--").any(|it| it == "--json");
    if asks_for_json && error.use_stderr() {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let _ = said::print(&format!("{}\n", said::error_json(first, None)));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// An error and its causes, less the causes that its message already tells.
fn told_once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told {
        told if told.is_empty() => cause,
        told if told.contains(&cause) => told,
        told => format!("{told}: {cause}"),
    })
}

/// Prints an error once, with the lines of the file that it is about where there are some; as JSON, on
/// standard output, too if that was asked for.
fn report(error: anyhow::Error, as_json: bool) {
    let (message, spec) = match in_a_file(error) {
        Ok(spec) => (spec.message.clone(), Some(spec)),
        Err(other) => (told_once(&other), None),
    };
    if as_json {
        // Whatever keeps it from being printed, the error itself is on standard error.
        let _ = said::print(&format!("{}\n", said::error_json(&message, spec.as_deref())));
    }
    match spec {
        Some(spec) => {
            let place = format!("{}:{}:{}", spec.file, spec.line, spec.column);
            eprintln!("error: {place}: {message}");
            eprint!("{}", pictured(*spec));
        }
        None => eprintln!("error: {message}"),
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
