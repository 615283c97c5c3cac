use std::collections::BTreeSet;

use super::*;
use crate::page::{DataCard, Fact, paper_of_text};
use crate::sample::{measurement, run, tables, two_sources};
use crate::{MeasurementRow, Resampled, drawn};

fn cover() -> Cover {
    Cover {
        name: "a <b> & c".into(),
        question: "What does <i>each</i> teach?\nTwo lines.".into(),
        file: "x.toml".into(),
        text: "name = \"<x>\"\n".into(),
        version: "0.1.0".into(),
        plan: vec![Fact::new("Seeds", "0, 1")],
        cards: vec![DataCard {
            name: "data".into(),
            licence: "Apache-2.0".into(),
            page: "# Title\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| x | <y> |\n"
                .into(),
            licences: vec![("LICENSE".into(), "Apache\n  License <1>".into())],
            ..DataCard::default()
        }],
        planned: 12,
        missing: 1,
        ..Cover::default()
    }
}

fn paper_of(tables: &Tables, cover: &Cover) -> Paper {
    paper(cover, tables, &drawn(tables, &[]).unwrap()).unwrap()
}

/// What stands in an attribute, wherever it stands.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_page_stands_by_itself_and_its_links_lead_somewhere() {
    let html = paper_of(&tables(&["a", "b"]), &cover()).html;
    for outside in ["src=", "url(", "@import", "href=\"http", "<link rel=\"stylesheet"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("Content-Security-Policy") && html.contains("default-src 'none'"));
    let ids = attributes(&html, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "ids stand once");
    let links: Vec<&str> =
        attributes(&html, "href").into_iter().filter_map(|to| to.strip_prefix('#')).collect();
    let dead: Vec<&&str> = links.iter().filter(|to| !known.contains(**to)).collect();
    assert!(links.len() > 20 && dead.is_empty(), "{dead:?} of {}", links.len());
    assert!(
        html.matches("<svg").count() > 1
            && html.matches("<desc").count() == html.matches("<svg").count()
    );
}

#[test]
fn no_text_becomes_markup() {
    let mut named = tables(&["a", "b"]);
    for row in &mut named.measurements {
        row.mix = row.mix.replace('a', "<img src=x>");
    }
    let html = paper_of(&named, &cover()).html;
    assert!(!html.contains("<img") && !html.contains("<b>") && !html.contains("<i>each"));
    assert_eq!(html.matches("<script").count(), 1, "only our own");
    assert!(
        html.contains("<title>a &lt;b&gt; &amp; c</title>")
            && html.contains("What does &lt;i&gt;each")
    );
}

/// Accuracies of `a` and of both on held-out `a`, five seeds each; `b` alone and the majority have less.
fn measured(a: [f64; 5], both: [f64; 5]) -> Vec<MeasurementRow> {
    let seeds = (0..).zip(a.into_iter().zip(both));
    seeds.flat_map(|(seed, (a, both))| two_sources(seed, [0.5, a, 0.4, both])).collect()
}

fn headline_of(rows: Vec<MeasurementRow>, resampled: Resampled) -> String {
    let tables = Tables { measurements: rows, ..Tables::default() };
    let html = paper_of(&tables, &Cover { resampled, ..cover() }).html;
    let (_, rest) = html.split_once("In short</h2>").unwrap();
    rest.split("</section>").next().unwrap().to_owned()
}

#[test]
fn the_headline_says_no_more_than_the_interval() {
    // Differences 0.02, 0.02, 0.03, 0.03, 0.04: mean 0.028, sd 0.008367; t of 4 degrees 2.776.
    let (a, both) = ([0.60, 0.61, 0.62, 0.60, 0.61], [0.62, 0.63, 0.65, 0.63, 0.65]);
    let text = headline_of(measured(a, both), Resampled::OneSplit);
    assert!(text.contains("the mix <q>a + b</q> has the highest mean"), "{text}");
    let said = "is +0.028, with a 95 % interval over seeds on this one split of [0.018, 0.038], which excludes 0";
    assert!(text.contains(said), "{text}");
    assert_eq!(text.matches("Against").count(), 1, "the next is the best alone: {text}");
    assert!(text.contains("Beside it: majority <a href="), "{text}");
    // The same over splits that overlap, half as many to test as to train: 0.028 ± 2.776 sd sqrt(0.7).
    let text = headline_of(measured(a, both), Resampled::Splits { test_over_train: 0.5 });
    assert!(
        text.contains("for a new sample of such data of [0.009, 0.047], which excludes 0"),
        "{text}"
    );
    let open = headline_of(measured(a, [0.62, 0.60, 0.65, 0.59, 0.65]), Resampled::OneSplit);
    assert!(open.contains("which includes 0: these runs do not tell the two apart"), "{open}");
}

#[test]
fn few_seeds_have_no_verdict() {
    let rows = measured([0.6; 5], [0.7, 0.71, 0.72, 0.73, 0.74]);
    let few: Vec<MeasurementRow> = rows.into_iter().filter(|row| row.seed < 3).collect();
    let text = headline_of(few, Resampled::OneSplit);
    assert!(text.contains("of fewer than 5 seeds there is no interval"), "{text}");
    assert!(!text.contains("excludes") && !text.contains("includes"), "{text}");
}

#[test]
fn failures_and_missing_runs_are_counted_and_named() {
    let mut some = tables(&["a", "b"]);
    some.runs.push(run("a + b", 9, Some("the loss is <NaN>")));
    let html = paper_of(
        &some,
        &Cover { broken: vec![("abc".into(), "a file is missing".into())], ..cover() },
    )
    .html;
    assert!(
        html.contains(
            "Of 12 runs of the plan, 9 are finished; 1 failed, 1 not there yet, 1 left out"
        ),
        "counts"
    );
    assert!(html.contains("the loss is &lt;NaN&gt;") && html.contains("a file is missing"));
}

#[test]
fn tables_are_written_with_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let paper = paper_of(&tables(&["a", "b"]), &cover());
    let files = paper.write(folder.path()).unwrap();
    let names: BTreeSet<&PathBuf> = files.iter().collect();
    assert_eq!(names.len(), files.len());
    assert!(files.iter().all(|file| file.starts_with(folder.path())));
    let csv = std::fs::read_to_string(folder.path().join("report/a-accuracy.csv")).unwrap();
    assert!(csv.starts_with("mix,mean over seeds,95 % low,"), "{csv}");
    assert!(
        std::fs::read_to_string(folder.path().join("report/report.bib"))
            .unwrap()
            .contains("@misc{data-data,")
    );
}

#[test]
fn a_large_experiment_has_a_small_page_that_counts_the_rest() {
    let rows = (0..4_000u64).map(|place| MeasurementRow {
        setting: format!("training.learning-rate = {place}"),
        run: format!("r{place}"),
        ..measurement("a", 0, "a", place as f64 / 4_000.0)
    });
    let runs =
        (0..4_000).map(|place| crate::RunRow { run: format!("r{place}"), ..run("a", 0, None) });
    let tables = Tables { measurements: rows.collect(), runs: runs.collect(), ..Tables::default() };
    let paper = paper_of(&tables, &cover());
    assert!(paper.html.len() < 5_000_000, "{}", paper.html.len());
    assert!(paper.html.contains("The rows of 3000 of 4000 numbers stand here"));
    assert!(paper.html.contains("The first 500 of 4000 runs; all are in the CSV"));
    let results = paper.grids.iter().find(|grid| grid.name == "a-accuracy").unwrap();
    assert_eq!(results.lines.len(), 4_000, "files are whole");
}

#[test]
fn a_summary_is_a_page_too() {
    let summary = "# S\n\n## One\n\n| m | n |\n|---|---:|\n| a | 0.5 |\n\nText *here*.\n";
    let paper = paper_of_text(&cover(), summary, Vec::new(), Vec::new());
    assert!(paper.html.contains("<h3>One</h3>") && paper.html.contains("Text <em>here</em>."));
    assert_eq!(paper.grids[0].name, "summary-one");
}

#[test]
fn lines_of_a_comment_that_go_on_are_one() {
    let text = "Which kind\nis worth most?\n\n- one\n- two,\n  all the same\nand so on";
    let expected = "Which kind is worth most?\n\n- one\n- two, all the same and so on";
    assert_eq!(reflowed(text), expected);
}
