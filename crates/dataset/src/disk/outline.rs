//! What records of a text dataset are checked against: names and lengths of its segments, without texts.

use super::open::read_card;
use super::people::read_people;
use super::text_rows::{each_text, group_names};
use crate::fit::Lengths;
use crate::metadata::MetadataRows;
use crate::{Domain, Names};
use medley_feedback::SegmentId;
use std::path::Path;

/// The segments of a folder, each by its name, its steps and its characters.
#[derive(Default)]
pub(super) struct Outline {
    ids: Names,
    steps: Vec<u32>,
    chars: Vec<u32>,
}

impl Outline {
    /// Reads and checks all tables of a folder but its feedback, a shard at a time; none if it is not
    /// of text, or something is wrong that [`crate::Dataset::open`] tells.
    pub fn read(path: &Path) -> Option<Self> {
        let card = read_card(&path.join("dataset.toml")).ok()?;
        if card.domain != Domain::Text || !card.features.is_empty() {
            return None;
        }
        read_people(path, &card).ok()?;
        let groups = group_names(path, &card)?;
        let mut outline = Self::default();
        each_text(path, &card, &mut MetadataRows::default(), |row| {
            let is_known = row.groups.iter().all(|name| groups.find(name).is_some());
            !row.groups.is_empty() && is_known && outline.push(row.id, row.steps.len(), row.text)
        })?;
        Some(outline)
    }

    fn push(&mut self, id: &str, steps: usize, text: &str) -> bool {
        self.steps.push(steps as u32);
        self.chars.push(text.chars().count() as u32);
        self.ids.add(id).is_ok()
    }
}

impl Lengths for Outline {
    fn len(&self) -> usize {
        self.ids.len()
    }

    fn place(&self, id: &SegmentId) -> Option<usize> {
        self.ids.find(&id.0)
    }

    fn steps(&self, place: usize) -> usize {
        self.steps[place] as usize
    }

    fn chars(&self, place: usize) -> Option<usize> {
        Some(self.chars[place] as usize)
    }
}
