//! Exporter of comparisons and approvals as feedback files of HALOs.
//!
//! The format is what the importer `halos` reads, whose file cites its source. The loader there
//! groups objects by prompt and takes the type of the first for all, merges responses of the same
//! text, wants rewards, and passes over objects whose split is not the one asked for.

use crate::to::export::{Export, PLAIN_PROMPTS, Responses, prompt_messages, response_messages};
use crate::{ExportError, ExportReport, Exporter};
use medley_dataset::Dataset;
use medley_feedback::{Approval, Comparison, Provenance, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Writes a JSON array: comparisons as "pairwise_feedback" (A is the first), then approvals as
/// "binary_feedback".
///
/// `prompt_id` is the name of the group. A reward is the label, 0 or 1: the loader uses it only to
/// pick the response to fine-tune on. A source "train" or "test" is the `split`; any other would
/// hide the object from the loader. Left out: ties, answers shared among several, pairs of
/// identical texts, approvals of responses to a prompt that has comparisons, responses to several
/// prompts, segments without text, other kinds. Without: strength, reason, who said it, context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportHalos {}

#[typetag::serde(name = "halos")]
impl Exporter for ExportHalos {
    fn summary(&self) -> &'static str {
        "comparisons and approvals as a JSON array of pairwise_feedback and binary_feedback, for \
         HALOs"
    }

    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError> {
        let mut export = Export::new(dataset);
        let mut objects = Vec::new();
        let mut compared = BTreeSet::new();
        for comparison in export.records::<Comparison>()?.iter() {
            let Some(responses) = export.responses(&**comparison) else { continue };
            let Some(is_first) = export.winner(comparison) else { continue };
            let [a, b] = responses.texts[..] else { continue };
            if a == b {
                export.leave_out(&**comparison, "a pair of identical texts");
                continue;
            }
            export.wrote(&**comparison, &responses, kept(&comparison.provenance));
            export.without_strength_and_reason(comparison);
            compared.insert(responses.prompt);
            let mut object = object("pairwise_feedback", &responses, &comparison.provenance);
            object["output_A"] = response_messages(a);
            object["output_B"] = response_messages(b);
            object["label"] = json!(u8::from(is_first));
            object["reward_A"] = json!(f64::from(u8::from(is_first)));
            object["reward_B"] = json!(f64::from(u8::from(!is_first)));
            objects.push(object);
        }
        for approval in export.records::<Approval>()?.iter() {
            let Some(responses) = export.responses(&**approval) else { continue };
            let Some(label) = export.thumb(approval) else { continue };
            let [text] = responses.texts[..] else { continue };
            if compared.contains(&responses.prompt) {
                export.leave_out(&**approval, "the prompt has comparisons, and one type only");
                continue;
            }
            export.wrote(&**approval, &responses, kept(&approval.provenance));
            if approval.reason.is_some() {
                export.without("reason");
            }
            let mut object = object("binary_feedback", &responses, &approval.provenance);
            object["output"] = response_messages(text);
            object["label"] = json!(u8::from(label));
            object["reward"] = json!(f64::from(u8::from(label)));
            objects.push(object);
        }
        export.leave_out_other_kinds(&[Comparison::KIND, Approval::KIND]);
        export.report.notes.push(PLAIN_PROMPTS.into());
        export.report.notes.push("rewards are the labels: HALOs wants some".into());
        let lines: Vec<String> = objects.iter().map(Value::to_string).collect();
        export.finish(path, format!("[\n{}\n]\n", lines.join(",\n")).as_bytes())
    }
}

fn object(kind: &str, responses: &Responses<'_>, provenance: &Provenance) -> Value {
    let mut object = json!({
        "type": kind,
        "prompt_id": responses.group,
        "prompt": prompt_messages(responses.prompt),
    });
    if let Some(split) = split(provenance) {
        object["split"] = json!(split);
    }
    object
}

fn split(provenance: &Provenance) -> Option<&str> {
    provenance.source.as_deref().filter(|source| ["train", "test"].contains(source))
}

fn kept(provenance: &Provenance) -> &'static [&'static str] {
    if split(provenance).is_some() { &["source"] } else { &[] }
}
