//! What is known of segments beside their content.

use crate::{Case, Finding};
use medley_dataset::MetadataColumn;

/// Labels that a note names.
const NAMED: usize = 5;

/// `segments.metadata`: segments whose value is known, for each column of metadata, with the most
/// frequent labels of a column of texts.
pub(crate) fn metadata(case: &Case<'_>) -> Vec<Finding> {
    let segments = case.dataset.segments();
    let finding = |column: &MetadataColumn| {
        let found = Finding::new("segments.metadata", column.known(), segments.len(), "segments");
        found.about(column.name()).note(labels(column, segments.len()))
    };
    segments.metadata().columns().iter().map(finding).collect()
}

/// "7 labels: gpt-4 (120), llama (80) and 5 more".
fn labels(column: &MetadataColumn, segments: usize) -> String {
    let Some(labels) = column.labels() else { return "numbers".to_owned() };
    let mut counts = vec![0_usize; labels.len()];
    (0..segments).filter_map(|i| column.code(i)).for_each(|code| counts[code as usize] += 1);
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|&label| std::cmp::Reverse(counts[label]));
    let named = order.iter().take(NAMED).map(|&it| format!("{} ({})", labels[it], counts[it]));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match labels.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let plural = if labels.len() == 1 { "label" } else { "labels" };
    format!("{} {plural}: {named}{more}", labels.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{counts, found, one, prompts};

    #[test]
    fn columns_are_counted_with_their_labels() {
        let mut builder = prompts(2, 4);
        for (segment, model) in [("0/0", "b"), ("0/1", "a"), ("1/0", "a"), ("1/1", "c")] {
            builder.add_metadata(segment, &[("model", model.into())]);
        }
        builder.add_metadata("0/0", &[("cost", 0.5.into())]);
        let findings = found(builder, metadata);
        assert_eq!(counts(&findings, "segments.metadata", "model"), (4, 8));
        let note = |subject| one(&findings, "segments.metadata", subject).note.as_str();
        assert_eq!(note("model"), "3 labels: a (2), b (1), c (1)");
        assert_eq!(
            (counts(&findings, "segments.metadata", "cost"), note("cost")),
            ((1, 8), "numbers")
        );
        assert!(found(prompts(1, 1), metadata).is_empty());
    }
}
