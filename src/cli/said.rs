//! What does a verb say: text for a person, or one JSON value for a program?
//!
//! A verb returns both and knows no flag; what is printed is decided here alone. Notes on the way go to
//! standard error ([`note`]), which `--quiet` silences; `docs/CLI.md` states what each verb's JSON holds.

use anyhow::Context;
use medley_toml_file::SpecError;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// The end of a verb that got there.
pub(super) struct Said {
    text: String,
    json: Value,
    code: u8,
}

impl Said {
    /// The same thing twice, and exit code 0.
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, code: 0 }
    }

    /// With another exit code (`docs/CLI.md` lists them).
    pub(super) fn ending(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// With text of an earlier step before its own.
    pub(super) fn after(self, text: &str) -> Self {
        Self { text: text.to_owned() + &self.text, ..self }
    }

    /// Prints the one or the other to standard output.
    ///
    /// # Errors
    /// Standard output takes nothing. A closed pipe (`medley list | head`) is no error.
    pub(super) fn print(&self, as_json: bool) -> anyhow::Result<ExitCode> {
        match as_json {
            true => print(&format!("{}\n", self.json))?,
            false => print(&self.text)?,
        }
        Ok(ExitCode::from(self.code))
    }
}

/// What `--json` says of an error: the file and the place if it is about one.
pub(super) fn error_json(message: &str, place: Option<&SpecError>) -> Value {
    json!({ "error": {
        "message": message,
        "file": place.map(|place| &place.file),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "help": place.and_then(|place| place.help.as_ref()),
    } })
}

pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on there are no notes and no progress bars: `--quiet`.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Tells, on standard error, what is no result and no error; a line, or nothing if the text is empty.
pub(super) fn note(text: &str) {
    if !is_quiet() && !text.is_empty() {
        eprintln!("{}", text.trim_end_matches('\n'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn an_error_has_the_same_keys_whether_or_not_it_has_a_place() {
        let place = SpecError::new(Path::new("a.toml"), "x = 1\ny = 2\n", 6..7, "wrong".to_owned());
        let keys = |value: &Value| {
            let keys = value["error"].as_object().unwrap().keys();
            keys.cloned().collect::<Vec<_>>()
        };
        let (with, without) = (error_json("wrong", Some(&place)), error_json("wrong", None));
        assert_eq!(keys(&with), ["message", "file", "line", "column", "help"]);
        assert_eq!(keys(&with), keys(&without));
        assert_eq!((&with["error"]["line"], &with["error"]["column"]), (&json!(2), &json!(1)));
        assert!(without["error"]["file"].is_null());
    }
}
