//! Importer of DeFacto: judgements, explanations, instructions and edits of factual errors in
//! summaries.
//!
//! Source: Liu, Deb, Teruel, Halfaker, Radev and Hassan Awadallah, "On Improving Summarization
//! Factual Consistency from Natural Language Feedback", ACL 2023; files
//! `data/{train,val,test}.jsonl` of `microsoft/DeFacto`.

use crate::content::unfit;
use crate::{Dialect, Draft, Import, ImportError, Importer, filled};
use medley_dataset::{Card, Domain};
use medley_feedback::{Approval, Critique, Demonstration, Polarity, Provenance, SegmentId};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Reads a folder with `train.jsonl`, `val.jsonl` and `test.jsonl` (those that are there, plain or
/// with `.gz`), or one such file.
///
/// - Groups `<split>/<doc_id>`, where the split is the name of the file up to its first dot; the
///   article is their context. The source has no prompt, and none is invented.
/// - Segments `<group>/candidate`, `<group>/reference` (`abstract`), and `<group>/corrected`
///   (`feedback.summary`) where there is an edit that differs.
/// - Approvals of the candidate (source "has-error"): 0 with an error, 1 without.
/// - Critiques of the candidate, none with a span:
///   - source "error-type": blame with aspect `intrinsic` (the article says otherwise) and
///     `extrinsic` (the article does not say), or one neutral critique if it is neither;
///   - source "explanation": why the candidate is right or wrong, in the annotator's words. The
///     source states no polarity; that of `has_error` is taken;
///   - source "instruction": blame, one for each instruction, with its text, or one neutral
///     critique where the annotator gave none;
///   - source "evidence": neutral, the sentence of the article that the annotator picked.
/// - Corrections (source "edit") from the candidate, with all instructions as the reason.
/// - Demonstrations (source "reference"): the abstract, without alternatives.
///
/// The instructions stand twice: as critiques, because they are statements of their own that also
/// exist where nothing was edited, and as the reason of the edit that they led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defacto {}

#[typetag::serde(name = "defacto")]
impl Importer for Defacto {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push(
            "explanations have the polarity of `has_error`: they are no evidence apart".into(),
        );
        for file in files(path)? {
            let split = split_name(&file);
            import.file_rows(&file, Dialect::Quoted, |draft, row| {
                add_item(draft, &split, &row.parse()?)
            })?;
        }
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "DeFacto: a folder with train.jsonl, val.jsonl, test.jsonl, or one of them, plain or gzip"
    }
}

fn card() -> Card {
    Card {
        groups: "article".into(),
        licence: "MIT".into(),
        source: "https://github.com/microsoft/DeFacto commit \
                 a7e70a2fab6b6953f88a2e56d5b14feb4ff5beef, data"
            .into(),
        attribution: "Liu et al., On Improving Summarization Factual Consistency from Natural \
                      Language Feedback, ACL 2023; articles and abstracts from XSum (BBC news)"
            .into(),
        ..Card::new("defacto", Domain::Text)
    }
}

const SPLITS: [&str; 3] = ["train", "val", "test"];

/// The files to read, in the order of the splits.
fn files(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for split in SPLITS {
        let names = [format!("{split}.jsonl"), format!("{split}.jsonl.gz")];
        let there: Vec<PathBuf> =
            names.iter().map(|name| path.join(name)).filter(|file| file.is_file()).collect();
        if there.len() > 1 {
            return Err(unfit(path, &format!("one of {}", names.join(" and ")), "both"));
        }
        found.extend(there);
    }
    if found.is_empty() {
        return Err(unfit(
            path,
            "train.jsonl, val.jsonl or test.jsonl, plain or .gz",
            "none of them",
        ));
    }
    Ok(found)
}

/// The name of a file up to its first dot.
fn split_name(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_default().split('.').next().unwrap_or_default().to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    article: String,
    #[serde(rename = "abstract")]
    reference: String,
    candidate: String,
    doc_id: u64,
    has_error: bool,
    intrinsic_error: bool,
    extrinsic_error: bool,
    feedback: Feedback,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feedback {
    /// Empty or null: no correction.
    summary: Option<String>,
    evidence: String,
    explanation: String,
    /// The list, joined by spaces.
    instruction: String,
    instruction_list: Vec<String>,
}

fn add_item(draft: &mut Draft<'_>, split: &str, item: &Item) -> Result<(), ImportError> {
    let group = format!("{split}/{}", item.doc_id);
    draft.named_group(&group, None, Some(&item.article))?;
    let candidate = draft.named_text(&format!("{group}/candidate"), &group, &item.candidate)?;
    let approval = Approval {
        segment: candidate.clone(),
        approval: if item.has_error { 0.0 } else { 1.0 },
        reason: None,
        provenance: Provenance::from_source("has-error"),
    };
    draft.record(approval)?;
    error_types(draft, &candidate, item)?;
    explanation(draft, &candidate, item)?;
    instructions(draft, &candidate, &item.feedback)?;
    evidence(draft, &candidate, item)?;
    correction(draft, &group, &candidate, item)?;
    demonstration(draft, &group, &item.reference)
}

fn remark(segment: &SegmentId, polarity: Polarity, source: &str) -> Critique {
    Critique {
        provenance: Provenance::from_source(source),
        ..Critique::new(segment.clone(), polarity)
    }
}

fn error_types(
    draft: &mut Draft<'_>,
    candidate: &SegmentId,
    item: &Item,
) -> Result<(), ImportError> {
    const SOURCE: &str = "error-type";
    for (found, aspect) in
        [(item.intrinsic_error, "intrinsic"), (item.extrinsic_error, "extrinsic")]
    {
        if found {
            let blame = remark(candidate, Polarity::Negative, SOURCE);
            draft.record(Critique { aspect: Some(aspect.to_owned()), ..blame })?;
        }
    }
    if !item.intrinsic_error && !item.extrinsic_error {
        draft.record(remark(candidate, Polarity::Neutral, SOURCE))?;
    }
    Ok(())
}

fn explanation(
    draft: &mut Draft<'_>,
    candidate: &SegmentId,
    item: &Item,
) -> Result<(), ImportError> {
    let Some(text) = filled(&item.feedback.explanation) else {
        draft.drop("explanation is empty");
        return Ok(());
    };
    let polarity = if item.has_error { Polarity::Negative } else { Polarity::Positive };
    draft.record(Critique { text: Some(text), ..remark(candidate, polarity, "explanation") })
}

fn instructions(
    draft: &mut Draft<'_>,
    candidate: &SegmentId,
    feedback: &Feedback,
) -> Result<(), ImportError> {
    const SOURCE: &str = "instruction";
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if words(&feedback.instruction) != words(&feedback.instruction_list.join(" ")) {
        let expected = "the instructions of `feedback.instruction_list` joined by spaces";
        return Err(draft.place().wrong("feedback.instruction", expected, &feedback.instruction));
    }
    let mut given = 0;
    for text in feedback.instruction_list.iter().filter_map(|text| filled(text)) {
        let blame = remark(candidate, Polarity::Negative, SOURCE);
        draft.record(Critique { text: Some(text), ..blame })?;
        given += 1;
    }
    if given == 0 {
        draft.record(remark(candidate, Polarity::Neutral, SOURCE))?;
    }
    Ok(())
}

fn evidence(draft: &mut Draft<'_>, candidate: &SegmentId, item: &Item) -> Result<(), ImportError> {
    let Some(text) = filled(&item.feedback.evidence) else {
        draft.drop("evidence is empty");
        return Ok(());
    };
    if !item.article.contains(text.trim()) {
        draft.keep("critique/evidence that is not in the article to the letter");
    }
    draft.record(Critique { text: Some(text), ..remark(candidate, Polarity::Neutral, "evidence") })
}

fn correction(
    draft: &mut Draft<'_>,
    group: &str,
    candidate: &SegmentId,
    item: &Item,
) -> Result<(), ImportError> {
    let Some(corrected) = item.feedback.summary.as_deref().and_then(filled) else {
        if item.has_error {
            draft.keep("summary with an error and without a correction");
        }
        return Ok(());
    };
    if corrected == item.candidate {
        draft.drop("correction equals the candidate");
        return Ok(());
    }
    if !item.has_error {
        draft.keep("correction/edit of a summary without an error");
    }
    let id = draft.named_text(&format!("{group}/corrected"), group, &corrected)?;
    let reason = filled(&item.feedback.instruction);
    let provenance = Provenance::from_source("edit");
    draft.correction((candidate.clone(), &item.candidate), (id, &corrected), reason, provenance)
}

fn demonstration(draft: &mut Draft<'_>, group: &str, reference: &str) -> Result<(), ImportError> {
    if reference.trim().is_empty() {
        draft.drop("reference summary is empty");
        return Ok(());
    }
    let demonstration = Demonstration {
        segment: draft.named_text(&format!("{group}/reference"), group, reference)?,
        alternatives: Vec::new(),
        provenance: Provenance::from_source("reference"),
    };
    draft.record(demonstration)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with, path};
    use crate::{Defacto, Importer, Reading};
    use medley_feedback::Correction;
    use medley_feedback::{Approval, Critique, Polarity};

    #[test]
    fn an_item_becomes_records_of_all_kinds() {
        let imported = import("defacto");
        let (defacto, report) = (imported.dataset, imported.report);
        let names: Vec<&str> = (0..4).map(|i| defacto.groups().id(i)).collect();
        assert_eq!(names, ["train/12", "train/7", "train/30", "val/41"]);
        assert!(defacto.groups().prompt(0).is_none() && defacto.groups().context(0).is_some());
        let approvals = defacto.records::<Approval>().unwrap();
        let shares: Vec<f64> = approvals.iter().map(|approval| approval.approval).collect();
        assert_eq!(shares, [0.0, 1.0, 1.0, 0.0]);

        let critiques = defacto.records::<Critique>().unwrap();
        let first: Vec<String> = critiques
            .iter()
            .filter(|critique| critique.segment.0 == "train/12/candidate")
            .map(|critique| {
                let source = critique.provenance.source.as_deref().unwrap();
                let about = critique.aspect.as_deref().or(critique.text.as_deref());
                format!("{source} {:?} {}", critique.polarity, about.unwrap_or("-"))
            })
            .collect();
        let expected = [
            "error-type Negative intrinsic",
            "error-type Negative extrinsic",
            "explanation Negative The café opened in May, not in March; Zoë is not mentioned.",
            "instruction Negative Replace the information about March with May.",
            "instruction Negative Remove the information about Zoë from the summary.",
            "evidence Neutral The café opened its doors in May.",
        ];
        assert_eq!(first, expected);

        let corrections = defacto.records::<Correction>().unwrap();
        let edited: Vec<&str> = corrections.iter().map(|c| c.corrected.0.as_str()).collect();
        assert_eq!(edited, ["train/12/corrected", "train/30/corrected"]);
        let reason = "Replace the information about March with May. Remove the information about \
                      Zoë from the summary.";
        assert_eq!(corrections[0].reason.as_deref(), Some(reason));
        assert_eq!(corrections[1].reason, None);
        assert_eq!(report.kept["correction/edit of a summary without an error"], 1);
        assert_eq!(report.dropped["correction equals the candidate"], 1);
    }

    #[test]
    fn judged_right_is_praise_and_no_instruction_is_neutral() {
        let defacto = import("defacto").dataset;
        let polarity = |source: &str| {
            let critiques = defacto.records::<Critique>().unwrap();
            let of = |c: &&medley_feedback::Checked<Critique>| {
                c.segment.0 == "train/7/candidate" && c.provenance.source.as_deref() == Some(source)
            };
            critiques.iter().filter(of).map(|c| c.polarity).collect::<Vec<_>>()
        };
        assert_eq!(polarity("explanation"), [Polarity::Positive]);
        assert_eq!(polarity("instruction"), [Polarity::Neutral]);
        assert_eq!(polarity("error-type"), [Polarity::Neutral]);
    }

    #[test]
    fn one_file_is_one_split() {
        let file = path("defacto").join("val.jsonl");
        let imported = (&Defacto {} as &dyn Importer).import(&file, &Reading::default()).unwrap();
        assert_eq!(imported.dataset.groups().id(0), "val/41");
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("defacto", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"has_error\": true",
            "\"has_error\": \"yes\"",
            "train.jsonl: line 1: at `has_error`: invalid type: string \"yes\", expected a boolean",
        );
        check("\"article\": \"The", "\"artikel\": \"The", "unknown field `artikel`");
        check("\"doc_id\": 12, ", "", "missing field `doc_id`");
        check(
            "\"doc_id\": 7",
            "\"doc_id\": 12",
            "`prompt` must be the one that `train/12` had before",
        );
        check(
            "\"instruction\": \"Replace",
            "\"instruction\": \"Rewrite",
            "line 1: `feedback.instruction` must be the instructions of",
        );
        check(
            "\"candidate\": \"The mayor resigned.\"",
            "\"candidate\": \" \"",
            "found white space",
        );
    }

    #[test]
    fn a_folder_without_its_files_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let importer: &dyn Importer = &Defacto {};
        let told = || importer.import(folder.path(), &Reading::default()).unwrap_err().to_string();
        assert!(told().contains("expected train.jsonl, val.jsonl or test.jsonl"), "{}", told());
        for name in ["train.jsonl", "train.jsonl.gz"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert!(told().contains("one of train.jsonl and train.jsonl.gz, found both"), "{}", told());
    }
}
