//! Importer of pairwise answers of crowd workers in the form of Crowd-Kit.
//!
//! Sources: `crowdkit/aggregation/pairwise/bradley_terry.py` of Toloka/crowd-kit, commit
//! 014935121999c0bbafdead2a6fbb2bdfecd54543, and `crowdkit/datasets/_loaders.py`, commit
//! 013aa8d2628745143e906b7d3d9c54776e3b0b57, whose released files call the worker `performer` and
//! the winner "left" or "right".

use crate::named_fields::drop_others;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row, optional_text};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Comparison, Provenance};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads a table of `worker` (or `performer`), `left`, `right` and `label`, the winner.
///
/// - Group `items`: all items, since any two may be compared and the question is not told.
/// - Segments: the items under their names, which are all that is known of them, so the text is
///   the name.
/// - Comparisons: left first. `label` is the winner's name, or "left" or "right" if no item of the
///   pair is called so. Annotator: `worker`; an empty cell is nobody.
/// - Counted: comparisons of an item with itself, other columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrowdKitPairwise {}

#[typetag::serde(name = "crowd-kit-pairwise")]
impl Importer for CrowdKitPairwise {
    fn card(&self) -> Card {
        Card { groups: "question".into(), ..Card::new("crowd-kit-pairwise", Domain::Text) }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, add)?;
        let note = "items are known by name only: the text of a segment is its name";
        import.report().notes.push(note.into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "worker, left, right, label of Crowd-Kit: which of two items a worker prefers"
    }
}

/// The one group.
pub(crate) const ITEMS: &str = "items";

#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "performer", deserialize_with = "optional_text")]
    worker: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    left: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    right: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    label: Option<String>,
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let Answer { worker, left, right, label } = row.parse()?;
    drop_others(draft, row, &["worker", "performer", "left", "right", "label"]);
    let named = |field: &str, name: Option<String>| {
        name.ok_or_else(|| row.place.wrong(field, "a name", "an empty cell"))
    };
    let (left, right) = (named("left", left)?, named("right", right)?);
    let label = named("label", label)?;
    if left == right {
        draft.drop("comparison of an item with itself");
        return Ok(());
    }
    let preference = match label {
        label if label == left => 1.0,
        label if label == right => 0.0,
        label if label == "left" => 1.0,
        label if label == "right" => 0.0,
        label => {
            let expected = format!("{left:?} or {right:?}");
            return Err(row.place.wrong("label", expected, format!("{label:?}")));
        }
    };
    draft.named_group(ITEMS, None, None)?;
    let first = draft.named_text(&left, ITEMS, &left)?;
    let second = draft.named_text(&right, ITEMS, &right)?;
    let annotator = worker.and_then(|name| crate::person(&name)).map(AnnotatorId);
    let provenance = Provenance { annotator, ..Provenance::default() };
    draft.record(Comparison { provenance, ..Comparison::new(first, second, preference) })
}

#[cfg(test)]
mod tests {
    use crate::CrowdKitPairwise;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;
    use medley_feedback::Comparison;

    #[test]
    fn labels_name_the_winner() {
        let imported = import("crowd-kit-pairwise");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let said: Vec<_> = comparisons
            .iter()
            .map(|c| {
                let worker = c.provenance.annotator.as_ref().map(|a| a.0.as_str());
                (worker, c.first.0.as_str(), c.second.0.as_str(), c.preference)
            })
            .collect();
        let expect = [
            (Some("w1"), "photo-1", "photo-2", 1.0),
            (Some("w2"), "photo-1", "photo-2", 0.0),
            (Some("wörker, 3"), "photo-2", "a \"cat\"\nin two lines", 0.0),
            (None, "photo-3", "photo-1", 0.0),
        ];
        assert_eq!(said, expect);
        assert_eq!(imported.report.dropped["comparison of an item with itself"], 1);
        assert_eq!(imported.dataset.groups().len(), 1);
    }

    #[test]
    fn sides_are_read_unless_they_are_names() {
        let check = |row: &str, expect: f64| {
            let table = format!("performer,left,right,label\n{row}\n");
            let imported = import_text(&CrowdKitPairwise {}, &table).unwrap();
            assert_eq!(imported.dataset.records::<Comparison>().unwrap()[0].preference, expect);
        };
        check("w,a,b,left", 1.0);
        check("w,a,b,right", 0.0);
        check("w,a,left,left", 0.0);
        check("w,right,b,right", 1.0);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("crowd-kit-pairwise", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "w1,photo-1,photo-2,photo-1",
            "w1,photo-1,photo-2,photo-9",
            "line 2: `label` must be \"photo-1\" or \"photo-2\", found \"photo-9\"",
        );
        check("w1,photo-1,", "w1,,", "line 2: `left` must be a name, found an empty cell");
        check("worker,", "who,", "line 2: at `.`: missing field `worker`");
        check("w1,photo-1,", "w1,", "line 2: `row` must be 4 cells as in the header");
    }
}
