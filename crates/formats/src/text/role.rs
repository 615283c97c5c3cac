//! Who speaks in a turn: names of roles as files have them, and as OpenAI's API calls them.

/// Roles of OpenAI's API.
pub(crate) const ALL: [&str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

/// The role of this name in any case, also under the names that ShareGPT, OpenAssistant, Llama, Gemma and
/// chat products give it.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    match name.as_str() {
        "human" | "prompter" => Some("user"),
        "gpt" | "chatgpt" | "model" | "bot" | "ai" | "bing" | "bard" => Some("assistant"),
        "function_call" | "tool_call" => Some("assistant"),
        "observation" | "ipython" | "tool_response" | "function_response" => Some("tool"),
        name => ALL.into_iter().find(|role| *role == name),
    }
}

/// The role, or another name as it stands.
pub(crate) fn of(name: &str) -> String {
    known(name).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_one_name() {
        let check = |names: &[&str], expect: &str| {
            names.iter().for_each(|name| assert_eq!(of(name), expect, "{name}"));
        };
        check(&["user", "User", "human", " Human", "prompter"], "user");
        check(&["assistant", "Assistant", "GPT", "model", "ai", "bard"], "assistant");
        check(&["tool", "observation", "ipython"], "tool");
        check(&["SYSTEM"], "system");
        check(&["Alice"], "Alice");
    }
}
