//! Two responses to one prompt, or the reason why they make no pair.

use crate::{Draft, ImportError, Written};
use medley_feedback::SegmentId;

/// Two responses in the order given, to their prompt. None, and counted, where one has no text and
/// such are not kept: these occur in released data.
///
/// # Errors
/// As [`Draft::text`].
pub(crate) fn pair<'t>(
    draft: &mut Draft<'_>,
    prompt: Option<&str>,
    context: Option<&str>,
    responses: [impl Into<Written<'t>>; 2],
) -> Result<Option<(SegmentId, SegmentId)>, ImportError> {
    let [one, other] = responses.map(Into::into);
    if draft.lacks_text(&one.text) || draft.lacks_text(&other.text) {
        draft.drop("pair with a response without text");
        return Ok(None);
    }
    if one.text == other.text {
        draft.keep("pair of identical texts");
    }
    let group = draft.group(prompt, context);
    draft.pair(&group, one, other).map(Some)
}
