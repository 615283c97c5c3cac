//! One row of the segment table.

use medley_feedback::SegmentId;
use std::ops::Range;

/// A window of steps, the groups that it belongs to, and its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SegmentRow {
    pub id: SegmentId,
    pub groups: Vec<u32>,
    pub steps: Range<usize>,
    pub text: Option<String>,
}
