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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parquet::{Cells, decode, encode};
    use crate::{Card, Dataset, DatasetBuilder, Texts};

    /// A folder of two texts, whose sentences were changed, and whose card lists no hashes.
    fn folder(change: impl Fn(usize, &str) -> String) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("g", Some("Why?"), None);
        builder.add_text("g/0", "g", "Él. So it is.  Yes!");
        builder.add_text("g/1", "g", " No. ");
        builder.build().unwrap().write(place.path()).unwrap();
        let mut card = read_card(&place.path().join("dataset.toml")).unwrap();
        card.files.clear();
        std::fs::write(place.path().join("dataset.toml"), toml::to_string(&card).unwrap()).unwrap();
        let steps = place.path().join("steps.parquet");
        let (rows, columns) = decode(std::fs::read(&steps).unwrap()).unwrap();
        let changed = columns.iter().map(|(name, cells)| match cells {
            Cells::Text(texts) => {
                let changed = |(row, text): (usize, Option<&str>)| text.map(|it| change(row, it));
                let changed: Texts = texts.iter().enumerate().map(changed).collect();
                (name.as_str(), Cells::Text(changed))
            }
            other => (name.as_str(), other.clone()),
        });
        std::fs::write(&steps, encode(rows, changed.collect()).unwrap()).unwrap();
        place
    }

    #[test]
    fn texts_are_known_by_their_lengths() {
        let place = folder(|_, text| text.to_owned());
        let outline = Outline::read(place.path()).unwrap();
        assert_eq!(outline.len(), 2);
        let place = outline.place(&"g/0".into()).unwrap();
        assert_eq!((outline.steps(place), outline.chars(place)), (3, Some(19)));
        assert_eq!(outline.place(&"g/2".into()), None);
    }

    #[test]
    fn a_sentence_of_another_text_is_left_to_who_opens_the_folder() {
        let place = folder(|row, text| if row == 1 { "So?".to_owned() } else { text.to_owned() });
        assert!(Outline::read(place.path()).is_none());
        let error = Dataset::open(place.path()).unwrap_err().to_string();
        assert!(error.contains("sentence must be \"So it is.\", found \"So?\""), "{error}");
    }
}
