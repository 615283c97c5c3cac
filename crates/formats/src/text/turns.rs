//! Turns of a conversation as one text.

use crate::{Draft, filled};

/// Turns as "role: content", apart by blank lines.
pub(crate) fn render<'a>(turns: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let turns = turns.into_iter().map(|(role, content)| format!("{role}: {content}"));
    turns.collect::<Vec<_>>().join("\n\n")
}

/// Stands at the start of a line before the role of a turn.
const MARK: &str = "<extra_id_1>";

/// A prompt of HelpSteer: the text itself if it is one turn, else its turns as [`render`] writes
/// them. A prompt whose markers are not as documented stays as it is, and is counted.
pub(crate) fn marked_prompt(draft: &mut Draft<'_>, text: &str) -> Option<String> {
    if !text.contains(MARK) {
        return filled(text);
    }
    match marked_turns(text) {
        Some(turns) => Some(render(turns)),
        None => {
            draft.keep("prompt whose turn markers are not as documented");
            filled(text)
        }
    }
}

fn marked_turns(text: &str) -> Option<Vec<(&'static str, &str)>> {
    let unmarked = |content: &str| !content.contains(MARK);
    let mut pieces = text.split("\n<extra_id_1>");
    let mut turns = vec![("user", pieces.next()?)];
    for piece in pieces {
        turns.push(match piece.split_once('\n')? {
            ("User", content) => ("user", content),
            ("Assistant", content) => ("assistant", content),
            _ => return None,
        });
    }
    turns.iter().all(|(_, content)| unmarked(content)).then_some(turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_turns_by_hand() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(marked_turns(text).map(render).as_deref(), expect, "{text}");
        };
        check(
            "Hi\nthere\n<extra_id_1>Assistant\nHo.\n<extra_id_1>User\nWhy?",
            Some("user: Hi\nthere\n\nassistant: Ho.\n\nuser: Why?"),
        );
        check("Hi <extra_id_1>Assistant\nHo.", None);
        check("Hi\n<extra_id_1>System\nHo.", None);
        check("Hi\n<extra_id_1>Assistant", None);
    }
}
