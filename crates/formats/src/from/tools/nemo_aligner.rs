//! Importer of the two files that NeMo-Aligner trains reward models on: pairs, and attributes.
//!
//! Sources, all of NVIDIA/NeMo-Aligner: `RewardModelDataset` (even lines chosen, odd lines
//! rejected, from 0) and `RegressionRewardModelDataset` in `nemo_aligner/data/nlp/datasets.py`,
//! commit 01a6091cef96a4410e8c63a326c0ab45009d5400; order of the attributes and markers of turns in
//! `examples/nlp/data/steerlm/common.py`, commit aa5b06fce00b62ea1927d773210812ed16b57e55; -100 for
//! a missing one in `process_to_regression_format.py` beside it, commit
//! 94a9d66e384e90e37dd8ae31bb22ffd4bc553aab.
//!
//! A row that is skipped as bad must not shift the pairs behind it. So a pair is always rows 1 and 2,
//! 3 and 4 and so on of the file, whatever lines they stand on, and one whose partner is not there is
//! counted.

use crate::named_fields::{drop_others, optional_list, required};
use crate::shared_beginning::prompt_end;
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Provenance, Rating, Scale, SegmentId};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads lines of `text`, prompt and response in one: good and bad in turn; or, if they have a
/// `label` of nine numbers, each for itself.
///
/// - Groups `g000000` and on: the text before the last `response-marker`, as it stands. Pairs of
///   other texts: the beginning that both share, as `trl-preference` has it. Texts whose prompt
///   cannot be told are groups of their own (`line-<number>`).
/// - Segments: the text after the marker, without `<extra_id_2>` and line breaks at its end.
/// - Comparisons: the good one first, since the source does not say what was shown first.
/// - Ratings: one an attribute that is not -100: quality, toxicity, humor, creativity, helpfulness,
///   correctness, coherence, complexity, verbosity, on a scale from `low` to `high`. More of an
///   attribute is not always better: toxicity is to be read the other way round.
/// - Other fields are counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NemoAligner {
    /// What the last response begins with.
    pub response_marker: String,
    /// Least of an attribute.
    pub low: f64,
    /// Most of an attribute.
    pub high: f64,
    /// Number of levels, the ends included; 0 means continuous.
    pub levels: u32,
}

impl Default for NemoAligner {
    fn default() -> Self {
        let response_marker = "<extra_id_1>Assistant\n".into();
        Self { response_marker, low: 0.0, high: 4.0, levels: 5 }
    }
}

/// In the order of `label`.
const ATTRIBUTES: [&str; 9] = [
    "quality",
    "toxicity",
    "humor",
    "creativity",
    "helpfulness",
    "correctness",
    "coherence",
    "complexity",
    "verbosity",
];
const MISSING: f64 = -100.0;
const LABEL_MARKER: &str = "<extra_id_2>";
const ALONE: &str = "row whose partner in the pair is not there";

#[typetag::serde(name = "nemo-aligner")]
impl Importer for NemoAligner {
    fn card(&self) -> Card {
        Card::new("nemo-aligner", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut form = Form::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            let text: String = required(row, "text")?;
            let labels: Option<Vec<f64>> = optional_list(row, "label")?;
            drop_others(draft, row, &["text", "label"]);
            form.check(&row.place, labels.is_some())?;
            match labels {
                Some(labels) => self.rate(draft, row, &text, &labels),
                None => self.line_of_pair(draft, row, text, &mut form),
            }
        })?;
        finish(path, import, &form)
    }

    fn summary(&self) -> &'static str {
        "NeMo-Aligner: lines of text, good and bad in turn, or with nine attributes as label"
    }
}

/// What was read so far.
#[derive(Default)]
struct Form {
    has_labels: Option<bool>,
    /// Place and text of a good row that waits for the bad one.
    waiting: Option<(Place, String)>,
}

impl Form {
    fn check(&mut self, place: &Place, has_label: bool) -> Result<(), ImportError> {
        let expected = if has_label { "absent, as in the rows before" } else { "there" };
        match *self.has_labels.get_or_insert(has_label) == has_label {
            true => Ok(()),
            false => Err(place.wrong("label", expected, "another form in the same file")),
        }
    }
}

fn finish(path: &Path, import: &mut Import<'_>, form: &Form) -> Result<(), ImportError> {
    if let Some((Place { unit, number, .. }, _)) = &form.waiting {
        return Err(ImportError::File {
            file: path.to_owned(),
            expected: "pairs of rows, good and bad".into(),
            found: format!("{unit} {number} alone at the end"),
        });
    }
    let notes = &mut import.report().notes;
    notes.push("no annotator is named in the source".into());
    match form.has_labels {
        Some(true) => {
            notes.push("attributes are aspects: more toxicity is worse, not better".into());
        }
        _ => notes.push("the good one is put first: what was shown first is not told".into()),
    }
    Ok(())
}

impl NemoAligner {
    fn rate(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        text: &str,
        labels: &[f64],
    ) -> Result<(), ImportError> {
        if labels.len() != ATTRIBUTES.len() {
            let expected = format!("{} numbers", ATTRIBUTES.len());
            return Err(row.place.wrong("label", expected, labels.len()));
        }
        let (prompt, response) = match self.split(text) {
            Some((prompt, response)) => (Some(prompt), response),
            None => (None, without_end(text)),
        };
        let segment = add_response(draft, row, prompt, response)?;
        let levels = (self.levels > 0).then_some(self.levels);
        for (aspect, &value) in ATTRIBUTES.iter().zip(labels) {
            if value == MISSING {
                draft.drop(&format!("missing {aspect}"));
                continue;
            }
            draft.record(Rating {
                segment: segment.clone(),
                value,
                scale: Scale { low: self.low, high: self.high, levels },
                aspect: Some((*aspect).to_owned()),
                reason: None,
                provenance: Provenance::default(),
            })?;
        }
        Ok(())
    }

    fn line_of_pair(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        text: String,
        form: &mut Form,
    ) -> Result<(), ImportError> {
        let waiting = form.waiting.take();
        if row.place.before.is_multiple_of(2) {
            waiting.into_iter().for_each(|_| draft.drop(ALONE));
            form.waiting = Some((row.place.clone(), text));
            return Ok(());
        }
        let is_partner = |good: &Place| {
            (good.part, good.before.wrapping_add(1)) == (row.place.part, row.place.before)
        };
        match waiting {
            Some((place, good)) if is_partner(&place) => self.compare(draft, row, &good, &text),
            Some(_) => {
                draft.drop(ALONE);
                draft.drop(ALONE);
                Ok(())
            }
            None => {
                draft.drop(ALONE);
                Ok(())
            }
        }
    }

    fn compare(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        good: &str,
        bad: &str,
    ) -> Result<(), ImportError> {
        let marked = self.split(good).zip(self.split(bad));
        let (prompt, good, bad) = match marked {
            Some(((prompt, good), (other, bad))) if prompt == other => (Some(prompt), good, bad),
            _ => match prompt_end(good, bad) {
                Some(end) => {
                    (Some(&good[..end]), without_end(&good[end..]), without_end(&bad[end..]))
                }
                None => (None, without_end(good), without_end(bad)),
            },
        };
        if draft.lacks_text(good) || draft.lacks_text(bad) {
            return Err(row.place.wrong("text", "a response in both lines", "none"));
        }
        if good == bad {
            draft.keep("comparison of identical texts");
        }
        let group = group(draft, row, prompt)?;
        let (first, second) = draft.pair(&group, good, bad)?;
        draft.record(Comparison::new(first, second, 1.0))
    }

    /// Prompt and response, if the marker tells them apart.
    fn split<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let (prompt, response) = text.rsplit_once(&self.response_marker)?;
        Some((prompt, without_end(response)))
    }
}

fn without_end(text: &str) -> &str {
    let text = text.strip_suffix(LABEL_MARKER).unwrap_or(text);
    text.trim_end_matches('\n')
}

fn add_response(
    draft: &mut Draft<'_>,
    row: &Row,
    prompt: Option<&str>,
    response: &str,
) -> Result<SegmentId, ImportError> {
    if draft.lacks_text(response) {
        return Err(row.place.wrong("text", "a response", "none"));
    }
    let group = group(draft, row, prompt)?;
    draft.text(&group, response)
}

fn group(draft: &mut Draft<'_>, row: &Row, prompt: Option<&str>) -> Result<String, ImportError> {
    match prompt.filter(|prompt| !prompt.trim().is_empty()) {
        Some(prompt) => Ok(draft.group(Some(prompt), None)),
        None => {
            let name = format!("line-{}{}", row.place.part(), row.place.number);
            draft.named_group(&name, None, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use crate::round_trip::{import_text, import_text_with};
    use crate::{BadRows, Reading};

    const TEXT: &str =
        "<extra_id_0>System\\nS\\n<extra_id_1>User\\nU\\n<extra_id_1>Assistant\\nÉ.\\n";

    #[test]
    fn lines_are_pairs() {
        let imported = import("nemo-aligner");
        let dataset = &imported.dataset;
        let comparisons = dataset.records::<Comparison>().unwrap();
        assert!(comparisons.iter().all(|c| c.distribution() == [1.0, 0.0, 0.0]));
        let text = |id| dataset.segments().text(dataset.segments().index(id).unwrap()).unwrap();
        let pairs: Vec<_> = comparisons.iter().map(|c| (text(&c.first), text(&c.second))).collect();
        let expect =
            [("Paris.", "París, creo."), (" Yes.", " No way."), ("Same.", "Same."), ("A", "B")];
        assert_eq!(pairs, expect);
        let prompts: Vec<_> = (0..4).map(|g| dataset.groups().prompt(g)).collect();
        let user = "<extra_id_1>User\nCapital of France?\n";
        assert_eq!(prompts, [Some(user), Some("Human: Really? Assistant:"), Some("p "), None]);
        assert_eq!(imported.report.kept["comparison of identical texts"], 1);
    }

    #[test]
    fn labels_are_attributes() {
        let row = format!(
            "{{\"text\": \"{TEXT}<extra_id_2>\", \"label\": [-100, 0, -100, -100, 4, 3.0, 4, 2, 1]}}"
        );
        let imported = import_text(&NemoAligner::default(), &row).unwrap();
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let found: Vec<_> =
            ratings.iter().map(|r| (r.aspect.as_deref().unwrap(), r.value)).collect();
        let expect = [
            ("toxicity", 0.0),
            ("helpfulness", 4.0),
            ("correctness", 3.0),
            ("coherence", 4.0),
            ("complexity", 2.0),
            ("verbosity", 1.0),
        ];
        assert_eq!(found, expect);
        assert_eq!(ratings[0].scale, Scale { low: 0.0, high: 4.0, levels: Some(5) });
        assert_eq!(imported.report.dropped["missing quality"], 1);
        assert_eq!(imported.dataset.segments().text(0), Some("É."));
        let table = "text,label\n\"Q?\",\"[-100, 0, -100, -100, 4, 3, 4, 2, 1]\"\n";
        let table = import_text(&NemoAligner::default(), table).unwrap();
        assert_eq!(table.dataset.count("rating"), 6);
        let halves = row.replace("3.0", "3.5");
        let error = import_text(&NemoAligner::default(), &halves).unwrap_err();
        assert!(error.contains("`value` must be a level of the scale, found 3.5"), "{error}");
        let continuous = NemoAligner { levels: 0, ..NemoAligner::default() };
        assert!(import_text(&continuous, &halves).is_ok());
    }

    #[test]
    fn a_bad_line_does_not_shift_the_pairs_behind_it() {
        let lines =
            ["a x", "a y", "b x", "b y", "c x", "c y"].map(|t| format!("{{\"text\": \"{t}\"}}"));
        let mut lines = lines.to_vec();
        lines[1] = "{".into();
        let reading = Reading { bad_rows: BadRows::Skip, ..Reading::default() };
        let imported =
            import_text_with(&NemoAligner::default(), &lines.join("\n"), &reading).unwrap();
        assert_eq!(imported.dataset.count("comparison"), 2);
        assert_eq!(imported.report.dropped[ALONE], 1);
        assert_eq!(imported.dataset.groups().prompt(0), Some("b"));
    }

    #[test]
    fn rows_are_pairs_wherever_they_stand() {
        let pairs = [("Q1? a", "Q1? b"), ("Q2? c", "Q2? d"), ("Q3? e", "Q3? f")];
        let texts: Vec<&str> = pairs.iter().flat_map(|&(good, bad)| [good, bad]).collect();
        let object = |text: &&str| format!("{{\"text\": \"{text}\"}}");
        let lines: Vec<String> = texts.iter().map(object).collect();
        let mut blank = lines.clone();
        blank.insert(4, String::new());
        blank.insert(2, String::new());
        for source in [
            lines.join("\n"),
            blank.join("\n"),
            format!("text\n{}\n", texts.join("\n")),
            format!("text,x\n{},\n", texts.join(",\n,\n")),
            lines.join("\n").replace("{", "{\n").replace("}", "\n}"),
            format!("[{}]", lines.join(",")),
        ] {
            let imported = import_text(&NemoAligner::default(), &source).unwrap();
            let dataset = &imported.dataset;
            let comparisons = dataset.records::<Comparison>().unwrap();
            let text = |id| dataset.segments().text(dataset.segments().index(id).unwrap()).unwrap();
            let found: Vec<_> =
                comparisons.iter().map(|c| (text(&c.first), text(&c.second))).collect();
            let expect = pairs.map(|(good, bad)| (&good[3..], &bad[3..]));
            assert_eq!(found, expect, "{source}");
            assert!(!imported.report.dropped.contains_key(ALONE), "{source}");
        }
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("nemo-aligner", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "{\"text\": \"A\"}\n",
            "",
            "expected pairs of rows, good and bad, found line 7 alone",
        );
        check("{\"text\": \"B\"}", "{\"text\": \"B\", \"label\": [1]}", "line 8: `label` must be");
        check("\"text\"", "\"txt\"", "line 1: `text` must be there, found only txt");
        let row = "{\"text\": \"a\", \"label\": [1, 2]}";
        let error = import_text(&NemoAligner::default(), row).unwrap_err();
        assert!(error.contains("line 1: `label` must be 9 numbers, found 2"), "{error}");
    }
}
