//! Whether a record fits a dataset: its segments are there, its steps and characters within them.

use crate::{DatasetError, Segments};
use medley_feedback::{Correction, Critique, Description, Record, SegmentId, Stop};
use std::any::Any;

/// What a record is checked against: the segments, whether their texts are in memory or not.
pub(crate) trait Lengths {
    /// Number of segments.
    fn len(&self) -> usize;
    /// Position of a segment.
    fn place(&self, id: &SegmentId) -> Option<usize>;
    /// Number of steps of a segment.
    fn steps(&self, place: usize) -> usize;
    /// Characters of its text; none without text.
    fn chars(&self, place: usize) -> Option<usize>;
}

impl Lengths for Segments {
    fn len(&self) -> usize {
        self.len()
    }

    fn place(&self, id: &SegmentId) -> Option<usize> {
        self.index(id)
    }

    fn steps(&self, place: usize) -> usize {
        self.steps(place).len()
    }

    fn chars(&self, place: usize) -> Option<usize> {
        self.text(place).map(|text| text.chars().count())
    }
}

/// A field that does not fit, before the place is known.
pub(crate) struct Misfit {
    field: &'static str,
    expected: String,
    found: String,
}

impl Misfit {
    fn new(field: &'static str, expected: String, found: impl ToString) -> Self {
        Self { field, expected, found: found.to_string() }
    }

    pub fn at(self, place: &str, row: usize) -> DatasetError {
        let Self { field, expected, found } = self;
        DatasetError::Misfit { place: place.to_owned(), row, field, expected, found }
    }
}

/// Checks the segments of any record, and what the records with places inside segments say.
/// `features` is their number in the card, 0 for text.
pub(crate) fn check<R: Record>(
    segments: &dyn Lengths,
    features: usize,
    record: &R,
) -> Result<(), Misfit> {
    for id in record.segments() {
        length(segments, id)?;
    }
    let record = record as &dyn Any;
    if let Some(critique) = record.downcast_ref::<Critique>() {
        critique_spans(segments, critique)
    } else if let Some(correction) = record.downcast_ref::<Correction>() {
        changed_steps(segments, correction)
    } else if let Some(Stop { segment, step: Some(step), .. }) = record.downcast_ref::<Stop>() {
        within("step", *step, length(segments, segment)?)
    } else if let Some(description) = record.downcast_ref::<Description>() {
        center(features, description)
    } else {
        Ok(())
    }
}

fn position(segments: &dyn Lengths, id: &SegmentId) -> Result<usize, Misfit> {
    let known = || format!("one of the {} segments of the dataset", segments.len());
    segments.place(id).ok_or_else(|| Misfit::new("segment", known(), format!("`{id}`")))
}

fn length(segments: &dyn Lengths, id: &SegmentId) -> Result<usize, Misfit> {
    Ok(segments.steps(position(segments, id)?))
}

fn within(field: &'static str, step: u32, steps: usize) -> Result<(), Misfit> {
    if (step as usize) < steps {
        return Ok(());
    }
    Err(Misfit::new(field, format!("within the segment of {steps} steps"), step))
}

fn critique_spans(segments: &dyn Lengths, critique: &Critique) -> Result<(), Misfit> {
    let place = position(segments, &critique.segment)?;
    if let Some(end) = critique.end_step {
        within("end_step", end.saturating_sub(1), segments.steps(place))?;
    }
    let Some(end) = critique.end_char else { return Ok(()) };
    match segments.chars(place) {
        None => Err(Misfit::new("end_char", "absent for a segment without text".into(), end)),
        Some(chars) if end as usize > chars => {
            Err(Misfit::new("end_char", format!("within the text of {chars} characters"), end))
        }
        Some(_) => Ok(()),
    }
}

fn changed_steps(segments: &dyn Lengths, correction: &Correction) -> Result<(), Misfit> {
    let sides = [
        ("changed_original", &correction.original, &correction.changed_original),
        ("changed_corrected", &correction.corrected, &correction.changed_corrected),
    ];
    for (field, segment, steps) in sides {
        if let Some(&last) = steps.as_ref().and_then(|steps| steps.last()) {
            within(field, last, length(segments, segment)?)?;
        }
    }
    Ok(())
}

/// For text the features come from an encoder, so only the stored ones of control can be checked.
fn center(wanted: usize, description: &Description) -> Result<(), Misfit> {
    let found = description.center.len();
    if wanted == 0 || wanted == found {
        return Ok(());
    }
    Err(Misfit::new("center", format!("{wanted} features"), found))
}
