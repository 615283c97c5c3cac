//! Importer of CREHate: whether posts are hate speech, by people of five countries.
//!
//! Source: Lee, Jung, Myung, Jin, Camacho-Collados, Kim and Oh, "Exploring Cross-Cultural
//! Differences in English Hate Speech Annotations: From Dataset Construction to Analysis", NAACL
//! 2024 (arXiv 2308.16705); files `data/CREHate_{raw,final}_annotations.csv` of
//! `nlee0212/CREHate`.

use crate::{
    Dialect, Draft, Import, ImportError, Importer, filled, number, optional_number, person,
};
use medley_dataset::{Card, Domain, PersonValue};
use medley_feedback::{AnnotatorId, Approval, Provenance, SegmentId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Reads a folder with `CREHate_final_annotations.csv` (texts) and `CREHate_raw_annotations.csv`
/// (what each person said), each plain or with `.gz`, joined on `ID`.
///
/// - Groups and segments: the posts, each a group of its own without prompt, under their `ID`.
/// - Approvals (source: `ID` up to the first dash, which is where the post was collected), one a
///   label, with `annotator_id` and, as group, `nationality`. Label 0, non-hate, is approval 1;
///   label 1, hate, is approval 0. Label 2 is a third option that the source does not document:
///   it is dropped and counted, as the labels by country of the source leave it out too. A label
///   given twice by one person is kept twice.
/// - People: all columns about them, `age` and `education` (a code) as numbers. Two people have
///   nothing but the dropped labels and are kept as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crehate {}

#[typetag::serde(name = "crehate")]
impl Importer for Crehate {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let posts = read_posts(import, &file(path, "CREHate_final_annotations.csv"))?;
        let mut tally = Tally::default();
        let labels = file(path, "CREHate_raw_annotations.csv");
        import.file_rows(&labels, Dialect::Quoted, |draft, row| {
            add_label(draft, &row.parse()?, &posts, &mut tally)
        })?;
        let notes = &mut import.report().notes;
        notes.push("content warning: hateful and offensive posts".into());
        notes.push("label 0 (non-hate) is approval 1, label 1 (hate) is approval 0".into());
        notes.push(
            "labels by country are not kept: each is the majority of the approvals from there"
                .into(),
        );
        notes.extend(tally.notes());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "CREHate: a folder with CREHate_raw_annotations.csv and CREHate_final_annotations.csv"
    }
}

fn card() -> Card {
    Card {
        licence: "CC-BY-SA-4.0".into(),
        source: "https://github.com/nlee0212/CREHate commit \
                 777ceeb3473c3e9fb5944b542560a3f3023f9d3e, data"
            .into(),
        attribution: "Lee et al., Exploring Cross-Cultural Differences in English Hate Speech \
                      Annotations: From Dataset Construction to Analysis, NAACL 2024 (arXiv \
                      2308.16705); SBIC posts from the Social Bias Inference Corpus"
            .into(),
        ..Card::new("crehate", Domain::Text)
    }
}

/// The file of this name, or else the packed one.
fn file(folder: &Path, name: &str) -> PathBuf {
    let (plain, packed) = (folder.join(name), folder.join(format!("{name}.gz")));
    if !plain.exists() && packed.exists() { packed } else { plain }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Text")]
    text: String,
    #[serde(rename = "United_States_Hate")]
    _united_states: IgnoredAny,
    #[serde(rename = "Australia_Hate")]
    _australia: IgnoredAny,
    #[serde(rename = "United_Kingdom_Hate")]
    _united_kingdom: IgnoredAny,
    #[serde(rename = "South_Africa_Hate")]
    _south_africa: IgnoredAny,
    #[serde(rename = "Singapore_Hate")]
    _singapore: IgnoredAny,
    #[serde(rename = "SBIC_ID")]
    _sbic_id: IgnoredAny,
}

fn read_posts(import: &mut Import<'_>, file: &Path) -> Result<BTreeSet<String>, ImportError> {
    let mut posts = BTreeSet::new();
    import.file_rows(file, Dialect::Quoted, |draft, row| {
        let post: Post = row.parse()?;
        if posts.contains(&post.id) {
            return Err(draft.place().wrong("ID", "a name of its own", post.id));
        }
        let group = draft.named_group(&post.id, None, None)?;
        draft.named_text(&post.id, &group, &post.text)?;
        posts.insert(post.id);
        Ok(())
    })?;
    Ok(posts)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    #[serde(rename = "ID")]
    id: String,
    annotator_id: String,
    nationality: String,
    #[serde(deserialize_with = "optional_number")]
    age: Option<f64>,
    #[serde(deserialize_with = "optional_number")]
    education: Option<f64>,
    ethnicity: String,
    gender: String,
    politic: String,
    religion: String,
    gender_sexual_orientation: String,
    #[serde(deserialize_with = "number")]
    annotation: f64,
}

fn add_label(
    draft: &mut Draft<'_>,
    label: &Label,
    posts: &BTreeSet<String>,
    tally: &mut Tally,
) -> Result<(), ImportError> {
    let Some(annotator) = person(&label.annotator_id) else {
        let found = format!("{:?}", label.annotator_id);
        return Err(draft.place().wrong("annotator_id", "the name of a person", found));
    };
    if !posts.contains(&label.id) {
        return Err(draft.place().wrong("ID", "that of a post", &label.id));
    }
    draft.person(&annotator, attributes(label));
    let approval = match label.annotation {
        0.0 => Some(1.0),
        1.0 => Some(0.0),
        2.0 => None,
        other => return Err(draft.place().wrong("annotation", "0, 1 or 2", other)),
    };
    match approval {
        Some(approval) => draft.record(Approval {
            segment: SegmentId(label.id.clone()),
            approval,
            reason: None,
            provenance: Provenance {
                annotator: Some(AnnotatorId(annotator.clone())),
                group: filled(&label.nationality),
                ..Provenance::from_source(collection(&label.id))
            },
        })?,
        None => draft.drop("label 2: a third option, undocumented"),
    }
    tally.add(&label.id, &annotator);
    Ok(())
}

/// Where a post was collected.
fn collection(id: &str) -> &str {
    id.split_once('-').map_or(id, |(collection, _)| collection)
}

/// What is known of a person, by the name of its column.
fn attributes(label: &Label) -> [(&'static str, Option<PersonValue>); 8] {
    let text = |text: &str| filled(text).map(PersonValue::Text);
    [
        ("nationality", text(&label.nationality)),
        ("age", label.age.map(PersonValue::Number)),
        ("education", label.education.map(PersonValue::Number)),
        ("ethnicity", text(&label.ethnicity)),
        ("gender", text(&label.gender)),
        ("politic", text(&label.politic)),
        ("religion", text(&label.religion)),
        ("gender_sexual_orientation", text(&label.gender_sexual_orientation)),
    ]
}

/// Who said how much.
#[derive(Default)]
struct Tally {
    labels: BTreeMap<String, usize>,
    /// Labels by post and person.
    pairs: BTreeMap<(String, String), usize>,
}

impl Tally {
    fn add(&mut self, post: &str, person: &str) {
        *self.labels.entry(person.to_owned()).or_default() += 1;
        *self.pairs.entry((post.to_owned(), person.to_owned())).or_default() += 1;
    }

    fn notes(&self) -> [String; 2] {
        let once = self.labels.values().filter(|&&count| count == 1).count();
        let again = self.pairs.values().filter(|&&count| count > 1).count();
        [
            format!("{} annotators, of whom {once} gave one label", self.labels.len()),
            format!("{again} times a person labelled the same post again; all labels are kept"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with, people};

    #[test]
    fn labels_become_approvals_by_nationality() {
        let imported = import("crehate");
        let approvals = imported.dataset.records::<Approval>().unwrap();
        let told: Vec<_> = approvals
            .iter()
            .map(|a| {
                let Provenance { annotator, group, source, .. } = &a.provenance;
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let annotator = annotator.as_ref().unwrap();
                let (group, source) = (text(group), text(source));
                format!("{} {} {annotator} {group} {source}", a.segment, a.approval)
            })
            .collect();
        let expect = [
            "SBIC-0 1 7 Australia SBIC",
            "SBIC-0 0 8 South Africa SBIC",
            "SBIC-0 1 8 South Africa SBIC",
            "SG-1 0 7 Australia SG",
            "SG-1 0 9  SG",
        ];
        assert_eq!(told, expect);
        assert_eq!(imported.report.dropped["label 2: a third option, undocumented"], 1);
        let notes = imported.report.notes.join("\n");
        for note in [
            "3 annotators, of whom 1 gave one label",
            "1 times a person labelled the same post again",
        ] {
            assert!(notes.contains(note), "{note:?} in {notes}");
        }
        assert_eq!(imported.report.kept["person"], 3);
        let people = people(&imported);
        let names = "nationality age education ethnicity gender politic religion \
                     gender_sexual_orientation group";
        assert_eq!(people[0], names);
        assert_eq!(
            people[1],
            "7 Australia 29 4 White male Independent None heterosexual Australia"
        );
        assert_eq!(people[3], "9 - - - - - - - - -");
        let text = imported.dataset.segments().text(1).unwrap();
        assert_eq!(text, "Zwei Zeilen,\n\"naïve\" 你好");
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("crehate", from, to).err().unwrap();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "heterosexual,0",
            "heterosexual,3",
            "CREHate_raw_annotations.csv: line 2: `annotation` must be 0, 1 or 2, found 3",
        );
        check("SG-1,7", "SG-2,7", "`ID` must be that of a post, found SG-2");
        check("SG-1,9", "SG-1,", "`annotator_id` must be the name of a person, found \"\"");
        check("\nSG-1,\"", "\nSBIC-0,\"", "line 3: `ID` must be a name of its own, found SBIC-0");
        check("SBIC-0,Ordinary text.", "SBIC-0,", "`text of `SBIC-0`` must be a text");
        check("politic", "politics", "found politics; is `politic` meant?");
        check("Australia,29.0", "Australia,young", "expected a number, found \"young\"");
    }
}
