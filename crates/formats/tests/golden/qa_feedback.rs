//! Golden counts of `datasets/qa_feedback`.

use crate::{by_source, check_import, folder, records};
use medley_dataset::{Dataset, Part, Split, SplitBy};
use medley_encoder::{Encoder, HashedNgrams};
use medley_feedback::*;
use medley_formats::QaFeedback;

#[test]
fn qa_feedback_is_as_published() {
    let dataset = check_import(&QaFeedback {}, "qa_feedback", "dev_feedback.json.gz");
    assert_eq!(dataset.groups().len(), 500);
    // Four predictions and a reference each, and the edits that differ and are not empty.
    assert_eq!(dataset.segments().len(), 5 * 500 + 481);
    let comparisons: Vec<Comparison> = records(&dataset);
    let count =
        |shares: [f64; 3]| comparisons.iter().filter(|c| c.distribution() == shares).count();
    assert_eq!([count([1., 0., 0.]), count([0., 0., 1.]), count([0., 1., 0.])], [1577, 1039, 384]);
    let pair: Vec<_> =
        comparisons[..6].iter().map(|c| format!("{} {}", c.first, c.second)).collect();
    let order = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];
    assert_eq!(pair, order.map(|(i, j)| format!("q000/p{i} q000/p{j}")));

    let demonstrations: Vec<Demonstration> = records(&dataset);
    assert_eq!(demonstrations.len(), 500);
    assert!(demonstrations.iter().all(|d| d.alternatives.is_empty()));
    let report = dataset.card.import.as_ref().unwrap();
    assert_eq!(report.dropped["correction equals the original"], 6);
    assert_eq!(report.dropped["corrected answer is empty"], 13);
}

#[test]
fn qa_feedback_critiques_touch_sentences() {
    let dataset = Dataset::open(&folder("qa_feedback")).unwrap();
    let critiques: Vec<Critique> = records(&dataset);
    let spans = by_source(&critiques, "span");
    let aspect = |name: &str| spans.iter().filter(|c| c.aspect.as_deref() == Some(name)).count();
    assert_eq!(spans.len(), 1373);
    let names = ["Irrelevant", "Wrong-Grounding", "Unverifiable", "Redundant", "Incoherent"];
    assert_eq!(names.map(aspect), [909, 163, 152, 133, 16]);
    for critique in spans {
        assert_eq!(critique.polarity, Polarity::Negative);
        let i = dataset.segments().index(&critique.segment).unwrap();
        let chars = critique.first_char.unwrap()..critique.end_char.unwrap();
        assert_eq!(critique.steps().unwrap(), dataset.segments().steps_of_chars(i, chars));
    }
    let omissions = by_source(&critiques, "omission");
    let severity = |s| omissions.iter().filter(|c| c.severity == Some(s)).count();
    let severities = [Severity::Critical, Severity::Major, Severity::Minor].map(severity);
    assert_eq!((omissions.len(), severities), (842, [240, 283, 319]));
    assert!(omissions.iter().all(|c| c.text.is_some() && c.steps().is_none()));
    let reviewed = by_source(&critiques, "reviewed");
    assert_eq!(reviewed.len(), 36);
    assert!(reviewed.iter().all(|c| c.polarity == Polarity::Neutral));
    // The first item, by hand: the third sentence is irrelevant.
    assert_eq!(critiques[0].steps(), Some(2..3));
}

#[test]
fn qa_feedback_corrections_name_the_changed_sentences() {
    let dataset = Dataset::open(&folder("qa_feedback")).unwrap();
    let corrections: Vec<Correction> = records(&dataset);
    assert_eq!(corrections.len(), 481);
    let segments = dataset.segments();
    for correction in &corrections {
        let unchanged = |id, changed: &Option<Vec<u32>>| {
            let rows = segments.steps(segments.index(id).unwrap());
            let kept = |step: &usize| !changed.as_ref().unwrap().contains(&(*step as u32));
            let texts =
                (0..rows.len()).filter(kept).map(|step| segments.step_text(rows.start + step));
            texts.collect::<Vec<_>>()
        };
        assert_eq!(
            unchanged(&correction.original, &correction.changed_original),
            unchanged(&correction.corrected, &correction.changed_corrected),
        );
    }
}

#[test]
fn qa_feedback_encodes_and_splits() {
    let dataset = Dataset::open(&folder("qa_feedback")).unwrap();
    let features = HashedNgrams::default().encode(&dataset).unwrap();
    assert_eq!(features.feature_count(), 512 + 6);
    assert_eq!(features.windows.len(), dataset.segments().len());
    let rows = features.rows(0..features.row_count());
    assert!(rows.iter().all(|value| value.is_finite()));
    let split = Split { by: SplitBy::Prompt, validation: 0.1, test: 0.2 };
    let parts = split.partition(&dataset, 0).unwrap();
    let sizes = [Part::Train, Part::Validation, Part::Test].map(|part| parts.count(part));
    assert_eq!(sizes, [350, 50, 100]);
    // The assignment is part of every published result: this value may only change knowingly.
    let first: Vec<_> = (0..500).filter(|&g| parts.part(g) == Some(Part::Test)).take(5).collect();
    assert_eq!(first, TEST_GROUPS);
}

const TEST_GROUPS: [u32; 5] = [5, 7, 24, 25, 27];
