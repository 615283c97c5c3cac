//! What files of both layouts become, and how wrong ones are named.

use super::*;
use crate::fixture::{self, import};
use crate::{BadRows, Reading};
use medley_encoder::{Encoder, StoredSteps};
use medley_feedback::Comparison;

fn beside(name: &str) -> PathBuf {
    fixture::path("d4rl").with_file_name(name)
}

fn read(path: &Path, demonstrations: bool) -> Result<crate::Imported, String> {
    let importer: &dyn Importer = &D4rl { demonstrations };
    importer.import(path, &Reading::default()).map_err(|error| error.to_string())
}

#[test]
fn episodes_end_at_terminals_and_timeouts() {
    let told = import("d4rl");
    let (dataset, report) = (told.dataset, told.report);
    let segments = dataset.segments();
    let lengths = [0, 1, 2].map(|i| (segments.id(i).0.as_str(), segments.steps(i)));
    assert_eq!(lengths, [("e0000", 0..3), ("e0001", 3..5), ("e0002", 5..7)]);
    let unfinished = "episode that is unfinished: neither terminal nor timeout at its end";
    assert_eq!(report.kept[unfinished], 1);
    assert_eq!(dataset.card.features, ["obs-0", "obs-1", "obs-2", "act-0", "act-1"]);
    assert_eq!(segments.true_rewards().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let features = StoredSteps {}.encode(&dataset).unwrap();
    // Rows 5 and 6 of arrays that count in eighths and in quarters.
    let last = [1.875, 2.0, 2.125, -2.5, -2.75, 2.25, 2.375, 2.5, -3.0, -3.25];
    assert_eq!(*features.segment(2), last);
    let note = "not kept: `infos`, `metadata`, `next_observations`";
    assert!(report.notes.contains(&note.to_owned()), "{:?}", report.notes);
}

#[test]
fn labels_compare_windows() {
    let told = import("d4rl");
    let comparisons = told.dataset.records::<Comparison>().unwrap();
    let shares: Vec<[f64; 3]> = comparisons.iter().map(|c| c.distribution()).collect();
    assert_eq!(shares, [[1., 0., 0.], [0., 0., 1.], [0., 1., 0.], [0., 1., 0.]]);
    assert_eq!(told.report.dropped["comparison of a window with itself"], 1);
    let segments = told.dataset.segments();
    let spanning = segments.index(&"w4".into()).unwrap();
    assert_eq!((segments.groups(spanning), segments.steps(spanning)), (&[1, 2][..], 4..6));
}

#[test]
fn old_and_new_containers_hold_the_same() {
    let old = read(&fixture::path("d4rl").join("door.hdf5"), true).unwrap();
    let new = read(&beside("d4rl-latest.hdf5"), true).unwrap();
    assert_eq!(old.dataset.hash(), new.dataset.hash());
    assert_eq!(old.dataset.count("demonstration"), 3);
}

#[test]
fn minari_episodes_stand_in_the_order_of_their_numbers() {
    let told = read(&beside("d4rl-minari.hdf5"), false).unwrap();
    let (dataset, report) = (told.dataset, told.report);
    assert_eq!(dataset.card.features, ["obs-angle-0", "obs-goal-xy-0", "obs-goal-xy-1", "act-0"]);
    assert_eq!((dataset.groups().len(), dataset.segments().step_count()), (11, 27));
    assert_eq!(dataset.segments().id(10).0, "e0010");
    let features = StoredSteps {}.encode(&dataset).unwrap();
    assert_eq!(*features.segment(10), [0.0, 10.0, 10.0, 0.0, 0.5, 10.0, 10.0, 1.0]);
    let unfinished = "episode that is unfinished: neither terminal nor timeout at its end";
    assert_eq!(report.kept[unfinished], 4);
    let notes = report.notes.join("; ");
    assert!(notes.contains("not kept: `episode_*/infos`; 11 observations after"), "{notes}");
}

/// Imports a copy of the folder in which `from` is replaced by `to` wherever it stands.
fn changed(from: &[u8], to: &[u8], bad_rows: BadRows) -> Result<crate::Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut replaced = 0;
    for name in ["door.hdf5", "preferences.csv"] {
        let mut bytes = std::fs::read(fixture::path("d4rl").join(name)).unwrap();
        for at in 0..bytes.len() - from.len() {
            if bytes[at..].starts_with(from) {
                bytes[at..at + from.len()].copy_from_slice(to);
                replaced += 1;
            }
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    assert!(replaced > 0, "{} is not there", String::from_utf8_lossy(from));
    let importer: &dyn Importer = &D4rl::default();
    let reading = Reading { bad_rows, ..Reading::default() };
    importer.import(folder.path(), &reading).map_err(|error| error.to_string())
}

#[test]
fn a_number_that_is_not_finite_is_named_and_its_episode_left_out() {
    // `rewards` is stored plain: the fourth becomes not a number.
    let rewards: Vec<u8> = (0..7).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let mut broken = rewards.clone();
    broken[12..16].copy_from_slice(&f32::NAN.to_le_bytes());
    let error = changed(&rewards, &broken, BadRows::Error).unwrap_err();
    let expect = "door.hdf5: step 4: `episode 1, step 0, rewards` must be a finite number of \
                  32 bits, found NaN";
    assert!(error.contains(expect), "{error}");
    let told = changed(&rewards, &broken, BadRows::Skip).unwrap();
    assert_eq!(told.dataset.segments().step_count(), 5);
    let reason = "comparison of a window in an episode that was left out";
    assert_eq!(told.report.dropped[reason], 1, "{}", told.report);
    let moved = told.dataset.segments().index(&"w5".into()).unwrap();
    assert_eq!(told.dataset.segments().steps(moved), 3..5);
}

#[test]
fn broken_sources_are_explained() {
    let check = |from: &str, to: &str, expect: &str| {
        let error = changed(from.as_bytes(), to.as_bytes(), BadRows::Error).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check("terminals", "terminalz", "`terminals`, or groups `episode_0` and on, found actions");
    check("rewards\0", "rewardz\0", "expected `rewards`, or groups `episode_0` and on");
    let label = "line 2: `human_label` must be 0 (first), 1 (second), -1 or 0.5 (a tie)";
    check("0,0,1,2,0", "0,0,1,2,7", label);
    check("0,0,1,2,0", "0,0,6,2,1", "must be a window within 7 steps, found 6 + 2");
    let error = changed(b"\x89HDF", b"\x89HDG", BadRows::Error).unwrap_err();
    assert!(error.contains("expected HDF5, found another kind of file"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path(), false).unwrap_err();
    assert!(error.contains("a folder with one file *.hdf5 or *.h5, found 0"), "{error}");
    let other: &dyn Importer = &crate::QaFeedback {};
    let error =
        other.import(&beside("d4rl-latest.hdf5"), &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("HDF5; use format d4rl if it holds episodes"), "{error}");
}
