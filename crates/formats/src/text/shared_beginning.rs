//! Where the prompt ends that two texts begin with.
//!
//! TRL takes the longest common beginning and gives a space at its end to the responses
//! (`extract_prompt`, `trl/data_utils.py` of huggingface/trl, commit
//! 00cc012a666746bd34df2caddae86912287a48e9), so that "The sky is blue" and "The sky is black"
//! share the prompt "The sky is bl". Here a prompt never ends within a word, and both responses
//! say something, whatever follows. Where the texts are transcripts, it ends where the last turn of the
//! assistant that both begin is opened: "Assistant: I think so" and "Assistant: I think not" answer one
//! question.

/// Byte at which both texts stop to be prompt and start to be response; none if they share no
/// beginning, or are equal, which tells nothing about the prompt.
pub(crate) fn prompt_end(one: &str, other: &str) -> Option<usize> {
    let shared: usize = one
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .map(|(character, _)| character.len_utf8())
        .sum();
    if one == other {
        return None;
    }
    let says = |end: usize| !one[end..].trim().is_empty() && !other[end..].trim().is_empty();
    if let Some(end) = turn_start(&one[..shared]).filter(|&end| says(end)) {
        return Some(end);
    }
    let candidates = one.char_indices().map(|(place, _)| place).chain([one.len()]);
    let end = candidates
        .take_while(|&place| place <= shared)
        .filter(|&place| says(place) && !splits_a_word(one, place) && !splits_a_word(other, place))
        .last()?;
    let end = if one[..end].ends_with(' ') { end - 1 } else { end };
    (!one[..end].trim().is_empty()).then_some(end)
}

/// What opens a turn of the assistant, in transcripts and in templates of chat models.
const OPENINGS: [&str; 10] = [
    "\n\nAssistant:",
    "\n\nassistant:",
    "\nASSISTANT:",
    " ASSISTANT:",
    "<|im_start|>assistant\n",
    "<|assistant|>",
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<start_of_turn>model\n",
    "[/INST]",
    "### Response:",
];

/// Where the last turn of the assistant begins that is opened within a text.
fn turn_start(text: &str) -> Option<usize> {
    let ends = OPENINGS.iter().filter_map(|opening| Some(text.rfind(opening)? + opening.len()));
    ends.max()
}

/// What stands behind the opening of a turn of the assistant that a text begins with.
pub(crate) fn opened(text: &str) -> Option<&str> {
    OPENINGS.iter().find_map(|opening| text.strip_prefix(opening))
}

/// Whether a text ends where a turn of the assistant is opened.
pub(crate) fn opens(text: &str) -> bool {
    OPENINGS.iter().any(|opening| text.trim_end().ends_with(opening.trim_end()))
}

fn splits_a_word(text: &str, place: usize) -> bool {
    let before = text[..place].chars().next_back();
    let after = text[place..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_end_where_a_turn_begins() {
        let check = |shared: &str, one: &str, other: &str| {
            let (one, other) = (format!("{shared}{one}"), format!("{shared}{other}"));
            assert_eq!(prompt_end(&one, &other), Some(shared.len()), "{one:?} {other:?}");
            assert_eq!(prompt_end(&other, &one), Some(shared.len()), "{other:?} {one:?}");
        };
        check("\n\nHuman: Far?\n\nAssistant:", " I think so.", " I think not.");
        check("\n\nHuman: Far?\n\nAssistant: No.\n\nHuman: Why?\n\nAssistant:", " So.", " So far.");
        check("<|im_start|>user\nFar?<|im_end|>\n<|im_start|>assistant\n", "Yes.", "Yes, go.");
        check("[INST] Far? [/INST]", " I do.", " I do not.");
        // One that says nothing after the turn is no response to it.
        let (one, other) = ("\n\nHuman: Far?\n\nAssistant:", "\n\nHuman: Far?\n\nAssistant: No.");
        assert!(prompt_end(one, other).unwrap() < one.len());
    }

    #[test]
    fn prompts_end_between_words() {
        let check = |one: &str, other: &str, expect: Option<&str>| {
            assert_eq!(prompt_end(one, other).map(|end| &one[..end]), expect, "{one:?} {other:?}");
            assert_eq!(prompt_end(other, one).map(|end| &one[..end]), expect, "{other:?} {one:?}");
        };
        check("The sky is blue.", "The sky is green.", Some("The sky is"));
        check("The sky is blue.", "The sky is black.", Some("The sky is"));
        check("Q: Why?\nYes", "Q: Why?\nNo", Some("Q: Why?\n"));
        check("Él é bom", "Él é mau", Some("Él é"));
        check("Is it?", "Is it? No.", Some("Is it"));
        check("The cat", "The cats", Some("The"));
        check("Yes.", "No.", None);
        check("Yes.", "Yes.", None);
        check("Yes", "Yet", None);
        check("", "No.", None);
    }
}
