//! Importer of solutions in steps, each right or wrong, as TRL's PRM trainer has them.
//!
//! Source: "Stepwise supervision" in `docs/source/dataset_formats.md` of huggingface/trl, commit
//! 0087e4f5f389bf0fba0d8d5458e2243a11640f6c; `step_separator` of `trl/trainer/prm_config.py` is a
//! line break by default.

use crate::content::unfit;
use crate::named_fields::{drop_others, optional, required_list};
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Critique, Polarity};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads `prompt`, `completions` (texts), `labels` (as many truth values).
///
/// - Groups `g000000` and on: the prompt.
/// - Segments: the steps joined by `separator`.
/// - Critiques: one a step, positive if its label is true, else negative; labels of three kinds and soft
///   labels as the options say. Its span is the step's
///   place in the joined text in characters (Unicode scalar values), since a step of the source may
///   be several sentences or part of one.
/// - Steps of white space have no place to speak of: their labels are counted. Other fields are
///   counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrlStepwise {
    /// What stands between two steps.
    pub separator: String,
    /// How many kinds of labels there are.
    pub labels: StepLabels,
    /// Labels are probabilities, and from this one on a step is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

/// What labels of steps are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepLabels {
    /// True or false, 1 or 0.
    #[default]
    Binary,
    /// 1 (right), 0 (neutral), -1 (wrong), as PRM800K has them.
    Signed,
}

impl Default for TrlStepwise {
    fn default() -> Self {
        Self { separator: "\n".into(), labels: StepLabels::default(), threshold: None }
    }
}

#[typetag::serde(name = "trl-stepwise")]
impl Importer for TrlStepwise {
    fn card(&self) -> Card {
        Card::new("trl-stepwise", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        // Labels are at most 1, so that beyond it no step would be right, and from 0 on each.
        if let Some(threshold) = self.threshold.filter(|it| !(*it > 0.0 && *it <= 1.0)) {
            let expected = "a `threshold` above 0 and at most 1";
            return Err(unfit(path, expected, &threshold.to_string()));
        }
        import.rows(path, Dialect::Quoted, |draft, row| self.add(draft, row))?;
        import.report().notes.push("no annotator is named in the source".into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "prompt, completions, labels of TRL (PRM): a solution whose steps are right or wrong"
    }
}

impl TrlStepwise {
    fn add(&self, draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
        let prompt: Option<Spoken> = optional(row, "prompt")?;
        let steps: Vec<String> = required_list(row, "completions")?;
        let labels: Vec<Value> = required_list(row, "labels")?;
        prompt.iter().for_each(|prompt| prompt.tell(draft));
        drop_others(draft, row, &["prompt", "completions", "labels"]);
        if labels.len() != steps.len() {
            let expected = format!("{} labels, as `completions`", steps.len());
            return Err(row.place.wrong("labels", expected, labels.len()));
        }
        let text = steps.join(&self.separator);
        if text.trim().is_empty() {
            return Err(row.place.wrong("completions", "steps", "none with content"));
        }
        let group = draft.group(prompt.and_then(|prompt| prompt.prompt()).as_deref(), None);
        let segment = draft.text(&group, &text)?;
        let between = characters(&self.separator);
        let mut start = 0;
        for (number, (step, label)) in steps.iter().zip(&labels).enumerate() {
            let end = start + characters(step);
            if step.trim().is_empty() {
                draft.drop("label of a step of white space");
            } else {
                let polarity = self.polarity(label).map_err(|expected| {
                    row.place.wrong(format!("labels[{number}]"), expected, label)
                })?;
                draft.record(Critique {
                    first_char: Some(start),
                    end_char: Some(end),
                    ..Critique::new(segment.clone(), polarity)
                })?;
            }
            start = end + between;
        }
        Ok(())
    }
}

impl TrlStepwise {
    /// What a label says.
    ///
    /// # Errors
    /// What was expected.
    fn polarity(&self, label: &Value) -> Result<Polarity, &'static str> {
        let number = match label {
            Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" => Some(1.0),
                "false" => Some(0.0),
                number => number.parse().ok(),
            },
            other => other.as_f64(),
        };
        match (self.threshold, self.labels, number) {
            (Some(threshold), _, Some(share)) if (0.0..=1.0).contains(&share) => {
                Ok(if share >= threshold { Polarity::Positive } else { Polarity::Negative })
            }
            (Some(_), ..) => Err("a probability in [0, 1]"),
            (None, _, Some(1.0)) => Ok(Polarity::Positive),
            (None, StepLabels::Binary, Some(0.0)) => Ok(Polarity::Negative),
            (None, StepLabels::Signed, Some(0.0)) => Ok(Polarity::Neutral),
            (None, StepLabels::Signed, Some(-1.0)) => Ok(Polarity::Negative),
            (None, StepLabels::Signed, _) => Err("1, 0 or -1"),
            (None, StepLabels::Binary, _) => {
                Err("true or false (labels 1, 0 and -1 need `labels = \
                                                  \"signed\"`, probabilities `threshold`)")
            }
        }
    }
}

fn characters(text: &str) -> u32 {
    text.chars().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;

    fn spans(imported: &crate::Imported) -> Vec<(String, Polarity)> {
        let segments = imported.dataset.segments();
        let span = |critique: &Critique| {
            let text = segments.text(segments.index(&critique.segment).unwrap()).unwrap();
            let (first, end) = (critique.first_char.unwrap(), critique.end_char.unwrap());
            text.chars().skip(first as usize).take((end - first) as usize).collect()
        };
        let critiques = imported.dataset.records::<Critique>().unwrap();
        critiques.iter().map(|critique| (span(critique), critique.polarity)).collect()
    }

    #[test]
    fn spans_are_the_steps() {
        use Polarity::{Negative, Positive};
        let imported = import("trl-stepwise");
        let expect = [
            ("Los décimos de 9.8 son 0.8.", Positive),
            ("Así, 9.11 > 9.8. 🙂", Negative),
            ("Two plus two is four. So the sum is four.", Positive),
            ("Yes.", Positive),
        ];
        let expect: Vec<_> = expect.map(|(step, polarity)| (step.to_owned(), polarity)).into();
        assert_eq!(spans(&imported), expect);
        assert_eq!(imported.report.dropped["label of a step of white space"], 1);
        assert_eq!(imported.report.dropped["field `id`"], 1);
    }

    #[test]
    fn fields_of_the_prompt_are_counted() {
        let row = r#"{"prompt": [{"role": "user", "content": "p", "name": "Zoë"}], "completions": ["A."], "labels": [1]}"#;
        let imported = import_text(&TrlStepwise::default(), row).unwrap();
        assert_eq!(imported.report.dropped["field `name` of a message"], 1);
    }

    #[test]
    fn the_separator_is_not_part_of_a_step() {
        let importer = TrlStepwise { separator: " § ".into(), ..TrlStepwise::default() };
        let row = r#"{"prompt": "p", "completions": ["é", "ü."], "labels": [0, 1]}"#;
        let imported = import_text(&importer, row).unwrap();
        assert_eq!(imported.dataset.segments().text(0), Some("é § ü."));
        let found: Vec<String> = spans(&imported).into_iter().map(|(step, _)| step).collect();
        assert_eq!(found, ["é", "ü."]);
    }

    /// Field 51, after https://github.com/openai/prm800k/issues/3.
    #[test]
    fn labels_of_three_kinds_and_soft_labels_are_options() {
        use Polarity::{Negative, Neutral, Positive};
        let read = |importer: TrlStepwise, labels: &str| {
            let row = format!(
                "{{\"prompt\": \"p\", \"completions\": [\"A.\", \"B.\", \"C.\"], \"labels\": {labels}}}"
            );
            let imported = import_text(&importer, &row)?;
            Ok::<_, String>(spans(&imported).into_iter().map(|(_, it)| it).collect::<Vec<_>>())
        };
        let signed = || TrlStepwise { labels: StepLabels::Signed, ..TrlStepwise::default() };
        assert_eq!(read(signed(), "[1, 0, -1]").unwrap(), [Positive, Neutral, Negative]);
        let soft = || TrlStepwise { threshold: Some(0.5), ..TrlStepwise::default() };
        assert_eq!(read(soft(), "[0.5, 0.49, 1]").unwrap(), [Positive, Negative, Positive]);
        let check = |importer: TrlStepwise, labels: &str, expect: &str| {
            let error = read(importer, labels).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(TrlStepwise::default(), "[1, 0, -1]", "`labels[2]` must be true or false (labels 1,");
        check(TrlStepwise::default(), "[1, 0, 0.5]", "probabilities `threshold`), found 0.5");
        check(signed(), "[1, 0, 2]", "`labels[2]` must be 1, 0 or -1, found 2");
        check(soft(), "[1, 0, -1]", "`labels[2]` must be a probability in [0, 1], found -1");
    }

    #[test]
    fn lists_may_stand_in_cells_of_a_table() {
        let table = "prompt,completions,labels\np,\"[\"\"One.\"\", \"\"Two.\"\"]\",\"[true, false]\"\n\
                     q,\"['Un.', 'Deux.']\",\"[False, True]\"\n";
        let imported = import_text(&TrlStepwise::default(), table).unwrap();
        use Polarity::{Negative, Positive};
        let expect =
            [("One.", Positive), ("Two.", Negative), ("Un.", Negative), ("Deux.", Positive)];
        assert_eq!(spans(&imported), expect.map(|(step, it)| (step.to_owned(), it)));
        let error =
            import_text(&TrlStepwise::default(), "prompt,completions,labels\np,One.,true\n");
        let error = error.unwrap_err();
        assert!(
            error.contains("line 2: at `completions`: invalid type: string \"One.\""),
            "{error}"
        );
    }

    #[test]
    fn a_threshold_that_tells_no_steps_apart_is_refused() {
        let row = r#"{"prompt": "p", "completions": ["One.", "Two."], "labels": [0.9, 0.1]}"#;
        let read = |threshold| {
            let importer = TrlStepwise { threshold: Some(threshold), ..TrlStepwise::default() };
            import_text(&importer, row).map(|imported| imported.dataset.count("critique"))
        };
        for threshold in [5.0, 0.0, -1.0, f64::NAN, 1.1] {
            let error = read(threshold).unwrap_err();
            let expect =
                format!("file: expected a `threshold` above 0 and at most 1, found {threshold}");
            assert_eq!(error, expect);
        }
        assert_eq!((read(1.0), read(1e-9)), (Ok(2), Ok(2)));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("trl-stepwise", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("[true, false]", "[true]", "line 1: `labels` must be 2 labels, as `completions`");
        check("[true, false]", "[true, 2]", "line 1: `labels[1]` must be true or false");
        check("\"labels\"", "\"ratings\"", "line 1: `labels` must be there");
        check(
            "[\"Yes.\", \" \"]",
            "[\"\", \" \"]",
            "line 3: `completions` must be steps, found none",
        );
    }
}
