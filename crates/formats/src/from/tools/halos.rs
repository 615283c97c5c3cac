//! Importer of feedback files of HALOs, single and pairwise.
//!
//! Source: `get_feedback` in `train/dataloader.py` of ContextualAI/HALOs, commit
//! 059a9eea4e48957a74cf0adb0ab27462b45f1664; the files are made by `train/label.py` there.
//!
//! `reward`, `reward_A` and `reward_B` are scores of a reward model or of a judging model, on no
//! scale, from which the label was computed. They would say the same thing twice, so they are
//! counted and not kept.

use crate::asked::apart;
use crate::named_fields::{Truth, drop_others, optional, prompt, required};
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Approval, Comparison, Provenance};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads a JSON array of objects of `type` "binary_feedback" and "pairwise_feedback".
///
/// - Groups `g000000` and on: `prompt`, messages as "role: content" turns.
/// - Segments: `output`, or `output_A` and `output_B`, without the prompt where they repeat it.
/// - Approvals: `label` of binary feedback. Comparisons: A first; `label` 1 says that A is better.
/// - `split`, if there, is the source of the record.
/// - Counted: rewards (see above), `prompt_id` and other fields. "scalar_feedback" is a reward
///   without a label, and refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halos {}

#[typetag::serde(name = "halos")]
impl Importer for Halos {
    fn card(&self) -> Card {
        Card::new("halos", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, add)?;
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push("rewards are scores of a model on no scale, behind the labels: not kept".into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "feedback files of HALOs: a JSON array of binary_feedback and pairwise_feedback"
    }
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let kind: String = required(row, "type")?;
    match kind.as_str() {
        "binary_feedback" => binary(draft, row),
        "pairwise_feedback" => pairwise(draft, row),
        other => Err(row.place.wrong("type", "binary_feedback or pairwise_feedback", other)),
    }
}

fn binary(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let (group, [text], provenance) = asked(draft, row, ["output"])?;
    let Truth(label) = required(row, "label")?;
    drop_others(draft, row, &["type", "prompt", "output", "label", "split"]);
    let segment = draft.text(&group, &text)?;
    draft.record(Approval {
        segment,
        approval: f64::from(u8::from(label)),
        reason: None,
        provenance,
    })
}

fn pairwise(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let (group, [a, b], provenance) = asked(draft, row, ["output_A", "output_B"])?;
    let Truth(is_a) = required(row, "label")?;
    drop_others(draft, row, &["type", "prompt", "output_A", "output_B", "label", "split"]);
    let (first, second) = draft.pair(&group, &a, &b)?;
    let preference = f64::from(u8::from(is_a));
    draft.record(Comparison { provenance, ..Comparison::new(first, second, preference) })
}

/// The group of the prompt, the outputs, and the split as the source.
fn asked<const N: usize>(
    draft: &mut Draft<'_>,
    row: &Row,
    fields: [&str; N],
) -> Result<(String, [String; N], Provenance), ImportError> {
    let prompt = prompt(row, "prompt")?;
    let provenance = Provenance { source: optional(row, "split")?, ..Provenance::default() };
    let outputs: Vec<Spoken> =
        fields.iter().map(|field| required(row, field)).collect::<Result<_, _>>()?;
    [&prompt].into_iter().chain(&outputs).for_each(|spoken| spoken.tell(draft));
    let asked = apart(&prompt, &outputs);
    asked.tell(draft);
    if let Some(blank) = asked.answers.iter().position(|text| draft.lacks_text(text)) {
        return Err(row.place.wrong(fields[blank], "a response", "a text without content"));
    }
    let group = draft.group(asked.prompt(&prompt).as_deref(), None);
    let mut answers = asked.answers.into_iter();
    Ok((group, fields.map(|_| answers.next().unwrap_or_default()), provenance))
}

#[cfg(test)]
mod tests {
    use super::Halos;
    use crate::fixture::{import, import_with, pairs};
    use crate::round_trip::import_text;
    use medley_feedback::{Approval, Comparison};

    #[test]
    fn labels_say_a() {
        let imported = import("halos");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let answers: Vec<f64> = comparisons.iter().map(|c| c.preference).collect();
        assert_eq!(answers, [1.0, 0.0]);
        assert_eq!(comparisons[0].provenance.source.as_deref(), Some("train"));
        let approvals = imported.dataset.records::<Approval>().unwrap();
        let labels: Vec<f64> = approvals.iter().map(|a| a.approval).collect();
        assert_eq!(labels, [1.0, 0.0]);
        // The pair and the single label are about the same response.
        assert_eq!(approvals[0].segment, comparisons[0].first);
        for field in ["reward", "reward_A", "reward_B", "reward_difference", "prompt_id"] {
            assert!(imported.report.dropped.contains_key(&format!("field `{field}`")), "{field}");
        }
    }

    #[test]
    fn outputs_that_repeat_the_prompt_are_what_follows() {
        let user = r#"{"role": "user", "content": "Hi?"}"#;
        let row = format!(
            r#"[{{"type": "pairwise_feedback", "prompt": [{user}], "label": 1, "output_A": [{user},
            {{"role": "assistant", "content": "Yes."}}], "output_B": [{{"role": "assistant", "content": "No."}}]}}]"#
        );
        let imported = import_text(&Halos {}, &row.replace('\n', "")).unwrap();
        assert_eq!(pairs(&imported.dataset), [["user: Hi?", "Yes.", "No."]]);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("halos", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        let expect = "row 1: `type` must be binary_feedback or pairwise_feedback, found scalar";
        check("pairwise_feedback", "scalar_feedback", expect);
        check("\"label\": 1", "\"label\": 2", "row 1: at `label`: expected true or false, found 2");
        check("\"output_B\"", "\"output_C\"", "row 1: `output_B` must be there");
        check("\"It is blue.\"", "\" \"", "row 1: `output_A` must be a response");
    }
}
