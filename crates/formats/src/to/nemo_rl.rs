//! Exporter of rankings and comparisons as ranked completions, for NeMo-RL.
//!
//! The format is what the importer `nemo-rl` reads, whose file cites its source. Trainers there
//! take the lowest rank for chosen and the highest for rejected, so that a statement all of whose
//! ranks are equal would be read as a preference: it is left out.

use crate::to::export::{
    Export, PLAIN_PROMPTS, Responses, json_lines, prompt_messages, response_messages,
};
use crate::{ExportError, ExportReport, Exporter};
use medley_dataset::Dataset;
use medley_feedback::{Comparison, Provenance, Ranking, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Writes rankings, then comparisons, as JSON lines of `context`, `completions`, `task_name`.
///
/// `rank` is the rank less 1; the source is the `task_name`. A comparison is a ranking of two.
/// Left out: statements that call all even, answers shared among several, responses to several
/// prompts, segments without text, other kinds. Without: strength, reason, who said it, context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportNemoRl {}

#[typetag::serde(name = "nemo-rl")]
impl Exporter for ExportNemoRl {
    fn summary(&self) -> &'static str {
        "rankings and comparisons as JSON lines of context and ranked completions, for NeMo-RL"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let mut lines = Vec::new();
        for ranking in export.records::<Ranking>()?.iter() {
            let Some(responses) = export.responses(&**ranking) else { continue };
            if ranking.ranks.iter().all(|&rank| rank == ranking.ranks[0]) {
                export.leave_out(&**ranking, "all are tied");
                continue;
            }
            export.wrote(&**ranking, &responses, &["source"]);
            if ranking.reason.is_some() {
                export.without("reason");
            }
            lines.push(line(&responses, &ranking.ranks, &ranking.provenance));
        }
        for comparison in export.records::<Comparison>()?.iter() {
            let Some(responses) = export.responses(&**comparison) else { continue };
            let Some(is_first) = export.winner(comparison) else { continue };
            export.wrote(&**comparison, &responses, &["source"]);
            export.without_strength_and_reason(comparison);
            let ranks = if is_first { [1, 2] } else { [2, 1] };
            lines.push(line(&responses, &ranks, &comparison.provenance));
        }
        export.leave_out_other_kinds(&[Ranking::KIND, Comparison::KIND]);
        export.report.notes.push(PLAIN_PROMPTS.into());
        export.report.notes.push("DPO in NeMo-RL takes lines of two completions only".into());
        export.finish(path, &json_lines(lines))
    }
}

fn line(responses: &Responses<'_>, ranks: &[u32], provenance: &Provenance) -> Value {
    let completions: Vec<Value> = responses
        .texts
        .iter()
        .zip(ranks)
        .map(|(text, rank)| json!({ "rank": rank - 1, "completion": response_messages(text) }))
        .collect();
    let mut line =
        json!({ "context": prompt_messages(responses.prompt), "completions": completions });
    if let Some(source) = &provenance.source {
        line["task_name"] = json!(source);
    }
    line
}
