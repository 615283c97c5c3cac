//! Which spans of a text do the tags of its words mark?

use super::mapping::Tags;
use medley_feedback::Polarity;
use std::ops::Range;

/// What the tags of a text come to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Marked {
    /// Words side by side with the same tag are one span, in Unicode scalar values.
    pub spans: Vec<(Polarity, Range<u32>)>,
    /// Tags of places between words, which have no span.
    pub gaps: Vec<Polarity>,
}

/// The spans that tags mark, one tag for each word, or also one before, between and after them; none is a
/// tag that marks nothing.
///
/// # Errors
/// Another number of tags: what is expected.
pub(super) fn marked(
    text: &str,
    tags: &[Option<Polarity>],
    scheme: Tags,
) -> Result<Marked, String> {
    let words = words(text);
    let (all, both) = (words.len(), 2 * words.len() + 1);
    match scheme {
        Tags::Words if tags.len() == all => {
            Ok(Marked { spans: spans(&words, tags), gaps: Vec::new() })
        }
        Tags::WordsAndGaps if tags.len() == both => {
            let at = |first| tags.iter().skip(first).step_by(2).copied();
            let of_words: Vec<Option<Polarity>> = at(1).collect();
            Ok(Marked { spans: spans(&words, &of_words), gaps: at(0).flatten().collect() })
        }
        Tags::Words => {
            let hint = " (`tags = \"words-and-gaps\"` reads those of gaps too)";
            let hint = if tags.len() == both { hint } else { "" };
            Err(format!("a tag for each of the {all} words that white space separates{hint}"))
        }
        Tags::WordsAndGaps => {
            let hint =
                if tags.len() == all { " (`tags = \"words\"` reads those of words)" } else { "" };
            Err(format!("{both} tags, of {all} words and of the gaps around them{hint}"))
        }
    }
}

/// The places of the words that white space separates.
fn words(text: &str) -> Vec<Range<u32>> {
    let mut words = Vec::new();
    let mut first = None;
    let mut end = 0;
    for c in text.chars() {
        match (c.is_whitespace(), first) {
            (true, Some(from)) => {
                words.push(from..end);
                first = None;
            }
            (false, None) => first = Some(end),
            _ => {}
        }
        end += 1;
    }
    words.extend(first.map(|from| from..end));
    words
}

fn spans(words: &[Range<u32>], tags: &[Option<Polarity>]) -> Vec<(Polarity, Range<u32>)> {
    let mut spans: Vec<(Polarity, Range<u32>)> = Vec::new();
    let mut before = None;
    for (word, &tag) in words.iter().zip(tags) {
        match (tag, spans.last_mut()) {
            (Some(_), Some((_, span))) if before == tag => span.end = word.end,
            (Some(polarity), _) => spans.push((polarity, word.clone())),
            (None, _) => {}
        }
        before = tag;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use Polarity::{Negative, Positive};

    const NO: Option<Polarity> = None;
    const BAD: Option<Polarity> = Some(Negative);

    #[test]
    fn words_with_the_same_tag_are_one_span() {
        let check = |text: &str, tags: &[Option<Polarity>], expect: &[(Polarity, Range<u32>)]| {
            assert_eq!(marked(text, tags, Tags::Words).unwrap().spans, expect, "{text:?}");
        };
        check("ä bb  cc d", &[NO, BAD, BAD, NO], &[(Negative, 2..8)]);
        check(" a b c ", &[BAD, NO, BAD], &[(Negative, 1..2), (Negative, 5..6)]);
        check("a b", &[BAD, Some(Positive)], &[(Negative, 0..1), (Positive, 2..3)]);
        check("🙂\u{a0}b", &[NO, BAD], &[(Negative, 2..3)]);
        check("a b", &[NO, NO], &[]);
    }

    #[test]
    fn tags_of_gaps_stand_around_those_of_words() {
        let check = |tags: &[Option<Polarity>], spans: &[(Polarity, Range<u32>)], gaps: usize| {
            let expect = Marked { spans: spans.to_vec(), gaps: vec![Negative; gaps] };
            assert_eq!(marked("a b", tags, Tags::WordsAndGaps), Ok(expect));
        };
        check(&[NO, BAD, NO, BAD, NO], &[(Negative, 0..3)], 0);
        check(&[BAD, NO, BAD, NO, NO], &[], 2);
        check(&[NO, NO, NO, BAD, BAD], &[(Negative, 2..3)], 1);
    }

    #[test]
    fn another_number_of_tags_is_explained() {
        let check = |count: usize, scheme: Tags, expect: &str| {
            assert_eq!(marked("a b", &vec![NO; count], scheme).unwrap_err(), expect);
        };
        let words = "a tag for each of the 2 words that white space separates";
        check(3, Tags::Words, words);
        let hint = "(`tags = \"words-and-gaps\"` reads those of gaps too)";
        check(5, Tags::Words, &format!("{words} {hint}"));
        let both = "5 tags, of 2 words and of the gaps around them";
        check(4, Tags::WordsAndGaps, both);
        check(2, Tags::WordsAndGaps, &format!("{both} (`tags = \"words\"` reads those of words)"));
    }
}
