//! Exporter of approvals as single responses that are wanted or not, for TRL.
//!
//! The format is what the importer `trl-unpaired` reads, whose file cites its source.

use crate::to::export::{Columns, Export, json_lines, reads_as_messages};
use crate::{ExportError, ExportReport, Exporter};
use medley_dataset::Dataset;
use medley_feedback::{Approval, Record};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// Writes approvals as JSON lines of `prompt`, `completion`, `label`.
///
/// If some prompt or completion is rendered messages, all are messages, and a plain prompt is one of the user;
/// else they are texts.
/// Left out: approvals shared among several, segments without text, other kinds. Without: reason,
/// who said it, context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportTrlUnpaired {}

#[typetag::serde(name = "trl-unpaired")]
impl Exporter for ExportTrlUnpaired {
    fn summary(&self) -> &'static str {
        "approvals as JSON lines of prompt, completion, label, for TRL (KTO, BCO)"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let mut rows = Vec::new();
        for approval in export.records::<Approval>()?.iter() {
            let Some(responses) = export.responses(&**approval) else { continue };
            let Some(label) = export.thumb(approval) else { continue };
            let [text] = responses.texts[..] else { continue };
            if responses.texts.iter().copied().chain(responses.prompt).any(reads_as_messages) {
                export.leave_out(&**approval, "a text that would be read as messages");
                continue;
            }
            export.wrote(&**approval, &responses, &[]);
            if approval.reason.is_some() {
                export.without("reason");
            }
            rows.push((responses.prompt, text, label));
        }
        export.leave_out_other_kinds(&[Approval::KIND]);
        let columns = Columns::of(rows.iter().map(|(prompt, text, _)| (*prompt, vec![*text])));
        export.report.notes.push(columns.note().into());
        let lines = rows.iter().map(|(prompt, text, label)| {
            json!({
                "prompt": columns.prompt(*prompt),
                "completion": columns.response(text),
                "label": label,
            })
        });
        export.finish(path, &json_lines(lines))
    }
}
