//! What did another program say?
//!
//! A scheduler is driven by its own commands: they are on every machine from which its users submit,
//! and they outlive the versions of its library.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// Why another program gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// It is not there.
    #[error(
        "there is no `{program}` on this machine: expected the commands of the scheduler in PATH"
    )]
    Absent {
        /// Its name.
        program: String,
    },
    /// It cannot be started.
    #[error("cannot run `{program}`: {reason}")]
    Unable {
        /// Its name.
        program: String,
        /// What the system said.
        reason: String,
    },
    /// It refused.
    #[error("`{program}` refused ({status}): {said}")]
    Refused {
        /// Its name.
        program: String,
        /// How it ended.
        status: String,
        /// What it said.
        said: String,
    },
}

/// What `program` prints when it succeeds.
pub(crate) fn said<S: AsRef<OsStr>>(
    program: &str,
    arguments: &[S],
) -> Result<String, CommandError> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => CommandError::Absent { program: program.to_owned() },
        _ => CommandError::Unable { program: program.to_owned(), reason: error.to_string() },
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = [text(&output.stderr), text(&output.stdout)];
    let said = said.into_iter().find(|said| !said.is_empty());
    Err(CommandError::Refused {
        program: program.to_owned(),
        status: output.status.to_string(),
        said: said.unwrap_or_else(|| "it said nothing".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_or_refuses_says_so() {
        let absent = said("medley-no-such-program", &[""; 0]).unwrap_err().to_string();
        assert!(
            absent.starts_with("there is no `medley-no-such-program` on this machine"),
            "{absent}"
        );
        let refused = said("sh", &["-c", "echo no queue >&2; exit 3"]).unwrap_err().to_string();
        assert_eq!(refused, "`sh` refused (exit status: 3): no queue");
        let silent = said("sh", &["-c", "exit 3"]).unwrap_err().to_string();
        assert_eq!(silent, "`sh` refused (exit status: 3): it said nothing");
        assert_eq!(said("echo", &["a", "b"]).unwrap(), "a b");
    }
}
