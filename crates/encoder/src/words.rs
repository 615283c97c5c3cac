//! What a word is, for every feature that counts words.

use unicode_segmentation::UnicodeSegmentation;

/// Words of Unicode Standard Annex 29, in order.
pub(crate) fn words(text: &str, lowercase: bool) -> Vec<String> {
    let case = |word: &str| if lowercase { word.to_lowercase() } else { word.to_owned() };
    text.unicode_words().map(case).collect()
}
