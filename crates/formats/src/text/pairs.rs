//! Two responses to one prompt, or the reason why they make no pair.

use crate::{Draft, ImportError, filled};
use medley_feedback::SegmentId;

/// Two responses in the order given, and the group of their prompt. None, and counted, where one
/// has no text: such responses occur in released data, and no step of them could be scored.
///
/// # Errors
/// As [`Draft::text`].
pub(crate) fn pair(
    draft: &mut Draft<'_>,
    prompt: Option<&str>,
    context: Option<&str>,
    [one, other]: [&str; 2],
) -> Result<Option<(SegmentId, SegmentId)>, ImportError> {
    if filled(one).is_none() || filled(other).is_none() {
        draft.drop("pair with a response without text");
        return Ok(None);
    }
    if one == other {
        draft.keep("pair of identical texts");
    }
    let group = draft.group(prompt, context);
    draft.pair(&group, one, other).map(Some)
}
