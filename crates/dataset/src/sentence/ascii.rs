//! Sentence boundaries of texts that are ASCII, as Unicode Standard Annex 29 has them.
//!
//! Of the properties of the annex, ASCII has few, so that its rules are a look at the bytes around a full
//! stop. Most texts are ASCII, and to look up the property of each character took a fifth of an import.
//! That the boundaries are those of `unicode-segmentation` is a test.

use std::ops::Range;

/// The pieces between boundaries.
pub(super) fn pieces(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        (start < text.len()).then(|| {
            let end = boundary(text, start);
            std::mem::replace(&mut start, end)..end
        })
    })
}

fn is_paragraph_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// `ATerm` and `STerm` of the annex.
fn is_end(byte: u8) -> bool {
    matches!(byte, b'.' | b'!' | b'?')
}

fn is_close(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// `SContinue` of the annex.
fn goes_on(byte: u8) -> bool {
    matches!(byte, b',' | b'-' | b':' | b';')
}

/// The first boundary after `start`.
fn boundary(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        if is_paragraph_end(byte) {
            // SB3 and SB4
            return at + if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
        }
        at += 1;
        if !is_end(byte) {
            continue;
        }
        let skip = |at: usize, is: fn(u8) -> bool| {
            at + text[at..].iter().take_while(|&&byte| is(byte)).count()
        };
        // SB9 and SB10
        let next = skip(skip(at, is_close), is_space);
        let is_boundary = text.get(next).is_some_and(|&then| {
            let is_within = byte == b'.' && is_no_full_stop(text, at, next);
            // SB8a, and SB9 and SB10 before the end of a paragraph
            !is_within && !goes_on(then) && !is_end(then) && !is_paragraph_end(then)
        });
        if is_boundary {
            return next;
        }
        at = next;
    }
    text.len()
}

/// Whether what follows a point says that it ends no sentence; `after` it, and at the `next` byte that
/// neither closes nor is a space.
fn is_no_full_stop(text: &[u8], after: usize, next: usize) -> bool {
    let then = text[next];
    // SB6
    if after == next && then.is_ascii_digit() {
        return true;
    }
    // SB7
    let before = after.checked_sub(2).map(|before| text[before]);
    if after == next
        && then.is_ascii_uppercase()
        && before.is_some_and(|it| it.is_ascii_alphabetic())
    {
        return true;
    }
    // SB8
    let stops = |byte: &u8| byte.is_ascii_alphabetic() || is_paragraph_end(*byte) || is_end(*byte);
    text[next..].iter().find(|byte| stops(byte)).is_some_and(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn check(text: &str) {
        let found: Vec<&str> = pieces(text.as_bytes()).map(|bytes| &text[bytes]).collect();
        let expect: Vec<&str> = text.split_sentence_bounds().collect();
        assert_eq!(found, expect, "{text:?}");
    }

    /// Every pair of characters around a full stop, and around what may follow one.
    #[test]
    fn pairs_around_a_full_stop_are_those_of_the_annex() {
        let all = || (0..128_u8).map(char::from);
        for one in all() {
            for other in all() {
                check(&format!("a{one}{other}a"));
                for between in [".", ". ", "! ", ".\"", ".) "] {
                    check(&format!("{one}{between}{other}b"));
                }
            }
        }
        for text in
            ["", ".", "a.", "\r\n", "a\n\nb", "Dr. No. Why?! (Yes.) \"No.\" e.g. 3.5, U.S. Army."]
        {
            check(text);
        }
    }

    proptest! {
        #[test]
        fn boundaries_are_those_of_the_annex(text in "[aAz0 .!?,:;\"'()\\-\n\r\t_]{0,24}") {
            check(&text);
        }

        #[test]
        fn boundaries_of_any_ascii_are_those_of_the_annex(text in "[\\x00-\\x7f]{0,40}") {
            check(&text);
        }
    }
}
