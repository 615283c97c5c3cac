//! Importer of labels that crowd workers gave to tasks, in the form of Crowd-Kit.
//!
//! Source: the tables that `crowdkit/datasets/_loaders.py` of Toloka/crowd-kit, commit
//! 013aa8d2628745143e906b7d3d9c54776e3b0b57, hands to the aggregators: `task`, `worker`
//! (`performer` in the released files), `label`.
//!
//! Crowd-Kit aggregates classes, which have no order. Only labels with one are feedback on how good
//! something is: numbers are ratings, and 0 and 1, or true and false, are approvals. Which classes
//! are better than others cannot be guessed, so labels of other text are refused.

use crate::named_fields::drop_others;
use crate::{Dialect, Import, ImportError, Importer, Place, Row, optional_text};
use medley_dataset::{Card, Domain, Names};
use medley_feedback::{AnnotatorId, Approval, Provenance, Rating, Scale};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads a table of `task`, `worker` (or `performer`) and `label`.
///
/// - Groups and segments: the tasks under their names, which are all that is known of them, so the
///   text is the name.
/// - Approvals, if `kind` is "approval", or if nothing is stated and all labels are 0, 1, true or
///   false.
/// - Ratings otherwise, on the scale from `low` to `high`, by default the least and the greatest
///   label; of `levels` levels (0: continuous), by default one for each whole number if all labels
///   are whole, else continuous. A scale that is not stated is inferred, and a note says so: if
///   nobody used its ends, the inferred one is wrong.
/// - Annotator: `worker`; an empty cell is nobody. Other columns are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrowdKitLabels {
    /// What a label is; none: to be told from the labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<LabelKind>,
    /// Worst label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Best label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Number of levels, the ends included; 0 means continuous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<u32>,
}

/// What a label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// Yes or no.
    Approval,
    /// A number on a scale.
    Rating,
}

#[typetag::serde(name = "crowd-kit-labels")]
impl Importer for CrowdKitLabels {
    fn card(&self) -> Card {
        Card { groups: "task".into(), ..Card::new("crowd-kit-labels", Domain::Text) }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut answers = Answers::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            let answer = answer(row)?;
            self.check(&answer)?;
            drop_others(draft, row, &["task", "worker", "performer", "label"]);
            answers.push(&answer);
            Ok(())
        })?;
        match self.kind(&answers.values) {
            LabelKind::Approval => answers.each(|answer| approve(import, answer))?,
            LabelKind::Rating => {
                let scale = self.scale(path, &answers.values)?;
                if self.low.is_none() || self.high.is_none() || self.levels.is_none() {
                    import.report().notes.push(inferred(scale));
                }
                answers.each(|answer| rate(import, answer, scale))?;
            }
        }
        let note = "tasks are known by name only: the text of a segment is its name";
        import.report().notes.push(note.into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "task, worker, label of Crowd-Kit: numbers, or 0 and 1, that a worker gave to a task"
    }
}

#[derive(Deserialize)]
struct Cells {
    #[serde(deserialize_with = "optional_text")]
    task: Option<String>,
    #[serde(alias = "performer", deserialize_with = "optional_text")]
    worker: Option<String>,
    label: Value,
}

/// A row whose label is a number.
struct Answer {
    place: Place,
    task: String,
    worker: Option<String>,
    value: f64,
}

/// All rows, held back until the scale is known. Names are kept once.
#[derive(Default)]
struct Answers {
    places: Vec<Place>,
    names: Names,
    /// Of the task and the worker.
    who: Vec<(u32, Option<u32>)>,
    values: Vec<f64>,
}

impl Answers {
    fn push(&mut self, answer: &Answer) {
        let Answer { place, task, worker, value } = answer;
        let task = self.name(task);
        let worker = worker.as_deref().map(|worker| self.name(worker));
        self.places.push(place.clone());
        self.who.push((task, worker));
        self.values.push(*value);
    }

    fn name(&mut self, name: &str) -> u32 {
        let (Ok(place) | Err(place)) = self.names.add(name);
        place as u32
    }

    fn each(
        self,
        mut take: impl FnMut(Answer) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let Self { places, names, who, values } = self;
        let name = |place: u32| names.get(place as usize).to_owned();
        let rows = places.into_iter().zip(who).zip(values);
        rows.into_iter().try_for_each(|((place, (task, worker)), value)| {
            take(Answer { place, task: name(task), worker: worker.map(name), value })
        })
    }
}

impl Answer {
    fn provenance(&self) -> Provenance {
        let annotator = self.worker.clone().map(AnnotatorId);
        Provenance { annotator, ..Provenance::default() }
    }
}

fn answer(row: &Row) -> Result<Answer, ImportError> {
    let Cells { task, worker, label } = row.parse()?;
    let task = task.ok_or_else(|| row.place.wrong("task", "a name", "an empty cell"))?;
    let expected = "a number, true or false (classes have no order)";
    let value = value(&label).ok_or_else(|| row.place.wrong("label", expected, &label))?;
    let worker = worker.and_then(|name| crate::person(&name));
    Ok(Answer { place: row.place.clone(), task, worker, value })
}

fn value(label: &Value) -> Option<f64> {
    let value = match label {
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" => 1.0,
            "false" => 0.0,
            text => text.parse().ok()?,
        },
        _ => return None,
    };
    value.is_finite().then_some(value)
}

fn is_binary(value: f64) -> bool {
    value == 0.0 || value == 1.0
}

impl CrowdKitLabels {
    /// What can be said of a label before all are known.
    fn check(&self, answer: &Answer) -> Result<(), ImportError> {
        let wrong = |expected: String| Err(answer.place.wrong("label", expected, answer.value));
        match self {
            Self { kind: Some(LabelKind::Approval), .. } if !is_binary(answer.value) => {
                wrong("0 or 1".into())
            }
            Self { low: Some(low), .. } if answer.value < *low => wrong(format!("from {low}")),
            Self { high: Some(high), .. } if answer.value > *high => wrong(format!("up to {high}")),
            Self { low: Some(low), high: Some(high), levels: Some(levels @ 2..), .. } => {
                let scale = Scale { low: *low, high: *high, levels: Some(*levels) };
                match scale.level(answer.value) {
                    Some(_) => Ok(()),
                    None => wrong(format!("one of {levels} levels from {low} to {high}")),
                }
            }
            _ => Ok(()),
        }
    }

    fn kind(&self, values: &[f64]) -> LabelKind {
        let Self { kind, low, high, levels } = self;
        let is_silent = low.is_none() && high.is_none() && levels.is_none();
        kind.unwrap_or(match is_silent && values.iter().all(|&value| is_binary(value)) {
            true => LabelKind::Approval,
            false => LabelKind::Rating,
        })
    }

    fn scale(&self, path: &Path, values: &[f64]) -> Result<Scale, ImportError> {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = (self.low.unwrap_or(least), self.high.unwrap_or(most));
        if low >= high {
            return Err(ImportError::File {
                file: path.to_owned(),
                expected: "labels on a scale (state it by the options `low` and `high`)".into(),
                found: format!("labels from {low} to {high}"),
            });
        }
        let is_whole = values.iter().chain([&low, &high]).all(|value| value.fract() == 0.0);
        let levels = match self.levels {
            Some(levels) => (levels > 0).then_some(levels),
            None => (is_whole && high - low <= MOST_STEPS).then(|| (high - low) as u32 + 1),
        };
        Ok(Scale { low, high, levels })
    }
}

/// A scale of more whole numbers is taken for continuous: 0 to 100 is a slider.
const MOST_STEPS: f64 = 20.0;

fn inferred(scale: Scale) -> String {
    let Scale { low, high, levels } = scale;
    let levels = levels.map_or("continuous".into(), |levels| format!("of {levels} levels"));
    format!(
        "the scale from {low} to {high}, {levels}, is inferred from the labels; state it by `low`, \
         `high` and `levels`"
    )
}

fn approve(import: &mut Import<'_>, answer: Answer) -> Result<(), ImportError> {
    let provenance = answer.provenance();
    let Answer { place, task, value, .. } = answer;
    import.draft(&place, |draft| {
        draft.named_group(&task, None, None)?;
        let segment = draft.named_text(&task, &task, &task)?;
        draft.record(Approval { segment, approval: value, reason: None, provenance })
    })
}

fn rate(import: &mut Import<'_>, answer: Answer, scale: Scale) -> Result<(), ImportError> {
    let provenance = answer.provenance();
    let Answer { place, task, value, .. } = answer;
    import.draft(&place, |draft| {
        draft.named_group(&task, None, None)?;
        let segment = draft.named_text(&task, &task, &task)?;
        draft.record(Rating { segment, value, scale, aspect: None, reason: None, provenance })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;

    #[test]
    fn numbers_are_ratings_on_an_inferred_scale() {
        let imported = import("crowd-kit-labels");
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let said: Vec<_> = ratings
            .iter()
            .map(|r| {
                let worker = r.provenance.annotator.as_ref().map(|a| a.0.as_str());
                (r.segment.0.as_str(), worker, r.value)
            })
            .collect();
        let expect = [
            ("q1", Some("w1"), 5.0),
            ("q1", Some("w2"), 1.0),
            ("¿qué, tal?", Some("w1"), 3.0),
            ("¿qué, tal?", None, 4.0),
        ];
        assert_eq!(said, expect);
        assert!(ratings.iter().all(|r| r.scale == Scale { low: 1.0, high: 5.0, levels: Some(5) }));
        let note = "the scale from 1 to 5, of 5 levels, is inferred from the labels";
        assert!(imported.report.notes[0].starts_with(note), "{:?}", imported.report.notes);
        assert_eq!(imported.report.dropped["field `gold`"], 4);
    }

    fn labels(importer: &CrowdKitLabels, labels: &[&str]) -> Result<crate::Imported, String> {
        let rows: Vec<String> =
            labels.iter().enumerate().map(|(i, label)| format!("t{i},w,{label}\n")).collect();
        import_text(importer, &format!("task,performer,label\n{}", rows.concat()))
    }

    #[test]
    fn yes_and_no_are_approvals_unless_a_scale_is_stated() {
        let plain = CrowdKitLabels::default();
        let approvals = |labels: crate::Imported| -> Vec<f64> {
            labels.dataset.records::<Approval>().unwrap().iter().map(|a| a.approval).collect()
        };
        assert_eq!(approvals(labels(&plain, &["1", "0", "1.0"]).unwrap()), [1.0, 0.0, 1.0]);
        assert_eq!(approvals(labels(&plain, &["True", "false"]).unwrap()), [1.0, 0.0]);
        let rating = CrowdKitLabels { kind: Some(LabelKind::Rating), ..plain };
        assert_eq!(labels(&rating, &["0", "1"]).unwrap().dataset.count("rating"), 2);
        let stated = CrowdKitLabels { low: Some(0.0), high: Some(4.0), levels: Some(5), ..plain };
        let imported = labels(&stated, &["0", "1"]).unwrap();
        assert_eq!(imported.dataset.count("rating"), 2);
        assert_eq!(imported.report.notes.len(), 1, "nothing is inferred");
    }

    #[test]
    fn scales_are_continuous_unless_whole() {
        let scale = |texts: &[&str]| {
            let imported = labels(&CrowdKitLabels::default(), texts).unwrap();
            imported.dataset.records::<Rating>().unwrap()[0].scale
        };
        assert_eq!(scale(&["0.5", "2"]), Scale { low: 0.5, high: 2.0, levels: None });
        assert_eq!(scale(&["-1", "1", "0"]), Scale { low: -1.0, high: 1.0, levels: Some(3) });
        assert_eq!(scale(&["0", "100"]), Scale { low: 0.0, high: 100.0, levels: None });
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("crowd-kit-labels", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "q1,w1,5",
            "q1,w1,cat",
            "line 2: `label` must be a number, true or false (classes have no order), found \"cat\"",
        );
        check("q1,w1,5", ",w1,5", "line 2: `task` must be a name, found an empty cell");
        check("label", "class", "line 2: at `.`: missing field `label`");
        let error = labels(&CrowdKitLabels::default(), &["3", "3"]).unwrap_err();
        assert!(error.contains("state it by the options `low` and `high`"), "{error}");
        let stated =
            CrowdKitLabels { low: Some(1.0), high: Some(5.0), levels: Some(5), kind: None };
        let error = labels(&stated, &["3", "6"]).unwrap_err();
        assert!(error.contains("line 3: `label` must be up to 5, found 6"), "{error}");
        let error = labels(&stated, &["3", "3.5"]).unwrap_err();
        assert!(error.contains("one of 5 levels from 1 to 5, found 3.5"), "{error}");
    }
}
