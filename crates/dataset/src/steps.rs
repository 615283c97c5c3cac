//! The step table: what is scored, one row a step.

use crate::segment_row::SegmentRow;
use crate::{DatasetError, Values};
use std::ops::Range;

/// All steps of a dataset. Segments are windows into it, so overlapping windows cost nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Steps {
    pub content: StepContent,
    /// True reward of each step, where the source has one.
    pub rewards: Option<Vec<f64>>,
}

/// What a step consists of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StepContent {
    /// Sentences, with their place in the segment's text in Unicode scalar values.
    Text { texts: StepTexts, spans: Vec<Range<u32>> },
    /// Features, `[row, feature]`.
    Control { names: Vec<String>, values: Values },
}

/// The sentences of a step table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StepTexts {
    /// Each by itself.
    Apart(Vec<String>),
    /// Each as bytes of the text of a segment, whose number is told: no text is in memory twice.
    Within { bytes: Vec<Range<u32>>, owners: Vec<u32> },
}

impl StepTexts {
    pub fn len(&self) -> usize {
        match self {
            Self::Apart(texts) => texts.len(),
            Self::Within { owners, .. } => owners.len(),
        }
    }

    /// The sentence in a row.
    pub fn get<'a>(&'a self, row: usize, segments: &'a [SegmentRow]) -> &'a str {
        match self {
            Self::Apart(texts) => &texts[row],
            Self::Within { bytes, owners } => {
                let text = segments[owners[row] as usize].text.as_deref().unwrap_or_default();
                &text[bytes[row].start as usize..bytes[row].end as usize]
            }
        }
    }

    /// Forgets the sentences that stand in the texts of segments, if all of them do. `spans` have been
    /// checked against the texts.
    pub fn put_within(&mut self, segments: &[SegmentRow], spans: &[Range<u32>]) {
        let owned: usize = segments.iter().map(|row| row.steps.len()).sum();
        let is_small = |row: &SegmentRow| row.text.as_ref().is_some_and(|text| text.len() < LARGE);
        if owned != self.len() || !segments.iter().all(is_small) {
            return;
        }
        let (mut bytes, mut owners) = (vec![0..0; owned], vec![0; owned]);
        for (owner, segment) in segments.iter().enumerate() {
            let text = segment.text.as_deref().unwrap_or_default();
            let (mut chars, mut byte) = (0, 0);
            for row in segment.steps.clone() {
                let mut to = |place: u32| {
                    byte += places_within(&text[byte..], (place - chars) as usize).unwrap_or(0);
                    chars = place;
                    byte as u32
                };
                bytes[row] = to(spans[row].start)..to(spans[row].end);
                owners[row] = owner as u32;
            }
        }
        *self = Self::Within { bytes, owners };
    }
}

/// Texts of more bytes have places that 32 bits do not hold.
const LARGE: usize = u32::MAX as usize;

/// Bytes of the first characters of a text; none if it has fewer.
pub(crate) fn places_within(text: &str, chars: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(..chars)?.is_ascii() {
        return Some(chars);
    }
    text.char_indices().map(|(place, _)| place).chain([text.len()]).nth(chars)
}

impl Steps {
    pub fn len(&self) -> usize {
        match &self.content {
            StepContent::Text { texts, .. } => texts.len(),
            StepContent::Control { names, values } => values.len() / names.len().max(1),
        }
    }

    /// Rows are whole, and there is one finite reward for each.
    pub fn check(&self) -> Result<(), DatasetError> {
        if let StepContent::Control { names, values } = &self.content {
            if names.is_empty() {
                return Err(misfit("features", "at least one", "none"));
            }
            if let Some(name) =
                names.iter().enumerate().find_map(|(i, n)| names[..i].contains(n).then_some(n))
            {
                return Err(DatasetError::Duplicate { what: "feature", id: name.clone() });
            }
            if names.iter().any(|name| name == "reward") {
                return Err(misfit(
                    "name of a feature",
                    "another than that of the true reward",
                    "`reward`",
                ));
            }
            if values.len() % names.len() != 0 {
                let expected = format!("a multiple of {} features", names.len());
                return Err(misfit("number of values", &expected, &values.len().to_string()));
            }
        }
        let Some(rewards) = &self.rewards else { return Ok(()) };
        if rewards.len() != self.len() {
            let expected = format!("one for each of {} steps", self.len());
            return Err(misfit("rewards", &expected, &rewards.len().to_string()));
        }
        match rewards.iter().position(|reward| !reward.is_finite()) {
            Some(row) => Err(misfit("reward", "finite", &format!("{} in row {row}", rewards[row]))),
            None => Ok(()),
        }
    }
}

fn misfit(what: &'static str, expected: &str, found: &str) -> DatasetError {
    DatasetError::Steps { what, expected: expected.to_owned(), found: found.to_owned() }
}
