//! Exporter of comparisons as pairs of a chosen and a rejected response, for TRL.
//!
//! The format is what the importer `trl-preference` reads, whose file cites its source.

use crate::to::export::{Columns, Export, json_lines, reads_as_messages};
use crate::{ExportError, ExportReport, Exporter};
use medley_dataset::Dataset;
use medley_feedback::{Comparison, Record};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// Writes comparisons as JSON lines of `prompt`, `chosen`, `rejected`.
///
/// If some prompt or response is rendered messages ("role: content" turns), all are messages, and a plain
/// prompt is one of the user; else they are texts. Left out: ties, answers shared among several, responses to several prompts, segments
/// without text, other kinds. Without: which was shown first, strength, reason, who said it,
/// context. A strength is not written as `margin`, since TRL would take the grade for a difference
/// of rewards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportTrlPreference {}

#[typetag::serde(name = "trl-preference")]
impl Exporter for ExportTrlPreference {
    fn summary(&self) -> &'static str {
        "comparisons as JSON lines of prompt, chosen, rejected, for TRL"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let mut pairs = Vec::new();
        for comparison in export.records::<Comparison>()?.iter() {
            let Some(responses) = export.responses(&**comparison) else { continue };
            let Some(is_first) = export.winner(comparison) else { continue };
            let [first, second] = responses.texts[..] else { continue };
            if responses.texts.iter().copied().chain(responses.prompt).any(reads_as_messages) {
                export.leave_out(&**comparison, "a text that would be read as messages");
                continue;
            }
            export.wrote(&**comparison, &responses, &[]);
            export.without_strength_and_reason(comparison);
            let (chosen, rejected) = if is_first { (first, second) } else { (second, first) };
            pairs.push((responses.prompt, chosen, rejected));
        }
        export.leave_out_other_kinds(&[Comparison::KIND]);
        let columns =
            Columns::of(pairs.iter().map(|(prompt, one, other)| (*prompt, vec![*one, *other])));
        export.report.notes.push(columns.note().into());
        export.report.notes.push("which response was shown first is not written".into());
        let lines = pairs.iter().map(|(prompt, chosen, rejected)| {
            json!({
                "prompt": columns.prompt(*prompt),
                "chosen": columns.response(chosen),
                "rejected": columns.response(rejected),
            })
        });
        export.finish(path, &json_lines(lines))
    }
}
