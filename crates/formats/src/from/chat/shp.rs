//! Importer of the Stanford Human Preferences: pairs of comments, the preferred one being later and
//! yet higher in votes.
//!
//! Source: card of `stanfordnlp/SHP` (and `SHP-2`, which has the same fields); Ethayarajh, Choi and
//! Swayamdipta, ICML 2022.

use crate::pairs::pair;
use crate::{Dialect, Draft, Import, ImportError, Importer, filled, number, optional_text, truth};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Provenance};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Reads `<subreddit>/train.json` and its like (JSON lines); several of them put together with
/// `cat`.
///
/// - Groups: `history`. Segments: `human_ref_A`, `human_ref_B`, in this order.
/// - Comparisons: `labels`, 1 being A. Source `votes/<split>` and group the subreddit, both taken
///   from `domain`: those who vote in a subreddit are the group that speaks. No votes are
///   stated: scores are votes up less votes down, not a number of people.
/// - A pair that was there before, in either order, is counted and left out; so is a label that
///   contradicts the scores. `score_ratio` and scores have no place in a comparison: use
///   `min_score_ratio`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shp {
    /// Pairs of a smaller `score_ratio` are left out. The authors advise 2 and more where noise
    /// hurts; none by default.
    pub min_score_ratio: Option<f64>,
    /// At most so many pairs of one post, the first in the file; all by default. Posts with many
    /// comments have hundreds of pairs.
    pub pairs_per_post: Option<usize>,
}

#[typetag::serde(name = "shp")]
impl Importer for Shp {
    fn card(&self) -> Card {
        Card {
            source: "https://huggingface.co/datasets/stanfordnlp/SHP".into(),
            attribution: "Ethayarajh et al., Understanding Dataset Difficulty with V-Usable \
                          Information, ICML 2022; comments by users of Reddit"
                .into(),
            ..Card::new("shp", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("a preference is that of all who voted; how many they were is not known".into());
        let mut seen = Seen::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            let item: Item = row.parse()?;
            self.add_item(draft, &item, &mut seen)
        })
    }

    fn summary(&self) -> &'static str {
        "Stanford Human Preferences: pairs of comments, preferred by votes"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(deserialize_with = "optional_text")]
    post_id: Option<String>,
    domain: String,
    #[serde(rename = "upvote_ratio", default)]
    _upvote_ratio: IgnoredAny,
    history: String,
    #[serde(rename = "c_root_id_A")]
    id_a: String,
    #[serde(rename = "c_root_id_B")]
    id_b: String,
    #[serde(rename = "created_at_utc_A", default)]
    _created_at_utc_a: IgnoredAny,
    #[serde(rename = "created_at_utc_B", default)]
    _created_at_utc_b: IgnoredAny,
    #[serde(rename = "score_A", deserialize_with = "number")]
    score_a: f64,
    #[serde(rename = "score_B", deserialize_with = "number")]
    score_b: f64,
    #[serde(rename = "human_ref_A")]
    text_a: String,
    #[serde(rename = "human_ref_B")]
    text_b: String,
    #[serde(deserialize_with = "truth")]
    labels: bool,
    #[serde(rename = "seconds_difference", default)]
    _seconds_difference: IgnoredAny,
    #[serde(deserialize_with = "number")]
    score_ratio: f64,
}

/// What earlier rows had.
#[derive(Default)]
struct Seen {
    pairs: HashSet<[String; 3]>,
    of_post: HashMap<String, usize>,
}

impl Shp {
    fn add_item(
        self,
        draft: &mut Draft<'_>,
        item: &Item,
        seen: &mut Seen,
    ) -> Result<(), ImportError> {
        let Some((subreddit, split)) = item.domain.rsplit_once('_') else {
            let expected = "a subreddit, `_` and a split";
            return Err(draft.place().wrong("domain", expected, &item.domain));
        };
        if self.min_score_ratio.is_some_and(|least| item.score_ratio < least) {
            draft.drop("pair below min_score_ratio");
            return Ok(());
        }
        let agrees =
            if item.labels { item.score_a > item.score_b } else { item.score_b > item.score_a };
        if !agrees {
            draft.drop("label that contradicts the scores");
            return Ok(());
        }
        let post = item.post_id.clone().unwrap_or_else(|| item.history.clone());
        let mut key = [item.id_a.clone(), item.id_b.clone(), post.clone()];
        // A pair is the same in either order.
        key[..2].sort();
        if seen.pairs.contains(&key) {
            draft.drop("pair that was there before");
            return Ok(());
        }
        let so_far = seen.of_post.get(&post).copied().unwrap_or(0);
        if self.pairs_per_post.is_some_and(|most| so_far >= most) {
            draft.drop("pair beyond pairs_per_post");
            return Ok(());
        }
        let texts = [item.text_a.as_str(), &item.text_b];
        let prompt = filled(&item.history);
        let Some((first, second)) = pair(draft, prompt.as_deref(), None, texts)? else {
            return Ok(());
        };
        let provenance = Provenance {
            group: Some(subreddit.to_owned()),
            ..Provenance::from_source(&format!("votes/{split}"))
        };
        let preference = if item.labels { 1.0 } else { 0.0 };
        draft.record(Comparison { provenance, ..Comparison::new(first, second, preference) })?;
        draft.drop("scores of a pair");
        seen.pairs.insert(key);
        *seen.of_post.entry(post).or_default() += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Shp;
    use crate::fixture::{import, import_with, path};
    use crate::{Importer, Reading};
    use medley_feedback::Comparison;

    #[test]
    fn labels_name_the_preferred_comment() {
        let imported = import("shp");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let told: Vec<_> = comparisons
            .iter()
            .map(|c| {
                let provenance = &c.provenance;
                let group = provenance.group.as_deref().unwrap();
                (c.preference, group, provenance.source.as_deref().unwrap())
            })
            .collect();
        assert_eq!(
            told,
            [
                (1.0, "askculinary", "votes/train"),
                (0.0, "askculinary", "votes/train"),
                (0.0, "explain_like", "votes/test"),
            ]
        );
        let report = &imported.report;
        assert_eq!(report.dropped["pair that was there before"], 1);
        assert_eq!(report.dropped["label that contradicts the scores"], 1);
        assert_eq!(imported.dataset.groups().len(), 2);
    }

    #[test]
    fn options_leave_pairs_out_and_count_them() {
        let import = |shp: Shp| {
            let importer: &dyn Importer = &shp;
            importer.import(&path("shp"), &Reading::default()).unwrap().report
        };
        let report = import(Shp { min_score_ratio: Some(2.0), ..Shp::default() });
        assert_eq!(report.dropped["pair below min_score_ratio"], 3);
        assert_eq!(report.kept["comparison/votes/train"], 1);
        let report = import(Shp { pairs_per_post: Some(1), ..Shp::default() });
        assert_eq!(report.dropped["pair beyond pairs_per_post"], 2);
        assert_eq!(report.kept["comparison/votes/train"], 1);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("shp", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("\"labels\": 1", "\"labels\": 3", "line 1: at `labels`: expected true or false");
        check("askculinary_train", "askculinary", "`domain` must be a subreddit, `_` and a split");
        check("\"score_A\": 340", "\"score_A\": \"high\"", "at `score_A`: expected a number");
        check("\"human_ref_A\"", "\"comment_A\"", "unknown field `comment_A`");
    }
}
