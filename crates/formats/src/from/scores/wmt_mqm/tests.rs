//! What the rows of the fixture become, and how wrong ones are named.

use super::line::Verdict;
use super::marked::Marked;
use super::review::Review;
use super::*;
use crate::fixture::{import, import_with, path};
use crate::{BadRows, Imported, Place, Reading};
use medley_feedback::{Critique, Polarity, Provenance, Record, Severity};
use std::ops::Range;

fn records<R: Record>(imported: &Imported) -> Vec<R> {
    let records = imported.dataset.records::<R>().unwrap();
    records.iter().map(|record| (**record).clone()).collect()
}

fn with(options: WmtMqm) -> Imported {
    let options: &dyn Importer = &options;
    options.import(&path("wmt-mqm"), &Reading::default()).unwrap()
}

#[test]
fn marks_are_taken_out_and_counted_in_characters() {
    let check = |raw: &str, text: &str, chars: Option<Range<u32>>, marks| {
        let cut = raw.trim_end() != raw || raw.ends_with(" </v>");
        let expect = Marked { text: text.into(), chars, marks, cut };
        assert_eq!(Marked::parse(raw), expect, "{raw:?}");
    };
    check("Größe <v>für</v> 𝕏.", "Größe für 𝕏.", Some(6..9), 2);
    check("<v>你</v>好", "你好", Some(0..1), 2);
    check("plain", "plain", None, 0);
    check("open <v>end.", "open end.", None, 1);
    check("</v>turned<v>", "turned", None, 2);
    check("<v>a</v> <v>b</v>", "a b", None, 4);
    check("em<v></v>pty", "empty", None, 2);
    check("Ende <v>hier </v>", "Ende hier", Some(5..9), 2);
    check("Ende<v> </v>", "Ende", None, 2);
}

#[test]
fn rows_become_critiques() {
    let imported = import("wmt-mqm");
    let critiques: Vec<Critique> = records(&imported);
    assert_eq!(critiques.len(), 10);
    let provenance = |rater: &str, seconds| Provenance {
        annotator: Some(AnnotatorId(rater.into())),
        seconds,
        ..Provenance::from_source(rater.split('/').next().unwrap())
    };
    let style = Critique {
        first_step: Some(1),
        end_step: Some(2),
        first_char: Some(12),
        end_char: Some(15),
        aspect: Some("Style/Awkward".into()),
        severity: Some(Severity::Minor),
        text: Some("Wortwahl".into()),
        provenance: provenance("sxs_ende/rater1", Some(7.5)),
        ..Critique::new("sxs_ende/1/A".into(), Polarity::Negative)
    };
    assert_eq!(critiques[0], style);
    let whole = Critique::new("sxs_ende/1/B".into(), Polarity::Neutral);
    let provenance = provenance("sxs_ende/rater1", None);
    assert_eq!(critiques[1], Critique { provenance, ..whole });
    // An opinion is a neutral critique of its span.
    let (minor, opinion) = (&critiques[8], &critiques[9]);
    assert_eq!((minor.first_char, minor.end_char), (Some(7), Some(8)));
    assert_eq!((opinion.first_char, opinion.end_char), (Some(9), Some(11)));
    assert_eq!((opinion.polarity, opinion.severity), (Polarity::Neutral, None));
    // The comment is from the note of the metadata; the other file has a column for it.
    let comments: Vec<_> = critiques.iter().filter_map(|c| c.text.as_deref()).collect();
    assert_eq!(comments, ["Wortwahl", "Rechtschreibung"]);
    let report = imported.report;
    let kept = |what: &str| report.kept[&format!("critique without a place: {what}")];
    assert_eq!(kept("marked in the source text"), 1);
    assert_eq!(kept("the marks are no span of the text"), 1);
    assert_eq!(report.kept["row whose text ended in white space, which was cut"], 1);
    assert_eq!(report.dropped["attention check (HOTW-test): Found"], 1);
    assert_eq!(report.dropped["attention check (HOTW-test): Missed"], 1);
    assert_eq!(report.dropped["error that the rater deleted again"], 1);
    let note = "attention checks of sxs_ende that were found: rater1 1 of 2";
    assert!(report.notes.contains(&note.to_owned()), "{:?}", report.notes);
}

#[test]
fn penalties_are_summed_by_rater_and_segment() {
    let ratings: Vec<Rating> = records(&import("wmt-mqm"));
    let told = |rating: &Rating| {
        let annotator = rating.provenance.annotator.clone().unwrap();
        (rating.segment.0.clone(), annotator.0, rating.value)
    };
    let expect = [
        ("sxs_ende/1/A", "sxs_ende/rater1", -6.1),
        ("sxs_ende/1/B", "sxs_ende/rater1", 0.0),
        ("sxs_ende/1/A", "sxs_ende/rater2", -25.0),
        ("ted_zhen/1/A", "ted_zhen/rater1", -5.0),
        ("ted_zhen/1/B", "ted_zhen/rater1", 0.0),
        ("ted_zhen/1/C", "ted_zhen/rater1", -1.0),
        ("ted_zhen/2/A", "ted_zhen/rater2", -1.0),
    ];
    let expect = expect.map(|(segment, rater, value)| (segment.into(), rater.into(), value));
    assert_eq!(ratings.iter().map(told).collect::<Vec<_>>(), expect);
    assert!(ratings[1].value.is_sign_positive());
    assert_eq!(ratings[0].scale, Scale { low: -100.0, high: 0.0, levels: None });
    assert_eq!(ratings[0].provenance.source.as_deref(), Some("sxs_ende/mqm-score"));
}

#[test]
fn levels_and_comparisons_are_there_on_demand() {
    let imported = with(WmtMqm { levels: vec![0.0, 1.0, 5.0], derive_comparisons: true });
    let ratings: Vec<Rating> = records(&imported);
    let values: Vec<f64> = ratings.iter().map(|rating| rating.value).collect();
    assert_eq!(values, [0.0, 3.0, 0.0, 1.0, 3.0, 2.0, 2.0]);
    assert_eq!(ratings[0].scale, Scale { low: 0.0, high: 3.0, levels: Some(4) });
    assert_eq!(ratings[0].provenance.source.as_deref(), Some("sxs_ende/mqm-level"));
    let comparisons: Vec<Comparison> = records(&imported);
    let told: Vec<_> = comparisons
        .iter()
        .map(|c| format!("{} {} {:?}", c.first, c.second, c.distribution()))
        .collect();
    let expect = [
        "sxs_ende/1/A sxs_ende/1/B [0.0, 0.0, 1.0]",
        "ted_zhen/1/A ted_zhen/1/B [0.0, 0.0, 1.0]",
        "ted_zhen/1/A ted_zhen/1/C [0.0, 0.0, 1.0]",
        "ted_zhen/1/B ted_zhen/1/C [1.0, 0.0, 0.0]",
    ];
    assert_eq!(told, expect);
    let tied = |tenths| {
        let (place, segment) = (Place::new(Path::new("f"), "line", 2), "s".into());
        Review { place, group: "g".into(), segment, rater: "r".into(), tenths }
    };
    assert_eq!(comparison(&tied(3), &tied(3)).distribution(), [0.0, 1.0, 0.0]);
    let falling: &dyn Importer = &WmtMqm { levels: vec![1.0, 1.0], derive_comparisons: false };
    let error = falling.import(&path("wmt-mqm"), &Reading::default()).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("expected option `levels` to rise from 0, found [1.0, 1.0]"), "{error}");
}

#[test]
fn the_rule_is_that_of_the_authors() {
    let check = |verdict: Verdict, category, tenths| {
        assert_eq!(verdict.tenths(category), tenths, "{category}");
    };
    check(Verdict::NoError, "No-error", 0);
    check(Verdict::Neutral, "Style/Awkward", 0);
    check(Verdict::Minor, "Style/Awkward", 10);
    check(Verdict::Minor, "Fluency/Punctuation", 1);
    check(Verdict::Major, "Fluency/Punctuation", 50);
    check(Verdict::Major, "Non-translation!", 250);
    check(Verdict::Major, "Source error", 50);
}

#[test]
fn a_skipped_row_leaves_no_sum_that_may_lack_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(path("wmt-mqm").join("ted_zhen.tsv")).unwrap();
    let file = folder.path().join("ted_zhen.tsv");
    std::fs::write(&file, text.replacen("\tMajor", "\tGrave", 1)).unwrap();
    let importer: &dyn Importer = &WmtMqm::default();
    let reading = Reading { bad_rows: BadRows::Skip, ..Reading::default() };
    let imported = importer.import(&file, &reading).unwrap();
    let lost = "rating of a file in which a row was skipped: its sum may lack an error";
    assert_eq!(imported.report.dropped[lost], 3);
    assert_eq!(imported.dataset.count("rating"), 0);
    assert_eq!(imported.dataset.count("critique"), 4);
}

#[test]
fn broken_sources_are_explained() {
    let check = |from: &str, to: &str, expect: &str| {
        let error = import_with("wmt-mqm", from, to).err().unwrap();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(
        "Mistranslation\tMajor",
        "Mistranslation\tGrave",
        "ted_zhen.tsv: line 2: `severity` must be Major, Minor, Neutral, No-error or HOTW-test, \
         found Grave",
    );
    let renamed = import_with("wmt-mqm", "severity\tmetadata", "severity\tmeta").unwrap();
    assert!(renamed.report.dropped["field `meta`"] > 0);
    check("globalSegId", "segment", "unknown field `segment`");
    check("Found\tHOTW", "Lost\tHOTW", "`category` must be Found or Missed, found Lost");
    check("{\"timing\": {\"chose", "{\"timing\": [\"chose", "`metadata` must be a JSON object");
    check("我喜欢。\tI \"", "我爱。\tI \"", "must be the one that `ted_zhen/1` had before");
    check("er.\tNon", "er!\tNon", "must be the one that `sxs_ende/1/A` had before");
    check("\trater2\t", "\t \t", "`rater` must be a name, found white space");
    check(
        "\tNo-error\tNo-error\t\n",
        "\tNo-error\t\n",
        "line 3: `row` must be 10 cells as in the header, found 9 cells",
    );
}
