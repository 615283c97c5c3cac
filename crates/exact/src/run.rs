//! An exact experiment to its files: the result, kept, and what is drawn from it.

use crate::{ExactError, ExactFinding, ExactOutcome, ExactSpec};
use medley_report::{write_whole, xy_figure};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What is kept: the question, so that an answer is never drawn for another one, and the answer.
#[derive(Serialize, Deserialize)]
struct Saved {
    question: String,
    outcome: ExactOutcome,
}

const RESULT: &str = "result.toml";

/// Computes an exact experiment, keeps its result and draws it. Returns the summary and the files.
///
/// # Errors
/// If an option is out of range or a file cannot be written.
pub fn run_exact(spec: &ExactSpec, folder: &Path) -> Result<(String, Vec<PathBuf>), ExactError> {
    let saved = Saved { question: toml::to_string(spec)?, outcome: spec.exact.compute()? };
    write_whole(&folder.join(RESULT), toml::to_string(&saved)?.as_bytes())?;
    draw(spec, &saved.outcome, folder)
}

/// Draws the result that [`run_exact`] kept. Computes nothing.
///
/// # Errors
/// If there is none, or one of other options, or a file cannot be written.
pub fn plot_exact(spec: &ExactSpec, folder: &Path) -> Result<(String, Vec<PathBuf>), ExactError> {
    let missing = |reason: String| ExactError::NoResult { folder: folder.to_owned(), reason };
    let text = match std::fs::read_to_string(folder.join(RESULT)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(missing("there is no result".to_owned()));
        }
        Err(error) => return Err(missing(format!("{RESULT} cannot be read ({error})"))),
    };
    let saved: Saved = toml::from_str(&text).map_err(|_| missing(format!("{RESULT} is broken")))?;
    if saved.question != toml::to_string(spec)? {
        return Err(missing("there is only a result of other options".to_owned()));
    }
    draw(spec, &saved.outcome, folder)
}

fn draw(
    spec: &ExactSpec,
    outcome: &ExactOutcome,
    folder: &Path,
) -> Result<(String, Vec<PathBuf>), ExactError> {
    let text = summary(spec, outcome);
    let summary = folder.join("summary.md");
    write_whole(&summary, text.as_bytes())?;
    let findings = folder.join("findings.json");
    write_whole(&findings, serde_json::to_string_pretty(&outcome.findings)?.as_bytes())?;
    let mut files = xy_figure(&outcome.figure)?.save(&folder.join("figures"))?;
    files.extend([summary, findings]);
    Ok((text, files))
}

fn summary(spec: &ExactSpec, outcome: &ExactOutcome) -> String {
    let mut text =
        format!("# {}\n\n| quantity | found | expected |\n| --- | --- | --- |\n", spec.name);
    for ExactFinding { quantity, found, expected } in &outcome.findings {
        let expected = expected.map_or("".to_owned(), |value| format!("{value:.4}"));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {quantity} | {found:.4} | {expected} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HiddenContext;
    use medley_toml_file::Tagged;

    fn spec(points: usize) -> ExactSpec {
        let exact: Box<dyn crate::Exact> = Box::new(HiddenContext { points });
        ExactSpec { name: "known".to_owned(), exact: Tagged::new(exact) }
    }

    #[test]
    fn a_plot_reads_the_result_and_computes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = plot_exact(&spec(10), folder.path()).unwrap_err().to_string();
        assert!(nothing.starts_with("there is no result in "), "{nothing}");
        let (summary, files) = run_exact(&spec(10), folder.path()).unwrap();
        // A number that no computation gives shows that it was read.
        let result = folder.path().join(RESULT);
        let text = std::fs::read_to_string(&result).unwrap();
        let first = text.split("found = ").nth(1).unwrap().lines().next().unwrap();
        std::fs::write(&result, text.replacen(first, "0.1234", 1)).unwrap();
        let (again, drawn) = plot_exact(&spec(10), folder.path()).unwrap();
        assert_eq!(drawn, files);
        assert!(again.contains("| 0.1234 |") && !summary.contains("0.1234"), "{again}");
        let other = plot_exact(&spec(11), folder.path()).unwrap_err().to_string();
        assert!(other.starts_with("there is only a result of other options in "), "{other}");
    }
}
