//! Importer of WMT MQM: errors that professional translators marked in translations, by rater.
//!
//! Source: Freitag, Foster, Grangier, Ratnakar, Tan and Macherey, "Experts, Errors, and Context: A
//! Large-Scale Study of Human Evaluation for Machine Translation", TACL 2021 (arXiv 2104.14478);
//! files `mqm_*.tsv` and `sxs_mqm_*.tsv.tar.gz` of `google/wmt-mqm-human-evaluation`.

use crate::content::unfit;
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, filled, steps_of_chars};
use medley_dataset::{Card, Domain};
use medley_feedback::{
    AnnotatorId, Comparison, Critique, Polarity, Provenance, Rating, Scale, SegmentId, Severity,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Reads one file, or the files ending in `.tsv`, `.tsv.gz` and `.tar.gz` of a folder. NAME is the
/// name of a file up to its first dot; raters are numbered anew in each, so that theirs begins
/// with it.
///
/// - Groups `NAME/<segment>`: `source` as prompt. Segments `NAME/<segment>/<system>`: `target`.
///   Marks `<v>` and `</v>` are taken out of both, and white space at their ends, which the files
///   have in some rows of a text and not in others.
/// - Critiques (source NAME), one a row: `category` as aspect, `severity` Minor or Major; Neutral
///   is a neutral critique of its span; No-error one of the whole. The span, which the source
///   marks in place, becomes characters of the text without marks, and the sentences that they
///   touch. `comment`, or the `note` in `metadata`, is the text; the actions timed in `metadata`
///   are the seconds. An error marked in `source`, where nothing was left to mark in `target`, has
///   no place.
/// - Ratings (source `NAME/mqm-score`), one for each rater and segment. They are derived, by the
///   authors' rule: Non-translation 25, other Major 5, Minor Fluency/Punctuation 0.1, other Minor
///   1, summed. The value is the sum below 0, so that more is better, on a continuous scale from
///   -100. Only files whose raters could mark at most five errors bound the sum, by 25; the
///   bound here is one that all files keep, so that their ratings are on one scale. Being derived
///   they took no seconds of their own.
/// - Rows of severity HOTW-test are attention checks (an error was planted and found, or missed):
///   no critiques, but counted by rater.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WmtMqm {
    /// Rising sums of penalties at which the levels of the ratings end, the best level first. With
    /// `[0, 1, 5]` a sum of 0 is level 3, up to 1 is 2, up to 5 is 1 and more is 0 (source
    /// `NAME/mqm-level`). Empty: the sum itself.
    pub levels: Vec<f64>,
    /// Whether to compare, for each rater and prompt, the segments in pairs by their sums (source
    /// `NAME/mqm-score`). They say nothing that the ratings do not; `first` is the one that the
    /// file has first, since in which order they were read is not told.
    pub derive_comparisons: bool,
}

#[typetag::serde(name = "wmt-mqm")]
impl Importer for WmtMqm {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        self.check(path)?;
        import.report().notes.extend(NOTES.map(str::to_owned));
        files(path)?.into_iter().try_for_each(|(name, file)| self.read_file(import, &name, &file))
    }

    fn summary(&self) -> &'static str {
        "MQM annotations of WMT: a file mqm_*.tsv or sxs_mqm_*.tsv.tar.gz, or a folder of them"
    }
}

const NOTES: [&str; 3] = [
    "ratings are derived from the errors by the authors' rule: Major 5, Minor 1, Minor \
     Fluency/Punctuation 0.1, Non-translation 25, summed; the value is the sum below 0",
    "the names of the documents and the place of a segment in its document are not kept",
    "of `metadata` only the times of actions and the note are kept",
];

fn card() -> Card {
    Card {
        licence: "Apache-2.0".into(),
        source: "https://github.com/google/wmt-mqm-human-evaluation commit \
                 7fadea281aff8db61cc72fc3d469a4dca78b82a6"
            .into(),
        attribution: "Freitag et al., Experts, Errors, and Context: A Large-Scale Study of Human \
                      Evaluation for Machine Translation, TACL 2021 (arXiv 2104.14478)"
            .into(),
        ..Card::new("wmt-mqm", Domain::Text)
    }
}

/// Endings of the files of a folder that are read.
const ENDINGS: [&str; 3] = [".tsv", ".tsv.gz", ".tar.gz"];

/// The files by the names that they give to what is in them, sorted.
fn files(path: &Path) -> Result<BTreeMap<String, PathBuf>, ImportError> {
    let refused = |source| ImportError::Io { file: path.to_owned(), source };
    if !path.is_dir() {
        return Ok([(name(path), path.to_owned())].into());
    }
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(path).map_err(refused)? {
        let file = entry.map_err(refused)?.path();
        let called = file.to_string_lossy().into_owned();
        if !ENDINGS.iter().any(|ending| called.ends_with(ending)) {
            continue;
        }
        let name = name(&file);
        if files.insert(name.clone(), file).is_some() {
            let found = format!("two called `{name}`");
            return Err(unfit(path, "files of different names up to the first dot", &found));
        }
    }
    match files.is_empty() {
        true => Err(unfit(path, "files that end in .tsv, .tsv.gz or .tar.gz", "none")),
        false => Ok(files),
    }
}

/// The name of a file up to its first dot.
fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

impl WmtMqm {
    fn check(&self, path: &Path) -> Result<(), ImportError> {
        let rise = self.levels.windows(2).all(|pair| pair[0] < pair[1]);
        let sums = self.levels.iter().all(|end| end.is_finite() && *end >= 0.0);
        match rise && sums {
            true => Ok(()),
            false => {
                Err(unfit(path, "option `levels` to rise from 0", &format!("{:?}", self.levels)))
            }
        }
    }

    fn read_file(
        &self,
        import: &mut Import<'_>,
        name: &str,
        file: &Path,
    ) -> Result<(), ImportError> {
        let skipped = import.skipped();
        let mut reviews = Reviews::default();
        import.rows(file, Dialect::Unquoted, |draft, row| {
            add_line(draft, name, &row.parse()?, &mut reviews)
        })?;
        import.report().notes.extend(reviews.attention(name));
        if import.skipped() > skipped {
            // The row that is missing may have held an error of any of these sums.
            let lost = "rating of a file in which a row was skipped: its sum may lack an error";
            reviews.list.iter().for_each(|_| import.report().drop(lost));
            return Ok(());
        }
        for review in &reviews.list {
            import.draft(&review.place, |draft| self.rate(draft, name, review))?;
        }
        match self.derive_comparisons {
            true => compare(import, name, &reviews.list),
            false => Ok(()),
        }
    }

    fn rate(&self, draft: &mut Draft<'_>, name: &str, review: &Review) -> Result<(), ImportError> {
        let (value, scale, how) = if self.levels.is_empty() {
            (0.0 - review.penalty(), Scale { low: LOWEST, high: 0.0, levels: None }, "mqm-score")
        } else {
            let (value, best) = (self.level(review.penalty()), self.levels.len());
            let scale = Scale { low: 0.0, high: best as f64, levels: Some(best as u32 + 1) };
            (value as f64, scale, "mqm-level")
        };
        if value < scale.low {
            draft.drop("rating below -100");
            return Ok(());
        }
        let segment = review.segment.clone();
        let provenance = review.provenance(name, how);
        draft.record(Rating { segment, value, scale, aspect: None, reason: None, provenance })
    }

    /// Number of ends that a sum does not exceed.
    fn level(&self, penalty: f64) -> usize {
        self.levels.iter().filter(|&&end| penalty <= end).count()
    }
}

/// End of the continuous scale.
const LOWEST: f64 = -100.0;

/// Pairs of what one person said about the segments of one prompt.
fn compare(import: &mut Import<'_>, name: &str, reviews: &[Review]) -> Result<(), ImportError> {
    let mut by_rater: BTreeMap<(&str, &AnnotatorId), Vec<&Review>> = BTreeMap::new();
    for review in reviews {
        by_rater.entry((&review.group, &review.rater)).or_default().push(review);
    }
    for of_rater in by_rater.values() {
        for (i, first) in of_rater.iter().enumerate() {
            for second in &of_rater[i + 1..] {
                let comparison = comparison(first, second);
                let provenance = first.provenance(name, "mqm-score");
                let record = Comparison { provenance, ..comparison };
                import.draft(&second.place, |draft| draft.record(record))?;
            }
        }
    }
    Ok(())
}

fn comparison(first: &Review, second: &Review) -> Comparison {
    let (one, other) = (first.segment.clone(), second.segment.clone());
    match first.tenths.cmp(&second.tenths) {
        std::cmp::Ordering::Less => Comparison::new(one, other, 1.0),
        std::cmp::Ordering::Equal => Comparison::tied(one, other),
        std::cmp::Ordering::Greater => Comparison::new(one, other, 0.0),
    }
}

/// One row. Side-by-side files have another name for the place of a segment in its document and
/// in the file, and more fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    system: String,
    #[serde(rename = "doc")]
    _doc: IgnoredAny,
    #[serde(rename = "doc_id", alias = "docSegId")]
    _doc_id: IgnoredAny,
    #[serde(alias = "globalSegId")]
    seg_id: String,
    rater: String,
    source: String,
    target: String,
    category: String,
    severity: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    metadata: String,
}

/// The part of `metadata` that is kept or counted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    /// By action.
    timing: BTreeMap<String, Timing>,
    note: String,
    deleted_errors: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Timing {
    #[serde(rename = "timeMS")]
    milliseconds: f64,
}

/// All that one person said about one segment.
struct Review {
    /// Its first row.
    place: Place,
    group: String,
    segment: SegmentId,
    rater: AnnotatorId,
    /// Sum of the penalties in tenths, which add up without rounding.
    tenths: u64,
}

impl Review {
    fn penalty(&self) -> f64 {
        self.tenths as f64 / 10.0
    }

    fn provenance(&self, name: &str, how: &str) -> Provenance {
        let annotator = Some(self.rater.clone());
        Provenance { annotator, ..Provenance::from_source(&format!("{name}/{how}")) }
    }
}

/// The reviews of a file in the order of their first rows, and its attention checks.
#[derive(Default)]
struct Reviews {
    list: Vec<Review>,
    index: HashMap<(SegmentId, AnnotatorId), usize>,
    /// Found and all, by rater.
    checks: BTreeMap<String, (usize, usize)>,
}

impl Reviews {
    /// Rows of a review need not follow each other.
    fn add(&mut self, review: Review) {
        let key = (review.segment.clone(), review.rater.clone());
        let next = self.list.len();
        match *self.index.entry(key).or_insert(next) {
            known if known < next => self.list[known].tenths += review.tenths,
            _ => self.list.push(review),
        }
    }

    fn attention(&self, name: &str) -> Option<String> {
        let told =
            |(rater, (found, all)): (&String, &(usize, usize))| format!("{rater} {found} of {all}");
        let told: Vec<String> = self.checks.iter().map(told).collect();
        let told = filled(&told.join(", "))?;
        Some(format!("attention checks of {name} that were found: {told}"))
    }
}

fn add_line(
    draft: &mut Draft<'_>,
    name: &str,
    line: &Line,
    reviews: &mut Reviews,
) -> Result<(), ImportError> {
    for (field, text) in
        [("system", &line.system), ("seg_id", &line.seg_id), ("rater", &line.rater)]
    {
        if text.trim().is_empty() {
            return Err(draft.place().wrong(field, "a name", "white space"));
        }
    }
    let Some(verdict) = Verdict::parse(draft.place(), line)? else {
        return attention_check(draft, line, &mut reviews.checks);
    };
    let (source, target) = (Marked::parse(&line.source), Marked::parse(&line.target));
    if source.cut || target.cut {
        draft.keep("row whose text ended in white space, which was cut");
    }
    let group = draft.named_group(&format!("{name}/{}", line.seg_id), Some(&source.text), None)?;
    let segment = draft.named_text(&format!("{group}/{}", line.system), &group, &target.text)?;
    let rater = AnnotatorId(format!("{name}/{}", line.rater));
    let metadata = metadata(draft, &line.metadata)?;
    let provenance = Provenance {
        annotator: Some(rater.clone()),
        seconds: seconds(&metadata),
        ..Provenance::from_source(name)
    };
    let critique = Critique {
        text: filled(&line.comment).or_else(|| filled(&metadata.note)),
        provenance,
        ..verdict.critique(draft, segment.clone(), (&source, &target), &line.category)
    };
    draft.record(critique)?;
    let (place, tenths) = (draft.place().clone(), verdict.tenths(&line.category));
    reviews.add(Review { place, group, segment, rater, tenths });
    Ok(())
}

fn attention_check(
    draft: &mut Draft<'_>,
    line: &Line,
    checks: &mut BTreeMap<String, (usize, usize)>,
) -> Result<(), ImportError> {
    let found = match line.category.as_str() {
        "Found" => 1,
        "Missed" => 0,
        other => return Err(draft.place().wrong("category", "Found or Missed", other)),
    };
    draft.drop(&format!("attention check (HOTW-test): {}", line.category));
    let known = checks.entry(line.rater.clone()).or_default();
    *known = (known.0 + found, known.1 + 1);
    Ok(())
}

fn metadata(draft: &mut Draft<'_>, cell: &str) -> Result<Metadata, ImportError> {
    if cell.trim().is_empty() {
        return Ok(Metadata::default());
    }
    let metadata: Metadata = serde_json::from_str(cell)
        .map_err(|error| draft.place().wrong("metadata", "a JSON object", error))?;
    metadata.deleted_errors.iter().for_each(|_| draft.drop("error that the rater deleted again"));
    Ok(metadata)
}

/// Time of all actions that led to the row.
fn seconds(metadata: &Metadata) -> Option<f64> {
    let timing = &metadata.timing;
    (!timing.is_empty()).then(|| timing.values().map(|t| t.milliseconds).sum::<f64>() / 1000.0)
}

/// What a row says of the segment.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    NoError,
    Neutral,
    Minor,
    Major,
}

impl Verdict {
    /// None for an attention check. Earlier years write the values in lower case.
    fn parse(at: &Place, line: &Line) -> Result<Option<Self>, ImportError> {
        match line.severity.to_ascii_lowercase().as_str() {
            "no-error" => Ok(Some(Self::NoError)),
            "neutral" => Ok(Some(Self::Neutral)),
            "minor" => Ok(Some(Self::Minor)),
            "major" => Ok(Some(Self::Major)),
            "hotw-test" => Ok(None),
            _ => {
                let expected = "Major, Minor, Neutral, No-error or HOTW-test";
                Err(at.wrong("severity", expected, &line.severity))
            }
        }
    }

    fn tenths(self, category: &str) -> u64 {
        match self {
            Self::NoError | Self::Neutral => 0,
            _ if category.starts_with("Non-translation") => 250,
            Self::Major => 50,
            Self::Minor if category == "Fluency/Punctuation" => 1,
            Self::Minor => 10,
        }
    }

    /// A critique without text and provenance.
    fn critique(
        self,
        draft: &mut Draft<'_>,
        segment: SegmentId,
        (source, target): (&Marked, &Marked),
        category: &str,
    ) -> Critique {
        if self == Self::NoError {
            return Critique::new(segment, Polarity::Neutral);
        }
        let chars = place(draft, source, target);
        let steps = chars.clone().and_then(|chars| steps_of_chars(&target.text, chars));
        let (polarity, severity) = match self {
            Self::Major => (Polarity::Negative, Some(Severity::Major)),
            Self::Minor => (Polarity::Negative, Some(Severity::Minor)),
            Self::Neutral | Self::NoError => (Polarity::Neutral, None),
        };
        Critique {
            first_step: steps.as_ref().map(|steps| steps.start),
            end_step: steps.as_ref().map(|steps| steps.end),
            first_char: chars.as_ref().map(|chars| chars.start),
            end_char: chars.as_ref().map(|chars| chars.end),
            aspect: filled(category),
            severity,
            ..Critique::new(segment, polarity)
        }
    }
}

/// The span in the target. Why there is none is counted.
fn place(draft: &mut Draft<'_>, source: &Marked, target: &Marked) -> Option<Range<u32>> {
    if target.chars.is_none() {
        draft.keep(match (target.marks, source.marks) {
            (0, 0) => "critique without a place: nothing is marked",
            (0, _) => "critique without a place: marked in the source text",
            _ => "critique without a place: the marks are no span of the text",
        });
    }
    target.chars.clone()
}

/// A text without marks.
#[derive(Debug, PartialEq)]
struct Marked {
    text: String,
    /// What stood between the marks, if they are one opening and one closing one, in Unicode
    /// scalar values of `text`.
    chars: Option<Range<u32>>,
    /// Number of marks.
    marks: usize,
    /// Whether white space at the end was cut.
    cut: bool,
}

impl Marked {
    fn parse(raw: &str) -> Self {
        let marks = raw.matches("<v>").count() + raw.matches("</v>").count();
        let mut text = raw.replace("</v>", "").replace("<v>", "");
        let whole = text.len();
        text.truncate(text.trim_end().len());
        let count = |text: &str| text.chars().count() as u32;
        let span = raw.split_once("<v>").and_then(|(before, rest)| {
            let (inside, _) = rest.split_once("</v>")?;
            let start = count(before);
            Some(start..(start + count(inside)).min(count(&text)))
        });
        let chars = span.filter(|span| marks == 2 && span.start < span.end);
        Self { chars, marks, cut: text.len() < whole, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with, path};
    use crate::{BadRows, Imported, Reading};
    use medley_feedback::Record;

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
        assert!(
            error.contains("expected option `levels` to rise from 0, found [1.0, 1.0]"),
            "{error}"
        );
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
        check("severity\tmetadata", "severity\tmeta", "unknown field `meta`");
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
}
