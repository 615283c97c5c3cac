//! Exporter of ratings or approvals as labels of workers, for Crowd-Kit.
//!
//! The format is what the importer `crowd-kit-labels` reads, whose file cites its source. A label
//! does not say its scale or aspect, so that one file holds one of each. Answers of nobody are left
//! out, as in `crowd-kit-pairwise`.

use crate::to::export::{Export, NAMES_ONLY, name, table};
use crate::{ExportError, ExportReport, Exporter, LabelKind};
use medley_dataset::Dataset;
use medley_feedback::{Approval, Rating, Record};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Writes CSV of `task`, `worker`, `label`.
///
/// Tasks are the names of segments. Left out: ratings of other aspects, ratings on another scale
/// than the first, approvals shared among several, answers of nobody, other kinds. Without: the
/// scale (a note says it), reason, what else is known of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportCrowdKitLabels {
    /// What is written; none: ratings if there are any, else approvals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<LabelKind>,
    /// Aspect of the ratings; none: those of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
}

#[typetag::serde(name = "crowd-kit-labels")]
impl Exporter for ExportCrowdKitLabels {
    fn summary(&self) -> &'static str {
        "ratings or approvals as CSV of task, worker, label, for Crowd-Kit"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let kind = self.kind.unwrap_or(match dataset.count(Rating::KIND) {
            0 => LabelKind::Approval,
            _ => LabelKind::Rating,
        });
        let rows = match kind {
            LabelKind::Rating => self.ratings(&mut export)?,
            LabelKind::Approval => approvals(&mut export)?,
        };
        export.leave_out_other_kinds(match kind {
            LabelKind::Rating => &[Rating::KIND],
            LabelKind::Approval => &[Approval::KIND],
        });
        export.report.notes.push(NAMES_ONLY.into());
        let bytes = table(path, ["task", "worker", "label"], rows)?;
        export.finish(path, &bytes)
    }
}

impl ExportCrowdKitLabels {
    fn ratings(&self, export: &mut Export<'_>) -> Result<Vec<[String; 3]>, ExportError> {
        let mut rows = Vec::new();
        let mut scale = None;
        for rating in export.records::<Rating>()?.iter() {
            if rating.aspect != self.aspect {
                export.leave_out(&**rating, "another aspect");
                continue;
            }
            let Some(worker) = &rating.provenance.annotator else {
                export.leave_out(&**rating, "no annotator is named");
                continue;
            };
            if *scale.get_or_insert(rating.scale) != rating.scale {
                export.leave_out(&**rating, "another scale than the first");
                continue;
            }
            export.wrote_named(&**rating, &["annotator"]);
            if rating.reason.is_some() {
                export.without("reason");
            }
            rows.push([name(&rating.segment), worker.0.clone(), rating.value.to_string()]);
        }
        if let Some(scale) = scale {
            let levels = scale.levels.unwrap_or(0);
            export.report.notes.push(format!(
                "the scale is not written; to import again: low = {}, high = {}, levels = {levels}",
                scale.low, scale.high
            ));
        }
        Ok(rows)
    }
}

fn approvals(export: &mut Export<'_>) -> Result<Vec<[String; 3]>, ExportError> {
    let mut rows = Vec::new();
    for approval in export.records::<Approval>()?.iter() {
        let Some(label) = export.thumb(approval) else { continue };
        let Some(worker) = &approval.provenance.annotator else {
            export.leave_out(&**approval, "no annotator is named");
            continue;
        };
        export.wrote_named(&**approval, &["annotator"]);
        if approval.reason.is_some() {
            export.without("reason");
        }
        rows.push([name(&approval.segment), worker.0.clone(), u8::from(label).to_string()]);
    }
    Ok(rows)
}
