//! How a text becomes steps: sentences with their place in the text.
//!
//! Sentences end where Unicode Standard Annex 29 says, which knows no abbreviations: "U.S. Army"
//! is two pieces. A trained splitter would be better in English and worse to reproduce.

mod ascii;

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A sentence and its place, in Unicode scalar values from the start of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// The sentence without white space around it.
    pub text: &'a str,
    /// Its place in the text.
    pub chars: Range<u32>,
}

/// Splits a text into sentences, in order.
///
/// Every character that is no white space at an edge of a sentence lies in exactly one of them.
/// A piece without any word, such as a lone quotation mark, joins the sentence before it (at the
/// start of the text: the one after). So each sentence has a word, unless the whole text has none
/// and is one sentence; a text of white space has no sentence.
///
/// ```
/// let sentences = medley_dataset::sentences("Yes. Not so! ");
/// assert_eq!(sentences[1].text, "Not so!");
/// assert_eq!(sentences[1].chars, 5..12);
/// ```
pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut chars = CharCounter { text, byte: 0, count: 0 };
    merge(pieces(text), text)
        .into_iter()
        .map(|bytes| {
            let start = chars.at(bytes.start);
            Sentence { text: &text[bytes.clone()], chars: start..chars.at(bytes.end) }
        })
        .collect()
}

/// The sentences that are the steps of a text. A text without a word to it, empty or of white space, is
/// one step without words, since an answer that says nothing is an answer.
pub(crate) fn step_sentences(text: &str) -> Vec<Sentence<'_>> {
    let sentences = sentences(text);
    if sentences.is_empty() { vec![Sentence { text: "", chars: 0..0 }] } else { sentences }
}

/// Byte ranges of the pieces, trimmed, without those of white space.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let trimmed = |bounds: Range<usize>| {
        let piece = &text[bounds.clone()];
        let trimmed = piece.trim();
        let start = bounds.start + piece.len() - piece.trim_start().len();
        (!trimmed.is_empty()).then_some(start..start + trimmed.len())
    };
    match text.is_ascii() {
        true => ascii::pieces(text.as_bytes()).filter_map(trimmed).collect(),
        false => {
            let pieces = text.split_sentence_bound_indices();
            pieces.filter_map(|(start, piece)| trimmed(start..start + piece.len())).collect()
        }
    }
}

fn has_word(text: &str) -> bool {
    match text.is_ascii() {
        true => text.bytes().any(|byte| byte.is_ascii_alphanumeric()),
        false => text.unicode_words().next().is_some(),
    }
}

fn merge(pieces: Vec<Range<usize>>, text: &str) -> Vec<Range<usize>> {
    let has_word = |bytes: &Range<usize>| has_word(&text[bytes.clone()]);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for piece in pieces {
        match merged.last_mut() {
            Some(last) if !has_word(&piece) || !has_word(last) => last.end = piece.end,
            _ => merged.push(piece),
        }
    }
    merged
}

/// Counts characters up to rising byte offsets in one pass over the text.
struct CharCounter<'a> {
    text: &'a str,
    byte: usize,
    count: u32,
}

impl CharCounter<'_> {
    fn at(&mut self, byte: usize) -> u32 {
        let passed = &self.text[self.byte..byte];
        self.count += match passed.is_ascii() {
            true => passed.len(),
            false => passed.chars().count(),
        } as u32;
        self.byte = byte;
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_have_words_and_places() {
        let check = |text: &str, expect: &[&str]| {
            let found: Vec<&str> = sentences(text).iter().map(|s| s.text).collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("", &[]);
        check(" \n ", &[]);
        check("...", &["..."]);
        check("One two.  Three four? ", &["One two.", "Three four?"]);
        check("He left.\n\n— \n\nShe stayed.", &["He left.\n\n—", "She stayed."]);
        check("…\n\nWell.", &["…\n\nWell."]);
    }

    #[test]
    fn places_count_characters_and_not_bytes() {
        let found = sentences("Él. Ñandú!");
        assert_eq!(found[1], Sentence { text: "Ñandú!", chars: 4..10 });
    }
}
