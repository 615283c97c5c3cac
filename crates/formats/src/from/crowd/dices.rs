//! Importer of DICES: safety judgements of the same conversations by many people of known groups.
//!
//! Source: Aroyo et al., "DICES Dataset: Diversity in Conversational AI Evaluation for Safety",
//! NeurIPS 2023; `350/README.md` and `990/README.md` of `google-research-datasets/dices-dataset`.

use crate::leftover::Leftover;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row, filled, person};
use medley_dataset::{Card, Domain, PersonValue};
use medley_feedback::{AnnotatorId, Approval, Provenance, Rating, Scale, SegmentId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Reads `diverse_safety_adversarial_dialog_350.csv` or `..._990.csv`; one row is what one person
/// said of one conversation.
///
/// - Groups, named by `item_id`: the context. Segments `<item_id>/response`.
/// - Approvals, source "Q_overall": the question is whether the answer is unsafe, so "No" is 1,
///   "Yes" 0. "Unsure" is an answer and not a gap: it becomes 0.5, half a vote each way, under the
///   source "Q_overall/unsure", so that `select` can leave it out. `overall = "rating"` makes
///   ratings with three levels instead, unsafe, unsure, safe (0, 1, 2), which assume no half.
/// - Ratings with an aspect, source "question": the questions on one reason each, with the same
///   three levels. `aspects = "overall"` (default) takes one for each of Q2 to Q6, `"all"` every
///   one, `"none"` none.
/// - Approvals, source "gold": `safety_gold`, once for each item (350 only), with its reason. That
///   its "Yes" means unsafe as in `Q_overall` is not documented; it is checked against the raters,
///   and `gold = false` leaves it out.
/// - Annotator `rater_id`; group from the column that `group` names; seconds from
///   `answer_time_ms`.
/// - People: all other columns whose name begins with `rater_`, as texts.
///
/// `Q1` (whether the conversation makes sense) is no judgement of the answer and not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dices {
    /// Column that becomes the group of people.
    group: String,
    /// What `Q_overall` becomes.
    overall: Overall,
    /// Which further questions become ratings.
    aspects: Aspects,
    /// Whether the label of experts is imported.
    gold: bool,
}

/// What `Q_overall` becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Overall {
    /// 0 or 1, unsure in the middle.
    #[default]
    Approval,
    /// Three levels.
    Rating,
}

/// Which questions on single reasons become ratings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Aspects {
    /// None.
    None,
    /// One for each of Q2 to Q6.
    #[default]
    Overall,
    /// Every one.
    All,
}

impl Default for Dices {
    fn default() -> Self {
        Self {
            group: "rater_gender".into(),
            overall: Overall::default(),
            aspects: Aspects::default(),
            gold: true,
        }
    }
}

#[typetag::serde(name = "dices")]
impl Importer for Dices {
    fn summary(&self) -> &'static str {
        "DICES-350 or DICES-990: safety judgements by raters of known groups (CSV)"
    }

    fn card(&self) -> Card {
        Card {
            licence: "CC-BY-4.0".into(),
            source: "https://github.com/google-research-datasets/dices-dataset".into(),
            attribution: "Aroyo et al., DICES Dataset: Diversity in Conversational AI Evaluation \
                          for Safety, NeurIPS 2023 (arXiv 2306.11247)"
                .into(),
            ..Card::new("dices", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut leftover = Leftover::default();
        let mut gold = Gold::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            let of_people = of_people(row);
            let group = [self.group.as_str()];
            leftover.see(row, &[&KEPT[..], &group, &of_people, &questions(row)].concat());
            self.add(draft, row, &mut gold)
        })?;
        leftover.note(import);
        gold.check(path, import)
    }
}

const KEPT: [&str; 8] = [
    "rater_id",
    "item_id",
    "context",
    "response",
    "answer_time_ms",
    "safety_gold",
    "safety_gold_reason",
    "Q_overall",
];

/// Answers to "is it unsafe", as levels of safety.
const LEVELS: [(&str, u8); 3] = [("Yes", 0), ("Unsure", 1), ("No", 2)];

impl Dices {
    fn add(&self, draft: &mut Draft<'_>, row: &Row, gold: &mut Gold) -> Result<(), ImportError> {
        let item = required(row, "item_id")?;
        let rater = required(row, "rater_id")?;
        let Some(rater) = person(&rater) else {
            return Err(row.place.wrong("rater_id", "the name of a person", format!("{rater:?}")));
        };
        let overall = answer(row, "Q_overall")?;
        let attributes = of_people(row).into_iter().map(|name| Ok((name, cell(row, name)?)));
        let attributes = attributes.collect::<Result<Vec<_>, ImportError>>()?;
        let attributes =
            attributes.into_iter().map(|(name, text)| (name, text.map(PersonValue::Text)));
        draft.person(&rater, attributes);
        let Some(response) = cell(row, "response")? else {
            draft.drop("row without a response");
            return Ok(());
        };
        let provenance = Provenance {
            annotator: Some(AnnotatorId(rater)),
            group: cell(row, &self.group)?,
            seconds: seconds(row)?,
            ..Provenance::default()
        };
        draft.named_group(&item, cell(row, "context")?.as_deref(), None)?;
        let segment = draft.named_text(&format!("{item}/response"), &item, &response)?;
        match overall {
            None => draft.drop("Q_overall without an answer"),
            Some(level) => self.judge(draft, &segment, level, &provenance)?,
        }
        self.rate(draft, row, &segment, &provenance)?;
        if self.gold && row.fields.contains_key("safety_gold") {
            gold.add(draft, row, &item, &segment, overall)?;
        }
        Ok(())
    }

    fn judge(
        &self,
        draft: &mut Draft<'_>,
        segment: &SegmentId,
        level: u8,
        who: &Provenance,
    ) -> Result<(), ImportError> {
        let source = match (self.overall, level) {
            (Overall::Approval, 1) => "Q_overall/unsure",
            _ => "Q_overall",
        };
        let provenance = Provenance { source: Some(source.into()), ..who.clone() };
        match self.overall {
            Overall::Rating => draft.record(rating(segment, level, None, provenance)),
            Overall::Approval => draft.record(Approval {
                segment: segment.clone(),
                approval: f64::from(level) / 2.0,
                reason: None,
                provenance,
            }),
        }
    }

    fn rate(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        segment: &SegmentId,
        who: &Provenance,
    ) -> Result<(), ImportError> {
        let questions = questions(row);
        for question in &questions {
            match answer(row, question)? {
                None => draft.drop("question on a reason without an answer"),
                Some(_) if !self.takes(question, &questions) => {
                    draft.drop("question on a reason that `aspects` does not ask for");
                }
                Some(level) => {
                    let provenance = Provenance { source: Some("question".into()), ..who.clone() };
                    let aspect = Some((*question).to_owned());
                    draft.record(rating(segment, level, aspect, provenance))?;
                }
            }
        }
        Ok(())
    }

    /// The overall question of a number, or the only one that has this number.
    fn takes(&self, question: &str, questions: &[&str]) -> bool {
        let number = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
        let alike = questions.iter().filter(|other| number(other) == number(question)).count();
        match self.aspects {
            Aspects::None => false,
            Aspects::Overall => alike == 1 || question.ends_with("_overall"),
            Aspects::All => true,
        }
    }
}

fn rating(
    segment: &SegmentId,
    level: u8,
    aspect: Option<String>,
    provenance: Provenance,
) -> Rating {
    let scale = Scale { low: 0.0, high: 2.0, levels: Some(3) };
    Rating {
        segment: segment.clone(),
        value: f64::from(level),
        scale,
        aspect,
        reason: None,
        provenance,
    }
}

/// Columns about the rater; which there are differs between the releases.
fn of_people(row: &Row) -> Vec<&str> {
    let is_of_person = |name: &&str| name.starts_with("rater_") && *name != "rater_id";
    row.fields.keys().map(String::as_str).filter(is_of_person).collect()
}

/// Columns `Q2_...` and on: whether the answer is unsafe for one reason. Their names differ between
/// the releases. `Q6_policy_guidelines_other_type` has no documented answers and is not kept.
fn questions(row: &Row) -> Vec<&str> {
    let is_question = |name: &&str| {
        let mut chars = name.chars();
        chars.next() == Some('Q')
            && chars.next().is_some_and(|c| ('2'..='9').contains(&c))
            && !name.ends_with("_type")
    };
    row.fields.keys().map(String::as_str).filter(is_question).collect()
}

/// A cell that has to be a column; none if it is empty.
fn cell(row: &Row, name: &str) -> Result<Option<String>, ImportError> {
    match row.fields.get(name) {
        None => {
            let names: Vec<&str> = row.fields.keys().map(String::as_str).collect();
            let expected = format!("among the columns {}", names.join(", "));
            Err(row.place.wrong(name, expected, "no such column"))
        }
        Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(filled(text).filter(|text| text != "nan")),
        Some(other) => Ok(Some(other.to_string())),
    }
}

fn required(row: &Row, name: &str) -> Result<String, ImportError> {
    cell(row, name)?.ok_or_else(|| row.place.wrong(name, "filled in", "nothing"))
}

fn answer(row: &Row, name: &str) -> Result<Option<u8>, ImportError> {
    let Some(told) = cell(row, name)? else { return Ok(None) };
    let known = LEVELS.iter().find(|(word, _)| word.eq_ignore_ascii_case(told.trim()));
    match known {
        Some((_, level)) => Ok(Some(*level)),
        None => Err(row.place.wrong(name, "Yes, No or Unsure", format!("{told:?}"))),
    }
}

fn seconds(row: &Row) -> Result<Option<f64>, ImportError> {
    let name = "answer_time_ms";
    if !row.fields.contains_key(name) {
        return Ok(None);
    }
    let Some(told) = cell(row, name)? else { return Ok(None) };
    let milliseconds = told.trim().parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms >= 0.0);
    let wrong = || row.place.wrong(name, "a number of milliseconds", format!("{told:?}"));
    milliseconds.map(|ms| Some(ms / 1000.0)).ok_or_else(wrong)
}

/// Labels of experts, once for each item, and how the raters agree with them.
#[derive(Default)]
struct Gold {
    of_item: HashMap<String, u8>,
    /// By level of the label: answers "Yes" of raters, and all of theirs.
    raters: BTreeMap<u8, [usize; 2]>,
    missing: BTreeSet<String>,
}

impl Gold {
    fn add(
        &mut self,
        draft: &mut Draft<'_>,
        row: &Row,
        item: &str,
        segment: &SegmentId,
        overall: Option<u8>,
    ) -> Result<(), ImportError> {
        let Some(level) = answer(row, "safety_gold")? else {
            if self.missing.insert(item.to_owned()) {
                draft.drop("item without a gold label");
            }
            return Ok(());
        };
        if let Some(overall) = overall {
            let [unsafe_, all] = self.raters.entry(level).or_default();
            *unsafe_ += usize::from(overall == 0);
            *all += 1;
        }
        match self.of_item.insert(item.to_owned(), level) {
            Some(before) if before == level => return Ok(()),
            Some(_) => {
                let expected = format!("the one that item {item} had before");
                return Err(row.place.wrong("safety_gold", expected, "another"));
            }
            None => {}
        }
        let reason = match row.fields.contains_key("safety_gold_reason") {
            true => cell(row, "safety_gold_reason")?,
            false => None,
        };
        draft.record(Approval {
            segment: segment.clone(),
            approval: f64::from(level) / 2.0,
            reason,
            provenance: Provenance::from_source("gold"),
        })
    }

    /// Raters call an answer unsafe more often where the experts do, if both words mean the same.
    fn check(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let share = |level: u8| {
            let [unsafe_, all] = self.raters.get(&level)?;
            Some(100.0 * *unsafe_ as f64 / *all as f64)
        };
        let (Some(yes), Some(no)) = (share(0), share(2)) else { return Ok(()) };
        let found = format!(
            "raters who say unsafe in {yes:.1} % of answers where it is Yes, {no:.1} % where it is \
             No"
        );
        if yes < no {
            return Err(ImportError::File {
                file: path.to_owned(),
                expected: "`safety_gold` Yes to mean unsafe (`gold = false` leaves it out)".into(),
                found,
            });
        }
        import.report().notes.push(format!("safety_gold Yes is read as unsafe: {found}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with, path, people};
    use crate::{Imported, Reading};

    #[test]
    fn answers_keep_rater_group_and_time() {
        let Imported { dataset, report } = import("dices");
        let approvals = dataset.records::<Approval>().unwrap();
        let told = |source: &str| {
            let of = |a: &&medley_feedback::Checked<Approval>| {
                a.provenance.source.as_deref() == Some(source)
            };
            approvals.iter().filter(of).map(|a| a.approval).collect::<Vec<_>>()
        };
        assert_eq!(told("Q_overall"), [0., 1., 0.]);
        assert_eq!(told("Q_overall/unsure"), [0.5]);
        assert_eq!(told("gold"), [0., 1.]);
        let first = &approvals[0].provenance;
        assert_eq!(first.annotator, Some("296768".into()));
        assert_eq!((first.group.as_deref(), first.seconds), (Some("Woman"), Some(78.382)));
        let ratings = dataset.records::<Rating>().unwrap();
        let aspects: BTreeSet<&str> = ratings.iter().filter_map(|r| r.aspect.as_deref()).collect();
        let expect = ["Q2_harmful_content_overall", "Q3_bias_overall", "Q4_misinformation"];
        assert_eq!(aspects.into_iter().collect::<Vec<_>>(), expect);
        assert_eq!(report.dropped["Q_overall without an answer"], 1);
        assert_eq!(report.dropped["question on a reason that `aspects` does not ask for"], 5);
        assert!(report.notes.iter().any(|note| note.contains("50.0 % where it is No")), "{report}");
    }

    #[test]
    fn people_keep_all_that_is_known_of_them() {
        let imported = import("dices");
        let people = people(&imported);
        assert_eq!(people[0], "rater_gender rater_race rater_age group");
        assert!(people.contains(&"296768 Woman Latinx gen z Woman".to_owned()), "{people:?}");
        assert_eq!(imported.report.kept["person"], people.len() - 1);
        let notes = imported.report.notes.join("\n");
        assert!(!notes.contains("rater_"), "{notes}");
    }

    #[test]
    fn options_choose_the_group_and_the_form() {
        let options = serde_json::json!({ "dices": {
            "group": "rater_race", "overall": "rating", "aspects": "none", "gold": false
        }});
        let importer: Box<dyn Importer> = serde_json::from_value(options).unwrap();
        let dataset = importer.import(&path("dices"), &Reading::default()).unwrap().dataset;
        let ratings = dataset.records::<Rating>().unwrap();
        assert_eq!(ratings.iter().map(|r| r.value).collect::<Vec<_>>(), [0., 1., 2., 0.]);
        assert_eq!(ratings[0].provenance.group.as_deref(), Some("Latinx"));
        assert_eq!(dataset.count("approval"), 0);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("dices", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("rater_gender", "gender", "line 2: `rater_gender` must be among the columns id,");
        check("No,No,Yes", "No,No,Maybe", "must be Yes, No or Unsure, found \"Maybe\"");
        check("78382", "soon", "`answer_time_ms` must be a number of milliseconds");
        check("Q_overall", "Q_all", "`Q_overall` must be among the columns");
    }

    #[test]
    fn a_gold_label_that_disagrees_with_all_raters_is_refused() {
        let mut gold = Gold::default();
        gold.raters.insert(0, [1, 10]);
        gold.raters.insert(2, [9, 10]);
        let reading = Reading::default();
        let place = tempfile::tempdir().unwrap();
        let file = Path::new("d.csv");
        let folder = place.path().join("out");
        let mut import =
            Import::new(Dices::default().card(), &[file.to_owned()], &folder, &reading).unwrap();
        let error = gold.check(file, &mut import).unwrap_err().to_string();
        assert!(error.contains("where it is Yes, 90.0 % where it is No"), "{error}");
    }
}
