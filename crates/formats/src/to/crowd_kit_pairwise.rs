//! Exporter of comparisons as pairwise answers of workers, for Crowd-Kit.
//!
//! The format is what the importer `crowd-kit-pairwise` reads, whose file cites its source.
//! Aggregators there number workers, and number a missing one like the last of them: so answers of
//! nobody are left out.

use crate::to::export::{Export, NAMES_ONLY, name, table};
use crate::{ExportError, ExportReport, Exporter};
use medley_dataset::Dataset;
use medley_feedback::{Comparison, Record};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Writes comparisons as CSV of `worker`, `left`, `right`, `label`, the winner.
///
/// Items are the names of segments. Left out: ties, answers shared among several, answers of
/// nobody, other kinds. Without: strength, reason, what else is known of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportCrowdKitPairwise {}

#[typetag::serde(name = "crowd-kit-pairwise")]
impl Exporter for ExportCrowdKitPairwise {
    fn summary(&self) -> &'static str {
        "comparisons as CSV of worker, left, right, label, for Crowd-Kit"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let mut rows = Vec::new();
        for comparison in export.records::<Comparison>()?.iter() {
            let Some(is_first) = export.winner(comparison) else { continue };
            let Some(worker) = &comparison.provenance.annotator else {
                export.leave_out(&**comparison, "no annotator is named");
                continue;
            };
            export.wrote_named(&**comparison, &["annotator"]);
            export.without_strength_and_reason(comparison);
            let (left, right) = (name(&comparison.first), name(&comparison.second));
            let label = if is_first { left.clone() } else { right.clone() };
            rows.push([worker.0.clone(), left, right, label]);
        }
        export.leave_out_other_kinds(&[Comparison::KIND]);
        export.report.notes.push(NAMES_ONLY.into());
        let bytes = table(path, ["worker", "left", "right", "label"], rows)?;
        export.finish(path, &bytes)
    }
}
