//! The card of the merged dataset, and what each of its sources is called.

use super::error::MergeError;
use crate::disk::read_card;
use crate::{Card, DatasetError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The cards of the sources, in their order.
pub(super) struct Cards {
    name: String,
    sources: Vec<PathBuf>,
    cards: Vec<Card>,
    /// What the sources are called, each otherwise.
    labels: Vec<String>,
}

impl Cards {
    pub fn read(out: &Path, sources: &[PathBuf]) -> Result<Self, MergeError> {
        if sources.len() < 2 {
            return Err(MergeError::Few { found: sources.len() });
        }
        for (number, source) in sources.iter().enumerate() {
            let place = source.canonicalize().ok();
            let is_same = |other: &PathBuf| place.is_some() && other.canonicalize().ok() == place;
            if sources[..number].iter().any(is_same) {
                return Err(MergeError::Twice { source_folder: source.clone() });
            }
        }
        let read = |source: &PathBuf| read_card(&source.join("dataset.toml"));
        let cards = sources.iter().map(read).collect::<Result<Vec<_>, DatasetError>>()?;
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let labels = labels(&cards, &sources.iter().map(|path| name(path)).collect::<Vec<_>>());
        let name = name(out).unwrap_or_else(|| labels.join("+"));
        Ok(Self { name, sources: sources.to_vec(), cards, labels })
    }

    pub fn label(&self, number: usize) -> &str {
        &self.labels[number]
    }

    pub fn source(&self, number: usize) -> &Path {
        &self.sources[number]
    }

    /// One card for all.
    pub fn united(&self) -> Result<Card, MergeError> {
        let first = &self.cards[0];
        for (number, card) in self.cards.iter().enumerate() {
            let (one, other) = (self.sources[0].clone(), self.sources[number].clone());
            if card.domain != first.domain {
                let (expected, found) = (first.domain, card.domain);
                return Err(MergeError::Domain { one, other, expected, found });
            }
            for (what, expected, found) in [
                ("groups called", &first.groups, &card.groups),
                ("features", &first.features.join(", "), &card.features.join(", ")),
            ] {
                if expected != found {
                    let (expected, found) = (format!("`{expected}`"), format!("`{found}`"));
                    return Err(MergeError::Unlike { one, other, what, expected, found });
                }
            }
        }
        let licences = self.all(|card| &card.licence);
        Ok(Card {
            licence: match &licences[..] {
                [one] => one.0.clone(),
                several => {
                    several.iter().map(|(it, _)| in_brackets(it)).collect::<Vec<_>>().join(" AND ")
                }
            },
            source: self.told(|card| &card.source),
            attribution: self.told(|card| &card.attribution),
            features: first.features.clone(),
            groups: first.groups.clone(),
            ..Card::new(&self.name, first.domain)
        })
    }

    /// Sources whose card states no licence.
    pub fn without_licence(&self) -> Vec<&str> {
        let is_empty = |card: &&Card| card.licence.trim().is_empty();
        let all = self.cards.iter().zip(&self.labels);
        all.filter(|(card, _)| is_empty(card)).map(|(_, label)| label.as_str()).collect()
    }

    /// What cards say, each once, with the sources that say it.
    fn all(&self, of: fn(&Card) -> &String) -> Vec<(String, Vec<&str>)> {
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for (card, label) in self.cards.iter().zip(&self.labels) {
            let said = of(card).trim();
            match told.iter_mut().find(|(known, _)| known == said) {
                Some((_, labels)) => labels.push(label),
                None if said.is_empty() => {}
                None => told.push((said.to_owned(), vec![label])),
            }
        }
        told
    }

    /// The same as one text.
    fn told(&self, of: fn(&Card) -> &String) -> String {
        match &self.all(of)[..] {
            [(said, labels)] if labels.len() == self.cards.len() => said.clone(),
            several => {
                let one =
                    |(said, labels): &(String, Vec<&str>)| format!("{}: {said}", labels.join(", "));
                several.iter().map(one).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// A part of an SPDX expression.
fn in_brackets(licence: &str) -> String {
    if licence.contains(' ') { format!("({licence})") } else { licence.to_owned() }
}

/// Names of the cards; where these are the same, of the folders; where these are, with a number.
fn labels(cards: &[Card], folders: &[Option<String>]) -> Vec<String> {
    let count = |names: &[&str]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        names.iter().for_each(|&name| *counts.entry(name.to_owned()).or_default() += 1);
        counts
    };
    let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
    let counts = count(&names);
    let better = names.iter().zip(folders).map(|(&name, folder)| match folder {
        Some(folder) if counts[name] > 1 => folder.as_str(),
        _ => name,
    });
    let better: Vec<&str> = better.collect();
    let counts = count(&better);
    let numbered = better.iter().enumerate().map(|(number, &name)| match counts[name] {
        1 => name.to_owned(),
        _ => format!("{name}-{}", number + 1),
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Domain;

    #[test]
    fn sources_are_called_by_card_folder_or_number() {
        let check = |all: &[(&str, &str)], expect: &[&str]| {
            let cards: Vec<_> = all.iter().map(|(name, _)| Card::new(name, Domain::Text)).collect();
            let folders: Vec<_> = all.iter().map(|(_, folder)| Some((*folder).into())).collect();
            assert_eq!(labels(&cards, &folders), expect);
        };
        check(&[("a", "x"), ("b", "x")], &["a", "b"]);
        check(&[("a", "x"), ("a", "y"), ("b", "z")], &["x", "y", "b"]);
        check(&[("a", "x"), ("a", "x")], &["x-1", "x-2"]);
    }
}
