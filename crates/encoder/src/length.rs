//! Length features: what a reward could be if length were all that people look at.

use crate::Features;
use medley_dataset::Dataset;
use unicode_segmentation::UnicodeSegmentation;

/// One feature, `length`: ln(1 + words of the whole text), or ln(steps) for control; the same in
/// each step of a segment. The baseline that knows nothing else.
///
/// Windows of different lengths may share steps, so the rows are not those of the step table:
/// each segment has rows of its own.
pub fn length_features(dataset: &Dataset) -> Features {
    let segments = dataset.segments();
    let mut values = Vec::new();
    let mut windows = Vec::new();
    for i in 0..segments.len() {
        let steps = segments.steps(i).len();
        let length = segments.text(i).map_or((steps as f32).ln(), ln_words);
        windows.push(values.len()..values.len() + steps);
        values.resize(values.len() + steps, length);
    }
    Features::new(vec!["length".to_owned()], values, windows)
}

pub(crate) fn ln_words(text: &str) -> f32 {
    (1.0 + text.unicode_words().count() as f32).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    #[test]
    fn a_text_without_a_word_has_length_zero() {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", None, None);
        builder.add_text("empty", "q", "");
        builder.add_text("one", "q", "Yes.");
        let features = length_features(&builder.build().unwrap());
        assert_eq!(*features.segment(0), [0.0]);
        assert_eq!(*features.segment(1), [2f32.ln()]);
    }

    #[test]
    fn overlapping_windows_keep_their_own_length() {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Control));
        builder.card().features = vec!["x".into()];
        builder.add_group("e", None, None);
        builder.add_steps(&[0.0; 3]);
        builder.add_window("long", &["e"], 0, 3);
        builder.add_window("short", &["e"], 2, 1);
        let features = length_features(&builder.build().unwrap());
        assert_eq!(*features.segment(0), [3f32.ln(); 3]);
        assert_eq!(*features.segment(1), [0.0]);
    }
}
