//! What a process leaves that is killed between any two changes to the disk: this test runs itself
//! again as a process of its own, which ends without a word at the step that it is told.

use super::*;
use crate::disk::stage::empty_stage;
use crate::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback::{Checked, Comparison};
use std::cell::Cell;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

const FOLDER: &str = "MEDLEY_TEST_FOLDER";
const STEP: &str = "MEDLEY_TEST_STEP";
const KILLED: i32 = 86;

fn dataset(text: &str, has_feedback: bool) -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new(text, Domain::Text));
    builder.add_group("q", Some("Why?"), None);
    builder.add_text("q/a", "q", text);
    builder.add_text("q/b", "q", "No.");
    if has_feedback {
        let comparison = Comparison::new("q/a".into(), "q/b".into(), 0.25);
        builder.insert(vec![Checked::new(comparison).unwrap()]);
    }
    builder.build().unwrap()
}

/// Puts a new version into the folder, and ends at the step.
fn child(folder: &Path, step: usize) {
    let dataset = dataset("new", true);
    let other = folder.with_file_name("other");
    dataset.write(&other).unwrap();
    let stage = empty_stage(folder).unwrap();
    for name in ["groups", "steps", "segments", "feedback/comparison"] {
        let name = format!("{name}.parquet");
        fs::copy(other.join(&name), stage.path().join(&name)).unwrap();
    }
    fs::copy(other.join(CARD), stage.path().join(CARD)).unwrap();
    let names = ["groups.parquet", "steps.parquet", "segments.parquet"];
    let names = names.into_iter().chain(["feedback/comparison.parquet"]).collect();
    let steps = Cell::new(0);
    let stop = || {
        if steps.replace(steps.get() + 1) == step {
            std::process::exit(KILLED);
        }
    };
    place_stepwise(stage, &names, folder, &stop).unwrap();
}

/// Kills a child at a step; false if it came to its end before.
fn killed(folder: &Path, step: usize) -> bool {
    let test = "disk::place::tests::a_killed_replacement_leaves_one_version_whole";
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([test, "--exact"]).env(FOLDER, folder).env(STEP, step.to_string());
    match child.output().unwrap().status.code() {
        Some(0) => false,
        Some(KILLED) => true,
        other => panic!("the child ended with {other:?}"),
    }
}

/// A dataset with files of the user beside and among its own, and a link to it.
fn folder_of_user(place: &Path) -> PathBuf {
    let folder = place.join("set");
    dataset("old", false).write(&folder).unwrap();
    fs::create_dir_all(folder.join("source/deep")).unwrap();
    for name in ["notes.md", "source/deep/raw.csv", "feedback/README.md"] {
        fs::write(folder.join(name), "mine").unwrap();
    }
    std::os::unix::fs::symlink("/nowhere", folder.join("link")).unwrap();
    let link = place.join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    link
}

fn check_user(folder: &Path, inode: u64) {
    for name in ["notes.md", "source/deep/raw.csv", "feedback/README.md"] {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "mine", "{name}");
    }
    assert_eq!(fs::read_link(folder.join("link")).unwrap(), Path::new("/nowhere"));
    assert_eq!(fs::metadata(folder.join("notes.md")).unwrap().ino(), inode, "the same file");
}

/// Audit D10, and the issue "Files as people have them".
#[test]
fn a_killed_replacement_leaves_one_version_whole() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let step = std::env::var(STEP).unwrap().parse().unwrap();
        return child(Path::new(&folder), step);
    }
    let mut found = Vec::new();
    for step in 0.. {
        let place = tempfile::tempdir().unwrap();
        let link = folder_of_user(place.path());
        let inode = fs::metadata(link.join("notes.md")).unwrap().ino();
        let is_killed = killed(&link, step);
        check_user(&link, inode);
        found.push(Dataset::open(&link).unwrap().card.name.clone());
        // The next one finds what is left, says so, and nothing is left of either.
        let stage = empty_stage(&link).unwrap();
        assert_eq!(stage.told.len(), usize::from(is_killed), "{:?}", stage.told);
        let is_told = |told: &String| told.contains("was interrupted") && told.ends_with("removed");
        assert!(stage.told.iter().all(is_told), "{:?}", stage.told);
        drop(stage);
        dataset("next", true).write(&link).unwrap();
        check_user(&link, inode);
        assert_eq!(Dataset::open(&link).unwrap().card.name, "next");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let left = fs::read_dir(place.path()).unwrap().flatten();
        let left: BTreeSet<_> = left.map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["link", "other", "set"].map(Into::into).into());
        if !is_killed {
            break;
        }
    }
    assert_eq!(found, ["old", "old", "new", "new"]);
}

/// Where folders cannot change places, there is no card between the two versions, and writing again
/// heals it.
#[test]
fn a_killed_replacement_file_by_file_can_be_repeated() {
    let mut states = BTreeSet::new();
    for step in 0.. {
        let place = tempfile::tempdir().unwrap();
        let folder = folder_of_user(place.path());
        let elsewhere = place.path().join("elsewhere");
        fs::rename(folder.join("feedback"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.join("feedback")).unwrap();
        let is_killed = killed(&folder, step);
        states.insert(match Dataset::open(&folder) {
            Ok(dataset) => dataset.card.name.clone(),
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains("import was interrupted"), "{told}");
                "none".to_owned()
            }
        });
        dataset("next", true).write(&folder).unwrap();
        assert_eq!(Dataset::open(&folder).unwrap().card.name, "next");
        assert_eq!(fs::read_to_string(elsewhere.join("README.md")).unwrap(), "mine");
        assert!(fs::symlink_metadata(folder.join("feedback")).unwrap().is_symlink());
        if !is_killed {
            break;
        }
    }
    assert_eq!(states, ["old", "none", "new"].map(str::to_owned).into());
}

/// What comes to the old folder at the last moment goes on to the new one, and nothing is replaced.
#[test]
fn a_file_that_comes_meanwhile_is_moved_on() {
    let place = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| place.path().join(name));
    for folder in [&old, &new] {
        fs::create_dir_all(folder.join("feedback")).unwrap();
    }
    for name in ["steps.parquet", "late.md", "feedback/late.jsonl", "both.md"] {
        fs::write(old.join(name), "old").unwrap();
    }
    fs::write(new.join("both.md"), "new").unwrap();
    fs::write(old.join("carried.md"), "old").unwrap();
    fs::hard_link(old.join("carried.md"), new.join("carried.md")).unwrap();
    let kept = crate::disk::carry::retire(&old, Some(&new), &|name| name == "steps.parquet");
    assert_eq!(kept, ["both.md"]);
    let read = |name: &str| fs::read_to_string(new.join(name)).unwrap();
    assert_eq!(["late.md", "feedback/late.jsonl", "both.md"].map(read), ["old", "old", "new"]);
    assert_eq!(fs::read_to_string(old.join("both.md")).unwrap(), "old");
    assert!(!old.join("carried.md").exists() && !old.join("steps.parquet").exists());
}
