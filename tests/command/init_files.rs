//! `medley init` of several files: text whose lines belong together, a table in pieces, and what is neither.

use crate::harness::{Desk, assert_refused, assert_success, text};
use insta::assert_snapshot;
use medley_dataset::Dataset;
use medley_feedback::{Critique, Polarity};
use std::path::Path;
use std::process::Output;

const SRC: &str = "Hallo Welt .\nGut gemacht .\nEs regnet heute .\nNein .\n";
const MT: &str = "Hello worlds !\nGood made .\nIt snows today .\nNo .\n";
const TAGS: &str =
    "OK OK OK BAD OK BAD BAD\nOK OK OK BAD OK OK OK\nOK OK OK BAD OK OK OK OK OK\nOK OK OK OK OK\n";
const DEV: [(&str, &str); 3] = [("dev.src", SRC), ("dev.mt", MT), ("dev.tags", TAGS)];

fn write(desk: &Desk, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let file = desk.path(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, content).unwrap();
    }
}

fn desk(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    write(&desk, &files);
    desk
}

fn medley(desk: &Desk, arguments: &[&str]) -> Output {
    desk.medley(arguments).current_dir(desk.path("")).output().unwrap()
}

fn init(desk: &Desk, sources: &[&str]) -> Output {
    medley(desk, &[&["init"], sources].concat())
}

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).unwrap()
}

/// Imports by the mapping that was written, from the sources that its head names.
fn import(desk: &Desk, mapping: &str) -> Output {
    let text = read(desk, mapping);
    let command = text.lines().find(|line| line.starts_with("#     medley import")).unwrap();
    let arguments: Vec<&str> = command.split_whitespace().skip(2).collect();
    medley(desk, &arguments)
}

fn dataset(desk: &Desk, mapping: &str, folder: &str) -> Dataset {
    let said = import(desk, mapping);
    assert!(said.status.success(), "{}\n{}", text(&said), read(desk, mapping));
    Dataset::open(&desk.path(folder)).unwrap()
}

type Mark = (Polarity, Option<u32>, Option<u32>);

fn marks(set: &Dataset) -> Vec<Mark> {
    let records = set.records::<Critique>().unwrap();
    records.iter().map(|it| (it.polarity, it.first_char, it.end_char)).collect()
}

/// "worlds !", "made", "snows", and a text without a mark.
fn expected() -> Vec<Mark> {
    let mark = |first, end| (Polarity::Negative, Some(first), Some(end));
    vec![mark(6, 14), mark(5, 9), mark(3, 8), (Polarity::Neutral, None, None)]
}

#[test]
fn word_tags_over_files_of_lines_need_at_most_one_edit() {
    let desk = desk(&DEV);
    let said = init(&desk, &["dev.src", "dev.mt", "dev.tags"]);
    assert_success(&said);
    assert_snapshot!("init-tags-said", text(&said));
    assert_snapshot!("init-tags-mapping", read(&desk, "dev.import.toml"));
    let set = dataset(&desk, "dev.import.toml", "datasets/dev");
    assert_eq!(marks(&set), expected());
    let prompts: Vec<_> = (0..4).map(|group| set.groups().prompt(group).unwrap()).collect();
    assert!(prompts.contains(&"Es regnet heute ."), "{prompts:?}");
    // Tags of names that say nothing are the one edit; the page of the first hour shows it.
    let digits = TAGS.replace("OK", "0").replace("BAD", "1");
    let desk = self::desk(&[DEV[0], DEV[1], ("dev.tags", &digits)]);
    assert_success(&init(&desk, &["dev.src", "dev.mt", "dev.tags"]));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FIRST-HOUR.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page.split("```toml\n").nth(2).unwrap().split("```").next().unwrap();
    let mapping = read(&desk, "dev.import.toml");
    assert!(mapping.contains(shown), "{shown}\n{mapping}");
    assert_refused(
        &import(&desk, "dev.import.toml"),
        &["is to be filled in: put \"negative\" for the tag of a wrong word"],
    );
    let edit = ("{ 0 = \"FILL IN\", 1 = \"FILL IN\" }", "{ 0 = \"skip\", 1 = \"negative\" }");
    assert!(page.contains(&format!("`values = {}`", edit.1)), "{page}");
    write(&desk, &[("dev.import.toml", mapping.replace(edit.0, edit.1).as_bytes())]);
    assert_eq!(marks(&dataset(&desk, "dev.import.toml", "datasets/dev")), expected());
}

/// A folder with more than the three files, of names that are none of the usual, packed, or an archive.
#[test]
fn text_files_whose_lines_belong_together_are_found() {
    let check = |files: &[(&str, &str)], expect: &[&str]| {
        let desk = desk(files);
        assert_success(&init(&desk, &["in"]));
        let mapping = read(&desk, "in.import.toml");
        for line in expect {
            assert!(mapping.lines().any(|it| it.starts_with(line)), "{line}:\n{mapping}");
        }
        assert_eq!(marks(&dataset(&desk, "in.import.toml", "datasets/in")), expected());
    };
    check(
        &[
            ("in/x.en", MT),
            ("in/x.de", SRC),
            ("in/x.labels", TAGS),
            ("in/README", "About these files.\n"),
        ],
        &["prompt = \"de\"", "segment = \"en\"", "de = \"x.de\""],
    );
    let source_tags = "OK BAD OK\nOK BAD OK\nOK BAD OK OK\nOK OK\n";
    check(
        &[
            ("in/dev.src", SRC),
            ("in/dev.mt", MT),
            ("in/dev.tags", TAGS),
            ("in/dev.source_tags", source_tags),
            ("in/dev.hter", "0.3\n0.2\n0.25\n0.0\n"),
            ("in/dev.src-mt.alignments", "0-0 1-1\n0-0\n0-0\n0-0 1-1\n"),
        ],
        &[
            "prompt = \"src\"",
            "segment = \"mt\"",
            "# source_tags = \"dev.source_tags\"",
            "# hter = \"dev.hter\"",
            "# alignments = \"dev.src-mt.alignments\"",
        ],
    );
    let words = "OK BAD BAD\nOK BAD OK\nOK BAD OK OK\nOK OK\n";
    check(
        &[("in/source.txt", SRC), ("in/mt.txt", MT), ("in/tags.txt", words)],
        &["tags = \"words\"", "mt = \"mt.txt\""],
    );
    // Without a prompt, each text is an item.
    check(&[("in/a.txt", MT), ("in/a.tags", TAGS)], &["group = \"txt\"", "segment = \"txt\""]);
}

#[test]
fn line_files_may_be_packed_or_in_an_archive() {
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, bytes).unwrap();
        packed.finish().unwrap()
    };
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in DEV {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("d/{name}"), content.as_bytes()).unwrap();
    }
    let archive = archive.into_inner().unwrap();
    let check = |files: &[(&str, &[u8])], source: &str| {
        let desk = Desk::new();
        write(&desk, files);
        assert_success(&init(&desk, &[source]));
        assert_eq!(marks(&dataset(&desk, "in.import.toml", "datasets/in")), expected());
    };
    check(&[("in.tar", &archive)], "in.tar");
    check(&[("in.tar.gz", &gzip(&archive))], "in.tar.gz");
    let packed = gzip(SRC.as_bytes());
    let files: [(&str, &[u8]); 3] = [
        ("in/dev.src.gz", &packed),
        ("in/dev.mt", MT.as_bytes()),
        ("in/dev.tags", TAGS.as_bytes()),
    ];
    check(&files, "in");
}

/// One line too few tags in one line: that is told, and what an import does.
#[test]
fn tags_that_fit_most_lines_are_taken_with_a_warning() {
    let desk = desk(&[DEV[0], DEV[1], ("dev.tags", &TAGS.replacen("OK ", "", 1))]);
    let said = init(&desk, &["dev.src", "dev.mt", "dev.tags"]);
    assert_success(&said);
    let expect = "in 3 of 4 lines; another number stops an import (`--on-bad-row skip` leaves such lines \
                  out): line 1 has 6 tags for 3 words";
    assert!(text(&said).contains(expect), "{}", text(&said));
    assert_refused(
        &import(&desk, "dev.import.toml"),
        &["line 1: `tags` must be 7 tags", "found 6"],
    );
    let arguments = ["import", "dev.import.toml", ".", "datasets/dev", "--on-bad-row", "skip"];
    assert_success(&medley(&desk, &arguments));
    assert_eq!(marks(&Dataset::open(&desk.path("datasets/dev")).unwrap()), expected()[1..]);
}

/// Lines without a word are left out by what the mapping says, not by an error.
#[test]
fn empty_lines_are_left_out_and_counted() {
    let (mt, tags) = (format!("{MT}\n"), format!("{TAGS}\n"));
    let desk = desk(&[("dev.src", &format!("{SRC}Ja .\n")), ("dev.mt", &mt), ("dev.tags", &tags)]);
    assert_success(&init(&desk, &["dev.src", "dev.mt", "dev.tags"]));
    let mapping = read(&desk, "dev.import.toml");
    assert!(mapping.contains("in each of 4 lines"), "{mapping}");
    assert!(mapping.contains("missing = \"skip\""), "{mapping}");
    assert_eq!(marks(&dataset(&desk, "dev.import.toml", "datasets/dev")), expected());
}

#[test]
fn edits_and_tags_of_one_text_are_both_read() {
    let post = "Hello world .\nWell done .\nIt rains today .\nNo .\n";
    let desk = desk(&[DEV[0], DEV[1], DEV[2], ("dev.pe", post)]);
    assert_success(&init(&desk, &["dev.src", "dev.mt", "dev.tags", "dev.pe"]));
    let set = dataset(&desk, "dev.import.toml", "datasets/dev");
    assert_eq!(marks(&set), expected());
    // The last text is as it was.
    assert_eq!(set.count("correction"), 3);
}

#[test]
fn a_table_in_pieces_is_one_table() {
    let check = |files: &[(&str, &str)], sources: &[&str], mapping: &str, expect: usize| {
        let desk = desk(files);
        let said = init(&desk, sources);
        assert_success(&said);
        let text = read(&desk, mapping);
        assert!(text.contains("# Read 2 files as one table: a."), "{text}");
        let folder = format!("datasets/{}", mapping.split('.').next().unwrap());
        assert_eq!(dataset(&desk, mapping, &folder).count("comparison"), expect);
    };
    let rows = [
        "prompt,chosen,rejected\nWhy?,Because.,No.\n",
        "prompt,chosen,rejected\nHow?,So.,Not so.\n",
    ];
    check(&[("in/a.csv", rows[0]), ("in/b.csv", rows[1])], &["in"], "in.import.toml", 2);
    check(
        &[("in/a.csv", rows[0]), ("in/b.csv", rows[1])],
        &["in/a.csv", "in/b.csv"],
        "in.import.toml",
        2,
    );
    // A header tells a table from text, whatever the ending.
    check(&[("in/a.txt", rows[0]), ("in/b.txt", rows[1])], &["in"], "in.import.toml", 2);
    let more = "prompt,chosen,rejected,annotator\nHow?,So.,Not so.,u1\n";
    let desk = desk(&[("in/a.csv", rows[0]), ("in/b.csv", more)]);
    assert_success(&init(&desk, &["in"]));
    let mapping = read(&desk, "in.import.toml");
    assert!(mapping.contains("# Not in each of these files: `annotator`."), "{mapping}");
}

#[test]
fn files_that_do_not_belong_together_are_told_and_nothing_is_written() {
    let check = |files: &[(&str, &[u8])], sources: &[&str], expect: &[&str]| {
        let desk = Desk::new();
        write(&desk, files);
        let before = std::fs::read_dir(desk.path("")).unwrap().count();
        assert_refused(&init(&desk, sources), expect);
        assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), before, "{sources:?}");
    };
    let (src, mt, tags) = (SRC.as_bytes(), MT.as_bytes(), TAGS.as_bytes());
    let dev = |more: &'static [u8]| [("in/dev.src", src), ("in/dev.mt", mt), ("in/dev.tags", more)];
    let uneven =
        "in: expected the same number of lines in each file, found 4 in `dev.mt`, 4 in `dev.src`,";
    check(
        &dev(b"OK OK\n"),
        &["in"],
        &[uneven, "1 in `dev.tags`", "medley init in/dev.mt in/dev.src"],
    );
    check(&dev(b""), &["in"], &[uneven, "0 in `dev.tags`"]);
    let unfit = "expected as many tags in `dev.tags` as one of the texts has words";
    let found = "found 2 for the 3 of `dev.mt` in line 1, 2 for the 3 of `dev.src` in line 1";
    check(&dev(b"OK BAD\nOK OK\nBAD OK OK\nOK\n"), &["in"], &[unfit, "(2n + 1)", found]);
    let binary = ["dev.tags: binary data", "`medley init in/dev.mt in/dev.src` looks at texts"];
    check(&dev(b"\0\x01\x02"), &["in"], &binary);
    check(&dev(b"\xff\xe9\xe8"), &["in"], &["dev.tags: binary data, or text that is not UTF-8"]);
    check(&[("a.src", src)], &["a.src", "b.mt"], &["b.mt: cannot read"]);
    check(&[("a.src", b""), ("a.mt", b"")], &["a.src", "a.mt"], &["none in `a.src`, `a.mt`"]);
    // Training and test files of as many lines are no columns of one table.
    let two = [("in/dev.src", src), ("in/dev.mt", mt), ("in/test.src", src), ("in/test.mt", mt)];
    let sets = [
        "one set of files",
        "medley init in/dev.mt in/dev.src",
        "medley init in/test.mt in/test.src",
    ];
    check(&two, &["in"], &sets);
    let beside = [("in/dev.src", src), ("in/dev.mt", mt), ("in/runs/a.csv", b"a\n1\n".as_slice())];
    check(
        &beside,
        &["in"],
        &["runs: a folder", "`medley init in/dev.mt in/dev.src` looks at texts"],
    );
    let tables: [(&str, &[u8]); 4] = [
        ("in/items.csv", b"id,text\n1,Hello.\n"),
        ("in/ratings.csv", b"rater,id,score\nu1,1,2\n"),
        ("in/empty.csv", b""),
        ("in/more/a.csv", b"a\n1\n"),
    ];
    let told = [
        "found these 4:",
        "items.csv: a table with `id`, `text`",
        "empty.csv: an empty file",
        "more: a folder",
        "`items.csv` and `ratings.csv` both have `id`",
        "`medley init in/more` looks at that folder",
    ];
    check(&tables, &["in"], &told);
    check(&[("in/README.md", b"Nothing.\n")], &["in"], &["in: expected files of rows, found none"]);
    let latin = [("in/a.src", src), ("in/b.src", b"caf\xe9\n".as_slice()), ("in/a.tags", tags)];
    check(&latin, &["in"], &["b.src: binary data, or text that is not UTF-8"]);
}

#[test]
fn episodes_are_shown_by_their_arrays() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/formats/fixtures");
    let desk = Desk::new();
    let file = fixtures.join("d4rl-minari.hdf5").display().to_string();
    assert_success(&init(&desk, &[&file]));
    let mapping = read(&desk, "d4rl-minari.import.toml");
    assert!(mapping.contains("#   episode_0/actions                [2]\n"), "{mapping}");
    assert_refused(&import(&desk, "d4rl-minari.import.toml"), &["put true if people acted"]);
    let mended = mapping.replace("\"FILL IN\"", "true");
    write(&desk, &[("d4rl-minari.import.toml", mended.as_bytes())]);
    let set = dataset(&desk, "d4rl-minari.import.toml", "datasets/d4rl-minari");
    assert_eq!(set.count("demonstration"), 11);
    let checked = medley(&desk, &["check", "d4rl-minari.experiment.toml"]);
    assert!(text(&checked).contains("demonstrations"), "{}", text(&checked));
    // With labels beside it, nothing is to be filled in.
    let folder = fixtures.join("d4rl").display().to_string();
    assert_success(&init(&desk, &[&folder]));
    assert_eq!(dataset(&desk, "d4rl.import.toml", "datasets/d4rl").count("comparison"), 4);
}

/// One block of several is the whole mapping: its comment is the one edit.
#[test]
fn where_nothing_tells_the_kind_one_block_is_chosen() {
    let check = |name: &str, rows: &str, title: &str, kind: &str, expect: usize| {
        let desk = desk(&[(name, rows)]);
        assert_success(&init(&desk, &[name]));
        let stem = name.split('.').next().unwrap();
        let mapping = format!("{stem}.import.toml");
        assert_refused(
            &import(&desk, &mapping),
            &["no kind of feedback is chosen: take the \"# \" off"],
        );
        let text = read(&desk, &mapping);
        assert!(!text.contains("FILL IN"), "{text}");
        let from = text.find(title).unwrap_or_else(|| panic!("{title}:\n{text}"));
        let end = from + text[from..].find("\n\n").unwrap();
        let block = text[from..end].replace("\n# ", "\n");
        write(&desk, &[(&mapping, [&text[..from], &block, &text[end..]].concat().as_bytes())]);
        assert_eq!(dataset(&desk, &mapping, &format!("datasets/{stem}")).count(kind), expect);
    };
    let lists = "{\"items\": [{\"text\": \"One of them.\"}, {\"text\": \"Another one.\"}]}\n\
                 {\"items\": [{\"text\": \"Once more.\"}, {\"text\": \"Never again.\"}]}\n";
    check("lists.jsonl", lists, "## Rankings", "ranking", 2);
    let pairs = "de,en\nHallo du da.,Hello you there.\nGut gemacht heute.,Well done today.\n";
    check("pairs.csv", pairs, "## Demonstrations", "demonstration", 2);
    check("pairs.csv", pairs, "## Comparisons", "comparison", 2);
    check("pairs.csv", pairs, "## Corrections", "correction", 2);
    check("texts.csv", "text\nOne of them is here.\n", "## Demonstrations", "demonstration", 1);
}
