//! An exact experiment to its files: the result, kept, and what is drawn from it.

use crate::{ExactError, ExactFinding, ExactOutcome, ExactSpec};
use medley_report::{Figure, write_whole, xy_figure};
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
/// If an option has no answer, the outcome cannot be drawn, or a file cannot be written.
pub fn run_exact(spec: &ExactSpec, folder: &Path) -> Result<(String, Vec<PathBuf>), ExactError> {
    spec.check()?;
    let saved = Saved { question: toml::to_string(spec)?, outcome: spec.exact.compute()? };
    // Before anything is written: no folder holds half a result.
    let shown = Shown::of(spec, &saved.outcome)?;
    write_whole(&folder.join(RESULT), toml::to_string(&saved)?.as_bytes())?;
    shown.write(folder)
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
    Shown::of(spec, &saved.outcome)?.write(folder)
}

/// What is shown of an outcome.
struct Shown {
    summary: String,
    findings: String,
    figure: Figure,
}

impl Shown {
    fn of(spec: &ExactSpec, outcome: &ExactOutcome) -> Result<Self, ExactError> {
        Ok(Self {
            summary: summary(spec, outcome),
            findings: serde_json::to_string_pretty(&outcome.findings)?,
            figure: xy_figure(&outcome.figure)?,
        })
    }

    fn write(self, folder: &Path) -> Result<(String, Vec<PathBuf>), ExactError> {
        let summary = folder.join("summary.md");
        write_whole(&summary, self.summary.as_bytes())?;
        let findings = folder.join("findings.json");
        write_whole(&findings, self.findings.as_bytes())?;
        let mut files = self.figure.save(&folder.join("figures"))?;
        files.extend([summary, findings]);
        Ok((self.summary, files))
    }
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
    use crate::{Exact, HiddenContext};
    use medley_report::XyFigure;
    use medley_toml_file::Tagged;

    fn asking(exact: impl Exact + 'static) -> ExactSpec {
        let exact: Box<dyn Exact> = Box::new(exact);
        ExactSpec { name: "known".to_owned(), exact: Tagged::new(exact) }
    }

    fn spec(points: usize) -> ExactSpec {
        asking(HiddenContext { points })
    }

    /// An answer of which nothing can be drawn.
    #[derive(Debug, Serialize, Deserialize)]
    struct NothingToDraw {}

    #[typetag::serde(name = "nothing-to-draw")]
    impl Exact for NothingToDraw {
        fn compute(&self) -> Result<ExactOutcome, ExactError> {
            let figure = XyFigure { name: "nothing".to_owned(), ..XyFigure::default() };
            Ok(ExactOutcome { findings: Vec::new(), figure })
        }

        fn summary(&self) -> &'static str {
            "for a test"
        }
    }

    #[test]
    fn what_cannot_be_answered_or_drawn_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("known");
        let error = run_exact(&spec(0), &into).unwrap_err().to_string();
        assert!(error.starts_with("`exact.hidden-context.points`: "), "{error}");
        let error = run_exact(&asking(NothingToDraw {}), &into).unwrap_err().to_string();
        assert_eq!(error, "nothing to draw: nothing has no finite point");
        assert!(!into.exists());
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
