//! Texts brought to a common form: words, where two are nearly the same, and lines, to be listed.

use medley_dataset::Groups;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The words of what was asked in a group, its prompt and its context; none if nothing was.
pub(crate) fn normalized_question(groups: &Groups, g: usize) -> Option<String> {
    let asked = [groups.prompt(g), groups.context(g)].map(|text| text.map(normalized));
    match asked {
        [None, None] => None,
        [prompt, None] => prompt,
        [prompt, Some(context)] if context.is_empty() => prompt.or(Some(context)),
        [prompt, Some(context)] => Some(format!("{}\n{context}", prompt.unwrap_or_default())),
    }
}

/// The words of a text (Unicode Standard Annex 29) in lower case and in Unicode's compatible form
/// (NFKC), one space between them. Marks, white space, case and forms of characters are gone.
pub(crate) fn normalized(text: &str) -> String {
    let text: String = text.nfkc().collect();
    let words: Vec<&str> = text.unicode_words().collect();
    words.join(" ").to_lowercase()
}

/// Characters that a text among others may take in a note.
const LISTED: usize = 40;

/// A text as one of a list: on one line, with `...` for what is beyond 40 characters.
pub(crate) fn on_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LISTED) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(on_one_line(" I value\n\tpeace. "), "I value peace.");
        let forty = "ä".repeat(LISTED);
        assert_eq!(on_one_line(&forty), forty);
        assert_eq!(on_one_line(&format!("{forty}n")), format!("{forty}..."));
    }

    #[test]
    fn only_words_are_left() {
        assert_eq!(normalized("  Why, \n is it SO?? "), "why is it so");
        assert_eq!(normalized("Él — ñandú!"), "él ñandú");
        assert_eq!(normalized("?!"), "");
        assert_eq!(normalized("Cafe\u{301} \u{ff11}"), normalized("caf\u{e9} 1"));
    }
}
