//! Turns as one text, since a dataset holds texts, and that text as turns again.
//!
//! A text that has the form of turns is written as messages again where a format asks for them. A turn whose
//! content holds a blank line and then a role comes back as two turns with the same rendering; the text is
//! the same either way.

use crate::messages::Message;
use crate::role;

/// The turns as one text: "role: content", apart by blank lines.
pub(crate) fn render(messages: &[Message]) -> String {
    crate::turns::render(messages.iter().map(|turn| (&*turn.role, &*turn.content)))
}

/// The turns that [`render`] made this text of, if it has that form.
pub(crate) fn parse_rendered(text: &str) -> Option<Vec<Message>> {
    let mut starts = vec![(0, role_at(text)?)];
    for (place, _) in text.match_indices('\n') {
        let role = text[place..].strip_prefix("\n\n").and_then(role_at);
        starts.extend(role.map(|role| (place + 2, role)));
    }
    let ends = starts.iter().skip(1).map(|(start, _)| start - 2).chain([text.len()]);
    let turn = |((start, role), end): (&(usize, &'static str), usize)| {
        Message::new(role, &text[start + role.len() + 2..end])
    };
    Some(starts.iter().zip(ends).map(turn).collect())
}

fn role_at(text: &str) -> Option<&'static str> {
    let is_here =
        |role: &&&str| text.strip_prefix(**role).is_some_and(|rest| rest.starts_with(": "));
    role::ALL.iter().find(is_here).copied()
}
