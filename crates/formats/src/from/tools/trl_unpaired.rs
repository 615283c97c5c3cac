//! Importer of single responses that are wanted or not, as TRL's KTO and BCO trainers have them.
//!
//! Source: "Unpaired preference" in `docs/source/dataset_formats.md` of huggingface/trl, commit
//! 0087e4f5f389bf0fba0d8d5458e2243a11640f6c.

use crate::asked::apart;
use crate::named_fields::{SYSTEM, Truth, drop_others, optional, required, system};
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Approval, Provenance};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads `prompt` (may be missing), `completion`, `label`.
///
/// - Groups `g000000` and on: the prompt, messages as "role: content" turns; without a prompt, each
///   completion is a group of its own.
/// - Context: the text under `system`, if there is one.
/// - Segments: the completions, without the prompt where they repeat it; a single message of the assistant is kept without its role.
/// - Approvals: `label`. Other fields are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrlUnpaired {}

#[typetag::serde(name = "trl-unpaired")]
impl Importer for TrlUnpaired {
    fn card(&self) -> Card {
        Card::new("trl-unpaired", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, add)?;
        import.report().notes.push("no annotator is named in the source".into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "prompt, completion, label of TRL (KTO, BCO): thumbs up or down"
    }
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let prompt: Option<Spoken> = optional(row, "prompt")?;
    let completion: Spoken = required(row, "completion")?;
    let Truth(label) = required(row, "label")?;
    for spoken in prompt.iter().chain([&completion]) {
        spoken.tell(draft);
    }
    let mut known = vec!["prompt", "completion", "label"];
    known.extend(system(row).map(|_| SYSTEM));
    drop_others(draft, row, &known);
    let prompt = prompt.unwrap_or(Spoken::Text(String::new()));
    let asked = apart(&prompt, &[completion]);
    asked.tell(draft);
    let text = asked.answers.concat();
    if draft.lacks_text(&text) {
        return Err(row.place.wrong("completion", "a response", "a text without content"));
    }
    let group = draft.group(asked.prompt(&prompt).as_deref(), system(row));
    let segment = draft.text(&group, &text)?;
    draft.record(Approval {
        segment,
        approval: f64::from(u8::from(label)),
        reason: None,
        provenance: Provenance::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::TrlUnpaired;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;
    use medley_feedback::Approval;

    #[test]
    fn labels_are_approvals() {
        let imported = import("trl-unpaired");
        let approvals = imported.dataset.records::<Approval>().unwrap();
        let labels: Vec<f64> = approvals.iter().map(|a| a.approval).collect();
        assert_eq!(labels, [1.0, 0.0, 0.0, 1.0]);
        // Two people disagree about one response.
        assert_eq!(approvals[0].segment, approvals[2].segment);
        let segments = imported.dataset.segments();
        let last = segments.index(&approvals[3].segment).unwrap();
        assert_eq!(segments.text(last), Some("C'est bleu."));
        assert_eq!(imported.dataset.groups().prompt(1), Some("user: De quelle couleur ?"));
        assert_eq!(imported.report.dropped["field `weight`"], 1);
    }

    #[test]
    fn a_completion_that_repeats_the_prompt_is_what_follows() {
        let row = r#"{"prompt": [{"role": "user", "content": "Hi?"}], "completion": [{"role": "user",
            "content": "Hi?"}, {"role": "assistant", "content": "Yes."}], "label": true}"#;
        let imported = import_text(&TrlUnpaired {}, &row.replace('\n', "")).unwrap();
        assert_eq!(imported.dataset.segments().text(0), Some("Yes."));
        assert_eq!(imported.dataset.groups().prompt(0), Some("user: Hi?"));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("trl-unpaired", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("true", "0.5", "line 1: at `label`: expected true or false, found 0.5");
        check("\"label\"", "\"lable\"", "line 1: `label` must be there, found only prompt,");
        check("\" blue.\"", "\"\\n\"", "line 1: `completion` must be a response");
    }
}
