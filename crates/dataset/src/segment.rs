//! Segments: the pieces of behaviour that people judge, as windows into the step table.

use crate::name_index::NameIndex;
use crate::segment_row::SegmentRow;
use crate::steps::{StepContent, StepTexts, Steps};
use crate::{DatasetError, Groups, Metadata, Values};
use medley_feedback::SegmentId;
use std::ops::Range;

/// The segments of a dataset, in order, and the steps that they consist of.
#[derive(Clone, Debug, PartialEq)]
pub struct Segments {
    rows: Vec<SegmentRow>,
    index: NameIndex,
    pub(crate) steps: Steps,
    metadata: Metadata,
}

impl Segments {
    /// The one place where segments are checked: unique names, known groups, at least one step
    /// each, windows within the table, finite features, sentences that slice out of the text.
    pub(crate) fn new(
        rows: Vec<SegmentRow>,
        mut steps: Steps,
        groups: &Groups,
    ) -> Result<Self, DatasetError> {
        steps.check()?;
        let mut index = NameIndex::default();
        for (place, row) in rows.iter().enumerate() {
            check_row(row, &steps, groups)?;
            if !index.insert(place, |place| &rows[place].id.0) {
                return Err(DatasetError::Duplicate { what: "segment", id: row.id.0.clone() });
            }
        }
        match &mut steps.content {
            StepContent::Control { names, values } => check_finite(&rows, names, values)?,
            StepContent::Text { texts, spans } => {
                check_disjoint(&rows)?;
                if let StepTexts::Apart(apart) = texts {
                    rows.iter().try_for_each(|row| check_text(row, apart, spans))?;
                    texts.put_within(&rows, spans);
                }
            }
        }
        Ok(Self { rows, index, steps, metadata: Metadata::default() })
    }

    /// What is known of segments beside their content.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Sets it: columns of as many rows as there are segments.
    pub(crate) fn set_metadata(&mut self, metadata: Metadata) {
        self.metadata = metadata;
    }

    /// Number of segments.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Position of a segment.
    pub fn index(&self, id: &SegmentId) -> Option<usize> {
        self.index.find(&id.0, |place| &self.rows[place].id.0)
    }

    /// Name of segment `i`. Panics beyond [`Segments::len`], as a slice does; so do the others.
    pub fn id(&self, i: usize) -> &SegmentId {
        &self.rows[i].id
    }

    /// Groups that segment `i` overlaps, as positions in [`Groups`].
    pub fn groups(&self, i: usize) -> &[u32] {
        &self.rows[i].groups
    }

    /// Rows of the step table that segment `i` consists of.
    pub fn steps(&self, i: usize) -> Range<usize> {
        self.rows[i].steps.clone()
    }

    /// Whole text of segment `i`, as released.
    pub fn text(&self, i: usize) -> Option<&str> {
        self.rows[i].text.as_deref()
    }

    /// Number of rows of the step table.
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Names of the features that a control dataset stores, and their values `[row, feature]` over
    /// the step table; none for text.
    pub fn stored_features(&self) -> Option<(&[String], &Values)> {
        match &self.steps.content {
            StepContent::Text { .. } => None,
            StepContent::Control { names, values } => Some((names, values)),
        }
    }

    /// Sentence in a row of the step table; none for control.
    pub fn step_text(&self, row: usize) -> Option<&str> {
        match &self.steps.content {
            StepContent::Text { texts, .. } => Some(texts.get(row, &self.rows)),
            StepContent::Control { .. } => None,
        }
    }

    /// Place of the sentence of a row in its segment's text, in Unicode scalar values.
    pub fn step_chars(&self, row: usize) -> Option<Range<u32>> {
        match &self.steps.content {
            StepContent::Text { spans, .. } => Some(spans[row].clone()),
            StepContent::Control { .. } => None,
        }
    }

    /// Steps of segment `i`, relative to it, that share a character with `chars`. Empty if the
    /// characters are only white space between sentences, or the segment is no text.
    pub fn steps_of_chars(&self, i: usize, chars: Range<u32>) -> Range<usize> {
        let StepContent::Text { spans, .. } = &self.steps.content else { return 0..0 };
        overlapping(&spans[self.steps(i)], &chars)
    }

    /// True reward of each row of the step table, where the source has one.
    pub fn true_rewards(&self) -> Option<&[f64]> {
        self.steps.rewards.as_deref()
    }
}

/// Positions of the spans, which rise, that share a character with `chars`.
pub(crate) fn overlapping(spans: &[Range<u32>], chars: &Range<u32>) -> Range<usize> {
    let first = spans.partition_point(|span| span.end <= chars.start);
    let end = spans.partition_point(|span| span.start < chars.end);
    first..end.max(first)
}

fn check_row(row: &SegmentRow, steps: &Steps, groups: &Groups) -> Result<(), DatasetError> {
    let fail = |field, expected: String, found: String| {
        Err(DatasetError::Segment { segment: row.id.clone(), field, expected, found })
    };
    if row.id.0.is_empty() {
        return fail("name", "a name".into(), "an empty string".into());
    }
    if row.steps.is_empty() {
        return fail("length", "at least one step".into(), "none".into());
    }
    if row.steps.end > steps.len() {
        return fail("steps", format!("within {} rows", steps.len()), format!("{:?}", row.steps));
    }
    if row.groups.is_empty() {
        return fail("groups", "at least one group".into(), "none".into());
    }
    if let Some(g) = row.groups.iter().find(|&&g| g as usize >= groups.len()) {
        return fail("groups", format!("among {} groups", groups.len()), g.to_string());
    }
    Ok(())
}

fn check_finite(
    rows: &[SegmentRow],
    names: &[String],
    values: &Values,
) -> Result<(), DatasetError> {
    let mut start = 0;
    for chunk in values.chunks(1 << 20) {
        if let Some(place) = chunk.iter().position(|value| !value.is_finite()) {
            return Err(not_finite(rows, names, start + place, chunk[place]));
        }
        start += chunk.len();
    }
    Ok(())
}

fn not_finite(rows: &[SegmentRow], names: &[String], place: usize, value: f32) -> DatasetError {
    let (step, feature) = (place / names.len(), place % names.len());
    let holder = rows.iter().find(|row| row.steps.contains(&step));
    DatasetError::NotFinite {
        segment: holder.map_or_else(|| "(none)".into(), |row| row.id.clone()),
        step: step - holder.map_or(0, |row| row.steps.start),
        feature: names[feature].clone(),
        value: f64::from(value),
    }
}

/// A sentence belongs to one text only, since its place counts from the start of that text.
fn check_disjoint(rows: &[SegmentRow]) -> Result<(), DatasetError> {
    let mut order: Vec<&SegmentRow> = rows.iter().collect();
    order.sort_by_key(|row| row.steps.start);
    match order.windows(2).find(|pair| pair[0].steps.end > pair[1].steps.start) {
        Some(pair) => Err(DatasetError::Segment {
            segment: pair[1].id.clone(),
            field: "steps",
            expected: "sentences of its own".into(),
            found: format!("sentences shared with `{}`", pair[0].id),
        }),
        None => Ok(()),
    }
}

fn check_text(
    row: &SegmentRow,
    texts: &[String],
    spans: &[Range<u32>],
) -> Result<(), DatasetError> {
    let fail = |field, expected: String, found: String| {
        Err(DatasetError::Segment { segment: row.id.clone(), field, expected, found })
    };
    let Some(text) = &row.text else { return fail("text", "there".into(), "nothing".into()) };
    let chars: Vec<char> = text.chars().collect();
    let mut end = 0;
    for step in row.steps.clone() {
        let span = spans[step].clone();
        let is_wordless = text.trim().is_empty() && span == (0..0) && row.steps.len() == 1;
        let rises = span.start >= end && span.end > span.start;
        if !(rises || is_wordless) || span.end as usize > chars.len() {
            let expected = format!("a rising span within {} characters", chars.len());
            return fail("place of a sentence", expected, format!("{span:?}"));
        }
        end = span.end;
        let slice = &chars[span.start as usize..span.end as usize];
        if !slice.iter().copied().eq(texts[step].chars()) {
            let expected = format!("{:?}", slice.iter().collect::<String>());
            return fail("sentence", expected, format!("{:?}", texts[step]));
        }
    }
    Ok(())
}
