//! Comparison labels of Uni-RLHF: pairs of windows into the concatenation of all episodes.
//!
//! Source: Yuan et al., "Uni-RLHF", ICLR 2024; also the layout of the labels of Kim et al.,
//! "Preference Transformer", ICLR 2023. Columns: `query` (only counts), `indices_1` and
//! `indices_2` (first steps), `len` (steps, the same in the whole file), `human_label`.

use crate::{Dialect, Draft, Import, ImportError, Place, number};
use medley_feedback::{Comparison, Provenance, SegmentId};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// The steps that labels index.
pub(crate) struct Timeline {
    /// Number of steps in the source.
    pub steps: usize,
    /// The episodes that were kept, in order.
    pub episodes: Vec<Kept>,
}

/// An episode that was kept.
pub(crate) struct Kept {
    /// Its group.
    pub group: String,
    /// Its steps in the source.
    pub source: Range<usize>,
    /// Its rows in the step table.
    pub rows: Range<usize>,
}

impl Timeline {
    /// Rows and groups of a window; none if a part of it was not kept.
    fn window(&self, source: Range<usize>) -> Option<(Range<usize>, Vec<&str>)> {
        let overlap = |kept: &Kept| {
            kept.source.end.min(source.end).saturating_sub(kept.source.start.max(source.start))
        };
        let touched: Vec<&Kept> = self.episodes.iter().filter(|kept| overlap(kept) > 0).collect();
        let first = touched.first()?;
        let start = first.rows.start + source.start.checked_sub(first.source.start)?;
        let whole = touched.iter().map(|kept| overlap(kept)).sum::<usize>() == source.len();
        let groups = touched.iter().map(|kept| kept.group.as_str()).collect();
        whole.then_some((start..start + source.len(), groups))
    }
}

/// Reads comparisons (source "preference") and adds the windows `w<first step>` that they compare;
/// returns the steps of a window. Label 0: the first; 1: the second; -1 or 0.5: a tie.
pub(crate) fn read(
    import: &mut Import<'_>,
    file: &Path,
    timeline: &Timeline,
) -> Result<Option<usize>, ImportError> {
    let mut starts = BTreeSet::new();
    let mut length = None;
    import.file_rows(file, Dialect::Quoted, |draft, row| {
        let pair = check(draft.place(), &row.parse()?, length, timeline.steps)?;
        length = Some(pair.steps);
        if pair.first == pair.second {
            draft.drop("comparison of a window with itself");
            return Ok(());
        }
        let windows = [pair.first, pair.second];
        if windows.iter().any(|&at| timeline.window(at..at + pair.steps).is_none()) {
            draft.drop("comparison of a window in an episode that was left out");
            return Ok(());
        }
        draft.record(comparison(&pair))?;
        starts.extend(windows);
        Ok(())
    })?;
    let Some(steps) = length else { return Ok(None) };
    import.draft(&Place::new(file, "line", 1), |draft| {
        starts.iter().for_each(|&start| add_window(draft, timeline, start, steps));
        Ok(())
    })?;
    Ok(Some(steps))
}

fn add_window(draft: &mut Draft<'_>, timeline: &Timeline, start: usize, steps: usize) {
    if let Some((rows, groups)) = timeline.window(start..start + steps) {
        draft.keep("window that is compared");
        match groups.len() {
            1 => {}
            2 => draft.keep("window that is compared, spanning two demonstrations"),
            _ => draft.keep("window that is compared, spanning several demonstrations"),
        }
        draft.window(&name(start), &groups, rows);
    }
}

fn name(start: usize) -> String {
    format!("w{start}")
}

/// One line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    #[serde(rename = "query")]
    _query: IgnoredAny,
    #[serde(deserialize_with = "number")]
    indices_1: f64,
    #[serde(deserialize_with = "number")]
    indices_2: f64,
    #[serde(deserialize_with = "number")]
    len: f64,
    #[serde(deserialize_with = "number")]
    human_label: f64,
}

/// A line that was checked.
struct Pair {
    first: usize,
    second: usize,
    steps: usize,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    First,
    Second,
    Tie,
}

fn check(
    at: &Place,
    label: &Label,
    before: Option<usize>,
    rows: usize,
) -> Result<Pair, ImportError> {
    let whole = |field: &str, value: f64| match value.fract() == 0.0 && (0.0..1e9).contains(&value)
    {
        true => Ok(value as usize),
        false => Err(at.wrong(field, "a whole number from 0", value)),
    };
    let (first, second) =
        (whole("indices_1", label.indices_1)?, whole("indices_2", label.indices_2)?);
    let steps = whole("len", label.len)?;
    let expected = before.unwrap_or(steps);
    if steps == 0 || steps != expected {
        let expected =
            if steps == 0 { "at least 1".into() } else { format!("{expected} as before") };
        return Err(at.wrong("len", expected, steps));
    }
    let answer = match label.human_label {
        0.0 => Answer::First,
        1.0 => Answer::Second,
        -1.0 | 0.5 => Answer::Tie,
        other => {
            let expected = "0 (first), 1 (second), -1 or 0.5 (a tie)";
            return Err(at.wrong("human_label", expected, other));
        }
    };
    for (field, start) in [("indices_1", first), ("indices_2", second)] {
        if start + steps > rows {
            let found = format!("{start} + {steps}");
            return Err(at.wrong(field, format!("a window within {rows} steps"), found));
        }
    }
    Ok(Pair { first, second, steps, answer })
}

fn comparison(pair: &Pair) -> Comparison {
    let (first, second) = (SegmentId(name(pair.first)), SegmentId(name(pair.second)));
    let comparison = match pair.answer {
        Answer::First => Comparison::new(first, second, 1.0),
        Answer::Second => Comparison::new(first, second, 0.0),
        Answer::Tie => Comparison::tied(first, second),
    };
    Comparison { provenance: Provenance::from_source("preference"), ..comparison }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_move_with_the_episodes_that_were_kept() {
        let kept = |group: &str, source: Range<usize>, rows| Kept {
            group: group.to_owned(),
            source,
            rows,
        };
        // The second of four episodes of three steps was left out.
        let timeline = Timeline {
            steps: 12,
            episodes: vec![kept("a", 0..3, 0..3), kept("c", 6..9, 3..6), kept("d", 9..12, 6..9)],
        };
        assert_eq!(timeline.window(1..3), Some((1..3, vec!["a"])));
        assert_eq!(timeline.window(7..10), Some((4..7, vec!["c", "d"])));
        assert_eq!(timeline.window(2..7), None);
        assert_eq!(timeline.window(4..6), None);
        assert_eq!(timeline.window(5..8), None);
    }
}
