//! Experiments as text, right and wrong.

use crate::{ExperimentSpec, FeedbackAblation, SpecError, parse};
use std::path::Path;

const SOUND: &str = r#"
name = "x"
[dataset]
path = "data"
encoder.steps = {}
[feedback.a]
adapter.comparison = { ties = "rao-kupper" }
[ablation]
feedback = "subsets"
"#;

fn parsed(text: &str) -> Result<ExperimentSpec, Box<SpecError>> {
    parse(Path::new("x.toml"), text)
}

#[test]
fn a_sound_file_round_trips() {
    let spec = parsed(SOUND).unwrap();
    assert_eq!(spec.ablation.feedback, FeedbackAblation::Subsets);
    let again = parsed(&toml::to_string(&spec).unwrap()).unwrap();
    assert_eq!(format!("{spec:?}"), format!("{again:?}"));
}

#[test]
fn a_second_tag_is_not_dropped_in_silence() {
    let broken = SOUND.replace("[ablation]", "adapter.rating = {}\n[ablation]");
    let error = parsed(&broken).unwrap_err();
    assert_eq!(error.line, 7);
    assert!(error.message.contains("`comparison` and `rating`"), "{}", error.message);
}

#[test]
fn the_wrong_key_is_underlined_and_the_right_one_named() {
    let error = parsed(&SOUND.replace("feedback = \"sub", "feedbak = \"sub")).unwrap_err();
    assert_eq!((error.line, error.column), (9, 1));
    assert_eq!(error.help.as_deref(), Some("did you mean `feedback`?"));
}

#[test]
fn multibyte_text_before_a_mistake_counts_in_characters() {
    let error = parsed("name = \"ä\" x").unwrap_err();
    assert_eq!((error.line, error.column), (1, 12));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}", cut in 0usize..200) {
        let _ = parsed(&text);
        let at = (0..=cut.min(SOUND.len())).rev().find(|&i| SOUND.is_char_boundary(i)).unwrap();
        let _ = parsed(&format!("{}{text}", &SOUND[..at]));
    }
}
