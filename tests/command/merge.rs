//! Datasets that were imported apart come together, and an import that was killed tells.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley_dataset::Dataset;
use medley_feedback::{Correction, Critique, Rating};
use std::fs;

/// Ratings and edits of the same translations, as two files that name their items, of two campaigns.
fn desk() -> Desk {
    let desk = Desk::new();
    let write = |name: &str, text: &str| fs::write(desk.path(name), text).unwrap();
    let top = "[import.columns]\nprompt = \"source\"\ngroup = \"id\"\n";
    let rating = "kind = \"rating\"\nsegment = \"mt\"\nvalue = \"score\"\nlow = 0\nhigh = 100\n\
                  annotator = \"who\"\n";
    let edit =
        "kind = \"correction\"\noriginal = \"mt\"\ncorrected = \"pe\"\nannotator = \"who\"\n";
    let mapping = |name: &str, record: &str| {
        format!("{top}name = \"{name}\"\nlicence = \"MIT\"\n[[import.columns.records]]\n{record}")
    };
    write("rate.toml", &mapping("da", rating));
    write("edit.toml", &mapping("pe", edit));
    write("rate.csv", "id,source,mt,score,who\ns1,Hallo.,Hello.,90,ann\ns2,Welt.,Words.,20,bo\n");
    write("edit.csv", "id,source,mt,pe,who\ns2,Welt.,Words.,World.,ann\n");
    desk
}

fn run(desk: &Desk, arguments: &[&str]) -> std::process::Output {
    desk.medley(arguments).current_dir(desk.path("")).output().unwrap()
}

fn imported() -> Desk {
    let desk = desk();
    assert_success(&run(&desk, &["import", "rate.toml", "rate.csv", "da"]));
    assert_success(&run(&desk, &["import", "edit.toml", "edit.csv", "pe"]));
    desk
}

#[test]
fn feedback_about_the_same_segments_comes_together() {
    let desk = imported();
    let said = run(&desk, &["merge", "both", "da", "pe", "--people", "apart"]);
    assert_success(&said);
    let said = text(&said);
    for line in
        ["2  rating", "1  correction", "3  segment", "1  segment that an earlier dataset has"]
    {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    let dataset = Dataset::open(&desk.path("both")).unwrap();
    let ratings = dataset.records::<Rating>().unwrap();
    let edit = &dataset.records::<Correction>().unwrap()[0];
    assert_eq!(edit.original, ratings[1].segment);
    assert_eq!(edit.provenance.source.as_deref(), Some("pe"));
    let people: Vec<&str> = dataset.people().ids().iter().map(|id| id.0.as_str()).collect();
    assert_eq!(people, ["da/ann", "da/bo", "pe/ann"]);
    assert_eq!((&*dataset.card.name, &*dataset.card.licence), ("both", "MIT"));
    assert_success(&run(&desk, &["doctor", "both"]));
}

#[test]
fn merges_that_would_guess_or_replace_are_refused() {
    let desk = imported();
    let merge = |arguments: &[&str], expect: &str| {
        assert_refused(&run(&desk, &[&["merge"], arguments].concat()), &[expect]);
    };
    merge(
        &["both", "da", "pe"],
        "pe: expected people with other names than in da, found `ann` in both: `--people same` if",
    );
    assert!(!desk.path("both").exists());
    merge(&["pe", "da", "pe"], "pe: expected a place where nothing is yet, found something");
    merge(&["both", "da", "da/"], "da/: expected each dataset once, found it twice");
    let other = "id,source,mt,pe,who\ns2,Welt,Words.,World.,cy\n";
    fs::write(desk.path("edit.csv"), other).unwrap();
    assert_success(&run(&desk, &["import", "edit.toml", "edit.csv", "pe"]));
    merge(
        &["both", "da", "pe"],
        "pe: expected group `s2` with the prompt that it has in da, found another",
    );
    fs::remove_file(desk.path("pe/steps.parquet")).unwrap();
    merge(&["both", "da", "pe"], "pe/steps.parquet: cannot read");
}

/// Audit D9 and D10.
#[test]
fn an_import_tells_what_an_interrupted_one_left() {
    let desk = imported();
    fs::write(desk.path("da/notes.md"), "mine").unwrap();
    let left = desk.path(".medley-abc");
    fs::create_dir_all(left.join("dataset/feedback")).unwrap();
    fs::write(left.join(".in-progress"), "").unwrap();
    fs::write(left.join("dataset/steps-00000.parquet"), "half").unwrap();
    let said = run(&desk, &["import", "rate.toml", "rate.csv", "da"]);
    assert_success(&said);
    let said = text(&said);
    assert!(said.contains("note: an earlier import was interrupted: "), "{said}");
    assert!(said.contains(".medley-abc, which it left, is removed"), "{said}");
    assert!(!left.exists());
    assert_eq!(fs::read_to_string(desk.path("da/notes.md")).unwrap(), "mine");
    let card = fs::read_to_string(desk.path("da/dataset.toml")).unwrap();
    assert!(!card.contains("interrupted"), "{card}");
    // As after a kill between two tables that moved in one by one.
    let [card, replaced] =
        ["dataset.toml", ".dataset.toml.replaced"].map(|it| desk.path("da").join(it));
    fs::rename(card, replaced).unwrap();
    assert_refused(&run(&desk, &["doctor", "da"]), &["an import was interrupted", "import again"]);
    let said = run(&desk, &["import", "rate.toml", "rate.csv", "da"]);
    assert_success(&said);
    assert!(text(&said).contains("left half replaced, is written anew"), "{}", text(&said));
}

/// What MLQE-PE releases: an archive of files whose lines belong together, and tags of words and gaps.
#[test]
fn an_archive_of_aligned_lines_is_imported() {
    let desk = Desk::new();
    let files = [
        ("dev/dev.src", "Hallo Welt .\nGut .\n"),
        ("dev/dev.mt", "Hello worlds !\nGood .\n"),
        ("dev/dev.tags", "OK OK OK BAD OK BAD BAD\nOK OK OK OK OK\n"),
    ];
    fs::create_dir(desk.path("dev")).unwrap();
    files.iter().for_each(|(name, text)| fs::write(desk.path(name), text).unwrap());
    let mapping = "[import.columns]\nprompt = \"source\"\n\
                   lines = { source = \"dev/dev.src\", mt = \"dev/dev.mt\", tags = \"dev/dev.tags\" }\n\
                   [[import.columns.records]]\nkind = \"critique\"\nsegment = \"mt\"\n\
                   polarity = { column = \"tags\", split = \" \" }\n\
                   values = { OK = \"skip\", BAD = \"negative\" }\ntags = \"words-and-gaps\"\n";
    fs::write(desk.path("tags.toml"), mapping).unwrap();
    let mut tar = std::process::Command::new("tar");
    let packed = tar.args(["-czf", "dev.tar.gz", "dev"]).current_dir(desk.path("")).status();
    assert!(packed.unwrap().success());
    assert_success(&run(&desk, &["import", "tags.toml", "dev.tar.gz", "ds"]));
    let critiques = Dataset::open(&desk.path("ds")).unwrap().records::<Critique>().unwrap();
    let spans: Vec<_> = critiques.iter().map(|it| (it.first_char, it.end_char)).collect();
    assert_eq!(spans, [(Some(6), Some(14)), (None, None)]);
    fs::write(desk.path("dev/dev.tags"), "OK OK OK BAD OK BAD BAD\n").unwrap();
    let refused = run(&desk, &["import", "tags.toml", ".", "ds"]);
    assert_refused(&refused, &["the same number of lines", "1 in `dev/dev.tags`"]);
    fs::remove_file(desk.path("dev/dev.mt")).unwrap();
    assert_refused(&run(&desk, &["import", "tags.toml", ".", "ds"]), &["dev/dev.mt: cannot read"]);
}
