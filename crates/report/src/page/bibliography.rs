//! Whom does a paper cite that uses these numbers?
//!
//! Methods are those whose numbers stand on the page, with the references that the documentation names them by.
//! Data are cited as their cards say, in their words: nothing is looked up, and nothing is made up.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::page::grid::slug;
use crate::page::grid_text::tex;
use crate::page::{Cover, DataCard, Method};

/// The bibliography of a page.
pub(crate) fn bibliography(cover: &Cover, methods: &BTreeSet<Method>) -> String {
    let mut text = format!(
        "@software{{medley,\n  title = {{Medley}},\n  version = {{{}}},\n  note = {{Reward models from every kind \
         of human feedback}}\n}}\n",
        tex(&cover.version)
    );
    for method in methods {
        let _ = write!(text, "\n{}\n", method.citation().entry.trim());
    }
    let mut known = BTreeSet::new();
    for card in &cover.cards {
        let mut key = format!("data-{}", slug(&card.name));
        while !known.insert(key.clone()) {
            key.push('-');
        }
        text.push('\n');
        text += &data(card, &key);
    }
    text
}

/// A dataset, in the words of its card.
fn data(card: &DataCard, key: &str) -> String {
    let mut fields = vec![("title", tex(&card.name))];
    if !card.source.is_empty() {
        fields.push(("howpublished", tex(&card.source)));
    }
    let note = [("", &card.attribution), ("Licence: ", &card.licence)];
    let note: Vec<String> = note
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(head, text)| format!("{head}{}", tex(text)))
        .collect();
    if !note.is_empty() {
        fields.push(("note", note.join(". ")));
    }
    if let Some(number) = arxiv(&card.attribution) {
        fields.push(("eprint", number));
        fields.push(("archiveprefix", "arXiv".to_owned()));
    }
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
    format!("@misc{{{key},\n{}\n}}\n", fields.join(",\n"))
}

/// "2306.01693", of a text that names it after "arXiv".
fn arxiv(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("arXiv")?;
    let rest = rest.trim_start_matches([' ', ':']);
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let number = number.trim_end_matches('.').to_owned();
    let (year, paper) = number.split_once('.')?;
    (year.len() == 4 && (4..=5).contains(&paper.len())).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_are_cited_as_their_card_says() {
        let card = DataCard {
            name: "qa_feedback".into(),
            licence: "Apache-2.0".into(),
            attribution: "Wu et al., Fine-Grained Feedback, NeurIPS 2023 (arXiv 2306.01693)".into(),
            source: "https://example.org/a_b".into(),
            ..DataCard::default()
        };
        let cover =
            Cover { version: "0.1.0".into(), cards: vec![card.clone(), card], ..Cover::default() };
        let text = bibliography(&cover, &BTreeSet::from([Method::Holm]));
        assert!(text.contains("@misc{data-qa-feedback,\n  title = {qa\\_feedback},"), "{text}");
        assert!(text.contains("  eprint = {2306.01693},\n  archiveprefix = {arXiv}\n}"), "{text}");
        assert!(text.contains("@misc{data-qa-feedback-,"), "keys differ: {text}");
        assert!(text.contains("@article{holm1979,") && !text.contains("author = {Wu"));
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }

    #[test]
    fn a_number_that_is_none_is_left_out() {
        assert_eq!(arxiv("arXiv: 2204.05862v1)"), Some("2204.05862".into()));
        assert_eq!(arxiv("arXiv preprint"), None);
        assert_eq!(arxiv(""), None);
    }
}
