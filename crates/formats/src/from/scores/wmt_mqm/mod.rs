//! Importer of WMT MQM: errors that professional translators marked in translations, by rater.
//!
//! Source: Freitag, Foster, Grangier, Ratnakar, Tan and Macherey, "Experts, Errors, and Context: A
//! Large-Scale Study of Human Evaluation for Machine Translation", TACL 2021 (arXiv 2104.14478);
//! files `mqm_*.tsv` and `sxs_mqm_*.tsv.tar.gz` of `google/wmt-mqm-human-evaluation`.

mod line;
mod marked;
mod review;

use crate::content::unfit;
use crate::{Dialect, Draft, Import, ImportError, Importer};
use line::add_line;
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Comparison, Rating, Scale};
use review::{Review, Reviews};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
        import.file_rows(file, Dialect::Unquoted, |draft, row| {
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

#[cfg(test)]
mod tests;
